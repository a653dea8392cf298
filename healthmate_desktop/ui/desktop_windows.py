"""Windows: the messages that tell of a locked screen, another user's turn, or sleep."""

from __future__ import annotations

import ctypes
from ctypes import wintypes
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QCoreApplication, QObject

from healthmate_desktop.ui.desktop import Desktop

if TYPE_CHECKING:
    from healthmate_desktop.ui.lock import Reason

POWER, SESSION_CHANGE = 0x0218, 0x02B1  # WM_POWERBROADCAST, WM_WTSSESSION_CHANGE
SUSPEND = 0x0004  # PBT_APMSUSPEND
GONE = {0x2, 0x4, 0x6, 0x7}  # console and remote disconnect, logoff, lock
THIS_SESSION = 0


def reason_of(message: int, parameter: int) -> Reason | None:
    """Why a window message is one to lock on."""
    if message == POWER and parameter == SUSPEND:
        return "slept"
    if message == SESSION_CHANGE and parameter in GONE:
        return "away"
    return None


class Messages(Desktop):
    """Listens for as long as its parent lives."""

    def __init__(self, window: int, parent: QObject) -> None:
        super().__init__(parent)
        self._filter = _Filter(self)
        app = QCoreApplication.instance()
        if app is not None:
            app.installNativeEventFilter(self._filter)
            self.destroyed.connect(lambda: app.removeNativeEventFilter(self._filter))
        library = ctypes.WinDLL("wtsapi32")  # type: ignore[attr-defined, unused-ignore]
        library.WTSRegisterSessionNotification(wintypes.HWND(window), THIS_SESSION)


class _Filter(QAbstractNativeEventFilter):
    def __init__(self, desktop: Desktop) -> None:
        super().__init__()
        self._desktop = desktop

    def nativeEventFilter(  # noqa: N802 - Qt's name
        self,
        kind: QByteArray | bytes | bytearray | memoryview,  # noqa: ARG002
        message: Any,
    ) -> Any:
        told = wintypes.MSG.from_address(int(message))
        if reason := reason_of(told.message, told.wParam):
            self._desktop.left.emit(reason)
        return False, 0
