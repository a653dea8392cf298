"""What was decided in a review is put back, one decision at a time."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from healthmate_desktop.errors import VaultReadOnly
from ui.review.review_check import report_records

if TYPE_CHECKING:
    from ui.review.review_check import Check

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]


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
