"""Stand-ins for the slow parts: an embedder, a writer and a reader that need no weights and no child process."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from healthmate_desktop.documents.client import Reader
from healthmate_desktop.domain.documents import (
    Box,
    DocumentKind,
    Page,
    Problem,
    ReadDocument,
    Word,
)
from healthmate_desktop.domain.ids import SourceId
from healthmate_desktop.domain.library import Article
from healthmate_desktop.errors import ChildDied, UnreadableDocument, UnsupportedDocument

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from healthmate_desktop.domain.documents import BytesRead
    from healthmate_desktop.domain.samples import SampleChunk
    from healthmate_desktop.errors import HealthMateError
    from healthmate_desktop.interop.tables import KnownColumns, Look
    from healthmate_desktop.services.ports import Stream

    Vectors = npt.NDArray[np.float32]

DIMENSIONS = 384
COMMON = {
    "a",
    "an",
    "did",
    "does",
    "for",
    "in",
    "is",
    "it",
    "my",
    "of",
    "on",
    "the",
    "was",
    "what",
    "with",
}


class FakeEmbedder:
    """Texts that share words are near each other. `failure`, while it is set, is raised instead."""

    def __init__(self) -> None:
        self.failure: HealthMateError | None = None
        self.texts: list[str] = []  # everything it was shown

    def embed(self, texts: Sequence[str]) -> Vectors:
        if self.failure is not None:
            raise self.failure
        self.texts += texts
        vectors = np.zeros((len(texts), DIMENSIONS), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            text.encode()  # as the real one, which sends it to another process
            for word in re.findall(r"\w+", text.lower()):
                if word not in COMMON:
                    row[zlib.crc32(word.encode()) % DIMENSIONS] += 1
            row[0] += not row.any()
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


class FakeWriter:
    """Finds the question likely after texts with `favourite` in them."""

    name = "Fake weights"

    def __init__(self, favourite: str = "") -> None:
        self.favourite = favourite
        self.failure: HealthMateError | None = None
        self.asked = 0
        self.texts: list[str] = []

    def stream(
        self,
        system: str,  # noqa: ARG002 - as the real one
        prompt: str,  # noqa: ARG002
        *,
        grammar: str = "",  # noqa: ARG002
        longest: int = 256,  # noqa: ARG002
    ) -> Iterator[str]:
        return iter(())

    def likelihoods(self, texts: Sequence[str], question: str) -> list[float]:  # noqa: ARG002
        self.asked += 1
        if self.failure is not None:
            raise self.failure
        self.texts += texts
        return [0.0 if self.favourite and self.favourite in text else -1.0 for text in texts]


class FakeReader:
    """Reads UTF-8 text whose pages are divided by form feeds; a word stands at every 10 points.

    A page "LOST" can't be read, content that begins with DAMAGED, UNKNOWN or NO CHILD fails as a whole,
    and content that begins with %PDF- is a PDF.
    """

    def __init__(self) -> None:
        self.read_names: list[str] = []
        self.under_way = 0  # readings that were neither finished nor closed

    def read(
        self,
        content: bytes,
        name: str,
        columns: KnownColumns | None = None,  # noqa: ARG002
    ) -> Generator[tuple[int, int], None, ReadDocument]:
        self.read_names.append(name)
        self.under_way += 1
        try:
            texts = _texts(content)
            pages, problems = [], []
            for number, text in enumerate(texts, 1):
                if text == "LOST":
                    problems.append(Problem(f"page {number}", "It is damaged."))
                else:
                    pages.append(_page(number, text))
                yield number, len(texts)
            return ReadDocument(_kind(content), "", tuple(pages), tuple(problems))
        finally:
            self.under_way -= 1

    def unpack(self, content: bytes) -> Generator[tuple[str, bytes] | Problem, None, None]:
        """In a real child: nothing stands in for that."""
        return Reader().unpack(content)

    def read_export(
        self, stream: Stream, size: int
    ) -> Generator[BytesRead | SampleChunk, None, ReadDocument]:
        """In a real child: nothing stands in for that."""
        return Reader().read_export(stream, size)

    def articles(
        self, content: bytes, name: str
    ) -> Generator[Article | Problem | float, None, None]:
        """One article a file, and no title but its name."""
        reading = self.read(content, name)
        while True:
            try:
                done, total = next(reading)
            except StopIteration as end:
                read: ReadDocument = end.value
                break
            yield done / total
        yield from read.problems
        texts = {page.number: page.text for page in read.pages}
        pages = tuple(texts.get(number, "") for number in range(1, max(texts, default=0) + 1))
        title = name.rpartition(".")[0] or name
        yield Article(
            "", SourceId(""), title, pages, external_id=name, url="", kind=read.kind.value
        )

    def collection(self, content: bytes) -> str:  # noqa: ARG002 - as the real one
        return ""

    def rest(self) -> None:
        pass

    def read_page(self, content: bytes, number: int) -> Page:
        return _page(number, _texts(content)[number - 1])

    def look(self, content: bytes, name: str, columns: KnownColumns) -> list[Look]:  # noqa: ARG002
        return []

    def draw(self, content: bytes, page: int, width: int) -> bytes:
        return f"{_texts(content)[page - 1]} {width}".encode()


def _texts(content: bytes) -> list[str]:
    if content.startswith(b"DAMAGED") or not content:
        raise UnreadableDocument("This file is damaged. It is kept.")
    if content.startswith(b"UNKNOWN"):
        raise UnsupportedDocument("This kind of file can't be read yet. It is kept.")
    if content.startswith(b"NO CHILD"):
        raise ChildDied("A helper process stopped unexpectedly. Try again.")
    return content.decode().removeprefix("%PDF-").split("\f")


def _kind(content: bytes) -> DocumentKind:
    return DocumentKind.PDF if content.startswith(b"%PDF-") else DocumentKind.TEXT


def _page(number: int, text: str) -> Page:
    words = tuple(
        Word(match.start(), match.end(), Box(10.0 * i, 20, 10.0 * i + 9, 30))
        for i, match in enumerate(re.finditer(r"\S+", text))
    )
    return Page(number, text, 595, 842, words)
