"""The reader as the rest of the product uses it: a real child process per file."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest
from document_samples import letter_pdf, picture, scan, scanned_pdf

from healthmate_desktop.documents import limits
from healthmate_desktop.documents.client import Reader
from healthmate_desktop.domain.documents import DocumentKind, ReadDocument
from healthmate_desktop.errors import (
    ChildDied,
    UnreadableDocument,
    UnsupportedDocument,
)

if TYPE_CHECKING:
    from collections.abc import Generator

pytestmark = pytest.mark.integration


def _finish(
    reading: Generator[tuple[int, int], None, ReadDocument],
) -> tuple[list[tuple[int, int]], ReadDocument]:
    progress = []
    while True:
        try:
            progress.append(next(reading))
        except StopIteration as end:
            document: ReadDocument = end.value
            return progress, document


def _helpers() -> list[psutil.Process]:
    children: list[psutil.Process] = psutil.Process().children(recursive=True)
    return children


def test_pages_arrive_one_by_one_and_no_process_is_left() -> None:
    progress, document = _finish(Reader().read(letter_pdf(3), "letter.pdf"))
    assert list(dict.fromkeys(progress)) == [(1, 3), (2, 3), (3, 3)]
    assert [page.number for page in document.pages] == [1, 2, 3]
    assert (document.kind, document.title, document.problems) == (
        DocumentKind.PDF,
        "Clinic letter 1",
        (),
    )
    assert _helpers() == []


def test_text_is_read_in_the_child_too() -> None:
    progress, document = _finish(Reader().read(b"# Notes\n\nSlept well.", "notes.md"))
    assert set(progress) == {(1, 1)}
    assert (document.kind, document.title) == (DocumentKind.MARKDOWN, "Notes")


def test_closing_the_generator_ends_the_child() -> None:
    reading = Reader().read(letter_pdf(3), "letter.pdf")
    next(reading)
    assert len(_helpers()) == 1
    reading.close()
    assert _helpers() == []


def test_child_killed_in_the_middle_costs_one_file() -> None:
    reader = Reader()
    reading = reader.read(scanned_pdf(3), "scan.pdf")
    next(reading)
    os.kill(psutil.Process().children()[0].pid, signal.SIGTERM)
    with pytest.raises(UnreadableDocument, match=r"could not be read.*It is kept"):
        _finish(reading)
    assert _helpers() == []
    assert _finish(reader.read(letter_pdf(), "letter.pdf"))[1].pages


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel of Linux")
def test_tesseract_dies_with_its_reader() -> None:
    reading = Reader().read(scanned_pdf(20), "scan.pdf")
    next(reading)
    child = psutil.Process().children()[0]
    deadline = time.monotonic() + 20
    tesseract: list[psutil.Process] = []
    while not tesseract and time.monotonic() < deadline:
        tesseract = child.children()  # it comes and goes, once a page
    reading.close()
    psutil.wait_procs(tesseract, timeout=10)
    assert tesseract
    assert not any(process.is_running() for process in tesseract)


def test_hanging_child_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WALL_SECONDS", 1.5)
    reading = Reader().read(letter_pdf(500), "letter.pdf")
    next(reading)
    psutil.Process().children()[0].suspend()
    with pytest.raises(UnreadableDocument):
        _finish(reading)
    assert _helpers() == []


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel of Linux")
def test_child_has_its_limits() -> None:
    reading = Reader().read(letter_pdf(300), "letter.pdf")
    next(reading)
    child = psutil.Process().children()[0]
    assert child.rlimit(psutil.RLIMIT_AS)[0] == limits.ADDRESS_SPACE
    assert child.rlimit(psutil.RLIMIT_FSIZE) == (0, 0)
    assert 0 < child.rlimit(psutil.RLIMIT_CPU)[0] < 60
    assert child.nice() >= 10
    reading.close()


def test_reader_that_can_not_start_is_not_the_files_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ChildDied):
        next(Reader().read(letter_pdf(), "letter.pdf"))
    assert _helpers() == []


def test_file_over_200_mb_is_not_even_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LARGEST_FILE", 100)
    with pytest.raises(UnreadableDocument, match="larger than 200 MB"):
        next(Reader().read(letter_pdf(), "letter.pdf"))


def test_pages_are_drawn_as_wide_as_asked() -> None:
    import io

    from PIL import Image

    for content in (letter_pdf(2), picture(scan())):
        drawn = Image.open(io.BytesIO(Reader().draw(content, 1, 300)))
        assert (drawn.width, drawn.format) == (300, "PNG")
        assert abs(drawn.height - 424) <= 2
    second = Reader().draw(letter_pdf(2), 2, 300)
    assert second != Reader().draw(letter_pdf(2), 1, 300)


def test_text_has_no_pages_to_draw() -> None:
    with pytest.raises(UnsupportedDocument):
        Reader().draw(b"Slept well.", 1, 300)


def test_page_that_is_not_there_can_not_be_drawn() -> None:
    for content in (letter_pdf(), picture(scan())):
        with pytest.raises(UnreadableDocument):
            Reader().draw(content, 7, 300)
