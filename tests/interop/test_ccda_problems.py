"""Problems of C-CDA: what, since when, whether it is over, and that there are none."""

from decimal import Decimal
from typing import Any

import pytest
from ccda_builders import (
    LOINC,
    SNOMED,
    act,
    at,
    author,
    code,
    coded_value,
    codes,
    concern,
    entry,
    observation,
    only,
    pq,
    problem,
    proposals,
    rel,
    said_status,
    section,
    severity,
    statement,
    status,
    template,
    when,
)

from healthmate_desktop.interop.ccda import doubts

pytestmark = pytest.mark.unit

ASTHMA = coded_value(
    "195967001",
    display="Asthma",
    more='<translation code="J45.909" codeSystem="2.16.840.1.113883.6.90">'
    '<translation code="X" codeSystem="1.2.3"/></translation>',
)


def read_one(*entries: str, loinc: str = "11450-4") -> tuple[Any, dict[str, Any]]:
    found = only(section(loinc, *entries, title="Problems"), kind="Condition")
    return found, dict(found.resource)


def test_problem_has_codes_times_site_and_recorder() -> None:
    site = code(
        "39607008",
        SNOMED,
        "Lung",
        "targetSiteCode",
        "<qualifier>" + code("7771000", SNOMED, "Left", "value") + "</qualifier>",
    )
    diagnosed = act(code("77975-1", LOINC), at("20050607"))
    found, resource = read_one(
        concern(
            problem(
                when("200504"),
                site,
                author(),
                severity("6736007"),
                rel("SUBJ", diagnosed),
                value=ASTHMA,
            ),
            kind="3",
        )
    )
    assert resource["code"]["coding"] == [
        {"system": "http://snomed.info/sct", "code": "195967001", "display": "Asthma"},
        {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "J45.909"},
        {"system": "urn:oid:1.2.3", "code": "X"},
    ]
    assert resource["onsetDateTime"] == "2005-04"
    assert codes(resource["clinicalStatus"]) == ["active"]
    assert codes(resource["category"][0]) == ["problem-list-item"]
    assert codes(resource["category"][1]) == ["55607006"]
    assert resource["bodySite"][0]["text"] == "Lung, Left"
    assert codes(resource["severity"]) == ["6736007"]
    assert resource["recordedDate"] == "2024-01-02"
    assert resource["extension"][0]["valueDateTime"] == "2005-06-07"
    assert found.doubts == ()


@pytest.mark.parametrize(
    ("said", "state", "high", "expected", "doubt"),
    [
        ("", "active", "", "active", ()),
        ("", "completed", "", "inactive", (doubts.CLOSED_PROBLEM,)),
        ("", "active", "20200101", "resolved", ()),
        ("413322009", "active", "20200101", "resolved", ()),
        ("55561003", "active", "20200101", "inactive", (doubts.ENDED_AND_ACTIVE,)),
        ("277022003", "active", "", "remission", ()),
    ],
)
def test_status_is_told_by_status_end_and_concern(
    said: str, state: str, high: str, expected: str, doubt: tuple[str, ...]
) -> None:
    inner = problem(when("2010", high), said_status(said, "6") if said else "", value=ASTHMA)
    found, resource = read_one(concern(inner, state, "3"))
    assert codes(resource["clinicalStatus"]) == [expected]
    assert found.doubts == doubt
    assert resource.get("abatementDateTime", "") == ("2020-01-01" if high else "")


def test_resolved_without_a_day_says_that_the_day_is_unknown() -> None:
    unknown = '<effectiveTime><low value="2010"/><high nullFlavor="UNK"/></effectiveTime>'
    _, resource = read_one(
        concern(problem(unknown, said_status("413322009", "6"), value=ASTHMA), kind="3")
    )
    assert resource["_abatementDateTime"]["extension"][0]["valueCode"] == "unknown"
    _, resource = read_one(concern(problem(unknown, value=ASTHMA), kind="3"))
    assert "_abatementDateTime" not in resource


def test_closed_act_of_an_old_document_says_nothing() -> None:
    old = act(
        '<templateId root="2.16.840.1.113883.10.20.1.27"/>',
        status(),
        rel("SUBJ", problem(value=ASTHMA)),
    )
    found, resource = read_one(entry(old))
    assert (codes(resource["clinicalStatus"]), found.doubts) == (["active"], ())


def test_no_known_problems() -> None:
    none = problem(value=coded_value("55607006", display="Problem"), attrs='negationInd="true"')
    _, resource = read_one(concern(none, kind="3"))
    assert codes(resource["code"]) == ["160245001"]
    assert codes(resource["verificationStatus"]) == ["confirmed"]


def test_problem_that_is_not_there_is_refuted() -> None:
    found, resource = read_one(concern(problem(value=ASTHMA, attrs='negationInd="true"'), kind="3"))
    assert codes(resource["verificationStatus"]) == ["refuted"]
    assert codes(resource["clinicalStatus"]) == ["inactive"]
    assert found.doubts == (doubts.NEGATED_PROBLEM,)


def test_problem_that_is_not_known_is_unconfirmed() -> None:
    found, resource = read_one(concern(problem(value=ASTHMA, attrs='nullFlavor="UNK"'), kind="3"))
    assert codes(resource["verificationStatus"]) == ["unconfirmed"]
    assert found.doubts == (doubts.UNKNOWN,)


def test_translation_stands_where_the_code_is_missing() -> None:
    only_translated = (
        '<value xsi:type="CD" nullFlavor="OTH"><translation code="493.90" '
        'codeSystem="2.16.840.1.113883.6.103" displayName="Asthma"/></value>'
    )
    _, resource = read_one(concern(problem(value=only_translated), kind="3"))
    assert resource["code"]["coding"][0]["system"] == "http://hl7.org/fhir/sid/icd-9-cm"
    assert resource["code"]["text"] == "Asthma"


def test_problem_in_words_is_doubted() -> None:
    for value in (
        '<value xsi:type="ST">Sore knee</value>',
        '<value xsi:type="CD" nullFlavor="OTH"><originalText>Sore knee</originalText></value>',
    ):
        found, resource = read_one(concern(problem(value=value), kind="3"))
        assert (resource["code"], found.doubts) == ({"text": "Sore knee"}, (doubts.WORDS_ONLY,))
    found, resource = read_one(
        concern(problem("<text>Sore knee</text>", value="<value/>"), kind="3")
    )
    assert (resource["code"], found.doubts) == ({"text": "Sore knee"}, (doubts.WORDS_ONLY,))


def test_code_stands_where_no_value_says_what() -> None:
    named = observation(template("4"), code("195967001", SNOMED, "Asthma"))
    found, resource = read_one(concern(named, kind="3"))
    assert (codes(resource["code"]), found.doubts) == (["195967001"], ())


def test_age_stands_where_no_date_does() -> None:
    age = rel("SUBJ", observation(template("31"), code("445518008"), pq("57", "a")))
    _, resource = read_one(concern(problem(age, value=ASTHMA), kind="3"))
    assert resource["onsetAge"]["value"] == Decimal(57)
    assert resource["onsetAge"]["code"] == "a"


def test_diagnosis_of_a_visit_belongs_to_it() -> None:
    diagnosis = act(template("80"), code("29308-4", LOINC), rel("SUBJ", problem(value=ASTHMA)))
    visit = statement(
        "encounter",
        template("49"),
        code("99213", "2.16.840.1.113883.6.12"),
        at("20240210"),
        rel("COMP", diagnosis),
    )
    found = proposals(section("46240-8", entry(visit), title="Visits"))
    resources = {each.resource["resourceType"]: each.resource for each in found}
    condition = resources["Condition"]
    assert codes(condition["category"][0]) == ["encounter-diagnosis"]
    assert "clinicalStatus" not in condition
    assert resources["Encounter"]["diagnosis"] == [
        {"condition": {"reference": f"Condition/{condition['id']}"}}
    ]


@pytest.mark.parametrize(
    ("loinc", "category"), [("75310-3", "health-concern"), ("11535-2", "encounter-diagnosis")]
)
def test_section_gives_the_category(loinc: str, category: str) -> None:
    _, resource = read_one(entry(problem(value=ASTHMA)), loinc=loinc)
    assert codes(resource["category"][0]) == [category]


def test_finding_beside_a_problem_is_its_evidence() -> None:
    weeks = observation(template("69"), code("11884-4", LOINC, "Weeks"), pq("20", "wk"))
    found = proposals(
        section("11450-4", concern(problem(rel("SPRT", weeks), value=ASTHMA), kind="3"))
    )
    resources = {each.resource["resourceType"]: each.resource for each in found}
    assert resources["Condition"]["evidence"] == [
        {"detail": [{"reference": f"Observation/{resources['Observation']['id']}"}]}
    ]


def test_without_template_a_problem_is_told_by_its_code_or_the_act_around() -> None:
    by_code = observation(code("282291009"), ASTHMA)
    by_act = act(
        code("10219-4", LOINC),
        rel("SUBJ", observation(code("ASSERTION", "2.16.840.1.113883.5.4"), ASTHMA)),
    )
    for each in (by_code, by_act):
        assert only(section("51848-0", entry(each)), kind="Condition")
    assert not proposals(section("30954-2", entry(by_code)), kind="Condition")


def test_visit_that_is_only_named_is_referred_to() -> None:
    named = rel("SUBJ", statement("encounter", '<id root="1.2.3" extension="V9"/>'))
    wrapped = act(template("3"), status("active"), rel("SUBJ", problem(value=ASTHMA)), named)
    found = proposals(section("11450-4", entry(wrapped)))
    conditions = [each.resource for each in found if each.resource["resourceType"] == "Condition"]
    assert conditions[0]["encounter"] == {"identifier": {"system": "urn:oid:1.2.3", "value": "V9"}}
    assert not [each for each in found if each.resource["resourceType"] == "Encounter"]


def test_old_templates_tell_problems_from_allergies() -> None:
    old = "2.16.840.1.113883.10.20.1."
    for numbers, kind in (
        (("28",), "Condition"),
        (("18",), "AllergyIntolerance"),
        (("18", "28"), "AllergyIntolerance"),
    ):
        said = observation(template(*(old + number for number in numbers)), ASTHMA)
        assert only(section("51848-0", entry(said)), kind=kind)
    both = observation(template(old + "18", old + "28"), ASTHMA)
    assert only(section("11450-4", entry(both)), kind="Condition")
