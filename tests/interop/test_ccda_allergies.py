"""Allergies of C-CDA: what to, how sure, what happens, and that none are known."""

from decimal import Decimal
from typing import Any

import pytest
from ccda_builders import (
    LOINC,
    RXNORM,
    SNOMED,
    act,
    allergy,
    at,
    author,
    code,
    coded_value,
    codes,
    concern,
    entry,
    observation,
    only,
    proposals,
    rel,
    said_status,
    section,
    severity,
    status,
    substance,
    template,
    when,
)

from healthmate_desktop.interop.ccda import doubts

pytestmark = pytest.mark.unit

PENICILLIN = substance(code("70618", RXNORM, "Penicillin"))
HIVES = observation(template("9"), when("20200501"), coded_value("247472004", display="Hives"))


def read_one(*entries: str, text: str = "") -> tuple[Any, dict[str, Any]]:
    found = only(
        section("48765-2", *entries, title="Allergies", text=text), kind="AllergyIntolerance"
    )
    return found, dict(found.resource)


def test_allergy_has_substance_kind_time_and_reaction() -> None:
    comment = act(template("64"), code("48767-8", LOINC), "<text>Since childhood</text>", author())
    found, resource = read_one(
        concern(
            allergy(
                when("19990102"),
                PENICILLIN,
                said_status("55561003"),
                rel("MFST", HIVES),
                severity("24484000"),
                rel(
                    "SUBJ",
                    observation(template("145"), code("82606-5", LOINC), coded_value("CRITH")),
                ),
                rel("SUBJ", comment),
                author(),
            )
        )
    )
    assert resource["code"] == {
        "coding": [
            {
                "system": "http://www.nlm.nih.gov/research/umls/rxnorm",
                "code": "70618",
                "display": "Penicillin",
            }
        ],
        "text": "Penicillin",
    }
    assert (resource["type"], resource["category"]) == ("allergy", ["medication"])
    assert codes(resource["clinicalStatus"]) == ["active"]
    assert codes(resource["verificationStatus"]) == ["confirmed"]
    assert (resource["criticality"], resource["onsetDateTime"]) == ("high", "1999-01-02")
    (reaction,) = resource["reaction"]
    assert codes(reaction["manifestation"][0]) == ["247472004"]
    assert (reaction["severity"], reaction["onset"]) == ("severe", "2020-05-01")
    assert resource["recorder"]["display"] == "Ada Quill"
    assert resource["recorder"]["identifier"]["system"] == "http://hl7.org/fhir/sid/us-npi"
    assert resource["recordedDate"] == "2024-01-02"
    assert resource["note"] == [
        {"text": "Since childhood", "authorString": "Ada Quill", "time": "2024-01-02"}
    ]
    assert found.spot.where == "Allergies, entry 1"
    assert found.doubts == ()


def test_severity_and_reaction_beside_the_allergy_count() -> None:
    inner = allergy(PENICILLIN)
    beside = act(
        template("30"),
        status("active"),
        rel("SUBJ", inner),
        rel("MFST", HIVES),
        severity("255604002"),
    )
    _, resource = read_one(entry(beside))
    assert [each["severity"] for each in resource["reaction"]] == ["mild"]


def test_reaction_in_words_and_its_own_severity_wins() -> None:
    reaction = observation(
        template("9"),
        "<text>Felt faint</text>",
        severity("371924009"),
        '<value xsi:type="CD" nullFlavor="UNK"/>',
    )
    nothing = observation(template("9"))
    _, resource = read_one(
        concern(
            allergy(PENICILLIN, rel("MFST", reaction), rel("MFST", nothing), severity("24484000"))
        )
    )
    assert resource["reaction"] == [
        {"manifestation": [{"text": "Felt faint"}], "severity": "moderate"}
    ]


def test_severity_without_reaction_is_kept_in_words() -> None:
    worded = rel(
        "SUBJ", observation(code("SEV"), '<value xsi:type="ST">Life threatening, fatal</value>')
    )
    _, resource = read_one(concern(allergy(PENICILLIN, worded)))
    assert resource["note"] == [{"text": "Severity: severe"}]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("419199007", "716186003"),
        ("416098002", "409137002"),
        ("419511003", "409137002"),
        ("414285001", "429625007"),
        ("426232007", "428607008"),
    ],
)
def test_negated_kind_is_none_known(kind: str, expected: str) -> None:
    nobody = substance('<code nullFlavor="NA"/>')
    found, resource = read_one(
        concern(allergy(nobody, kind=kind, attrs='negationInd="true"'), state="completed")
    )
    assert codes(resource["code"]) == [expected]
    assert codes(resource["verificationStatus"]) == ["confirmed"]
    assert found.doubts == ()


@pytest.mark.parametrize(
    ("substance_code", "expected"),
    [("410942007", "409137002"), ("111088007", "1003774007"), ("105590001", "716186003")],
)
def test_negated_general_substance_is_none_known(substance_code: str, expected: str) -> None:
    _, resource = read_one(
        concern(
            allergy(substance(code(substance_code)), kind="419199007", attrs='negationInd="true"')
        )
    )
    assert codes(resource["code"]) == [expected]


def test_negated_substance_is_refuted_and_not_active() -> None:
    peanut = substance(code("762952008", SNOMED, "Peanut"))
    found, resource = read_one(
        concern(allergy(peanut, kind="414285001", attrs='negationInd="true"'))
    )
    assert codes(resource["code"]) == ["762952008"]
    assert codes(resource["verificationStatus"]) == ["refuted"]
    assert codes(resource["clinicalStatus"]) == ["inactive"]
    assert found.doubts == (doubts.NEGATED_ALLERGY,)


def test_none_known_with_words_that_say_otherwise_is_doubted() -> None:
    nothing = allergy(
        "<text>Allergy information not available</text>",
        kind="419199007",
        attrs='negationInd="true"',
    )
    found, _ = read_one(concern(nothing))
    assert found.doubts == (doubts.NONE_OR_UNKNOWN,)


def test_code_that_says_none_is_taken_as_it_is() -> None:
    _, resource = read_one(
        concern(allergy(substance(code("716186003", SNOMED, "No known allergy"))))
    )
    assert codes(resource["code"]) == ["716186003"]
    assert codes(resource["verificationStatus"]) == ["confirmed"]


def test_allergy_that_is_not_known_is_unconfirmed() -> None:
    found, resource = read_one(concern(allergy(kind="419199007", attrs='nullFlavor="NASK"')))
    assert codes(resource["code"]) == ["no-allergy-info"]
    assert codes(resource["verificationStatus"]) == ["unconfirmed"]
    assert found.doubts == (doubts.NOTHING_KNOWN,)
    found, resource = read_one(concern(allergy(PENICILLIN, attrs='nullFlavor="UNK"')))
    assert (codes(resource["code"]), found.doubts) == (["70618"], (doubts.UNKNOWN,))


def test_substance_in_words_is_doubted() -> None:
    trial = substance("<name>Trial drug 7</name>")
    found, resource = read_one(concern(allergy(trial)))
    assert resource["code"] == {"text": "Trial drug 7"}
    assert found.doubts == (doubts.WORDS_ONLY,)


def test_allergy_without_substance_takes_its_value_or_says_so() -> None:
    named = coded_value("91936005", display="Allergy to penicillin")
    found, resource = read_one(concern(allergy(value=named)))
    assert (codes(resource["code"]), found.doubts) == (["91936005"], ())
    found, resource = read_one(concern(allergy()))
    assert (codes(resource["code"]), found.doubts) == (["416098002"], (doubts.NOT_WHICH,))
    found, resource = read_one(
        concern(allergy('<text><reference value="#a"/></text>', value="<value/>")),
        text='<content ID="a">Bee sting</content>',
    )
    assert resource["code"] == {"text": "Bee sting"}


def test_closed_concern_does_not_end_an_allergy() -> None:
    found, resource = read_one(concern(allergy(PENICILLIN), state="completed"))
    assert codes(resource["clinicalStatus"]) == ["active"]
    assert found.doubts == (doubts.CLOSED_ALLERGY,)
    _, resource = read_one(concern(allergy(PENICILLIN), state="aborted"))
    assert codes(resource["clinicalStatus"]) == ["inactive"]


def test_ended_allergy_is_inactive_and_says_when() -> None:
    _, resource = read_one(concern(allergy(PENICILLIN, when("1999", "2010"))))
    assert codes(resource["clinicalStatus"]) == ["inactive"]
    assert resource["extension"][0]["valueDateTime"] == "2010"
    found, _ = read_one(concern(allergy(PENICILLIN, when("1999", "2010"), said_status("55561003"))))
    assert found.doubts == (doubts.ENDED_AND_ACTIVE,)


def test_every_allergy_of_one_concern_arrives() -> None:
    both = act(
        template("30"),
        rel("SUBJ", allergy(PENICILLIN)),
        rel("SUBJ", allergy(substance(code("2670", RXNORM)))),
    )
    found = proposals(section("48765-2", entry(both), title="Allergies"), kind="AllergyIntolerance")
    assert [codes(each.resource["code"]) for each in found] == [["70618"], ["2670"]]
    assert [each.spot.where for each in found] == [
        "Allergies, entry 1, part 1",
        "Allergies, entry 1, part 2",
    ]


def test_section_decides_where_templates_are_missing_or_wrong() -> None:
    bare = observation(template("9.9.9.9.9.9"), coded_value("416098002"), PENICILLIN)
    _, resource = read_one(entry(act(rel("SUBJ", bare))))
    assert codes(resource["code"]) == ["70618"]
    measured = observation(code("8867-4", LOINC), '<value xsi:type="PQ" value="70" unit="/min"/>')
    (pulse,) = proposals(section("48765-2", entry(measured)), kind="Observation")
    assert pulse.resource["valueQuantity"]["value"] == Decimal(70)


def test_old_alert_observation_says_its_kind_in_the_code() -> None:
    old = observation(
        '<templateId root="2.16.840.1.113883.10.20.1.18"/>',
        code("416098002"),
        PENICILLIN,
        at("2008"),
        coded_value("70618", RXNORM),
    )
    _, resource = read_one(entry(act(rel("SUBJ", old))))
    assert (resource["category"], resource["onsetDateTime"]) == (["medication"], "2008")
