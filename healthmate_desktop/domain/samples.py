"""Samples: readings that come by the thousand, such as steps, kept as one chunk a month, kind, source and device.

Two samples are the same when kind, unit, source, device, start, end and value are; times are compared as moments,
since a later export from another time zone writes the same moment with another offset. The same sample counts once.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import zlib
from bisect import bisect_left
from collections import Counter
from dataclasses import asdict, dataclass
from decimal import Context, Decimal, localcontext
from itertools import accumulate, chain, groupby, pairwise, repeat
from math import gcd
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from healthmate_desktop.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from healthmate_desktop.domain.proposals import Resource

LARGEST = 64 * 1024  # bytes of content; a single minute may take more
MOST = 50_000  # samples of one chunk
SECOND = 1_000_000
DAY = 86_400 * SECOND
UCUM = "http://unitsofmeasure.org"
SAMPLE = "urn:healthmate:sample"  # the system of the identifier of one
NOTE = "urn:healthmate:sample-note"  # an extension of key and value
EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - in UTC, shown with an offset of its own
_EARLIEST = -(120 * 366) * DAY
_LATEST = 231 * 366 * DAY
_LARGEST_OPEN = 16 * 1024 * 1024  # bytes of content when opened
EXACT = Context(prec=400)  # for sums: more digits than any here has
_DAMAGE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    RecursionError,
    zlib.error,
)
_DAMAGED = "Some readings are damaged and were left out. Import them again."
_SPAN = itemgetter(0, 1)  # start and end
_NUMBERS = re.compile(r"(?:-?[0-9]{1,20}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,2})? )*")

Notes = tuple[tuple[str, str], ...]
Combine = Literal["sum", "mean", "state"]


class Sample(NamedTuple):
    """One reading. Times are microseconds since the start of 1970 in UTC, offsets minutes east of it."""

    start: int
    end: int
    offset: int
    end_offset: int
    value: str  # a decimal number digit for digit, or the name of a state
    notes: Notes = ()


class Coding(NamedTuple):
    system: str
    code: str
    display: str


@dataclass(frozen=True, slots=True)
class SampleKind:
    """What is measured. `type` and `unit` make it the same kind from one file to the next; the rest may improve."""

    type: str  # "HKQuantityTypeIdentifierStepCount"
    unit: str = ""  # a UCUM code, or as it came where `ucum` is False; "" of states
    ucum: bool = True
    combine: Combine = "mean"  # how the values of a day go together
    text: str = ""  # "Steps"
    shown: str = ""  # the unit as people write it: "mmHg"
    codings: tuple[Coding, ...] = ()
    category: str = ""  # FHIR observation-category
    durations: tuple[tuple[str, Coding], ...] = ()  # by state: what its length is called


@dataclass(frozen=True, slots=True)
class SampleKey:
    """What chunks are merged by. Several chunks have the same key where a month is large."""

    type: str
    unit: str
    source: str
    device: str
    month: str  # "2024-03", of the starts in UTC


@dataclass(frozen=True, slots=True)
class SampleChunk:
    """Samples in order of time, none twice. `content` is what `samples_of` opens."""

    kind: SampleKind
    source: str  # the app or device that wrote them, as it calls itself
    device: str
    month: str
    count: int
    total: Decimal  # the exact sum of the values; 0 of states
    first: int  # the earliest start
    last: int  # the latest end
    content: bytes

    @property
    def key(self) -> SampleKey:
        return SampleKey(self.kind.type, self.kind.unit, self.source, self.device, self.month)


@dataclass(frozen=True, slots=True)
class Merged:
    chunks: tuple[SampleChunk, ...]  # all there are now, in order of time
    added: int  # samples that were not there
    known: int  # new samples that were there, or came twice


def chunks_of(
    kind: SampleKind, source: str, device: str, samples: Iterable[Sample]
) -> tuple[list[SampleChunk], int]:
    """All samples once, and how many were left out because they came twice."""
    given = list(samples)
    kept = each_once(given)
    chunks: list[SampleChunk] = []
    place = 0
    while place < len(kept):
        month = month_of(kept[place].start)
        start, end = _bounds(month)
        after = bisect_left(kept, end, place, key=itemgetter(0))
        chunks += _split(kind, (source, device, month), kept[place:after], start, end)
        place = after
    return chunks, len(given) - len(kept)


def merged(old: Sequence[SampleChunk], new: Sequence[SampleChunk]) -> Merged:
    """Both together; all have one key. Only chunks that new ones overlap with, or are small beside, are opened.

    What nothing new came to stays untouched. Raises InvalidInput for a chunk that is damaged.
    """
    if len({chunk.key for chunk in (*old, *new)}) > 1:
        raise ValueError("chunks of several keys")
    chunks: list[SampleChunk] = []
    added = 0
    for before, after in _neighbours(old, new):
        if (before and after) or len(after) > 1:
            together, fresh = _joined(before, after)
        else:
            together, fresh = before + after, sum(chunk.count for chunk in after)
        chunks += together
        added += fresh
    return Merged(tuple(chunks), added, sum(chunk.count for chunk in new) - added)


def _neighbours(
    old: Sequence[SampleChunk], new: Sequence[SampleChunk]
) -> Iterator[tuple[list[SampleChunk], list[SampleChunk]]]:
    """In order of time, old and new ones whose times overlap, or that fit in one chunk with a new one."""
    marked = [(chunk, False) for chunk in old] + [(chunk, True) for chunk in new]
    group: tuple[list[SampleChunk], list[SampleChunk]] = ([], [])
    last, size = _EARLIEST, 0
    for chunk, is_new in sorted(marked, key=lambda entry: (entry[0].first, entry[1])):
        small = size + len(chunk.content) <= LARGEST and (is_new or bool(group[1]))
        if any(group) and chunk.first > last and not small:
            yield group
            group, size = ([], []), 0
        group[is_new].append(chunk)
        last, size = max(last, chunk.last), size + len(chunk.content)
    yield group


def _joined(old: list[SampleChunk], new: list[SampleChunk]) -> tuple[list[SampleChunk], int]:
    """And how many samples were not there."""
    before = [sample for chunk in old for sample in samples_of(chunk)]
    after = [sample for chunk in new for sample in samples_of(chunk)]
    known = set(map(same, before))
    fresh = {same(sample): sample for sample in reversed(after) if same(sample) not in known}
    if not fresh:
        return old, 0
    like = new[0]
    chunks, _ = chunks_of(like.kind, like.source, like.device, [*before, *fresh.values()])
    return chunks, len(fresh)


def samples_of(chunk: SampleChunk) -> list[Sample]:
    """Raises InvalidInput for content that `chunks_of` did not make."""
    try:
        return _unpacked(chunk.content)
    except _DAMAGE as error:
        raise InvalidInput(_DAMAGED) from error


def fields_of(chunk: SampleChunk) -> dict[str, Any]:
    """Plain values, for a message or a row."""
    return asdict(chunk) | {"total": str(chunk.total)}


def chunk_from(fields: Mapping[str, Any]) -> SampleChunk:
    """The same back. Nothing is trusted: raises InvalidInput where one field does not fit the others."""
    try:
        kind = _kind_from(fields["kind"])
        source, device, month = (str(fields[name]) for name in ("source", "device", "month"))
        content = bytes(fields["content"])
        samples = _unpacked(content)
        chunk = _chunk(kind, (source, device, month), samples, content)
        said = (fields["count"], fields["total"], fields["first"], fields["last"])
    except _DAMAGE as error:
        raise InvalidInput(_DAMAGED) from error
    months = {month_of(samples[0].start), month_of(samples[-1].start)}
    if said != (chunk.count, str(chunk.total), chunk.first, chunk.last) or months != {month}:
        raise InvalidInput(_DAMAGED)
    return chunk


def chunk_kept(fields: Mapping[str, Any]) -> SampleChunk:
    """The same of what was checked before it was kept; its content is looked at when it is opened.

    Raises InvalidInput.
    """
    try:
        return SampleChunk(
            kind=_kind_from(fields["kind"]),
            source=str(fields["source"]),
            device=str(fields["device"]),
            month=str(fields["month"]),
            count=int(fields["count"]),
            total=Decimal(fields["total"]),
            first=int(fields["first"]),
            last=int(fields["last"]),
            content=bytes(fields["content"]),
        )
    except _DAMAGE as error:
        raise InvalidInput(_DAMAGED) from error


def same(sample: Sample) -> tuple[int, int, str]:
    """What makes it the same sample; 72, 72.0 and 7.2E1 are one number."""
    value = sample.value
    if not value.isdigit() and all_numbers([value]):
        value = f"{Decimal(value):f}"
        value = value.rstrip("0").rstrip(".") if "." in value else value
    return sample.start, sample.end, value


def each_once(samples: Iterable[Sample]) -> list[Sample]:
    """In order of time; of the same samples the one that says most."""
    ordered = sorted(samples)
    spans = Counter(map(_SPAN, ordered))
    if len(spans) == len(ordered):
        return ordered
    alone = [sample for sample in ordered if spans[_SPAN(sample)] == 1]
    others = (sample for sample in ordered if spans[_SPAN(sample)] > 1)
    kept = {same(sample): sample for sample in sorted(others, key=lambda other: len(other.notes))}
    return sorted([*alone, *kept.values()])


def observations(chunk: SampleChunk) -> Iterator[Resource]:
    """Each sample as a FHIR Observation, in order of time. Raises InvalidInput for a damaged chunk."""
    for sample in samples_of(chunk):
        yield observation(chunk.kind, chunk.source, chunk.device, sample)


def observation(kind: SampleKind, source: str, device: str, sample: Sample) -> Resource:
    """One sample as a FHIR Observation without a subject."""
    resource: Resource = {
        "resourceType": "Observation",
        "identifier": [_identity(kind, source, device, sample)],
        "status": "final",
        "code": _concept(kind.codings, kind.text),
        **_effective(sample),
    }
    if kind.category:
        system = "http://terminology.hl7.org/CodeSystem/observation-category"
        resource["category"] = [{"coding": [{"system": system, "code": kind.category}]}]
    if kind.combine == "state":
        resource |= _state(kind, sample)
    else:
        resource["valueQuantity"] = quantity(sample.value, kind.unit, kind.shown, ucum=kind.ucum)
    if source or device:
        resource["device"] = {"display": "; ".join(filter(None, (source, device)))}
    if sample.notes:
        resource["extension"] = [note(key, value) for key, value in sample.notes]
    return resource


def _identity(kind: SampleKind, source: str, device: str, sample: Sample) -> dict[str, str]:
    return identifier_of(SAMPLE, kind.type, kind.unit, source, device, *same(sample))


def identifier_of(system: str, *parts: str | int) -> dict[str, str]:
    """A FHIR Identifier: the same for the same parts, whichever file they came in."""
    digest = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    return {"system": system, "value": digest[:32]}


def quantity(value: str, unit: str, shown: str, *, ucum: bool) -> dict[str, Any]:
    """A FHIR Quantity. Raises decimal.InvalidOperation for what is no number."""
    found: dict[str, Any] = {"value": Decimal(value)}
    if shown or unit:
        found["unit"] = shown or unit
    return found | ({"system": UCUM, "code": unit} if ucum and unit else {})


def note(key: str, value: str) -> dict[str, Any]:
    """Something more that was said of a sample, as a FHIR extension."""
    parts = [{"url": "key", "valueString": key}, {"url": "value", "valueString": value}]
    return {"url": NOTE, "extension": parts}


def time_text(moment: int, offset: int) -> str:
    """As FHIR has it: 2024-03-01T08:00:00+01:00."""
    local = EPOCH + dt.timedelta(microseconds=moment, minutes=offset)
    sign, minutes = "-" if offset < 0 else "+", abs(offset)
    return f"{local.isoformat()}{sign}{minutes // 60:02}:{minutes % 60:02}"


def all_numbers(values: Sequence[str]) -> bool:
    """Whether each is a decimal number as samples have them: -0.25, 72, 1e-05."""
    text, many = " ".join(values) + " ", len(values)
    return text.count(" ") == many and bool(_NUMBERS.fullmatch(text))


def month_of(moment: int) -> str:
    return (EPOCH + dt.timedelta(microseconds=moment)).strftime("%Y-%m")


def _bounds(month: str) -> tuple[int, int]:
    first = dt.datetime.strptime(month, "%Y-%m")  # noqa: DTZ007 - as EPOCH
    after = (first + dt.timedelta(days=32)).replace(day=1)
    return (first - EPOCH) // dt.timedelta(microseconds=1), (after - EPOCH) // dt.timedelta(
        microseconds=1
    )


def _split(
    kind: SampleKind, place: tuple[str, str, str], samples: list[Sample], start: int, end: int
) -> list[SampleChunk]:
    """In halves of the time, until each is small enough: a later sample changes the last chunk alone."""
    if len(samples) <= MOST:
        content, opened = _packed(samples)
        if len(samples) == 1 or (len(content) <= LARGEST and opened <= _LARGEST_OPEN):
            return [_chunk(kind, place, samples, content)]
    middle = (start + end) // 2
    left = bisect_left(samples, middle, key=itemgetter(0))
    if end - start < SECOND:
        left = len(samples) // 2
    if not 0 < left < len(samples):
        return _split(kind, place, samples, *((start, middle) if left else (middle, end)))
    first = _split(kind, place, samples[:left], start, middle)
    return first + _split(kind, place, samples[left:], middle, end)


def _chunk(
    kind: SampleKind, place: tuple[str, str, str], samples: list[Sample], content: bytes
) -> SampleChunk:
    total = Decimal(0)
    if kind.combine != "state":
        values = [sample.value for sample in samples]
        if not all_numbers(values):
            raise ValueError("a value that is no number")
        with localcontext(EXACT):
            total = sum(map(Decimal, values), total)
    count, first, last = len(samples), samples[0].start, max(sample.end for sample in samples)
    return SampleChunk(kind, *place, count, total, first, last, content)


def _packed(samples: list[Sample]) -> tuple[bytes, int]:
    """Also how large it is when opened."""
    starts, ends, offsets, end_offsets, values, notes = zip(*samples, strict=True)
    value = " ".join(values)
    if value.count(" ") != len(values) - 1 or "" in values:
        raise ValueError("a value with a space, or none")
    lengths = [end - start for start, end in zip(starts, ends, strict=True)]
    tick = gcd(SECOND, *starts, *lengths)
    steps = [after - before for before, after in pairwise(chain((0,), starts))]
    table = list(dict.fromkeys(notes))
    numbers = {entry: number for number, entry in enumerate(table)}
    content = {
        "tick": tick,
        "start": [step // tick for step in steps],
        "length": [length // tick for length in lengths],
        "offset": _runs(offsets),
        "end_offset": _runs(end_offsets),
        "value": value,
        "notes": table,
        "note": _runs(numbers[entry] for entry in notes),
    }
    text = json.dumps(content, separators=(",", ":")).encode()
    return zlib.compress(text, 6), len(text)


def _unpacked(content: bytes) -> list[Sample]:
    opener = zlib.decompressobj()
    text = opener.decompress(content, _LARGEST_OPEN)
    if not opener.eof or opener.unused_data:
        raise ValueError("cut short, or too large")
    found = json.loads(text)
    values = found["value"].split(" ")
    many = _whole(len(values), 1, MOST)
    tick = _whole(found["tick"], 1, SECOND)
    steps, lengths = _wholes(found["start"], many), _wholes(found["length"], many)
    starts = [step * tick for step in accumulate(steps)]
    ends = [start + length * tick for start, length in zip(starts, lengths, strict=True)]
    table = [tuple((str(key), str(value)) for key, value in entry) for entry in found["notes"]]
    notes = [table[_whole(number, 0, len(table))] for number in _unrun(found["note"], many)]
    offsets, end_offsets = _unrun(found["offset"], many), _unrun(found["end_offset"], many)
    if min(starts) < _EARLIEST or max(ends) > _LATEST or min(lengths) < 0 or "" in values:
        raise ValueError("out of time")
    if max(map(abs, (*offsets, *end_offsets))) > 24 * 60 or min(steps[1:], default=0) < 0:
        raise ValueError("out of order")
    return list(map(Sample, starts, ends, offsets, end_offsets, values, notes))


def _runs(values: Iterable[int]) -> list[tuple[int, int]]:
    return [(value, sum(1 for _ in group)) for value, group in groupby(values)]


def _unrun(runs: Any, many: int) -> list[int]:
    if sum(_whole(count, 1, many) for _, count in runs) != many:
        raise ValueError("not as many as values")
    return _wholes([each for value, count in runs for each in repeat(value, count)], many)


def _wholes(values: Any, many: int) -> list[int]:
    if len(values) != many or not all(type(value) is int for value in values):
        raise ValueError("not whole numbers, or not as many as values")
    return list(values)


def _whole(value: Any, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ValueError("no such number")
    return value


def _kind_from(fields: Mapping[str, Any]) -> SampleKind:
    if fields["combine"] not in get_args(Combine):
        raise ValueError("no such way to combine")
    return SampleKind(
        str(fields["type"]),
        str(fields["unit"]),
        bool(fields["ucum"]),
        fields["combine"],
        str(fields["text"]),
        str(fields["shown"]),
        tuple(Coding(*map(str, coding)) for coding in fields["codings"]),
        str(fields["category"]),
        tuple((str(state), Coding(*map(str, coding))) for state, coding in fields["durations"]),
    )


def _concept(codings: Iterable[Coding], text: str) -> dict[str, Any]:
    concept: dict[str, Any] = {"coding": [coding._asdict() for coding in codings]}
    return concept | ({"text": text} if text else {})


def _effective(sample: Sample) -> dict[str, Any]:
    start = time_text(sample.start, sample.offset)
    if sample.start == sample.end:
        return {"effectiveDateTime": start}
    return {"effectivePeriod": {"start": start, "end": time_text(sample.end, sample.end_offset)}}


def _state(kind: SampleKind, sample: Sample) -> dict[str, Any]:
    """The name of the state; and how long it was, where there is a word for that."""
    system = kind.codings[0].system if kind.codings else ""
    coding = {"system": system, "code": sample.value} if system else {"code": sample.value}
    found: dict[str, Any] = {"valueCodeableConcept": {"coding": [coding]}}
    length = dict(kind.durations).get(sample.value)
    if length:
        minutes = Decimal(sample.end - sample.start) / (60 * SECOND)
        component = {"code": _concept([length], length.display)}
        component["valueQuantity"] = quantity(f"{minutes:f}", "min", "min", ucum=True)
        found["component"] = [component]
    return found
