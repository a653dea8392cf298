"""The small parts of C-CDA: times, amounts, code systems, identifiers, names."""

from decimal import Decimal

import pytest

from healthmate_desktop.interop.ccda.names import address_of, full_name, name_of, telecom_of
from healthmate_desktop.interop.ccda.nodes import NOTHING, Node
from healthmate_desktop.interop.ccda.people import actor_of, function_of
from healthmate_desktop.interop.ccda.quantities import (
    bounded_of,
    decimal_of,
    quantity_of,
    ratio_of,
    ucum_of,
)
from healthmate_desktop.interop.ccda.systems import identifier_of, system_of
from healthmate_desktop.interop.ccda.times import Time, offset_of, span_of, time_of, zone_of
from healthmate_desktop.interop.ccda.xml import parse

pytestmark = pytest.mark.unit


def node(xml: str) -> Node:
    (found,) = parse(f"<r>{xml}</r>".encode()).root.first("r").children
    return found


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("2024", "2024"),
        ("202403", "2024-03"),
        ("20240301", "2024-03-01"),
        ("20240301101530-0500", "2024-03-01T10:15:30-05:00"),
        ("202403011015-05", "2024-03-01T10:15:00-05:00"),
        ("2024030110+0000", "2024-03-01T10:00:00+00:00"),
        ("20240301101530.250Z", "2024-03-01T10:15:30.250+00:00"),
        ("2024-03-01T10:15:30+02:00", "2024-03-01T10:15:30+02:00"),
        ("2024-03", "2024-03"),
        ("20240300", "2024-03"),
        ("20240000", "2024"),
        ("20240301T1015-0500", "2024-03-01T10:15:00-05:00"),
    ],
)
def test_times_keep_precision_and_offset(sent: str, expected: str) -> None:
    assert time_of(sent) == Time(expected)


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "soon",
        "20241301",
        "20240231",
        "202413",
        "00010101000000",
        "18000101",
        "99991231",
        "3/1/2024",
        "2024030",
        "20240001",
    ],
)
def test_what_is_no_date_is_none(sent: str) -> None:
    assert time_of(sent) in {Time(), Time("2024")}
    assert not time_of(sent) or sent == "20240001"


@pytest.mark.parametrize(
    "sent",
    [
        "202403011015",
        "20240301251530-0500",
        "202403011015-9900",
        "2024030110153",
        "20240301106099-0500",
    ],
)
def test_time_of_day_that_cannot_stand_is_kept_beside_the_date(sent: str) -> None:
    assert time_of(sent) == Time("2024-03-01", sent)


def test_offset_of_the_document_fills_in() -> None:
    assert time_of("202403011015", "-08:00") == Time("2024-03-01T10:15:00-08:00")
    assert (zone_of("20240301101500-0500"), zone_of("20240301"), zone_of("x")) == ("-05:00", "", "")
    assert (offset_of("+5:30"), offset_of("-15"), offset_of("")) == ("+05:30", "", "")


@pytest.mark.parametrize(
    ("xml", "point", "start", "end"),
    [
        ('<t value="2024"/>', "2024", "", ""),
        ('<t><low value="2023"/><high value="2024"/></t>', "", "2023", "2024"),
        ('<t><low value="2024"/><high value="2024"/></t>', "2024", "", ""),
        ('<t value="2020"><low value="2023"/></t>', "", "2023", ""),
        ('<t><center value="2024"/></t>', "2024", "", ""),
        ('<t><comp><low value="2024"/></comp></t>', "", "2024", ""),
        ('<t nullFlavor="UNK"/>', "", "", ""),
    ],
)
def test_intervals_of_every_form(xml: str, point: str, start: str, end: str) -> None:
    span = span_of(node(xml))
    assert (span.point.text, span.start.text, span.end.text) == (point, start, end)


def test_unreadable_date_is_told_but_fillers_are_not() -> None:
    assert span_of(node('<t value="soon"/>')).unread == "soon"
    assert span_of(node('<t><low value="20240101"/><high value="x"/></t>')).unread == "x"
    assert span_of(node('<t value="0001"/>')).unread == ""
    assert span_of(NOTHING).first == Time()


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        *(
            (unit, unit)
            for unit in (
                "mg/dL",
                "mm[Hg]",
                "[lb_av]",
                "10*3/uL",
                "%",
                "kg/m2",
                "[in_us]",
                "h",
                "d",
                "mL/h",
            )
        ),
        ("K/uL", "10*3/uL"),
        ("10X9cells/L", "10*9/L"),
        ("x10*3 cells/uL", "10*3/uL"),
        ("lbs", "[lb_av]"),
        ("days", "d"),
        ("milliGRAM(s)", "mg"),
        *((unit, "") for unit in ("Tablet", "", "EA", "x" * 99, "Puffs")),
    ],
)
def test_units_are_coded_only_where_that_is_sure(unit: str, expected: str) -> None:
    assert ucum_of(unit) == expected


@pytest.mark.parametrize(
    "text", ["", "NaN", "Infinity", "1e999", "1,5", "0x1", "9" * 50, "1 2", "٣"]
)
def test_what_is_no_plain_number_is_none(text: str) -> None:
    assert decimal_of(text) is None


def test_numbers_keep_their_digits() -> None:
    assert [str(decimal_of(text)) for text in ("1.50", "-0.5", "+3", ".5", "5.")] == [
        "1.50",
        "-0.5",
        "3",
        "0.5",
        "5",
    ]


def test_amounts_with_bounds_ratios_and_none() -> None:
    assert quantity_of(node('<v nullFlavor="UNK"/>')) == {}
    assert quantity_of(node('<v value="≥5"/>')) == {"value": Decimal(5), "comparator": ">="}
    assert (
        quantity_of(node('<v><translation value="2" displayName="tablet"/></v>'))["unit"]
        == "tablet"
    )
    assert bounded_of(node('<v><low value="1"/><high value="2"/></v>')) == {}
    assert bounded_of(node('<v><high value="&lt;2"/></v>'))["comparator"] == "<"
    assert ratio_of(node('<v><denominator value="2"/></v>')) == {}
    assert ratio_of(node('<v><numerator value="1"/></v>')) == {"numerator": {"value": Decimal(1)}}


@pytest.mark.parametrize(
    ("oid", "name", "code", "expected"),
    [
        ("2.16.840.1.113883.6.1", "", "2951-2", "http://loinc.org"),
        ("2.16.840.1.113883.6.96", "SNOMED CT", "1", "http://snomed.info/sct"),
        (
            "2.16.840.1.113883.5.8",
            "",
            "PATOBJ",
            "http://terminology.hl7.org/CodeSystem/v3-ActReason",
        ),
        ("1.2.3.4", "House codes", "1", "urn:oid:1.2.3.4"),
        ("", "SNOMED -CT", "1", "http://snomed.info/sct"),
        ("LOINC", "", "2951-2", "http://loinc.org"),
        ("", "ICD9CM", "401.9", "http://hl7.org/fhir/sid/icd-9-cm"),
        ("", "ICD-10-PCS", "0DB", "http://www.cms.gov/Medicare/Coding/ICD10"),
        ("http://example.org/codes", "", "1", "http://example.org/codes"),
        ("2.16.840.1.113883.6.1", "SNOMED CT", "38341003", "http://snomed.info/sct"),
        ("2.16.840.1.113883.5.6", "LOINC", "48765-2", "http://loinc.org"),
        (
            "2.16.840.1.113883.6.88",
            "SNOMED",
            "70618",
            "http://www.nlm.nih.gov/research/umls/rxnorm",
        ),
        ("", "", "1", ""),
        ("", "Our own list", "1", ""),
    ],
)
def test_system_of_a_code(oid: str, name: str, code: str, expected: str) -> None:
    assert system_of(oid, name, code) == expected


@pytest.mark.parametrize(
    ("root", "extension", "expected"),
    [
        ("1.2.3", "A", {"system": "urn:oid:1.2.3", "value": "A"}),
        ("2.16.840.1.113883.4.6", "9", {"system": "http://hl7.org/fhir/sid/us-npi", "value": "9"}),
        ("1.2.3", "", {"system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2.3"}),
        (
            "67265ED2-35BB-43F8-B9DE-91C5935625E0",
            "",
            {
                "system": "urn:ietf:rfc:3986",
                "value": "urn:uuid:67265ed2-35bb-43f8-b9de-91c5935625e0",
            },
        ),
        ("", "A", {"value": "A"}),
        ("free", "", {"value": "free"}),
        ("2.16.840.1.113883.4.1", "", {}),
        ("", "", {}),
    ],
)
def test_identifiers(root: str, extension: str, expected: dict[str, str]) -> None:
    assert identifier_of(root, extension) == expected


def test_names_of_every_form() -> None:
    full = node(
        '<name use="L"><prefix>Dr.</prefix><given>Ada</given><family qualifier="BR">Quill</family><suffix>MD</suffix>'
        '<validTime><low value="1990"/></validTime></name>'
    )
    assert full_name(full) == "Dr. Ada Quill MD"
    assert name_of(full)["use"] == "maiden"
    assert name_of(full)["period"] == {"start": "1990"}
    assert name_of(node("<name>Ada Quill</name>")) == {"text": "Ada Quill"}
    assert name_of(node('<name nullFlavor="UNK"/>')) == {}


def test_addresses_and_numbers_of_every_form() -> None:
    assert address_of(node("<addr>4 Mill Lane, Oakham</addr>")) == {"text": "4 Mill Lane, Oakham"}
    assert address_of(node('<addr nullFlavor="UNK"/>')) == {}
    moved = node(
        '<addr use="OLD"><city>Oakham</city><useablePeriod><high value="2010"/></useablePeriod></addr>'
    )
    assert address_of(moved) == {"city": "Oakham", "use": "old", "period": {"end": "2010"}}
    assert telecom_of(node('<telecom value="555-0101"/>')) == {
        "system": "phone",
        "value": "555-0101",
    }
    assert telecom_of(node('<telecom value="ada@example.org"/>'))["system"] == "email"
    assert (
        telecom_of(node('<telecom value="http://example.org"/>'))["value"] == "http://example.org"
    )
    assert telecom_of(node('<telecom use="PG" value="tel:1"/>'))["system"] == "pager"
    assert telecom_of(node('<telecom nullFlavor="UNK"/>')) == {}


def test_actors_of_every_form() -> None:
    machine = node(
        "<a><assignedAuthoringDevice><softwareName>Chart 3</softwareName></assignedAuthoringDevice></a>"
    )
    assert actor_of(machine) == {"display": "Chart 3"}
    clinic = node(
        "<a><representedOrganization><name>Hill Clinic</name></representedOrganization></a>"
    )
    assert actor_of(clinic) == {"display": "Hill Clinic"}
    both = node(
        "<a><assignedPerson><name>Ada</name></assignedPerson>"
        "<representedOrganization><name>Hill Clinic</name></representedOrganization></a>"
    )
    assert actor_of(both) == {"display": "Ada, Hill Clinic"}
    assert actor_of(NOTHING) == {}
    assert function_of(
        node("<p><functionCode><originalText>helper</originalText></functionCode></p>")
    ) == {"text": "helper"}
    assert function_of(node("<p/>")) == {}


def test_nodes_with_many_children_are_asked_the_same_way() -> None:
    wide = node("<a>" + "<b/><c/>" * 100 + "</a>")
    assert (len(list(wide.all("b"))), len(list(wide.all("c"))), list(wide.all("d"))) == (
        100,
        100,
        [],
    )
    assert wide.get("x") == ""
