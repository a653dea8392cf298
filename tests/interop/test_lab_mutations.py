"""Whatever a page holds, reading it ends, and raises nothing."""

from __future__ import annotations

import random

import pytest
from lab_builders import Sheet, vocabulary

from healthmate_desktop.domain.documents import Box, Page, Problem, Word
from healthmate_desktop.domain.proposals import NamedPerson, Proposal
from healthmate_desktop.interop.pages.reading import read_pages

pytestmark = pytest.mark.security

LETTERS = "0123456789.,<>-/()%*HLµé中\u0301 \n:|\u202e\x00'\"^"


def _sample() -> Page:
    sheet = (
        Sheet(by_ocr=True)
        .row((50, "Patient: Alma Quist"), (250, "DOB: 04/17/1961"))
        .row((50, "RESULTS"))
    )
    sheet.table(
        (50, 150, 220, 290, 380),
        ("Date", "Test", "Result", "Units", "Reference Range"),
        ("03/25/2024", "Sodium", "141", "mmol/L", "136 - 145"),
        ("03/25/2024", "HGB", "13.2 H", "g/dL", "M: 13-17 F: 12-15"),
        ("", "Color", "Yellow", "", "Yellow"),
    )
    sheet.row((50, "Vital signs")).table(
        (50, 150, 250), ("Date", "03/25/2024", "04/26/2024"), ("BP", "132/88", "128/80 mmHg")
    )
    sheet.row((50, "Medications")).row((50, "- Ramipril 5 mg once daily")).row(
        (50, "Allergies: Penicillin (rash), latex")
    )
    sheet.row((50, "Diagnoses")).row((50, "1. Gout, since 2012")).row(
        (50, "BP 135/92, pulse 72 and temp 37.2 C")
    )
    return sheet.page()


def _mutated(page: Page, rng: random.Random) -> Page:
    words, text = list(page.words), page.text
    kind = rng.randrange(6)
    if kind == 0:
        letters = list(text)
        for _ in range(rng.randrange(1, 80)):
            letters[rng.randrange(len(letters))] = rng.choice(LETTERS)
        text = "".join(letters)
    elif kind == 1:
        rng.shuffle(words)
        words = words[: rng.randrange(len(words))]
    elif kind == 2:
        words = [
            Word(w.start, w.end, Box(*(rng.uniform(-1e5, 1e5) for _ in range(4))), rng.random())
            for w in words
        ]
    elif kind == 3:
        words = []
    elif kind == 4:
        words = [word for word in words if rng.random() < 0.7]
    else:
        words = [Word(w.start, w.end, Box(w.box.x0, 0, w.box.x1, 0), w.confidence) for w in words]
    return Page(page.number, text, page.width, page.height, tuple(words), by_ocr=rng.random() < 0.5)


def _read(count: int, seed: int) -> None:
    rng, page = random.Random(seed), _sample()
    for _ in range(count):
        for found in read_pages([_mutated(page, rng)], vocabulary()):
            assert isinstance(found, Proposal | NamedPerson | Problem)


def test_sample_is_read_whole() -> None:
    found = list(read_pages([_sample()], vocabulary()))
    kinds = [each.resource["resourceType"] for each in found if isinstance(each, Proposal)]
    assert kinds.count("Observation") >= 8
    assert {"MedicationStatement", "AllergyIntolerance", "Condition"} <= set(kinds)


def test_mutated_pages() -> None:
    _read(300, seed=41)


@pytest.mark.slow
def test_many_mutated_pages() -> None:
    _read(2000, seed=42)


@pytest.mark.parametrize(
    "text",
    [
        "glucose 5 " * 20_000,
        "1 " * 50_000,
        "(" * 20_000,
        "9" * 50_000,
        "Glucose: 95 mg/dL\n" * 200,
        "systolic blood pressure " * 5_000,
        "1," * 20_000,
        "01/02/2024 " * 5_000,
        "a  b  " * 10_000,
        "mmol/" * 10_000,
        "\t" * 20_000,
        "Allergies: " + "a, " * 10_000,
        "Medications\n" + "x 5 mg " * 5_000,
    ],
    ids=range(13),
)
def test_endless_pages(text: str) -> None:
    assert list(read_pages([Page(1, text)], vocabulary())) is not None
