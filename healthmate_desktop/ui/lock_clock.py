"""Seconds that go on while the computer sleeps, and seconds that do not: what the lock measures with."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class LockClock:
    """Neither follows the time of day, so that setting the clock keeps no vault open."""

    passed: Callable[[], float]  # with sleep
    awake: Callable[[], float]  # without; where a system does not tell, the same as `passed`


def system_clock() -> LockClock:
    """The clocks of this system."""
    if sys.platform == "linux":
        return LockClock(lambda: time.clock_gettime(time.CLOCK_BOOTTIME), time.monotonic)
    if sys.platform == "win32":
        return _windows_clock()
    if sys.platform == "darwin":
        return _mac_clock()
    return LockClock(time.monotonic, time.monotonic)


def _windows_clock() -> LockClock:
    import ctypes

    kernel = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined, unused-ignore]
    kernel.GetTickCount64.restype = ctypes.c_uint64

    def awake() -> float:
        ticks = ctypes.c_uint64()  # of 100 ns
        kernel.QueryUnbiasedInterruptTime(ctypes.byref(ticks))
        return ticks.value / 10_000_000

    return LockClock(lambda: kernel.GetTickCount64() / 1000, awake)


def _mac_clock() -> LockClock:
    import ctypes

    class Timebase(ctypes.Structure):
        _fields_ = (("numer", ctypes.c_uint32), ("denom", ctypes.c_uint32))

    system, base = ctypes.CDLL("/usr/lib/libSystem.dylib"), Timebase()
    system.mach_timebase_info(ctypes.byref(base))
    seconds = base.numer / base.denom / 1_000_000_000
    for name in ("mach_continuous_time", "mach_absolute_time"):
        getattr(system, name).restype = ctypes.c_uint64
    return LockClock(
        lambda: system.mach_continuous_time() * seconds,
        lambda: system.mach_absolute_time() * seconds,
    )
