"""What is being typed into a correction is lost to nothing but the person's own wish."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest

from healthmate_desktop.errors import VaultReadOnly
from healthmate_desktop.ui.drafts import Drafts
from ui.review.review_check import report_records
from ui.window_fakes import ROSA

if TYPE_CHECKING:
    from ui.review.review_check import Check

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]


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
