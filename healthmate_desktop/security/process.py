"""What this process may do: private files, no core dumps, no internet sockets. Irreversible, inherited by children."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import struct
import sys
from typing import Any, Literal

Room = Literal["app", "engine", "reader"]

_PR_GET_DUMPABLE, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 3, 4, 38
_SET_MODE_FILTER, _ALL_THREADS = 1, 1  # SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC
_AF_UNIX, _AF_INET, _SOCK_STREAM = 1, 2, 1
_IO_URING_SETUP = 425  # could make sockets past socket(2); the same number everywhere
_X32 = 0x40000000  # system calls of the x32 ABI carry this bit
# machine: audit architecture, numbers of socket(2) and seccomp(2)
_MACHINES = {"x86_64": (0xC000003E, 41, 317), "aarch64": (0xC00000B7, 198, 277)}
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | errno.EACCES, 0x80000000


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
        library = ctypes.CDLL(None, use_errno=True)
        library.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        if os.uname().machine in _MACHINES:
            _refuse_internet_sockets(library, *_MACHINES[os.uname().machine])
    if not _tripwire_is_set():
        sys.addaudithook(_tripwire)


def protections() -> dict[str, bool]:
    """What holds in this process, by trying: for `healthmate-cli doctor`."""
    return {
        "private_files": _private_files(),
        "no_core_dumps": _no_core_dumps(),
        "memory_closed_to_others": _not_dumpable(),
        "no_internet_sockets": _internet_sockets_refused(),
        "socket_tripwire": _tripwire_is_set(),
    }


def _refuse_internet_sockets(
    library: ctypes.CDLL, architecture: int, socket_call: int, seccomp_call: int
) -> None:
    """A seccomp-BPF program: socket(2) gives EACCES for any family but AF_UNIX, in native code too."""
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    program = [
        (load, 0, 0, 4),  # architecture
        (equal, 1, 0, architecture),
        (answer, 0, 0, _KILL),  # 32-bit calls have other numbers
        (load, 0, 0, 0),  # number of the call
        (at_least, 0, 1, _X32),
        (answer, 0, 0, _KILL),
        (equal, 0, 1, _IO_URING_SETUP),
        (answer, 0, 0, _REFUSE),
        (equal, 0, 3, socket_call),
        (load, 0, 0, 16),  # first argument: the family
        (equal, 1, 0, _AF_UNIX),
        (answer, 0, 0, _REFUSE),
        (answer, 0, 0, _ALLOW),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))
    filter_ = ctypes.create_string_buffer(
        struct.pack("HxxxxxxQ", len(program), ctypes.addressof(code))
    )
    library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    library.syscall(seccomp_call, _SET_MODE_FILTER, _ALL_THREADS, filter_)


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


def _private_files() -> bool:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask & 0o077 == 0o077 and sys.platform != "win32"


def _no_core_dumps() -> bool:
    if sys.platform == "win32":
        return False
    import resource

    return resource.getrlimit(resource.RLIMIT_CORE)[0] == 0


def _not_dumpable() -> bool:
    if sys.platform != "linux":
        return False
    return bool(ctypes.CDLL(None).prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0) == 0)


def _internet_sockets_refused() -> bool:
    """By the system itself, so past Python's own checks."""
    if sys.platform == "win32":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    handle = library.socket(_AF_INET, _SOCK_STREAM, 0)
    if handle < 0:
        return ctypes.get_errno() == errno.EACCES
    with contextlib.suppress(OSError):
        os.close(handle)
    return False
