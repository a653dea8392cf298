"""What was read is checked beside its page: taken, put right or left out, one by one or at once."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest

from healthmate_desktop.domain.documents import UNSURE_COLUMNS, Box, DocumentKind, Problem
from healthmate_desktop.domain.ids import RecordId
from healthmate_desktop.domain.proposals import NamedPerson
from healthmate_desktop.errors import VaultReadOnly
from healthmate_desktop.ui.changes import Changes
from healthmate_desktop.ui.documents.giving import GiveForm
from healthmate_desktop.ui.drafts import Drafts
from healthmate_desktop.ui.review.screen import ReviewScreen
from healthmate_desktop.ui.widgets.buttons import Button
from ui.documents.document_fakes import GLUCOSE, Kept, document, vault_with
from ui.record_fakes import measured, record
from ui.session_fakes import session
from ui.window_desk import words_in
from ui.window_fakes import ROSA, FakeVault

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.tasks import TaskRunner

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]

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


@pytest.fixture
def check(
    tasks: TaskRunner,
    show: Callable[..., QWidget],
    settle: Callable[..., None],
    qtbot: QtBot,
) -> Check:
    return Check(tasks, show, settle, qtbot)


def test_what_needs_a_look_comes_first_and_what_is_here_already_last(check: Check) -> None:
    screen = check.open()
    assert check.rows() == [
        *("Look at these", "doubt", "rival"),
        *("Nothing speaks against these", "plain1", "plain2"),
        *("Already in the records", "twin"),
    ]
    details = {row.key: row.detail for row in screen.bench.list.rows()}
    assert details["doubt"] == DOUBT
    assert details["rival"] == "The records say 4.9 mmol/L for the same time."
    assert details["plain1"] == "14 Jul 2026"
    assert details["twin"] == "From old.pdf"
    assert "5 left to check" in check.words()
    assert (
        "2 need a look, 2 with nothing against them, 1 is in the records already" in check.words()
    )


def test_the_first_is_looked_at_with_its_ink_lit(check: Check) -> None:
    screen = check.open()
    assert screen.bench.list.current() == "doubt"
    assert screen.bench.list.hasFocus()
    assert DOUBT in check.words()
    lit = screen.reader.paper._sheet.lit
    assert [(box.x(), box.y()) for box in lit] == [(38, 398)]
    assert screen.bench.accept.accessibleName() == "Accept: Glucose 7.2 mmol/L"


def test_arrows_go_from_value_to_value_and_turn_the_page(check: Check) -> None:
    screen = check.open()
    check.press(Qt.Key.Key_Down)
    assert screen.bench.list.current() == "rival"
    assert screen.reader.number == 2
    check.press(Qt.Key.Key_Down)
    assert screen.bench.list.current() == "plain1"
    assert screen.reader.number == 1
    check.press(Qt.Key.Key_Down)  # read from letters without a place of their own
    assert len(screen.reader.paper._sheet.lit) == 1


def test_values_are_taken_and_left_out_by_keys(check: Check) -> None:
    screen = check.open()
    check.press(Qt.Key.Key_A)
    assert screen.bench.list.current() == "rival"
    check.press(Qt.Key.Key_R)
    assert {key: check.states()[key] for key in ("doubt", "rival", "plain1")} == {
        "doubt": "accepted",
        "rival": "rejected",
        "plain1": "proposed",
    }
    assert check.rows()[0] == "Nothing speaks against these"
    assert "3 left to check" in check.words()
    assert check.heard.count() == 2


def test_values_are_taken_and_left_out_by_pointer(check: Check) -> None:
    screen = check.open()
    screen.bench.accept.click()
    screen.bench.reject.click()
    check.settle()
    assert (check.states()["doubt"], check.states()["rival"]) == ("accepted", "rejected")


def test_rivals_stand_side_by_side(check: Check) -> None:
    screen = check.open()
    check.press(Qt.Key.Key_Down)
    check.reads("In the records now")
    assert "14 Jul 2026, range 3.5\u00a0-\u00a05.1\nfrom old.pdf" in check.words()
    assert "What this says" in check.words()
    assert screen.bench.accept.text() == "Keep both"
    screen.bench.accept.click()
    check.settle()
    assert (check.states()["rival"], check.states()["k"]) == ("accepted", "accepted")


def test_what_is_looked_at_takes_no_more_room_than_it_needs(check: Check) -> None:
    screen = check.open()
    before = screen.bench.list.height()
    check.press(Qt.Key.Key_Down)
    check.qtbot.waitUntil(lambda: screen.bench.list.height() < before)
    check.press(Qt.Key.Key_Up)
    check.qtbot.waitUntil(lambda: screen.bench.list.height() == before)


def test_the_new_one_can_count_instead(check: Check) -> None:
    screen = check.open()
    check.press(Qt.Key.Key_Down)
    assert screen.bench.card.instead is not None
    screen.bench.card.instead.click()
    check.settle()
    assert (check.states()["rival"], check.states()["k"]) == ("accepted", "rejected")
    assert screen.bench.card.instead is None


def test_a_twin_says_that_it_is_here_already(check: Check) -> None:
    screen = check.open()
    screen.bench._go_to("twin")
    check.reads("The records say the same already, from old.pdf.")
    screen.foot.here.click()
    check.settle()
    assert check.states()["twin"] == "rejected"
    assert not screen.foot.here.isVisible()


def test_all_that_nothing_speaks_against_are_taken_at_once(check: Check) -> None:
    screen = check.open()
    assert screen.foot.all.text() == "Accept all 2 that nothing speaks against"
    screen.foot.all.click()
    check.settle()
    assert check.rows() == [
        *("Look at these", "doubt", "rival"),
        *("Already in the records", "twin"),
    ]
    assert [check.states()[key] for key in ("plain1", "plain2", "doubt")] == [
        *("accepted", "accepted"),
        "proposed",
    ]
    assert not screen.foot.all.isVisible()


def test_a_value_is_put_right_and_counts_so(check: Check) -> None:
    screen = check.open()
    check.press(Qt.Key.Key_E)
    form = screen.bench.form
    check.qtbot.waitUntil(form.edits["value"].hasFocus)
    assert form.edits["value"].accessibleName() == "Value of Glucose"
    QTest.keyClicks(form.edits["value"], "7,5")
    QTest.keyClick(form.edits["value"], Qt.Key.Key_Return)
    check.settle()
    changed = check.vault.records.get(report_records()[1].id)
    assert changed.state == "accepted"
    assert changed.resource["valueQuantity"]["value"] == Decimal("7.5")
    assert screen.bench.list.current() == "rival"
    assert not form.isVisible()


def test_letters_typed_in_a_field_decide_nothing(check: Check) -> None:
    screen = check.open()
    screen.bench.edit.click()
    check.qtbot.waitUntil(screen.bench.form.edits["value"].hasFocus)
    QTest.keyClicks(screen.bench.form.edits["value"], "are")
    assert screen.bench.form.edits["value"].text() == "are"
    assert check.states()["doubt"] == "proposed"
    QTest.keyClick(screen.bench.form.edits["value"], Qt.Key.Key_Escape)
    check.qtbot.waitUntil(screen.bench.list.hasFocus)
    assert not screen.bench.form.isVisible()


def test_what_is_wrong_with_a_correction_is_said_at_its_field(check: Check) -> None:
    screen = check.open()
    screen.bench.edit.click()
    screen.bench.form.edits["date"].setText("last week")
    screen.bench.form.save.click()
    check.reads("Write the date as 2026-06-03")
    assert check.states()["doubt"] == "proposed"
    check.vault.review.failure = VaultReadOnly()
    screen.bench.form.edits["date"].setText("2026-07-15")
    QTest.keyClick(
        screen.bench.form.edits["date"], Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier
    )
    check.reads(str(VaultReadOnly()))
    assert screen.bench.form.save.isEnabled()


def test_some_records_can_only_be_taken_or_left(check: Check) -> None:
    team = {"resourceType": "CareTeam", "name": "Ward 3"}
    check.vault.records.kept = [record("t", REPORT, team, page=1)]
    screen = check.open()
    assert not screen.bench.edit.isEnabled()
    check.press(Qt.Key.Key_E)
    assert not screen.bench.form.isVisible()
    check.reads("Care team")


def test_the_end_says_what_became_of_them_and_what_is_next(check: Check) -> None:
    check.vault.records.kept.append(
        record("f", PORTAL, measured("Pulse", "68"), where="entry 12", text="Pulse 68")
    )
    screen = check.open()
    assert "For the records of Rosa Harlow. 1 more document waits" in check.words()
    screen.foot.all.click()
    check.settle()
    for key in (Qt.Key.Key_A, Qt.Key.Key_A, Qt.Key.Key_R):
        check.press(key)
    check.reads("All of it is checked")
    check.reads("4 values are in the records now, 1 left out.")
    check.button("Check the next document").click()
    check.settle()
    check.reads("1 left to check")
    assert "Entry 12" in screen.reader.view.passage.toPlainText()
    assert "This kind of file has no pages" in screen.reader.view.passage.toPlainText()
    check.press(Qt.Key.Key_A)
    check.reads("1 value is in the records now.")
    left = QSignalSpy(screen.left)
    check.button("Back to documents").click()
    assert left.count() == 1


def test_without_a_document_the_newest_that_waits_is_opened(check: Check) -> None:
    screen = check.open("")
    assert screen.bench.name.accessibleName() == "report.pdf"


def test_nothing_to_check_teaches_what_comes_here(check: Check) -> None:
    check.vault.records.kept = []
    check.open("")
    check.reads("Nothing waits for a check")
    check.reads("beside the page, until you have looked at them")


def test_a_document_with_nothing_left_says_so(check: Check) -> None:
    check.open("old")
    check.reads("Nothing of this document waits for a check")


def test_a_document_that_is_gone_is_said_to_be(check: Check) -> None:
    check.open("unknown")
    check.reads("This could not be opened")
    check.reads("This document is not kept here any more.")


def test_a_decision_that_was_not_kept_is_said_and_taken_back(check: Check) -> None:
    check.vault.review.failure = VaultReadOnly()
    check.open()
    check.press(Qt.Key.Key_A)
    check.reads("That was not kept")
    assert "doubt" in check.rows()
    assert check.heard.count() == 0


def test_of_very_many_the_first_are_listed_and_the_others_come_as_these_are_checked(
    check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = partial(check.vault.review.open, limit=2)
    monkeypatch.setattr(check.vault.review, "open", first)
    check.open()
    assert check.rows() == ["Look at these", "doubt", "rival"]
    assert "5 left to check" in check.words()
    assert "2 need a look, 2 with nothing against them" in check.words()
    check.press(Qt.Key.Key_A)
    check.press(Qt.Key.Key_A)
    check.qtbot.waitUntil(
        lambda: check.rows() == ["Nothing speaks against these", "plain1", "plain2"]
    )
    assert "3 left to check" in check.words()


# --- put back ---


def test_the_last_decision_is_said_and_put_back(check: Check) -> None:
    screen = check.open()
    assert not screen.foot.undo.isVisible()
    check.press(Qt.Key.Key_A)
    check.reads("Glucose 7.2 mmol/L taken")
    check.press(Qt.Key.Key_R)
    check.reads("Potassium 4.4 mmol/L left out")
    assert screen.foot.undo.accessibleName() == "Undo: Potassium 4.4 mmol/L left out"
    screen.foot.undo.click()
    check.settle()
    assert (check.states()["doubt"], check.states()["rival"]) == ("accepted", "proposed")
    assert screen.bench.list.current() == "rival"  # it is looked at again
    check.reads("Glucose 7.2 mmol/L taken")
    check.undo()
    assert check.states()["doubt"] == "proposed"
    assert "5 left to check" in check.words()
    assert not screen.foot.undo.isVisible()
    check.undo()  # nothing is left to undo
    assert set(check.states().values()) == {"proposed", "accepted"}


def test_all_at_once_are_put_back_at_once(check: Check) -> None:
    screen = check.open()
    screen.foot.all.click()
    check.settle()
    check.reads("2 values taken")
    check.undo()
    assert [check.states()[key] for key in ("plain1", "plain2")] == ["proposed", "proposed"]
    screen.foot.here.click()
    check.settle()
    check.reads("1 value left out")
    check.undo()
    assert check.states()["twin"] == "proposed"


def test_one_that_took_the_place_of_another_gives_it_back(check: Check) -> None:
    screen = check.open()
    check.press(Qt.Key.Key_Down)
    check.press(Qt.Key.Key_U)
    check.reads("Potassium 4.4 mmol/L taken instead of 4.9 mmol/L")
    assert (check.states()["rival"], check.states()["k"]) == ("accepted", "rejected")
    check.undo()
    assert (check.states()["rival"], check.states()["k"]) == ("proposed", "accepted")
    assert screen.bench.list.current() == "rival"


def test_a_correction_is_put_back_to_what_was_read(check: Check) -> None:
    screen = check.open()
    check.press(Qt.Key.Key_E)
    screen.bench.form.edits["value"].setText("7,5")
    screen.bench.form.save.click()
    check.settle()
    check.reads("Glucose taken as corrected")
    check.undo()
    glucose = check.vault.records.get(report_records()[1].id)
    assert (glucose.state, glucose.resource["valueQuantity"]["value"]) == (
        "proposed",
        Decimal("7.2"),
    )


def test_keys_faster_than_the_vault_are_all_carried_out_in_their_order(check: Check) -> None:
    screen = check.open()
    for key in (Qt.Key.Key_A, Qt.Key.Key_R, Qt.Key.Key_A):
        QTest.keyClick(screen.bench.list, key)
    QTest.keyClick(screen.bench.list, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    check.settle()
    states = check.states()
    assert (states["doubt"], states["rival"], states["plain1"]) == (
        "accepted",
        "rejected",
        "proposed",
    )
    assert screen.bench.list.current() == "plain1"


def test_in_a_field_undo_takes_back_letters_only(check: Check) -> None:
    screen = check.open()
    check.press(Qt.Key.Key_A)
    check.press(Qt.Key.Key_E)
    value = screen.bench.form.edits["value"]
    check.qtbot.waitUntil(value.hasFocus)
    QTest.keyClicks(value, "9")
    QTest.keyClick(value, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    check.settle()
    assert value.text() == "4.4"
    assert check.states()["doubt"] == "accepted"


def test_what_could_not_be_put_back_is_said_once(check: Check) -> None:
    check.open()
    check.press(Qt.Key.Key_A)
    check.vault.review.failure = VaultReadOnly()
    check.undo()
    check.reads("That was not kept")
    assert check.states()["doubt"] == "accepted"
    check.undo()
    assert check.states()["doubt"] == "accepted"


def test_after_the_last_one_there_is_still_a_way_back(check: Check) -> None:
    check.vault.records.kept = check.vault.records.kept[1:2]
    check.open()
    check.press(Qt.Key.Key_A)
    check.reads("All of it is checked")
    check.button("Undo the last").click()
    check.reads("1 left to check")
    assert check.states() == {"doubt": "proposed"}


# --- what is being typed ---


def test_words_typed_into_a_correction_come_back_after_a_lock(check: Check) -> None:
    screen = check.open()
    check.press(Qt.Key.Key_E)
    QTest.keyClicks(screen.bench.form.edits["value"], "7,5")
    QTest.keyClicks(screen.bench.form.edits["unit"], "x")
    check.drafts.take()()  # as the lock does
    check.drafts = Drafts(check.vault.drafts, check.tasks)
    screen = check.open()  # in a window made anew
    assert screen.bench.form.isVisible()
    assert screen.bench.list.current() == "doubt"
    assert screen.bench.form.edits["value"].text() == "7,5"
    screen.bench.form.edits["unit"].setText("mmol/L")
    screen.bench.form.save.click()
    check.settle()
    value = check.vault.records.get(report_records()[1].id).resource["valueQuantity"]["value"]
    assert value == Decimal("7.5")
    assert check.vault.drafts.kept == {}


def test_words_that_were_given_up_are_gone(check: Check) -> None:
    screen = check.open()
    check.press(Qt.Key.Key_E)
    QTest.keyClicks(screen.bench.form.edits["value"], "7,5")
    screen.bench.form.leave.click()
    check.drafts.take()()
    assert check.vault.drafts.kept == {}
    assert not check.open().bench.form.isVisible()


def test_going_elsewhere_does_not_lose_what_was_typed(check: Check) -> None:
    screen = check.open()
    left = QSignalSpy(screen.left)
    check.press(Qt.Key.Key_E)
    QTest.keyClicks(screen.bench.form.edits["value"], "7,5")
    assert not screen.foot.isVisible()  # nothing else is decided meanwhile
    screen.bench.list.chosen.emit("plain1")
    check.reads("Save what you changed first, or leave it.")
    screen.bench.back.click()
    assert left.count() == 0
    assert screen.bench.form.edits["value"].text() == "7,5"
    assert screen.bench.list.current() == "doubt"


def test_an_error_elsewhere_leaves_what_was_typed(check: Check) -> None:
    screen = check.open()
    check.vault.review.failure = VaultReadOnly()
    QTest.keyClick(screen.bench.list, Qt.Key.Key_R)
    QTest.keyClick(screen.bench.list, Qt.Key.Key_E)  # the next one, before the vault has answered
    QTest.keyClicks(screen.bench.form.edits["value"], "4,5")
    check.settle()
    check.reads("That was not kept")
    assert screen.bench.list.current() == "rival"
    assert screen.bench.form.edits["value"].text() == "4,5"


def test_words_too_long_to_be_kept_stop_nobody(check: Check) -> None:
    check.vault.drafts.save("review.report", ROSA.id, '["doubt", {"value": "7')
    assert not check.open().bench.form.isVisible()


# --- as laboratories print them ---


def test_what_is_printed_stays_beside_what_is_edited(check: Check) -> None:
    printed = "Hb 13,40 g/dL  Men: 13,5 - 17,5  Women: 12,0 - 16,0"
    resource = measured("Hemoglobin", "13.40", "g/dL")
    resource["referenceRange"] = [
        {"text": "Men: 13,5 - 17,5", "appliesTo": [{"text": "male"}]},
        {"text": "Women: 12,0 - 16,0", "appliesTo": [{"text": "female"}]},
    ]
    check.vault.records.kept = [record("hb", REPORT, resource, page=1, text=printed)]
    screen = check.open()
    check.reads("On the page: Hb 13,40 g/dL Men: 13,5")
    check.reads("range on the page Men: 13,5\u00a0-\u00a017,5 (male); Women: 12,0")
    check.press(Qt.Key.Key_E)
    check.reads("On the page: Hb 13,40 g/dL Men: 13,5")
    edits = screen.bench.form.edits
    assert [edits[key].text() for key in ("value", "unit", "range0", "range1")] == [
        "13.40",
        "g/dL",
        "Men: 13,5 - 17,5",
        "Women: 12,0 - 16,0",
    ]
    edits["range1"].setText("Women: 12,5 - 16,0")
    screen.bench.form.save.click()
    check.settle()
    kept = check.vault.records.get(RecordId("hb"))
    men, women = kept.resource["referenceRange"]
    assert men == resource["referenceRange"][0]
    assert women["appliesTo"] == [{"text": "female"}]
    assert women["text"] == "Women: 12,5 - 16,0"
    assert kept.text == printed


def test_limits_and_words_are_shown_as_they_are(check: Check) -> None:
    troponin = measured("Troponin", "0.41", "ng/mL", limits="< 0,41")
    troponin["valueQuantity"]["comparator"] = "<"
    nitrite = measured("Nitrite", "negative", limits="negative")
    check.vault.records.kept = [
        record("t", REPORT, troponin, page=1),
        record("n", REPORT, nitrite, page=1),
    ]
    screen = check.open()
    check.reads("<0.41 ng/mL")
    check.reads("range on the page < 0,41")
    check.press(Qt.Key.Key_Down)
    check.press(Qt.Key.Key_E)
    assert screen.bench.form.edits["value"].text() == "negative"
    screen.bench.form.edits["value"].setText("positive")
    screen.bench.form.save.click()
    check.settle()
    assert check.vault.records.get(RecordId("n")).facts.value == "positive"


def test_escape_leaves_it_for_later(check: Check) -> None:
    screen = check.open()
    left = QSignalSpy(screen.left)
    QTest.keyClick(screen.bench.list, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert screen.reader.finding.isVisible()
    screen.bench.list.setFocus()
    QTest.keyClick(screen.bench.list, Qt.Key.Key_Escape)  # the search closes first
    assert not screen.reader.finding.isVisible()
    assert left.count() == 0
    screen.bench.list.setFocus()
    QTest.keyClick(screen.bench.list, Qt.Key.Key_Escape)
    screen.bench.back.click()
    assert left.count() == 2


def test_who_may_not_check_only_looks(check: Check) -> None:
    check.vault.who = session("auditor")
    screen = check.open()
    assert not screen.bench.accept.isEnabled()
    assert not screen.foot.isVisible()
    for key in (Qt.Key.Key_A, Qt.Key.Key_U):
        check.press(key)
    assert check.states()["doubt"] == "proposed"


def test_a_table_with_columns_that_are_not_sure_leads_to_them(check: Check) -> None:
    unsure = Problem("table 1", f"{UNSURE_COLUMNS} Is Result a number?")
    check.kept.kept[0] = replace(REPORT, problems=(unsure,))
    screen = check.open()
    heard = QSignalSpy(screen.columns_requested)
    check.reads("Is Result a number?")
    check.button("Say what they mean").click()
    assert heard.at(0) == ["report"]


# --- someone else's ---


@pytest.fixture
def stranger(check: Check) -> Check:
    """The report says that it is about Maria Lopez."""
    maria = NamedPerson("Maria Lopez", "1960-05-03")
    check.kept.kept[0] = replace(REPORT, people=(maria,))
    check.open()
    check.reads("This says it is about Maria Lopez, born 3 May 1960")
    return check


def test_another_name_stops_everything(stranger: Check) -> None:
    screen = stranger.screen
    stranger.reads("You are in the records of Rosa Harlow, born 14 February 1958.")
    assert not screen.foot.all.isVisible()
    assert not screen.bench.accept.isEnabled()
    for key in (Qt.Key.Key_A, Qt.Key.Key_R, Qt.Key.Key_E):
        screen.bench.list.setEnabled(True)  # even if a key got through
        screen.bench.list.setFocus()
        stranger.press(key)
    assert set(stranger.states().values()) == {"proposed", "accepted"}
    assert not screen.bench.form.isVisible()
    assert screen.reader.view.has_picture  # the page can be looked at


def test_it_may_be_theirs_all_the_same(stranger: Check) -> None:
    stranger.button("It is Rosa Harlow's all the same").click()
    stranger.qtbot.waitUntil(stranger.screen.foot.all.isVisible)
    assert "This says it is about" not in stranger.words()
    stranger.press(Qt.Key.Key_A)
    assert stranger.states()["doubt"] == "accepted"
    stranger.screen.open("report")  # it is not asked twice
    stranger.settle()
    stranger.reads("4 left to check")
    assert "This says it is about" not in stranger.words()


def test_whose_it_is_is_asked_again_where_the_answer_could_not_be_kept(stranger: Check) -> None:
    stranger.vault.review.failure = VaultReadOnly()
    stranger.button("It is Rosa Harlow's all the same").click()
    stranger.reads("That was not kept")
    assert stranger.button("It is Rosa Harlow's all the same").isEnabled()
    assert not stranger.screen.bench.accept.isEnabled()


def test_it_is_left_alone(stranger: Check) -> None:
    left = QSignalSpy(stranger.screen.left)
    stranger.button("Leave it").click()
    assert left.count() == 1


def test_it_is_given_to_whom_it_belongs(stranger: Check) -> None:
    heard = QSignalSpy(stranger.changes.documents_changed)
    stranger.button("Give it to someone else").click()
    stranger.choose_tomas()
    stranger.button("Give it to Tomas Harlow").click()
    stranger.reads("Given to Tomas Harlow")
    stranger.reads("report.pdf and its 5 values wait for a check in the records of Tomas Harlow.")
    assert stranger.kept.kept[0].patient_id == "tomas"
    assert heard.count() == 1


def test_giving_it_away_is_thought_better_of(stranger: Check) -> None:
    stranger.button("Give it to someone else").click()
    stranger.button("Keep it here").click()
    stranger.reads("This says it is about Maria Lopez")
    stranger.kept.change_failure = VaultReadOnly()
    stranger.button("Give it to someone else").click()
    stranger.choose_tomas()
    stranger.button("Give it to Tomas Harlow").click()
    stranger.reads("That was not kept")


def test_escape_goes_back_one_step_at_a_time(stranger: Check) -> None:
    left = QSignalSpy(stranger.screen.left)
    stranger.button("Give it to someone else").click()
    stranger.choose_tomas()
    give = stranger.button("Give it to Tomas Harlow")
    stranger.qtbot.waitUntil(give.hasFocus)
    QTest.keyClick(give, Qt.Key.Key_Escape)
    form = stranger.screen.findChildren(GiveForm)[-1]
    stranger.qtbot.waitUntil(form.people.field.edit.hasFocus)
    QTest.keyClick(form.people.field.edit, Qt.Key.Key_Escape)
    stranger.reads("This says it is about Maria Lopez")
    assert left.count() == 0
