"""What Windows offers a process that wants less. Each measure stands alone; one that is not there is left out."""

from __future__ import annotations

import ctypes
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Load = Callable[[str], Any]  # a library by its name; raises OSError

# SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX, SEM_NOOPENFILEERRORBOX
_NO_FAULT_BOX = 0x0002
_QUIET = 0x0001 | _NO_FAULT_BOX | 0x8000
_REPORT_WITHOUT_HEAP = 1  # WER_FAULT_REPORTING_FLAG_NOHEAP
_EXTENSION_POINTS, _IMAGE_LOAD = 6, 10  # of PROCESS_MITIGATION_POLICY
_NO_EXTENSION_POINTS, _NO_LOW_LABEL_IMAGES = 1, 2
_DACL = 4  # DACL_SECURITY_INFORMATION
_VM_READ = 0x0010
# its owner may wait for it, end it and ask for its state, as KeePassXC has it; the system may do all
_CLOSED = "D:P(A;;0x101001;;;OW)(A;;GA;;;SY)"
_THIS_PROCESS = ctypes.c_void_p(-1)


def load_library(name: str) -> Any:
    """Raises OSError on other systems."""
    if sys.platform == "win32":
        return ctypes.WinDLL(name, use_last_error=True)
    raise OSError("not Windows")


def refuse_crash_reports(load: Load = load_library) -> None:
    """A crash shows no box, and neither Windows Error Reporting nor its dumps get a copy of the memory."""
    _call(load, "kernel32", "SetErrorMode", _QUIET)
    _call(load, "kernel32", "WerSetFlags", _REPORT_WITHOUT_HEAP)
    _call(load, "wer", "WerAddExcludedApplication", ctypes.c_wchar_p(sys.executable), 0)


def crash_reports_refused(load: Load = load_library) -> bool:
    mode = _call(load, "kernel32", "GetErrorMode")
    return mode is not None and bool(mode & _NO_FAULT_BOX)


def refuse_foreign_code(load: Load = load_library, *, extension_points: bool = False) -> None:
    """Keep out libraries that less trusted programs left behind and, without a window, hooks of other programs.

    Hooks carry screen readers and input methods, so a process with a window keeps its `extension_points`.
    """
    _set_policy(load, _IMAGE_LOAD, _NO_LOW_LABEL_IMAGES)
    if not extension_points:
        _set_policy(load, _EXTENSION_POINTS, _NO_EXTENSION_POINTS)


def close_memory(load: Load = load_library) -> None:
    """No other program of this person may open the process to read it."""
    descriptor = ctypes.c_void_p()
    made = _call(
        load,
        "advapi32",
        "ConvertStringSecurityDescriptorToSecurityDescriptorW",
        ctypes.c_wchar_p(_CLOSED),
        1,
        ctypes.byref(descriptor),
        None,
    )
    if made:
        _call(load, "advapi32", "SetKernelObjectSecurity", _THIS_PROCESS, _DACL, descriptor)
        _call(load, "kernel32", "LocalFree", descriptor)


def memory_closed(load: Load = load_library) -> bool:
    """By trying to open it as another program would."""
    try:
        open_process = load("kernel32").OpenProcess
    except (OSError, AttributeError):
        return False
    handle = open_process(_VM_READ, 0, os.getpid())
    if handle:
        _call(load, "kernel32", "CloseHandle", ctypes.c_void_p(handle))
    return not handle


def _set_policy(load: Load, policy: int, flags: int) -> None:
    value = ctypes.c_uint32(flags)
    _call(
        load,
        "kernel32",
        "SetProcessMitigationPolicy",
        policy,
        ctypes.byref(value),
        ctypes.c_size_t(ctypes.sizeof(value)),
    )


def _call(load: Load, library: str, name: str, *arguments: Any) -> Any:
    """What the function answers; None where this Windows has no such thing."""
    try:
        return getattr(load(library), name)(*arguments)
    except (OSError, AttributeError):
        return None
