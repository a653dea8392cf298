"""What is asked of Windows and macOS, against libraries that note it. Neither was at hand: no more is proven."""

from __future__ import annotations

import ctypes
import os
import sys
from typing import Any

import pytest

from healthmate_desktop.security import macos, windows

pytestmark = [pytest.mark.security, pytest.mark.unit]


class Library:
    """Functions that note how they were called and answer as they were told to."""

    def __init__(self, name: str, system: System) -> None:
        self._name, self._system = name, system

    def __getattr__(self, function: str) -> Any:
        if function not in self._system.answers:
            raise AttributeError(function)

        def call(*arguments: Any) -> Any:
            self._system.calls.append((self._name, function, tuple(map(plain, arguments))))
            answer = self._system.answers[function]
            return answer(*arguments) if callable(answer) else answer

        return call


class System:
    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.calls: list[tuple[str, str, tuple[Any, ...]]] = []

    def __call__(self, name: str = "c") -> Library:
        return Library(name, self)


def plain(argument: Any) -> Any:
    """What C would see: the number or text itself, and what a pointer points to."""
    pointed = getattr(argument, "_obj", None)
    return getattr(argument if pointed is None else pointed, "value", argument)


def nothing(_name: str = "") -> Any:
    raise OSError("no such library")


def test_windows_is_asked_for_no_report_of_a_crash() -> None:
    system = System(SetErrorMode=0, WerSetFlags=0, WerAddExcludedApplication=0, GetErrorMode=0x8003)
    windows.refuse_crash_reports(system)
    assert system.calls == [
        ("kernel32", "SetErrorMode", (0x8003,)),
        ("kernel32", "WerSetFlags", (1,)),
        ("wer", "WerAddExcludedApplication", (sys.executable, 0)),
    ]
    assert windows.crash_reports_refused(system)
    assert not windows.crash_reports_refused(System(GetErrorMode=0x0001))


@pytest.mark.parametrize("extension_points", [True, False])
def test_windows_is_asked_to_keep_foreign_code_out(extension_points: bool) -> None:
    """Screen readers and input methods come in by extension points, so a window keeps them."""
    system = System(SetProcessMitigationPolicy=1)
    windows.refuse_foreign_code(system, extension_points=extension_points)
    asked = [(policy, flags) for _, _, (policy, flags, _size) in system.calls]
    assert asked == ([(10, 2)] if extension_points else [(10, 2), (6, 1)])
    assert {size for _, _, (_policy, _flags, size) in system.calls} == {4}


def test_windows_is_asked_to_close_the_memory_to_others() -> None:
    def convert(_text: Any, _revision: int, descriptor: Any, _size: None) -> int:
        descriptor._obj.value = 77
        return 1

    system = System(
        ConvertStringSecurityDescriptorToSecurityDescriptorW=convert,
        SetKernelObjectSecurity=1,
        LocalFree=0,
    )
    windows.close_memory(system)
    names = [name for _, name, _ in system.calls]
    assert names[1:] == ["SetKernelObjectSecurity", "LocalFree"]
    text = system.calls[0][2][0]
    assert text.startswith("D:P")  # nothing inherited
    assert "WD" not in text  # not everyone
    assert system.calls[1][2] == (ctypes.c_void_p(-1).value, 4, 77)
    assert system.calls[2][2] == (77,)


def test_a_descriptor_that_windows_does_not_make_is_not_set() -> None:
    system = System(
        ConvertStringSecurityDescriptorToSecurityDescriptorW=0, SetKernelObjectSecurity=1
    )
    windows.close_memory(system)
    assert len(system.calls) == 1


def test_whether_the_memory_is_closed_is_found_out_by_trying() -> None:
    refused = System(OpenProcess=0, CloseHandle=1)
    assert windows.memory_closed(refused)
    assert refused.calls == [("kernel32", "OpenProcess", (0x0010, 0, os.getpid()))]
    opened = System(OpenProcess=312, CloseHandle=1)
    assert not windows.memory_closed(opened)
    assert opened.calls[1] == ("kernel32", "CloseHandle", (312,))


@pytest.mark.parametrize("load", [System(), nothing], ids=["old Windows", "no library"])
def test_what_windows_does_not_have_is_left_out(load: Any) -> None:
    windows.refuse_crash_reports(load)
    windows.refuse_foreign_code(load)
    windows.close_memory(load)
    assert not windows.crash_reports_refused(load)
    assert not windows.memory_closed(load)


@pytest.mark.skipif(sys.platform == "win32", reason="there are such libraries")
def test_elsewhere_there_are_no_windows_libraries() -> None:
    with pytest.raises(OSError, match="not Windows"):
        windows.load_library("kernel32")


def test_macos_is_asked_to_deny_debuggers() -> None:
    system = System(ptrace=0)
    assert macos.deny_debuggers(system)
    assert system.calls == [("c", "ptrace", (31, 0, None, 0))]
    assert not macos.deny_debuggers(System(ptrace=-1))
    assert not macos.deny_debuggers(System())
    assert not macos.deny_debuggers(nothing)


@pytest.mark.skipif(sys.platform == "win32", reason="its C library has another name")
def test_the_c_library_is_found() -> None:
    assert macos.load_library().getpid() == os.getpid()
