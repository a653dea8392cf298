"""What a lock does: nothing of ours stays in front, on the clipboard or among the pictures, and the vault closes."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from PySide6.QtGui import QPixmapCache
from PySide6.QtWidgets import QApplication, QDialog, QToolTip

from healthmate_desktop.errors import HealthMateError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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


class Ending:
    """Saves what is not saved yet, then closes the vault. Once, whoever runs it first; off the GUI thread or on it."""

    def __init__(self, savings: Sequence[Callable[[], None]], close: Callable[[], None]) -> None:
        self._savings, self._close = savings, close
        self._begun = False

    def run(self) -> None:
        """A disk that takes no words must not keep the vault open."""
        if self._begun:
            return
        self._begun = True
        try:
            for save in self._savings:
                with contextlib.suppress(HealthMateError):
                    save()
        finally:
            self._close()
