"""A value that was read wrongly is put right, beside what is printed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from healthmate_desktop.domain.ids import RecordId
from healthmate_desktop.errors import VaultReadOnly
from ui.record_fakes import measured, record
from ui.review.review_check import REPORT, report_records

if TYPE_CHECKING:
    from ui.review.review_check import Check

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]


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
