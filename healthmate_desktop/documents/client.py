"""Reads untrusted files in a child process, one per file, and checks everything that the child says."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from healthmate_desktop.children import Child
from healthmate_desktop.documents import limits, wire
from healthmate_desktop.errors import ChildDied, UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from healthmate_desktop.children import Message
    from healthmate_desktop.domain.documents import Page, ReadDocument
    from healthmate_desktop.domain.proposals import Proposal

WIDEST = 4000  # pixels of a drawn page
_LONGEST_REPLY = 128 * 1024 * 1024  # bytes: a drawn page, or 20 million letters
_GAVE_UP = (
    "This file could not be read: it is damaged, or reading it takes too much time or memory. It is kept. "
    "Print it to a new PDF, or split it, and add that."
)
_TOO_LARGE = (
    "This file is larger than 200 MB, so it was not read. It is kept. "
    "Split it into smaller files and add those."
)


class Reader:
    """Structurally a services.ports.PageReader. May be used from several threads; each call has its own child."""

    def read(self, content: bytes, name: str) -> Generator[tuple[int, int], None, ReadDocument]:
        """Yield (pages read, pages in all) after each page; return the document.

        Closing the generator kills the child. Raises UnreadableDocument when the file is at fault, also when it made
        the child crash, hang or pass a limit; UnsupportedDocument; ChildDied when the child could not even start.
        """
        request = {"do": "read", "content": content, "name": name}
        with _asked(request) as child:
            total = wire.unpacked_total(_next(child, "total"))
            pages: list[Page] = []
            proposals: list[Proposal] = []
            length = seen = 0
            while True:
                key, value = _message(child)
                if key == "done":  # before the last page where the rest was too long
                    _check(bool(pages))
                    return wire.unpacked_end(value, pages, proposals)
                if key == "proposals":
                    proposals += wire.unpacked_proposals(value)
                    _check(len(proposals) <= limits.MOST_PROPOSALS)
                    yield seen, total
                    continue
                seen += 1
                _check(seen <= total)
                if key == "page":
                    page = wire.unpacked_page(value)
                    length += len(page.text)
                    pages.append(page)
                    _check(page.number == seen and length <= limits.LONGEST_TEXT)
                else:
                    _check(key == "lost" and value == seen)
                yield seen, total

    def read_page(self, content: bytes, number: int) -> Page:
        """One page (from 1) with its words. Raises as `read`."""
        request = {"do": "read_page", "content": content, "name": "", "page": number}
        with _asked(request) as child:
            page = wire.unpacked_page(_next(child, "page"))
            _check(page.number == number)
            return page

    def draw(self, content: bytes, page: int, width: int) -> bytes:
        """One page (from 1) as PNG, `width` pixels wide (at most `WIDEST`). Raises as `read`."""
        request = {"do": "draw", "content": content, "name": "", "page": page}
        with _asked(request | {"width": max(1, min(width, WIDEST))}) as child:
            return wire.unpacked_png(_next(child, "png"))


@contextlib.contextmanager
def _asked(request: Message) -> Iterator[Child]:
    """A child at work on the request. Whatever happens, it is killed and collected in the end."""
    if len(request["content"]) > limits.LARGEST_FILE:
        raise UnreadableDocument(_TOO_LARGE)
    child = Child("reader", longest_reply=_LONGEST_REPLY)
    try:
        child.send(request)
        _check(_message(child) == ("ready", True))
        try:
            yield child
        except ChildDied as error:
            raise UnreadableDocument(_GAVE_UP) from error
    except wire.BrokenPromise as error:
        raise UnreadableDocument(_GAVE_UP) from error
    finally:
        child.close()


def _message(child: Child) -> tuple[str, Any]:
    """The next message as its one key and value. Raises what the child reports."""
    message = child.receive(limits.WALL_SECONDS)
    _check(len(message) == 1)
    ((key, value),) = message.items()
    if key == "error":
        raise wire.unpacked_error(value)
    return key, value


def _next(child: Child, wanted: str) -> Any:
    key, value = _message(child)
    _check(key == wanted)
    return value


def _check(promised: bool) -> None:
    if not promised:
        raise wire.BrokenPromise
