"""The words of a page as one small BLOB: columns of numbers, zlib over them. Exact both ways."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

from healthmate_desktop.domain.documents import Box, Word

if TYPE_CHECKING:
    from collections.abc import Sequence

_PLACES, _NUMBERS = 2, 5  # start, end; x0, y0, x1, y1, confidence
_WORD_SIZE = _PLACES * 4 + _NUMBERS * 8  # bytes


def pack_words(words: Sequence[Word]) -> bytes:
    places = np.array([(w.start, w.end) for w in words], "<i4").reshape(-1, _PLACES)
    numbers = np.array(
        [(w.box.x0, w.box.y0, w.box.x1, w.box.y1, w.confidence) for w in words], "<f8"
    ).reshape(-1, _NUMBERS)
    return zlib.compress(places.T.tobytes() + numbers.T.tobytes())


def unpack_words(packed: bytes) -> tuple[Word, ...]:
    content = zlib.decompress(packed)
    count = len(content) // _WORD_SIZE
    places = np.frombuffer(content, "<i4", _PLACES * count).reshape(_PLACES, -1)
    numbers = np.frombuffer(content, "<f8", offset=_PLACES * 4 * count).reshape(_NUMBERS, -1)
    return tuple(
        Word(start, end, Box(x0, y0, x1, y1), confidence)
        for (start, end), (x0, y0, x1, y1, confidence) in zip(
            places.T.tolist(), numbers.T.tolist(), strict=True
        )
    )
