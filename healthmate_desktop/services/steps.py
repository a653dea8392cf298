"""Long work is a generator: each `yield` is progress, `return` is the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Generator

T = TypeVar("T")


def finished(work: Generator[object, None, T]) -> T:
    """The result of work whose steps nobody watches."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: T = end.value
            return result
