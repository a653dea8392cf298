"""Takes events and brings them, as JSON lines, to where they are kept.

Until a vault is open that is a small file, without ids; while it is open, the vault; in a child process, standard
error, where the parent takes them up. What can't be kept is counted. No caller is ever harmed or held up.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections import deque
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from healthmate_desktop.logs.events import BY_CODE, IDS, LEVELS, Code, Event
from healthmate_desktop.logs.values import Refused, cleaned, for_parent, is_strict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from healthmate_desktop.logs.events import Level, Process
    from healthmate_desktop.logs.values import Value

    AddLines = Callable[[list[str]], object]

MARK = b"\x1e"  # begins a line of a child's own log on its standard error
MOST_WAITING = 1000  # entries in memory
AT_ONCE = 50  # entries that are worth a write
SECONDS = 30.0  # after which fewer are written into an open vault, too
PATIENCE = 0.8  # seconds that closing the vault waits for a write that is under way
_URGENT = LEVELS.index("warning")

current_action: ContextVar[str] = ContextVar("current_action", default="")


class Entry:
    """One event, with fields that were cleaned."""

    __slots__ = ("action", "at", "event", "fields", "level", "process")

    def __init__(
        self, event: Code, level: Level, action: str, process: Process, fields: dict[str, Any]
    ) -> None:
        self.at = time.time()
        self.event = event.code
        self.level = level
        self.action = action
        self.process = process
        self.fields = fields

    @property
    def urgent(self) -> bool:
        return LEVELS.index(self.level) >= _URGENT

    def line(self, *, ids: bool = True) -> str:
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(self.at))
        told = {
            "at": f"{at}.{int(self.at % 1 * 1000):03d}Z",
            "level": self.level,
            "event": self.event,
            "action": self.action,
            "process": self.process,
            "fields": {
                name: value for name, value in self.fields.items() if ids or name not in IDS
            },
        }
        return json.dumps(told, separators=(",", ":"))


class Log:
    """The log of one process. Any thread may call anything."""

    def __init__(self) -> None:
        self.process: Process = "app"
        self.least: Level = "info"
        self.is_child = False
        self._file: Path | None = None
        self._vault: AddLines | None = None
        self._waiting: deque[Entry] = deque(maxlen=MOST_WAITING)
        self._lost = 0
        self._refused = 0
        self._keeping = threading.Lock()  # held while lines are written
        self._keeper = 0  # the thread that holds it
        self._wake = threading.Event()
        self._writer: threading.Thread | None = None

    def add(  # noqa: PLR0913 - by keyword
        self,
        event: Code,
        fields: Mapping[str, Any],
        *,
        level: Level | None = None,
        process: Process | None = None,
        action: str | None = None,
        clean: Callable[[str, Any], Any] = cleaned,
    ) -> None:
        """Raises Refused where the log is strict, and nothing else."""
        if not isinstance(event, Code) or BY_CODE.get(event.code) is not event:
            self._refuse(Refused("an event is one of logs/events.py"))
            return
        level = level if level in LEVELS else event.level
        if LEVELS.index(level) < LEVELS.index(self.least):
            return
        known: dict[str, Any] = {}
        for name, value in fields.items():
            try:
                known[name] = clean(name, value)
            except Exception as error:  # noqa: BLE001 - Refused, or a value with methods of its own
                self._refuse(error)
        action = current_action.get() if action is None else action
        self._take(Entry(event, level, action, process or self.process, known))

    def keep_in(self, path: Path) -> None:
        """The file for events outside an open vault. It is written when its folder is there."""
        self._file = path

    def to_vault(self, add_lines: AddLines) -> None:
        """From now on lines go there, from a thread of the log's own, until `to_file`."""
        self.to_file()
        self.flush()
        self._vault = add_lines
        self._wake.clear()
        self._writer = threading.Thread(target=self._write_on, name="log-writer", daemon=True)
        self._writer.start()

    def to_file(self) -> None:
        """Hand what waits to the vault, which closes after this; never to the file."""
        writer, self._writer = self._writer, None
        if writer is not None:
            self._wake.set()
            writer.join(PATIENCE)
        if self._vault is None:
            return
        self.flush(wait=PATIENCE)
        self._lost += len(self._waiting)
        self._waiting.clear()
        self._vault = None

    def flush_soon(self) -> None:
        """At once to the file, from the log's own thread to the vault."""
        if self._vault is not None:
            self._wake.set()
        else:
            self.flush()

    def flush(self, wait: float = 0) -> None:
        """Bring what waits to where it is kept. Does nothing while another thread, or this one, is at it."""
        taken = (
            self._keeping.acquire(timeout=wait) if wait else self._keeping.acquire(blocking=False)
        )
        if not taken:
            return
        self._keeper = threading.get_ident()
        try:
            if self._vault is not None:
                self._keep_in_vault(self._vault)
            elif self._file is not None and self._file.parent.is_dir():
                self._keep_in_file(self._file)
        finally:
            self._keeper = 0
            self._keeping.release()

    def _refuse(self, error: Exception) -> None:
        if is_strict() and isinstance(error, Refused):
            raise error
        self._refused += 1
        if self.is_child:
            self._tell_of_losses()

    def _take(self, entry: Entry) -> None:
        if self.is_child:
            _tell_parent(entry)
            return
        self._lost += len(self._waiting) == MOST_WAITING  # the oldest makes room
        self._waiting.append(entry)
        if (
            not (entry.urgent or len(self._waiting) >= AT_ONCE)
            or self._keeper == threading.get_ident()
        ):
            return  # what is logged while lines are written does not cause another writing
        self.flush_soon()

    def _write_on(self) -> None:
        while self._writer is threading.current_thread():
            self._wake.wait(SECONDS)
            self._wake.clear()
            if self._waiting:
                self.flush()

    def _all_waiting(self) -> list[Entry]:
        """And how many are missing."""
        self._tell_of_losses()
        entries = []
        with contextlib.suppress(IndexError):  # another thread may add, but only this one takes
            while True:
                entries.append(self._waiting.popleft())
        return entries

    def _tell_of_losses(self) -> None:
        lost, refused, self._lost, self._refused = self._lost, self._refused, 0, 0
        if lost:
            self.add(Event.LOG_LOST, {"lines": lost}, action="")
        if refused:
            self.add(Event.LOG_REFUSED, {"count": refused}, action="")

    def _keep_in_vault(self, add_lines: AddLines) -> None:
        self._keep(
            lambda entries: add_lines([entry.line() for entry in entries]),
            lambda: self._vault is add_lines,
        )

    def _keep_in_file(self, path: Path) -> None:
        from healthmate_desktop.logs.file import append

        self._keep(
            lambda entries: append(path, [entry.line(ids=False) for entry in entries]),
            lambda: self._vault is None,
        )

    def _keep(self, write: Callable[[list[Entry]], object], has_next: Callable[[], bool]) -> None:
        """What a full disk, or a busy or closed vault, does not take waits for the next time, if there is one."""
        entries = self._all_waiting()
        if not entries:
            return
        try:
            write(entries)
        except Exception:  # noqa: BLE001 - whatever it is, it must not reach who logs
            room = MOST_WAITING - len(self._waiting) if has_next() else 0
            self._lost += max(0, len(entries) - room)
            self._waiting.extendleft(reversed(entries[-room:] if room else []))


def _tell_parent(entry: Entry) -> None:
    """In one write, so that it stays one line; standard error never blocks, and may be closed or full."""
    said = {
        "event": entry.event,
        "level": entry.level,
        "action": entry.action,
        "fields": {name: for_parent(name, value) for name, value in entry.fields.items()},
    }
    with contextlib.suppress(OSError):
        os.write(2, b"\n" + MARK + json.dumps(said).encode() + b"\n")


the_log = Log()


def log(event: Code, level: Level | None = None, /, **fields: Value) -> None:
    """Note that something happened. Each event has its level, which `level` changes for once.

    Raises Refused for what may not be logged where HEALTHMATE_STRICT_LOG is set; else that field is left out.
    """
    the_log.add(event, fields, level=level)
