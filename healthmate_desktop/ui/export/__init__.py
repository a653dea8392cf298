"""Records out of the vault, into a file that anyone can read."""
