"""Whatever is done to a C-CDA file, reading it ends in records, or in one known error."""

import random
import re
from collections.abc import Iterator

import pytest
from ccda_builders import (
    LOINC,
    PATIENT,
    RXNORM,
    SNOMED,
    act,
    allergy,
    at,
    author,
    battery,
    code,
    coded_value,
    concern,
    document,
    entry,
    medicine,
    observation,
    performer,
    pq,
    problem,
    rel,
    result,
    section,
    severity,
    statement,
    status,
    substance,
    template,
    when,
)

from healthmate_desktop.errors import UnreadableDocument
from healthmate_desktop.interop.ccda import is_ccda, read_ccda

pytestmark = pytest.mark.security

HABITS: tuple[bytes, ...] = (
    b"<",
    b">",
    b"&",
    b'"',
    b"\x00",
    b"&#0;",
    b"<section>",
    b"</section>",
    b"<entry/>",
    b' nullFlavor="UNK" ',
)
HABITS += (
    b"<!DOCTYPE a [",
    b"<![CDATA[",
    b"-->",
    b"\xff\xfe",
    b"</component>",
    b"<?xml?>",
    b'xsi:type="IVL_PQ" ',
)
VALUES: tuple[bytes, ...] = (
    b"",
    b"NaN",
    b"1e99",
    b"-0",
    b"9" * 40,
    b"00000000",
    b"20241399",
    b"2024022912345678",
    b"&lt;5",
    b"abc",
    b"1.2.3",
)
VALUES += (b"20240101T10:00", b"\xc3\x28", b"true", "٣".encode(), b"#row", b"99991231", b"-1", b"0")
TOKEN = re.compile(rb'<[^<>]*>|"[^"]*"')


def whole() -> bytes:
    """A made-up document with something of every kind."""
    rows = '<table><tr ID="row"><td>Asthma</td><td>2005</td></tr></table>'
    told = '<text><reference value="#row"/></text>'
    sections = (
        section(
            "48765-2",
            concern(allergy(when("1999"), substance(code("70618", RXNORM)), severity("6736007"))),
            text=rows,
        ),
        section(
            "11450-4",
            concern(
                problem(told, when("2005"), author(), value=coded_value("195967001")), kind="3"
            ),
            text=rows,
        ),
        section(
            "10160-0",
            entry(
                medicine(
                    status("active"),
                    when("2024"),
                    '<effectiveTime xsi:type="PIVL_TS" operator="A"><period value="6" unit="h"/></effectiveTime>',
                    '<doseQuantity value="1" unit="mg"/><precondition/>',
                    rel(
                        "REFR",
                        statement(
                            "supply", template("17"), '<repeatNumber value="2"/>', mood="INT"
                        ),
                    ),
                )
            ),
            text=rows,
        ),
        section(
            "30954-2",
            battery(result(told, pq("141", "mmol/L")), result(coded_value("1"))),
            text=rows,
        ),
        section(
            "47519-4", entry(statement("procedure", code("80146002"), at("2023"), performer()))
        ),
        section(
            "46240-8",
            entry(statement("encounter", code("99213", "2.16.840.1.113883.6.12"), when("2024"))),
        ),
        section(
            "10157-6",
            entry(
                statement(
                    "organizer",
                    template("45"),
                    f"<component>{observation(template('46'), coded_value('1'))}</component>",
                )
            ),
        ),
        section(
            "61146-7",
            entry(
                observation(template("121"), code("1", LOINC, "Walk"), pq("5", "km"), mood="GOL")
            ),
        ),
        section("48768-6", entry(act(template("61"), code("12"), performer()))),
        section(
            "51848-0", entry(act(code("1", SNOMED, "Odd"))), text="<paragraph>Words</paragraph>"
        ),
    )
    return document(*sections, header=PATIENT).encode()


def mutations(seed: int, number: int) -> Iterator[bytes]:
    chance = random.Random(seed)
    source = whole()
    for _ in range(number):
        content = bytearray(source)
        for _ in range(chance.randint(1, 8)):
            if content:
                mutate(content, chance)
        yield bytes(content)


def mutate(content: bytearray, chance: random.Random) -> None:
    at_ = chance.randrange(len(content))
    kind = chance.randrange(7)
    if kind == 0:
        content[at_] = chance.randrange(256)
    elif kind == 1:
        del content[at_ : at_ + chance.randrange(1, 300)]
    elif kind == 2:
        content[at_:at_] = content[at_ : at_ + chance.randrange(1, 500)]
    elif kind == 3:
        swap(content, chance)
    elif kind == 4:
        content[at_:at_] = chance.choice(HABITS)
    elif kind == 5:
        spans = [
            match.span(1)
            for match in re.finditer(rb'(?:value|code|unit)="([^"]*)"', bytes(content))
        ]
        if spans:
            start, end = chance.choice(spans)
            content[start:end] = chance.choice(VALUES)
    elif chance.random() < 0.2:
        del content[at_:]


def swap(content: bytearray, chance: random.Random) -> None:
    spans = [match.span() for match in TOKEN.finditer(bytes(content))]
    if len(spans) > 1:
        (start, end), (to, till) = chance.sample(spans, 2)
        content[to:till] = content[start:end]


def outcome(content: bytes) -> str:
    is_ccda(content[: 1 << 16])
    try:
        found = list(read_ccda(content))
    except UnreadableDocument:
        return "refused"
    assert found
    return "read"


def test_mutated_documents_are_read_or_refused() -> None:
    outcomes = [outcome(content) for content in mutations(7, 300)]
    assert outcomes.count("read") > 200


@pytest.mark.slow
def test_many_mutated_documents_are_read_or_refused() -> None:
    outcomes = [outcome(content) for content in mutations(11, 2000)]
    assert outcomes.count("read") > 1300
