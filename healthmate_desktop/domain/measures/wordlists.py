"""Lists of words written as one string, divided by "|", so that long ones stay readable."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

Value = TypeVar("Value")


def words(text: str) -> frozenset[str]:
    return frozenset(text.split("|"))


def spread(table: Mapping[Value, str]) -> dict[str, Value]:
    """What each word stands for, from what stands for many words."""
    return {word: value for value, text in table.items() for word in text.split("|")}
