"""What the desktop says of sleep, a locked screen and other users is heard, on a bus of the test's own."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QObject, Slot
from PySide6.QtTest import QSignalSpy

from healthmate_desktop.ui.desktop import LOGIN, LOGIN_PATH, SAVERS, Buses, Desktop
from healthmate_desktop.ui.desktop_windows import POWER, SESSION_CHANGE, SUSPEND, reason_of
from healthmate_desktop.ui.lock_clock import system_clock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtDBus import QDBusConnection
    from pytestqt.qtbot import QtBot

pytestmark = [pytest.mark.ui, pytest.mark.security]

needs_bus = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("dbus-daemon") is None,
    reason="a message bus is needed: dbus-daemon",
)
OURS, OTHER = f"{LOGIN_PATH}/session/_32", f"{LOGIN_PATH}/session/_37"


class Bus:
    """One daemon; the window listens at one end, the desktop talks at the other."""

    def __init__(self, address: str) -> None:
        from PySide6.QtDBus import QDBusConnection

        self.names = ("window", "desktop")
        self.window, self.desktop = (
            QDBusConnection.connectToBus(address, name) for name in self.names
        )
        assert self.window.isConnected()

    def say(self, path: str, interface: str, member: str, *arguments: object) -> None:
        from PySide6.QtDBus import QDBusMessage

        message = QDBusMessage.createSignal(path, interface, member)
        message.setArguments(list(arguments))
        assert self.desktop.send(message)

    def close(self) -> None:
        from PySide6.QtDBus import QDBusConnection

        for name in self.names:
            QDBusConnection.disconnectFromBus(name)


@pytest.fixture
def bus(tmp_path: Path, qapp: object) -> Iterator[Bus]:  # noqa: ARG001
    daemon = subprocess.Popen(
        ["dbus-daemon", "--session", "--print-address=1", f"--address=unix:path={tmp_path}/bus"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert daemon.stdout is not None
    bus = Bus(daemon.stdout.readline().strip())
    yield bus
    bus.close()
    daemon.terminate()
    daemon.wait(30)
    daemon.stdout.close()


@pytest.fixture
def login(bus: Bus) -> None:
    """The login service is there: only what comes from its name is heard."""
    assert bus.desktop.registerService(LOGIN)


@pytest.fixture
def heard(bus: Bus, login: None) -> Iterator[QSignalSpy]:  # noqa: ARG001
    buses = Buses(bus.window, bus.window, login_session="2")
    yield QSignalSpy(buses.left)
    buses.deleteLater()


def reasons(heard: QSignalSpy) -> list[str]:
    return [heard.at(at)[0] for at in range(heard.count())]


@needs_bus
def test_sleep_is_heard_before_it_begins_and_not_its_end(
    bus: Bus, heard: QSignalSpy, qtbot: QtBot
) -> None:
    bus.say(LOGIN_PATH, f"{LOGIN}.Manager", "PrepareForSleep", False)
    bus.say(LOGIN_PATH, f"{LOGIN}.Manager", "PrepareForSleep", True)
    qtbot.waitUntil(lambda: heard.count() > 0)
    assert reasons(heard) == ["slept"]


@needs_bus
@pytest.mark.parametrize("saver", SAVERS)
def test_a_screen_saver_that_begins_is_heard(
    bus: Bus, heard: QSignalSpy, qtbot: QtBot, saver: str
) -> None:
    for path in ("/" + saver.replace(".", "/"), "/ScreenSaver"):
        bus.say(path, saver, "ActiveChanged", False)
        bus.say(path, saver, "ActiveChanged", True)
    qtbot.waitUntil(lambda: heard.count() == 2)
    assert reasons(heard) == ["away", "away"]


@needs_bus
def test_only_the_lock_of_ones_own_session_is_heard(
    bus: Bus, heard: QSignalSpy, qtbot: QtBot
) -> None:
    for path in (OTHER, OURS):
        bus.say(path, f"{LOGIN}.Session", "Lock")
    qtbot.waitUntil(lambda: heard.count() > 0)
    bus.say(LOGIN_PATH, f"{LOGIN}.Manager", "PrepareForSleep", True)  # after all of them
    qtbot.waitUntil(lambda: "slept" in reasons(heard))
    assert reasons(heard) == ["away", "slept"]


@needs_bus
@pytest.mark.parametrize("changed", [{"Active": False}, {"LockedHint": True}])
def test_another_users_turn_and_a_locked_screen_are_heard(
    bus: Bus, heard: QSignalSpy, qtbot: QtBot, changed: dict[str, Any]
) -> None:
    properties = "org.freedesktop.DBus.Properties"
    for path, what in ((OTHER, changed), (OURS, {"Active": True}), (OURS, changed)):
        bus.say(path, properties, "PropertiesChanged", f"{LOGIN}.Session", what, ["Nothing"])
    qtbot.waitUntil(lambda: heard.count() > 0)
    bus.say(LOGIN_PATH, f"{LOGIN}.Manager", "PrepareForSleep", True)
    qtbot.waitUntil(lambda: "slept" in reasons(heard))
    assert reasons(heard) == ["away", "slept"]


@needs_bus
def test_without_a_session_of_ones_own_every_one_counts(
    bus: Bus,
    login: None,  # noqa: ARG001
    qtbot: QtBot,
) -> None:
    buses = Buses(bus.window, bus.window, login_session="")
    spy = QSignalSpy(buses.left)
    bus.say(OTHER, f"{LOGIN}.Session", "Lock")
    qtbot.waitUntil(lambda: spy.count() == 1)


class LoginService(QObject):
    """Gives whoever asks a moment before the computer sleeps."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, ...]] = []

    @Slot(str, str, str, str, result=str)
    def Inhibit(self, what: str, who: str, why: str, mode: str) -> str:  # noqa: N802 - its name
        self.asked.append((what, who, why, mode))
        return "held"


@needs_bus
def test_the_computer_is_asked_to_wait_with_its_sleep(
    bus: Bus,
    login: None,  # noqa: ARG001
    qtbot: QtBot,
) -> None:
    from PySide6.QtDBus import QDBusConnection

    service = LoginService()
    slots = QDBusConnection.RegisterOption.ExportAllSlots
    assert bus.desktop.registerObject(LOGIN_PATH, f"{LOGIN}.Manager", service, slots)
    buses = Buses(bus.window, bus.window, login_session="2")
    qtbot.waitUntil(lambda: buses.holds_sleep)
    assert service.asked == [("sleep", "HealthMate", "Locking the records", "delay")]


@needs_bus
def test_a_login_service_that_gives_no_moment_is_no_harm(
    bus: Bus,
    login: None,  # noqa: ARG001
    qtbot: QtBot,
) -> None:
    buses = Buses(bus.window, bus.window, login_session="2")
    spy = QSignalSpy(buses.left)
    bus.say(LOGIN_PATH, f"{LOGIN}.Manager", "PrepareForSleep", True)
    qtbot.waitUntil(lambda: spy.count() == 1)
    assert not buses.holds_sleep


def disconnected() -> QDBusConnection:
    from PySide6.QtDBus import QDBusConnection

    return QDBusConnection("nowhere")


def test_without_a_bus_nothing_is_heard_and_nothing_breaks(qapp: object) -> None:  # noqa: ARG001
    buses = Buses(disconnected(), disconnected())
    assert isinstance(buses, Desktop)
    assert not buses.holds_sleep


@pytest.mark.parametrize(
    ("message", "parameter", "reason"),
    [
        (POWER, SUSPEND, "slept"),
        (POWER, 0x12, None),  # awake again
        (SESSION_CHANGE, 0x7, "away"),  # locked
        (SESSION_CHANGE, 0x2, "away"),  # another user's turn
        (SESSION_CHANGE, 0x8, None),  # unlocked
        (0x000F, SUSPEND, None),
    ],
)
def test_windows_messages_are_told_apart(message: int, parameter: int, reason: str | None) -> None:
    assert reason_of(message, parameter) == reason


def test_the_clocks_follow_no_time_of_day(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = system_clock()
    passed, awake = clock.passed(), clock.awake()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert clock.passed() >= passed
    assert clock.awake() >= awake


@pytest.mark.skipif(sys.platform != "linux", reason="these clocks are Linux's")
def test_on_linux_one_clock_counts_sleep() -> None:
    clock = system_clock()
    before = time.clock_gettime(time.CLOCK_BOOTTIME)
    assert before <= clock.passed() <= time.clock_gettime(time.CLOCK_BOOTTIME)


def test_a_system_without_such_clocks_still_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "other")
    clock = system_clock()
    assert clock.awake is clock.passed
