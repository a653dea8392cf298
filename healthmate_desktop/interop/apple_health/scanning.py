"""The elements of an export as they stream by, past places where its XML is broken.

The parser never sees a document type, so no entity is ever expanded. Where it stops at an error, a new one goes on at
the next element that can stand right below the root.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat

if TYPE_CHECKING:
    from collections.abc import Callable

_TOP = re.compile(
    rb"<(?:Record|Correlation|Workout|ActivitySummary|ClinicalRecord|Audiogram|VisionPrescription|ExportDate|Me|/HealthData)"
    rb"(?=[\s/>])"
)
MOST_LINES = 20
_LONGEST_TAG = 20  # letters of one of them and what comes after
_SLICE = 64 * 1024
_DEEPEST = 32
_LONGEST_PART = 1 * 1024 * 1024  # bytes without an element
_MOST_NODES = 20_000  # within one element
_MOST_NOTES = 200
_LONGEST_NOTE = 8000  # letters
_BEAT = "InstantaneousBeatsPerMinute"

Attributes = dict[str, str]
Notes = list[tuple[str, str]]


@dataclass(slots=True)
class Node:
    """An element below the root that is no Record, with all that is in it."""

    name: str
    attributes: Attributes
    children: list[Node] = field(default_factory=list)

    def named(self, name: str) -> list[Node]:
        return [node for node in self.children if node.name == name]

    def notes(self) -> Notes:
        entries = (node.attributes for node in self.named("MetadataEntry"))
        return [_note(entry) for entry in entries][:_MOST_NOTES]


class _Unwanted(Exception):
    """XML that an export does not have."""


class Scanner:
    """Calls `on_record` with the attributes and notes of each Record, and `on_element` with each other element."""

    def __init__(
        self,
        on_record: Callable[[Attributes, Notes], None],
        on_element: Callable[[Node], None],
    ) -> None:
        self.closed = False  # the root element came to its end
        self.lost = 0  # places where something is broken
        self.lost_lines: list[int] = []  # of the first ones, from the root element on
        self._on_record = on_record
        self._on_element = on_element
        self._lines = 0  # line breaks before what the parser was given
        self._tail: bytes | None = None  # while searching: what may be the beginning of an element
        self._begin()

    def feed(self, text: bytes) -> None:
        """Pieces may end anywhere."""
        place = 0
        if self._tail is not None:
            text = self._tail + text
            place = self._search(text, 0)
        while place < len(text):
            place = self._parse(text, place)

    def close(self) -> None:
        """No more comes: what is open is delivered as far as it goes."""
        if not self.closed and self._tail is None:
            try:
                self._parser.Parse(b"", True)
            except expat.ExpatError:
                self._deliver()

    def _begin(self) -> None:
        parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartCdataSectionHandler = self._refuse
        self._parser = parser
        self._given = 0
        self._quiet = 0  # bytes without an element
        self._depth = 0
        self._record: Attributes | None = None
        self._notes: Notes = []
        self._beats: list[str] = []
        self._stack: list[Node] = []
        self._nodes = 0

    def _parse(self, text: bytes, place: int) -> int:
        """The place to go on at."""
        piece = memoryview(text)[place : place + _SLICE]
        try:
            self._parser.Parse(piece)
        except expat.ExpatError:
            wrong, line = self._parser.ErrorByteIndex, self._parser.ErrorLineNumber
        except _Unwanted:
            wrong, line = self._parser.CurrentByteIndex, self._parser.CurrentLineNumber
        else:
            self._given += len(piece)
            self._quiet += len(piece)
            if self._quiet <= _LONGEST_PART:
                return place + len(piece)
            wrong, line = self._given, self._parser.CurrentLineNumber
            place += len(piece)
        self.lost += 1
        if self.lost <= MOST_LINES:
            self.lost_lines.append(self._lines + line)
        after = place + max(0, wrong - self._given)
        self._lines += line - 1
        self._deliver()
        return self._search(text, after + 1, after)

    def _search(self, text: bytes, place: int, counted: int = 0) -> int:
        """The next element that a new parser can begin with, or the end of the text."""
        found = _TOP.search(text, place)
        after = found.start() if found else max(place, len(text) - _LONGEST_TAG)
        self._lines += text.count(b"\n", counted, after)
        if found is None:
            self._tail = text[after:]
            return len(text)
        self._tail = None
        self._parser.StartElementHandler = self._parser.EndElementHandler = None  # else cycles
        self._parser.StartCdataSectionHandler = None
        self._begin()
        self._parser.Parse(b"<HealthData>")
        self._given = len(b"<HealthData>")
        return after

    def _start(self, name: str, attributes: Attributes) -> None:
        self._depth = depth = self._depth + 1
        self._quiet = 0
        if depth == 2:
            if name == "Record":
                self._record, self._notes = attributes, []
            else:
                self._stack, self._nodes = [Node(name, attributes)], 1
        elif depth > 2:
            if self._record is None:
                self._add_child(name, attributes)
            elif name == "MetadataEntry":
                self._notes.append(_note(attributes))
            elif name == _BEAT:
                self._beats.append(f"{attributes.get('bpm', '')} {attributes.get('time', '')}")
            if depth > _DEEPEST:
                raise _Unwanted

    def _end(self, _name: str) -> None:
        self._depth -= 1
        if self._depth == 1:
            self._deliver()
        elif not self._depth:
            self.closed = True
        elif self._record is None:
            self._stack.pop()

    def _refuse(self) -> None:
        raise _Unwanted

    def _add_child(self, name: str, attributes: Attributes) -> None:
        """Places of a route are by the thousand; the rest is bounded."""
        node = Node(name, attributes)
        self._nodes += 1
        if name != "Location" and self._nodes <= _MOST_NODES:
            self._stack[-1].children.append(node)
        self._stack.append(node)

    def _deliver(self) -> None:
        record, self._record = self._record, None
        stack, self._stack = self._stack, []
        if record is not None:
            notes = self._notes
            if self._beats:
                notes.append((_BEAT, "; ".join(self._beats)[:_LONGEST_NOTE]))
                self._beats = []
            self._on_record(record, notes[:_MOST_NOTES] if len(notes) > _MOST_NOTES else notes)
        elif stack:
            self._on_element(stack[0])


def _note(attributes: Attributes) -> tuple[str, str]:
    return attributes.get("key", "")[:200], attributes.get("value", "")[:_LONGEST_NOTE]
