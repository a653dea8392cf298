"""Who can sign in: added, given a role and people, removed; and emergencies that an owner has to see."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from healthmate_desktop.domain.ids import PatientId
from healthmate_desktop.domain.patients import Patient
from healthmate_desktop.domain.sessions import Grant, Role, Sees, User
from healthmate_desktop.errors import DiskFull, InvalidInput
from healthmate_desktop.ui.safety.users import SHARED_KEY, UsersTab
from healthmate_desktop.ui.widgets.buttons import RowButton
from ui.safety.safety_fakes import COLE, GONE, MAYA, NEW, NOW, Behind, Users
from ui.window_fakes import ROSA, TOMAS

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from ui.safety.safety_fakes import SafetyDesk

pytestmark = [pytest.mark.ui, pytest.mark.security]

HOUR = timedelta(minutes=60)
REASON = "Brought in unconscious, no one to ask"


@pytest.fixture
def users(safety: SafetyDesk) -> SafetyDesk:
    safety.tab("Who can sign in")
    return safety


def tab_of(safety: SafetyDesk) -> UsersTab:
    tab = safety.screen.tabs["users"]
    assert isinstance(tab, UsersTab)
    return tab


def add(safety: SafetyDesk, name: str, passphrase: str = NEW, again: str = "") -> None:
    form = tab_of(safety).form
    safety.write(form.name, name)
    safety.write(form.passphrase.first.edit, passphrase)
    safety.write(form.passphrase.second.edit, again or passphrase)


def offered(safety: SafetyDesk) -> list[str]:
    """The people that the search shows."""
    rows = safety.screen.findChildren(RowButton)
    return [row.accessibleName() for row in rows if row.isVisible()]


def find(safety: SafetyDesk, qtbot: QtBot, words: str, shown: int) -> None:
    QTest.keyClicks(tab_of(safety).opened.assigned.finder.search.edit, words)
    qtbot.waitUntil(lambda: len(offered(safety)) == shown)


# --- the list ---


def test_it_says_plainly_that_all_share_one_key(users: SafetyDesk) -> None:
    assert "All staff share one vault key" in users.words()
    assert SHARED_KEY in users.words()
    users.press("Renew all keys: All staff share one vault key")
    assert "Everything is encrypted anew" in users.words()


def test_who_can_sign_in_is_listed_with_role_and_scope(users: SafetyDesk) -> None:
    words = users.words()
    assert "3 people, 1 was removed" in words
    assert GONE.name not in words
    for said in ("Maya", "You", "Owner", "Dr Cole", "Sees only people assigned to them", "Ada"):
        assert said in words
    assert "Sees no records" in words


def test_the_only_one_is_told_what_more_would_do(
    show_safety: Callable[[Behind], SafetyDesk],
) -> None:
    safety = show_safety(Behind(users=Users((MAYA,))))
    safety.tab("Who can sign in")
    assert "Only you can sign in." in safety.words()


def test_a_list_that_can_not_be_read_says_so(users: SafetyDesk) -> None:
    def broken() -> list[User]:
        raise DiskFull

    users.behind.users.all = broken  # type: ignore[method-assign]
    users.tab("Overview")
    users.tab("Who can sign in")
    assert "It could not be looked up who can sign in" in users.words()


# --- someone new ---


def test_someone_is_added_with_the_keyboard(users: SafetyDesk) -> None:
    users.press("Add someone")
    form = tab_of(users).form
    assert users.screen.focusWidget() is form.name
    users.write(form.name, "Nurse Ito")
    users.key(Qt.Key.Key_Return)
    assert users.screen.focusWidget() is form.passphrase.first.edit
    users.write(form.passphrase.first.edit, NEW)
    users.key(Qt.Key.Key_Return)
    users.write(form.passphrase.second.edit, NEW)
    users.key(Qt.Key.Key_Return)
    assert users.behind.users.users[-1] == User(
        users.behind.users.users[-1].id, "Nurse Ito", "clinician"
    )
    assert users.behind.users.passphrases == [NEW]
    assert "Nurse Ito can sign in" in users.words()
    assert form.passphrase.first.text() == form.name.text() == ""
    assert not form.isVisible()
    assert "4 people, 1 was removed" in users.words()


@pytest.mark.parametrize(
    ("role", "sees", "given"),
    [
        ("Owner", None, ("owner", "all")),
        ("Clinician", "Only people assigned to them", ("clinician", "assigned")),
        ("Assistant", "All people", ("assistant", "all")),
        ("Auditor", None, ("auditor", "all")),
    ],
)
def test_a_role_and_whose_records_are_chosen(
    users: SafetyDesk, role: str, sees: str | None, given: tuple[Role, Sees]
) -> None:
    users.press("Add someone")
    users.press(f"Role: {role}")
    if sees is None:
        assert "Sees" not in users.words().split("\n")
    else:
        users.press(f"Sees: {sees}")
    add(users, "New one")
    users.press("Add them")
    added = users.behind.users.users[-1]
    assert (added.role, added.sees) == given


def test_who_sees_nobody_yet_is_led_to_assigning(users: SafetyDesk) -> None:
    users.press("Add someone")
    users.press("Sees: Only people assigned to them")
    add(users, "Nurse Ito")
    users.press("Add them")
    assert "They see nobody until you assign people to them." in users.words()
    users.press("Assign people")
    assert "Nobody yet, so they see no records at all." in users.words()


@pytest.mark.parametrize(
    ("name", "passphrase", "again", "said"),
    [
        ("", NEW, NEW, "Type the name they will sign in with."),
        ("Nurse Ito", "", "", "Choose a passphrase first."),
        ("Nurse Ito", NEW, "seven", "The two differ."),
        ("Nurse Ito", "short", "short", "This passphrase is too short."),
    ],
)
def test_what_is_amiss_is_said_at_the_form(
    users: SafetyDesk, name: str, passphrase: str, again: str, said: str
) -> None:
    users.press("Add someone")
    add(users, name, passphrase, again)
    users.press("Add them")
    assert said in users.words()
    assert len(users.behind.users.users) == 4
    assert users.button("Add them").isEnabled()


def test_a_name_with_letters_that_can_not_be_seen_is_refused(users: SafetyDesk) -> None:
    users.press("Add someone")
    add(users, "")
    tab_of(users).form.name.setText("Nurse\u202eIto")  # as when it is pasted
    users.press("Add them")
    assert "A name to sign in with has 1 to 60 letters" in users.words()


def test_enter_without_a_name_asks_for_it(users: SafetyDesk) -> None:
    users.press("Add someone")
    add(users, "")
    users.key(Qt.Key.Key_Return)
    assert "Type the name they will sign in with." in users.words()
    users.write(tab_of(users).form.name, "I")
    assert "Type the name they will sign in with." not in users.words()


def test_a_name_in_use_is_said(users: SafetyDesk) -> None:
    users.behind.users.failure = InvalidInput("That name is in use. Choose another one.")
    users.press("Add someone")
    add(users, "Dr Cole")
    users.press("Add them")
    assert "That name is in use." in users.words()


def test_leaving_the_form_forgets_it(users: SafetyDesk) -> None:
    users.press("Add someone")
    add(users, "Nurse Ito")
    users.press("Leave as it is")
    form = tab_of(users).form
    assert form.name.text() == form.passphrase.first.text() == ""
    assert not form.isVisible()
    assert users.screen.focusWidget() is tab_of(users).list.add_button


# --- one of them ---


@pytest.fixture
def cole(users: SafetyDesk) -> SafetyDesk:
    """Dr Cole's page; Rosa is in their care."""
    users.behind.users.given = [Grant("g", COLE.id, ROSA.id, NOW - timedelta(days=30))]
    users.press("Change or remove Dr Cole")
    return users


def test_a_role_is_changed(cole: SafetyDesk) -> None:
    cole.press("Role: Assistant")
    cole.press("Sees: All people")
    cole.press("Save the role")
    changed = next(user for user in cole.behind.users.users if user.id == COLE.id)
    assert (changed.role, changed.sees) == ("assistant", "all")
    assert "It holds from the next unlock of Dr Cole." in cole.words()
    assert "People assigned" not in cole.words()


def test_the_last_owner_stays_one(users: SafetyDesk) -> None:
    users.behind.users.failure = InvalidInput(
        "This is the last owner. Make someone else one first."
    )
    users.press("Change or remove Maya")
    users.press("Role: Auditor")
    users.press("Save the role")
    assert "The role was not changed" in users.words()
    assert "This is the last owner." in users.words()
    assert users.button("Save the role").isEnabled()


def test_someone_is_removed_only_after_a_question(cole: SafetyDesk) -> None:
    cole.press("Remove")
    assert "Remove Dr Cole?" in cole.words()
    focus = cole.screen.focusWidget()
    assert focus is not None
    assert focus is cole.button("Keep them")
    cole.key(Qt.Key.Key_Return)
    assert "Remove Dr Cole?" not in cole.words()
    assert COLE in cole.behind.users.users
    cole.press("Remove")
    cole.press("Remove Dr Cole")
    assert COLE not in cole.behind.users.users
    words = cole.words()
    assert "Dr Cole was removed" in words
    assert "Renew all keys now, so that nothing they know opens these records." in words
    assert "2 people, 2 were removed" in words


def test_a_removal_leads_to_new_keys(cole: SafetyDesk) -> None:
    cole.press("Remove")
    cole.press("Remove Dr Cole")
    cole.press("Renew now")
    assert "Everything is encrypted anew" in cole.words()


def test_who_could_not_be_removed_is_said(cole: SafetyDesk) -> None:
    cole.behind.users.failure = DiskFull()
    cole.press("Remove")
    cole.press("Remove Dr Cole")
    assert "Dr Cole was not removed" in cole.words()
    assert "The disk is full" in cole.words()


def test_escape_leads_back_to_the_list(cole: SafetyDesk) -> None:
    cole.key(Qt.Key.Key_Escape)
    assert "3 people, 1 was removed" in cole.words()


# --- people assigned ---


def test_a_person_is_found_and_assigned(cole: SafetyDesk, qtbot: QtBot) -> None:
    assert "Rosa Harlow" in cole.words()
    assert "Since 4 May 2026" in cole.words()
    assert offered(cole) == ["Assign Tomas Harlow, Born 9 July 1956"]  # Rosa is there already
    find(cole, qtbot, "tomas", 1)
    row = next(r for r in cole.screen.findChildren(RowButton) if r.isVisible())
    cole.click(row)
    assert [grant.patient_id for grant in cole.behind.users.given] == [ROSA.id, TOMAS.id]
    assert "2 people" in cole.words()
    assert "Nobody else." in cole.words()


def test_a_person_is_taken_back(cole: SafetyDesk) -> None:
    cole.press("Take back Rosa Harlow")
    assert cole.behind.users.given == []
    assert "Nobody yet, so they see no records at all." in cole.words()


def test_what_was_not_assigned_is_said(cole: SafetyDesk) -> None:
    cole.behind.users.failure = DiskFull()
    cole.press("Take back Rosa Harlow")
    assert "That was not changed" in cole.words()
    assert len(cole.behind.users.given) == 1


def test_a_search_without_a_match_says_for_whom(cole: SafetyDesk, qtbot: QtBot) -> None:
    QTest.keyClicks(tab_of(cole).opened.assigned.finder.search.edit, "zoe")
    qtbot.waitUntil(lambda: "Nobody is called \u201czoe\u201d." in cole.words())


def test_among_many_one_is_asked_to_type_more(
    show_safety: Callable[[Behind], SafetyDesk],
) -> None:
    crowd = tuple(Patient(PatientId(f"p{n}"), f"Person {n}") for n in range(30))
    safety = show_safety(Behind(people=crowd))
    safety.tab("Who can sign in")
    safety.press("Change or remove Dr Cole")
    assert "There are more. Type more of the name." in safety.words()
    assert len(offered(safety)) == 6
    assert offered(safety)[0] == "Assign Person 0, Birth date not known"


def test_in_a_vault_without_people_there_is_nobody_to_assign(
    show_safety: Callable[[Behind], SafetyDesk],
) -> None:
    safety = show_safety(Behind(people=()))
    safety.tab("Who can sign in")
    safety.press("Change or remove Dr Cole")
    assert "There is no person yet." in safety.words()


# --- emergencies ---


@pytest.fixture
def emergency(show_safety: Callable[[Behind], SafetyDesk], behind: Behind) -> SafetyDesk:
    """Dr Cole opened the records of Tomas, and no owner has seen it."""
    grant = Grant("e", COLE.id, TOMAS.id, NOW, NOW + HOUR, REASON)
    behind.users.opened, behind.users.given = [grant], [grant]
    return show_safety(behind)


def test_an_emergency_is_shown_until_an_owner_has_seen_it(emergency: SafetyDesk) -> None:
    assert "Records were opened in an emergency, once" in emergency.words()
    emergency.press("See them: Records were opened in an emergency, once")
    assert "Dr Cole opened the records of Tomas Harlow" in emergency.words()
    assert f"Reason: {REASON}" in emergency.words()
    emergency.press("I have seen these")
    assert emergency.behind.users.opened == []
    assert REASON not in emergency.words()
    emergency.tab("Overview")
    assert "emergency" not in emergency.words()


def test_what_could_not_be_noted_is_said(emergency: SafetyDesk) -> None:
    emergency.behind.users.failure = DiskFull()
    emergency.tab("Who can sign in")
    emergency.press("I have seen these")
    assert "It was not noted that you have seen these" in emergency.words()
    assert REASON in emergency.words()
    assert emergency.button("I have seen these").isEnabled()


def test_care_given_in_an_emergency_says_until_when(emergency: SafetyDesk) -> None:
    emergency.tab("Who can sign in")
    emergency.press("Change or remove Dr Cole")
    until = f"{(NOW + HOUR).astimezone():%H:%M}"
    assert f"Opened in an emergency, until {until}" in emergency.words()
    assert "Assign Tomas Harlow, Born 9 July 1956" in offered(emergency)  # for good, this time
