"""The sidebar: where one is, where one can go, and whose records are open."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from healthmate_desktop.ui.stylesheet import apply_theme
from healthmate_desktop.ui.theme import make_theme
from healthmate_desktop.ui.widgets.navigation import NavItem, NavRail, Person, Place

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]

Show = Callable[..., QWidget]
PLACES = (
    (Place("ask", "Ask", "ask", "Ctrl+1"), Place("documents", "Documents", "document", "Ctrl+2")),
    (Place("library", "Library", "library", "Ctrl+3"),),
)


@pytest.fixture
def rail() -> NavRail:
    return NavRail(PLACES, "ask")


def items(rail: NavRail) -> list[NavItem]:
    return rail.findChildren(NavItem)


def current(rail: NavRail) -> list[str]:
    return [item.accessibleName() for item in items(rail) if item.isChecked()]


def tab() -> QWidget | None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Qt.Key.Key_Tab)
    return QApplication.focusWidget()


def test_a_click_goes_there(rail: NavRail, show: Show) -> None:
    gone: list[str] = []
    rail.chosen.connect(gone.append)
    show(rail)
    QTest.mouseClick(items(rail)[1], Qt.MouseButton.LeftButton)
    assert gone == ["documents"]
    assert current(rail) == ["Documents"]


def test_showing_a_place_from_outside_goes_nowhere(rail: NavRail) -> None:
    gone: list[str] = []
    rail.chosen.connect(gone.append)
    rail.show_place("library")
    assert current(rail) == ["Library"]
    assert gone == []


def test_what_waits_is_counted_in_words_and_figures(rail: NavRail, show: Show) -> None:
    show(rail)
    documents = items(rail)[1]
    rail.show_count("documents", 2)
    assert documents.accessibleName() == "Documents, 2 waiting"
    assert [label.text() for label in documents.findChildren(QLabel) if label.isVisible()] == ["2"]
    rail.show_count("documents", 0)
    assert documents.accessibleName() == "Documents"
    assert not [label for label in documents.findChildren(QLabel) if label.isVisible()]


def test_tab_lands_on_the_place_one_is_at_and_then_leaves_the_group(
    rail: NavRail, show: Show
) -> None:
    rail.show_place("library")
    show(rail)
    rail.person.setFocus()
    assert tab() is items(rail)[2]
    left = tab()
    assert left is not None
    assert not isinstance(left, NavItem)


def test_arrows_walk_and_enter_goes_there(rail: NavRail, show: Show) -> None:
    gone: list[str] = []
    rail.chosen.connect(gone.append)
    show(rail)
    items(rail)[0].setFocus()
    QTest.keyClick(items(rail)[0], Qt.Key.Key_End)
    assert items(rail)[2].hasFocus()
    QTest.keyClick(items(rail)[2], Qt.Key.Key_Up)
    assert items(rail)[1].hasFocus()
    assert gone == []
    QTest.keyClick(items(rail)[1], Qt.Key.Key_Return)
    assert gone == ["documents"]


def test_a_click_in_the_words_is_a_click_on_the_place(rail: NavRail, show: Show) -> None:
    gone: list[str] = []
    rail.chosen.connect(gone.append)
    window = show(rail)
    library = items(rail)[2]
    point = library.mapTo(window, library.rect().center())
    handle = window.windowHandle()
    QTest.mouseClick(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point)
    assert gone == ["library"]


@pytest.mark.parametrize(("key", "signal"), [("P", "find_pressed"), ("L", "lock_pressed")])
def test_person_and_lock_have_their_keys(rail: NavRail, show: Show, key: str, signal: str) -> None:
    pressed: list[bool] = []
    getattr(rail, signal).connect(lambda: pressed.append(True))
    window = show(rail)
    QTest.keyClick(window, getattr(Qt.Key, f"Key_{key}"), Qt.KeyboardModifier.ControlModifier)
    assert pressed == [True]


def test_a_place_has_its_key_only_while_the_sidebar_is_shown(rail: NavRail, show: Show) -> None:
    gone: list[str] = []
    rail.chosen.connect(gone.append)
    window = show(rail)
    QTest.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    assert gone == ["library"]
    rail.hide()
    QTest.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert gone == ["library"]


def test_it_says_whose_records_are_open(rail: NavRail, show: Show) -> None:
    show(rail)
    assert rail.person.accessibleName() == "No person yet. Add a person"
    rail.person.show_person(Person("RH", "Rosa Harlow", "68 years", 0))
    assert rail.person.accessibleName() == "Records of Rosa Harlow. Change person"
    rail.person.show_person(None)
    assert "Rosa" not in rail.person.accessibleName()


def test_larger_text_gets_a_wider_sidebar(qapp: QApplication, rail: NavRail, show: Show) -> None:
    show(rail)
    before = rail.width()
    apply_theme(qapp, make_theme("light", 1.5))
    assert rail.minimumWidth() > before
    assert items(rail)[1].minimumSizeHint().width() <= rail.minimumWidth()
