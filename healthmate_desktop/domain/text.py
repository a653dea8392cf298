"""Text from outside, made fit to keep, send and print, and words for numbers of things."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def storable(text: str) -> str:
    """`text` with "?" for halves of surrogate pairs: names of files and typed text hold them, UTF-8 can't."""
    return text.encode("utf-8", "replace").decode("utf-8")


def counted(count: int, one: str, many: str) -> str:
    """As in "1 person", "1,204 people"."""
    return f"{count:,} {one if count == 1 else many}"


def listed(names: Sequence[str], most: int) -> str:
    """As in "a, b and 3 more": so many of them are named."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"
