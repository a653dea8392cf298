"""Whole ways through the product, with real processes and real weights."""
