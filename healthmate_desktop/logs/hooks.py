"""What Python, its libraries and Qt would print or log themselves: counted, never quoted."""

from __future__ import annotations

import sys
import threading
import warnings
from typing import TYPE_CHECKING, Any, TextIO

from healthmate_desktop.logs import native
from healthmate_desktop.logs.events import WORDS, Event
from healthmate_desktop.logs.tally import Tally
from healthmate_desktop.logs.values import cleaned, places
from healthmate_desktop.logs.writing import log, the_log

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable
    from types import TracebackType

    from healthmate_desktop.logs.events import Code, Level

    Hook = Callable[[type[BaseException], BaseException, TracebackType | None], object]

_QT_KINDS: dict[int, tuple[Code, Level]] = {
    0: (Event.QT_MESSAGE, "debug"),
    1: (Event.QT_MESSAGE, "warning"),
    2: (Event.QT_MESSAGE, "error"),
    3: (Event.QT_STOPPED, "critical"),
    4: (Event.QT_MESSAGE, "info"),
}


def watch_exceptions() -> None:
    """Of a mistake in the program only its class and the lines of this package are told."""
    sys.excepthook = reporting(_say_where)
    threading.excepthook = _on_thread
    sys.unraisablehook = _on_object
    warnings.showwarning = _on_warning


def reporting(shown: Hook) -> Hook:
    """An excepthook that logs a mistake, then shows it."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, Exception):
            log(Event.PROGRAM_BUG, error=kind, place=places(trace))
        shown(kind, error, trace)

    return hook


def count_library_records() -> None:
    """From now on Python's `logging` only counts."""
    import logging

    class Counter(logging.Handler):
        def handle(self, record: logging.LogRecord) -> bool:  # never formatted
            _records.add((record.name, record.levelno))
            return True

    logging.raiseExceptions = False
    logging.lastResort = None
    root = logging.getLogger()
    root.handlers = [Counter()]


def on_qt_message(kind: Any, context: Any, _message: str) -> None:
    """For `qInstallMessageHandler`. The message may quote what is on the screen."""
    number = int(getattr(kind, "value", 1))
    _qt_messages.add((number, str(getattr(context, "category", ""))))
    if number == 3:
        native.say("Qt stopped the program.")
        the_log.flush()


def close_counts() -> None:
    """Log what was counted and not told yet."""
    for tally in (_records, _qt_messages, _warnings):
        tally.close()


def _say_where(
    kind: type[BaseException], _error: BaseException, trace: TracebackType | None
) -> None:
    """On the terminal, as no window is there to show it."""
    if not issubclass(kind, Exception):  # Ctrl+C
        return
    found = places(trace)
    where = f" at {found[0]}" if found else ""
    name = cleaned("error", kind)
    native.say(f"HealthMate stopped by a mistake of its own: {name}{where}. Your records are safe.")


def _on_thread(arguments: threading.ExceptHookArgs) -> None:
    if issubclass(arguments.exc_type, Exception):
        log(Event.THREAD_BUG, error=arguments.exc_type, place=places(arguments.exc_traceback))


def _on_object(arguments: sys.UnraisableHookArgs) -> None:
    log(Event.OBJECT_BUG, error=arguments.exc_type, place=places(arguments.exc_traceback))


def _on_warning(  # noqa: PLR0913, PLR0917 - as Python calls it
    message: Warning | str,  # noqa: ARG001
    category: type[Warning],
    filename: str,  # noqa: ARG001
    lineno: int,  # noqa: ARG001
    file: TextIO | None = None,  # noqa: ARG001
    line: str | None = None,  # noqa: ARG001
) -> None:
    _warnings.add(category)


def _tell_records(key: tuple[str, int], count: int) -> None:
    name, severity = key
    library: Any = name.partition(".")[0]
    level: Level = "error" if severity >= 50 else "warning" if severity >= 40 else "info"
    log(
        Event.LIBRARY_RECORD,
        level,
        library=library if library in WORDS else "other",
        severity=severity if isinstance(severity, int) else 0,
        records=count,
    )


def _tell_qt_messages(key: tuple[int, str], count: int) -> None:
    number, name = key
    event, level = _QT_KINDS.get(number, _QT_KINDS[1])
    category: Any = ".".join(name.split(".")[:2])
    log(event, level, category=category if category in WORDS else "other", count=count)


def _tell_warnings(category: type[Warning], count: int) -> None:
    log(Event.LIBRARY_WARNING, error=category, count=count)


_records = Tally(_tell_records)
_qt_messages = Tally(_tell_qt_messages)
_warnings = Tally(_tell_warnings)
