"""The command line as others call it: real processes, real weights."""
