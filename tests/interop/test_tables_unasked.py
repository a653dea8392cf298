"""What is read without a question is right, and what a person says makes the rest right."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from table_corpus import Sample, Truth, samples

from healthmate_desktop.documents.grids import load_vocabulary
from healthmate_desktop.domain.facts import facts_of
from healthmate_desktop.domain.proposals import NamedPerson, Proposal
from healthmate_desktop.interop.tables import (
    KnownColumns,
    TableMapping,
    is_sure,
    look_at,
    mapping_for,
    read_table,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.domain.measures.dates import Order

pytestmark = [pytest.mark.integration, pytest.mark.health]

CORPUS = list(samples())


def numbered(sample: Sample) -> list[tuple[int, tuple[str, ...]]]:
    return list(enumerate(map(tuple, sample.rows), 1))


def results(sample: Sample, mapping: TableMapping) -> Iterator[tuple[Truth, bool]]:
    """What is read, and whether a person is told to look."""
    for found in read_table(numbered(sample), mapping, load_vocabulary()):
        if isinstance(found, Proposal):
            facts = facts_of(found.resource)
            for part in facts.components or [facts]:
                truth = Truth(facts.effective[:10], str(part.number), part.unit)
                yield truth, bool(found.doubts)


def outcome(sample: Sample) -> str:
    mapping, _ = mapping_for(1, numbered(sample), KnownColumns(), load_vocabulary())
    if not is_sure(mapping):
        return "asked"
    read = list(results(sample, mapping))
    wrong = Counter(truth for truth, doubtful in read if not doubtful) - Counter(sample.truth)
    if wrong:
        return "wrong"
    return "right" if Counter(t for t, _ in read) == Counter(sample.truth) else "incomplete"


def test_what_is_read_without_a_question_is_right() -> None:
    found = {sample.name: outcome(sample) for sample in CORPUS}
    counts = Counter(found.values())
    assert not [name for name, what in found.items() if what in {"wrong", "incomplete"}]
    assert counts["right"] >= 0.8 * len(CORPUS), counts


@pytest.mark.parametrize("sample", CORPUS, ids=lambda sample: sample.name)
def test_what_a_person_says_makes_it_right(sample: Sample) -> None:
    """Order and mark as the file was written; a date for all where there is none."""
    look = look_at(1, "", numbered(sample), KnownColumns(), load_vocabulary())
    order: Order = "MDY" if "month/day" in sample.name else "DMY"
    said = replace(look.mapping, order=order if "order" in look.asks else look.mapping.order)
    if "date" in look.asks:
        said = replace(said, date="2024-03-01")
    if "mark" in look.asks:
        said = replace(said, mark="," if ", " in sample.name else ".")
    again = look_at(1, "", numbered(sample), KnownColumns({1: said}), load_vocabulary())
    assert (again.mapping.questions, again.is_sure, again.origin) == ((), True, "said")
    expected = [t if t.day else replace(t, day="2024-03-01") for t in sample.truth]
    assert Counter(t for t, _ in results(sample, again.mapping)) == Counter(expected)


def table(text: str) -> Sample:
    return Sample("", [line.split(";") for line in text.strip().splitlines()], [])


@pytest.mark.parametrize(
    "text",
    [
        "Date;Test;Value 2023;Value 2024;Unit\n2024-03-09;Sodium;139;141;mmol/L",
        "Date;Test;Result;Unit;SI Result;SI Unit\n2024-03-04;Glucose;98;mg/dL;5.4;mmol/L",
        "Date;Date taken;Test;Result\n2024-03-04;2024-03-01;Sodium;141",
        "Date;Test;Component;Result\n2024-03-04;Lipid panel;HDL Cholesterol;50",
        "Date;Test;Result;;Normal;\n;;Value;Unit;Low;High\n2024-03-04;Sodium;141;mmol/L;135;145",
        "Date;Before breakfast;After dinner\n2024-03-04;5.4;7.8",
        "Date;Test;Result;Unit\n03/04/05;Sodium;139;mmol/L",
        "Test;Unit;3/4/2024;4/5/2024\nSodium;mmol/L;141;139",
        "Test;Result;Unit\nSodium;141;mmol/L",
    ],
)
def test_what_can_be_taken_in_two_ways_is_asked(text: str) -> None:
    assert outcome(table(text)) == "asked"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Reported;Collected;Test;Result\n2024-03-09;2024-03-05;Sodium;141", {"2024-03-05 141"}),
        ("Date;Test;Previous result;Result\n2024-03-09;Sodium;139;141", {"2024-03-09 141"}),
        ("Date;Reading\n2024-03-04;BP 120/80", {"2024-03-04 120", "2024-03-04 80"}),
        ("Date;Type;Value\n2024-03-04;BP;120/80", {"2024-03-04 120", "2024-03-04 80"}),
        ("Date;Systolic;Diastolic\n2024-03-04;120;80", {"2024-03-04 120", "2024-03-04 80"}),
        ("Test;Einheit;04.03.2024\nKalium;mmol/l;4,1", {"2024-03-04 4.1"}),
        ("Index;Timestamp;Glucose Value (mg/dL)\n1;2024-03-04T10:15:00;98", {"2024-03-04 98"}),
        ("Test;Ergebnis;von;bis;Datum\nNatrium;141;135;145;04.03.2024", {"2024-03-04 141"}),
    ],
)
def test_what_leaves_no_choice_is_not_asked(text: str, values: set[str]) -> None:
    sample = table(text)
    mapping, _ = mapping_for(1, numbered(sample), KnownColumns(), load_vocabulary())
    assert is_sure(mapping)
    assert {f"{truth.day} {truth.value}" for truth, _ in results(sample, mapping)} == values


def test_a_column_of_names_beside_the_tests_tells_whose_they_are() -> None:
    sample = table("Name;Date;Test;Result;Unit\nAnn Example;2024-03-04;Sodium;141;mmol/L")
    mapping, _ = mapping_for(1, numbered(sample), KnownColumns(), load_vocabulary())
    people = [
        found
        for found in read_table(numbered(sample), mapping, load_vocabulary())
        if isinstance(found, NamedPerson)
    ]
    assert people == [NamedPerson("Ann Example")]
