"""Insurance in C-CDA: payer, member and relation."""

import pytest
from ccda_builders import (
    LOINC,
    act,
    code,
    codes,
    entry,
    only,
    proposals,
    rel,
    section,
    status,
    template,
    when,
)

pytestmark = pytest.mark.unit


def test_insurance_names_payer_member_and_relation() -> None:
    def who(role: str, name: str) -> str:
        named = f"<representedOrganization><name>{name}</name></representedOrganization>"
        role_code = code(role, "2.16.840.1.113883.5.110")
        return f"<performer><assignedEntity>{role_code}{named}</assignedEntity></performer>"

    policy = act(
        template("61"),
        code("12", "2.16.840.1.113883.3.221.5", "Medicare"),
        status(),
        who("PAYOR", "Good Health"),
        who("GUAR", "Otto Whitlow"),
        "<performer><assignedEntity/></performer>",
        '<participant typeCode="COV">'
        + when("2020", "2030", "time")
        + '<participantRole><id root="1.2" extension="M-5"/>'
        + code("SELF")
        + "</participantRole></participant>",
        '<participant typeCode="HLD"><participantRole><id root="1.2" extension="M-9"/>'
        "<playingEntity><name><given>Otto</given></name></playingEntity></participantRole></participant>",
        '<participant typeCode="X"/>',
    )
    wrapped = act(template("60"), code("48768-6", LOINC), rel("COMP", policy))
    resource = only(section("48768-6", entry(wrapped)), kind="Coverage").resource
    assert (resource["type"]["text"], resource["payor"]) == (
        "Medicare",
        [{"display": "Good Health"}],
    )
    assert (resource["subscriberId"], codes(resource["relationship"])) == ("M-5", ["SELF"])
    assert resource["period"] == {"start": "2020", "end": "2030"}
    assert resource["policyHolder"] == {"display": "Otto"}
    assert resource["beneficiary"]["reference"].startswith("Patient/")
    assert resource["extension"][0]["valueString"] == "Otto Whitlow"


def test_policy_without_template_and_empty_policy() -> None:
    bare = act(
        '<participant typeCode="HLD"><participantRole><id extension="M-9"/></participantRole></participant>'
    )
    resource = only(section("48768-6", entry(bare)), kind="Coverage").resource
    assert resource["subscriberId"] == "M-9"
    assert resource["payor"][0]["extension"][0]["valueCode"] == "unknown"
    assert not proposals(section("48768-6", entry(act(template("61")))), kind="Coverage")
