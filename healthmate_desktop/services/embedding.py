"""How passages are shown to the embedder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.domain.passages import searchable_text, split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.domain.passages import Passage
    from healthmate_desktop.services.ports import Embedder, Vectors

EMBEDDER_NAME = "all-MiniLM-L6-v2"
DIMENSIONS = 384


def embed_passages(embedder: Embedder, passages: Sequence[Passage]) -> Vectors:
    """Shape (len(passages), 384). Title and headings go with the text: a section rarely repeats its subject."""
    import numpy as np

    if not passages:
        return np.zeros((0, DIMENSIONS), np.float32)
    return embedder.embed([searchable_text(passage) for passage in passages])


def embed_question(embedder: Embedder, question: str) -> Vectors:
    """Shape (384,). Of a long letter the mean of its pieces: the embedder cuts off what it can't read at once."""
    pieces = [question[span.start : span.end] for span in split(question)] or [question]
    return unit(embedder.embed(pieces).mean(axis=0))


def unit(vector: Vectors) -> Vectors:
    """Of length 1, unless it is all zeros."""
    import numpy as np

    length = float(np.linalg.norm(vector))
    return vector / length if length else vector


def embed_titles(embedder: Embedder, passages: Sequence[Passage]) -> Vectors:
    """Of the title of each passage, zeros where it has none; a title that repeats is embedded once."""
    import numpy as np

    titles = list(dict.fromkeys(passage.title for passage in passages if passage.title.strip()))
    rows = {title: row for row, title in enumerate(titles)}
    made = np.zeros((len(titles) + 1, DIMENSIONS), np.float32)
    if titles:
        made[:-1] = embedder.embed(titles)
    return made[[rows.get(passage.title, -1) for passage in passages]]
