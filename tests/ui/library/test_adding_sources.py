"""Sources are added, or a newer copy put in the place of one: how far it is, and what became of it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QFileDialog

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.errors import DiskFull
from healthmate_desktop.services.library import LibraryProgress, SourceOutcome
from healthmate_desktop.ui.library.adding import _time_left
from healthmate_desktop.ui.tasks import Lane
from healthmate_desktop.ui.widgets.drop_zone import DropZone
from healthmate_desktop.ui.widgets.feedback import Banner, ProgressRow
from ui.library.library_fakes import BOOK, Books, button, has_button, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.library.screen import LibraryScreen
    from healthmate_desktop.ui.tasks import TaskRunner
    from ui.library.library_fakes import Make

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]


def test_a_newer_copy_takes_the_place_of_a_source(
    screen: LibraryScreen, books: Books, wait: Callable[[], None], qtbot: QtBot
) -> None:
    button(screen, "Refresh The guideline").click()
    qtbot.waitUntil(lambda: "newer copy in the place of The guideline" in words(screen))
    button(screen, "Not now").click()
    assert not has_button(screen, "Choose a file")
    button(screen, "Refresh The guideline").click()
    qtbot.waitUntil(lambda: has_button(screen, "Choose a file"))
    button(screen, "Choose a file").click()
    dialog = screen.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.filesSelected.emit(["/a/newer.pdf"])
    dialog.close()
    wait()
    assert (books.added, books.replaced) == ([Path("/a/newer.pdf")], BOOK.id)
    assert not has_button(screen, "Refresh The topics")


def test_papers_need_not_wait_for_a_long_source(
    adding: LibraryScreen, books: Books, threaded_tasks: TaskRunner, qtbot: QtBot
) -> None:
    done: list[str] = []
    threaded_tasks.run(lambda: "imported", owner=adding, lane=Lane.VAULT, on_success=done.append)
    qtbot.waitUntil(lambda: done == ["imported"])
    assert "7 articles so far" in words(adding)
    books.gate.set()


def test_adding_says_how_far_it_is_and_can_be_stopped(
    adding: LibraryScreen, books: Books, qtbot: QtBot
) -> None:
    books.outcomes = [SourceOutcome("a/PMC", "added", BOOK, (Problem("x.txt", "Is empty."),))]
    row = adding.findChild(ProgressRow)
    assert isinstance(row, ProgressRow)
    assert row.title.accessibleName() == "Adding PMC"
    assert has_button(adding, "Remove The guideline")  # the rest of the screen goes on
    row.stop.click()
    books.gate.set()
    qtbot.waitUntil(lambda: adding.findChild(ProgressRow) is None and books.reads == 2)
    assert "Not all of PMC" not in words(adding)


def test_time_that_is_left_is_said_in_words(
    make: Make, books: Books, threaded_tasks: TaskRunner, qtbot: QtBot
) -> None:
    screen = make(threaded_tasks)
    books.gate = threading.Event()
    books.steps = [
        LibraryProgress("MedQuAD", 9000, 0, share=0.5, seconds_left=seconds)
        for seconds in (9000, 240, 60, 20)
    ]
    screen.add([Path("a/corpora")])
    qtbot.waitUntil(lambda: "less than a minute left" in words(screen))
    assert "MedQuAD: 9,000 articles so far, less than a minute left" in words(screen)
    row = screen.findChild(ProgressRow)
    assert isinstance(row, ProgressRow)
    assert (row.bar.value(), row.bar.maximum()) == (50, 100)
    books.gate.set()
    qtbot.waitUntil(lambda: screen.findChild(ProgressRow) is None)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (59, "less than a minute left"),
        (61, "about 1 minute left"),
        (600, "about 10 minutes left"),
        (9000, "about 2 hours left"),
    ],
)
def test_time_left_does_not_pretend_to_be_exact(seconds: int, said: str) -> None:
    assert _time_left(seconds) == said


def test_how_many_of_a_known_number(
    make: Make, books: Books, threaded_tasks: TaskRunner, qtbot: QtBot
) -> None:
    screen = make(threaded_tasks)
    books.gate = threading.Event()
    screen.add([Path(f"{n}.pdf") for n in range(5)])
    qtbot.waitUntil(lambda: screen.findChild(ProgressRow) is not None)
    row = screen.findChild(ProgressRow)
    assert isinstance(row, ProgressRow)
    assert row.title.accessibleName() == "Adding 0.pdf, 1.pdf, 2.pdf and 2 more"
    books.gate.set()
    qtbot.waitUntil(lambda: screen.findChild(ProgressRow) is None and books.reads == 2)


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (SourceOutcome("a/x.pdf", "duplicate", BOOK), "x.pdf is in the library already"),
        (
            SourceOutcome("a/x.pdf", "unreadable", None, (Problem("file", "It is damaged."),)),
            "x.pdf was not added\nIt is damaged.",
        ),
        (
            SourceOutcome(
                "a/x", "added", BOOK, tuple(Problem(f"{n}.txt", "Is empty.") for n in range(5))
            ),
            "Not all of The guideline could be read\n0.txt: Is empty.\n1.txt: Is empty.\n2.txt: Is empty.\nAnd 2 more.",
        ),
    ],
)
def test_what_became_of_a_source_is_said_until_closed(
    screen: LibraryScreen, books: Books, qtbot: QtBot, outcome: SourceOutcome, said: str
) -> None:
    books.outcomes = [outcome]
    screen.add([Path("a/x.pdf")])
    qtbot.waitUntil(lambda: said in words(screen))
    button(screen, "Close").click()
    assert said not in words(screen)
    assert not screen.adding.isVisible()


def test_a_drop_of_many_files_says_what_was_wrong_in_a_few_lines(
    screen: LibraryScreen, books: Books, qtbot: QtBot
) -> None:
    bad = (Problem("file", "It is damaged."),)
    books.outcomes = [SourceOutcome(f"a/{n}.pdf", "unreadable", None, bad) for n in range(5)]
    books.outcomes += [SourceOutcome(f"a/{n}.txt", "duplicate", BOOK) for n in range(2)]
    screen.add([Path("a")])
    qtbot.waitUntil(lambda: "were not added" in words(screen))
    assert (
        "0.pdf, 1.pdf, 2.pdf and 2 more were not added\n"
        "0.pdf: It is damaged.\n1.pdf: It is damaged.\n2.pdf: It is damaged.\nAnd 2 more."
    ) in words(screen)
    assert "0.txt, 1.txt are in the library already" in words(screen)
    assert len(screen.adding.findChildren(Banner)) == 2


def test_a_second_drop_waits_for_the_first_and_says_so(
    adding: LibraryScreen, books: Books, qtbot: QtBot
) -> None:
    adding.add([Path("b/leaflets")])
    qtbot.waitUntil(lambda: "Begins when what is being added before it is done" in words(adding))
    books.gate.set()
    qtbot.waitUntil(lambda: books.added == [Path("a/PMC"), Path("b/leaflets")])
    qtbot.waitUntil(adding.adding.isHidden)


def test_a_full_disk_stops_adding_and_is_said(
    screen: LibraryScreen, books: Books, qtbot: QtBot, errors: list[Exception]
) -> None:
    books.error = DiskFull()
    screen.add([Path("x.pdf")])
    qtbot.waitUntil(lambda: str(books.error) in words(screen))
    assert screen.findChild(ProgressRow) is None or not screen.adding.findChild(ProgressRow)
    assert errors == []


def test_dropped_files_are_added_and_nothing_is_not(
    screen: LibraryScreen, books: Books, wait: Callable[[], None]
) -> None:
    zone = screen.findChild(DropZone)
    assert isinstance(zone, DropZone)
    zone.files_dropped.emit([])
    zone.files_dropped.emit([Path("a.pdf")])
    wait()
    assert books.added == [Path("a.pdf")]


@pytest.mark.parametrize(
    ("press", "mode"),
    [
        ("Add files", QFileDialog.FileMode.ExistingFiles),
        ("Add a folder", QFileDialog.FileMode.Directory),
    ],
)
def test_files_and_folders_are_chosen(
    screen: LibraryScreen,
    books: Books,
    wait: Callable[[], None],
    press: str,
    mode: QFileDialog.FileMode,
) -> None:
    button(screen, press).click()
    dialog = screen.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert dialog.fileMode() == mode
    dialog.filesSelected.emit(["/a/b.pdf"])
    dialog.close()
    wait()
    assert books.added == [Path("/a/b.pdf")]
