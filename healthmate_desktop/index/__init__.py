"""Passages of the public library in LanceDB. Nothing about a person or a question is written here."""
