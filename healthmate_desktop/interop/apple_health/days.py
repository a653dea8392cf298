"""What the days add up to, of samples from devices that overlap: a phone and a watch both count the same walk.

Every sample is kept; only the sum of a day chooses. Sources rank watch, phone, anything else, then by the larger sum of
that day, then by name. A sample is set aside, and counted as such, when sources that rank higher cover more than half
of its time. That is near to what Apple shows and not the same: the order a person chose on the telephone is not in the
export, a sample that is covered in part counts whole or not at all, and an app may write under the telephone's name.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING

from healthmate_desktop.domain.samples import DAY, EPOCH, EXACT, SECOND, samples_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from healthmate_desktop.domain.samples import Combine, Sample, SampleChunk

    _Days = dict[tuple[int, bool], dict[tuple[str, str], list[Sample]]]

_IN_BED = "InBed"  # being in bed is no stage of sleep, so it overlaps with none
_MINUTE = 60 * SECOND
_SPARE = 2  # days, since a day on the wrist may begin in another month of UTC
_NIGHT = 360  # minutes that sleep is moved by, so that 18:00 to 18:00 is one day


@dataclass(frozen=True, slots=True)
class DayTotal:
    """One day of one kind. Of states there is one for each, whose `total` is seconds."""

    day: dt.date  # as the watch on the wrist showed it; a night belongs to the day it ends
    state: str  # "" where the values are numbers
    count: int  # samples that count
    total: Decimal
    low: Decimal | None
    high: Decimal | None
    set_aside: int  # samples that overlap with a source that ranks higher


def day_totals(chunks: Iterable[SampleChunk]) -> list[DayTotal]:
    """What each day adds up to, of chunks of one kind from any sources; the rule for overlaps is this module's.

    A sample belongs to the day it starts, of sleep to the day of six hours later. Give the chunks of both months
    where a day lies in two by UTC. Raises InvalidInput for a damaged chunk.
    """
    return list(days_in_turn(sorted(chunks, key=lambda chunk: chunk.month)))


def days_in_turn(chunks: Iterable[SampleChunk]) -> Iterator[DayTotal]:
    """The same with a month or two in memory at a time: the chunks come in order of their months."""
    days: _Days = {}
    month = ""
    combine: Combine = "mean"
    for chunk in chunks:
        combine = chunk.kind.combine
        if chunk.month != month:
            month = chunk.month
            first = dt.date(int(month[:4]), int(month[5:]), 1)
            yield from _totals(days, combine, until=(first - EPOCH.date()).days - _SPARE)
        _add(days, chunk)
    yield from _totals(days, combine, until=max((day for day, _ in days), default=0) + 1)


def _add(days: _Days, chunk: SampleChunk) -> None:
    shift = _NIGHT if "Sleep" in chunk.kind.type else 0
    source = (chunk.source, chunk.device)
    for sample in samples_of(chunk):
        day = (sample.start + (sample.offset + shift) * _MINUTE) // DAY
        here = days.setdefault((day, _IN_BED in sample.value), {})
        if source in here:
            here[source].append(sample)
        else:
            here[source] = [sample]


def _totals(days: _Days, combine: Combine, *, until: int) -> list[DayTotal]:
    """Of the days before that one, which are taken out."""
    found: list[DayTotal] = []
    with localcontext(EXACT):
        for group in sorted(group for group in days if group[0] < until):
            day = EPOCH.date() + dt.timedelta(days=group[0])
            found += _day(day, days.pop(group), combine)
    return found


def _day(
    day: dt.date, sources: dict[tuple[str, str], list[Sample]], combine: Combine
) -> list[DayTotal]:
    if combine == "mean":
        counted = [sample for group in sources.values() for sample in group]
        aside: list[Sample] = []
    else:
        counted, aside = _without_overlaps(sources, combine)
    states = sorted({sample.value if combine == "state" else "" for sample in (*counted, *aside)})
    found = []
    for state in states:
        here = [sample for sample in counted if not state or sample.value == state]
        beside = sum(1 for sample in aside if not state or sample.value == state)
        values = [_amount(sample, combine) for sample in here]
        total = sum(values, Decimal(0))
        low, high = (min(values), max(values)) if values else (None, None)
        found.append(DayTotal(day, state, len(here), total, low, high, beside))
    return found


def _amount(sample: Sample, combine: Combine) -> Decimal:
    if combine == "state":
        return Decimal(sample.end - sample.start) / SECOND
    return Decimal(sample.value)


def _without_overlaps(
    sources: dict[tuple[str, str], list[Sample]], combine: Combine
) -> tuple[list[Sample], list[Sample]]:
    def rank(source: tuple[str, str]) -> tuple[int, Decimal, tuple[str, str]]:
        amounts = (_amount(sample, combine) for sample in sources[source])
        return _rank(*source), -sum(amounts, Decimal(0)), source

    counted: list[Sample] = []
    aside: list[Sample] = []
    taken: list[tuple[int, int]] = []
    for source in sorted(sources, key=rank):
        mine: list[Sample] = []
        samples = sorted(sources[source])
        for sample, covered in zip(samples, _covered(taken, samples), strict=True):
            (aside if covered else mine).append(sample)
        counted += mine
        taken = _joined([*taken, *((sample.start, sample.end) for sample in mine)])
    return counted, aside


def _rank(source: str, device: str) -> int:
    said = (device or source).casefold()
    return 0 if "watch" in said else 1 if "phone" in said else 2


def _covered(taken: list[tuple[int, int]], samples: list[Sample]) -> Iterator[bool]:
    """For each sample in order of time: whether more than half of it, or its moment, lies in what is taken."""
    first = 0
    for sample in samples:
        while (
            first < len(taken)
            and taken[first][1] <= sample.start
            and taken[first][0] < sample.start
        ):
            first += 1
        length, inside, place = sample.end - sample.start, 0, first
        while place < len(taken) and taken[place][0] <= sample.end:
            start, end = taken[place]
            inside += max(0, min(end, sample.end) - max(start, sample.start))
            if not length and start <= sample.start and (sample.start < end or start == end):
                inside = 1
            place += 1
        yield inside * 2 > length


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif not found or found[-1] != (start, end):
            found.append((start, end))
    return found
