"""Standard error: what native code writes there is sorted and counted, and its text goes nowhere.

The descriptor is replaced by a pipe that a thread reads. The writing end never blocks: who writes more than is read
loses lines, and who writes when nobody reads any more gets an error that C libraries ignore. So native code that
holds Python's lock can't wait for this thread, and a child can't wait for its parent.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
import threading
from functools import cache
from typing import TYPE_CHECKING, Any

from healthmate_desktop.logs.events import BY_CODE, LEVELS, Event
from healthmate_desktop.logs.tally import Tally
from healthmate_desktop.logs.values import from_child, is_id
from healthmate_desktop.logs.writing import MARK, the_log

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.logs.events import Code, Level, Process, Source

LONGEST_LINE = 4096  # bytes that are looked at
MOST_TOLD = 1000  # events that one child may log
_PATTERNS: tuple[tuple[Source, Level, bytes], ...] = (  # the first that fits
    ("sqlcipher_page", "error", rb"hmac check failed"),
    ("sqlcipher", "warning", rb"sqlcipher|sqlite3Codec|cipher_ctx|: [A-Z]+ (?:CORE|MEMORY|MUTEX) "),
    ("panic", "error", rb"^thread '.*' panicked at|^fatal runtime error|^Fatal Python error"),
    ("onnx", "info", rb"onnxruntime"),
    ("llama", "info", rb"^(?:~?llama|ggml|gguf|load[:_]|print_info|create_tensor|done_getting)"),
    ("llama", "info", rb"^(?:sched_|graph_|set_abort|parse: error|failed to parse grammar)"),
    ("lance", "info", rb"lance|datafusion|object_store|tokio"),
    ("qt_start", "warning", rb"Qt platform plugin|^Available platform plugins"),
    ("qt", "info", rb"^qt\.|^Q[A-Z][A-Za-z]+(?:::|:| |\()"),
    (
        "tesseract",
        "info",
        rb"^(?:Tesseract|Error opening data file|Estimating resolution|Image too)",
    ),
    ("mupdf", "info", rb"^(?i:mupdf|error: |warning: )"),
    (
        "python",
        "info",
        rb"^(?:Traceback|  File |Exception ignored|[\w.]+(?:Error|Warning|Exception)\b)",
    ),
)
_LEVELS: dict[Source, Level] = {source: level for source, level, _ in _PATTERNS} | {"other": "info"}


def sort(line: bytes) -> Source:
    """Which library a line is from."""
    for source, pattern in _compiled():
        if pattern.search(line):
            return source
    return "other"


class Listener:
    """Reads one pipe to its end, from a thread of its own."""

    def __init__(self, process: Process, reading: int, action: Callable[[], str] = str) -> None:
        """Takes `reading` over. `process` is who writes, and `action` what it is at."""
        self._process = process
        self._action = action
        self._told = 0
        self._lines = Tally(self._tell)
        self._thread = threading.Thread(
            target=self._read, args=(reading,), name=f"{process}-stderr", daemon=True
        )
        self._thread.start()

    def close(self, seconds: float = 1.0) -> None:
        """Wait for the end of the pipe, which comes when no process holds its other end."""
        self._thread.join(seconds)

    def count(self, source: Source) -> None:
        """A line that did not come through the pipe."""
        self._lines.add(source)

    def _read(self, reading: int) -> None:
        rest = b""
        with os.fdopen(reading, "rb", buffering=0) as pipe:
            while piece := pipe.read(65536):
                *lines, rest = (rest + piece).split(b"\n")
                rest = rest[:LONGEST_LINE]
                for line in lines:
                    self._hear(line[:LONGEST_LINE])
        self._hear(rest)
        self._lines.close()

    def _hear(self, line: bytes) -> None:
        if line.startswith(MARK) and self._process in {"reader", "engine"}:
            self._believe(line[len(MARK) :])
        elif line.strip():
            self.count(sort(line))

    def _believe(self, line: bytes) -> None:
        """An event of a child, which may have been taken over by a file: only what this program could say itself."""
        self._told += 1
        event = None if self._told > MOST_TOLD else _event(line)
        if event is None:
            self.count("other")
            return
        kind, level, action, fields = event
        the_log.add(
            kind, fields, level=level, process=self._process, action=action, clean=from_child
        )

    def _tell(self, source: Source, count: int) -> None:
        the_log.add(
            Event.NATIVE_OUTPUT,
            {"source": source, "lines": count},
            level=_LEVELS[source],
            process=self._process,
            action=self._action(),
        )


class Capture:
    """Descriptor 2 of this process, taken over until `give_back` or `hush`."""

    def __init__(self, process: Process, *, speaks: bool) -> None:
        """With `speaks`, what Python code writes to `sys.stderr` still reaches the terminal."""
        self._terminal = _terminal()
        reading, writing = quiet_pipe()
        os.dup2(writing, 2)
        os.close(writing)
        self.listener = Listener(process, reading)
        self._before = sys.stderr
        if speaks and self._terminal is not None:
            sys.stderr = self._speaking(self._terminal)
        else:
            sys.stderr = _Counted(lambda: self.listener.count("python"))

    def say(self, line: str) -> None:
        """A line of ours, for whoever started the program."""
        if self._terminal is not None:
            with contextlib.suppress(OSError):
                os.write(self._terminal, f"{line}\n".encode(errors="replace"))

    def give_back(self) -> None:
        """As it was. Call before this process becomes another one."""
        self._leave(self._terminal)

    def hush(self) -> None:
        """At the end of the process: what native code says after this is not even counted."""
        self._leave(None)

    def _leave(self, place: int | None) -> None:
        with contextlib.suppress(OSError):
            if place is None:
                _lead_nowhere()
            else:
                os.dup2(place, 2)
        self.listener.close()
        sys.stderr = self._before

    def _speaking(self, terminal: int) -> io.TextIOWrapper:
        return open(
            terminal,
            "w",
            buffering=1,
            encoding=getattr(sys.stderr, "encoding", None) or "utf-8",
            errors="backslashreplace",
            closefd=False,
        )


class _Counted(io.TextIOBase):
    """What Python code prints to standard error in the window."""

    def __init__(self, count: Callable[[], object]) -> None:
        self._count = count

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if text.strip():
            self._count()
        return len(text)


def mute() -> None:
    """In a child: what Python code prints to standard error goes nowhere, and can't fail."""
    sys.stderr = _Counted(lambda: None)


def quiet_pipe() -> tuple[int, int]:
    """A pipe whose writers never wait, where the system has such a thing."""
    reading, writing = os.pipe()
    if sys.platform != "win32":
        os.set_blocking(writing, False)
    return reading, writing


def say(line: str) -> None:
    """A line of ours on the terminal this program was started from, if there is one."""
    if _captures:
        _captures[-1].say(line)
    elif sys.stderr is not None:
        sys.stderr.write(line + "\n")


def capture(process: Process, *, speaks: bool) -> None:
    """Take descriptor 2 over, once in a process."""
    if not _captures:
        _captures.append(Capture(process, speaks=speaks))


def give_back() -> None:
    """Descriptor 2 as it was before `capture`. Call right before `os.execv`."""
    while _captures:
        _captures.pop().give_back()


def hush() -> None:
    """Call last in a process that captured."""
    while _captures:
        _captures.pop().hush()


def _event(line: bytes) -> tuple[Code, Level | None, str, dict[str, Any]] | None:
    try:
        said = json.loads(line)
        kind, level, action, fields = (said[k] for k in ("event", "level", "action", "fields"))
        event = BY_CODE[kind]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(fields, dict) or level not in LEVELS:
        return None
    return event, level, action if is_id(action) else "", fields


def _terminal() -> int | None:
    """A copy of descriptor 2. None for a program without a terminal, whose 2 leads nowhere from now on."""
    try:
        return os.dup(2)
    except OSError:
        _lead_nowhere()
        return None


def _lead_nowhere() -> None:
    """Descriptor 2, so that no other file gets its number."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    if nowhere != 2:
        os.dup2(nowhere, 2)
        os.close(nowhere)


@cache
def _compiled() -> list[tuple[Source, re.Pattern[bytes]]]:
    return [(source, re.compile(pattern)) for source, _, pattern in _PATTERNS]


_captures: list[Capture] = []
