"""What the app tells, and that a screen reader hears it once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.emergency import EmergencyBanner, Fact
from healthmate_desktop.ui.widgets.feedback import Banner, EmptyState, FieldError, ProgressRow
from healthmate_desktop.ui.widgets.layout import page
from healthmate_desktop.ui.widgets.unlock import PassphraseField, UnlockPanel

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]

Show = Callable[..., QWidget]
FULL = "The disk is full, so nothing new can be saved."
SAFE = "Your records are safe. Free 200 MB, then try again."


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is read out, as it reaches Qt."""
    messages: list[str] = []

    def listen(event: QAccessibleEvent) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            messages.append(event.message())

    monkeypatch.setattr(QAccessible, "updateAccessibility", listen)
    return messages


def words(widget: QWidget) -> list[str]:
    labels = [label for label in widget.findChildren(QLabel) if label.isVisible()]
    return [label.accessibleName() for label in labels]


@pytest.mark.parametrize("kind", ["info", "warn", "error"])
def test_a_banner_is_read_out_once(show: Show, heard: list[str], kind: str) -> None:
    banner = Banner(kind, FULL, SAFE, [Button("Try again")])  # type: ignore[arg-type]  # all kinds
    show(banner)
    banner.hide()
    banner.show()
    assert heard == [f"{FULL}. {SAFE}"]
    assert words(banner) == [FULL, SAFE]


def test_a_long_message_wraps_and_is_not_cut(show: Show) -> None:
    banner = Banner("error", f"{FULL} {SAFE} " * 3)
    area = page(banner, 0)
    show(area, size=(460, 500))
    label = banner.findChildren(QLabel)[0]
    assert label.height() >= label.heightForWidth(label.width()) > 100


def test_progress_counts_whole_things_and_stops_once(show: Show) -> None:
    stopped: list[bool] = []
    progress = ProgressRow("Adding 12 files")
    progress.stop_pressed.connect(lambda: stopped.append(True))
    show(progress)
    assert not progress.bar.isVisible()
    progress.advance(3, 12, "3 of 12 files")
    assert progress.bar.isVisible()
    assert (progress.bar.value(), progress.bar.maximum()) == (3, 12)
    assert progress.bar.accessibleName() == "Adding 12 files, 3 of 12"
    for _ in range(2):
        QTest.mouseClick(progress.stop, Qt.MouseButton.LeftButton)
    assert stopped == [True]
    assert progress.stop.text() == "Stopping"


def test_an_empty_place_says_the_first_step_in_full(show: Show) -> None:
    detail = "Add a lab report, a letter or a photo of one. You can ask about it once it is read."
    empty = EmptyState("document", "No documents yet", detail, [Button("Add files", "primary")])
    show(empty, size=(500, 400))
    assert words(empty)[:2] == ["No documents yet", detail]
    for label in empty.findChildren(QLabel):
        assert label.height() >= label.heightForWidth(label.width())


def test_a_field_error_takes_no_room_until_there_is_one(show: Show, heard: list[str]) -> None:
    error = FieldError()
    show(QLineEdit(), error)
    assert not error.isVisible()
    error.say("Type a name first.")
    assert error.isVisible()
    error.say("")
    assert not error.isVisible()
    assert heard == ["Type a name first."]


STEPS = ["Sit down and keep still.", "Unlock the door."]
FACTS = [Fact("person", "Who", "Rosa Harlow, 68"), Fact("alert", "Allergy", "Penicillin")]


def emergency(number: str = "112") -> EmergencyBanner:
    detail = "Chest pain that spreads to the arm needs an ambulance."
    return EmergencyBanner(
        "This could be a heart attack",
        detail,
        number,
        steps=STEPS,
        read_out=FACTS,
        note="From the emergency rules, not from the assistant.",
    )


def test_the_number_to_call_is_the_loudest_thing(show: Show) -> None:
    banner = emergency()
    show(banner, size=(1000, 600))
    sizes = {
        label.accessibleName(): label.font().pixelSize() for label in banner.findChildren(QLabel)
    }
    assert max(sizes, key=lambda name: sizes[name]) == "112"
    assert sizes["112"] == 52


def test_an_emergency_shows_number_steps_and_what_to_read_out(show: Show) -> None:
    banner = emergency()
    show(banner, size=(1000, 600))
    shown = words(banner)
    for expected in ("Call now", "112", *STEPS, "Allergy", "Penicillin", "Rosa Harlow, 68"):
        assert expected in shown


def test_an_emergency_is_read_out_at_once(show: Show, heard: list[str]) -> None:
    banner = emergency()
    show(banner)
    banner.hide()
    banner.show()
    assert len(heard) == 1
    assert heard[0].startswith("Emergency. This could be a heart attack. Call 112 now.")
    assert all(step in heard[0] for step in STEPS)


def test_an_emergency_without_a_person_still_shows_the_number(show: Show) -> None:
    banner = EmergencyBanner("This could be a stroke", "Call an ambulance.", "999")
    show(banner)
    assert words(banner) == ["This could be a stroke", "Call an ambulance.", "Call now", "999"]


@pytest.mark.parametrize(("width", "beside"), [(1000, True), (600, False)])
def test_steps_and_facts_stand_below_each_other_when_there_is_no_room(
    show: Show, width: int, beside: bool
) -> None:
    banner = emergency()
    show(page(banner, 0), size=(width, 700))
    steps, facts = banner.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)[
        1:3
    ]
    assert (steps.y() == facts.y()) is beside
    for label in banner.findChildren(QLabel):
        assert label.height() >= label.heightForWidth(label.width())


def test_the_passphrase_is_hidden_until_asked_for(show: Show) -> None:
    field = PassphraseField()
    show(field)
    QTest.keyClicks(field.edit, "correct horse")
    assert "correct" not in field.edit.displayText()
    QTest.mouseClick(field.toggle, Qt.MouseButton.LeftButton)
    assert field.edit.displayText() == "correct horse"
    assert field.toggle.accessibleName() == "Hide passphrase"
    field.clear()
    assert field.text() == ""
    assert field.edit.echoMode() == QLineEdit.EchoMode.Password
    field.edit.undo()
    assert field.text() == ""


def test_enter_and_the_button_both_unlock(show: Show) -> None:
    given: list[str] = []
    panel = UnlockPanel("Home")
    panel.submitted.connect(given.append)
    show(panel)
    QTest.keyClicks(panel.field.edit, "correct horse")
    QTest.keyClick(panel.field.edit, Qt.Key.Key_Return)
    QTest.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    assert given == ["correct horse", "correct horse"]


def test_nothing_typed_unlocks_nothing_and_says_so(show: Show, heard: list[str]) -> None:
    given: list[str] = []
    panel = UnlockPanel("Home")
    panel.submitted.connect(given.append)
    show(panel)
    QTest.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    assert given == []
    assert heard == ["Type the passphrase of these records first."]


def test_a_wrong_passphrase_is_explained_and_marked_for_typing_again(
    show: Show, heard: list[str]
) -> None:
    panel = UnlockPanel("Home")
    show(panel)
    QTest.keyClicks(panel.field.edit, "wrong")
    panel.show_busy(busy=True)
    assert not panel.button.isEnabled()
    panel.show_error("That passphrase did not open these records.")
    assert panel.button.isEnabled()
    assert panel.field.edit.hasFocus()
    assert panel.field.edit.selectedText() != ""
    assert panel.field.edit.property("state") == "error"
    assert heard == ["That passphrase did not open these records."]
    QTest.keyClicks(panel.field.edit, "r")
    assert panel.field.edit.property("state") == ""
    assert panel.field.text() == "r"
