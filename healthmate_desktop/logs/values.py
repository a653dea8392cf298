"""What may stand in a field. Text may not: whatever is not a number, an id, a listed word or a name of our code."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any

from healthmate_desktop.logs.events import CHOICES, ERRORS, IDS, NUMBERS, PLACES, WORDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from healthmate_desktop.domain import ids
    from healthmate_desktop.logs.events import Word

    Id = (
        ids.PatientId
        | ids.DocumentId
        | ids.SourceId
        | ids.ThreadId
        | ids.UserId
        | ids.SessionId
        | ids.JobId
        | ids.GrantId
    )
    Value = int | float | Word | Id | BaseException | type[BaseException] | tuple["Place", ...]

PACKAGE = "healthmate_desktop"
STRICT = (
    "HEALTHMATE_STRICT_LOG"  # set: a refused field is an exception; else it is left out and counted
)
MOST_PLACES = 6
_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # compiled at first use: start-up does not need them
_MODULE = r"[a-z_]+(?:\.[a-z_]+)*"
_PLACE = rf"{_MODULE}:\d{{1,5}}"
_NAME = r"[A-Za-z_][A-Za-z0-9_]{0,60}"
_NATIVE_PANICS = {"PanicException", "RustPanic"}  # made by Rust libraries; no module holds them


class Refused(TypeError):
    """A mistake of ours: something that may not be logged. Its text names the field, never the value."""


class Place(str):
    """A line of this package, "storage.vault:open:123". Made by `places` only."""

    __slots__ = ()


def is_id(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(_ID, value) is not None


def cleaned(name: str, value: Any) -> Any:
    """The value as it is written. Raises Refused."""
    for names, clean in _KINDS:
        if name in names:
            return clean(name, value)
    raise Refused("the log has no field of this name; see logs/events.py")


def places(trace: TracebackType | None) -> tuple[Place, ...]:
    """The lines of this package that an exception came through, the innermost first."""
    found: list[Place] = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if module := _module_of(trace.tb_frame.f_globals):
            found.append(Place(f"{module}:{code.co_name}:{trace.tb_lineno}"))
        trace = trace.tb_next
    return tuple(reversed(found))[:MOST_PLACES]


def from_child(name: str, value: Any) -> Any:
    """As `cleaned`, for what another process says: its names of errors and places must be of our code, too.

    Raises Refused.
    """
    if name in ERRORS:
        return _known_error(name, value)
    if name in PLACES:
        return _known_places(name, value)
    return cleaned(name, value)


def for_parent(name: str, value: Any) -> Any:
    """A cleaned value in the form that `from_child` takes: places without their functions."""
    if name in PLACES:
        return [f"{module}:{line}" for module, _, line in (place.split(":") for place in value)]
    return value


def _number(name: str, value: Any) -> int | float:
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < 2**53:
        return int(value)
    if isinstance(value, float) and abs(value) < 2.0**53:
        return round(float(value), 6)
    raise Refused(f"{name} takes a number")


def _word(name: str, value: Any) -> str:
    if isinstance(value, str) and value in WORDS:
        return str(value)
    raise Refused(f"{name} takes a word that is listed in logs/events.py")


def _identifier(name: str, value: Any) -> str:
    if is_id(value) or value in {"", "owner", "system"}:
        return str(value)
    raise Refused(f"{name} takes an id")


def _error(name: str, value: Any) -> str:
    """Of a class that was made while running, and may be called anything, the nearest that stands in a module."""
    kind = value if isinstance(value, type) else type(value)
    if not issubclass(kind, BaseException):
        raise Refused(f"{name} takes an exception or its class")
    if kind.__name__ in _NATIVE_PANICS:
        return kind.__name__
    return next(found.__name__ for found in kind.__mro__ if _stands_in_its_module(found))


def _places(name: str, value: Any) -> list[str]:
    if isinstance(value, tuple) and all(isinstance(place, Place) for place in value):
        return [str(place) for place in value[:MOST_PLACES]]
    raise Refused(f"{name} takes what `places` returns")


def _stands_in_its_module(kind: type) -> bool:
    module = sys.modules.get(kind.__module__)
    return getattr(module, kind.__name__, None) is kind and bool(re.fullmatch(_NAME, kind.__name__))


def _module_of(variables: dict[str, Any]) -> str:
    """Inside this package, without its name; "" for other code."""
    name = str(variables.get("__name__", ""))
    if name == "__main__":
        name = getattr(variables.get("__spec__"), "name", "")
    package, _, module = name.partition(".")
    return module if package == PACKAGE and re.fullmatch(_MODULE, module) else ""


def _known_error(name: str, value: Any) -> str:
    """The modules that a child loads need not be loaded here, so only errors of Python and our own are known."""
    import builtins

    from healthmate_desktop import errors

    for module in (builtins, errors):
        kind = getattr(module, value, None) if isinstance(value, str) else None
        if isinstance(kind, type) and issubclass(kind, BaseException):
            return kind.__name__
    if value in _NATIVE_PANICS:
        return str(value)
    raise Refused(f"{name} names no error that is known here")


def _known_places(name: str, value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > MOST_PLACES:
        raise Refused(f"{name} takes places")
    if not all(isinstance(place, str) and re.fullmatch(_PLACE, place) for place in value):
        raise Refused(f"{name} takes places")
    if not all(_is_module(place.partition(":")[0]) for place in value):
        raise Refused(f"{name} names no module of this program")
    return [str(place) for place in value]


def _is_module(name: str) -> bool:
    from importlib.util import find_spec

    try:
        return find_spec(f"{PACKAGE}.{name}") is not None
    except (ImportError, ValueError):
        return False


def is_strict() -> bool:
    return STRICT in os.environ


_KINDS: tuple[tuple[frozenset[str], Callable[[str, Any], Any]], ...] = (
    (NUMBERS, _number),
    (CHOICES, _word),
    (IDS, _identifier),
    (ERRORS, _error),
    (PLACES, _places),
)
