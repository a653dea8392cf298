"""Finds the parts of a JSON file without reading it whole, so that one bad part costs only itself.

All positions are indices into the text. Nothing here knows what the JSON means.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.json_text import CUT_OFF, BadJson, value_at

if TYPE_CHECKING:
    from collections.abc import Iterator

_BETWEEN = re.compile(r"[\s\x00\x1e\ufeff]*")  # some write a record separator before each record
_SCALAR = re.compile(r"[^\s,\]}\[{\"]+")
# up to the next bracket; strings are stepped over whole, and a quote that never closes ends the scan
_TO_BRACKET = re.compile(r'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)


def after_space(text: str, start: int) -> int:
    found = _BETWEEN.match(text, start)
    return found.end() if found else start


def value_end(text: str, start: int) -> int:
    """Where the value that begins at `start` ends, judged by its brackets alone. Raises BadJson."""
    opening = text[start : start + 1]
    if opening == '"':
        return _string_end(text, start)
    if opening not in {"{", "["}:
        scalar = _SCALAR.match(text, start)
        if scalar is None:
            raise BadJson(CUT_OFF)
        return scalar.end()
    depth, place = 0, start
    while True:
        found = _TO_BRACKET.match(text, place)
        place = found.end() if found else place
        bracket = text[place : place + 1]
        if bracket in {"", '"'}:
            raise BadJson(CUT_OFF)
        depth += 1 if bracket in "{[" else -1
        place += 1
        if depth == 0:
            return place


class OpenObject:
    """An object that is read member by member. `keys` raises BadJson where it breaks off."""

    def __init__(self, text: str, start: int) -> None:
        self._text = text
        self.value_start = start
        self.value_end = -1  # whoever read the value says where it ends, to spare a second look
        self.end = start  # of the object, known once all keys came

    def keys(self) -> Iterator[str]:
        text = self._text
        place = after_space(text, self.value_start + 1)
        while text[place : place + 1] != "}":
            end = _string_end(text, place)
            key = str(value_at(text, place)[0])
            place = after_space(text, end)
            if text[place : place + 1] != ":":
                raise BadJson(CUT_OFF)
            self.value_start, self.value_end = after_space(text, place + 1), -1
            yield key
            if self.value_end < 0:
                self.value_end = value_end(text, self.value_start)
            place = _after_comma(text, self.value_end, "}")
        self.end = place + 1


class OpenArray:
    """An array that is read value by value. `values` raises BadJson where it breaks off."""

    def __init__(self, text: str, start: int) -> None:
        self._text, self._start = text, start
        self.end = start  # of the array, known once all values came

    def values(self) -> Iterator[tuple[Any, str]]:
        """Each value with "", or None with the reason why it was refused."""
        text = self._text
        place = after_space(text, self._start + 1)
        while text[place : place + 1] != "]":
            value, end, reason = read_value(text, place)
            yield value, reason
            place = _after_comma(text, end, "]")
        self.end = place + 1


def read_value(text: str, start: int) -> tuple[Any, int, str]:
    """The value at `start`, its end and ""; or None, its end and why it was refused.

    Raises BadJson where not even its end can be found.
    """
    try:
        value, end = value_at(text, start)
    except BadJson as error:
        return None, value_end(text, start), str(error)
    return value, end, ""


def _after_comma(text: str, place: int, closing: str) -> int:
    place = after_space(text, place)
    mark = text[place : place + 1]
    if mark == ",":
        return after_space(text, place + 1)
    if mark != closing:
        raise BadJson(CUT_OFF)
    return place


def _string_end(text: str, start: int) -> int:
    found = _STRING.match(text, start)
    if found is None:
        raise BadJson(CUT_OFF)
    return found.end()
