"""A document is renamed, given to someone else, deleted, or an import undone: each asked first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLabel, QMenu

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.proposals import NamedPerson
from healthmate_desktop.errors import VaultReadOnly
from healthmate_desktop.ui.changes import Changes
from healthmate_desktop.ui.documents.deeds import RenameForm
from healthmate_desktop.ui.documents.giving import GiveForm
from healthmate_desktop.ui.documents.screen import DocumentsScreen
from healthmate_desktop.ui.widgets.buttons import Button
from ui.documents.document_fakes import Kept, document, vault_with
from ui.record_fakes import measured, record
from ui.window_fakes import ROSA, FakeVault

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.tasks import TaskRunner

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]

FAINT = Problem("page 2", "Some words are too faint.")


class Shown:
    """The screen over three documents, two of one import, and what a test does with it."""

    def __init__(
        self,
        tasks: TaskRunner,
        show: Callable[..., QWidget],
        settle: Callable[..., None],
        qtbot: QtBot,
    ) -> None:
        report = document("report", *(), import_id="i1")
        report = replace(report, problems=(FAINT,))
        self.kept = Kept(report, document("letter", import_id="i1"), document("old"))
        self.vault: FakeVault = vault_with(self.kept)
        self.vault.records.kept = [record("g", report, measured("Glucose", "7.2"), "accepted")]
        self.changes, self._tasks, self._settle = Changes(), tasks, settle
        self._qtbot = qtbot
        self.heard = QSignalSpy(self.changes.documents_changed)
        self.screen = DocumentsScreen(ROSA, self.vault.opened(), tasks, self.changes)
        self._window = show(self.screen, size=(1134, 768))
        self.settle()

    def settle(self) -> None:
        self._settle(self._tasks)

    def act(self, name: str) -> None:
        """Press one thing in the menu."""
        self.screen.reader.more.click()
        menu = self.screen.reader.findChildren(QMenu)[-1]
        next(action for action in menu.actions() if action.text() == name).trigger()
        menu.close()
        with self._qtbot.waitActive(self._window):
            self._window.activateWindow()

    def words(self) -> str:
        labels = (w for w in self.screen.reader.findChildren(QLabel) if w.isVisible())
        return "\n".join(w.accessibleName() or w.text() for w in labels)

    def button(self, said: str) -> Button:
        def found() -> Button | None:
            buttons = self.screen.findChildren(Button)
            return next((b for b in buttons if b.text() == said and b.isVisible()), None)

        self._qtbot.waitUntil(lambda: found() is not None)
        button = found()
        assert button is not None
        return button

    def names(self) -> list[str]:
        return [row.title for row in self.screen.list.rows()]


@pytest.fixture
def shown(
    tasks: TaskRunner,
    show: Callable[..., QWidget],
    settle: Callable[..., None],
    qtbot: QtBot,
) -> Shown:
    return Shown(tasks, show, settle, qtbot)


def test_the_menu_says_what_can_be_done(shown: Shown, qtbot: QtBot) -> None:
    shown.screen.reader.more.click()
    menu = shown.screen.reader.findChildren(QMenu)[-1]
    qtbot.waitUntil(menu.isVisible)
    assert [action.text() for action in menu.actions() if action.text()] == [
        "Rename",
        "Give to someone else",
        "Delete",
        "Undo the whole import",
    ]
    menu.close()
    shown.screen.open_at("old", 1, 0, 0)
    shown.settle()
    shown.screen.reader.menu_pressed.emit(QPoint(0, 0))
    last = shown.screen.reader.findChildren(QMenu)[-1]
    assert [a.text() for a in last.actions()][-1] == "Delete"  # nobody knows what it came with
    last.close()


def test_a_document_gets_another_name(shown: Shown, qtbot: QtBot) -> None:
    shown.act("Rename")
    form = shown.screen.reader.findChild(RenameForm)
    assert form is not None
    assert form.edit.hasFocus()
    assert form.edit.selectedText() == "report.pdf"
    QTest.keyClicks(form.edit, "   ")
    QTest.keyClick(form.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "A document needs a name of up to 200 letters." in shown.words())
    QTest.keyClicks(form.edit, "Lakeside July")
    form.save.click()
    qtbot.waitUntil(lambda: "Lakeside July" in shown.names())
    qtbot.waitUntil(lambda: shown.screen.reader.title.accessibleName() == "Lakeside July")


def test_escape_leaves_what_is_asked(shown: Shown, qtbot: QtBot) -> None:
    shown.act("Rename")
    assert "Some words are too faint." not in shown.words()
    form = shown.screen.reader.findChild(RenameForm)
    assert form is not None
    qtbot.waitUntil(lambda: form.edit.hasFocus() and form.isVisible())
    QTest.keyClick(form.edit, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: "Some words are too faint." in shown.words())
    shown.act("Delete")
    keep = shown.button("Keep it")
    qtbot.waitUntil(keep.hasFocus)
    QTest.keyClick(keep, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: "Delete report.pdf?" not in shown.words())
    assert len(shown.kept.kept) == 3


def test_a_deletion_says_what_goes_and_what_stays(shown: Shown, qtbot: QtBot) -> None:
    shown.act("Delete")
    qtbot.waitUntil(lambda: "Delete report.pdf?" in shown.words())
    assert "with it the 1 value in the records that came from it" in shown.words()
    assert "The log keeps that it was there" in shown.words()
    shown.button("Delete it").click()
    qtbot.waitUntil(lambda: shown.names() == ["letter.pdf", "old.pdf"])
    assert shown.heard.count() == 1
    qtbot.waitUntil(lambda: shown.screen.list.current() == "letter")
    shown.act("Delete")
    qtbot.waitUntil(lambda: "and so is all that was read from it" in shown.words())


def test_a_deletion_that_fails_says_why(shown: Shown, qtbot: QtBot) -> None:
    shown.kept.change_failure = VaultReadOnly()
    shown.act("Delete")
    shown.button("Delete it").click()
    qtbot.waitUntil(lambda: "report.pdf was not deleted" in shown.words())
    assert str(VaultReadOnly()) in shown.words()
    assert len(shown.kept.kept) == 3


def test_an_import_is_undone_whole(shown: Shown, qtbot: QtBot) -> None:
    shown.kept.values_of_imports = (37, 12)
    shown.act("Undo the whole import")
    qtbot.waitUntil(lambda: "Undo the import of 3 June 2026?" in shown.words())
    taken = "This deletes 2 documents and 37 values read from them, 12 of them in the records."
    assert taken in shown.words()
    shown.button("Delete 2 documents").click()
    qtbot.waitUntil(lambda: shown.names() == ["old.pdf"])


def test_an_import_that_gave_one_document_and_no_value_says_so(shown: Shown, qtbot: QtBot) -> None:
    shown.kept.kept = [document("report", import_id="i1")]
    shown.act("Undo the whole import")
    qtbot.waitUntil(lambda: "deletes 1 document and 0 values read from it. What" in shown.words())


def giving(shown: Shown, qtbot: QtBot) -> GiveForm:
    shown.act("Give to someone else")
    form = shown.screen.reader.findChildren(GiveForm)[-1]
    shown.settle()
    qtbot.waitUntil(form.people.list.isVisible)
    return form


def test_a_document_is_given_to_someone_else(shown: Shown, qtbot: QtBot) -> None:
    form = giving(shown, qtbot)
    assert [row.title for row in form.people.list.rows()] == ["Tomas Harlow"]  # not to herself
    QTest.keyClick(form.people.field.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Give report.pdf to Tomas Harlow?" in shown.words())
    shown.button("Give it to Tomas Harlow").click()
    qtbot.waitUntil(lambda: shown.names() == ["letter.pdf", "old.pdf"])
    assert [d.patient_id for d in shown.kept.kept] == ["tomas", "rosa", "rosa"]


def test_giving_is_thought_better_of(shown: Shown, qtbot: QtBot) -> None:
    form = giving(shown, qtbot)
    QTest.keyClick(form.people.field.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Give report.pdf to Tomas Harlow?" in shown.words())
    give = shown.button("Give it to Tomas Harlow")
    QTest.keyClick(give, Qt.Key.Key_Escape)  # back to the list
    qtbot.waitUntil(form.people.list.isVisible)
    QTest.keyClick(form.people.field.edit, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: "Who gets report.pdf?" not in shown.words())
    assert len(shown.names()) == 3


def test_giving_that_fails_says_why(shown: Shown, qtbot: QtBot) -> None:
    shown.kept.change_failure = VaultReadOnly()
    form = giving(shown, qtbot)
    QTest.keyClick(form.people.field.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Give report.pdf to Tomas Harlow?" in shown.words())
    shown.button("Give it to Tomas Harlow").click()
    qtbot.waitUntil(lambda: "report.pdf was not given away" in shown.words())


def test_whom_it_names_is_looked_for_first(shown: Shown, qtbot: QtBot) -> None:
    named = NamedPerson("Tomas", "1956-07-09")
    shown.kept.kept[0] = replace(shown.kept.kept[0], people=(named,))
    shown.changes.documents_changed.emit()
    qtbot.waitUntil(lambda: shown.screen.pages.document == shown.kept.kept[0])
    form = giving(shown, qtbot)
    assert form.people.field.edit.text() == "Tomas"
    QTest.keyClicks(form.people.field.edit, "x")
    qtbot.waitUntil(lambda: "Nobody else is called \u201cTomasx\u201d." in shown.words())


def test_where_it_names_nobody_known_everyone_is_offered(shown: Shown, qtbot: QtBot) -> None:
    named = NamedPerson("Maria Lopez", "1960-05-03")
    shown.kept.kept[0] = replace(shown.kept.kept[0], people=(named,))
    shown.changes.documents_changed.emit()
    qtbot.waitUntil(lambda: shown.screen.pages.document == shown.kept.kept[0])
    assert giving(shown, qtbot).people.field.edit.text() == ""


def test_with_nobody_else_here_the_way_is_said(shown: Shown, qtbot: QtBot) -> None:
    shown.vault.patients.people = [ROSA]
    shown.act("Give to someone else")
    qtbot.waitUntil(lambda: "There is nobody else here yet." in shown.words())
