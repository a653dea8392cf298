"""What a person corrects is written into the resource, and nothing else of it is changed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from healthmate_desktop.domain.corrections import corrected, fields_of
from healthmate_desktop.domain.corrections.dates import fhir_date, written
from healthmate_desktop.domain.corrections.values import number_of, range_of_text
from healthmate_desktop.domain.facts import facts_of
from healthmate_desktop.errors import InvalidInput

pytestmark = [pytest.mark.unit, pytest.mark.health]

UCUM = "http://unitsofmeasure.org"


def glucose() -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": "kept",
        "status": "final",
        "code": {"text": "Glucose", "coding": [{"system": "http://loinc.org", "code": "15074-8"}]},
        "effectiveDateTime": "2026-07-14T08:40:12+02:00",
        "valueQuantity": {
            "value": Decimal("72"),
            "unit": "mmol/L",
            "system": UCUM,
            "code": "mmol/L",
        },
        "referenceRange": [
            {"text": "3.9 - 5.5", "low": {"value": Decimal("3.9"), "unit": "mmol/L"}}
        ],
        "interpretation": [{"coding": [{"code": "H"}]}],
    }


def pressure() -> dict[str, Any]:
    def part(name: str, value: str) -> dict[str, Any]:
        return {
            "code": {"text": name},
            "valueQuantity": {"value": Decimal(value), "unit": "mmHg", "code": "mm[Hg]"},
        }

    return {
        "resourceType": "Observation",
        "code": {"text": "Blood pressure"},
        "component": [part("Systolic", "134"), part("Diastolic", "82")],
    }


def change(resource: dict[str, Any], **texts: str) -> dict[str, Any]:
    return corrected(resource, texts, keep_codes=False)


def test_a_measurement_offers_what_can_be_read_wrong() -> None:
    assert [(field.key, field.text) for field in fields_of(glucose())] == [
        ("name", "Glucose"),
        ("value", "72"),
        ("unit", "mmol/L"),
        ("range0", "3.9 - 5.5"),
        ("date", "2026-07-14 08:40"),
    ]


def test_nothing_changed_is_nothing_changed() -> None:
    texts = {field.key: field.text for field in fields_of(glucose())}
    assert change(glucose(), **texts) == glucose()


def test_a_value_keeps_its_unit_and_all_else() -> None:
    before, made = glucose(), change(glucose(), value="7,2")
    assert made["valueQuantity"] == before["valueQuantity"] | {"value": Decimal("7.2")}
    assert {**made, "valueQuantity": 0} == {**before, "valueQuantity": 0}
    assert before["valueQuantity"]["value"] == Decimal(72)  # the one that was read stays


def test_a_limit_is_one() -> None:
    made = change(glucose(), value="< 0.41")
    assert made["valueQuantity"]["comparator"] == "<"
    assert facts_of(made).value == "<0.41 mmol/L"
    assert "comparator" not in change(made, value="0.41")["valueQuantity"]


def test_another_unit_loses_the_code_of_the_old_one_and_the_range_follows() -> None:
    made = change(glucose(), unit="mg/dL")
    assert made["valueQuantity"] == {"value": Decimal(72), "unit": "mg/dL"}
    assert made["referenceRange"] == [
        {"text": "3.9 - 5.5", "low": {"value": Decimal("3.9"), "unit": "mg/dL"}}
    ]
    assert change(glucose(), unit="")["valueQuantity"] == {"value": Decimal(72)}


def test_words_are_a_value_too() -> None:
    made = change(glucose(), value="not enough blood")
    assert made["valueString"] == "not enough blood"
    assert "valueQuantity" not in made
    assert change(made, value="7.2", unit="mmol/L")["valueQuantity"]["unit"] == "mmol/L"
    assert change(glucose(), value="5 to 10", unit="/HPF")["valueString"] == "5 to 10 /HPF"


def test_a_value_can_not_be_taken_away() -> None:
    with pytest.raises(InvalidInput, match="It needs a value"):
        change(glucose(), value=" ")


def test_another_range_is_read_into_its_ends() -> None:
    made = change(glucose(), range0="up to 5.5 mmol/L")
    assert facts_of(made).high == Decimal("5.5")
    assert facts_of(made).low is None
    assert made["referenceRange"][0]["text"] == "up to 5.5 mmol/L"
    assert change(glucose(), range0="see note")["referenceRange"] == [{"text": "see note"}]
    assert "referenceRange" not in change(glucose(), range0="")
    words = change(glucose(), value="negative", range0="1 - 2")
    assert words["referenceRange"][0]["low"] == {"value": Decimal(1), "unit": "mmol/L"}
    other = change(glucose(), range0="70 - 99 mg/dL")["referenceRange"][0]
    assert other["high"] == {"value": Decimal(99), "unit": "mg/dL"}


def test_a_code_goes_with_the_name_it_was_found_by() -> None:
    assert change(glucose(), name="Lactate")["code"] == {"text": "Lactate"}
    kept = corrected(glucose(), {"name": "Sugar"}, keep_codes=True)["code"]
    assert kept == glucose()["code"] | {"text": "Sugar"}
    with pytest.raises(InvalidInput, match="It needs a name"):
        change(glucose(), name="")


def test_each_part_of_a_panel_is_corrected_on_its_own() -> None:
    fields = fields_of(pressure())
    assert [(field.key, field.label, field.text) for field in fields[1:3]] == [
        ("part0", "Systolic (mmHg)", "134"),
        ("part1", "Diastolic (mmHg)", "82"),
    ]
    made = change(pressure(), part1="88")
    assert made["component"][1]["valueQuantity"]["value"] == Decimal(88)
    assert made["component"][1]["valueQuantity"]["code"] == "mm[Hg]"
    assert made["component"][0] == pressure()["component"][0]


def test_a_part_without_unit_or_name_is_offered_too() -> None:
    parts = {"resourceType": "Observation", "component": {"valueString": "clear"}}
    assert [(f.key, f.label, f.text) for f in fields_of(parts)][1:2] == [("part0", "Part", "clear")]
    assert change(parts, part0="cloudy")["component"]["valueString"] == "cloudy"


@pytest.mark.parametrize(
    ("resource", "texts", "expected"),
    [
        (
            {"resourceType": "Condition", "code": {"text": "Astma"}, "onsetDateTime": "2001"},
            {"name": "Asthma", "date": "March 2001"},
            {"code": {"text": "Asthma"}, "onsetDateTime": "2001-03"},
        ),
        (
            {
                "resourceType": "MedicationStatement",
                "medicationReference": {"display": "Metformn"},
                "dosage": [{"text": "1 x daily", "doseAndRate": [{}]}],
                "effectivePeriod": {"start": "2024", "end": "2025"},
            },
            {"name": "Metformin", "dose": "1 twice a day", "date": "2024-02"},
            {
                "medicationCodeableConcept": {"text": "Metformin"},
                "dosage": [{"text": "1 twice a day"}],
                "effectivePeriod": {"start": "2024-02", "end": "2025"},
            },
        ),
        (
            {"resourceType": "MedicationRequest", "dosageInstruction": [{"text": "one"}]},
            {"dose": "", "date": "2024-02-03"},
            {"authoredOn": "2024-02-03"},
        ),
        (
            {"resourceType": "Encounter", "period": {"start": "2024"}},
            {"date": ""},
            {},
        ),
        ({"resourceType": "Encounter"}, {"date": "2024"}, {"period": {"start": "2024"}}),
        (
            {"resourceType": "Observation", "issued": "2024-02-03T10:00:00Z"},
            {"date": "2024-02-04"},
            {"effectiveDateTime": "2024-02-04", "issued": "2024-02-03T10:00:00Z"},
        ),
        (
            {"resourceType": "Immunization", "vaccineCode": {"text": "Flu"}, "date": "2019"},
            {"date": ""},
            {"vaccineCode": {"text": "Flu"}},
        ),
        ({"resourceType": "Basic", "code": {"text": "x"}}, {"name": "y"}, {"code": {"text": "y"}}),
    ],
)
def test_each_type_keeps_things_where_it_has_them(
    resource: dict[str, Any], texts: dict[str, str], expected: dict[str, Any]
) -> None:
    made = corrected(resource, texts, keep_codes=False)
    assert {key: value for key, value in made.items() if key != "resourceType"} == expected


def test_some_records_can_only_be_taken_or_left() -> None:
    assert fields_of({"resourceType": "CareTeam", "name": "Ward 3"}) == []


@pytest.mark.parametrize(
    ("text", "before", "fhir"),
    [
        ("2026-06-03", "", "2026-06-03"),
        ("2026-06", "", "2026-06"),
        ("2026", "", "2026"),
        ("3 June 2026", "", "2026-06-03"),
        ("3. Jun 2026", "", "2026-06-03"),
        ("June 2026", "", "2026-06"),
        ("03.06.2026", "", "2026-06-03"),
        ("25/06/2026", "", "2026-06-25"),
        ("3 Mai 2026", "", "2026-05-03"),
        ("2026-07-14 8:40:30 pm", "2026-07-14T08:40:12Z", "2026-07-14T20:40:30Z"),
        ("2026-07-15 08:40", "2026-07-14T08:40:12+02:00", "2026-07-15T08:40:12+02:00"),
        ("2026-07-14 09:00", "2026-07-14T08:40:12+02:00", "2026-07-14T09:00:00+02:00"),
        ("2026-07-14T09:00", "", "2026-07-14T09:00:00"),
    ],
)
def test_dates_are_taken_as_people_write_them(text: str, before: str, fhir: str) -> None:
    assert fhir_date(text, before) == fhir


@pytest.mark.parametrize(
    "text", ["yesterday", "31.02.2026", "03/06/2026", "3 Ju 2026", "2026-02-30", "T08:40", ""]
)
def test_a_date_that_may_be_another_is_asked_again(text: str) -> None:
    with pytest.raises(InvalidInput, match="Write the date as 2026-06-03"):
        fhir_date(text)


@pytest.mark.parametrize(
    ("fhir", "text"),
    [("2026-07-14T08:40:12Z", "2026-07-14 08:40"), ("2026-07", "2026-07"), ("soon", "soon")],
)
def test_a_date_is_shown_without_seconds(fhir: str, text: str) -> None:
    assert written(fhir) == text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("7.2", ("", "7.2")),
        ("7,25", ("", "7.25")),
        ("0,412", ("", "0.412")),
        ("≤ 5", ("<=", "5")),
        (">=10", (">=", "10")),
        ("-1.5", ("", "-1.5")),
        ("negative", None),
        ("1.2.3", None),
    ],
)
def test_numbers_are_read_with_point_or_comma(text: str, found: tuple[str, str] | None) -> None:
    number = number_of(text)
    assert (number and (number.comparator, number.value)) == (
        found and (found[0], Decimal(found[1]))
    )


@pytest.mark.parametrize("text", ["1,234", "-12,500"])
def test_a_number_that_can_mean_two_is_asked_again(text: str) -> None:
    with pytest.raises(InvalidInput, match="can mean two numbers"):
        number_of(text)
    with pytest.raises(InvalidInput, match="can mean two numbers"):
        range_of_text(f"10 - {text.lstrip('-')}")


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("3.9 - 5.6", "3.9", "5.6"),
        ("3,9\u20135,6 mmol/L", "3.9", "5.6"),
        ("136 to 145", "136", "145"),
        ("< 5.0", None, "5.0"),
        ("Up to 1.2", None, "1.2"),
        ("≥ 60", "60", None),
        ("negative", None, None),
    ],
)
def test_ranges_are_read_into_their_ends(text: str, low: str | None, high: str | None) -> None:
    found = range_of_text(text)
    ends = (found.low, found.high) if found else (None, None)
    assert ends == (low and Decimal(low), high and Decimal(high))


# --- as laboratories print them ---


def hemoglobin() -> dict[str, Any]:
    """With a range for each sex, one of them also by age."""

    def limits(sex: str, low: str, high: str, text: str) -> dict[str, Any]:
        return {
            "low": {"value": Decimal(low), "unit": "g/dL", "system": UCUM, "code": "g/dL"},
            "high": {"value": Decimal(high), "unit": "g/dL", "system": UCUM, "code": "g/dL"},
            "appliesTo": [{"coding": [{"code": sex}]}],
            "text": text,
        }

    women = limits("female", "12.0", "16.0", "Women > 18 years: 12,0 - 16,0")
    women["age"] = {"low": {"value": Decimal(18), "unit": "a"}}
    return {
        "resourceType": "Observation",
        "code": {"text": "Hemoglobin"},
        "valueQuantity": {
            "value": Decimal("13.40"),
            "unit": "g/dL",
            "system": UCUM,
            "code": "g/dL",
        },
        "referenceRange": [limits("male", "13.5", "17.5", "Men: 13,5 - 17,5"), women],
    }


def test_ranges_by_sex_and_age_are_put_right_one_by_one() -> None:
    assert [(field.key, field.label, field.text) for field in fields_of(hemoglobin())[3:5]] == [
        ("range0", "Range on the page, 1 of 2", "Men: 13,5 - 17,5"),
        ("range1", "Range on the page, 2 of 2", "Women > 18 years: 12,0 - 16,0"),
    ]
    made = change(hemoglobin(), range1="Women > 18 years: 12,5 - 16,0")
    men, women = hemoglobin()["referenceRange"]
    assert made["referenceRange"] == [
        men,
        women
        | {
            "low": women["low"] | {"value": Decimal("12.5")},
            "text": "Women > 18 years: 12,5 - 16,0",
        },
    ]
    assert change(hemoglobin(), range0="")["referenceRange"] == [women]


def test_a_corrected_value_keeps_the_ranges_of_both_sexes() -> None:
    made = change(hemoglobin(), value="13,45")
    assert made["valueQuantity"]["value"] == Decimal("13.45")
    assert made["referenceRange"] == hemoglobin()["referenceRange"]
    units = change(hemoglobin(), unit="g/L")["referenceRange"]
    assert [limits["low"] for limits in units] == [
        {"value": Decimal("13.5"), "unit": "g/L"},
        {"value": Decimal("12.0"), "unit": "g/L"},
    ]
    assert units[1]["age"] == hemoglobin()["referenceRange"][1]["age"]


def test_a_range_in_a_unit_of_its_own_keeps_that() -> None:
    resource = glucose()
    resource["referenceRange"][0]["low"]["unit"] = "mg/dL"
    assert change(resource, unit="g/L")["referenceRange"] == resource["referenceRange"]


def test_a_limit_is_shown_as_printed_and_every_digit_stays() -> None:
    troponin = change(glucose(), value="< 0,410", range0="< 0,41")
    shown = {field.key: field.text for field in fields_of(troponin)}
    assert (shown["value"], shown["range0"]) == ("<0.410", "< 0,41")
    assert change(troponin, **shown) == troponin
    assert change(troponin, unit="ng/L")["valueQuantity"] == {
        "value": Decimal("0.410"),
        "comparator": "<",
        "unit": "ng/L",
    }
    assert troponin["referenceRange"][0]["high"]["value"] == Decimal("0.41")


def test_a_unit_written_behind_the_value_is_no_part_of_it() -> None:
    assert change(glucose(), value="7,2 mmol/L")["valueQuantity"]["value"] == Decimal("7.2")
    assert change(glucose(), value="7,2 mg/dL")["valueString"] == "7,2 mg/dL"


def test_a_result_in_words_stays_one_and_loses_the_code_of_the_other_words() -> None:
    negative = {
        "resourceType": "Observation",
        "code": {"text": "Nitrite"},
        "dataAbsentReason": {"text": "not read"},
        "valueCodeableConcept": {"coding": [{"code": "260385009"}], "text": "Negative"},
        "referenceRange": [{"text": "Negative"}],
    }
    shown = {field.key: field.text for field in fields_of(negative)}
    assert (shown["value"], shown["unit"], shown["range0"]) == ("Negative", "", "Negative")
    made = change(negative, value="Positive")
    assert made["valueCodeableConcept"] == {"text": "Positive"}
    assert made["referenceRange"] == [{"text": "Negative"}]
    assert "dataAbsentReason" not in made


def test_a_date_in_words_gives_way_to_a_day() -> None:
    condition = {"resourceType": "Condition", "onsetString": "in childhood"}
    assert change(condition, date="1987") == {
        "resourceType": "Condition",
        "onsetDateTime": "1987",
    }
    timed = {"resourceType": "Observation", "effectiveTiming": {"event": ["2024-01-02"]}}
    assert change(timed, date="2024-01-03")["effectiveDateTime"] == "2024-01-03"
    assert "effectiveTiming" not in change(timed, date="2024-01-03")


def test_a_panel_with_a_range_of_its_own_offers_it() -> None:
    panel = pressure() | {"referenceRange": [{"text": "below 140/90"}]}
    assert [field.key for field in fields_of(panel)] == ["name", "part0", "part1", "range0", "date"]
    assert [field.key for field in fields_of(pressure())] == ["name", "part0", "part1", "date"]
