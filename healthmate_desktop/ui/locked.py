"""What a lock does to the window at once: nothing of ours stays in front, on the clipboard or among the pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QPixmapCache
from PySide6.QtWidgets import QApplication, QDialog, QToolTip

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def close_others(window: QWidget) -> None:
    """Dialogs, menus and tool tips over `window`, whatever they are in the middle of."""
    QToolTip.hideText()
    for _ in QApplication.topLevelWidgets():  # a menu may stand on a menu
        if (popup := QApplication.activePopupWidget()) is None:
            break
        popup.close()
    for other in QApplication.topLevelWidgets():
        if other is window or not other.isVisible():
            continue
        if isinstance(other, QDialog):
            other.reject()  # ends its own loop, if it has one
        other.hide()
        other.deleteLater()


def clear_traces() -> None:
    """What is kept outside the widgets."""
    from healthmate_desktop.ui.clipboard import clear_copied

    clear_copied()
    QPixmapCache.clear()
