"""Values and small steps that many tests need."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from healthmate_desktop.domain.ids import PassageId, new_id
from healthmate_desktop.domain.passages import Passage

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

T = TypeVar("T")


def a_passage(text: str, **changes: object) -> Passage:
    """A passage of a person's document."""
    values: dict[str, object] = {
        "id": PassageId(new_id()),
        "shelf": "person",
        "document_id": "d1",
        "title": "letter.pdf",
        "text": text,
    }
    return Passage(**(values | changes))  # type: ignore[arg-type]  # values of a test


def finished(work: Generator[object, None, T]) -> T:
    """The result of work whose steps nobody watches."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: T = end.value
            return result


def put(folder: Path, **contents: str | bytes) -> list[Path]:
    """Write files named by their keys, with ".txt" after them."""
    paths = []
    for name, content in contents.items():
        path = folder / f"{name}.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        paths.append(path)
    return paths
