"""The program's own log: event codes and numbers, never text. See docs/decisions/0012."""

from healthmate_desktop.logs.events import Event, Level, Process
from healthmate_desktop.logs.hooks import on_qt_message, reporting
from healthmate_desktop.logs.native import give_back, say
from healthmate_desktop.logs.process import (
    flush,
    keep_in,
    start,
    start_child,
    to_file,
    to_vault,
)
from healthmate_desktop.logs.values import places
from healthmate_desktop.logs.writing import current_action, log

__all__ = [
    "Event",
    "Level",
    "Process",
    "current_action",
    "flush",
    "give_back",
    "keep_in",
    "log",
    "on_qt_message",
    "places",
    "reporting",
    "say",
    "start",
    "start_child",
    "to_file",
    "to_vault",
]
