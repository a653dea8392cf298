"""What was read is checked beside its page: taken or left out, one by one or at once."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest

from healthmate_desktop.domain.documents import UNSURE_COLUMNS, Problem
from healthmate_desktop.errors import VaultReadOnly
from ui.record_fakes import measured, record
from ui.review.review_check import DOUBT, PORTAL, REPORT
from ui.session_fakes import session

if TYPE_CHECKING:
    from ui.review.review_check import Check

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]


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
