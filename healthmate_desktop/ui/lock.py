"""When an open vault locks by itself: without use, after the longest time unlocked, and when the computer slept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import shiboken6
from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent

from healthmate_desktop.domain.sessions import LockPolicy

if TYPE_CHECKING:
    from healthmate_desktop.ui.lock_clock import LockClock

Reason = Literal["asked", "idle", "limit", "slept", "away", "switch"]

WARN_S = 30
TICK_MS = 1000
SLEPT_S = 2.0  # clocks of one computer differ less than this while it is awake
_PRESSES = {
    QEvent.Type.KeyPress,
    QEvent.Type.ShortcutOverride,  # all that is seen of a key that is a shortcut
    QEvent.Type.MouseButtonPress,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
}
_LOCK = QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_L)
_BEFORE_PAINTING = {QEvent.Type.Expose, QEvent.Type.UpdateRequest, QEvent.Type.Paint}


class LockGuard(QObject):
    """Counts from the moment it is made. Only presses by a person count as use: no pointer that passes, no timer.

    `due` says why to lock, again at each check until someone does; `warned` says how many seconds are left and for
    which reason; `eased` that the warning holds no more.
    """

    due = Signal(str)
    warned = Signal(int, str)
    eased = Signal()

    def __init__(self, clock: LockClock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock, self._policy = clock, LockPolicy()
        self._begun = self._used = clock.passed()
        self._slept = self._sleep_so_far()
        self._warning = False
        self._watched: list[QObject] = []
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._on_tick)
        self._tick.start()
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self.watch)
        self.look_around()

    def hold_to(self, policy: LockPolicy) -> None:
        """From now on."""
        self._policy = policy
        self.check()

    def use(self) -> None:
        """Someone is there."""
        self._used = self._clock.passed()
        self.check()

    def stop(self) -> None:
        """Look at nothing any more."""
        self._tick.stop()
        self.blockSignals(True)
        for window in self._watched:
            if shiboken6.isValid(window):
                window.removeEventFilter(self)

    def check(self) -> bool:
        """Whether it is time to lock; asked every second, and before anything is painted or pressed."""
        reason, left = self._next()
        if left <= 0:
            self.due.emit(reason)
            return True
        if left <= WARN_S:
            self._warning = True
            self.warned.emit(int(left) + (left > int(left)), reason)
        elif self._warning:
            self._warning = False
            self.eased.emit()
        return False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002
        """Of windows: their input comes here before it goes to any widget in them."""
        kind = event.type()
        if kind in _BEFORE_PAINTING:
            self.check()
        elif kind in _PRESSES and event.spontaneous():
            return self._on_press(event)
        return False

    def _on_press(self, event: QEvent) -> bool:
        """Whether it goes no further."""
        if self.check():  # first: a press after hours away must not keep it open
            return True
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress and event.keyCombination() == _LOCK:
                self.due.emit("asked")  # over a dialog no shortcut of the window works
                return True
            if event.isAutoRepeat():
                return False
        self.use()
        return False

    def _next(self) -> tuple[Reason, float]:
        """What would lock first, and in how many seconds."""
        if self._sleep_so_far() - self._slept > SLEPT_S:
            return "slept", 0
        now = self._clock.passed()
        idle = self._used + self._policy.idle_minutes * 60 - now
        limit = self._begun + self._policy.session_hours * 3600 - now
        return ("limit", limit) if limit < idle else ("idle", idle)

    def _sleep_so_far(self) -> float:
        return self._clock.passed() - self._clock.awake()

    def _on_tick(self) -> None:
        self.look_around()
        self.check()

    def look_around(self) -> None:
        """Watch dialogs and menus, too; each is found when it gets the focus, and others at the next tick."""
        self._watched = [window for window in self._watched if shiboken6.isValid(window)]
        for window in QGuiApplication.topLevelWindows():
            self.watch(window)

    def watch(self, window: QObject | None) -> None:
        """A native window, or the widget that fills it and hears of its repainting."""
        if window is not None and window not in self._watched:
            self._watched.append(window)
            window.installEventFilter(self)
