# ruff: noqa: E501 - as exports have it
"""Of a large export little is held at a time, nothing is lost, and progress is told."""

import pytest
from apple_health_builders import Q, Read, export, record

from healthmate_desktop.interop.apple_health import Progress, gather, scanning
from healthmate_desktop.interop.apple_health.gather import Gatherer
from healthmate_desktop.interop.apple_health.times import Times

pytestmark = [pytest.mark.unit, pytest.mark.health]


def gathered(many: int, names: list[str], gatherer: Gatherer) -> tuple[dict[str, int], int]:
    """Counts by type from everything given, and the most that was held."""
    counts: dict[str, int] = dict.fromkeys(names, 0)
    most = 0
    for at in range(many):
        for name in names:
            attributes = {
                "type": f"{Q}{name}",
                "unit": "count",
                "value": str(at % 7),
                "startDate": f"20{10 + at % 12}-{1 + at % 9:02}-{1 + at // 100 % 28:02} {at % 24:02}:{at % 60:02}:00 +0000",
            }
            gatherer.add(
                attributes, [("HKFoodType", "Rye")], inside=name == "DietaryIron" and at % 5 == 0
            )
        most = max(most, gatherer._held)
        for chunk in gatherer.relieve():
            counts[chunk.kind.type.removeprefix(Q)] += chunk.count
    for found in gatherer.finish():
        if isinstance(found, tuple):
            counts[found[0].type.kind.type.removeprefix(Q)] += len(found[1])
        else:
            counts[found.kind.type.removeprefix(Q)] += found.count
    return counts, most


def test_little_is_held_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["StepCount", "DietaryIron", "BodyMass"]
    plain, _ = gathered(3000, names, Gatherer(Times()))
    monkeypatch.setattr(gather, "MOST_HELD", 500)
    gatherer = Gatherer(Times())
    counts, most = gathered(3000, names, gatherer)
    assert most <= 503
    assert gatherer._held == 0
    assert counts["DietaryIron"] == plain["DietaryIron"]
    assert counts["BodyMass"] == plain["BodyMass"]
    assert (
        counts["StepCount"] >= plain["StepCount"]
    )  # parts of a month may repeat one; merging sorts it out
    assert sum(counts.values()) + gatherer.identical + gatherer.repeated == 9000


def test_values_that_are_no_numbers_are_counted_when_little_is_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gather, "MOST_HELD", 10)
    parts = [record(name, value, f"2024-05-01 08:{at:02}:00", unit="count") for name in ("StepCount", "BodyMass") for at, value in enumerate(["1", "x", "3", ""] * 10)]  # fmt: skip
    read = Read([export(*parts)[at : at + 300] for at in range(0, 20_000, 300)])
    assert len(read.values("StepCount")) == len(read.proposals) == 20
    assert read.tally.unreadable == 40


def test_memory_of_notes_and_names_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "_MOST_KNOWN", 3)
    gatherer = Gatherer(Times())
    for at in range(50):
        attributes: scanning.Attributes = {
            "type": f"{Q}StepCount", "sourceName": f"S{at % 10}", "value": "1", "startDate": f"2024-05-01 08:{at:02}:00 +0000",
        }  # fmt: skip
        gatherer.add(attributes, [("HKFoodType", str(at))])
    assert len(gatherer.series) == 10
    assert (len(gatherer._known), len(gatherer._notes)) <= (4, 4)
    assert sum(chunk.count for chunk in gatherer.finish() if not isinstance(chunk, tuple)) == 50


def test_progress_is_told_every_4_megabytes_and_at_the_end() -> None:
    content = export(
        *(record("StepCount", "5", f"2024-05-01 08:{at % 60:02}:00") for at in range(60_000))
    )
    read = Read(content, len(content))
    steps = [progress.done for progress in read.progress]
    assert read.progress[-1] == Progress(len(content), len(content))
    assert (
        max(after - before for before, after in zip([0, *steps], steps, strict=False))
        <= 4 * 1024 * 1024
    )
    assert len(steps) >= 4
    assert read.tally.types == ((f"{Q}StepCount", 60_000),)
    assert read.tally.identical == 60_000 - 60
    assert Read(content[:9000]).progress[-1] == Progress(9000, 9000)
