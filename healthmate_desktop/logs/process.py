"""Starts and ends the log of a process, and says where its lines are kept."""

from __future__ import annotations

import atexit
import os
import sys
from typing import TYPE_CHECKING, Any, Literal

from healthmate_desktop.logs import hooks, native
from healthmate_desktop.logs.events import LEVELS, Event
from healthmate_desktop.logs.writing import log, the_log

if TYPE_CHECKING:
    from pathlib import Path

    from healthmate_desktop.logs.writing import AddLines

LEAST = "HEALTHMATE_LOG_LEVEL"  # one of the five levels; children are told it, too


def start(process: Literal["app", "cli"]) -> None:
    """Call once, early: mistakes and native output are counted from here on, and kept after `keep_in`.

    The command line goes on talking to its terminal through `sys.stderr`; in the window nothing does but `say`.
    """
    _begin(process)
    native.capture(process, speaks=process == "cli")
    hooks.count_library_records()
    atexit.register(_end)
    from healthmate_desktop import __version__

    major, minor, patch = (int(part) if part.isdigit() else 0 for part in __version__.split("."))
    system: Any = sys.platform
    python = sys.version_info.minor
    log(Event.PROGRAM_STARTED, major=major, minor=minor, patch=patch, python=python, system=system)


def start_child(room: Literal["reader", "engine"]) -> None:
    """In a child, whose parent takes its events up from standard error."""
    _begin(room)
    the_log.is_child = True
    native.mute()


def keep_in(path: Path) -> None:
    """The file for events outside an open vault. It is made once its folder is there."""
    the_log.keep_in(path)


def to_vault(add_lines: AddLines) -> None:
    """From now on lines go into the vault, at times of the log's own and from its own thread."""
    the_log.to_vault(add_lines)


def to_file() -> None:
    """Call before the vault closes and outside any transaction: what waits is handed to it first."""
    the_log.to_file()


def flush() -> None:
    """Write what waits to the file outside the vault, or have it written into the vault soon."""
    the_log.flush_soon()


def _begin(process: Literal["app", "cli", "reader", "engine"]) -> None:
    the_log.process = process
    wanted = os.environ.get(LEAST, "")
    the_log.least = next((level for level in LEVELS if level == wanted), the_log.least)
    hooks.watch_exceptions()


def _end() -> None:
    hooks.close_counts()
    native.hush()
    log(Event.PROGRAM_ENDED)
    the_log.to_file()
    the_log.flush()
