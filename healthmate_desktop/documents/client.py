"""Reads untrusted files in a child process, one per file, and checks everything that the child says."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from healthmate_desktop.children import LONG, Child
from healthmate_desktop.documents import archives, health_export, limits, wire
from healthmate_desktop.documents.summary_pdf import packed
from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.errors import ChildDied, UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from healthmate_desktop.children import Message
    from healthmate_desktop.domain.documents import BytesRead, Page, ReadDocument
    from healthmate_desktop.domain.proposals import Proposal
    from healthmate_desktop.domain.samples import SampleChunk
    from healthmate_desktop.domain.summary import Summary
    from healthmate_desktop.interop.apple_health.unzip import Readable
    from healthmate_desktop.interop.tables import KnownColumns, Look

WIDEST = 4000  # pixels of a drawn page
_LONGEST_REPLY = 128 * 1024 * 1024  # bytes: a drawn page, or 20 million letters
_LONGEST_MEMBER = limits.LARGEST_FILE + 64 * 1024  # bytes: a file out of an archive, with its name
_GAVE_UP = (
    "This file could not be read: it is damaged, or reading it takes too much time or memory. It is kept. "
    "Print it to a new PDF, or split it, and add that."
)
_RECORDS_LOST = Problem(
    "the records",
    "The pages were read and can be searched, but looking for results and medicines in them took too much time "
    "or memory. Add the values that matter to you by hand, or split the file and add its parts.",
)
_NOT_PRINTED = (
    "The summary could not be made: it takes too much time or memory. Your records are safe. "
    "Choose a shorter period or fewer sections, then try again."
)
_TOO_LARGE = (
    "This file is larger than 200 MB, so it was not read. It is kept. "
    "Split it into smaller files and add those."
)


class Reader:
    """Structurally a services.ports.PageReader. May be used from several threads; each call has its own child."""

    def read(
        self, content: bytes, name: str, columns: KnownColumns | None = None
    ) -> Generator[tuple[int, int], None, ReadDocument]:
        """Yield (pages read, pages in all) after each page; return the document. `columns` are those of tables.

        Closing the generator kills the child. Raises UnreadableDocument when the file is at fault, also when it made
        the child crash, hang or pass a limit; UnsupportedDocument; ChildDied when the child could not even start.
        """
        request: Message = {"do": "read", "content": content, "name": name}
        if columns is not None:
            request["columns"] = columns.as_json()
        with _asked(request) as child:
            total = wire.unpacked_total(_next(child, "total"))
            arriving = _Arriving(total)
            try:
                while True:
                    key, value = _message(child)
                    if key == "done":  # before the last page where the rest was too long
                        return arriving.document(value)
                    arriving.take(key, value)
                    yield arriving.seen, total
            except (ChildDied, wire.BrokenPromise):
                if arriving.pages_read is None:
                    raise
                return arriving.without_the_rest(arriving.pages_read)

    def unpack(self, content: bytes) -> Generator[tuple[str, bytes] | Problem, None, None]:
        """Name and bytes of each file in a ZIP, and why some were left out; nothing for what is one file, as Word's.

        Closing the generator kills the child. Raises as `read`, also after a part of the files.
        """
        request: Message = {"do": "unpack", "content": content, "name": ""}
        with _asked(request, longest_reply=_LONGEST_MEMBER) as child:
            count = room = 0
            while (news := _message(child))[0] != "unpacked":
                key, value = news
                count += 1
                _check(count <= archives.MOST_ENTRIES + archives.MOST_PROBLEMS + 1)
                if key == "left_out":
                    yield wire.unpacked_problem(value)
                    continue
                _check(key == "member")
                name, member = wire.unpacked_member(value)
                room += len(member)
                _check(room <= archives.LARGEST_TOTAL)
                yield name, member

    def read_export(
        self, stream: Readable, size: int
    ) -> Generator[BytesRead | SampleChunk, None, ReadDocument]:
        """A file of Apple Health of any size: yield its samples as they come, and at least every few MB how far it is.

        What is returned has no pages. Closing and raising as in `read`; what the stream raises travels up.
        """
        request = {"do": "read_export", LONG: True, "content": b"", "size": size}
        with _asked(request) as child:
            proposals: list[Proposal] = []
            room = health_export.most_content(size)
            while True:
                key, value = _message(child)
                if key == "want":
                    child.send({"piece": stream.read(health_export.PIECE)})
                elif key == "samples":
                    chunk = health_export.unpacked_chunk(value)
                    room -= len(chunk.content)
                    _check(room >= 0)
                    yield chunk
                elif key == "progress":
                    yield health_export.unpacked_progress(value)
                elif key == "proposals":
                    proposals += wire.unpacked_proposals(value)
                    _check(len(proposals) <= limits.MOST_PROPOSALS)
                else:
                    _check(key == "done")
                    return wire.unpacked_end(value, (), proposals)

    def read_page(self, content: bytes, number: int) -> Page:
        """One page (from 1) with its words. Raises as `read`."""
        request = {"do": "read_page", "content": content, "name": "", "page": number}
        with _asked(request) as child:
            page = wire.unpacked_page(_next(child, "page"))
            _check(page.number == number)
            return page

    def look(self, content: bytes, name: str, columns: KnownColumns) -> list[Look]:
        """The tables of a file, each as it would be read. Raises as `read`."""
        request = {"do": "look", "content": content, "name": name, "columns": columns.as_json()}
        with _asked(request) as child:
            return wire.unpacked_looks(_next(child, "looks"))

    def draw(self, content: bytes, page: int, width: int) -> bytes:
        """One page (from 1) as PNG, `width` pixels wide (at most `WIDEST`). Raises as `read`."""
        request = {"do": "draw", "content": content, "name": "", "page": page}
        with _asked(request | {"width": max(1, min(width, WIDEST))}) as child:
            return wire.unpacked_png(_next(child, "png"))

    def print_summary(self, summary: Summary) -> Generator[tuple[int, int], None, bytes]:
        """Yield (rows done, rows in all) at each page; return the PDF. Closing the generator kills the child.

        Raises UnreadableDocument where it takes too much time or memory; ChildDied.
        """
        request = {"do": "print", "content": b"", "summary": packed(summary)}
        try:
            with _asked(request) as child:
                while (news := _message(child))[0] == "laid":
                    yield wire.unpacked_progress(news[1])
                _check(news[0] == "pdf")
                return wire.unpacked_pdf(news[1])
        except UnreadableDocument as error:
            raise UnreadableDocument(_NOT_PRINTED) from error


class _Arriving:
    """A document of which one message after the other arrives. Raises BrokenPromise for what must not be said."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.seen = 0  # pages, with those that were lost
        self.pages_read: ReadDocument | None = None  # set when only records are to come
        self._pages: list[Page] = []
        self._proposals: list[Proposal] = []
        self._length = 0

    def take(self, key: str, value: Any) -> None:
        if key == "proposals":
            self._proposals += wire.unpacked_proposals(value)
            _check(len(self._proposals) <= limits.MOST_PROPOSALS)
        elif key == "pages_end":
            self.pages_read = self.document(value)
        else:
            self.seen += 1
            _check(self.seen <= self.total and self.pages_read is None)
            self._take_page(key, value)

    def document(self, value: Any) -> ReadDocument:
        _check(bool(self._pages))
        return wire.unpacked_end(value, self._pages, self._proposals)

    def without_the_rest(self, pages_read: ReadDocument) -> ReadDocument:
        """The pages and what was read out of them so far."""
        return replace(
            pages_read,
            problems=(*pages_read.problems, _RECORDS_LOST),
            proposals=tuple(self._proposals[: limits.MOST_PROPOSALS]),
        )

    def _take_page(self, key: str, value: Any) -> None:
        if key != "page":
            _check(key == "lost" and value == self.seen)
            return
        page = wire.unpacked_page(value)
        self._length += len(page.text)
        self._pages.append(page)
        _check(page.number == self.seen and self._length <= limits.LONGEST_TEXT)


@contextlib.contextmanager
def _asked(request: Message, *, longest_reply: int = _LONGEST_REPLY) -> Iterator[Child]:
    """A child at work on the request. Whatever happens, it is killed and collected in the end."""
    if len(request["content"]) > limits.LARGEST_FILE:
        raise UnreadableDocument(_TOO_LARGE)
    child = Child("reader", longest_reply=longest_reply)
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
