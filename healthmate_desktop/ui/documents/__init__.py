"""A person's documents: the list and the page."""
