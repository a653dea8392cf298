"""Walks a FHIR file from record to record: bundles, arrays, one record a line, or a single record.

A part that can't be read is a Problem with the place where it stands; the walk goes on behind it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.json_text import BadJson
from healthmate_desktop.interop.fhir.json_scan import OpenArray, OpenObject, after_space, read_value

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from healthmate_desktop.domain.proposals import Resource

FIRST_TYPE = re.compile(r'\{\s*"resourceType"\s*:\s*"([A-Za-z]{1,64})"')
TYPE_NAME = re.compile(r"[A-Z][A-Za-z]{1,63}")
LINES_LOOKED_AT = 50

_NO_RECORD = "It is not a FHIR record, so it was left out."
_NO_TYPE = "It does not say what kind of record it is, so it was left out."
_NO_RESOURCE = "There is no record in it, so there was nothing to read."
_NO_ENTRY = "There are no entries in this bundle, so there was nothing to read."
_SECOND = "It has a second list of entries. The first was read, this one was not."
_REST = "The file breaks off or is damaged here. What stands before was read; what follows was not."


@dataclass(frozen=True, slots=True)
class Found:
    """A record: an object that names its type and is not a bundle."""

    where: str
    resource: Resource
    full_url: str = ""  # what a bundle calls it


def walk(text: str) -> Iterator[Found | Problem]:
    """Every record of the file, in its order; those of bundles inside bundles too."""
    if _is_one_a_line(text):
        for number, line in enumerate(_lines(text), start=1):
            yield from _values(line, f"line {number}", f"line {number}, ")
    else:
        yield from _values(text, "the file", "")


def _is_one_a_line(text: str) -> bool:
    start = after_space(text, 0)
    if text[start : start + 1] != "{":
        return False
    lines = [line for line in islice(_lines(text), LINES_LOOKED_AT) if line.strip()]
    whole = sum(line.startswith("{") and line.rstrip().endswith("}") for line in lines)
    return len(lines) > 1 and 2 * whole >= len(lines)


def _lines(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield text[start:end]
        start = end + 1


def _values(text: str, where: str, prefix: str) -> Iterator[Found | Problem]:
    """The values that stand one behind the other in a text; nearly always there is one."""
    place, counted, line = after_space(text, 0), 0, 1
    while place < len(text):
        try:
            place = yield from _value(text, place, where, prefix)
        except BadJson:
            yield Problem(where, _REST)
            return
        place = after_space(text, place)
        line += text.count("\n", counted, place)
        counted, where = place, where if prefix else f"line {line}"


def _value(text: str, start: int, where: str, prefix: str) -> Generator[Found | Problem, None, int]:
    """Reads one value and returns where it ends. Raises BadJson where it breaks off."""
    opening = text[start : start + 1]
    if opening == "[":
        return (yield from _array(text, start, prefix + "item"))
    if opening == "{" and _type_at(text, start) == "Bundle":
        return (yield from _bundle(text, start, where, prefix))
    value, end, reason = read_value(text, start)
    yield from [Problem(where, reason)] if reason else _records(value, where)
    return end


def _type_at(text: str, start: int) -> str:
    """The type of the object at `start`; "" if it names none."""
    first = FIRST_TYPE.match(text, start)
    if first is not None:
        return first[1]
    members = OpenObject(text, start)
    for key in members.keys():  # noqa: SIM118  # not a dict
        if key == "resourceType":
            value, members.value_end, _ = read_value(text, members.value_start)
            return value if isinstance(value, str) else ""
    return ""


def _bundle(
    text: str, start: int, where: str, prefix: str
) -> Generator[Found | Problem, None, int]:
    members, entries_came = OpenObject(text, start), False
    try:
        for key in members.keys():  # noqa: SIM118  # not a dict
            if key != "entry" or text[members.value_start : members.value_start + 1] != "[":
                continue
            if entries_came:
                yield Problem(where, _SECOND)
                continue
            entries_came = True
            members.value_end = yield from _array(text, members.value_start, prefix + "entry")
            if members.value_end == len(text):
                return len(text)
    except BadJson:
        yield Problem(where, _REST)
        return len(text)
    if not entries_came:
        yield Problem(where, _NO_ENTRY)
    return members.end


def _array(text: str, start: int, name: str) -> Generator[Found | Problem, None, int]:
    """Where the array breaks off, that is said, and the end of the text is where it ends."""
    array, number = OpenArray(text, start), 0
    try:
        for value, reason in array.values():
            number += 1
            where = f"{name} {number}"
            yield from [Problem(where, reason)] if reason else _records(value, where)
    except BadJson:
        yield Problem(f"{name} {number + 1}", _REST)
        return len(text)
    return array.end


def _records(value: Any, where: str, full_url: str = "") -> Iterator[Found | Problem]:
    """What a value holds that was read whole: a record, a bundle, an entry of one, or something around them."""
    if not isinstance(value, dict):
        yield Problem(where, _NO_RECORD)
    elif value.get("resourceType") == "Bundle":
        entries = value.get("entry")
        if not isinstance(entries, list) or not entries:
            yield Problem(where, _NO_ENTRY)
            return
        for number, entry in enumerate(entries, start=1):
            yield from _records(entry, f"{where}, entry {number}")
    elif "resourceType" in value:
        yield _found(value, where, full_url)
    elif "resource" in value or {"request", "response"} & value.keys():
        url = value.get("fullUrl")
        yield from _resource(value.get("resource"), where, url if isinstance(url, str) else "")
    else:
        yield from _around(value, where)


def _resource(value: Any, where: str, full_url: str) -> Iterator[Found | Problem]:
    if value is None:
        yield Problem(where, _NO_RESOURCE)
    elif isinstance(value, dict) and "resourceType" in value:
        yield from _records(value, where, full_url)
    else:
        yield Problem(where, _NO_TYPE)


def _found(value: Resource, where: str, full_url: str) -> Found | Problem:
    kind = value["resourceType"]
    if isinstance(kind, str) and TYPE_NAME.fullmatch(kind):
        return Found(where, value, full_url)
    return Problem(where, _NO_TYPE)


def _around(value: Resource, where: str) -> Iterator[Found | Problem]:
    """Some portals wrap records in an object of their own: what lies in it is looked for."""
    found = False
    for key, inner in value.items():
        several = inner if isinstance(inner, list) else [inner]
        for number, each in enumerate(several, start=1):
            if isinstance(each, dict) and _holds_type(each):
                found = True
                place = f"{key[:40]} {number}" if isinstance(inner, list) else key[:40]
                yield from _records(each, place if where == "the file" else f"{where}, {place}")
    if not found:
        yield Problem(where, _NO_TYPE)


def _holds_type(value: Resource) -> bool:
    """Whether records lie anywhere in it. Depth is bounded by what was read."""
    if "resourceType" in value:
        return True
    for inner in value.values():
        several = inner if isinstance(inner, list) else [inner]
        if any(isinstance(each, dict) and _holds_type(each) for each in several):
            return True
    return False
