"""Frozen values and pure rules. No I/O, and nothing of the outside world but numpy."""
