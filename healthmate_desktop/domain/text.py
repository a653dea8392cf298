"""Text from outside, made fit to keep, send and print."""

from __future__ import annotations


def storable(text: str) -> str:
    """`text` with "?" for halves of surrogate pairs: names of files and typed text hold them, UTF-8 can't."""
    return text.encode("utf-8", "replace").decode("utf-8")
