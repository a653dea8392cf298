"""Records on their way to chunks and proposals, with little of them in memory at a time.

What comes often by its nature comes in chunks as its months fill: steps, heart rate, energy, sleep. Anything else
waits to the end: a source that sent more than `FEW` readings of a type, and more than `A_DAY` a day on the days it sent
any, comes in chunks as well, such as a glucose sensor; others become an Observation for each reading. What waits, and
what may stand inside a Correlation again, is packed where there is much of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from healthmate_desktop.domain.samples import (
    DAY,
    SECOND,
    Sample,
    all_numbers,
    chunks_of,
    each_once,
    month_of,
    same,
    samples_of,
)
from healthmate_desktop.errors import UnreadableDocument
from healthmate_desktop.interop.apple_health.devices import device_of, source_of, without_address
from healthmate_desktop.interop.apple_health.units import PERCENT, number_of, scaled
from healthmate_desktop.interop.apple_health.vocabulary import PRESSURES, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.domain.samples import Notes, SampleChunk
    from healthmate_desktop.interop.apple_health import scanning
    from healthmate_desktop.interop.apple_health.times import Times
    from healthmate_desktop.interop.apple_health.vocabulary import Type

FEW = 200
A_DAY = 6
MOST_SINGLE = 20_000  # readings of a type and source that come one by one
MOST_HELD = 100_000  # samples in memory, unpacked
_MOST_KNOWN = 20_000
_MOST_SERIES = 20_000  # a person with ten devices has a thousand
_TOO_MANY = (
    "This file names more devices and types than a person can have, so it was not read to its end. It is kept. "
    "Export your health data again and add that."
)
_LONGEST_STATE = 100
_NO_STATE = "HKCategoryValueNotApplicable"
_KEPT = {  # notes on samples of a chunk; an Observation keeps them all
    "HKBodyTemperatureSensorLocation",
    "HKFoodType",
    "HKHeartRateSensorLocation",
    "HKInsulinDeliveryReason",
    "HKMetadataKeyBloodGlucoseMealTime",
    "HKMetadataKeyDevicePlacementSide",
    "HKMetadataKeyHeartRateMotionContext",
    "HKSwimmingStrokeStyle",
    "HKTimeZone",
    "HKVO2MaxTestType",
    "HKWasUserEntered",
    "InstantaneousBeatsPerMinute",
}


@dataclass(slots=True, eq=False)
class _Month:
    """Readings as they came; values are in Apple's unit."""

    samples: list[Sample] = field(default_factory=list)
    packed: list[SampleChunk] = field(default_factory=list)
    touched: int = 0


@dataclass(slots=True, eq=False)
class Series:
    """Readings of one type and unit from one source and device. `inside` are those that stood in a Correlation."""

    type: Type
    unit: str  # as Apple writes it
    source: str
    device: str
    read: int = 0
    unreadable: int = 0
    months: dict[str, _Month] = field(default_factory=dict)
    inside: dict[str, _Month] = field(default_factory=dict)
    states: bool = field(init=False)
    often: bool = field(init=False)  # by its nature
    waits: bool = field(init=False)

    def __post_init__(self) -> None:
        self.states = self.type.kind.combine == "state"
        self.often = self.type.series
        self.waits = not self.often or "Dietary" in self.type.kind.type


class Gatherer:
    """Takes records in any order. After each piece of the file `relieve`, and at the end `finish`, give chunks."""

    def __init__(self, times: Times) -> None:
        self.records = self.identical = self.repeated = self.typeless = 0
        self.series: dict[tuple[str, str, str, str], Series] = {}
        self._times = times
        self._known: dict[tuple[str | None, ...], Series] = {}
        self._months: dict[int, str] = {}
        self._notes: dict[Notes, Notes] = {}
        self._held = 0
        self._round = 0

    def add(
        self, attributes: scanning.Attributes, notes: scanning.Notes, *, inside: bool = False
    ) -> None:
        """One Record element."""
        self.records += 1
        get = attributes.get
        device = get("device")
        if device is not None and device[:1] == "<":
            device = without_address(device)
        key = (get("type"), get("unit"), get("sourceName"), device)
        series = self._known.get(key)
        if series is None:
            if not key[0]:
                self.typeless += 1
                return
            series = self._series_of(key)
        series.read += 1
        sample = self._sample(series, attributes, notes)
        if sample is None:
            series.unreadable += 1
            return
        day = sample[0] // DAY
        month = self._months.get(day) or self._months.setdefault(day, month_of(sample[0]))
        months = series.inside if inside else series.months
        here = months.get(month)
        if here is None:
            here = months[month] = _Month()
        here.samples.append(sample)
        here.touched = self._round
        self._held += 1

    def relieve(self) -> Iterator[SampleChunk]:
        """Nothing while little is held; else what was not touched for longest, until half is left."""
        self._round += 1
        if self._held <= MOST_HELD:
            return
        everything = [
            (here.touched, len(here.samples), number, months, month)
            for number, series in enumerate(self.series.values())
            for months in (series.months, series.inside)
            for month, here in months.items()
            if here.samples
        ]
        all_series = list(self.series.values())
        everything.sort(key=lambda entry: (entry[0], -entry[1]))
        for _, _, number, months, month in everything:
            if self._held <= MOST_HELD // 2:
                return
            series = all_series[number]
            if series.waits:
                self._pack(series, months[month])
            else:
                samples = self._readable(series, months.pop(month).samples)
                self._held -= len(samples)
                yield from self._chunks(series, samples)

    def finish(self) -> Iterator[SampleChunk | tuple[Series, list[Sample]]]:
        """What is left: chunks, and series whose readings are few enough to come one by one, in Apple's unit."""
        for series in list(self.series.values()):
            if not series.often:
                yield from self._single(series)
            else:
                for month in sorted({*series.months, *series.inside}):
                    yield from self._chunks(series, self._month(series, month))

    def _single(self, series: Series) -> Iterator[SampleChunk | tuple[Series, list[Sample]]]:
        held = sum(
            len(here.samples) + sum(chunk.count for chunk in here.packed)
            for months in (series.months, series.inside)
            for here in months.values()
        )
        months = sorted({*series.months, *series.inside})
        if held > MOST_SINGLE:
            for month in months:
                yield from self._chunks(series, self._month(series, month))
            return
        samples = [sample for month in months for sample in self._month(series, month)]
        days = {(sample.start + sample.offset * 60 * SECOND) // DAY for sample in samples}
        often = len(samples) > FEW and len(samples) > A_DAY * len(days)
        if often and series.type.kind.type not in PRESSURES:
            yield from self._chunks(series, samples)
        elif samples:
            yield series, samples

    def _series_of(self, raw: tuple[str | None, ...]) -> Series:
        """The one for records that say this of themselves. Raises UnreadableDocument where there are too many."""
        type_id, unit, source, device = (part or "" for part in raw)
        type_id, unit = type_id[:200], unit[:50]
        key = (type_id, unit, source_of(source), device_of(device))
        if key not in self.series:
            if len(self.series) >= _MOST_SERIES:
                raise UnreadableDocument(_TOO_MANY)
            self.series[key] = Series(type_of(type_id, unit), unit, key[2], key[3])
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
        self._known[raw] = self.series[key]
        return self.series[key]

    def _sample(
        self, series: Series, attributes: scanning.Attributes, notes: scanning.Notes
    ) -> Sample | None:
        """None where the time or the value is missing; whether the value is a number is seen later."""
        get = attributes.get
        first, last, value = get("startDate", ""), get("endDate", ""), get("value")
        start = self._times.read(first)
        end = start if last == first or not last else self._times.read(last)
        if start is None or end is None or end[0] < start[0]:
            return None
        if series.states:
            value = "_".join(value.split())[:_LONGEST_STATE] if value else _NO_STATE
        elif value is None:
            return None
        kept: Notes = ()
        if series.often:
            if notes:
                kept = tuple(entry for entry in notes if entry[0] in _KEPT)
                kept = (
                    self._notes.setdefault(kept, kept) if len(self._notes) < _MOST_KNOWN else kept
                )
        else:
            more = ((key, get(key, "")[:200]) for key in ("creationDate", "sourceVersion"))
            kept = (*notes, *(entry for entry in more if entry[1]))
        return Sample(start[0], end[0], start[1], end[1], value, kept)

    def _readable(self, series: Series, samples: list[Sample]) -> list[Sample]:
        """With values that are numbers, still in Apple's unit."""
        if series.states or all_numbers([s.value for s in samples]):
            return samples
        found = []
        for sample in samples:
            number = number_of(sample.value)
            if number is None:
                series.unreadable += 1
                self._held -= 1
            else:
                found.append(sample._replace(value=number))
        return found

    def _pack(self, series: Series, here: _Month) -> None:
        samples = self._readable(series, here.samples)
        self._held -= len(samples)
        chunks, identical = chunks_of(series.type.kind, "", "", samples)
        self.identical += identical
        here.packed += chunks
        here.samples = []

    def _month(self, series: Series, month: str) -> list[Sample]:
        """All of it, once."""
        alone, inside = (
            self._unpacked(series, months.pop(month, None))
            for months in (series.months, series.inside)
        )
        found = each_once(alone)
        self.identical += len(alone) - len(found)
        if inside:
            there = {same(sample) for sample in found}
            more = [sample for sample in each_once(inside) if same(sample) not in there]
            self.repeated += len(inside) - len(more)
            found = sorted(found + more)
        return found

    def _unpacked(self, series: Series, here: _Month | None) -> list[Sample]:
        if here is None:
            return []
        samples = self._readable(series, here.samples)
        self._held -= len(samples)
        return [*samples, *(sample for chunk in here.packed for sample in samples_of(chunk))]

    def _chunks(self, series: Series, samples: list[Sample]) -> Iterator[SampleChunk]:
        kind = series.type.kind
        if not series.often:
            samples = [
                sample._replace(notes=tuple(note for note in sample.notes if note[0] in _KEPT))
                for sample in samples
            ]
        chunks, identical = chunks_of(kind, series.source, series.device, in_unit(series, samples))
        self.identical += identical
        yield from chunks


def in_unit(series: Series, samples: list[Sample]) -> list[Sample]:
    """With values in the unit of the series' kind."""
    unit, factor = series.type.kind.unit, series.type.factor
    if series.states or (unit != PERCENT and factor == 1):
        return samples
    return [sample._replace(value=scaled(sample.value, unit, factor)) for sample in samples]
