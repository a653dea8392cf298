"""The use cases, on the real vault and the real library, without weights."""
