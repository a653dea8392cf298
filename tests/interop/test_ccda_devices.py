"""Implants and supplies of C-CDA: what they are, in use or asked for."""

import pytest
from ccda_builders import (
    APPENDECTOMY,
    SNOMED,
    at,
    code,
    codes,
    entry,
    observation,
    proposals,
    rel,
    section,
    statement,
    status,
    template,
    when,
)

pytestmark = pytest.mark.unit


def device(udi: str = "(01)123", name: str = "Pacemaker") -> str:
    return (
        f'<participant typeCode="DEV"><participantRole><id root="2.16.840.1.113883.3.3719" extension="{udi}"/>'
        f"<playingDevice>{code('14106009', SNOMED, name)}"
        "<manufacturerModelName>Beat 2</manufacturerModelName></playingDevice>"
        "<scopingEntity><desc>Heartworks</desc></scopingEntity></participantRole></participant>"
    )


def test_implant_is_a_device_with_the_parts_of_its_udi() -> None:
    def part(number: str, value: str) -> str:
        return f"<component>{observation(code(number), value)}</component>"

    udi = statement(
        "organizer",
        template("311"),
        '<id root="2.16.840.1.113883.3.3719" extension="(01)123"/>',
        part("C101672", '<value xsi:type="ST">LOT7</value>'),
        part("C101670", '<value xsi:type="TS" value="20301231"/>'),
        part("C101722", '<value xsi:type="II" extension="00123"/>'),
        part("C0", "<value/>"),
    )
    other = statement(
        "organizer",
        template("311"),
        '<id root="2.16.840.1.113883.3.3719" extension="(01)9"/>',
        part("C101672", '<value xsi:type="ST">NO</value>'),
    )
    implanted = statement(
        "procedure",
        '<code nullFlavor="UNK"/>',
        at("20200714"),
        device(),
        rel("COMP", udi),
        rel("COMP", other),
    )
    found = proposals(section("46264-8", entry(implanted)))
    resources = {each.resource["resourceType"]: each.resource for each in found}
    made = resources["Device"]
    assert codes(made["type"]) == ["14106009"]
    assert made["udiCarrier"] == [{"carrierHRF": "(01)123", "deviceIdentifier": "00123"}]
    assert (made["lotNumber"], made["expirationDate"], made["manufacturer"]) == (
        "LOT7",
        "2030-12-31",
        "Heartworks",
    )
    assert resources["Procedure"]["code"] == {"text": "Pacemaker"}
    assert resources["Procedure"]["focalDevice"] == [
        {"manipulated": {"reference": f"Device/{made['id']}"}}
    ]
    assert "Observation" not in resources


def test_device_without_type_is_named_by_its_model_or_doubted() -> None:
    plain = device().replace(code("14106009", SNOMED, "Pacemaker"), "")
    found = proposals(
        section("46264-8", entry(statement("procedure", APPENDECTOMY, plain))), kind="Device"
    )
    assert found[0].resource["type"] == {"text": "Beat 2"}
    empty = (
        '<participant typeCode="DEV"><participantRole><playingDevice/></participantRole>'
        "</participant>"
    )
    found = proposals(
        section("46264-8", entry(statement("procedure", APPENDECTOMY, empty))), kind="Device"
    )
    assert found == []


def test_supply_is_a_device_in_use_or_asked_for() -> None:
    used = statement("supply", template("50"), status(), when("", "20130311"), device())
    at_once = statement(
        "supply", template("50"), status("active"), at("2013"), code("1", SNOMED, "Cane")
    )
    asked = statement(
        "supply",
        template("43"),
        status("active"),
        at("2025"),
        code("1", SNOMED, "Cane"),
        mood="INT",
    )
    asked_for_device = statement("supply", template("43"), device(), mood="RQO")
    kinds = [
        each.resource
        for each in proposals(
            section("46264-8", *map(entry, (used, at_once, asked, asked_for_device)))
        )
    ]
    uses = [each for each in kinds if each["resourceType"] == "DeviceUseStatement"]
    requests = [each for each in kinds if each["resourceType"] == "DeviceRequest"]
    assert uses[0]["device"]["reference"].startswith("Device/")
    assert (uses[0]["timingPeriod"], uses[1]["timingDateTime"]) == ({"end": "2013-03-11"}, "2013")
    assert uses[1]["device"] == {"display": "Cane"}
    assert (requests[0]["codeCodeableConcept"]["text"], requests[0]["occurrenceDateTime"]) == (
        "Cane",
        "2025",
    )
    assert requests[1]["codeReference"]["reference"].startswith("Device/")
