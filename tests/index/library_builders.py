"""Sources, articles and passages of made-up libraries."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import numpy as np

from healthmate_desktop.domain.ids import PassageId, SourceId
from healthmate_desktop.domain.library import Article, Source
from healthmate_desktop.domain.passages import Passage
from healthmate_desktop.domain.retrieval import EVERYTHING, Filters, Understood

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from healthmate_desktop.index.library import LibraryIndex

TEXTS = (
    "Wheezing and coughing are signs of asthma.",
    "Children with fevers should drink.",
    "Ibuprofen 400 mg can upset the stomach; O'Brien's trial looked at IL-6.",
)


def a_source(name: str, **changes: object) -> Source:
    values: dict[str, object] = {
        "id": SourceId(name),
        "kind": "file",
        "title": f"Title of {name}",
        "licence": "CC0-1.0",
        "published": date(2024, 2, 29),
        "added_at": datetime(2026, 1, 2, 3, 4, 5, 678, UTC),
        "passages": 0,
        "articles": 0,
        "sha256": name,
        "note": "Not reviewed",
    }
    return Source(**values | changes)  # type: ignore[arg-type]  # a builder


def an_article(source: str, number: int, text: str) -> Article:
    return Article(
        f"{source}/{number}", SourceId(source), f"Topic {number}", (text, "page two"), str(number)
    )


def a_passage(source: str, number: int, text: str, title: str = "") -> Passage:
    return Passage(
        id=PassageId(f"{source}-{number}"),
        shelf="library",
        document_id=f"{source}/{number}",
        title=title or f"Topic {number}",
        text=text,
        page=2,
        start=17,
        heading="Signs > Of it",
        source_id=SourceId(source),
        external_id=str(number),
        url="https://example.org/",
    )


def axis(*numbers: int) -> npt.NDArray[np.float32]:
    """A unit vector along each of these axes."""
    return np.eye(384, dtype=np.float32)[list(numbers)]


def add(index: LibraryIndex, name: str, texts: tuple[str, ...] = TEXTS) -> None:
    with index.adding(a_source(name)) as draft:
        for i, text in enumerate(texts):
            draft.add([an_article(name, i, text)], [a_passage(name, i, text)], axis(i))


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def nearest(
    index: LibraryIndex,
    vector: npt.NDArray[np.float32],
    k: int,
    *,
    filters: Filters = EVERYTHING,
) -> list[tuple[PassageId, float]]:
    """Ids of the nearest passages and how near they are."""
    (passages, vectors, _), _ = index.candidates(vector, Understood("", ""), k, filters=filters)
    near = [(p.id, float(own @ vector)) for p, own in zip(passages, vectors, strict=True)]
    assert near == sorted(near, key=lambda each: -each[1])
    return near
