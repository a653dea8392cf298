"""People around the patient in C-CDA: what relatives had, and who cares."""

from decimal import Decimal

import pytest
from ccda_builders import (
    LOINC,
    act,
    at,
    code,
    coded_value,
    codes,
    entry,
    observation,
    only,
    performer,
    person,
    pq,
    rel,
    section,
    statement,
    status,
    template,
    when,
)

pytestmark = pytest.mark.unit


def test_what_a_relative_had() -> None:
    father = (
        "<subject><relatedSubject>"
        + code("FTH", "2.16.840.1.113883.5.111", "father")
        + (
            '<subject><name><given>Otto</given></name><administrativeGenderCode code="M"/><birthTime value="1930"/>'
            '<sdtc:deceasedInd value="true"/></subject></relatedSubject></subject>'
        )
    )
    died = rel("CAUS", observation(template("47"), code("ASSERTION"), coded_value("419099009")))
    age = rel("SUBJ", observation(template("31"), code("445518008"), pq("57", "a")))
    parts = (
        observation(
            template("46"),
            code("1"),
            at("1967"),
            coded_value("22298006", display="Heart attack"),
            died,
            age,
        ),
        observation(
            template("46"),
            code("1"),
            at("1950"),
            coded_value("44054006"),
            attrs='negationInd="true"',
        ),
        observation(template("46"), code("1"), "<text>Bad back</text>", "<value/>"),
        observation(template("46"), "<value/>"),
    )
    whole = statement(
        "organizer",
        template("45"),
        status(),
        father,
        *(f"<component>{each}</component>" for each in parts),
    )
    resource = only(section("10157-6", entry(whole)), kind="FamilyMemberHistory").resource
    assert (resource["relationship"]["text"], resource["name"], resource["bornDate"]) == (
        "father",
        "Otto",
        "1930",
    )
    assert (codes(resource["sex"]), resource["deceasedBoolean"]) == (["male"], True)
    first, second, third = resource["condition"]
    assert (codes(first["code"]), first["contributedToDeath"]) == (["22298006"], True)
    assert first["onsetAge"]["value"] == Decimal(57)
    assert second["code"] == {"text": "Not present"}
    assert second["onsetPeriod"] == {"start": "1950", "end": "1950"}
    assert third["code"] == {"text": "Bad back"}


def test_relative_of_a_single_observation_and_the_day_of_death() -> None:
    alone = observation(
        template("46"),
        '<subject><relatedSubject><subject><sdtc:deceasedTime value="19991231"/></subject></relatedSubject></subject>',
        coded_value("22298006"),
        rel("CAUS", observation(template("47"), code("ASSERTION"), coded_value("419099009"))),
    )
    resource = only(section("10157-6", entry(alone)), kind="FamilyMemberHistory").resource
    assert (resource["relationship"], resource["deceasedDate"]) == (
        {"text": "Relative"},
        "1999-12-31",
    )
    assert codes(resource["condition"][0]["code"]) == ["22298006"]


def test_care_team_has_members_with_roles() -> None:
    role = code("PCP", "2.16.840.1.113883.5.88", "primary care", "functionCode")
    member = (
        f"<performer>{role}<assignedEntity>{person('Mia', 'Field')}</assignedEntity></performer>"
    )
    nobody = "<performer><assignedEntity/></performer>"
    acts = f"<component>{act(template('500.1'), when('2018'), member, nobody)}</component>"
    team = statement(
        "organizer",
        template("500"),
        code("86744-0", LOINC, "Care Team"),
        status("active"),
        performer(),
        acts,
    )
    resource = only(section("85847-2", entry(team)), kind="CareTeam").resource
    assert (resource["name"], resource["status"]) == ("Care Team", "active")
    assert resource["participant"][0]["member"] == {"display": "Mia Field"}
    assert resource["participant"][0]["role"][0]["text"] == "primary care"
    assert resource["participant"][0]["period"] == {"start": "2018"}
    assert resource["participant"][1] == {"member": {"display": "Ben Stone"}}
    untold = statement("organizer", acts)
    assert only(section("85847-2", entry(untold)), kind="CareTeam")
