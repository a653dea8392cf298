"""The log: to be read, and to be checked and exported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from healthmate_desktop.ui.safety.log_check import LogCheck
from healthmate_desktop.ui.safety.log_reading import LogReading
from healthmate_desktop.ui.theme import Size, Space
from healthmate_desktop.ui.widgets.layout import centred, column, page

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from healthmate_desktop.ui.changes import Changes
    from healthmate_desktop.ui.gate import OpenVault
    from healthmate_desktop.ui.tasks import TaskRunner


class LogTab(QStackedWidget):
    """Two views of one thing. `checked` carries the VerifyReport of a check."""

    checked = Signal(object)

    def __init__(
        self,
        vault: OpenVault,
        tasks: TaskRunner,
        changes: Changes,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__()
        self.reading, self.check = LogReading(vault, tasks, changes, now), LogCheck(vault, tasks)
        self.reading.check_wanted.connect(self.open_check)
        self.check.left.connect(self._on_check_left)
        self.check.checked.connect(self.checked)
        holder = QWidget()
        margins = (Space.XXL, Space.L, Space.XXL, Space.L)
        holder.setLayout(column(centred(self.reading, Size.PAGE_WIDTH), margins=margins))
        self._check_page = page(self.check, 0)
        self.addWidget(holder)
        self.addWidget(self._check_page)

    def open_check(self) -> None:
        """Show how the log is checked."""
        self.setCurrentWidget(self._check_page)
        self.check.setFocus()

    def open_place(self, place: str) -> None:
        """Show "check", the log with only its "sign_in", or what was shown last."""
        if place == "check":
            self.open_check()
        elif place == "sign_in":
            self.reading.filters.show_kind("sign_in")
            self.setCurrentIndex(0)

    def _on_check_left(self) -> None:
        self.setCurrentIndex(0)
        self.reading.check.setFocus()
