"""A document whose values wait for a check, and the small steps of a test that checks them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest

from healthmate_desktop.domain.documents import Box, DocumentKind
from healthmate_desktop.ui.changes import Changes
from healthmate_desktop.ui.documents.giving import GiveForm
from healthmate_desktop.ui.drafts import Drafts
from healthmate_desktop.ui.review.screen import ReviewScreen
from healthmate_desktop.ui.widgets.buttons import Button
from ui.documents.document_fakes import GLUCOSE, Kept, document, vault_with
from ui.record_fakes import measured, record
from ui.window_desk import words_in
from ui.window_fakes import ROSA

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.tasks import TaskRunner
    from ui.window_fakes import FakeVault

REPORT = document("report", pages=2)
OLD = document("old")
PORTAL = document("portal", DocumentKind.FHIR, "ready", 0)
LOW = Box(38, 600, 132, 614)
DOUBT = "The decimal point is faint: 7.2 or 72?"


def report_records() -> list:  # type: ignore[type-arg]
    return [
        record("plain1", REPORT, measured("Sodium", "139"), page=1, box=LOW),
        record("doubt", REPORT, measured("Glucose", "7.2"), doubts=[DOUBT], page=1, box=GLUCOSE),
        record("rival", REPORT, measured("Potassium", "4.4"), page=2, box=LOW),
        record("twin", REPORT, measured("Calcium", "2.4"), page=1, box=LOW),
        record("plain2", REPORT, measured("Urea", "5.1"), page=1, text="7.2 up"),
        record("k", OLD, measured("Potassium", "4.9", limits="3.5 - 5.1"), "accepted"),
        record("c", OLD, measured("Calcium", "2.4"), "accepted"),
    ]


class Check:
    """A review over a vault, and the small steps of a test."""

    def __init__(
        self,
        tasks: TaskRunner,
        show: Callable[..., QWidget],
        settle: Callable[..., None],
        qtbot: QtBot,
    ) -> None:
        self.kept = Kept(REPORT, OLD, PORTAL)
        self.vault: FakeVault = vault_with(self.kept)
        self.vault.records.kept = report_records()
        self.changes = Changes()
        self.tasks, self._show, self._settle, self.qtbot = tasks, show, settle, qtbot
        self.drafts = Drafts(self.vault.drafts, tasks)
        self.heard = QSignalSpy(self.changes.records_changed)

    def open(self, key: str = "report") -> ReviewScreen:
        vault = self.vault.opened()
        self.screen = ReviewScreen(ROSA, vault, self.tasks, self.changes, self.drafts)
        self._window = self._show(self.screen, size=(1134, 768))
        self.screen.open(key)
        self.settle()
        return self.screen

    def settle(self) -> None:
        self._settle(self.tasks)

    def words(self) -> str:
        return words_in(self.screen)

    def reads(self, words: str) -> None:
        self.qtbot.waitUntil(lambda: words in self.words())

    def button(self, said: str) -> Button:
        def found() -> Button | None:
            buttons = self.screen.findChildren(Button)
            return next((b for b in buttons if b.text() == said and b.isVisible()), None)

        self.qtbot.waitUntil(lambda: found() is not None)
        button = found()
        assert button is not None
        return button

    def undo(self) -> None:
        QTest.keyClick(self.screen, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        self.settle()

    def press(self, key: Qt.Key) -> None:
        """On the list, with the focus where the person is."""
        QTest.keyClick(self.screen.bench.list, key)
        self.settle()

    def choose_tomas(self) -> None:
        """In the list of those who could get it."""
        form = self.screen.findChildren(GiveForm)[-1]
        self.qtbot.waitUntil(lambda: bool(form.people.list.rows()))
        QTest.keyClick(form.people.field.edit, Qt.Key.Key_Return)

    def rows(self) -> list[str]:
        return [row.key or row.name for row in self.screen.bench.list.rows()]

    def states(self) -> dict[str, str]:
        return self.vault.records.states()
