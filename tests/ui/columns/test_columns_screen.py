"""A person says what the columns of a table mean: sees it at once, has it read like that, and can have it forgotten."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu

from healthmate_desktop.domain.documents import COLUMNS_AS_BEFORE, UNSURE_COLUMNS, Problem
from healthmate_desktop.errors import DiskFull, UnreadableDocument
from healthmate_desktop.services.columns import Role
from healthmate_desktop.ui.changes import Changes
from healthmate_desktop.ui.columns.banner import columns_banner
from healthmate_desktop.ui.columns.screen import ColumnsScreen
from healthmate_desktop.ui.columns.table import AT_ONCE, Cells
from healthmate_desktop.ui.columns.words import ROLES, zones_with
from healthmate_desktop.ui.stylesheet import apply_theme
from healthmate_desktop.ui.theme import make_theme
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.controls import Segments
from ui.window_desk import words_in
from ui.window_fakes import FakeVault, document

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.tasks import TaskRunner

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]

EARLY = "Date,Test,Result,Unit\n03/04/2024,Sodium,141,mmol/L\n04/04/2024,Potassium,4.2,mmol/L\n"
SURE = EARLY.replace("03/04/2024", "2024-04-03").replace("04/04/2024", "2024-04-04")
VITALS = "When,Systolic,Diastolic\n2024-03-04,120,80\n"
NO_DATE = "Test,Result,Unit\nSodium,141,mmol/L\n"


class Shown:
    def __init__(
        self,
        tasks: TaskRunner,
        show: Callable[..., object],
        settle: Callable[..., None],
        qtbot: QtBot,
    ) -> None:
        self.vault = FakeVault()
        self.columns = self.vault.columns
        self.changes = Changes()
        self._tasks, self._settle, self._qtbot = tasks, settle, qtbot
        self.screen = ColumnsScreen(self.vault.opened(), tasks, self.changes)
        self.done, self.left = QSignalSpy(self.screen.done), QSignalSpy(self.screen.left)
        show(self.screen, size=(1134, 728))

    def open(self, **tables: str) -> None:
        self.columns.put("labs", **tables)
        self.screen.open("labs")
        self.settle()

    def settle(self) -> None:
        self._settle(self._tasks)

    def read_again(self) -> None:
        """After the rest that several choices are given."""
        before = self.columns.looks
        self._qtbot.waitUntil(lambda: self.columns.looks > before)
        self.settle()

    def choose(self, at: int, role: Role) -> None:
        """From the menu of a column."""
        choice = self.screen.table.choices[at]
        choice.setFocus()
        QTest.keyClick(choice, Qt.Key.Key_Down)
        menu = choice.findChildren(QMenu)[-1]
        next(a for a in menu.actions() if a.text() == ROLES[role]).trigger()
        menu.close()

    def segment(self, ask: str, words: str) -> None:
        part = self.screen.asking.parts[ask]
        assert isinstance(part, Segments)
        next(b for b in part.findChildren(Button) if b.text() == words).click()

    def date(self) -> QLineEdit:
        part = self.screen.asking.parts["date"]
        assert isinstance(part, QLineEdit)
        return part

    def words(self) -> str:
        return words_in(self.screen)


@pytest.fixture
def shown(
    tasks: TaskRunner, show: Callable[..., object], settle: Callable[..., None], qtbot: QtBot
) -> Shown:
    return Shown(tasks, show, settle, qtbot)


def test_the_table_stands_as_it_is_below_what_its_columns_are_taken_for(shown: Shown) -> None:
    shown.open(_=EARLY)
    choices = [choice.current() for choice in shown.screen.table.choices]
    assert choices == ["date", "name", "value", "unit"]
    painted = [part.accessibleName() for part in shown.screen.table.findChildren(Cells)]
    assert painted[1] == "Test: Sodium, Potassium"
    assert "Is the day or the month first in these dates?" in shown.words()
    assert "4 Mar 2024, Sodium: 141 mmol/L" in shown.words()
    assert not shown.screen.save.isEnabled()
    assert shown.screen.table.choices[0].hasFocus()


def test_an_answer_is_shown_at_once_and_read_on_demand(shown: Shown) -> None:
    shown.open(_=EARLY)
    shown.segment("order", "Day first")
    assert not shown.screen.save.isEnabled()
    shown.read_again()
    assert "3 Apr 2024, Sodium: 141 mmol/L" in shown.words()
    assert "Something is not clear" not in shown.words()
    changed = QSignalSpy(shown.changes.documents_changed)
    shown.screen.save.click()
    shown.settle()
    assert shown.columns.saved["labs"][1].order == "DMY"
    assert (shown.done.count(), shown.done.at(0)[0], changed.count()) == (1, "labs", 1)


def test_a_column_is_given_another_meaning_by_keys_alone(shown: Shown) -> None:
    shown.open(_=SURE)
    assert shown.screen.save.isEnabled()
    shown.choose(1, Role.IGNORED)
    shown.read_again()
    assert "Which column says what was measured?" in shown.words()
    assert "Nothing can be read out of this table like this." in shown.words()
    assert not shown.screen.save.isEnabled()
    shown.choose(1, Role.NAME)
    shown.read_again()
    assert "3 Apr 2024, Sodium: 141 mmol/L" in shown.words()
    shown.screen.save.click()
    shown.settle()
    assert shown.columns.saved["labs"][1].roles[1] is Role.NAME


def test_a_guess_that_is_right_is_saved_as_it_is(shown: Shown) -> None:
    shown.open(_=SURE.replace("Date,Test,Result,Unit", "Pvm,Aine,Saatu,Yks"))
    assert "Look whether these columns were taken as they are meant" in shown.words()
    shown.screen.save.click()
    shown.settle()
    assert shown.columns.saved["labs"][1].headings == ("Pvm", "Aine", "Saatu", "Yks")


def test_each_table_of_a_file_is_asked_about(shown: Shown) -> None:
    shown.open(Vitals=VITALS, Labs=EARLY)
    assert shown.screen.tables.current() == "2"  # the one that is not sure
    shown.screen.tables._on_picked("1")
    assert [c.current() for c in shown.screen.table.choices] == ["date", "analyte", "analyte"]
    shown.screen.tables._on_picked("2")
    shown.segment("order", "Month first")
    shown.read_again()
    shown.screen.save.click()
    shown.settle()
    assert list(shown.columns.saved["labs"]) == [2]


def test_a_date_for_all_is_written_as_people_write_it(shown: Shown) -> None:
    shown.open(_=NO_DATE)
    shown.date().setText("03/04/2024")
    shown.date().editingFinished.emit()
    assert "Write the date as" in shown.screen.asking.date_error.text()
    shown.date().setText("3 April 2024")
    shown.date().editingFinished.emit()
    assert not shown.screen.asking.date_error.text()
    shown.read_again()
    assert "3 Apr 2024, Sodium: 141 mmol/L" in shown.words()
    shown.date().setText("April 2024")
    shown.date().editingFinished.emit()
    shown.read_again()
    assert "April 2024, Sodium: 141 mmol/L" in shown.words()
    shown.date().editingFinished.emit()  # nothing new is said
    assert shown.screen.save.isEnabled()


def test_an_unknown_date_may_stay_unknown(shown: Shown) -> None:
    shown.open(_=NO_DATE)
    assert not shown.screen.save.isEnabled()
    shown.choose(2, Role.NOTE)
    shown.read_again()
    assert "No date, Sodium: 141" in shown.words()
    assert shown.screen.save.isEnabled()


def test_times_get_a_zone_from_a_list(shown: Shown) -> None:
    shown.open(_="Date,Time,Pulse (bpm)\n2024-03-01,07:30,64\n")
    zone = shown.screen.asking.parts["zone"]
    assert zone.accessibleName() == "Times of day are those of: Not known"
    zone._on_picked("Europe/Berlin")  # type: ignore[attr-defined]
    shown.read_again()
    assert "07:30, Pulse: 64" in shown.words()
    assert zones_with("+05:30")[-1] == ("+05:30", "+05:30")
    assert zones_with("UTC")[-1] == ("UTC", "UTC")


def test_decimals_are_asked_in_plain_words(shown: Shown) -> None:
    shown.open(_='Date,Test,Result,Unit\n2024-03-04,Ferritin,"1,234",ng/mL\n')
    shown.segment("mark", "The comma")
    shown.read_again()
    assert "Ferritin: 1.234 ng/mL" in shown.words()


def test_wide_tables_are_leafed_through(shown: Shown) -> None:
    head = ",".join(f"Thing {n}" for n in range(30))
    shown.open(_=f"{head}\n{','.join(['5'] * 30)}\n")
    table = shown.screen.table
    assert len(table.choices) == AT_ONCE
    assert f"Columns 1 to {AT_ONCE} of 30" in shown.words()
    table.later.click()
    assert table.choices[0].hasFocus()
    assert table.choices[0].accessibleDescription().startswith(f"What column {AT_ONCE + 1}, Thing")
    table.later.click()
    assert not table.later.isEnabled()
    shown.choose(len(table.choices) - 1, Role.NAME)
    shown.read_again()
    table.earlier.click()
    table.later.click()
    assert table.choices[-1].current() == "name"


def test_columns_beyond_the_last_are_told(shown: Shown) -> None:
    shown.open(_=",".join(f"Thing {n}" for n in range(400)) + "\n" + ",".join(["5"] * 400) + "\n")
    assert "100 more are too far to the right to be read." in shown.words()


def test_a_table_of_something_else_is_done_with_in_two_presses(shown: Shown) -> None:
    shown.open(_="Drug,Shelf,Count\nMetformin,A,12\nRamipril,B,7\n")
    assert not shown.screen.save.isEnabled()
    shown.screen.nothing.click()
    assert {choice.current() for choice in shown.screen.table.choices} == {""}
    shown.read_again()
    shown.screen.save.click()
    shown.settle()
    assert set(shown.columns.saved["labs"][1].roles) == {Role.IGNORED}


def test_what_is_remembered_is_seen_and_forgotten(shown: Shown) -> None:
    shown.open(_=EARLY)
    shown.segment("order", "Day first")
    shown.read_again()
    shown.screen.save.click()
    shown.settle()
    shown.open(_=EARLY)
    assert "These columns were read as you said before" in shown.words()
    assert "Date, Test, Result, Unit" in shown.words()
    assert "Day first" in shown.words()
    (forget,) = shown.screen.remembered.buttons
    assert forget.accessibleName() == "Forget the table Date, Test, Result, Unit"
    shown.columns.failure = DiskFull()
    forget.click()
    shown.settle()
    assert "It is still remembered" in shown.words()
    shown.screen.remembered.buttons[0].click()
    shown.settle()
    assert shown.columns.remembered == []
    assert not shown.screen.remembered.isVisible()


def test_what_holds_for_one_document_alone_is_said(shown: Shown) -> None:
    shown.open(_="03/04/2024,Sodium,141,mmol/L\n04/04/2024,Sodium,140,mmol/L\n")
    assert "holds for this document alone" in shown.words()


def test_a_file_without_a_table_says_so(shown: Shown) -> None:
    shown.open()
    assert "There is nothing to say" in shown.words()
    next(b for b in shown.screen.findChildren(Button) if b.text() == "Back to documents").click()
    assert shown.left.count() == 1


def test_what_can_not_be_opened_or_saved_is_told(shown: Shown) -> None:
    shown.columns.failure = UnreadableDocument("This file is damaged. It is kept.")
    shown.open(_=EARLY)
    assert "This file is damaged. It is kept." in shown.words()
    shown.open(_=SURE)
    shown.columns.failure = DiskFull()
    shown.screen.save.click()
    shown.settle()
    assert "The document was not read like this" in shown.words()
    assert shown.screen.save.isEnabled()
    assert shown.done.count() == 0


def test_escape_leaves_and_nothing_is_changed(shown: Shown) -> None:
    shown.open(_=EARLY)
    QTest.keyClick(shown.screen.table.choices[0], Qt.Key.Key_Escape)
    assert (shown.left.count(), shown.columns.saved) == (1, {})


def test_every_control_is_reached_by_tab(shown: Shown) -> None:
    shown.open(_=EARLY)
    shown.segment("order", "Day first")
    shown.read_again()
    shown.screen.table.choices[0].setFocus()
    seen = []
    for _ in range(12):
        focus = QApplication.focusWidget()
        assert focus is not None
        seen.append(focus.accessibleName() or focus.text())  # type: ignore[attr-defined]
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    for wanted in ("2: Name of the test", "First in the dates: Day first", "Read it like this"):
        assert wanted in seen


def test_it_is_drawn_in_the_dark_and_large(shown: Shown, qapp: QApplication, qtbot: QtBot) -> None:
    shown.open(_=EARLY)
    cells = shown.screen.table.findChildren(Cells)[0]
    light, height = cells.grab().toImage().pixelColor(2, 2), cells.height()
    apply_theme(qapp, make_theme("dark", 1.5))
    qtbot.waitUntil(lambda: cells.height() > height)
    dark = cells.grab().toImage().pixelColor(2, 2)
    assert light.lightness() > 200 > 60 > dark.lightness()
    choice = shown.screen.table.choices[1]
    qtbot.waitUntil(lambda: choice.width() >= choice.sizeHint().width())  # no word of it is cut
    apply_theme(qapp, make_theme("light"))


def test_the_banner_names_what_is_not_clear_and_leads_on() -> None:
    plain = document("labs.csv")
    unsure = [Problem("Labs", f"{UNSURE_COLUMNS} Question {n}?") for n in range(5)]
    said: list[str] = []
    assert columns_banner(plain, said.append, may_say=True) is None
    banner = columns_banner(replace(plain, problems=tuple(unsure)), said.append, may_say=True)
    assert banner is not None
    assert "Labs: Question 0?" in banner.accessibleName()
    assert "And 2 more." in banner.accessibleName()
    banner.findChildren(Button)[0].click()
    assert said == [plain.id]
    before = Problem("the table", COLUMNS_AS_BEFORE)
    bad = Problem("row 3", "Bad.")
    for problems, kind in (((before,), "banner-info"), ((before, bad), "banner-warn")):
        banner = columns_banner(replace(plain, problems=problems), said.append, may_say=False)
        assert banner is not None
        assert (banner.property("kind"), banner.findChildren(Button)) == (kind, [])
