"""Records of someone outside one's care: opened in an emergency with a reason, for an hour, and not in secret."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from healthmate_desktop.domain.sessions import Grant, UnlockNews
from healthmate_desktop.errors import DiskFull
from healthmate_desktop.ui.find_person import FindPerson
from ui.session_fakes import session
from ui.window_fakes import ROSA, TOMAS, WHEN, FakeVault

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.emergency_access import EmergencyAccess
    from ui.window_desk import Desk

pytestmark = [pytest.mark.ui, pytest.mark.security]

CONTROL = Qt.KeyboardModifier.ControlModifier
REASON = "Brought in unconscious, no one to ask"


@pytest.fixture
def vault() -> FakeVault:
    """Rosa is in one's care, Tomas is not."""
    return FakeVault(
        people=(ROSA,), outside=(TOMAS,), who=session("clinician", "assigned", "Dr Cole")
    )


@pytest.fixture
def finder(open_desk: Desk) -> FindPerson:
    open_desk.press(Qt.Key.Key_P, CONTROL)
    open_desk.settle()
    finder = open_desk.shell.people.finder
    assert isinstance(finder, FindPerson)
    return finder


@pytest.fixture
def access(open_desk: Desk, finder: FindPerson) -> EmergencyAccess:
    open_desk.click(finder.to_emergency)
    open_desk.settle()
    assert finder.emergency is not None
    return finder.emergency


def choose_tomas(desk: Desk, access: EmergencyAccess) -> None:
    QTest.keyClicks(access.people.field.edit, "tomas")
    desk.press(Qt.Key.Key_Return)
    desk.settle()


def give_reason(desk: Desk, access: EmergencyAccess, reason: str = REASON) -> None:
    QTest.keyClicks(access.reason, reason)
    desk.click(access.open)
    desk.settle()


def test_it_says_beforehand_what_it_means(open_desk: Desk, access: EmergencyAccess) -> None:
    assert "60 minutes" in open_desk.words()
    assert "written to the log with your name, and an owner of this vault is told" in (
        open_desk.words()
    )
    assert open_desk.window.focusWidget() is access.people.field.edit


def test_nobody_leafs_through_names(open_desk: Desk, access: EmergencyAccess, qtbot: QtBot) -> None:
    assert "Type at least 3 letters of the name." in open_desk.words()
    assert access.people.list.current() == ""
    QTest.keyClicks(access.people.field.edit, "to")
    open_desk.press(Qt.Key.Key_Return)
    open_desk.settle()
    assert access.people.list.current() == ""
    QTest.keyClicks(access.people.field.edit, "mas")
    qtbot.waitUntil(lambda: access.people.list.current() == "tomas")


def test_nobody_of_that_name_is_said(open_desk: Desk, access: EmergencyAccess) -> None:
    QTest.keyClicks(access.people.field.edit, "zelda")
    open_desk.press(Qt.Key.Key_Return)
    open_desk.settle()
    assert "Nobody outside your care is called \u201czelda\u201d." in open_desk.words()


def test_with_a_reason_the_records_open_and_every_screen_says_so(
    open_desk: Desk, access: EmergencyAccess
) -> None:
    choose_tomas(open_desk, access)
    assert "Tomas Harlow, born 9 July 1956" in open_desk.words()
    give_reason(open_desk, access)
    assert open_desk.shell.people.finder is None
    assert "Tomas Harlow" in open_desk.words()
    (grant,) = open_desk.vault.users.given
    assert (grant.patient_id, grant.reason) == ("tomas", REASON)
    for place in ("documents", "ask"):
        open_desk.shell.go(place)
        assert "Opened in an emergency, until" in open_desk.words()


@pytest.mark.parametrize(
    ("reason", "words"),
    [("", "Write first why you need these records now."), ("now", "Write why in 5 to 500 letters")],
)
def test_without_a_reason_they_stay_closed(
    open_desk: Desk, access: EmergencyAccess, reason: str, words: str
) -> None:
    choose_tomas(open_desk, access)
    give_reason(open_desk, access, reason)
    assert words in open_desk.words()
    assert open_desk.vault.users.given == []
    QTest.keyClicks(access.reason, "x")
    assert words not in open_desk.words()


def test_what_goes_wrong_is_said_and_it_can_be_tried_again(
    open_desk: Desk, access: EmergencyAccess
) -> None:
    choose_tomas(open_desk, access)
    open_desk.vault.users.failure = DiskFull()
    give_reason(open_desk, access)
    assert "The disk is full" in open_desk.words()
    open_desk.vault.users.failure = None
    give_reason(open_desk, access, ".")
    assert "Opened in an emergency" in open_desk.words()


def test_someone_else_can_be_chosen_and_the_way_back_is_short(
    open_desk: Desk, access: EmergencyAccess, finder: FindPerson
) -> None:
    choose_tomas(open_desk, access)
    open_desk.click(access.other)
    assert open_desk.window.focusWidget() is access.people.field.edit
    open_desk.press(Qt.Key.Key_Escape)
    assert open_desk.window.focusWidget() is finder.people.field.edit
    open_desk.press(Qt.Key.Key_Escape)
    assert open_desk.shell.people.finder is None


def close_records(desk: Desk) -> None:
    buttons = desk.shell.emergency.findChildren(QPushButton)
    desk.click(next(b for b in buttons if b.text() == "Close these records"))


def test_the_records_can_be_closed_before_the_hour_is_over(
    open_desk: Desk, access: EmergencyAccess
) -> None:
    choose_tomas(open_desk, access)
    give_reason(open_desk, access)
    close_records(open_desk)
    open_desk.settle()
    assert "The records opened in an emergency are closed again" in open_desk.words()
    assert "Rosa Harlow" in open_desk.words()
    assert "Tomas" not in open_desk.words()
    assert not open_desk.shell.emergency.isVisible()


def test_after_the_hour_they_close_by_themselves(
    open_desk: Desk, access: EmergencyAccess, qtbot: QtBot
) -> None:
    open_desk.vault.users.lasts = timedelta(milliseconds=50)
    choose_tomas(open_desk, access)
    give_reason(open_desk, access)
    qtbot.waitUntil(lambda: "Tomas" not in open_desk.words())
    assert "are closed again" in open_desk.words()


def test_with_nobody_else_in_ones_care_nobody_is_shown_after_it(
    make_desk: Callable[[FakeVault], Desk],
) -> None:
    desk = make_desk(FakeVault(people=(), outside=(TOMAS,), who=session("clinician", "assigned")))
    desk.unlock()
    assert "Nobody is in your care yet" in desk.words()
    buttons = desk.shell.stack.currentWidget().findChildren(QPushButton)  # type: ignore[union-attr]
    next(b for b in buttons if b.text() == "Open in an emergency").click()
    desk.settle()
    finder = desk.shell.people.finder
    assert finder is not None
    finder.to_emergency.click()
    assert finder.emergency is not None
    desk.settle()
    choose_tomas(desk, finder.emergency)
    give_reason(desk, finder.emergency)
    close_records(desk)
    desk.settle()
    assert "Nobody is in your care yet" in desk.words()
    assert "Tomas" not in desk.words()


def test_an_hour_that_still_runs_is_shown_again_after_the_next_unlock(
    open_desk: Desk, access: EmergencyAccess
) -> None:
    choose_tomas(open_desk, access)
    give_reason(open_desk, access)
    open_desk.window.lock()
    open_desk.settle()
    open_desk.unlock()
    assert "Tomas Harlow" in open_desk.words()
    assert "Opened in an emergency, until" in open_desk.words()


def test_a_reason_half_written_is_not_lost_in_a_lock(
    open_desk: Desk, access: EmergencyAccess
) -> None:
    choose_tomas(open_desk, access)
    QTest.keyClicks(access.reason, "Brought in unc")
    open_desk.window.lock()
    open_desk.settle()
    assert open_desk.vault.drafts.kept["emergency.reason", None] == "Brought in unc"


def test_who_sees_everyone_needs_no_emergency(make_desk: Callable[[FakeVault], Desk]) -> None:
    desk = make_desk(FakeVault())
    desk.unlock()
    desk.press(Qt.Key.Key_P, CONTROL)
    finder = desk.shell.people.finder
    assert finder is not None
    assert not finder.to_emergency.isVisible()


def test_an_owner_is_told_at_the_next_unlock(make_desk: Callable[[FakeVault], Desk]) -> None:
    now = datetime.now(UTC)
    grant = Grant("g", session(name="cole").user_id, "tomas", WHEN, now, REASON)
    desk = make_desk(FakeVault(news=UnlockNews(emergencies=(grant,))))
    desk.unlock()
    assert "Records were opened in an emergency, once" in desk.words()
    buttons = desk.window.notices.findChildren(QPushButton)
    desk.click(next(b for b in buttons if b.text() == "Go to Safety"))
    assert desk.shell.place == "safety"
    assert "Records were opened in an emergency, once" not in desk.words()
