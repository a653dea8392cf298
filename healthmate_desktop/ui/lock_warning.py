"""The last half minute before a lock: how long is left, and one key press to stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QWidget

from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.accessibility import announce
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.layout import column, row
from healthmate_desktop.ui.widgets.text import Icon, Text

if TYPE_CHECKING:
    from healthmate_desktop.ui.lock import Reason

WIDTH = 620
_WHY: dict[Reason, str] = {
    "idle": "Nothing was pressed for a while. Any key keeps it open. What you are writing is kept.",
    "limit": "The longest time unlocked is nearly over. Unlock again to go on. What you are writing is kept.",
}


class LockWarning(QFrame):
    """Floats over the top of the window and takes no focus: what is being typed goes on."""

    stay_pressed = Signal()
    lock_pressed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setProperty("kind", "banner-warn")
        self._title = Text("", "strong", "on_warn_soft", tabular=True)
        self._why = Text("", "small", "on_warn_soft", wrap=True)
        self.stay, self.lock = Button("Stay", size="small"), Button("Lock now", size="small")
        self.stay.clicked.connect(self.stay_pressed)
        self.lock.clicked.connect(self.lock_pressed)
        sign = Icon("lock", "warn")
        line = row(sign, spacing=Space.M, margins=(Space.L, Space.M, Space.L, Space.M))
        line.setAlignment(sign, Qt.AlignmentFlag.AlignTop)
        line.addLayout(column(self._title, self._why, spacing=Space.XXS), 1)
        line.addWidget(self.stay)
        line.addWidget(self.lock)
        self.setLayout(line)
        self.hide()
        window.installEventFilter(self)

    def show_left(self, seconds: int, reason: Reason) -> None:
        words = "Locks in 1 second" if seconds == 1 else f"Locks in {seconds} seconds"
        self._title.say(words)
        self.setAccessibleName(words)
        if self.isVisible():
            return
        self._why.say(_WHY[reason])
        self.stay.setVisible(reason == "idle")
        self.lock.setVisible(reason != "idle")
        self._place()
        self.show()
        announce(self, f"{words}. {_WHY[reason]}", urgent=True)

    def ease(self) -> None:
        """After what is under way: a press on Stay must not fall on what lies below."""
        QTimer.singleShot(0, self, self.hide)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _place(self) -> None:
        width = min(WIDTH, self._window.width() - 2 * Space.XL)
        height = max(self.heightForWidth(width), self.sizeHint().height())
        self.setGeometry((self._window.width() - width) // 2, Space.L, width, height)
        self.raise_()
