"""The documents of a person: each is listed, opened, and said plainly when it can't be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLabel, QWidget

from healthmate_desktop.domain.documents import Box, Document, DocumentKind, Page, Problem, Word
from healthmate_desktop.domain.ids import DocumentId, PatientId
from healthmate_desktop.domain.patients import Patient
from healthmate_desktop.errors import NotFound, UnreadableDocument
from healthmate_desktop.services.documents import DocumentService
from healthmate_desktop.ui.changes import Changes
from healthmate_desktop.ui.documents.screen import DocumentsScreen
from healthmate_desktop.ui.widgets.buttons import Button

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.tasks import TaskRunner

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]

PERSON = Patient(PatientId("p"), "Rosa Harlow")
NOTE = "# Visit\n\n- **Pulse** 68 a minute\n- Weight 71.4 kg"


def document(
    key: str,
    kind: DocumentKind | None = DocumentKind.PDF,
    state: Literal["importing", "ready", "unreadable"] = "ready",
    pages: int = 1,
    *problems: Problem,
) -> Document:
    added = datetime(2026, 6, 3, 12, tzinfo=UTC)
    name = f"{key}.pdf"
    return Document(
        DocumentId(key), PERSON.id, name, kind, 1, key, added, state, pages, tuple(problems)
    )


PASSWORD = Problem("file", "This file is protected by a password. Save a copy without it.")
FAINT = Problem("page 2", "Some words are too faint to read.")
FILES = [
    document("report", DocumentKind.PDF, "ready", 2, FAINT),
    document("photo", DocumentKind.IMAGE),
    document("note", DocumentKind.MARKDOWN),
    document("locked", None, "unreadable", 0, PASSWORD),
    document("waiting", None, "importing", 0),
]


class Kept(DocumentService):
    def __init__(self) -> None:
        self.files = list(FILES)
        self.drawable, self.lists, self.drawn = True, 0, list[tuple[str, int]]()

    def of_patient(self, patient_id: PatientId) -> list[Document]:  # noqa: ARG002
        self.lists += 1
        return list(self.files)

    def page(self, document_id: DocumentId, number: int) -> Page:
        if document_id == "note":
            return Page(1, NOTE)
        if number > 2:
            raise NotFound("This page is not there any more.")
        word = Word(8, 14, Box(40, 400, 90, 412))
        return Page(number, "Glucose 7.2 up", 595, 842, (word,))

    def picture(self, document_id: DocumentId, number: int, width: int) -> bytes:  # noqa: ARG002
        self.drawn.append((document_id, number))
        if not self.drawable:
            raise UnreadableDocument("This page can't be drawn. It is kept.")
        image = QImage(60, 84, QImage.Format.Format_RGB32)
        image.fill(0xFFFFFF)
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "PNG")  # type: ignore[call-overload]
        return bytes(buffer.data().data())


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def changes() -> Changes:
    return Changes()


@pytest.fixture
def screen(
    kept: Kept,
    changes: Changes,
    tasks: TaskRunner,
    show: Callable[..., QWidget],
    settle: Callable[..., None],
) -> DocumentsScreen:
    made = DocumentsScreen(PERSON, kept, tasks, changes)
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
        ("Added 3 Jun 2026, 2 pages", "document"),
        ("Added 3 Jun 2026, picture", "picture"),
        ("Added 3 Jun 2026, text", "note"),
        ("Could not be read", "alert"),
        ("Not read yet", "clock"),
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
    assert not screen.reader.view.page.larger.isVisible()
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
    kept.files[4] = replace(
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
    assert [(box.x(), box.y()) for box in boxes] == [(40, 400)]
    assert screen.reader.view.page.accessibleName() == "Page 2 of report.pdf"


def test_a_place_asked_for_before_the_list_is_known_is_opened_after(
    kept: Kept, changes: Changes, tasks: TaskRunner, show: Callable[..., QWidget], qtbot: QtBot
) -> None:
    screen = DocumentsScreen(PERSON, kept, tasks, changes)
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
    kept.files = []
    changes.documents_changed.emit()
    qtbot.waitUntil(lambda: "Nothing is kept for Rosa Harlow yet" in words(screen))
    wanted = QSignalSpy(screen.add_files_requested)
    button(screen, "Add files").click()
    button(screen, "Add").click()
    assert wanted.count() == 2
    kept.files = FILES[:1]
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
