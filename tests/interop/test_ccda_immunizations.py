"""Vaccines of C-CDA: given, refused, not known, planned."""

from decimal import Decimal
from typing import Any

import pytest
from ccda_builders import (
    CVX,
    LOINC,
    SNOMED,
    act,
    at,
    author,
    code,
    coded_value,
    codes,
    entry,
    observation,
    only,
    performer,
    product,
    proposals,
    rel,
    section,
    statement,
    status,
    template,
)

from healthmate_desktop.interop.ccda import doubts

pytestmark = pytest.mark.unit

FLU = product(
    code("140", CVX, "Influenza"),
    "<lotNumberText>Z9</lotNumberText>",
    '<expirationTime value="20240630"/>',
)
MADE = FLU.replace(
    "</manufacturedProduct>",
    "<manufacturerOrganization><name>Vaxmaker</name></manufacturerOrganization></manufacturedProduct>",
)


def vaccine(*inner: str, name: str = MADE, mood: str = "EVN", attrs: str = "") -> str:
    return statement(
        "substanceAdministration", template("52"), *inner, name, mood=mood, attrs=attrs
    )


def read_one(*inner: str, **more: str) -> tuple[Any, dict[str, Any]]:
    found = only(
        section("11369-6", entry(vaccine(*inner, **more)), title="Vaccines"), kind="Immunization"
    )
    return found, dict(found.resource)


def test_vaccine_that_was_given() -> None:
    reaction = rel(
        "MFST",
        observation(template("9"), at("20231002"), coded_value("386661006", display="Fever")),
    )
    told = rel(
        "SUBJ", act(template("20"), code("171044003"), "<text>Rest the arm</text>", mood="INT")
    )
    found, resource = read_one(
        status(),
        at("20231001"),
        '<repeatNumber value="2"/>',
        code("C28161", "2.16.840.1.113883.3.26.1.1", "Intramuscular", "routeCode"),
        code("368208006", SNOMED, "Left arm", "approachSiteCode"),
        '<doseQuantity value="0.5" unit="mL"/>',
        performer(),
        author(),
        reaction,
        told,
    )
    assert codes(resource["vaccineCode"]) == ["140"]
    assert resource["vaccineCode"]["coding"][0]["system"] == "http://hl7.org/fhir/sid/cvx"
    assert (resource["status"], resource["occurrenceDateTime"]) == ("completed", "2023-10-01")
    assert (resource["lotNumber"], resource["expirationDate"]) == ("Z9", "2024-06-30")
    assert resource["manufacturer"] == {"display": "Vaxmaker"}
    assert resource["doseQuantity"]["value"] == Decimal("0.5")
    assert (resource["route"]["text"], resource["site"]["text"]) == ("Intramuscular", "Left arm")
    assert resource["protocolApplied"] == [{"doseNumberPositiveInt": 2}]
    assert resource["performer"][0]["actor"] == {"display": "Ben Stone"}
    assert resource["recorded"] == "2024-01-02"
    assert resource["reaction"] == [{"date": "2023-10-02"}]
    assert [each["text"] for each in resource["note"]] == ["Reaction: Fever", "Rest the arm"]
    assert found.doubts == ()


def test_refused_vaccine_says_why() -> None:
    refusal = rel(
        "RSON",
        observation(template("53"), code("PATOBJ", "2.16.840.1.113883.5.8", "Patient objection")),
    )
    _, resource = read_one(status(), at("2023"), refusal, attrs='negationInd="true"')
    assert resource["status"] == "not-done"
    assert codes(resource["statusReason"]) == ["PATOBJ"]
    reason = rel(
        "RSON", observation(code("ASSERTION", "2.16.840.1.113883.5.4"), coded_value("105480006"))
    )
    _, resource = read_one(status(), reason, attrs='negationInd="true"')
    assert codes(resource["statusReason"]) == ["105480006"]


def test_reason_of_a_given_vaccine_is_no_refusal() -> None:
    reason = rel("RSON", observation(template("19"), code("404684003"), coded_value("195967001")))
    _, resource = read_one(status(), at("2023"), reason)
    assert codes(resource["reasonCode"][0]) == ["195967001"]
    assert "statusReason" not in resource


def test_vaccine_of_which_nothing_is_known() -> None:
    found, resource = read_one(status(), attrs='nullFlavor="NI"')
    assert (resource["status"], resource["occurrenceString"]) == ("not-done", "unknown")
    assert codes(resource["statusReason"]) == ["NI"]
    assert found.doubts == (doubts.NOT_GIVEN,)


def test_vaccine_that_is_not_finished_is_doubted() -> None:
    found, resource = read_one(status("active"), at("2023"))
    assert (resource["status"], found.doubts) == ("completed", (doubts.NOT_GIVEN,))


def test_dose_number_may_stand_in_an_observation() -> None:
    third = rel("SUBJ", observation(code("30973-2", LOINC), '<value xsi:type="INT" value="3"/>'))
    _, resource = read_one(status(), third)
    assert resource["protocolApplied"] == [{"doseNumberPositiveInt": 3}]


def test_planned_vaccine_is_a_recommendation() -> None:
    planned = vaccine(at("20241001"), author(), mood="INT")
    found = only(section("18776-5", entry(planned)), kind="ImmunizationRecommendation")
    (due,) = found.resource["recommendation"]
    assert codes(due["vaccineCode"][0]) == ["140"]
    assert due["dateCriterion"][0]["value"] == "2024-10-01"
    assert found.resource["date"] == "2024-01-02"
    bare = only(section("18776-5", entry(vaccine(mood="INT"))), kind="ImmunizationRecommendation")
    assert bare.resource["date"] == "2024-03-01T10:15:00-05:00"


def test_vaccine_is_told_by_its_code_and_by_its_section() -> None:
    untold = statement("substanceAdministration", at("2023"), MADE)
    assert proposals(section("10160-0", entry(untold)), kind="Immunization")
    other = statement(
        "substanceAdministration", at("2023"), product(code("1801", "1.2.3", "Flu shot"))
    )
    assert proposals(section("", entry(other), title="Immunisations given"), kind="Immunization")
