"""How passages are shown to the embedder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from healthmate_desktop.domain.passages import searchable_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.domain.passages import Passage
    from healthmate_desktop.services.ports import Embedder, Vectors

EMBEDDER_NAME = "all-MiniLM-L6-v2"
DIMENSIONS = 384


def embed_passages(embedder: Embedder, passages: Sequence[Passage]) -> Vectors:
    """Shape (len(passages), 384). Title and headings go with the text: a section rarely repeats its subject."""
    if not passages:
        return np.zeros((0, DIMENSIONS), np.float32)
    return embedder.embed([searchable_text(passage) for passage in passages])
