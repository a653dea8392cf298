# ruff: noqa: E501, RUF001 - lines of an export are long, and names have apostrophes
"""A made-up export of Apple Health of any size, and how the reader does on it.

    python tests/benchmarks/apple_health.py FOLDER [MEGABYTES]

Writes `export.xml` and `export.zip` of the same content into FOLDER, reads each in a process of its own, and prints
seconds, megabytes a second, how far memory grew, and whether every count and sum is what was written. The files are the
same for the same size; they are written in pieces, so that the size is bounded by the disk alone.
"""

from __future__ import annotations

import io
import json
import random
import resource
import subprocess
import sys
import time
import zipfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Context, Decimal, localcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.proposals import Proposal
from healthmate_desktop.domain.samples import SampleChunk, merged, samples_of
from healthmate_desktop.interop.apple_health import Progress, Tally, read_apple_health

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MEGABYTES = 1024
LAST = datetime(2025, 11, 3, 7, 30, tzinfo=UTC)
WINTER, SUMMER = timezone(timedelta(hours=1)), timezone(timedelta(hours=2))
TWICE = 5000  # every so many records one stands in the file twice
Q, C = "HKQuantityTypeIdentifier", "HKCategoryTypeIdentifier"
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 12 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation|Workout|ActivitySummary)*)>
<!ATTLIST VisionPrescription
  type CDATA #REQUIRED
<!ELEMENT RightEye EMPTY>
]>
<HealthData locale="de_AT">
 <ExportDate value="2025-11-03 08:30:00 +0100"/>
 <Me HKCharacteristicTypeIdentifierDateOfBirth="1980-02-29" HKCharacteristicTypeIdentifierBiologicalSex="HKBiologicalSexFemale"/>
"""
PHONE = 'sourceName="Ada’s iPhone" sourceVersion="18.{minor}" device="&lt;&lt;HKDevice: 0x3{address:08x}&gt;, name:iPhone, manufacturer:Apple Inc., model:iPhone, hardware:iPhone14,2, software:18.{minor}&gt;"'
WATCH = 'sourceName="Ada’s Apple Watch" sourceVersion="11.{minor}" device="&lt;&lt;HKDevice: 0x3{address:08x}&gt;, name:Apple Watch, manufacturer:Apple Inc., model:Watch, hardware:Watch7,1, software:11.{minor}&gt;"'
APP = 'sourceName="Sensor &amp; Co" sourceVersion="{minor}"'


@dataclass
class Totals:
    """What was written, each reading once; sums in the unit the reader gives."""

    counts: Counter[str] = field(default_factory=Counter)
    sums: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    records: int = 0
    twice: int = 0
    repeated: int = 0
    panels: int = 0
    workouts: int = 0
    size: int = 0

    def as_json(self) -> dict[str, Any]:
        plain = {
            name: getattr(self, name)
            for name in ("records", "twice", "repeated", "panels", "workouts")
        }
        return plain | {
            "counts": dict(self.counts),
            "sums": {k: str(v) for k, v in self.sums.items()},
        }


@dataclass(frozen=True)
class Kind:
    type: str
    share: float  # of the bytes
    unit: str
    source: str
    gap: tuple[int, int]  # seconds from one to the next
    length: tuple[int, int]  # seconds
    value: Callable[[random.Random], str]
    note: str = ""
    scale: int = 1


def whole(least: int, most: int) -> Callable[[random.Random], str]:
    return lambda chance: str(chance.randint(least, most))


def broken(most: float) -> Callable[[random.Random], str]:
    return lambda chance: repr(round(chance.uniform(0.001, most), 15))


def one_of(*values: str) -> Callable[[random.Random], str]:
    return lambda chance: chance.choice(values)


MOTION = '  <MetadataEntry key="HKMetadataKeyHeartRateMotionContext" value="{number}"/>\n'
SLEEP = [
    f"HKCategoryValueSleepAnalysis{stage}"
    for stage in ("AsleepCore", "AsleepDeep", "AsleepREM", "Awake", "InBed")
]
KINDS = (
    Kind(f"{Q}OxygenSaturation", 0.01, "%", WATCH, (900, 5000), (0, 0), lambda c: f"0.{c.randint(88, 99)}", scale=100),
    Kind(f"{Q}BodyMass", 0.001, "kg", APP, (80_000, 90_000), (0, 0), lambda c: f"{c.randint(600, 720) / 10}"),
    Kind(f"{Q}BloodGlucose", 0.02, "mg/dL", APP, (300, 300), (0, 0), whole(60, 220)),
    Kind(f"{Q}HeartRate", 0.30, "count/min", WATCH, (5, 400), (0, 0), whole(48, 171), MOTION),
    Kind(f"{Q}StepCount", 0.06, "count", WATCH, (60, 900), (10, 55), whole(1, 600)),
    Kind(f"{Q}StepCount", 0.05, "count", PHONE, (60, 900), (10, 55), whole(1, 600)),
    Kind(f"{Q}DistanceWalkingRunning", 0.08, "km", WATCH, (60, 900), (10, 55), broken(0.5)),
    Kind(f"{Q}ActiveEnergyBurned", 0.25, "kcal", WATCH, (10, 120), (2, 9), broken(3)),
    Kind(f"{Q}BasalEnergyBurned", 0.15, "Cal", WATCH, (60, 900), (10, 55), broken(9)),
    Kind(f"{Q}RespiratoryRate", 0.01, "count/min", WATCH, (300, 900), (0, 0), lambda c: f"{c.randint(24, 40) / 2}"),
    Kind(f"{Q}WalkingSpeed", 0.01, "km/hr", PHONE, (600, 9000), (3, 99), broken(6)),
    Kind(f"{C}SleepAnalysis", 0.01, "", WATCH, (900, 3600), (60, 900), one_of(*SLEEP), '  <MetadataEntry key="HKTimeZone" value="Europe/Vienna"/>\n'),
    Kind(f"{C}AppleStandHour", 0.01, "", WATCH, (3600, 3600), (3600, 3600), one_of("HKCategoryValueAppleStandHourStood", "HKCategoryValueAppleStandHourIdle")),
)  # fmt: skip


def write_export(file: IO[bytes], size: int) -> Totals:
    """About `size` bytes of XML."""
    chance, totals = random.Random(size), Totals()
    for piece in (
        HEAD,
        *_series(chance, totals, size),
        *_groups(chance, totals, size),
        "</HealthData>\n",
    ):
        content = piece.encode()
        totals.size += len(content)
        file.write(content)
    return totals


def _series(chance: random.Random, totals: Totals, size: int) -> Iterator[str]:
    for kind in KINDS:
        left = int(size * kind.share)
        moment = LAST - timedelta(seconds=left // 330 * (sum(kind.gap) // 2))
        while left > 0:
            moment += timedelta(seconds=chance.randint(*kind.gap))
            text = _record(kind, moment, chance, totals)
            if totals.records % TWICE == 0:
                totals.records += 1
                totals.twice += 1
                text += text
            left -= len(text)
            yield text
            moment += timedelta(seconds=kind.length[1])


def _record(kind: Kind, moment: datetime, chance: random.Random, totals: Totals) -> str:
    value, start = kind.value(chance), _time(moment)
    end = (
        _time(moment + timedelta(seconds=chance.randint(*kind.length))) if kind.length[1] else start
    )
    source = kind.source.format(minor=moment.month // 4, address=chance.getrandbits(32))
    unit = f' unit="{kind.unit}"' if kind.unit else ""
    totals.records += 1
    totals.counts[kind.type] += 1
    if kind.unit:
        totals.sums[kind.type] += Decimal(value) * kind.scale
    note = kind.note.format(number=chance.randint(0, 2))
    close = f">\n{note} </Record>" if note else "/>"
    return (
        f' <Record type="{kind.type}" {source}{unit} creationDate="{end}" startDate="{start}" '
        f'endDate="{end}" value="{value}"{close}\n'
    )


def _groups(chance: random.Random, totals: Totals, size: int) -> Iterator[str]:
    """Blood pressures and workouts; what is in a Correlation stood before it."""
    groups = []
    for number in range(max(2, size // 2_000_000)):
        time_said = _time(LAST - timedelta(hours=13 * number))
        parts = [
            f'<Record type="{Q}BloodPressure{side}" {APP.format(minor=1)} unit="mmHg" '
            f'startDate="{time_said}" endDate="{time_said}" value="{chance.randint(*limits)}"/>\n'
            for side, limits in (("Systolic", (100, 160)), ("Diastolic", (60, 95)))
        ]
        totals.panels += 1
        totals.records += 4
        totals.repeated += 2
        yield "".join(f" {part}" for part in parts)
        inside = "".join(f"  {part}" for part in parts)
        groups.append(
            f' <Correlation type="HKCorrelationTypeIdentifierBloodPressure" {APP.format(minor=1)} '
            f'startDate="{time_said}" endDate="{time_said}">\n{inside} </Correlation>\n'
        )
    yield from groups
    for number in range(max(1, size // 1_000_000)):
        start = LAST - timedelta(hours=31 * number)
        totals.workouts += 1
        yield (
            f' <Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="{30 + number % 60}.5" '
            f'durationUnit="min" {WATCH.format(minor=1, address=number)} startDate="{_time(start)}" '
            f'endDate="{_time(start + timedelta(minutes=30))}">\n'
            f'  <WorkoutStatistics type="{Q}HeartRate" average="140.5" minimum="90" maximum="171" unit="count/min"/>\n'
            " </Workout>\n"
        )


def _time(moment: datetime) -> str:
    zone = SUMMER if 4 <= moment.month <= 10 else WINTER
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %z")


def write_zip(path: Path, size: int) -> Totals:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("apple_health_export/export_cda.xml", "<ClinicalDocument/>")
        with archive.open("apple_health_export/Exportieren.xml", "w", force_zip64=True) as file:
            return write_export(file, size)


class Pipe(io.RawIOBase):
    """A file that can only be read from front to back, as a pipe."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)


def measure(path: Path) -> dict[str, Any]:
    """Read it as the product does: chunks of one key are merged."""
    before = _peak()
    chunks: dict[Any, tuple[SampleChunk, ...]] = {}
    found: Counter[str] = Counter()
    farthest = last = largest = most = 0
    totals = Totals()
    started, busy, merging = time.monotonic(), time.process_time(), 0.0
    for item in read_apple_health(Pipe(path), size=path.stat().st_size):
        found[type(item).__name__] += 1
        if isinstance(item, SampleChunk):
            largest, most = max(largest, len(item.content)), max(most, item.count)
            there, since = chunks.get(item.key), time.process_time()
            chunks[item.key] = merged(there, (item,)).chunks if there else (item,)
            merging += time.process_time() - since
            found["parts"] += bool(there)
        elif isinstance(item, Progress):
            farthest, last = max(farthest, item.done - last), item.done
        elif isinstance(item, Proposal):
            _count_proposal(item, totals)
        elif isinstance(item, Problem):
            print("   problem:", item.where, item.message)
        elif isinstance(item, Tally):
            totals.records, totals.twice, totals.repeated = (
                item.records,
                item.identical,
                item.repeated,
            )
    seconds, busy = time.monotonic() - started, time.process_time() - busy
    grown = _peak() - before
    kept = sum(len(chunk.content) for parts in chunks.values() for chunk in parts)
    with localcontext(Context(prec=100)):
        for parts in chunks.values():
            for chunk in parts:
                totals.counts[chunk.kind.type] += chunk.count
                totals.sums[chunk.kind.type] += chunk.total
                assert len(samples_of(chunk)) == chunk.count
    figures = {
        "seconds": seconds,
        "busy": busy,
        "merging": merging,
        "grown": grown,
        "kept": kept,
        "farthest": farthest,
        "largest": largest,
    }
    return totals.as_json() | {"found": found, "figures": figures | {"most": most}}


def _count_proposal(proposal: Proposal, totals: Totals) -> None:
    codes = [coding["code"] for coding in proposal.resource["code"]["coding"]]
    if "85354-9" in codes:
        totals.panels += 1
    elif "HKWorkoutTypeIdentifier" in codes:
        totals.workouts += 1
    else:
        totals.counts[codes[-1]] += 1
        totals.sums[codes[-1]] += proposal.resource["valueQuantity"]["value"]


def _peak() -> int:
    """Bytes. The other figure, where the first is not to be had, counts what started this process too."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> int:
    if sys.argv[1] == "--read":
        print(json.dumps(measure(Path(sys.argv[2]))))
        return 0
    folder, size = Path(sys.argv[1]), int(sys.argv[2] if sys.argv[2:] else MEGABYTES) * 1024 * 1024
    good = True
    for name in ("export.xml", "export.zip"):
        path, started = folder / name, time.monotonic()
        if path.suffix == ".zip":
            totals = write_zip(path, size)
        else:
            with path.open("wb") as file:
                totals = write_export(file, size)
        print(
            f"{name}: {totals.size:,} bytes of XML, {path.stat().st_size:,} on disk, {totals.records:,} records, written in {time.monotonic() - started:.0f} s"
        )
        command = [sys.executable, __file__, "--read", str(path)]
        answer = subprocess.run(command, capture_output=True, text=True, check=True)
        *said, last = answer.stdout.splitlines()
        print(*said, sep="\n")
        read = json.loads(last)
        good &= report(json.loads(json.dumps(totals.as_json())), read, totals.size)
        path.unlink()
    return 0 if good else 1


def report(written: dict[str, Any], read: dict[str, Any], size: int) -> bool:
    figures = read.pop("figures")
    print(
        f"   read in {figures['seconds']:.1f} s, {size / 1e6 / figures['seconds']:.1f} MB/s; processor {figures['busy']:.1f} s, {figures['merging']:.1f} of them to merge; memory grew by {figures['grown'] / 1e6:.0f} MB"
    )
    print(
        f"   chunks {figures['kept']:,} bytes, largest {figures['largest']:,}, most samples {figures['most']:,}; farthest between two Progress {figures['farthest']:,}"
    )
    print("  ", dict(read.pop("found")))
    for sums in (written["sums"], read["sums"]):
        for name, value in sums.items():
            sums[name] = str(Decimal(value).normalize(Context(prec=100)))
        for name in [name for name, value in sums.items() if not Decimal(value)]:
            del sums[name]
    wrong = [name for name in written if written[name] != read[name]]
    for name in wrong:
        print(f"   {name}: written {written[name]}, read {read[name]}")
    print("   all counts and sums are equal" if not wrong else "   DIFFERENT")
    return not wrong


if __name__ == "__main__":
    raise SystemExit(main())
