"""The medical library: its sources and their articles."""
