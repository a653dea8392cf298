"""What the services need from the rooms below, each a narrow Protocol named after the need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from healthmate_desktop.domain.documents import ReadDocument

Vectors = npt.NDArray[np.float32]


class Embedder(Protocol):
    """Turns text into unit vectors."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), 384), each row of length 1. Blocks; raises InferenceError or ChildDied."""
        ...


class Writer(Protocol):
    """A chat model that helps to choose evidence."""

    @property
    def name(self) -> str:
        """The weights' name, fit to show."""
        ...

    def stream(
        self, system: str, prompt: str, *, grammar: str = "", longest: int = 256
    ) -> Iterator[str]:
        """Yield pieces of the reply as they come; closing the iterator cancels.

        `grammar` is GBNF ("" = none), `longest` the most tokens to write. Raises InferenceError or ChildDied.
        """
        ...

    def likelihoods(self, texts: Sequence[str], question: str) -> list[float]:
        """Mean log-probability per token of `question` after each text, the higher the more likely."""
        ...


class PageReader(Protocol):
    """Reads untrusted bytes in a child process."""

    def read(self, content: bytes, name: str) -> Generator[tuple[int, int], None, ReadDocument]:
        """Yield (pages read, pages in all) after each page; return the document.

        Closing the generator kills the child. Raises UnreadableDocument, UnsupportedDocument or ChildDied.
        """
        ...

    def draw(self, content: bytes, page: int, width: int) -> bytes:
        """One page (from 1) as PNG, `width` pixels wide. Raises as `read`."""
        ...
