"""The window comes back where it stood when the program starts anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from healthmate_desktop.ui.window_place import place_of, put_back

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.ui


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.setGeometry(20, 30, 400, 300)
    return window


def test_it_comes_back_in_its_place(window: QWidget, qtbot: QtBot) -> None:
    assert place_of(window) == "20,30,400,300,0"
    other = QWidget()
    qtbot.addWidget(other)
    put_back(other, place_of(window))
    assert other.geometry() == window.geometry()


def test_a_window_that_filled_the_screen_fills_it_again(window: QWidget, qtbot: QtBot) -> None:
    window.showMaximized()
    other = QWidget()
    qtbot.addWidget(other)
    put_back(other, place_of(window))
    assert other.isMaximized()


@pytest.mark.parametrize(
    "place", ["", "1,2,3", "a,b,c,d,e", "1,2,3,4,5,6", "9000000000,1,400,300,0", "-9999,0,40,30,0"]
)
def test_damaged_numbers_and_a_screen_that_is_gone_move_nothing(
    window: QWidget, place: str
) -> None:
    put_back(window, place)
    assert window.geometry() == QRect(20, 30, 400, 300)
