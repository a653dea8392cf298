"""Results, vital signs and other observations of C-CDA, with values of every type."""

from decimal import Decimal
from typing import Any

import pytest
from ccda_builders import (
    LOINC,
    SNOMED,
    act,
    at,
    author,
    battery,
    code,
    coded_value,
    codes,
    entry,
    observation,
    only,
    performer,
    pq,
    proposals,
    rel,
    result,
    section,
    statement,
    status,
    template,
    when,
)

from healthmate_desktop.interop.ccda import doubts

pytestmark = pytest.mark.unit

V3 = "2.16.840.1.113883.5.83"


def read_one(*inner: str, text: str = "", attrs: str = "") -> tuple[Any, dict[str, Any]]:
    found = only(
        section("30954-2", battery(result(*inner, attrs=attrs)), title="Results", text=text),
        kind="Observation",
    )
    return found, dict(found.resource)


def value(xml: str) -> dict[str, Any]:
    """The value elements of a result with this value, and its doubts."""
    found, resource = read_one(xml)
    kept = {
        name: said
        for name, said in resource.items()
        if name.startswith("value") or name == "dataAbsentReason"
    }
    return {**kept, **({"doubts": found.doubts} if found.doubts else {})}


UCUM = {"system": "http://unitsofmeasure.org"}
TRANSLATED = (
    '<value xsi:type="PQ" nullFlavor="OTH"><translation value="9" nullFlavor="OTH">'
    "<originalText>THOUS/MCL</originalText></translation></value>"
)
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (
            pq("141", "mmol/L"),
            {"valueQuantity": {"value": Decimal(141), "unit": "mmol/L", **UCUM, "code": "mmol/L"}},
        ),
        (
            pq("4.20", "K/uL"),
            {
                "valueQuantity": {
                    "value": Decimal("4.20"),
                    "unit": "K/uL",
                    **UCUM,
                    "code": "10*3/uL",
                }
            },
        ),
        (pq("1.02", "1"), {"valueQuantity": {"value": Decimal("1.02"), **UCUM, "code": "1"}}),
        (pq("7", "UNK"), {"valueQuantity": {"value": Decimal(7)}}),
        (
            pq("7", "sips"),
            {
                "valueQuantity": {"value": Decimal(7), "unit": "sips"},
                "doubts": (doubts.odd_unit("sips"),),
            },
        ),
        (
            pq("&lt;5", "mg/dL"),
            {
                "valueQuantity": {
                    "value": Decimal(5),
                    "comparator": "<",
                    "unit": "mg/dL",
                    **UCUM,
                    "code": "mg/dL",
                }
            },
        ),
        (pq("2+", ""), {"valueString": "2+", "doubts": (doubts.ODD_VALUE,)}),
        (
            TRANSLATED,
            {
                "valueQuantity": {
                    "value": Decimal(9),
                    "unit": "THOUS/MCL",
                    **UCUM,
                    "code": "10*3/uL",
                }
            },
        ),
        (
            '<value xsi:type="PQ" nullFlavor="NAV"/>',
            {"dataAbsentReason": {"coding": [{"system": ABSENT, "code": "temp-unknown"}]}},
        ),
        ('<value xsi:type="PQ">12</value>', {"valueQuantity": {"value": Decimal(12)}}),
        ('<value xsi:type="REAL" value="1.5"/>', {"valueQuantity": {"value": Decimal("1.5")}}),
        ('<value xsi:type="INT" value="12"/>', {"valueInteger": 12}),
        (
            '<value xsi:type="INT" value="99999999999"/>',
            {"valueQuantity": {"value": Decimal(99999999999)}},
        ),
        (
            '<value xsi:type="IVL_PQ"><high value="5" unit="mg/dL" inclusive="false"/></value>',
            {
                "valueQuantity": {
                    "value": Decimal(5),
                    "comparator": "<",
                    "unit": "mg/dL",
                    **UCUM,
                    "code": "mg/dL",
                }
            },
        ),
        (
            '<value xsi:type="IVL_PQ"><low value="5"/></value>',
            {"valueQuantity": {"value": Decimal(5), "comparator": ">="}},
        ),
        (
            '<value xsi:type="IVL_PQ"><low value="1"/><high value="2"/></value>',
            {"valueRange": {"low": {"value": Decimal(1)}, "high": {"value": Decimal(2)}}},
        ),
        (
            '<value xsi:type="IVL_PQ"><center value="3"/></value>',
            {"valueQuantity": {"value": Decimal(3)}},
        ),
        (
            '<value xsi:type="RTO_PQ_PQ"><numerator value="1"/><denominator value="80"/></value>',
            {
                "valueRatio": {
                    "numerator": {"value": Decimal(1)},
                    "denominator": {"value": Decimal(80)},
                }
            },
        ),
        ('<value xsi:type="ST">Yellow</value>', {"valueString": "Yellow"}),
        ('<value xsi:type="ED"><reference value="#r1"/></value>', {"valueString": "Clear lungs"}),
        ('<value xsi:type="TS" value="20240301"/>', {"valueDateTime": "2024-03-01"}),
        (
            '<value xsi:type="IVL_TS"><low value="2024"/></value>',
            {"valuePeriod": {"start": "2024"}},
        ),
        ('<value xsi:type="BL" value="true"/>', {"valueBoolean": True}),
        (
            '<value xsi:type="BL" value="maybe"/>',
            {"valueString": "maybe", "doubts": (doubts.ODD_VALUE,)},
        ),
        ('<value xsi:type="II" root="1.2" extension="A7"/>', {"valueString": "A7"}),
        (
            coded_value("10828004", display="Positive"),
            {
                "valueCodeableConcept": {
                    "coding": [
                        {
                            "system": "http://snomed.info/sct",
                            "code": "10828004",
                            "display": "Positive",
                        }
                    ],
                    "text": "Positive",
                }
            },
        ),
        (
            '<value xsi:type="CD" nullFlavor="OTH"><originalText>Faint</originalText></value>',
            {"valueCodeableConcept": {"text": "Faint"}},
        ),
        (
            '<value xsi:type="CD" nullFlavor="UNK"/>',
            {"dataAbsentReason": {"coding": [{"system": ABSENT, "code": "unknown"}]}},
        ),
        (
            '<value nullFlavor="NASK"/>',
            {"dataAbsentReason": {"coding": [{"system": ABSENT, "code": "not-asked"}]}},
        ),
        ("<value/>", {}),
        ("", {}),
    ],
)
def test_value_of_every_type_arrives(xml: str, expected: dict[str, Any]) -> None:
    text = '<content ID="r1">Clear lungs</content>'
    found, resource = read_one(xml, text=text)
    kept = {
        name: said
        for name, said in resource.items()
        if name.startswith("value") or name == "dataAbsentReason"
    }
    assert {**kept, **({"doubts": found.doubts} if found.doubts else {})} == expected


@pytest.mark.parametrize(
    ("xml", "name"),
    [
        ('<value value="7" unit="mg"/>', "valueQuantity"),
        ('<value code="10828004"/>', "valueCodeableConcept"),
        ('<value><translation code="1"/></value>', "valueCodeableConcept"),
        ("<value>words</value>", "valueString"),
        ('<value><low value="1"/><high value="2"/></value>', "valueRange"),
        ('<value><low value="20240101"/></value>', "valuePeriod"),
        ('<value><numerator value="1"/></value>', "valueRatio"),
        ('<value value="true"/>', "valueBoolean"),
        ('<value extension="A7"/>', "valueString"),
    ],
)
def test_type_is_told_by_its_looks_where_it_is_missing(xml: str, name: str) -> None:
    assert name in value(xml)


def test_result_has_code_time_flag_range_and_its_row() -> None:
    range_ = (
        '<referenceRange><observationRange><text>136-145 mmol/L</text><value xsi:type="IVL_PQ">'
        '<low value="136" unit="mmol/L"/><high value="145" unit="mmol/L"/></value></observationRange></referenceRange>'
    )
    table = '<table><tr><th>Test</th><th>Value</th></tr><tr><td ID="na">SODIUM</td><td>146 mmol/L</td></tr></table>'
    specimen = (
        "<specimen><specimenRole><specimenPlayingEntity>"
        + code("119364003", SNOMED, "Serum")
        + "</specimenPlayingEntity></specimenRole></specimen>"
    )
    found, resource = read_one(
        '<text><reference value="#na"/></text>',
        pq("146", "mmol/L"),
        code("H", V3, "", "interpretationCode"),
        code("1", SNOMED, "By machine", "methodCode"),
        code("2", SNOMED, "Arm", "targetSiteCode"),
        range_,
        specimen,
        performer(),
        text=table,
    )
    assert (resource["status"], resource["effectiveDateTime"]) == ("final", "2024-02-11")
    assert codes(resource["category"][0]) == ["laboratory"]
    assert codes(resource["interpretation"][0]) == ["H"]
    (normal,) = resource["referenceRange"]
    assert (normal["text"], normal["low"]["value"]) == ("136-145 mmol/L", Decimal(136))
    assert (resource["method"]["text"], resource["bodySite"]["text"]) == ("By machine", "Arm")
    assert resource["specimen"] == {"display": "Serum"}
    assert resource["performer"] == [{"display": "Ben Stone"}]
    assert found.text == "SODIUM | 146 mmol/L"


def test_normal_range_comes_first_and_words_count_as_one() -> None:
    def a_range(*inner: str) -> str:
        return f"<referenceRange><observationRange>{''.join(inner)}</observationRange></referenceRange>"

    _, resource = read_one(
        a_range("<text>high</text>", code("H", V3, "", "interpretationCode")),
        a_range("<text>usual</text>", code("N", V3, "", "interpretationCode")),
        a_range(coded_value("260385009", display="Negative")),
        a_range('<value value="5" unit="mg"/>'),
        a_range(),
    )
    texts = [each["text"] for each in resource["referenceRange"]]
    assert texts == ["usual", "Negative", "5 mg", "high"]


def test_battery_is_a_report_of_its_results() -> None:
    comment = (
        "<component>"
        + act(template("64"), code("48767-8", LOINC), "<text>Repeat soon</text>")
        + "</component>"
    )
    found = proposals(
        section("30954-2", battery(result(pq("1")), result(pq("2")), more=author() + comment))
    )
    report = next(
        each.resource for each in found if each.resource["resourceType"] == "DiagnosticReport"
    )
    results = [each.resource for each in found if each.resource["resourceType"] == "Observation"]
    assert report["result"] == [{"reference": f"Observation/{each['id']}"} for each in results]
    assert (report["effectiveDateTime"], report["conclusion"]) == ("2024-02-11", "Repeat soon")
    assert (report["status"], codes(report["category"][0])) == ("final", ["LAB"])
    assert results[0]["performer"] == report["performer"]


def test_report_without_name_takes_the_sections() -> None:
    untold = entry(
        statement(
            "organizer",
            template("1"),
            when("2024", "2025"),
            "<component>" + result(pq("1")) + "</component>",
        )
    )
    report = only(section("30954-2", untold, title="Lab work"), kind="DiagnosticReport")
    assert report.resource["code"] == {"text": "Lab work"}
    assert report.resource["effectivePeriod"] == {"start": "2024", "end": "2025"}


def test_pictures_are_not_called_laboratory() -> None:
    chest = observation(
        template("2"),
        code("36643-5", LOINC, "Chest X-ray 2 Views"),
        '<value xsi:type="ST">Clear</value>',
    )
    found = only(section("30954-2", entry(chest)), kind="Observation")
    assert codes(found.resource["category"][0]) == ["imaging"]


def test_vital_signs_of_one_moment_stand_together() -> None:
    pulse = observation(template("27"), code("8867-4", LOINC, "Pulse"), status(), pq("70", "/min"))
    together = statement(
        "organizer",
        template("26"),
        code("46680005"),
        status(),
        at("202402111354-0500"),
        f"<component>{pulse}</component>",
    )
    panel, vital = proposals(
        section("8716-3", entry(together), title="Vital signs"), kind="Observation"
    )
    assert codes(panel.resource["code"]) == ["85353-1"]
    assert panel.resource["hasMember"] == [{"reference": f"Observation/{vital.resource['id']}"}]
    assert vital.resource["effectiveDateTime"] == "2024-02-11T13:54:00-05:00"
    assert codes(vital.resource["category"][0]) == ["vital-signs"]


def test_other_panels_keep_their_name_and_take_the_time_of_their_parts() -> None:
    part = observation(template("67"), code("54522-8", LOINC), at("2023"), coded_value("1"))
    named = statement(
        "organizer",
        template("66"),
        code("d5", "2.16.840.1.113883.6.254", "Self-care"),
        f"<component>{part}</component>",
    )
    nameless = statement("organizer", f"<component>{observation(code('1', LOINC))}</component>")
    panel, _ = proposals(section("47420-5", entry(named)), kind="Observation")
    assert panel.resource["code"]["text"] == "Self-care"
    assert (panel.resource["effectiveDateTime"], codes(panel.resource["category"][0])) == (
        "2023",
        ["survey"],
    )
    panel, _ = proposals(section("10190-7", entry(nameless), title="Mind"), kind="Observation")
    assert panel.resource["code"] == {"text": "Mind"}


@pytest.mark.parametrize(
    ("number", "expected"),
    [("78", "72166-2"), ("85", "11367-0"), ("2.16.840.1.113883.10.20.15.3.8", "82810-3")],
)
def test_assertions_are_named_after_what_they_assert(number: str, expected: str) -> None:
    said = observation(
        template(number),
        code("ASSERTION", "2.16.840.1.113883.5.4"),
        status(),
        when("2011"),
        coded_value("8517006"),
    )
    found = only(section("29762-2", entry(said)), kind="Observation")
    assert codes(found.resource["code"]) == [expected]
    assert codes(found.resource["category"][0]) == ["social-history"]
    assert found.resource["effectivePeriod"] == {"start": "2011"}


def test_other_assertions_take_the_sections_name() -> None:
    said = observation(code("ASSERTION", "2.16.840.1.113883.5.4"), coded_value("8517006"))
    found = only(section("29762-2", entry(said), title="Social history"), kind="Observation")
    assert found.resource["code"]["text"] == "Social history"


def test_what_is_not_so_never_stands_as_a_value() -> None:
    found, resource = read_one(
        coded_value("10828004", display="Positive"), attrs='negationInd="true"'
    )
    assert resource["valueString"] == "Not so: Positive"
    assert codes(resource["extension"][0]["valueCodeableConcept"]) == ["10828004"]
    assert found.doubts == (doubts.NEGATED,)
    _, resource = read_one(pq("5", "mg"), attrs='negationInd="true"')
    assert resource["valueString"] == "Not so: 5 mg"
    _, resource = read_one('<value xsi:type="ST">Warm</value>', attrs='negationInd="true"')
    assert resource["valueString"] == "Not so: Warm"
    _, resource = read_one(attrs='negationInd="1"')
    assert (resource["status"], codes(resource["dataAbsentReason"])) == (
        "cancelled",
        ["not-performed"],
    )


def test_not_pregnant_has_a_code_of_its_own() -> None:
    said = observation(
        template("2.16.840.1.113883.10.20.15.3.8"),
        code("ASSERTION"),
        coded_value("77386006"),
        attrs='negationInd="true"',
    )
    found = only(section("29762-2", entry(said)), kind="Observation")
    assert (codes(found.resource["valueCodeableConcept"]), found.doubts) == (["60001007"], ())


def test_further_values_are_components_and_one_that_is_missing_gives_way() -> None:
    _, resource = read_one(
        '<value xsi:type="PQ" nullFlavor="NI"/>',
        '<value xsi:type="INT" value="2"/>',
        coded_value("1"),
    )
    assert resource["valueInteger"] == 2
    assert "dataAbsentReason" not in resource
    assert codes(resource["component"][0]["valueCodeableConcept"]) == ["1"]


def test_unknown_result_and_source_are_told() -> None:
    source = rel(
        "REFR", observation(code("48766-0", LOINC), '<value xsi:type="ST">Dr. Moss</value>')
    )
    found, resource = read_one(pq("1"), source, attrs='nullFlavor="UNK"')
    assert resource["note"] == [{"text": "Source: Dr. Moss"}]
    assert found.doubts == (doubts.UNKNOWN,)


def test_observation_without_name_needs_a_value() -> None:
    with_value = observation('<code nullFlavor="UNK"/>', pq("5", "mg"))
    without = observation('<code nullFlavor="UNK"/>')
    found = only(
        section("30954-2", entry(with_value), entry(without), title="Lab"), kind="Observation"
    )
    assert (found.resource["code"], found.doubts) == ({"text": "Lab"}, (doubts.NO_NAME,))
