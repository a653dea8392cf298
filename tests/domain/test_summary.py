"""What a printed summary says of a person's records, and that it never says more than they do."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from healthmate_desktop.domain.documents import Document, DocumentKind
from healthmate_desktop.domain.ids import DocumentId, PatientId, RecordId
from healthmate_desktop.domain.patients import Patient
from healthmate_desktop.domain.proposals import Spot
from healthmate_desktop.domain.records import Record
from healthmate_desktop.domain.summary import (
    TITLES,
    About,
    Period,
    Section,
    SectionKey,
    Summary,
    paper_of,
    summary_of,
)
from healthmate_desktop.domain.summary.words import when_words
from healthmate_desktop.errors import InvalidInput

pytestmark = [pytest.mark.unit, pytest.mark.health]

Json = dict[str, Any]
ROSA = Patient(PatientId("rosa"), "Rosa Harlow", date(1956, 2, 3), "female")
LABS = DocumentId("labs")
DOCUMENT = Document(
    LABS,
    ROSA.id,
    "labs.pdf",
    DocumentKind.PDF,
    9,
    "00",
    datetime(2024, 5, 1, tzinfo=UTC),
    "ready",
    2,
)


def concept(text: str, code: str = "") -> Json:
    coding = {"coding": [{"system": "http://loinc.org", "code": code}]} if code else {}
    return {"text": text} | coding


def observation(
    value: float | str, when: str = "2024-03-01", name: str = "Glucose", **more: Any
) -> Json:
    key = "valueString" if isinstance(value, str) else "valueQuantity"
    said = value if isinstance(value, str) else {"value": value, "unit": "mmol/L"}
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": concept(name),
        "category": [{"coding": [{"code": "laboratory"}]}],
        "effectiveDateTime": when,
        key: said,
        **more,
    }


def medication(name: str, when: str = "2024-03-01", status: str = "active", dose: str = "") -> Json:
    return {
        "resourceType": "MedicationRequest",
        "status": status,
        "medicationCodeableConcept": concept(name),
        "authoredOn": when,
        "dosageInstruction": [{"text": dose}] if dose else [],
    }


def of_type(kind: str, name: str, **more: Any) -> Json:
    key = {"Immunization": "vaccineCode", "Encounter": "type"}.get(kind, "code")
    value: Any = [concept(name)] if kind == "Encounter" else concept(name)
    return {"resourceType": kind, key: value, **more}


def record(resource: Json, document: DocumentId | None = LABS, page: int = 0) -> Record:
    return Record(RecordId("r"), ROSA.id, document, "accepted", resource, Spot("", page))


def summary(*resources: Json | Record, **about: Any) -> Summary:
    records = [each if isinstance(each, Record) else record(each) for each in resources]
    values: dict[str, Any] = {
        "patient": ROSA,
        "made": date(2026, 11, 26),
        "documents": [DOCUMENT],
        "unreviewed": 0,
    }
    return summary_of(About(**values | about), records)


def section(found: Summary, key: SectionKey) -> Section:
    return next(each for each in found.sections if each.title == TITLES[key])


def rows(found: Summary, key: SectionKey) -> list[tuple[str, ...]]:
    return [row.cells for row in section(found, key).rows]


def test_it_says_whose_it_is_when_it_was_made_and_what_it_is_not() -> None:
    found = summary()
    assert (found.name, found.born) == ("Rosa Harlow", "born 3 Feb 1956")
    assert dict(found.facts) == {
        "Birth date": "3 Feb 1956",
        "Sex": "female",
        "Made on": "26 Nov 2026",
        "Period": "all that is kept",
    }
    assert "no medical advice" in found.told[0]
    assert [each.title for each in found.sections] == list(TITLES.values())


def test_who_is_hardly_known_is_said_to_be_so() -> None:
    found = summary(patient=Patient(PatientId("x"), "X"))
    assert found.born == "birth date not known"
    assert dict(found.facts)["Sex"] == "not said"


def test_an_empty_section_never_says_that_there_is_nothing() -> None:
    found = summary()
    for each in found.sections:
        if each.title != "Documents":
            assert (each.rows, each.empty, each.notes) == ((), "None recorded.", ())
    assert any(
        "says nothing about it" in words or "say nothing about it" in words for words in found.told
    )


def test_no_known_allergies_is_said_where_a_record_says_so() -> None:
    found = summary(of_type("AllergyIntolerance", "No known allergy", recordedDate="2020"))
    assert rows(found, "allergies") == [("No known allergy", "", "2020", "", "labs.pdf")]


def test_a_result_stands_with_range_flag_in_words_day_and_source() -> None:
    high = observation(
        7.9, interpretation=[{"coding": [{"code": "H"}]}], referenceRange=[{"text": "3.9 - 5.5"}]
    )
    (cells,) = rows(summary(record(high, page=2)), "results")
    assert cells == (
        "Glucose",
        "7.9 mmol/L (high)",
        "3.9 - 5.5",
        "1 Mar 2024",
        "labs.pdf, page\xa02",
    )


@pytest.mark.parametrize(
    ("value", "limits", "shown"),
    [
        (7.9, {"high": {"value": 5.5}}, ("7.9 mmol/L (above the range)", "≤ 5.5")),
        (3.1, {"low": {"value": 3.9}}, ("3.1 mmol/L (below the range)", "≥ 3.9")),
        (4.5, {"low": {"value": 3.9}, "high": {"value": 5.5}}, ("4.5 mmol/L", "3.9 - 5.5")),
        (4.5, {}, ("4.5 mmol/L", "")),
    ],
)
def test_an_unmarked_value_is_set_against_the_limits_beside_it(
    value: float, limits: Json, shown: tuple[str, str]
) -> None:
    unmarked = observation(value, referenceRange=[limits] if limits else [])
    assert rows(summary(unmarked), "results")[0][1:3] == shown


def test_a_limit_is_not_taken_for_a_value() -> None:
    less = observation(0, valueQuantity={"value": 0.4, "comparator": "<", "unit": "mg/L"},
                       referenceRange=[{"low": {"value": 1}}])  # fmt: skip
    assert "below" not in rows(summary(less), "results")[0][1]


def test_of_each_test_the_latest_is_shown_and_a_few_before_it() -> None:
    days = [f"202{year}-03-01" for year in range(6)]
    found = summary(
        *(observation(4.0 + at, day) for at, day in enumerate(days)),
        observation("positive", name="Urine"),
    )
    glucose = next(row for row in section(found, "results").rows if row.cells[0] == "Glucose")
    assert glucose.cells[1] == "9.0 mmol/L"
    assert glucose.below == (
        "Earlier: 8.0 mmol/L, 1 Mar 2024 [labs.pdf]; 7.0 mmol/L, 1 Mar 2023 [labs.pdf]; "
        "6.0 mmol/L, 1 Mar 2022 [labs.pdf]; and 2 more"
    )
    assert len(section(found, "results").rows) == 2


def test_the_same_test_in_another_unit_is_no_trend_of_it() -> None:
    other = observation(97, "2023-03-01", valueQuantity={"value": 97, "unit": "mg/dL"})
    assert len(rows(summary(observation(5.4), other), "results")) == 2


def test_each_kind_of_record_has_its_section() -> None:
    vital = observation(37, name="Temperature", category=[{"coding": [{"code": "vital-signs"}]}])
    pulse = observation(70, code=concept("Pulse", "8867-4"), category=[])
    smoking = observation(
        "never", name="Smoking", category=[{"coding": [{"code": "social-history"}]}]
    )
    found = summary(
        *(vital, pulse, smoking, medication("Metformin", dose="1 in the morning")),
        of_type("Condition", "Asthma", onsetDateTime="2019-06"),
        of_type("Immunization", "Influenza", occurrenceDateTime="2024-10-01", status="not-done"),
        of_type("Procedure", "Appendectomy", performedDateTime="1990"),
        of_type("Encounter", "Check-up", period={"start": "2024-01-02T08:00:00Z"}, status="finished"),
        {"resourceType": "DiagnosticReport", "code": concept("X-ray"), "conclusion": "Clear", "issued": "2024-01-02"},
        {"resourceType": "FamilyMemberHistory", "relationship": concept("Mother"),
         "condition": [{"code": concept("Diabetes")}]},
    )  # fmt: skip
    assert {cells[0] for cells in rows(found, "vitals")} == {"Temperature", "Pulse"}
    assert {cells[0] for cells in rows(found, "findings")} == {"Smoking", "Mother"}
    assert rows(found, "medications")[0][:2] == ("Metformin", "1 in the morning")
    assert rows(found, "problems")[0][2] == "Jun 2019"
    assert rows(found, "immunizations")[0][3] == "not done"
    assert rows(found, "procedures")[0][2] == "1990"
    assert rows(found, "visits")[0][2:4] == ("2 Jan 2024", "")
    assert rows(found, "results")[0][:2] == ("X-ray", "Clear")
    assert rows(found, "documents") == [("labs.pdf", "PDF", "1 May 2024", "2", "")]


def test_what_was_stopped_or_is_over_comes_last() -> None:
    found = summary(
        medication("Aspirin", "2025-01-01", "stopped"),
        medication("Metformin", "2001-01-01"),
        of_type("Condition", "Cold", onsetDateTime="2025", clinicalStatus=concept("", "resolved")),
        of_type("Condition", "Asthma", onsetDateTime="1990", clinicalStatus=concept("", "active")),
    )
    assert [cells[0] for cells in rows(found, "medications")] == ["Metformin", "Aspirin"]
    assert [(cells[0], cells[3]) for cells in rows(found, "problems")] == [
        ("Asthma", "active"),
        ("Cold", "resolved"),
    ]


def test_of_a_medication_written_again_the_latest_entry_is_shown() -> None:
    found = summary(
        medication("Aspirin", "2020"),
        medication("Aspirin", "2024", "stopped"),
        medication("Aspirin", "2023", dose="2"),
    )
    assert [cells[2:4] for cells in rows(found, "medications")] == [
        ("2023", "active"),
        ("2024", "stopped"),
    ]


def test_what_is_left_out_is_counted() -> None:
    found = summary(
        observation(5, status="cancelled"),
        observation(5, status="entered-in-error"),
        {"resourceType": "CarePlan"},
        {"resourceType": "Patient", "birthDate": "1956-02-03"},
        unreviewed=1,
    )
    assert "1 record was left out that nobody has checked yet." in found.told
    assert any(words.startswith("3 records were left out of kinds") for words in found.told)
    assert rows(found, "results") == []


def test_only_the_chosen_sections_are_there_and_the_others_are_named() -> None:
    found = summary(observation(5), sections=frozenset({"results", "allergies"}))
    assert [each.title for each in found.sections] == ["Allergies", "Results"]
    assert any("left out by choice: Medications, Problems" in words for words in found.told)


def test_a_period_leaves_out_what_happened_but_never_what_still_holds() -> None:
    period = Period(date(2024, 1, 1), date(2024, 12, 31))
    found = summary(
        *(
            observation(1, "2023-12-31"),
            observation(2, "2024-01-01"),
            observation(3, "2024-12-31T23:59:00-05:00"),
        ),
        *(observation(4, "2025-01-01"), observation(5, "2024"), observation(6, "")),
        of_type("AllergyIntolerance", "Penicillin", recordedDate="1980"),
        of_type("Condition", "Asthma", onsetDateTime="1990"),
        *(medication("Metformin", "2001"), medication("Aspirin", "2001", "stopped")),
        period=period,
    )
    (glucose,) = section(found, "results").rows
    assert glucose.cells[1] == "3 mmol/L"
    assert [words.split()[0] for words in glucose.below.removeprefix("Earlier: ").split("; ")] == [
        "2",
        "5",
        "6",
    ]
    assert [cells[0] for cells in rows(found, "allergies")] == ["Penicillin"]
    assert [cells[0] for cells in rows(found, "problems")] == ["Asthma"]
    assert [cells[0] for cells in rows(found, "medications")] == ["Metformin"]
    assert section(found, "visits").empty == "None recorded in this period."
    assert dict(found.facts)["Period"] == "1 Jan 2024 to 31 Dec 2024"
    assert any(
        words.startswith("3 records were left out, dated outside the period.")
        for words in found.told
    )


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (Period(date(2024, 1, 1)), "since 1 Jan 2024"),
        (Period(None, date(2024, 1, 1)), "until 1 Jan 2024"),
    ],
)
def test_a_half_open_period_says_its_end(period: Period, words: str) -> None:
    assert dict(summary(period=period).facts)["Period"] == words


def test_a_period_does_not_end_before_it_begins() -> None:
    with pytest.raises(InvalidInput):
        Period(date(2024, 1, 2), date(2024, 1, 1))


def test_five_thousand_tests_are_cut_and_it_is_said() -> None:
    found = summary(*(observation(at, name=f"Test {at}") for at in range(5000)))
    results = section(found, "results")
    assert len(results.rows) == 250
    assert results.notes == (
        "Shown are the first 250 of 5,000. An export as CSV or FHIR has all of them.",
    )


def test_long_words_are_cut_and_what_was_typed_in_says_so() -> None:
    found = summary(
        record(observation("x" * 5000, name="N" * 5000), document=None),
        record(observation(1, ""), DocumentId("gone")),
    )
    long = next(cells for cells in rows(found, "results") if cells[4] == "entered by hand")
    assert (len(long[0]), len(long[1])) == (160, 240)
    assert long[0].endswith("\u2026")
    gone = next(cells for cells in rows(found, "results") if cells[4] != "entered by hand")
    assert gone[3:] == ("no date", "a document without a name")


@pytest.mark.parametrize(
    ("fhir", "words"),
    [("2024", "2024"), ("2024-02", "Feb 2024"), ("2024-02-03T08:40:00+02:00", "3 Feb 2024"), ("", ""),
     ("2024-13-01", "2024-13-01"), ("last spring", "last spring")],
)  # fmt: skip
def test_a_day_is_said_as_exactly_as_it_is_known(fhir: str, words: str) -> None:
    assert when_words(fhir) == words


def test_what_is_said_not_to_be_so_says_so() -> None:
    refuted = of_type("AllergyIntolerance", "Latex", verificationStatus=concept("", "refuted"))
    assert rows(summary(refuted), "allergies")[0][3] == "ruled out"
    undone = of_type("Procedure", "Biopsy", doNotPerform=True)
    assert rows(summary(undone), "procedures")[0][3] == "not so"
    negated = observation(1, status="final", notPerformed=True)
    assert rows(summary(negated), "results")[0][1].startswith("not so; 1")


@pytest.mark.parametrize(
    ("country", "paper"), [("US", "letter"), ("CA", "letter"), ("DE", "a4"), ("", "a4")]
)
def test_the_paper_is_that_of_the_country(country: str, paper: str) -> None:
    assert paper_of(country) == paper
