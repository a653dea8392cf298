"""The main file of an export: XML in pieces in, what it says out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.samples import SampleChunk
from healthmate_desktop.interop.apple_health import elements, single
from healthmate_desktop.interop.apple_health.cleaning import Cleaner
from healthmate_desktop.interop.apple_health.devices import device_of, source_of
from healthmate_desktop.interop.apple_health.gather import Gatherer
from healthmate_desktop.interop.apple_health.parts import Tally
from healthmate_desktop.interop.apple_health.scanning import MOST_LINES, Scanner
from healthmate_desktop.interop.apple_health.units import number_of
from healthmate_desktop.interop.apple_health.vocabulary import DIASTOLIC, PRESSURES, SYSTOLIC, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.domain.proposals import NamedPerson, Proposal
    from healthmate_desktop.interop.apple_health.scanning import Node
    from healthmate_desktop.interop.apple_health.times import Times

_MOST_REMEMBERED = 200_000  # elements
_CUT = (
    "The end of the file is missing, so readings may be missing too. What stood before it is kept."
)
_BROKEN = "The file is broken here, and what stood here is missing. The rest was read."
_MORE_BROKEN = "More places where the file is broken and something is missing: {:,}."
_SPOILT = "Letters of names or notes that could not be read and are shown as a box: {:,}."
_UNREADABLE = "Readings without a time or value that can be read, left out: {:,}."
_TYPELESS = "Readings that do not say what they measure, left out: {:,}."
_TIMELESS = "This one has no day or time that can be read, so it was left out."
_RECORDS_APART = (
    "Records from a clinic that are named here, but lie in files of their own: {:,}. "
    "Add export.zip as a whole to read them."
)


class Export:
    """One main file. Feed it to its end, then ask for the rest."""

    def __init__(self, times: Times) -> None:
        self.clinical = 0  # clinical records that are named and lie in files of their own
        self._times = times
        self._cleaner = Cleaner()
        self._gatherer = Gatherer(times)
        self._pressures = single.Pressures()
        self._scanner = Scanner(self._gatherer.add, self._element)
        self._out: list[Proposal | NamedPerson | Problem] = []
        self._elements = self._identical_elements = 0
        self._seen: set[int] = set()
        self._exported = ""

    def feed(self, piece: bytes) -> Iterator[Proposal | NamedPerson | Problem | SampleChunk]:
        """Raises UnsupportedDocument as soon as it is clear that this is something else."""
        self._scanner.feed(self._cleaner.clean(piece))
        yield from self._taken()
        yield from self._gatherer.relieve()

    def finish(self) -> Iterator[Proposal | NamedPerson | Problem | SampleChunk]:
        """What waited for the end, and what went wrong. Raises as `feed`."""
        self._scanner.feed(self._cleaner.clean(b"", last=True))
        self._scanner.close()
        yield from self._taken()
        for found in self._gatherer.finish():
            if isinstance(found, SampleChunk):
                yield found
            elif found[0].type.kind.type in PRESSURES:
                self._pressures.add(*found)
            else:
                yield from single.proposals(*found)
        yield from self._pressures.proposals()
        yield from self._problems()

    def tally(self) -> Tally:
        gatherer = self._gatherer
        types: dict[str, int] = {}
        for series in gatherer.series.values():
            types[series.type.kind.type] = types.get(series.type.kind.type, 0) + series.read
        return Tally(
            gatherer.records,
            tuple(sorted(types.items())),
            gatherer.identical,
            gatherer.repeated,
            gatherer.typeless + sum(series.unreadable for series in gatherer.series.values()),
            self._times.without_offset,
            self._elements,
            self._identical_elements,
            self._scanner.lost,
            self._exported,
        )

    def _taken(self) -> list[Proposal | NamedPerson | Problem]:
        out, self._out = self._out, []
        return out

    def _element(self, node: Node) -> None:
        if node.name == "Correlation":
            self._correlation(node)
        elif node.name == "ExportDate":
            self._exported = node.attributes.get("value", "")[:60]
            moment = self._times.read(self._exported)
            self._times.offset = moment[1] if moment else 0
        elif node.name == "Me":
            self._out += elements.people_of(node.attributes)
        elif node.name == "ClinicalRecord":
            self.clinical += 1
        else:
            self._proposed(node)

    def _proposed(self, node: Node) -> None:
        self._elements += 1
        said = {name: value for name, value in node.attributes.items() if name != "creationDate"}
        identity = hash((node.name, *sorted(said.items()), len(node.children)))
        if identity in self._seen:
            self._identical_elements += 1
            return
        if len(self._seen) < _MOST_REMEMBERED:
            self._seen.add(identity)
        if node.name == "Workout":
            proposal = elements.workout(node, self._times)
        elif node.name == "ActivitySummary":
            proposal = elements.summary(node)
            if proposal is None and elements.is_empty(node):
                return
        else:
            proposal = elements.other(node, self._times)
        self._out.append(proposal or Problem(words(node.name), _TIMELESS))

    def _correlation(self, node: Node) -> None:
        """Only a group, whose readings also stand by themselves; it says which blood pressures belong together."""
        values: dict[str, tuple[str, str, str, str]] = {}
        for child in node.named("Record"):
            self._gatherer.add(child.attributes, child.notes(), inside=True)
            get = child.attributes.get
            type_id, number = get("type", ""), number_of(get("value"))
            if type_id in PRESSURES and number:
                start = get("startDate", "")
                values[type_id] = (start, get("endDate") or start, number, get("unit", ""))
                source = source_of(get("sourceName", "")), device_of(get("device", ""))
        if len(values) == len(PRESSURES):
            upper, lower = values[SYSTOLIC], values[DIASTOLIC]
            begin, end = self._times.read(upper[0]), self._times.read(upper[1])
            if begin and end:
                self._pressures.say((*source, begin[0], end[0]), upper[2], lower[2])

    def _problems(self) -> Iterator[Problem]:
        scanner, before = self._scanner, self._cleaner.lines
        for line in scanner.lost_lines:
            yield Problem(f"line {before + line:,}", _BROKEN)
        if scanner.lost > MOST_LINES:
            yield Problem("the file", _MORE_BROKEN.format(scanner.lost - MOST_LINES))
        if not scanner.closed:
            yield Problem("the end of the file", _CUT)
        if self._cleaner.spoilt:
            yield Problem("the file", _SPOILT.format(self._cleaner.spoilt))
        if self._gatherer.typeless:
            yield Problem("the file", _TYPELESS.format(self._gatherer.typeless))
        lost: dict[str, int] = {}
        for series in self._gatherer.series.values():
            lost[series.type.kind.text] = lost.get(series.type.kind.text, 0) + series.unreadable
        for text, count in lost.items():
            if count:
                yield Problem(text, _UNREADABLE.format(count))


def records_apart(count: int) -> Problem:
    """Clinical records that are named in an XML which came without its ZIP."""
    return Problem("clinical records", _RECORDS_APART.format(count))
