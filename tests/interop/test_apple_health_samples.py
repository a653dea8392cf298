"""Chunks of samples: what goes in comes out digit for digit, nothing counts twice, damage is told."""

import json
import random
import zlib
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from healthmate_desktop.domain import samples as module
from healthmate_desktop.domain.samples import (
    DAY,
    LARGEST,
    SECOND,
    Coding,
    Sample,
    SampleChunk,
    SampleKind,
    all_numbers,
    chunk_from,
    chunk_kept,
    chunks_of,
    fields_of,
    merged,
    observation,
    observations,
    samples_of,
)
from healthmate_desktop.errors import InvalidInput

pytestmark = pytest.mark.unit

STEPS = SampleKind(
    "Steps",
    "1",
    True,
    "sum",
    "Steps",
    "steps",
    (Coding("http://loinc.org", "55423-8", "Steps"),),
    "activity",
)
SLEEP = SampleKind(
    "Sleep",
    combine="state",
    text="Sleep",
    codings=(Coding("urn:x", "Sleep", "Sleep"),),
    durations=(("Deep", Coding("http://loinc.org", "93831-6", "Deep sleep duration")),),
)
MARCH = 19_782 * DAY  # 2024-02-29
HOUR = 3600 * SECOND


def sample(start: int, value: str = "5", length: int = 60, offset: int = 60, **more: Any) -> Sample:
    """`start` in seconds after the last of February 2024."""
    first = MARCH + start * SECOND
    return Sample(first, first + length * SECOND, offset, offset, value, **more)


def one(samples: list[Sample], kind: SampleKind = STEPS) -> SampleChunk:
    (chunk,) = chunks_of(kind, "Ada's Watch", "Watch", samples)[0]
    return chunk


def test_samples_come_out_as_they_went_in() -> None:
    given = [
        sample(
            0,
            "0.4971749504535062",
            notes=(("HKTimeZone", "Europe/Vienna"), ("é", "\N{GRINNING FACE}")),
        ),
        sample(61, "-0"),
        sample(62, "72.0", length=0, offset=-210),
        Sample(MARCH + 70 * SECOND + 1, MARCH + 71 * SECOND, 60, 120, "1e-05"),
    ]
    chunk = one(given)
    assert samples_of(chunk) == given
    assert (chunk.count, chunk.total) == (4, Decimal("72.4971849504535062"))
    assert (chunk.first, chunk.last) == (given[0].start, given[1].end)
    assert chunk.key == module.SampleKey("Steps", "1", "Ada's Watch", "Watch", "2024-02")


def test_sum_of_many_digits_is_exact() -> None:
    values = [f"{10**19 + number}.{number:030}" for number in range(1, 50)]
    chunk = one([sample(number, value) for number, value in enumerate(values)])
    whole, parts = sum(range(1, 50)) + 49 * 10**19, sum(range(1, 50))
    assert chunk.total == Decimal(f"{whole}.{parts:030}")


def test_each_month_by_utc_has_chunks_of_its_own() -> None:
    chunks, _ = chunks_of(STEPS, "", "", [sample(0), sample(86_399), sample(86_400)])
    assert [(chunk.month, chunk.count) for chunk in chunks] == [("2024-02", 2), ("2024-03", 1)]


def test_same_sample_counts_once_and_keeps_what_it_said() -> None:
    said = sample(0, "72.0", notes=(("a", "b"),))
    chunks, twice = chunks_of(
        STEPS, "", "", [sample(0, "72"), said, sample(0, "7.2E1"), sample(0, "73")]
    )
    assert twice == 2
    assert samples_of(chunks[0]) == [said, sample(0, "73")]


@pytest.mark.parametrize(
    ("one_way", "other"),
    [("0", "0.00"), ("-0.5", "-0.50"), ("100", "1e2"), ("0.001", "1E-3"), ("10", "10.0")],
)
def test_same_number_written_in_two_ways_is_one(one_way: str, other: str) -> None:
    assert chunks_of(STEPS, "", "", [sample(0, one_way), sample(0, other)])[1] == 1


def test_full_month_is_split_into_small_chunks_that_change_only_at_their_end() -> None:
    chance = random.Random(4)
    given = [sample(86_400 + at * 60, str(chance.random())) for at in range(30_000)]
    chunks, _ = chunks_of(STEPS, "", "", given)
    assert len(chunks) > 2
    assert max(len(chunk.content) for chunk in chunks) <= LARGEST
    assert [each for chunk in chunks for each in samples_of(chunk)] == given
    more, _ = chunks_of(STEPS, "", "", [*given, sample(86_400 + 30_000 * 60, "0.5")])
    assert more[:-1] == chunks[:-1]
    assert {chunk.key for chunk in chunks} == {chunks[0].key}


def test_many_samples_of_one_second_are_split_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 10)
    given = [sample(0, str(number), length=0) for number in range(100, 165)]
    chunks, _ = chunks_of(STEPS, "", "", given)
    assert max(chunk.count for chunk in chunks) <= 10
    assert [each for chunk in chunks for each in samples_of(chunk)] == given


def test_chunk_is_split_where_it_would_open_to_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LARGEST_OPEN", 3000)
    chunks, _ = chunks_of(STEPS, "", "", [sample(number) for number in range(1000)])
    assert len(chunks) > 1
    assert sum(len(samples_of(chunk)) for chunk in chunks) == 1000


def test_later_export_adds_only_what_is_new() -> None:
    old, _ = chunks_of(STEPS, "W", "", [sample(0), sample(100)])
    new, _ = chunks_of(STEPS, "W", "", [sample(0), sample(100), sample(200)])
    both = merged(old, new)
    assert (both.added, both.known) == (1, 2)
    assert samples_of(both.chunks[0]) == [sample(0), sample(100), sample(200)]
    assert merged(both.chunks, new) == module.Merged(both.chunks, 0, 3)
    assert merged((), new).chunks == tuple(new)


def test_same_moment_from_another_time_zone_is_known() -> None:
    old, new = one([sample(0, offset=60)]), one([sample(0, "5.0", offset=-480)])
    both = merged([old], [new])
    assert (both.chunks, both.added, both.known) == ((old,), 0, 1)


def test_parts_in_any_order_merge_to_the_same_samples() -> None:
    chance = random.Random(5)
    given = [sample(chance.randrange(80_000), str(chance.random())) for _ in range(12_000)]
    whole, _ = chunks_of(STEPS, "W", "", given)
    assert len(whole) > 2
    for mixed in (False, True):
        if mixed:
            chance.shuffle(given)
        parts: tuple[SampleChunk, ...] = ()
        added = known = 0
        for at in range(0, 12_000, 2500):
            both = merged(parts, chunks_of(STEPS, "W", "", given[at : at + 3000])[0])
            parts, added, known = both.chunks, added + both.added, known + both.known
        assert sorted(each for chunk in parts for each in samples_of(chunk)) == sorted(given)
        assert (added, known) == (12_000, 2000)
        assert max(len(chunk.content) for chunk in parts) <= LARGEST
        assert len(parts) <= 2 * len(whole)


def test_chunks_that_nothing_new_came_to_are_not_opened() -> None:
    chance = random.Random(7)
    given = [sample(at * 60, str(chance.random())) for at in range(1400)]
    first, second, third = (one(given[at : at + 400]) for at in (0, 500, 900))
    closed = replace(first, content=b"not opened " * 6000)
    both = merged([closed, third], [second])
    assert both.chunks[0] is closed
    assert (both.added, both.known) == (400, 0)
    assert merged([first], [second]).added == 400
    assert len(merged([first], [second]).chunks) == 1


def test_chunks_of_two_devices_are_never_merged() -> None:
    other = replace(one([sample(0)]), device="Phone")
    with pytest.raises(ValueError, match="several keys"):
        merged([one([sample(0)])], [other])


def test_value_that_is_no_number_is_a_bug() -> None:
    with pytest.raises(ValueError, match="no number"):
        one([sample(0, "NaN")])
    with pytest.raises(ValueError, match="space"):
        one([sample(0, "in bed")], SLEEP)
    with pytest.raises(ValueError, match="none"):
        one([sample(0, "")], SLEEP)
    assert all_numbers(["-0.25", "72", "1e-05"])
    assert not any(
        all_numbers([text]) for text in ("", "1 2", "+1", ".5", "1,5", "NaN", "1e999", "٣")
    )


def test_chunk_goes_through_plain_fields() -> None:
    for kind, value in ((STEPS, "5.5"), (SLEEP, "Deep")):
        chunk = one([sample(0, value), sample(90, value)], kind)
        assert chunk_from(fields_of(chunk)) == chunk
        assert chunk_kept(json.loads(json.dumps(kept(chunk))) | {"content": chunk.content}) == chunk


def kept(chunk: SampleChunk) -> dict[str, Any]:
    return {name: value for name, value in fields_of(chunk).items() if name != "content"}


def test_a_kept_chunk_that_lacks_something_is_refused() -> None:
    chunk = one([sample(0)])
    with pytest.raises(InvalidInput):
        chunk_kept(kept(chunk))
    spoilt = chunk_kept(kept(chunk) | {"content": b"x"})
    with pytest.raises(InvalidInput):
        samples_of(spoilt)


@pytest.mark.parametrize(
    "change",
    [
        {"count": 2},
        {"total": "6"},
        {"total": 5},
        {"first": 0},
        {"last": None},
        {"month": "2024-03"},
        {"content": b""},
        {"content": b"PK"},
        {"content": zlib.compress(b"[" * 100_000)},
        {"kind": None},
        {"kind": {}},
        {"source": None, "count": "1"},
    ],
)
def test_fields_that_do_not_fit_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="Import them again"):
        chunk_from(fields_of(one([sample(0)])) | change)


@pytest.mark.parametrize(
    "change",
    [
        {"tick": 0},
        {"tick": 1.0},
        {"start": [1]},
        {"start": [MARCH, -5]},
        {"start": [1e3, 1]},
        {"start": [10**30, 1]},
        {"start": [-(10**30), 1]},
        {"length": [-1, 0]},
        {"length": [True, 0]},
        {"offset": [[60, 1]]},
        {"offset": [[60, 99_999_999]]},
        {"offset": [[9999, 2]]},
        {"offset": [["60", 2]]},
        {"value": "5  5"},
        {"value": "5 NaN"},
        {"value": "5 1e999"},
        {"value": 5},
        {"value": "5 " * 60_000},
        {"note": [[7, 2]]},
        {"note": [[-1, 2]]},
        {"notes": [[["only a key"]]]},
        {"notes": 5},
    ],
)
def test_content_that_was_tampered_with_is_refused(change: dict[str, Any]) -> None:
    chunk = one([sample(0), sample(100)])
    inner = json.loads(zlib.decompress(chunk.content)) | change
    content = zlib.compress(json.dumps(inner).encode())
    with pytest.raises(InvalidInput):
        chunk_from(fields_of(chunk) | {"content": content})


def test_content_that_opens_to_too_much_is_refused() -> None:
    chunk = replace(one([sample(0)]), content=zlib.compress(b" " * 40_000_000))
    with pytest.raises(InvalidInput):
        samples_of(chunk)
    with pytest.raises(InvalidInput):
        list(observations(replace(chunk, content=one([sample(0)]).content[:-3])))


def test_kind_that_combines_in_no_known_way_is_refused() -> None:
    fields = fields_of(one([sample(0)]))
    fields["kind"] = fields["kind"] | {"combine": "median"}
    with pytest.raises(InvalidInput):
        chunk_from(fields)


def test_damaged_bytes_never_raise_anything_else() -> None:
    chance = random.Random(6)
    given = [sample(at, str(at)) for at in range(50)]
    fields = fields_of(one(given))
    for _ in range(400):
        content = bytearray(fields["content"])
        content[chance.randrange(len(content))] = chance.randrange(256)
        try:
            chunk = chunk_from(fields | {"content": bytes(content)})
        except InvalidInput:
            continue
        assert samples_of(chunk) == given


def test_sample_becomes_an_observation() -> None:
    first, second = observations(
        one([sample(0, "5.50", notes=(("HKWasUserEntered", "1"),)), sample(90, length=0)])
    )
    assert first == {
        "resourceType": "Observation",
        "identifier": [
            {"system": "urn:healthmate:sample", "value": first["identifier"][0]["value"]}
        ],
        "status": "final",
        "category": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                        "code": "activity",
                    }
                ]
            }
        ],
        "code": {
            "coding": [{"system": "http://loinc.org", "code": "55423-8", "display": "Steps"}],
            "text": "Steps",
        },
        "effectivePeriod": {
            "start": "2024-02-29T01:00:00+01:00",
            "end": "2024-02-29T01:01:00+01:00",
        },
        "valueQuantity": {
            "value": Decimal("5.50"),
            "unit": "steps",
            "system": "http://unitsofmeasure.org",
            "code": "1",
        },
        "device": {"display": "Ada's Watch; Watch"},
        "extension": [
            {
                "url": "urn:healthmate:sample-note",
                "extension": [
                    {"url": "key", "valueString": "HKWasUserEntered"},
                    {"url": "value", "valueString": "1"},
                ],
            }
        ],
    }
    assert str(first["valueQuantity"]["value"]) == "5.50"
    assert second["effectiveDateTime"] == "2024-02-29T01:01:30+01:00"


def test_state_says_how_long_it_was_where_there_is_a_word_for_it() -> None:
    deep, awake = observations(one([sample(0, "Deep", length=90), sample(90, "Awake")], SLEEP))
    assert deep["valueCodeableConcept"] == {"coding": [{"system": "urn:x", "code": "Deep"}]}
    assert deep["component"][0]["code"]["coding"][0]["code"] == "93831-6"
    assert deep["component"][0]["valueQuantity"]["value"] == Decimal("1.5")
    assert "component" not in awake
    bare = observation(SampleKind("X", combine="state"), "", "", sample(0, "On"))
    assert bare["valueCodeableConcept"] == {"coding": [{"code": "On"}]}
    assert not {"device", "category", "extension"} & set(bare)


def test_unit_that_is_not_ucum_is_only_shown() -> None:
    kind = SampleKind("Effort", "score", ucum=False)
    assert observation(kind, "", "", sample(0))["valueQuantity"] == {"value": 5, "unit": "score"}
    assert observation(SampleKind("Bare", "", ucum=False), "", "", sample(0))["valueQuantity"] == {
        "value": 5
    }


def test_identity_does_not_depend_on_the_zone_or_the_digits() -> None:
    def identity(kind: SampleKind, source: str, device: str, of: Sample) -> str:
        (found,) = observation(kind, source, device, of)["identifier"]
        return str(found["value"])

    there = identity(STEPS, "W", "", sample(0, "5", offset=60))
    assert there == identity(STEPS, "W", "", sample(0, "5.0", offset=-300))
    others = {
        identity(STEPS, "V", "", sample(0)),
        identity(STEPS, "W", "D", sample(0)),
        identity(SLEEP, "W", "", sample(0)),
        identity(STEPS, "W", "", sample(1)),
        identity(STEPS, "W", "", sample(0, "6")),
    }
    assert len(others | {there}) == 6


def test_times_before_1970_and_west_of_greenwich_are_shown_right() -> None:
    assert module.time_text(-HOUR, -210) == "1969-12-31T19:30:00-03:30"
    assert module.time_text(500_000, 0) == "1970-01-01T00:00:00.500000+00:00"
    assert module.month_of(-1) == "1969-12"
