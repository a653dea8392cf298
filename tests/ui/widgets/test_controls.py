"""Buttons, switches, boxes and segments: pressed by mouse and keyboard alike."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from healthmate_desktop.ui.theme import make_theme
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.controls import CheckBox, Segments, Switch

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]

Show = Callable[..., QWidget]
OPTIONS = [("light", "Light"), ("dark", "Dark"), ("system", "As the system")]


def drawn(widget: QWidget) -> bytes:
    image = widget.grab().toImage()
    return bytes(image.constBits())


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_enter_and_space_press_a_button(show: Show, key: Qt.Key) -> None:
    pressed: list[bool] = []
    button = Button("Save", "primary", "check")
    button.clicked.connect(lambda: pressed.append(True))
    show(button)
    button.setFocus()
    QTest.keyClick(button, key)
    assert pressed == [True]


def test_the_icon_of_a_button_follows_its_state(show: Show) -> None:
    button = Button("Remove", "danger", "delete")
    show(button)

    def ink() -> set[str]:
        image = button.icon().pixmap(36, 36).toImage()
        points = ((x, y) for x in range(image.width()) for y in range(image.height()))
        return {image.pixelColor(*p).name() for p in points if image.pixelColor(*p).alpha() == 255}

    colours = make_theme("light").colours
    assert colours.error.lower() in ink()
    button.setEnabled(False)
    assert colours.disabled.lower() in ink()
    assert colours.error.lower() not in ink()


def test_a_switch_changes_at_once_and_looks_different(show: Show) -> None:
    switch = Switch("Use this source")
    show(switch)
    off = drawn(switch)
    switch.setFocus()
    QTest.keyClick(switch, Qt.Key.Key_Space)
    assert switch.isChecked()
    assert drawn(switch) != off
    on = drawn(switch)
    switch.setEnabled(False)
    assert drawn(switch) not in (on, off)


def test_the_sentence_of_a_box_is_pressed_as_well(show: Show) -> None:
    box = CheckBox("I have written it down")
    show(box)
    point = box.rect().center()
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point)
    assert box.isChecked()
    assert box.accessibleName() == "I have written it down"


def test_a_long_sentence_beside_a_box_wraps_and_is_not_cut(show: Show) -> None:
    text = "Without the passphrase nobody can open these records, and nobody can send a new one. "
    box = CheckBox(text * 3)
    window = show(box, size=(300, 400))
    assert box.width() <= window.width()
    assert box.height() >= box.heightForWidth(box.width()) > 150


def test_arrows_choose_in_segments_and_stop_at_the_ends(show: Show) -> None:
    chosen: list[str] = []
    segments = Segments("Look", OPTIONS, "dark")
    segments.chosen.connect(chosen.append)
    show(segments)
    light, dark, system = segments.findChildren(Button)
    dark.setFocus()
    QTest.keyClick(dark, Qt.Key.Key_Right)
    assert system.hasFocus()
    QTest.keyClick(system, Qt.Key.Key_Right)
    QTest.keyClick(system, Qt.Key.Key_Home)
    assert light.hasFocus()
    assert chosen == ["system", "light"]
    assert segments.current() == "light"


def test_arrows_pass_over_what_cannot_be_chosen(show: Show) -> None:
    segments = Segments("Look", OPTIONS, "light")
    show(segments)
    light, dark, system = segments.findChildren(Button)
    dark.setEnabled(False)
    light.setFocus()
    QTest.keyClick(light, Qt.Key.Key_Right)
    assert system.hasFocus()
    assert segments.current() == "system"


def test_choosing_from_outside_says_nothing() -> None:
    chosen: list[str] = []
    segments = Segments("Look", OPTIONS, "dark")
    segments.chosen.connect(chosen.append)
    segments.choose("system")
    assert segments.current() == "system"
    assert chosen == []


def test_segments_are_one_stop_of_the_tab_key(show: Show) -> None:
    before, segments, after = Button("Before"), Segments("Look", OPTIONS, "dark"), Button("After")
    show(before, segments, after)
    before.setFocus()
    QTest.keyClick(before, Qt.Key.Key_Tab)
    focused = QApplication.focusWidget()
    assert focused is segments.findChildren(Button)[1]
    assert focused.accessibleName() == "Look: Dark"
    QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert after.hasFocus()


def test_other_keys_are_left_to_the_button(show: Show) -> None:
    segments = Segments("Look", OPTIONS, "dark")
    show(segments)
    dark = segments.findChildren(Button)[1]
    dark.setFocus()
    QTest.keyClick(dark, Qt.Key.Key_A)
    assert dark.hasFocus()
    assert segments.current() == "dark"
