"""Visits of C-CDA: their class, status, people, place, reason and end."""

import pytest
from ccda_builders import (
    CPT,
    SNOMED,
    at,
    code,
    coded_value,
    codes,
    entry,
    observation,
    only,
    performer,
    rel,
    section,
    statement,
    status,
    template,
    when,
)

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("coded", "expected"),
    [
        (code("99213", CPT, more=code("IMP", "2.16.840.1.113883.5.4", tag="translation")), "IMP"),
        (code("99213", CPT), "AMB"),
        (code("99222", CPT), "IMP"),
        (code("99283", CPT), "EMER"),
        (code("G0402", CPT), "UNK"),
        (code("00100", CPT), "UNK"),
        ("<code/>", "UNK"),
    ],
)
def test_class_of_a_visit(coded: str, expected: str) -> None:
    found = only(
        section("46240-8", entry(statement("encounter", coded, at("2024")))), kind="Encounter"
    )
    assert found.resource["class"]["code"] == expected


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ((status(),), "finished"),
        ((at("2024"),), "finished"),
        ((when("2024"),), "unknown"),
        ((status("active"),), "in-progress"),
    ],
)
def test_status_of_a_visit(inner: tuple[str, ...], expected: str) -> None:
    found = only(
        section("46240-8", entry(statement("encounter", code("1"), *inner))), kind="Encounter"
    )
    assert found.resource["status"] == expected


def test_visit_has_people_place_reason_and_end() -> None:
    visit = statement(
        "encounter",
        code("99213", CPT, "Office visit"),
        when("20240210", "20240211"),
        performer(),
        "<performer><assignedEntity/></performer>",
        '<participant typeCode="LOC"><participantRole>'
        + code("1", SNOMED, "Ward 3")
        + "</participantRole></participant>",
        rel("RSON", observation(template("19"), code("1"), coded_value("29857009"))),
        code("01", "2.16.840.1.113883.12.112", "Home", "dischargeDispositionCode"),
    )
    resource = only(section("46240-8", entry(visit)), kind="Encounter").resource
    assert resource["type"][0]["text"] == "Office visit"
    assert resource["period"] == {"start": "2024-02-10", "end": "2024-02-11"}
    assert resource["participant"] == [{"individual": {"display": "Ben Stone"}}]
    assert resource["location"] == [{"location": {"display": "Ward 3"}}]
    assert codes(resource["reasonCode"][0]) == ["29857009"]
    assert codes(resource["hospitalization"]["dischargeDisposition"]) == ["01"]


def test_planned_visit() -> None:
    found = only(
        section("18776-5", entry(statement("encounter", code("1"), mood="APT"))), kind="Encounter"
    )
    assert found.resource["status"] == "planned"
