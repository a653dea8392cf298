"""Keys of a vault, sealed originals, and what a process may do. Knows nothing of the database."""
