"""What encryption and the product's engine cost: the vault's database against plain sqlite3, at 500,000 records.

    python tests/benchmarks/vault.py [RECORDS]

The records are shaped like FHIR Observations and come as imports do, some months of one person at a time. Both
databases have the same tables and settings and take turns in one process. Printed is how many times as long the vault
takes: for inserts over the whole filling, for the rest the median of the rounds after the first. Reads are measured as
the same statements on a connection of the product's engine, which is what the targets are for, and once more through
SQLAlchemy on both sides, which is how the product runs them.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from healthmate_desktop.domain.ids import new_id
from healthmate_desktop.storage.engine import WRITING, connect, make_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

RECORDS = 500_000
PEOPLE, CODES, YEARS = 100, 25, 10
IMPORT = 250  # records of a person that are saved together
ROUNDS = 21
BEGINNING = datetime(2016, 1, 1, tzinfo=UTC)
CACHE = 65536  # KiB on both sides

TABLES = (
    """
    CREATE TABLE observation (
        id TEXT NOT NULL PRIMARY KEY,
        patient_id TEXT NOT NULL,
        code TEXT NOT NULL,
        effective TEXT NOT NULL,
        value REAL,
        unit TEXT NOT NULL,
        json TEXT NOT NULL
    ) STRICT
    """,
    # each holds what its screen shows, so that no record has to be read for it
    "CREATE INDEX ix_timeline ON observation (patient_id, effective, id, code, value, unit)",
    "CREATE INDEX ix_trend ON observation (patient_id, code, effective, value, unit)",
)
INSERT = "INSERT INTO observation VALUES (?, ?, ?, ?, ?, ?, ?)"
POINT = "SELECT * FROM observation WHERE id = ?"
TIMELINE = (
    "SELECT id, effective, code, value, unit FROM observation WHERE patient_id = ? AND effective < ? "
    "ORDER BY effective DESC, id DESC LIMIT 50"
)
TREND = (
    "SELECT effective, value, unit FROM observation WHERE patient_id = ? AND code = ? AND effective >= ? "
    "ORDER BY effective"
)
Row = tuple[Any, ...]
Question = tuple[str, Row]
Seconds = dict[str, float]
T = TypeVar("T")


@dataclass(frozen=True)
class Side:
    """A database: a connection of its driver, and one through SQLAlchemy."""

    raw: Any
    connection: sa.Connection

    def insert(self, rows: list[Row]) -> None:
        with self.connection.begin():
            self.connection.exec_driver_sql(INSERT, rows)

    def ask(self, asked: list[Question]) -> None:
        for statement, values in asked:
            self.raw.execute(statement, values).fetchall()

    def ask_through_sqlalchemy(self, asked: list[Question]) -> None:
        with self.connection.begin():
            for statement, values in asked:
                self.connection.exec_driver_sql(statement, values).fetchall()


def main() -> int:
    records = int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS
    chance = random.Random(3)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        sides = {"vault": vault_side(Path(folder)), "plain": plain_side(Path(folder))}
        for side in sides.values():
            stack.callback(side.connection.engine.dispose)
            stack.callback(side.connection.close)
            stack.callback(side.raw.close)
        ids: list[str] = []
        filling = list(fill(sides, records, chance, ids))
        print(f"{records} records of {PEOPLE} people; how many times as long the vault takes:")
        report("inserts", sum_of(filling, "vault") / sum_of(filling, "plain"), 1.5)
        for name, ask, target in kinds(chance, ids):
            asked = [list(ask()) for _ in range(ROUNDS)]
            report(name, ratio(sides, asked, Side.ask), target)
            report("  through SQLAlchemy", ratio(sides, asked, Side.ask_through_sqlalchemy), None)
    return 0


def vault_side(folder: Path) -> Side:
    path = folder / "vault.db"
    path.touch()
    key = os.urandom(32)
    engine = make_engine(path, key)
    return Side(connect(path, key), engine.connect().execution_options(**{WRITING: True}))


def plain_side(folder: Path) -> Side:
    def open_plain() -> sqlite3.Connection:
        raw = sqlite3.connect(folder / "plain.db", isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", f"cache_size=-{CACHE}"):
            raw.execute(f"PRAGMA {pragma}").fetchall()
        return raw

    engine = sa.create_engine("sqlite://", creator=open_plain, poolclass=StaticPool)
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return Side(open_plain(), engine.connect())


def fill(
    sides: dict[str, Side], records: int, chance: random.Random, ids: list[str]
) -> Iterator[Seconds]:
    for side in sides.values():
        for statement in TABLES:
            side.raw.execute(statement)
    people = [number % PEOPLE for number in range(records // IMPORT)]
    chance.shuffle(people)
    step = timedelta(days=365.25 * YEARS) / (records // PEOPLE)
    count = [0] * PEOPLE
    for turn, person in enumerate(people):
        first = count[person]
        count[person] += IMPORT
        rows = [
            observation(person, number, BEGINNING + number * step, chance)
            for number in range(first, first + IMPORT)
        ]
        ids += [row[0] for row in rows]
        yield in_turn(sides, turn, Side.insert, rows)


def observation(person: int, number: int, at: datetime, chance: random.Random) -> Row:
    key, code, value = new_id(), code_of(number), round(chance.uniform(1, 300), 1)
    resource = {
        "resourceType": "Observation",
        "id": key,
        "status": "final",
        "category": [{"coding": [{"system": "urn:example:category", "code": "laboratory"}]}],
        "code": {
            "coding": [{"system": "urn:example:codes", "code": code}],
            "text": f"Substance {code} [Mass/volume] in Serum or Plasma",
        },
        "subject": {"reference": f"Patient/person-{person}"},
        "effectiveDateTime": at.isoformat(),
        "valueQuantity": {"value": value, "unit": "mg/dL", "system": "urn:example:units"},
        "referenceRange": [{"low": {"value": 3.5}, "high": {"value": 5.1}, "text": "3.5 to 5.1"}],
    }
    stored = json.dumps(resource)
    return key, f"person-{person}", code, at.isoformat(), value, "mg/dL", stored


def code_of(number: int) -> str:
    return f"{2000 + number % CODES}-{number % 10}"


def kinds(
    chance: random.Random, ids: Sequence[str]
) -> Iterator[tuple[str, Callable[[], Iterable[Question]], float]]:
    """Name, what is asked in one round, and target."""

    def person() -> str:
        return f"person-{chance.randrange(PEOPLE)}"

    def moment() -> str:
        return (BEGINNING + timedelta(days=chance.randrange(100, 365 * YEARS))).isoformat()

    def code() -> str:
        return code_of(chance.randrange(CODES))

    yield "point reads", lambda: ((POINT, (key,)) for key in chance.choices(ids, k=2000)), 2.0
    yield "timeline page", lambda: ((TIMELINE, (person(), moment())) for _ in range(200)), 1.5
    yield (
        "trend over 10 years",
        lambda: ((TREND, (person(), code(), "2016")) for _ in range(200)),
        1.5,
    )


def ratio(
    sides: dict[str, Side],
    asked: Sequence[list[Question]],
    way: Callable[[Side, list[Question]], None],
) -> float:
    rounds = [in_turn(sides, turn, way, some) for turn, some in enumerate(asked)]
    return statistics.median(seconds["vault"] / seconds["plain"] for seconds in rounds[1:])


def in_turn(
    sides: dict[str, Side], turn: int, way: Callable[[Side, list[T]], None], values: list[T]
) -> Seconds:
    seconds = {}
    for name in sorted(sides, reverse=turn % 2 == 0):
        started = time.perf_counter()
        way(sides[name], values)
        seconds[name] = time.perf_counter() - started
    return seconds


def sum_of(rounds: Iterable[Seconds], name: str) -> float:
    return sum(seconds[name] for seconds in rounds)


def report(name: str, found: float, target: float | None) -> None:
    print(f"  {name:22} {found:.2f}" + (f" (target {target})" if target else ""), flush=True)


if __name__ == "__main__":
    sys.exit(main())
