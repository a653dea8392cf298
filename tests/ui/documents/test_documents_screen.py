"""The documents of a person: each is listed, opened, and said plainly when it can't be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLabel, QWidget

from healthmate_desktop.domain.documents import DocumentKind, Origin, Problem
from healthmate_desktop.domain.proposals import THE_PERSON
from healthmate_desktop.ui.changes import Changes
from healthmate_desktop.ui.documents.screen import DocumentsScreen
from healthmate_desktop.ui.widgets.buttons import Button
from ui.documents.document_fakes import NOTE, Kept, document, vault_with
from ui.record_fakes import measured, record
from ui.session_fakes import session
from ui.window_fakes import ROSA, WHEN, FakeVault

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.tasks import TaskRunner

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]

PASSWORD = Problem("file", "This file is protected by a password. Save a copy without it.")
FAINT = Problem("page 2", "Some words are too faint to read.")
FILES = [
    document("report", DocumentKind.PDF, "ready", 2, FAINT),
    document("photo", DocumentKind.IMAGE),
    document("note", DocumentKind.MARKDOWN),
    document("locked", None, "unreadable", 0, PASSWORD),
    document("waiting", None, "importing", 0),
]


@pytest.fixture
def kept() -> Kept:
    return Kept(*FILES)


@pytest.fixture
def vault(kept: Kept) -> FakeVault:
    return vault_with(kept)


@pytest.fixture
def changes() -> Changes:
    return Changes()


@pytest.fixture
def screen(
    kept: Kept,
    vault: FakeVault,
    changes: Changes,
    tasks: TaskRunner,
    show: Callable[..., QWidget],
    settle: Callable[..., None],
) -> DocumentsScreen:
    made = DocumentsScreen(ROSA, vault.opened(), tasks, changes)
    assert kept.lists == 0  # nothing is read before it is shown
    made.window_kept = show(made, size=(1134, 768))  # type: ignore[attr-defined]
    settle(tasks)
    return made


@pytest.fixture
def wait(tasks: TaskRunner, settle: Callable[..., None]) -> Callable[[], None]:
    return lambda: settle(tasks)


def words(screen: QWidget) -> str:
    labels = (w for w in screen.findChildren(QLabel) if w.isVisible())
    return "\n".join(w.accessibleName() or w.text() for w in labels)


def button(screen: QWidget, said: str) -> Button:
    return next(b for b in screen.findChildren(Button) if b.text() == said)


def press(screen: DocumentsScreen, at: int) -> None:
    index = screen.list.model().index(at, 0)
    where = screen.list.visualRect(index).center()
    QTest.mouseClick(screen.list.viewport(), Qt.MouseButton.LeftButton, pos=where)


def test_each_document_says_what_it_is_or_what_is_wrong(screen: DocumentsScreen) -> None:
    assert [(row.detail, row.icon) for row in screen.list.rows()] == [
        ("Added 3 Jun 2026, PDF, 2 pages", "document"),
        ("Added 3 Jun 2026, Picture", "picture"),
        ("Added 3 Jun 2026, Text", "note"),
        ("Could not be read", "alert"),
        ("Waiting to be read", "clock"),
    ]
    assert "5 documents, all encrypted" in words(screen)


def test_the_newest_is_open_at_first(screen: DocumentsScreen) -> None:
    assert screen.list.current() == "report"
    assert screen.reader.title.accessibleName() == "report.pdf, page 1 of 2"
    assert screen.reader.view.has_picture


def test_pages_are_turned(screen: DocumentsScreen, kept: Kept, wait: Callable[[], None]) -> None:
    assert not screen.reader.back.isEnabled()
    screen.reader.next.click()
    wait()
    assert kept.drawn == [("report", 1), ("report", 2)]
    assert screen.reader.title.accessibleName() == "report.pdf, page 2 of 2"
    assert not screen.reader.next.isEnabled()
    screen.reader.back.click()
    wait()
    assert kept.drawn[-1] == ("report", 1)


def test_what_could_not_be_read_of_a_document_is_said_above_it(screen: DocumentsScreen) -> None:
    assert "Page 2: Some words are too faint to read." in words(screen)
    assert screen.reader.view.has_picture


def test_a_text_is_shown_as_text_without_marks(
    screen: DocumentsScreen, wait: Callable[[], None]
) -> None:
    press(screen, 2)
    wait()
    shown = screen.reader.view.passage.toPlainText().replace("\u00a0", " ")
    assert shown == "Visit\n\n• Pulse 68 a minute\n• Weight 71.4 kg"
    assert not screen.reader.zoom.isVisible()
    assert "too faint" not in words(screen)


def test_an_unreadable_one_says_why_and_what_to_do(screen: DocumentsScreen, qtbot: QtBot) -> None:
    press(screen, 3)
    qtbot.waitUntil(lambda: "locked.pdf could not be read" in words(screen))
    assert PASSWORD.message in words(screen)
    assert "The file itself is kept, encrypted" in words(screen)
    assert not screen.reader.next.isVisible()


def test_one_that_is_being_read_opens_when_that_is_done(
    screen: DocumentsScreen, kept: Kept, changes: Changes, qtbot: QtBot
) -> None:
    press(screen, 4)
    assert "This file is being read." in words(screen)
    kept.kept[4] = replace(
        FILES[4], kind=DocumentKind.PDF, state="ready", page_count=1, problems=(FAINT,)
    )
    changes.documents_changed.emit()
    qtbot.waitUntil(lambda: screen.reader.view.has_picture)
    assert kept.drawn[-1] == ("waiting", 1)
    assert "Not all of this document could be read" in words(screen)


def test_a_place_is_opened_with_its_words_lit(
    screen: DocumentsScreen, wait: Callable[[], None]
) -> None:
    screen.open_at("note", 1, NOTE.index("**Pulse"), len("**Pulse** 68 a minute"))
    wait()
    assert screen.list.current() == "note"
    assert screen.reader.view.passage.accessibleDescription() == "**Pulse** 68 a minute"


def test_a_place_on_a_picture_is_lit_too(screen: DocumentsScreen, wait: Callable[[], None]) -> None:
    screen.open_at("report", 2, 8, 3)
    wait()
    boxes = screen.reader.view.page._sheet.lit
    assert [(box.x(), box.y()) for box in boxes] == [(90, 400)]
    assert screen.reader.view.page.accessibleName() == "Page 2 of report.pdf"


def test_a_place_asked_for_before_the_list_is_known_is_opened_after(
    kept: Kept,
    vault: FakeVault,
    changes: Changes,
    tasks: TaskRunner,
    show: Callable[..., QWidget],
    qtbot: QtBot,
) -> None:
    screen = DocumentsScreen(ROSA, vault.opened(), tasks, changes)
    screen.open_at("photo", 1, 0, 0)
    window = show(screen)
    qtbot.waitUntil(lambda: kept.drawn == [("photo", 1)])
    assert window.isVisible()


def test_a_document_that_is_gone_is_said_to_be(screen: DocumentsScreen) -> None:
    screen.open_at("unknown", 1, 0, 0)
    assert "This document is not kept here any more." in words(screen)


def test_the_text_stands_in_for_a_page_that_cannot_be_drawn(
    screen: DocumentsScreen, kept: Kept, wait: Callable[[], None]
) -> None:
    kept.drawable = False
    press(screen, 1)
    wait()
    assert "This is the text of the page, without its picture." in words(screen)
    assert "Glucose" in screen.reader.view.passage.toPlainText()


def test_an_error_takes_the_place_of_the_page(
    screen: DocumentsScreen, wait: Callable[[], None], errors: list[Exception]
) -> None:
    screen.open_at("report", 3, 0, 0)
    wait()
    assert "This page is not there any more." in words(screen)
    assert errors == []


def test_names_are_found_by_their_parts(screen: DocumentsScreen) -> None:
    screen.search.edit.setText("PDF not")
    assert [row.key for row in screen.list.rows()] == ["note"]
    screen.open_at("photo", 1, 0, 0)
    assert len(screen.list.rows()) == 5


def test_nothing_kept_yet_invites_to_add(
    screen: DocumentsScreen, kept: Kept, changes: Changes, qtbot: QtBot
) -> None:
    kept.kept = []
    changes.documents_changed.emit()
    qtbot.waitUntil(lambda: "Nothing is kept for Rosa Harlow yet" in words(screen))
    wanted = QSignalSpy(screen.add_files_requested)
    button(screen, "Add files").click()
    button(screen, "Add").click()
    assert wanted.count() == 2
    kept.kept = FILES[:1]
    changes.documents_changed.emit()
    qtbot.waitUntil(lambda: "1 document, encrypted" in words(screen))


def test_many_changes_are_read_once_and_none_while_hidden(
    screen: DocumentsScreen, kept: Kept, changes: Changes, qtbot: QtBot
) -> None:
    for _ in range(20):
        changes.documents_changed.emit()
    qtbot.waitUntil(lambda: kept.lists == 2)
    screen.hide()
    changes.documents_changed.emit()
    screen.show()
    qtbot.waitUntil(lambda: kept.lists == 3)


def with_values(vault: FakeVault, changes: Changes) -> None:
    report, photo, *_ = FILES
    vault.records.kept = [
        record("r1", report, measured("Glucose", "7.2")),
        record("r2", report, measured("Sodium", "139")),
        record("p1", photo, measured("Potassium", "4.4")),
        record("p2", photo, measured("Calcium", "2.4"), "accepted"),
    ]
    changes.records_changed.emit()


def test_what_waits_for_a_check_is_said_with_one_button(
    screen: DocumentsScreen, vault: FakeVault, changes: Changes, qtbot: QtBot
) -> None:
    assert not screen.side.note.isVisible()
    with_values(vault, changes)
    qtbot.waitUntil(lambda: "3 values wait for your check" in words(screen))
    assert [row.detail for row in screen.list.rows()[:3]] == [
        "2 values to check",
        "1 value to check",
        "Added 3 Jun 2026, Text",
    ]
    wanted = QSignalSpy(screen.review_requested)
    press(screen, 1)
    screen.side.note.button.click()
    press(screen, 2)  # this one has nothing to check: the newest that has
    screen.side.note.button.click()
    assert [wanted.at(n) for n in range(wanted.count())] == [["photo"], ["report"]]


def test_nothing_is_offered_to_who_may_not_check_it(
    kept: Kept, tasks: TaskRunner, show: Callable[..., QWidget], settle: Callable[..., None]
) -> None:
    vault = vault_with(kept)
    vault.who = session("auditor")
    vault.records.kept = [record("r1", FILES[0], measured("Glucose", "7.2"))]
    screen = DocumentsScreen(ROSA, vault.opened(), tasks, Changes())
    window = show(screen, size=(1134, 768))
    settle(tasks)
    assert not screen.side.note.isVisible()
    assert not screen.reader.more.isVisible()
    assert window.isVisible()


@pytest.mark.parametrize(
    ("chosen", "keys"),
    [
        ("waiting", ["report", "photo"]),
        ("ready", ["note"]),
        ("unreadable", ["locked"]),
        ("importing", ["waiting"]),
        ("kind:Picture", ["photo"]),
        ("", ["report", "photo", "note", "locked", "waiting"]),
    ],
)
def test_the_list_is_held_to_a_state_or_a_type(
    screen: DocumentsScreen,
    vault: FakeVault,
    changes: Changes,
    qtbot: QtBot,
    chosen: str,
    keys: list[str],
) -> None:
    with_values(vault, changes)
    qtbot.waitUntil(screen.side.note.isVisible)
    screen.side.filter.choose(chosen)
    screen.side.filter.chosen.emit(chosen)
    assert [row.key for row in screen.list.rows()] == keys


def test_texts_are_looked_through_too(
    screen: DocumentsScreen, kept: Kept, qtbot: QtBot, wait: Callable[[], None]
) -> None:
    kept.texts = {"photo": "potassium low", "report": "no potassium"}
    kept.pages["photo", 1] = "Potassium low"
    screen.search.edit.setText("potassium")
    assert "No document has \u201cpotassium\u201d in its name or text." in words(screen)
    qtbot.waitUntil(lambda: len(screen.list.rows()) == 2)
    assert [row.detail for row in screen.list.rows()] == [
        "PDF, found in its text",
        "Picture, found in its text",
    ]
    press(screen, 1)
    wait()
    assert screen.reader.finding.isVisible()  # the words are looked for on its page
    assert screen.reader.finding.words() == "potassium"
    screen.search.edit.setText("x")  # too short to be looked for in texts
    assert screen.list.rows() == []
    button(screen, "Show all").click()
    assert len(screen.list.rows()) == 5


def test_what_holds_the_list_back_is_said(screen: DocumentsScreen) -> None:
    screen.side.filter.choose("waiting")
    screen.side.filter.chosen.emit("waiting")
    assert "Only these are shown: To check." in words(screen)


def test_a_file_without_pages_shows_what_was_taken_from_it(
    screen: DocumentsScreen, kept: Kept, vault: FakeVault, changes: Changes, qtbot: QtBot
) -> None:
    portal = document("portal", DocumentKind.FHIR, "ready", 0)
    kept.kept = [portal]
    vault.records.kept = [
        record("m", portal, measured("Pulse", "68", "/min"), "accepted", where="entry 12"),
    ]
    changes.documents_changed.emit()
    qtbot.waitUntil(lambda: "This kind of file has no pages to look at." in words(screen))
    assert screen.panel.isVisible()
    qtbot.waitUntil(lambda: bool(screen.panel.values.rows()))
    assert screen.panel.values.rows()[0].detail == "14 Jul 2026, entry 12"
    assert not screen.reader.find_button.isVisible()


def test_the_details_take_the_place_of_the_list_where_there_is_little_room(
    screen: DocumentsScreen, qtbot: QtBot
) -> None:
    screen.reader.details.click()
    assert screen.panel.isVisible()
    assert screen.side.isVisible()
    assert not screen.reader.details.isVisible()
    screen.panel.close_button.click()
    assert not screen.panel.isVisible()
    window = screen.window()
    window.resize(940, 680)
    screen.reader.details.click()
    qtbot.waitUntil(lambda: not screen.side.isVisible())
    window.resize(1500, 768)
    qtbot.waitUntil(screen.side.isVisible)


def test_where_there_is_room_the_details_stand_beside_the_page(
    screen: DocumentsScreen, qtbot: QtBot
) -> None:
    assert not screen.panel.isVisible()
    screen.window().resize(1400, 768)
    qtbot.waitUntil(screen.panel.isVisible)
    screen.window().resize(1134, 768)
    qtbot.waitUntil(lambda: not screen.panel.isVisible())


def test_control_f_finds_in_the_document(screen: DocumentsScreen) -> None:
    screen.list.setFocus()
    QTest.keyClick(screen.list, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert screen.reader.finding.field.edit.hasFocus()


@pytest.fixture
def from_somewhere(kept: Kept, changes: Changes, screen: DocumentsScreen, qtbot: QtBot) -> None:
    """The report is of July, the photo of an older year, the note says nothing of itself."""
    kept.origins = {
        "report": Origin("2026-01-20", "Lakeside Clinic"),
        "photo": Origin("2019-03", "Northgate"),
    }
    kept.kept = [replace(d, added_at=WHEN + timedelta(hours=n)) for n, d in enumerate(kept.kept)]
    changes.documents_changed.emit()
    qtbot.waitUntil(lambda: "20 Jan 2026, PDF, Lakeside Clinic" in details(screen))


def details(screen: DocumentsScreen) -> list[str]:
    return [row.detail for row in screen.list.rows()]


@pytest.mark.usefixtures("from_somewhere")
def test_when_a_document_is_from_and_who_sent_it_is_said_where_it_is_known(
    screen: DocumentsScreen,
) -> None:
    assert "March 2019, Picture, Northgate" in details(screen)
    assert "Added 3 Jun 2026, Text" in details(screen)


@pytest.mark.usefixtures("from_somewhere")
@pytest.mark.parametrize(
    ("chosen", "keys"),
    [
        ("date", ["note", "locked", "waiting", "report", "photo"]),
        ("added", ["waiting", "locked", "note", "photo", "report"]),
        ("name", ["locked", "note", "photo", "report", "waiting"]),
        ("type", ["locked", "waiting", "report", "photo", "note"]),
        ("source", ["report", "photo", "note", "locked", "waiting"]),
    ],
)
def test_the_list_is_sorted_as_chosen(
    screen: DocumentsScreen, chosen: str, keys: list[str]
) -> None:
    screen.side.sort.choose(chosen)
    screen.side.sort.chosen.emit(chosen)
    assert [row.key for row in screen.list.rows()] == keys


@pytest.mark.usefixtures("from_somewhere")
def test_the_list_is_held_to_a_source(screen: DocumentsScreen) -> None:
    screen.side.filter.choose("from:Northgate")
    screen.side.filter.chosen.emit("from:Northgate")
    assert [row.key for row in screen.list.rows()] == ["photo"]


def test_a_file_that_could_not_be_read_can_be_tried_again(
    screen: DocumentsScreen, qtbot: QtBot
) -> None:
    press(screen, 3)
    qtbot.waitUntil(lambda: "locked.pdf could not be read" in words(screen))
    wanted = QSignalSpy(screen.retry_requested)
    again = button(screen, "Try again")
    again.click()
    assert wanted.at(0) == ["locked", "locked.pdf"]
    assert not again.isEnabled()


def test_who_may_not_add_is_not_offered_another_try(
    kept: Kept, tasks: TaskRunner, show: Callable[..., QWidget], settle: Callable[..., None]
) -> None:
    kept.kept = [FILES[3]]
    vault = vault_with(kept)
    vault.who = session("auditor")
    screen = DocumentsScreen(ROSA, vault.opened(), tasks, Changes())
    window = show(screen, size=(1134, 768))
    settle(tasks)
    assert "locked.pdf could not be read" in words(screen)
    assert [b for b in screen.findChildren(Button) if b.text() == "Try again"] == []
    assert window.isVisible()


def test_a_document_that_names_someone_else_is_not_called_half_read(
    screen: DocumentsScreen, kept: Kept, changes: Changes, qtbot: QtBot
) -> None:
    stranger = Problem(THE_PERSON, "This file names someone else.")
    kept.kept[0] = replace(FILES[0], problems=(stranger,))
    changes.documents_changed.emit()
    qtbot.waitUntil(lambda: "This may be someone else\u2019s" in words(screen))
    assert "Not all of this document could be read" not in words(screen)


@pytest.mark.usefixtures("from_somewhere")
def test_what_waits_for_a_check_says_of_when_it_is(
    screen: DocumentsScreen, vault: FakeVault, changes: Changes, qtbot: QtBot
) -> None:
    with_values(vault, changes)
    qtbot.waitUntil(lambda: "2 values to check, 20 Jan 2026" in details(screen))
