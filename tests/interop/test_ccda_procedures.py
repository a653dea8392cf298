"""Procedures of C-CDA: done, not done, found among acts and observations."""

from decimal import Decimal

import pytest
from ccda_builders import (
    APPENDECTOMY,
    CPT,
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
    pq,
    problems_of,
    proposals,
    rel,
    section,
    statement,
    status,
    template,
)

from healthmate_desktop.interop.ccda import doubts

pytestmark = pytest.mark.unit

LOCATION = (
    '<participant typeCode="LOC"><participantRole><playingEntity><name>Hill Clinic</name></playingEntity>'
    "</participantRole></participant>"
)


def test_procedure_that_was_done() -> None:
    done = statement(
        "procedure",
        template("14"),
        APPENDECTOMY,
        status(),
        at("20230405"),
        code("66754008", SNOMED, "Appendix", "targetSiteCode"),
        code("51316009", SNOMED, "Laparoscopic", "methodCode"),
        performer(),
        author(),
        LOCATION,
        rel("RSON", observation(template("19"), code("1"), coded_value("74400008"))),
        rel("SUBJ", act(template("20"), code("2"), "<text>Keep it dry</text>", mood="INT")),
    )
    found = only(section("47519-4", entry(done), title="Procedures"), kind="Procedure")
    resource = found.resource
    assert codes(resource["code"]) == ["80146002"]
    assert (resource["status"], resource["performedDateTime"]) == ("completed", "2023-04-05")
    assert resource["bodySite"][0]["text"] == "Appendix"
    assert resource["performer"] == [{"actor": {"display": "Ben Stone"}}]
    assert (resource["recorder"]["display"], resource["location"]) == (
        "Ada Quill",
        {"display": "Hill Clinic"},
    )
    assert codes(resource["reasonCode"][0]) == ["74400008"]
    assert [each["text"] for each in resource["note"]] == ["Method: Laparoscopic", "Keep it dry"]
    assert found.doubts == ()


def test_procedure_not_done_says_why() -> None:
    refused = statement(
        "procedure",
        APPENDECTOMY,
        rel("RSON", observation(code("1"), coded_value("105480006"))),
        attrs='negationInd="true"',
    )
    found = only(section("47519-4", entry(refused)), kind="Procedure")
    assert (found.resource["status"], codes(found.resource["statusReason"])) == (
        "not-done",
        ["105480006"],
    )
    assert found.doubts == (doubts.NOT_DONE,)
    unknown = statement("procedure", APPENDECTOMY, attrs='nullFlavor="UNK"')
    found = only(section("47519-4", entry(unknown)), kind="Procedure")
    assert (found.resource["status"], found.doubts) == ("unknown", (doubts.UNKNOWN,))


def test_acts_and_observations_among_procedures_are_procedures() -> None:
    by_template = act(template("12"), code("274025005"), status())
    by_section = act(code("274025005"), status())
    entries = (
        entry(by_template),
        entry(by_section),
        entry(observation(code("274025005"), "<value/>")),
    )
    assert len(proposals(section("47519-4", *entries), kind="Procedure")) == 3
    with_parts = act(
        code("274025005"), rel("COMP", observation(code("1", LOINC, "Size"), pq("5", "mm")))
    )
    assert len(proposals(section("47519-4", entry(with_parts)), kind="Procedure")) == 1
    wrapper = act(
        code("CONC", "2.16.840.1.113883.5.6"), rel("SUBJ", statement("procedure", APPENDECTOMY))
    )
    assert len(proposals(section("47519-4", entry(wrapper)), kind="Procedure")) == 1
    by_system = act(code("99406", CPT), status())
    assert only(section("51848-0", entry(by_system)), kind="Procedure")


def test_procedure_that_found_something_is_an_observation_too() -> None:
    found = proposals(
        section("47519-4", entry(observation(template("13"), code("274025005"), pq("5", "mm"))))
    )
    resources = {each.resource["resourceType"]: each.resource for each in found}
    assert resources["Observation"]["valueQuantity"]["value"] == Decimal(5)
    assert resources["Observation"]["partOf"] == [
        {"reference": f"Procedure/{resources['Procedure']['id']}"}
    ]


def test_entry_that_names_nothing_is_a_problem() -> None:
    nothing = statement(
        "procedure", '<code nullFlavor="UNK"/>', status(), attrs='negationInd="true"'
    )
    (problem,) = problems_of(f"<x>{section('47519-4', entry(nothing), title='Procedures')}</x>")
    assert problem.where == "Procedures, entry 1"
