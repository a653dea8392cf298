"""Long work at the foot of the window: what is done, what could not be, and how to stop it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QProgressBar, QPushButton

from healthmate_desktop.errors import DiskFull
from healthmate_desktop.ui.changes import Changes
from healthmate_desktop.ui.import_files import FileList
from healthmate_desktop.ui.jobs import ImportStrip
from healthmate_desktop.ui.widgets.feedback import ProgressRow
from ui.window_desk import words_in
from ui.window_fakes import ROSA, FakeDocuments, FakeImporting, document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.tasks import TaskRunner

pytestmark = pytest.mark.ui


class Bench:
    def __init__(
        self, tasks: TaskRunner, settle: Callable[..., None], show: Callable[..., QWidget]
    ) -> None:
        self.documents, self.changes = FakeDocuments(), Changes()
        self.importing = FakeImporting(self.documents)
        self.strip = ImportStrip(tasks, self.changes)
        self._tasks, self._settle = tasks, settle
        self.window = show(self.strip)

    def add(self, *names: str) -> None:
        paths = [Path("folder") / name for name in names]
        self.strip.run(
            "Adding to the records of Rosa Harlow",
            lambda: self.importing.import_files(paths, ROSA.id),
        )

    def drop(self, *names: str) -> None:
        """As files are dropped: noted first, then worked on."""
        paths = [Path("folder") / name for name in names]
        self.strip.add(
            "Adding to the records of Rosa Harlow",
            self.importing,
            lambda: self.importing.begin(paths, ROSA.id),
        )

    def files(self) -> FileList:
        return self.strip.findChildren(FileList)[-1]

    def settle(self) -> None:
        self._settle(self._tasks)

    def words(self) -> str:
        return words_in(self.window)

    def press(self, words: str) -> None:
        next(b for b in self.strip.findChildren(QPushButton) if b.text() == words).click()


@pytest.fixture
def busy(
    threaded_tasks: TaskRunner, settle: Callable[..., None], show: Callable[..., QWidget]
) -> Iterator[Bench]:
    """Its import holds before the end of each file until it is let go."""
    bench = Bench(threaded_tasks, settle, show)
    bench.importing.hold = threading.Semaphore(0)
    yield bench
    bench.importing.hold.release(99)
    settle(threaded_tasks)


@pytest.fixture
def bench(tasks: TaskRunner, settle: Callable[..., None], show: Callable[..., QWidget]) -> Bench:
    return Bench(tasks, settle, show)


def test_the_strip_is_there_only_while_there_is_something_to_say(bench: Bench) -> None:
    hidden = bench.strip.isHidden()
    bench.add("a.pdf")
    assert hidden
    assert "Adding to the records of Rosa Harlow" in bench.words()
    bench.settle()
    assert bench.strip.isHidden()


def test_how_far_it_is_is_said_in_whole_files(bench: Bench) -> None:
    seen: list[tuple[str, int]] = []
    bench.changes.documents_changed.connect(
        lambda: seen.append((bench.words(), bench.strip.findChildren(QProgressBar)[0].value()))
    )
    bench.add("a.pdf", "b.pdf")
    bench.settle()
    assert "1 of 2 files. a.pdf" in seen[0][0]
    assert [value for _, value in seen[:2]] == [1, 2]


def test_screens_hear_of_each_file(bench: Bench) -> None:
    changed = QSignalSpy(bench.changes.documents_changed)
    bench.add("a.pdf", "b.pdf")
    bench.settle()
    assert changed.count() == 3  # and once in the end, also after a stop


def test_files_that_cannot_be_read_are_named_with_the_reason(bench: Bench) -> None:
    bench.add("bad-1.pdf", "good.pdf", *(f"bad-{n}.pdf" for n in range(2, 6)))
    bench.settle()
    assert "5 files could not be read" in bench.words()
    assert "bad-1.pdf: It is damaged. It is kept." in bench.words()
    assert "The others are marked in Documents." in bench.words()
    assert "bad-5.pdf" not in bench.words()
    assert "folder" not in bench.words()
    bench.press("Close")
    assert bench.strip.isHidden()


def test_a_file_that_is_here_already_is_said(bench: Bench) -> None:
    bench.documents.kept.append(document("a.pdf"))
    bench.add("a.pdf")
    bench.settle()
    assert "1 file was here already" in bench.words()


def test_an_empty_folder_is_said(bench: Bench) -> None:
    bench.add()
    bench.settle()
    assert "There was no file to add" in bench.words()


def test_what_was_read_before_a_failure_is_still_told(bench: Bench) -> None:
    bench.importing.failure = DiskFull()
    bench.add("a.pdf")
    bench.settle()
    assert "Adding files has stopped" in bench.words()
    assert "The disk is full" in bench.words()


def test_stop_ends_it_quietly(bench: Bench) -> None:
    bench.add("a.pdf", "b.pdf")
    bench.press("Stop")
    bench.settle()
    assert bench.strip.isHidden()


def test_two_imports_are_told_apart(bench: Bench) -> None:
    bench.add("a.pdf")
    bench.strip.run(
        "Adding to the records of Tomas Harlow",
        lambda: bench.importing.import_files([Path("b.pdf")], ROSA.id),
    )
    names = [row.title.accessibleName() for row in bench.strip.findChildren(ProgressRow)]
    assert names == [f"Adding to the records of {who} Harlow" for who in ("Rosa", "Tomas")]
    bench.settle()
    assert bench.strip.isHidden()


def test_nothing_left_over_is_nothing_to_see(bench: Bench) -> None:
    bench.strip.run("Reading what was left unfinished", bench.importing.resume, quiet=True)
    assert bench.strip.isHidden()
    bench.settle()
    assert bench.strip.isHidden()


def test_dropped_files_are_noted_while_others_are_read(busy: Bench, qtbot: QtBot) -> None:
    busy.drop("a.pdf", "b.pdf")
    qtbot.waitUntil(lambda: "0 of 2 files. a.pdf" in busy.words())
    busy.drop("c.pdf")
    qtbot.waitUntil(lambda: len(busy.importing.begun) == 2)  # though the first holds the way
    assert "Waiting for its turn" in busy.words()
    assert busy.importing.hold is not None
    busy.importing.hold.release(99)
    busy.settle()
    assert [d.name for d in busy.documents.kept] == ["a.pdf", "b.pdf", "c.pdf"]


def test_what_is_stopped_before_its_turn_is_forgotten(busy: Bench, qtbot: QtBot) -> None:
    busy.drop("a.pdf")
    qtbot.waitUntil(lambda: "a.pdf" in busy.words())
    busy.drop("b.pdf")
    qtbot.waitUntil(lambda: len(busy.importing.begun) == 2)
    rows = busy.strip.findChildren(ProgressRow)
    rows[-1].stop.click()
    qtbot.waitUntil(lambda: busy.importing.dropped == [busy.importing.begun[1].id])
    assert "Waiting for its turn" not in busy.words()
    assert busy.importing.hold is not None
    busy.importing.hold.release(99)
    busy.settle()
    assert [d.name for d in busy.documents.kept] == ["a.pdf"]


def test_what_is_stopped_while_it_is_noted_is_forgotten(busy: Bench, qtbot: QtBot) -> None:
    busy.drop("a.pdf")
    busy.press("Stop")
    qtbot.waitUntil(lambda: len(busy.importing.dropped) == 1)
    busy.settle()
    assert busy.strip.isHidden()
    assert busy.documents.kept == []


def test_what_can_not_be_noted_says_why(bench: Bench) -> None:
    bench.importing.not_begun = DiskFull()
    bench.drop("a.pdf")
    bench.settle()
    assert "The files were not added" in bench.words()
    assert "The disk is full" in bench.words()


def test_each_file_says_how_far_it_is_and_one_is_left_out(busy: Bench, qtbot: QtBot) -> None:
    busy.documents.kept.append(document("known.pdf"))
    busy.drop("known.pdf", "bad.pdf", "c.pdf", "d.pdf")
    qtbot.waitUntil(lambda: "0 of 4 files" in busy.words())
    busy.press("Each file")
    files = busy.files()
    assert [(row.title, row.detail) for row in files.list.rows()] == [
        ("known.pdf", "Reading"),
        ("bad.pdf", "Waiting"),
        ("c.pdf", "Waiting"),
        ("d.pdf", "Waiting"),
    ]
    assert not files.leave.isEnabled()  # none is chosen
    files.list.choose("2")
    files.list.chosen.emit("2")
    files.leave.click()
    assert files.list.rows()[2].detail == "Is left out"
    assert busy.importing.left_out == [(busy.importing.begun[0].id, 2)]
    files.list.choose("0")
    files.list.chosen.emit("0")
    assert files.leave.isEnabled()
    assert busy.importing.hold is not None
    seen: list[list[str]] = []

    def look() -> None:
        files.open()
        seen.append([row.detail for row in files.list.rows()])

    busy.changes.documents_changed.connect(look)
    busy.importing.hold.release(99)
    busy.settle()
    assert seen[3] == [
        "Here already",
        "Could not be read. It is damaged. It is kept.",
        "Left out",
        "Added",
    ]


def test_the_list_of_files_closes_again(busy: Bench, qtbot: QtBot) -> None:
    busy.drop("a.pdf", "b.pdf")
    qtbot.waitUntil(lambda: "0 of 2 files" in busy.words())
    busy.press("Each file")
    assert busy.files().isVisible()
    busy.press("Each file")
    assert not busy.files().isVisible()


def test_files_that_could_not_be_read_are_tried_again(bench: Bench) -> None:
    bench.drop("bad-1.pdf", "good.pdf", "bad-2.pdf")
    bench.settle()
    assert "2 files could not be read" in bench.words()
    bench.press("Try again")
    bench.settle()
    assert bench.importing.again == [["bad-1.pdf", "bad-2.pdf"]]
    assert bench.strip.isHidden()


def test_one_file_of_many_is_tried_again_while_others_are_read(busy: Bench, qtbot: QtBot) -> None:
    busy.drop("bad.pdf", *(f"n{n}.pdf" for n in range(3)))
    qtbot.waitUntil(lambda: "0 of 4 files" in busy.words())
    busy.press("Each file")
    files = busy.files()
    assert busy.importing.hold is not None
    busy.importing.hold.release(2)
    qtbot.waitUntil(lambda: files.list.rows()[0].icon == "alert")
    files.list.choose("0")
    files.list.chosen.emit("0")
    files.retry.click()
    assert not files.retry.isEnabled()
    busy.importing.hold.release(99)
    busy.settle()
    assert busy.importing.again == [["bad.pdf"]]
