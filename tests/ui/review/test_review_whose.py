"""A document that names someone else is asked about before anything of it is taken."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest

from healthmate_desktop.domain.proposals import NamedPerson
from healthmate_desktop.errors import VaultReadOnly
from healthmate_desktop.ui.documents.giving import GiveForm
from ui.review.review_check import REPORT

if TYPE_CHECKING:
    from ui.review.review_check import Check

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]


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
