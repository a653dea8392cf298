"""Reads files for the library: one child for many files, as a collection has thousands of small ones.

A child that was misused by one file could harm only other public texts, and is given no more than `FILES`.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from healthmate_desktop.children import Child
from healthmate_desktop.documents import limits, wire
from healthmate_desktop.documents.article_wire import (
    unpacked_article,
    unpacked_problem,
    unpacked_share,
)
from healthmate_desktop.documents.client import Reader
from healthmate_desktop.errors import ChildDied, UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from healthmate_desktop.domain.documents import Problem
    from healthmate_desktop.domain.library import Article

FILES = 200  # that a child reads before another takes its place
SMALL = 4 * 1024 * 1024  # bytes; a child that had a larger file is not kept
_LONGEST_REPLY = 128 * 1024 * 1024  # bytes
_LONGEST_NAME = 100  # of a collection
_GAVE_UP = (
    "This file could not be read: it is damaged, or reading it takes too much time or memory. "
    "Download it again from its publisher, or split it."
)
_TOO_LARGE = "This file is larger than 200 MB, so it was not read. Add it as the ZIP it came in, or split it."


class LibraryReader(Reader):
    """Structurally a services.library_ports.ArticleReader."""

    def __init__(self) -> None:
        self._resting: list[tuple[Child, int]] = []  # with how many files each has read

    def articles(
        self, content: bytes, name: str
    ) -> Generator[Article | Problem | float, None, None]:
        """Articles and problems in the order of the file; a number is how much of it was read, 0 to 1.

        Raises UnreadableDocument, UnsupportedDocument, or ChildDied when a child could not even start.
        """
        with self._asked("articles", content, name) as child:
            while True:
                message = self._message(child)
                if "error" in message:
                    raise wire.unpacked_error(message["error"])
                if "done" in message:
                    return
                if "problem" in message:
                    yield unpacked_problem(message["problem"])
                    continue
                if "article" in message:
                    yield unpacked_article(message["article"])
                yield unpacked_share(message.get("share"))

    def collection(self, content: bytes) -> str:
        """Which collection an archive holds; "" for none that is known. Raises as `articles`."""
        with self._asked("collection", content, "") as child:
            message = self._message(child)
            named = message.get("collection", "")
            _check(isinstance(named, str) and len(named) <= _LONGEST_NAME)
            return str(named)

    def rest(self) -> None:
        """No more files for now: the children that wait for one are ended."""
        while self._resting:
            self._resting.pop()[0].close()

    @contextlib.contextmanager
    def _asked(self, task: str, content: bytes, name: str) -> Iterator[Child]:
        """A child at work. It is kept for the next file only when it did what it should."""
        if len(content) > limits.LARGEST_FILE:
            raise UnreadableDocument(_TOO_LARGE)
        child, files = self._child()
        kept = False
        try:
            child.send({"do": task, "content": content, "name": name})
            _check(self._message(child) == {"ready": True})
            try:
                yield child
            except ChildDied as error:
                raise UnreadableDocument(_GAVE_UP) from error
            kept = files + 1 < FILES and len(content) <= SMALL
        except wire.BrokenPromise as error:
            raise UnreadableDocument(_GAVE_UP) from error
        finally:
            if kept:
                self._resting.append((child, files + 1))
            else:
                child.close()

    def _child(self) -> tuple[Child, int]:
        while self._resting:
            child, files = self._resting.pop()
            if child.alive:
                return child, files
            child.close()
        return Child("reader", longest_reply=_LONGEST_REPLY), 0

    @staticmethod
    def _message(child: Child) -> dict[str, object]:
        return child.receive(limits.WALL_SECONDS)


def _check(promised: bool) -> None:
    if not promised:
        raise wire.BrokenPromise
