"""Everything that listens while a vault is open, so that it can be dropped at once when it is locked."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from healthmate_desktop.ui.clipboard import CopyWatch
from healthmate_desktop.ui.desktop import Buses, Desktop
from healthmate_desktop.ui.lock import LockGuard
from healthmate_desktop.ui.lock_warning import LockWarning
from healthmate_desktop.ui.tasks import Lane, TaskRunner

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from healthmate_desktop.services.policy import PolicyService
    from healthmate_desktop.ui.lock_clock import LockClock


class LockWatch(QObject):
    """`due` carries why to lock. Until the vault's own times are read the usual ones hold."""

    due = Signal(str)

    def __init__(
        self, window: QWidget, policy: PolicyService, tasks: TaskRunner, clock: LockClock
    ) -> None:
        super().__init__(window)
        self._policy, self._tasks = policy, tasks
        self.guard, self.warning = LockGuard(clock, self), LockWarning(window)
        self.guard.watch(window)
        self.guard.due.connect(self.due)
        self.guard.warned.connect(self.warning.show_left)
        self.guard.eased.connect(self.warning.ease)
        self.warning.stay_pressed.connect(self.guard.use)
        self.warning.lock_pressed.connect(lambda: self.due.emit("asked"))
        self.desktop, self._copied = _watch_desktop(window, self), CopyWatch(self)
        self.desktop.left.connect(self.due)
        self.read_policy()

    def read_policy(self) -> None:
        """Again, when it may have been changed."""
        self._tasks.run(self._policy.get, owner=self, lane=Lane.IO, on_success=self.guard.hold_to)

    def drop(self) -> None:
        """Hear nothing from now on."""
        self.blockSignals(True)
        self.guard.stop()
        self.warning.hide()
        self.warning.deleteLater()
        self.deleteLater()


def _watch_desktop(window: QWidget, parent: QObject) -> Desktop:
    """Begin to listen, to whatever there is."""
    if sys.platform == "linux":
        from PySide6.QtDBus import QDBusConnection

        return Buses(QDBusConnection.systemBus(), QDBusConnection.sessionBus(), parent)
    if sys.platform == "win32":
        from healthmate_desktop.ui.desktop_windows import Messages

        return Messages(int(window.winId()), parent)
    return Desktop(parent)
