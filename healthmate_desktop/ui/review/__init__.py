"""The person's look at what was read from a document, before any of it counts."""
