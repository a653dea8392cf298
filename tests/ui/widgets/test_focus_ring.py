"""One ring for the keyboard: where it shows, that it moves along, and that it goes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import shiboken6
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.focus import FocusRing

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]

Show = Callable[..., QWidget]


def press(window: QWidget, key: Qt.Key) -> None:
    QTest.keyClick(window.windowHandle(), key)


def click(window: QWidget, widget: QWidget) -> None:
    point = widget.mapTo(window, widget.rect().center())
    QTest.mouseClick(
        window.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point
    )


def rung(window: QWidget, widget: QWidget) -> QRect:
    box = QRect(widget.mapTo(window, QPoint()), widget.size())
    return box.adjusted(-4, -4, 4, 4)


@pytest.fixture
def window(show: Show) -> tuple[QWidget, FocusRing, list[Button]]:
    buttons = [Button("One"), Button("Two")]
    shown = show(*buttons)
    ring = FocusRing(shown)
    return shown, ring, buttons


def test_it_follows_the_tab_key(window: tuple[QWidget, FocusRing, list[Button]]) -> None:
    shown, ring, (one, two) = window
    press(shown, Qt.Key.Key_Tab)
    assert one.hasFocus()
    assert ring.isVisible()
    assert ring.geometry() == rung(shown, one)
    press(shown, Qt.Key.Key_Tab)
    assert ring.geometry() == rung(shown, two)
    assert not ring.grab().isNull()


def test_the_mouse_needs_no_ring(window: tuple[QWidget, FocusRing, list[Button]]) -> None:
    shown, ring, (one, two) = window
    press(shown, Qt.Key.Key_Tab)
    click(shown, two)
    assert two.hasFocus()
    assert not ring.isVisible()
    one.setFocus()
    assert not ring.isVisible()


def test_it_moves_with_what_it_rings_and_goes_with_it(
    window: tuple[QWidget, FocusRing, list[Button]],
) -> None:
    shown, ring, (one, _) = window
    press(shown, Qt.Key.Key_Tab)
    one.move(one.x() + 40, one.y() + 10)
    assert ring.geometry() == rung(shown, one)
    one.hide()
    assert ring.geometry() != rung(shown, one) or not ring.isVisible()


def test_a_button_that_is_deleted_takes_its_ring_along(
    window: tuple[QWidget, FocusRing, list[Button]],
) -> None:
    shown, ring, (one, two) = window
    press(shown, Qt.Key.Key_Tab)
    shiboken6.delete(one)
    press(shown, Qt.Key.Key_Tab)
    assert two.hasFocus()
    assert ring.geometry() == rung(shown, two)


def test_a_field_shows_focus_with_its_own_edge(show: Show) -> None:
    field = QLineEdit()
    shown = show(field)
    ring = FocusRing(shown)
    press(shown, Qt.Key.Key_Tab)
    assert field.hasFocus()
    assert not ring.isVisible()


def test_it_scrolls_along_and_is_cut_off_with_what_it_rings(qapp: QApplication, show: Show) -> None:
    inner, area = QWidget(), QScrollArea()
    box = QVBoxLayout(inner)
    buttons = [Button(f"Row {n}") for n in range(40)]
    for button in buttons:
        box.addWidget(button)
    area.setWidget(inner)
    shown = show(area, size=(400, 300))
    ring = FocusRing(shown)
    press(shown, Qt.Key.Key_Tab)
    press(shown, Qt.Key.Key_Tab)
    focused = qapp.focusWidget()
    assert focused in buttons
    area.verticalScrollBar().setValue(15)
    assert ring.geometry() == rung(shown, focused)
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    assert not ring.isVisible()


def test_two_windows_keep_their_rings_apart(
    window: tuple[QWidget, FocusRing, list[Button]], show: Show
) -> None:
    shown, ring, _ = window
    press(shown, Qt.Key.Key_Tab)
    other = Button("Other")
    show(other)
    other.setFocus()
    assert not ring.isVisible()
