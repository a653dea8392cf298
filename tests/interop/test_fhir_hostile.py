"""FHIR files made to harm, and files damaged at random: only the errors that a person is told come out."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from fhir_builders import as_bytes, bundle, observation, patient, record, some_records

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.facts import facts_of, fingerprint
from healthmate_desktop.domain.json_text import json_text, value_at
from healthmate_desktop.domain.proposals import Proposal
from healthmate_desktop.errors import UnreadableDocument, UnsupportedDocument
from healthmate_desktop.interop.fhir import is_fhir, read_fhir
from healthmate_desktop.interop.fhir.export import write_bundle
from healthmate_desktop.interop.fhir.ips import write_ips

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

pytestmark = [pytest.mark.unit, pytest.mark.security]

ORDER = record("MedicationRequest", 9, medicationReference={"reference": "Medication/1"})
MEDICATION = {"resourceType": "Medication", "id": "1", "code": {"text": "Featherdew"}}
SEEDS = [
    as_bytes(bundle([*some_records(), ORDER, MEDICATION])),
    as_bytes(bundle(some_records()), indent=1),
    b"\n".join(map(as_bytes, [*some_records(), ORDER, MEDICATION])),
    as_bytes(some_records()),
    as_bytes({"data": bundle(some_records()), "more": [1, "x", None]}),
    as_bytes(observation()),
    as_bytes(bundle(some_records())).decode().encode("utf-16"),
    b'<Bundle xmlns="http://hl7.org/fhir"/>',
]
SCRAPS = [
    *(b"{", b"}", b"[", b"]", b'"', b"\\", b",", b":", b"\n", b"\x00", b"\xff", b"NaN", b"1e999", b"-", b"null"),
    *(b'"resourceType"', b'"Bundle"', b'"entry"', b'"resource"', b'"reference"', b'"Patient"', b"\\ud800"),
]  # fmt: skip


def damaged(rng: random.Random) -> bytes:
    content = bytearray(rng.choice(SEEDS))
    for _ in range(rng.randint(1, 6)):
        place = rng.randrange(len(content) + 1)
        match rng.randrange(5):
            case 0:
                content[place : place + rng.randint(1, 40)] = b""
            case 1:
                content[place:place] = rng.choice(SCRAPS) * rng.choice((1, 1, 1, 70))
            case 2:
                content[place : place + 1] = bytes([rng.randrange(256)])
            case 3:
                start = rng.randrange(len(content) + 1)
                content[place:place] = content[start : start + rng.randint(1, 400)]
            case _:
                del content[place:]
    return bytes(content)


def check(content: bytes) -> int:
    is_fhir(content[:65536])
    found: list[Mapping[str, Any]] = []
    try:
        for each in read_fhir(content):
            if isinstance(each, Proposal):
                found.append(each.resource)
                assert value_at(json_text(each.resource), 0)[0] == each.resource
                facts_of(each.resource)
                fingerprint(each.resource)
            elif isinstance(each, Problem):
                assert each.where
                assert len(each.message) < 200
    except (UnreadableDocument, UnsupportedDocument):
        pass
    write_bundle(patient(), found)
    write_ips(patient(), found, datetime(2024, 5, 1, tzinfo=UTC))
    return len(found)


def test_damaged_files_are_read_as_far_as_they_go_or_refused_in_words() -> None:
    rng = random.Random("fhir")
    assert sum(check(damaged(rng)) for _ in range(300)) > 300


@pytest.mark.slow
def test_two_thousand_damaged_files() -> None:
    rng = random.Random("many")
    assert sum(check(damaged(rng)) for _ in range(2000)) > 2000


BOMBS: dict[str, Callable[[], bytes]] = {
    "depth": lambda: b'{"resourceType":"Bundle","entry":' + b"[" * 500_000,
    "depth of objects": lambda: b'{"a":' * 300_000,
    "lines that never close": lambda: b'{"a": [\n' * 200_000,
    "records that never close": lambda: b'{"resourceType": "X", "a": "\n' * 50_000,
    "lines of nothing": lambda: b"{}\n" * 100_000,
    "empty lines": lambda: b"{}\n" + b"\n" * 5_000_000,
    "values side by side": lambda: b"{}" * 100_000,
    "digits": lambda: b'{"resourceType": "X", "a": ' + b"7" * 1_000_000 + b"}",
    "quotes": lambda: b'{"resourceType":"Bundle","entry":["' + b'\\"' * 1_000_000,
    "keys": lambda: b'{"resourceType":"X",' + b",".join(b'"%d":0' % n for n in range(200_000)) + b"}",
    "circle of pointers": lambda: as_bytes(
        bundle([
            record("MedicationRequest", 1, medicationReference={"reference": "MedicationRequest/1"}),
            {"resourceType": "Medication", "id": "2", "code": {"text": "x"}, "ingredient": [
                {"itemReference": {"reference": "Medication/2"}}]},
            {"resourceType": "Practitioner", "id": "3", "x": {"reference": "Organization/4"}},
            {"resourceType": "Organization", "id": "4", "x": {"reference": "Practitioner/3"}},
            observation(performer=[{"reference": "Practitioner/3"}]),
        ])
    ),
    "bundles in bundles": lambda: as_bytes(bundle([bundle([bundle([bundle([observation()])])])])),
    "year 0": lambda: as_bytes(observation(issued="0000-00-00")),
    "turned letters": lambda: as_bytes(observation(note=[{"text": "\u202eevil\u202c"}])),
    "many pointers to one": lambda: as_bytes(
        bundle([{"resourceType": "Medication", "id": "1", "code": {"text": "x" * 900_000}}] + [ORDER] * 2000)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_bounded(name: str) -> None:
    check(BOMBS[name]())


def test_what_is_copied_to_each_record_is_small() -> None:
    content = BOMBS["many pointers to one"]()
    sizes = [
        len(json_text(each.resource)) for each in read_fhir(content) if isinstance(each, Proposal)
    ]
    assert len(sizes) == 2001
    assert max(sizes[1:]) < 2000
