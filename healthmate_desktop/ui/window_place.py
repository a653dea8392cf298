"""Where the window stands, as a few harmless numbers, so that it comes back there when the program starts anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

NUMBERS = 5  # left, top, width, height, whether it fills the screen
LARGEST = 32_767


def place_of(window: QWidget) -> str:
    """As in "120,80,1366,768,0"."""
    box = window.normalGeometry() if window.isMaximized() else window.geometry()
    numbers = (box.x(), box.y(), box.width(), box.height(), int(window.isMaximized()))
    return ",".join(str(number) for number in numbers)


def put_back(window: QWidget, place: str) -> None:
    """Nothing happens where the numbers are damaged or no screen is there any more."""
    try:
        numbers = [int(part) for part in place.split(",")]
    except ValueError:
        return
    if len(numbers) != NUMBERS or any(abs(number) > LARGEST for number in numbers):
        return
    box = QRect(*numbers[:4])
    if not any(screen.availableGeometry().intersects(box) for screen in QGuiApplication.screens()):
        return
    window.setGeometry(box)
    if numbers[4]:
        window.showMaximized()
