"""What the desktop tells about the person's absence: sleep, a locked screen, another user's turn.

Loaded once a vault is open. Where the desktop tells nothing, the clocks of `lock.py` still do.
"""

from __future__ import annotations

import os
import string
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import SLOT, QObject, Signal, Slot

if TYPE_CHECKING:
    from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher


LOGIN, LOGIN_PATH = "org.freedesktop.login1", "/org/freedesktop/login1"
SAVERS = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver")


class Desktop(QObject):
    """`left` says why to lock. One for each system; this one hears nothing."""

    left = Signal(str)


class Buses(Desktop):
    """Linux: the login service on the system bus, and the screen savers on the session bus."""

    def __init__(
        self,
        system: QDBusConnection,
        session: QDBusConnection,
        parent: QObject | None = None,
        login_session: str | None = None,
    ) -> None:
        super().__init__(parent)
        known = os.environ.get("XDG_SESSION_ID") if login_session is None else login_session
        self._session_path = f"{LOGIN_PATH}/session/{_label(known)}" if known else ""
        self._delay: Any = None  # a file descriptor: while it is open the computer waits to sleep
        if system.isConnected():
            self._listen_to_login(system)
            self._ask_for_a_moment(system)
        if session.isConnected():
            for saver in SAVERS:
                path = "/" + saver.replace(".", "/")
                session.connect("", path, saver, "ActiveChanged", self, _slot("on_saver(bool)"))
                session.connect(
                    "", "/ScreenSaver", saver, "ActiveChanged", self, _slot("on_saver(bool)")
                )

    @property
    def holds_sleep(self) -> bool:
        """Whether the computer waits for this process before it sleeps."""
        return self._delay is not None

    @Slot(bool)
    def on_sleep(self, begins: bool) -> None:
        if begins:
            self.left.emit("slept")

    @Slot("QDBusMessage")
    def on_lock(self, message: QDBusMessage) -> None:
        if self._is_ours(message.path()):
            self.left.emit("away")

    @Slot(str, "QVariantMap", "QStringList", "QDBusMessage")
    def on_changed(
        self, _interface: str, changed: dict[str, Any], _gone: list[str], message: QDBusMessage
    ) -> None:
        """Another user's turn, or a locked screen that is told in no other way."""
        absent = changed.get("Active") is False or changed.get("LockedHint") is True
        if absent and self._is_ours(message.path()):
            self.left.emit("away")

    @Slot(bool)
    def on_saver(self, begins: bool) -> None:
        if begins:
            self.left.emit("away")

    def _listen_to_login(self, bus: QDBusConnection) -> None:
        bus.connect(
            LOGIN, LOGIN_PATH, f"{LOGIN}.Manager", "PrepareForSleep", self, _slot("on_sleep(bool)")
        )
        here = self._session_path
        bus.connect(LOGIN, here, f"{LOGIN}.Session", "Lock", self, _slot("on_lock(QDBusMessage)"))
        bus.connect(
            LOGIN,
            here,
            "org.freedesktop.DBus.Properties",
            "PropertiesChanged",
            self,
            _slot("on_changed(QString,QVariantMap,QStringList,QDBusMessage)"),
        )

    def _ask_for_a_moment(self, bus: QDBusConnection) -> None:
        """Between the news that the computer will sleep and the sleep, so that the keys are gone before."""
        from PySide6.QtDBus import QDBusMessage, QDBusPendingCallWatcher

        call = QDBusMessage.createMethodCall(LOGIN, LOGIN_PATH, f"{LOGIN}.Manager", "Inhibit")
        call.setArguments(["sleep", "HealthMate", "Locking the records", "delay"])
        waiting = QDBusPendingCallWatcher(bus.asyncCall(call), self)
        waiting.finished.connect(self._on_moment)

    def _on_moment(self, waiting: QDBusPendingCallWatcher) -> None:
        arguments = [] if waiting.isError() else waiting.reply().arguments()
        self._delay = arguments[0] if arguments else None
        waiting.deleteLater()

    def _is_ours(self, path: str) -> bool:
        return path.startswith(LOGIN_PATH) and path.startswith(self._session_path)


def _slot(signature: str) -> Any:
    """Qt's name of a slot. The type information asks for bytes, which PySide6 refuses when it runs."""
    return SLOT(signature)


def _label(name: str) -> str:
    """A session's name as it stands in its path: "2" is "_32"."""
    plain = string.ascii_letters + string.digits
    return "".join(
        letter if letter in plain and (at or letter not in string.digits) else f"_{ord(letter):02x}"
        for at, letter in enumerate(name)
    )
