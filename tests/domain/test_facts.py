"""Facts drawn out of resources: nothing guessed, nothing lost, and never a failure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from healthmate_desktop.domain.facts import (
    Coding,
    Facts,
    facts_of,
    fingerprint,
    full_url_of,
    original,
    subject_of,
    with_context,
)
from healthmate_desktop.domain.facts.types import SHAPES, human_name

pytestmark = [pytest.mark.unit, pytest.mark.health]

Json = dict[str, Any]
LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"


def quantity(value: Any, unit: str = "mmol/L", **more: Any) -> Json:
    return {"value": value, "unit": unit, "system": UCUM, "code": unit} | more


def coded(code: str, display: str = "", system: str = LOINC, **more: Any) -> Json:
    return {"coding": [{"system": system, "code": code, "display": display}]} | more


def facts(kind: str, **fields: Any) -> Facts:
    return facts_of({"resourceType": kind} | fields)


def test_lab_result_has_name_value_unit_range_flag_and_date() -> None:
    found = facts(
        "Observation",
        status="final",
        category=[coded("laboratory")],
        code=coded("2345-7", "Glucose in Serum", text="Glucose"),
        effectiveDateTime="2024-03-05T08:30:00+01:00",
        valueQuantity=quantity(Decimal("5.40")),
        referenceRange=[{"low": quantity(Decimal("3.9")), "high": quantity(Decimal("5.6"))}],
        interpretation=[coded("N")],
    )
    assert found == Facts(
        type="Observation",
        codings=(Coding(LOINC, "2345-7", "Glucose in Serum"),),
        display="Glucose",
        value="5.40 mmol/L",
        number=Decimal("5.40"),
        unit="mmol/L",
        unit_code="mmol/L",
        low=Decimal("3.9"),
        high=Decimal("5.6"),
        range_text="3.9 - 5.6 mmol/L",
        interpretation="N",
        effective="2024-03-05T08:30:00+01:00",
        effective_from="2024-03-05T07:30:00.000Z",
        effective_to="2024-03-05T07:30:00.999Z",
        status="final",
        category="laboratory",
    )


@pytest.mark.parametrize(
    ("fields", "value", "number"),
    [
        (
            {"valueQuantity": quantity(Decimal("0.41"), comparator="<")},
            "<0.41 mmol/L",
            Decimal("0.41"),
        ),
        ({"valueQuantity": quantity(98, "%")}, "98%", Decimal(98)),
        ({"valueQuantity": {"value": "7.1", "code": "g"}}, "7.1 g", Decimal("7.1")),
        ({"valueQuantity": {"value": 3.5}}, "3.5", Decimal("3.5")),
        ({"valueQuantity": {"value": "many", "unit": "g"}}, "many g", None),
        ({"valueQuantity": {"unit": "g"}}, "g", None),
        ({"valueQuantity": {"value": True}}, "", None),
        ({"valueQuantity": {"value": Decimal("1E+99999"), "unit": "g"}}, "g", None),
        ({"valueQuantity": {"value": Decimal("1E-7")}}, "0.0000001", Decimal("1E-7")),
        ({"valueQuantity": {"value": 10**4000}}, "", None),
        ({"valueCodeableConcept": coded("260385009", "Negative")}, "Negative", None),
        ({"valueString": " not \n seen "}, "not seen", None),
        ({"valueBoolean": False}, "no", None),
        ({"valueBoolean": "no"}, "", None),
        ({"valueInteger": 3}, "3", Decimal(3)),
        ({"valueInteger": None}, "", None),
        ({"valueRange": {"low": quantity(1), "high": quantity(2)}}, "1 - 2 mmol/L", None),
        ({"valueRange": {"low": quantity(1, "g"), "high": quantity(2, "kg")}}, "1 g - 2 kg", None),
        ({"valueRange": {"low": quantity(1)}}, "≥ 1 mmol/L", None),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 64}}}, "1:64", None),
        ({"valueRatio": {"numerator": {"value": 1}}}, "1", None),
        ({"valueTime": "08:30:00"}, "08:30:00", None),
        ({"valueDateTime": "2024-02"}, "2024-02", None),
        ({"valuePeriod": {"start": "2024", "end": "2025"}}, "2024 to 2025", None),
        ({"valueAttachment": {"title": "Trace", "contentType": "image/png"}}, "Trace", None),
        ({"valueSampledData": {"data": "1 2"}}, "", None),
    ],
)
def test_values_of_every_kind_are_shown_as_given(
    fields: Json, value: str, number: Decimal | None
) -> None:
    found = facts("Observation", **fields)
    assert (found.value, found.number) == (value, number)


def test_limit_of_detection_is_no_plain_number() -> None:
    assert facts("Observation", valueQuantity=quantity(1, comparator="<")).comparator == "<"
    assert not facts("Observation", valueQuantity=quantity(1, comparator="~")).comparator


def test_unit_counts_as_ucum_only_where_the_sender_says_so() -> None:
    found = facts("Observation", valueQuantity=quantity(1, "mg/dl", system="urn:other"))
    assert (found.unit, found.unit_code) == ("mg/dl", "")


@pytest.mark.parametrize(
    ("ranges", "low", "high", "text"),
    [
        ([{"text": "< 0.41"}], None, None, "< 0.41"),
        ([{"high": quantity(5)}], None, 5, "≤ 5 mmol/L"),
        ([{"low": {"value": 3}, "high": {"value": 5}}], 3, 5, "3 - 5"),
        ([{"low": quantity(54, "mg/dL"), "high": quantity(99, "mg/dL")}], None, None, "54 - 99 mg/dL"),
        ([{"low": quantity(3), "type": coded("therapeutic")}, {"low": quantity(4)}], 4, None, "≥ 4 mmol/L"),
        ([{"low": quantity(3), "type": coded("normal")}, {"low": quantity(4), "type": coded("x")}],
         3, None, "≥ 3 mmol/L"),
        ([{"low": quantity(3), "appliesTo": [coded("f", "women")]},
          {"low": quantity(4), "appliesTo": [coded("m", "men")]}],
         None, None, "≥ 3 mmol/L (women); ≥ 4 mmol/L (men)"),
        ([{"low": quantity(3), "age": {"low": quantity(18, "a")}}, {"low": quantity(2)}],
         None, None, "≥ 3 mmol/L (≥ 18 a); ≥ 2 mmol/L"),
        ("odd", None, None, ""),
    ],
)  # fmt: skip
def test_range_is_a_number_only_where_one_applies_in_the_same_unit(
    ranges: Any, low: int | None, high: int | None, text: str
) -> None:
    found = facts("Observation", valueQuantity=quantity(4), referenceRange=ranges)
    assert (found.low, found.high, found.range_text) == (low, high, text)


@pytest.mark.parametrize(
    ("interpretation", "shown"),
    [
        ([coded("HH", "Critical high")], "HH"),
        (coded("L"), "L"),
        ([{"text": "borderline"}], "borderline"),
        ([{"coding": [{"display": "odd"}]}], "odd"),
        ("H", "H"),
        ([{}], ""),
        (7, ""),
    ],
)
def test_flags_of_several_versions_are_read(interpretation: Any, shown: str) -> None:
    assert facts("Observation", interpretation=interpretation).interpretation == shown


def test_blood_pressure_is_one_value_with_two_parts() -> None:
    found = facts(
        "Observation",
        status="final",
        effectiveDateTime="2024",
        component=[
            {
                "code": coded("8480-6", "Systolic"),
                "valueQuantity": quantity(Decimal("120.0"), "mmHg"),
            },
            {"code": coded("8462-4", "Diastolic"), "valueQuantity": quantity(80, "mmHg")},
        ],
    )
    assert found.value == "120.0/80 mmHg"
    assert [
        (part.display, part.number, part.effective, part.status) for part in found.components
    ] == [
        ("Systolic", Decimal("120.0"), "2024", "final"),
        ("Diastolic", Decimal(80), "2024", "final"),
    ]


def test_other_panels_tell_each_part() -> None:
    parts = [{"code": {"text": "Cough"}, "valueBoolean": True}, {"code": {"text": "Fever"}}]
    assert facts("Observation", component=parts).value == "Cough yes"
    assert facts("Observation", component=parts, valueString="ill").value == "ill"


SHOWN: list[tuple[Json, str, str, str, str]] = [  # resource, display, value, date, status
    ({"resourceType": "Condition", "code": {"text": "Asthma"}, "onsetDateTime": "2019-06", "recordedDate": "2020",
      "clinicalStatus": coded("active"), "verificationStatus": coded("confirmed"), "severity": {"text": "mild"},
      "bodySite": [{"text": "lung"}]}, "Asthma", "mild; lung", "2019-06", "active"),
    ({"resourceType": "Condition", "code": {"text": "Asthma"}, "onsetAge": {"value": 7, "unit": "years"},
      "recordedDate": "2020", "verificationStatus": coded("provisional")},
     "Asthma", "since the age of 7 years", "2020", "provisional"),
    ({"resourceType": "Condition", "onsetString": "childhood", "clinicalStatus": "resolved"},
     "", "childhood", "", "resolved"),
    ({"resourceType": "Condition", "clinicalStatus": coded("active"), "verificationStatus": coded("refuted")},
     "", "", "", "refuted"),
    ({"resourceType": "AllergyIntolerance", "code": {"text": "Nuts"}, "recordedDate": "1998", "reaction": [
        {"manifestation": [{"text": "hives"}, {"concept": {"text": "cough"}}], "severity": "mild"},
        {"description": "swelling"}, {"severity": "severe"}]},
     "Nuts", "hives, cough (mild); swelling; severe", "1998", ""),
    ({"resourceType": "AllergyIntolerance", "substance": {"text": "Dust"}, "onset": "2001"}, "Dust", "", "2001", ""),
    ({"resourceType": "MedicationRequest", "medicationCodeableConcept": {"text": "Featherdew"}, "status": "stopped",
      "authoredOn": "2023-11-02", "dosageInstruction": [{"text": "one a day"}]},
     "Featherdew", "one a day", "2023-11-02", "stopped"),
    ({"resourceType": "MedicationOrder", "medicationCodeableConcept": {"text": "Old"}, "dateWritten": "2012"},
     "Old", "", "2012", ""),
    ({"resourceType": "MedicationRequest", "medication": {"concept": {"text": "New"}}}, "New", "", "", ""),
    ({"resourceType": "MedicationStatement", "medicationReference": {"display": "Drops"}, "status": "active",
      "effectivePeriod": {"start": "2023"}, "dosage": [{"patientInstruction": "at night"}]},
     "Drops", "at night", "2023", "active"),
    ({"resourceType": "MedicationAdministration", "medicationCodeableConcept": {"text": "Serum"},
      "effectiveDateTime": "2023", "dosage": {"dose": {"value": 2, "unit": "mL"}}}, "Serum", "2 mL", "2023", ""),
    ({"resourceType": "MedicationDispense", "medicationCodeableConcept": {"text": "Box"}, "whenHandedOver": "2022"},
     "Box", "", "2022", ""),
    ({"resourceType": "Medication", "ingredient": [{"item": {"concept": {"text": "a"}}}, {"item": 3}],
      "form": {"text": "cream"}}, "a", "cream", "", ""),
    ({"resourceType": "Immunization", "vaccineCode": {"text": "Tdap"}, "occurrenceDateTime": "2021-10-10",
      "status": "completed", "doseQuantity": {"value": Decimal("0.5"), "unit": "mL"},
      "protocolApplied": [{"doseNumberPositiveInt": 2}]}, "Tdap", "dose 2, 0.5 mL", "2021-10-10", "completed"),
    ({"resourceType": "Procedure", "code": {"text": "Stitch"}, "performedPeriod": {"start": "1984-07-01"},
      "outcome": {"text": "good"}, "bodySite": [{"text": "arm"}]}, "Stitch", "good; arm", "1984-07-01", ""),
    ({"resourceType": "Encounter", "class": {"code": "AMB", "display": "ambulatory"}, "status": "finished",
      "period": {"start": "2024-03-05"}, "reasonCode": [{"text": "cough"}]},
     "cough", "cough", "2024-03-05", "finished"),
    ({"resourceType": "Encounter", "class": "inpatient", "period": {"end": "2024"}}, "inpatient", "", "2024", ""),
    ({"resourceType": "DiagnosticReport", "code": {"text": "Lipids"}, "issued": "2024-03-05T10:00:00Z",
      "conclusion": "fine"}, "Lipids", "fine", "2024-03-05T10:00:00Z", ""),
    ({"resourceType": "DocumentReference", "type": {"text": "Letter"}, "content": [{"attachment": {"title": "To you"}}],
      "context": {"period": {"start": "2024"}}}, "Letter", "To you", "2024", ""),
    ({"resourceType": "CarePlan", "category": [{"text": "Wound care"}], "period": {"start": "2020"}, "activity": [
        {"detail": {"code": {"text": "Bandage"}}}, {"detail": {"description": "Rest"}}, {"reference": {}}]},
     "Wound care", "Bandage; Rest", "2020", ""),
    ({"resourceType": "CareTeam", "name": "My team"}, "My team", "", "", ""),
    ({"resourceType": "Goal", "description": {"text": "Walk"}, "startDate": "2024", "lifecycleStatus": "active",
      "target": [{"detailQuantity": {"value": 5, "unit": "km"}}], "achievementStatus": {"text": "on the way"}},
     "Walk", "5 km; on the way", "2024", "active"),
    ({"resourceType": "FamilyMemberHistory", "relationship": {"text": "mother"}, "date": "2020", "condition": [
        {"code": {"text": "Gout"}, "onsetAge": {"value": 60, "unit": "a"}}, {"code": {"text": "Flu"}}, {}]},
     "mother", "Gout (from 60 a); Flu", "2020", ""),
    ({"resourceType": "Device", "type": {"text": "pump"}, "deviceName": [{"name": "P3"}], "manufacturer": "Acme"},
     "P3", "Acme", "", ""),
    ({"resourceType": "DeviceUseStatement", "device": {"display": "cane"}, "recordedOn": "2019"},
     "cane", "", "2019", ""),
    ({"resourceType": "ImagingStudy", "series": [{"modality": {"display": "CT"}}], "started": "2018"},
     "CT", "", "2018", ""),
    ({"resourceType": "ServiceRequest", "code": {"text": "X-ray"}, "authoredOn": "2018"}, "X-ray", "", "2018", ""),
    ({"resourceType": "Specimen", "type": {"text": "blood"}, "collection": {"collectedDateTime": "2018"}},
     "blood", "", "2018", ""),
    ({"resourceType": "Patient", "name": [{"family": "Roe"}], "birthDate": "1961", "gender": "male"},
     "Roe", "male", "1961", ""),
    ({"resourceType": "Claim", "type": coded("pharmacy"), "billablePeriod": {"start": "2018"}, "status": "active"},
     "pharmacy", "", "2018", "active"),
    ({"resourceType": "NeverHeardOf", "title": "Something", "created": "2017"}, "Something", "", "2017", ""),
]  # fmt: skip


@pytest.mark.parametrize(("resource", "display", "value", "date", "status"), SHOWN)
def test_each_type_keeps_its_facts_in_its_own_place(
    resource: Json, display: str, value: str, date: str, status: str
) -> None:
    found = facts_of(resource)
    assert (found.display, found.value, found.effective, found.status) == (
        display,
        value,
        date,
        status,
    )


@pytest.mark.parametrize(
    ("dosage", "text"),
    [
        ({"doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}],
          "timing": {"repeat": {"frequency": 1, "period": Decimal("1.0"), "periodUnit": "d"}}}, "1 tablet, once a day"),
        ({"doseQuantity": {"value": 5, "unit": "mL"}, "route": {"text": "by mouth"},
          "timing": {"repeat": {"frequency": 3, "period": 2, "periodUnits": "wk"}}},
         "5 mL, 3 times every 2 weeks, by mouth"),
        ({"timing": {"repeat": {"frequency": 1, "frequencyMax": 2, "period": 1, "periodUnit": "d"}}},
         "1 to 2 times a day"),
        ({"timing": {"repeat": {"period": Decimal("1.5"), "periodUnit": "h"}}}, "once every 1.5 hours"),
        ({"timing": {"code": {"text": "BID"}}, "asNeededBoolean": True}, "BID, as needed"),
        ({"asNeededCodeableConcept": {"text": "pain"}}, "as needed for pain"),
        ({"doseAndRate": [{"doseRange": {"low": {"value": 1}, "high": {"value": 2}}}]}, "1 - 2"),
        ({"timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "moon"}}}, ""),
    ],
)  # fmt: skip
def test_dose_without_words_is_told_from_its_parts(dosage: Json, text: str) -> None:
    assert facts("MedicationRequest", dosageInstruction=[dosage]).value == text


def test_number_of_a_dose_is_there_where_there_is_one_dose() -> None:
    one = {"text": "a", "doseAndRate": [{"doseQuantity": quantity(1, "mg")}]}
    single = facts("MedicationRequest", dosageInstruction=[one])
    assert (single.number, single.unit, single.value) == (Decimal(1), "mg", "a")
    double = facts("MedicationRequest", dosageInstruction=[one, {"text": "b"}])
    assert (double.number, double.unit, double.value) == (None, "", "a; b")


@pytest.mark.parametrize(
    ("resource", "negated"),
    [
        ({"resourceType": "Immunization", "status": "not-done"}, True),
        ({"resourceType": "MedicationStatement", "status": "not-taken"}, True),
        ({"resourceType": "MedicationRequest", "status": "active", "doNotPerform": True}, True),
        ({"resourceType": "Immunization", "wasNotGiven": True}, True),
        ({"resourceType": "Condition", "verificationStatus": coded("refuted")}, True),
        ({"resourceType": "Immunization", "status": "completed", "wasNotGiven": False}, False),
    ],
)
def test_what_is_said_not_to_be_so_is_marked(resource: Json, negated: bool) -> None:
    assert facts_of(resource).negated is negated


@pytest.mark.parametrize(
    ("concept", "shown"),
    [
        ({"text": "As typed", "coding": [{"display": "Other"}]}, "As typed"),
        ({"coding": [{"display": "First"}, {"display": "Chosen", "userSelected": True}]}, "Chosen"),
        ({"coding": [{"code": "c1"}, {"display": "Words"}]}, "Words"),
        ({"coding": [{"code": "c1"}]}, "c1"),
        ({"coding": {"code": "c2"}}, "c2"),
        ("plain", "plain"),
        ([{"text": "a"}, {"text": "b"}, {"text": "a"}], "a, b"),
        (None, ""),
    ],
)
def test_best_human_name_is_shown(concept: Any, shown: str) -> None:
    assert facts("Observation", code=concept).display == shown


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ([{"use": "old", "text": "Old"}, {"given": ["New"]}], "New"),
        (
            [{"use": "nickname", "text": "Nick"}, {"use": "official", "family": "F", "given": "G"}],
            "G F",
        ),
        ([{"use": "strange", "text": "S"}, {"use": "usual"}], "S"),
        ({"text": "One", "suffix": ["Jr"]}, "One"),
        ("Plain", "Plain"),
        ([], ""),
    ],
)
def test_name_in_use_is_preferred(names: Any, shown: str) -> None:
    assert human_name(names) == shown


def test_contained_medication_names_its_prescription() -> None:
    inner = [{"id": "n"}, {"id": "m", "code": {"text": "Inside"}}]
    pointer = {"reference": "#m", "display": "Outside"}
    assert (
        facts("MedicationRequest", contained=inner, medicationReference=pointer).display == "Inside"
    )
    pointer = {"reference": "#gone", "display": "Outside"}
    assert (
        facts("MedicationRequest", contained=inner, medicationReference=pointer).display
        == "Outside"
    )


def test_context_is_kept_beside_the_resource_and_comes_off_again() -> None:
    order = {
        "resourceType": "MedicationRequest",
        "id": "1",
        "medicationReference": {"reference": "Medication/9"},
    }
    kept = with_context(
        order, full_url="https://a.example/1", refers={"Medication/9": {"code": {"text": "Dew"}}}
    )
    assert facts_of(kept).display == "Dew"
    assert full_url_of(kept) == "https://a.example/1"
    assert original(kept) == order
    assert with_context(kept) == order
    assert not full_url_of(order)
    uuid = "3f1c1f2e-0a51-4c58-9f0e-2d3c5b7a9001"
    assert with_context({"id": uuid}, full_url=f"urn:uuid:{uuid}") == {"id": uuid}
    assert full_url_of({"id": uuid}) == f"urn:uuid:{uuid}"


def test_subject_is_told_as_the_file_has_it() -> None:
    assert subject_of({"patient": {"reference": "Patient/1"}}) == "Patient/1"
    assert subject_of({"subject": {"display": "Someone"}}) == ""


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | st.text(max_size=12)
    | st.sampled_from(["2024-03", "#m", "http://loinc.org", "8480-6", "d", "active", "<", "0000", "9999-12-31"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["coding", "code", "display", "system", "text", "value", "unit", "comparator", "low", "high", "reference",
             "start", "end", "event", "repeat", "frequency", "period", "periodUnit", "boundsPeriod", "type", "use",
             "given", "family", "id", "attachment", "title", "detail", "item", "doseAndRate", "doseQuantity", "timing",
             "valueQuantity", "valuePeriod", "referenceRange", "interpretation", "manifestation", "fullUrl", "refers"]
        )
        | st.text(max_size=4),
        inner,
        max_size=5,
    ),
    max_leaves=20,
)  # fmt: skip
FIELDS = sorted(
    {path.split(".")[0] for shape in SHAPES.values() for path in (*shape.dates, *shape.status)}
    | {
        *(
            "code",
            "category",
            "component",
            "contained",
            "dosage",
            "dosageInstruction",
            "reaction",
            "activity",
        ),
        *(
            "target",
            "condition",
            "relationship",
            "medicationReference",
            "medication",
            "deviceName",
            "device",
        ),
        *(
            "content",
            "class",
            "name",
            "protocolApplied",
            "valueQuantity",
            "valueRatio",
            "valuePeriod",
            "subject",
        ),
        *(
            "referenceRange",
            "interpretation",
            "_healthmate",
            "ingredient",
            "onsetAge",
            "stage",
            "birthDate",
        ),
    }
)


@settings(max_examples=300, deadline=None)
@given(
    kind=st.sampled_from([*SHAPES, "Claim", ""]) | JSON_VALUES,
    fields=st.dictionaries(st.sampled_from(FIELDS), JSON_VALUES, max_size=6),
)
def test_no_json_makes_it_fail(kind: Any, fields: Json) -> None:
    resource = {"resourceType": kind} | fields
    found = facts_of(resource)
    assert found.effective_from <= found.effective_to
    assert bool(found.effective) == bool(found.effective_from)
    assert found.number is None or found.number.is_finite()
    assert len(fingerprint(resource)) == 64
    assert fingerprint(resource) == fingerprint(dict(reversed(resource.items())))
    subject_of(resource)
    full_url_of(resource)


@pytest.mark.parametrize("odd", [None, [], "x", 3, {}])
def test_what_is_no_resource_has_no_facts(odd: Any) -> None:
    assert facts_of(odd) == Facts("")


def test_sizes_are_bounded() -> None:
    found = facts(
        "Observation",
        code={"text": "x" * 900_000, "coding": [{"code": str(n)} for n in range(9000)]},
        component=[{"valueString": "y" * 900_000}] * 9000,
    )
    assert len(found.display) <= 2000
    assert len(found.value) <= 2000
    assert len(found.codings) <= 200
    assert len(found.components) <= 200


def test_number_too_long_to_print_is_none() -> None:
    assert facts("Observation", valueQuantity={"value": 10**5000, "unit": "g"}).number is None
