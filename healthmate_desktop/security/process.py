"""What this process may do: private files, no core dumps, no internet sockets. Irreversible, inherited by children."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import sys
from typing import Any, Literal

from healthmate_desktop.domain.sessions import Protection
from healthmate_desktop.security import linux, macos, windows

Room = Literal["app", "engine", "reader"]

_AF_INET, _SOCK_STREAM = 2, 1
_denied: list[bool] = []  # what macOS answered, it can't be asked later
_everywhere: list[bool] = []  # whether Linux took every thread in


def harden(room: Room) -> None:
    """Call first in a process. What this system does not offer is left out; see `protections`.

    Children `engine` and `reader` also lose the right to write files.
    """
    os.umask(0o077)
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if room != "app":
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":
        linux.close_memory()
        _everywhere.append(linux.refuse_internet_sockets())
    elif sys.platform == "darwin":
        _denied.append(macos.deny_debuggers())
    elif sys.platform == "win32":
        windows.refuse_crash_reports()
        windows.refuse_foreign_code(extension_points=room == "app")
        windows.close_memory()
    if not _tripwire_is_set():
        sys.addaudithook(_tripwire)


def protections(system: str = sys.platform) -> list[Protection]:
    """What holds in this process, by trying. The details say why something does not."""
    return [
        _protection(
            "private_files",
            "Files that HealthMate writes can be opened by your account only.",
            _private_files(system),
            "On Windows this follows from your folder's own settings, which HealthMate does not change."
            if system == "win32"
            else "This process was not started by HealthMate's own program.",
        ),
        _protection(
            "no_core_dumps",
            "If HealthMate crashes, no copy of its memory is left on the disk.",
            _no_core_dumps(system),
            "The system did not agree to this. Turn off crash reports in its settings.",
        ),
        _protection(
            "memory_closed_to_others",
            "Other programs of yours can't read HealthMate's memory.",
            _memory_closed(system),
            "The system did not agree to this. Use only programs you trust while your records are open.",
        ),
        _internet_protection(system),
        _protection(
            "socket_tripwire",
            "A mistake in HealthMate's own code that reached for the network would be stopped at once.",
            _tripwire_is_set(),
            "This process was not started by HealthMate's own program.",
        ),
    ]


def _protection(key: str, words: str, active: bool, detail: str) -> Protection:
    return Protection(key, words, active, "" if active else detail)


def _internet_protection(system: str) -> Protection:
    words = "The system itself refuses HealthMate every connection to the internet."
    if system != "linux":
        detail = (
            "Only Linux offers this to a program. HealthMate makes no connection by itself; "
            "a firewall can make sure of it."
        )
        return Protection("no_internet_sockets", words, active=False, detail=detail)
    if not _internet_refused_here():
        detail = (
            "This kernel or processor does not offer it. HealthMate makes no connection by itself."
        )
        return Protection("no_internet_sockets", words, active=False, detail=detail)
    detail = "A part of the program that started earlier is not included. Start HealthMate again."
    return _protection("no_internet_sockets", words, all(_everywhere), detail)


def _tripwire(event: str, arguments: tuple[Any, ...]) -> None:
    """Catches a mistake of our own at its line on every system. Native code does not pass here."""
    if event in {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"} or (
        event in {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"}
        and not isinstance(arguments[1], (str, bytes, type(None)))
    ):
        raise PermissionError(errno.EACCES, "this process may not use the network")


def _tripwire_is_set() -> bool:
    try:
        sys.audit("socket.connect", None, ("", 0))
    except PermissionError:
        return True
    return False


def _private_files(system: str) -> bool:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask & 0o077 == 0o077 and system != "win32"


def _no_core_dumps(system: str) -> bool:
    if system == "win32":
        return windows.crash_reports_refused()
    if sys.platform == "win32":
        return False
    import resource

    no_file = resource.getrlimit(resource.RLIMIT_CORE)[0] == 0
    # a collector of cores (systemd-coredump, apport) is asked in spite of the limit
    return no_file and (system != "linux" or linux.memory_closed())


def _memory_closed(system: str) -> bool:
    if system == "linux":
        return linux.memory_closed()
    if system == "win32":
        return windows.memory_closed()
    return any(_denied)


def _internet_refused_here() -> bool:
    """By the system itself, so past Python's own checks; in this thread."""
    if sys.platform == "win32":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    handle = library.socket(_AF_INET, _SOCK_STREAM, 0)
    if handle < 0:
        return ctypes.get_errno() == errno.EACCES
    with contextlib.suppress(OSError):
        os.close(handle)
    return False
