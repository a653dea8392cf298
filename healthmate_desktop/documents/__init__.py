"""Reading of untrusted files: a child process per file, and the client that checks all it says."""
