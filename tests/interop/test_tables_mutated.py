"""Tables with anything in them are read to their end: nothing but document errors, and all that comes is JSON."""

from __future__ import annotations

import contextlib
import itertools
import random
from typing import TYPE_CHECKING

import pytest

from healthmate_desktop.documents.sheets import read_csv
from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.facts import facts_of
from healthmate_desktop.domain.json_text import json_text
from healthmate_desktop.domain.measures.analytes import Vocabulary
from healthmate_desktop.domain.proposals import Proposal
from healthmate_desktop.errors import DocumentError
from healthmate_desktop.interop.tables import (
    TableMapping,
    column_guess,
    is_own,
    read_own,
    read_table,
    write_csv,
)

if TYPE_CHECKING:
    from healthmate_desktop.interop.tables.mapping import Row

pytestmark = pytest.mark.security

KNOWN = Vocabulary.parse(
    "name\tformula\tcharge\ten\tes\tfr\tde\nsodium\tNa\t1\tSodium\t\t\tNatrium\nbp\t\t\tBP\t\t\t\n",
    "name\tspecimen\tloinc\tlong_common_name\tunits\tplausible\nsodium\tser\t2951-2\tSodium\tmmol/L\t90-200\n"
    "bp\tbody\t85354-9\tBlood pressure\tmm[Hg]\t\n",
)
SEEDS = (
    "Date,Test,Result,Units,Range,Flag\n2024-03-05,Sodium,141,mmol/L,135-145,H\n2024-03-06,BP,120/80,,,\n",
    "Patient;Jane Roe\nDatum;Natrium (mmol/l);BP\n05.03.2024 08:30;141,5;120/80\n;mmol/l;\n",
    "Test\tUnit\t2024-03-05\t06.03.2024\nSodium\tmmol/L\t<141\t1,234\n",
)
ODD = (
    *(
        "",
        "-",
        "=1+1",
        "NaN",
        "1e999999999",
        "9" * 500,
        "<",
        "12/34/5678",
        "0000-00-00",
        "2024-02-30T25:61",
        "²",
        "٣",
        "1,2,3.4",
    ),
    *(
        "Date",
        "Result",
        "M: 13-17 F: 12-15",
        "\u202e",
        "'",
        "120/",
        "- 5",
        "10^9",
        "10^99",
        "99999-01-01",
        "x" * 5000,
        "5.4 mmol/L H",
    ),
)


def _row(row: Row, chance: random.Random) -> Row:
    cells = list(row[1])
    for _ in range(chance.choice((0, 1, 2))):
        at = chance.randrange(len(cells) + 1)
        cells[at : at + 1] = [chance.choice(ODD)]
    return row[0], tuple(cells)


def _read(rows: list[Row]) -> None:
    if is_own(rows[0][1] if rows else ()):
        found = list(read_own(rows))
    else:
        mapping = TableMapping.from_json(column_guess(rows[:200], KNOWN).as_json())
        assert 0 <= mapping.confidence <= 1
        found = [
            each
            for each in read_table(rows, mapping, KNOWN)
            if isinstance(each, (Proposal, Problem))
        ]
    for each in found:
        if isinstance(each, Proposal):
            assert json_text(each.resource)
            assert facts_of(each.resource).type
        else:
            assert len(each.where) <= 40


def _mutate(rounds: int, seed: int) -> None:
    chance = random.Random(seed)
    seeds = [text.encode() for text in SEEDS]
    seeds.append(write_csv([{"resourceType": "Basic", "n": n} for n in range(3)]))
    for content in itertools.islice(itertools.cycle(seeds), rounds):
        changed = bytearray(content)
        for _ in range(chance.choice((0, 1, 5))):
            at = chance.randrange(len(changed))
            changed[at : at + chance.randrange(6)] = chance.choice(
                (b"", chance.randbytes(3), b";", b'"', b"\n")
            )
        with contextlib.suppress(DocumentError):
            rows: list[Row] = [_row(row, chance) for row in read_csv(bytes(changed)).rows]
            chance.shuffle(rows) if chance.random() < 0.1 else None
            _read(rows)


def test_mutated_tables_only_ever_give_document_errors() -> None:
    _mutate(200, seed=1)


@pytest.mark.slow
def test_many_mutated_tables_only_ever_give_document_errors() -> None:
    _mutate(4000, seed=2)
