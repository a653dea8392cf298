"""What Linux offers a process that wants less: no core dumps, memory closed to others, no internet sockets."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from typing import Any

_PR_GET_DUMPABLE, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 3, 4, 38
_SET_MODE_FILTER, _ALL_THREADS = 1, 1  # SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC
_AF_UNIX = 1
_IO_URING_SETUP = 425  # could make sockets past socket(2); the same number everywhere
_X32 = 0x40000000  # system calls of the x32 ABI carry this bit
# machine: audit architecture, numbers of socket(2) and seccomp(2)
_MACHINES = {"x86_64": (0xC000003E, 41, 317), "aarch64": (0xC00000B7, 198, 277)}
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | errno.EACCES, 0x80000000


def close_memory() -> None:
    """No other program of this person reads it, and a crash leaves no core, not even with a collector of cores."""
    _c().prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def memory_closed() -> bool:
    return bool(_c().prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0) == 0)


def refuse_internet_sockets() -> bool:
    """socket(2) gives EACCES for any family but AF_UNIX, in native code too. False where not every thread obeys.

    If a thread can't be included, at least this one and what it starts is.
    """
    machine = os.uname().machine
    if machine not in _MACHINES:
        return False
    architecture, socket_call, seccomp_call = _MACHINES[machine]
    steps = _program(architecture, socket_call)
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(
        struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(code))
    )
    library = _c()
    library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)

    def set_for(threads: int) -> bool:
        # the answer may be the id of a thread that has filters of its own: then nothing was set
        answer = library.syscall(seccomp_call, _SET_MODE_FILTER, threads, ctypes.addressof(program))
        return bool(answer == 0)

    everywhere = set_for(_ALL_THREADS)
    if not everywhere:
        set_for(0)
    return everywhere


def _program(architecture: int, socket_call: int) -> list[tuple[int, int, int, int]]:
    """In the language of seccomp-BPF: what to do, how far to jump if so and if not, a number."""
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    return [
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


def _c() -> Any:
    library = ctypes.CDLL(None, use_errno=True)
    library.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    library.syscall.argtypes = [ctypes.c_long, *[ctypes.c_ulong] * 3]
    library.syscall.restype = ctypes.c_long
    return library
