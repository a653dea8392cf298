"""Tables of results in any usual layout become proposals, and what is not plain is asked or doubted."""

from __future__ import annotations

import csv
import dataclasses
import json
from decimal import Decimal
from typing import Any

import pytest

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.measures.analytes import Vocabulary
from healthmate_desktop.domain.proposals import NamedPerson, Proposal
from healthmate_desktop.errors import InvalidInput
from healthmate_desktop.interop.tables import (
    SURE,
    Role,
    Shape,
    TableMapping,
    asking,
    column_guess,
    header_key,
    read_table,
    reading,
)
from healthmate_desktop.interop.tables.columns import columns_of
from healthmate_desktop.interop.tables.headings import role_of, split_unit
from healthmate_desktop.interop.tables.mapping import MOST_COLUMNS, Row, cell_text
from healthmate_desktop.interop.tables.moments import in_zone, moment_of
from healthmate_desktop.interop.tables.results import loinc_of

pytestmark = pytest.mark.unit

NAMES = """name\tformula\tcharge\ten\tes\tfr\tde
sodium\tNa\t1\tSodium; Na\tSodio\tSodium\tNatrium
potassium\tK\t1\tPotassium\tPotasio\tPotassium\tKalium
hemoglobin\t16114.5\t\tHemoglobin; Hb\tHemoglobina\tHémoglobine\tHämoglobin
glucose\tC6H12O6\t\tGlucose; Blood sugar\tGlucosa\tGlycémie\tGlukose
leukocytes\t\t\tLeukocytes\tLeucocitos\tLeucocytes\tLeukozyten
ldl\t\t\tLow density lipoprotein; LDL\t\t\t
ph\t\t\tpH\t\t\t
bp\t\t\tBlood pressure; BP\t\t\tBlutdruck
bp_systolic\t\t\tSystolic\t\t\tSystolisch
pulse\t\t\tPulse; Heart rate\t\t\tPuls
urine_glucose\t\t\tUrine glucose\t\t\t
"""
CODES = """name\tspecimen\tloinc\tlong_common_name\tunits\tplausible
sodium\tser\t2951-2\tSodium in Serum\tmmol/L;meq/L\t90-200
potassium\tser\t2823-3\tPotassium in Serum\tmmol/L\t1-12
hemoglobin\tbld\t718-7\tHemoglobin in Blood\tg/dL;g/L\t2-30
glucose\tser\t2345-7\tGlucose mass in Serum\tmg/dL\t10-1500
glucose\tser\t14749-6\tGlucose moles in Serum\tmmol/L\t0.5-80
leukocytes\tbld\t6690-2\tLeukocytes in Blood\t10*3/uL;10*9/L\t0.05-500
ldl\tser\t2089-1\tLDL in Serum\tmg/dL\t
ph\turine\t5803-2\tpH of Urine\t1\t
bp\tbody\t85354-9\tBlood pressure panel\tmm[Hg]\t
bp_systolic\tbody\t8480-6\tSystolic blood pressure\tmm[Hg];kPa\t30-320
pulse\tbody\t8867-4\tHeart rate\t/min\t20-300
urine_glucose\turine\t25428-4\tGlucose in Urine\t-\t
"""
KNOWN = Vocabulary.parse(NAMES, CODES)


def rows_of(text: str, delimiter: str = ",") -> list[Row]:
    return list(enumerate(map(tuple, csv.reader(text.splitlines(), delimiter=delimiter)), 1))


def guess(text: str, delimiter: str = ",") -> TableMapping:
    return column_guess(rows_of(text, delimiter), KNOWN)


def read(text: str, delimiter: str = ",", **changes: Any) -> list[Proposal | NamedPerson | Problem]:
    rows = rows_of(text, delimiter)
    mapping = dataclasses.replace(column_guess(rows, KNOWN), **changes)
    return list(read_table(rows, mapping, KNOWN))


def proposals(text: str, delimiter: str = ",", **changes: Any) -> list[Proposal]:
    found = read(text, delimiter, **changes)
    assert not [each for each in found if isinstance(each, Problem)]
    return [each for each in found if isinstance(each, Proposal)]


def roles(text: str, delimiter: str = ",") -> list[str]:
    return [role.value for role in guess(text, delimiter).roles]


LONG = "Date,Test,Result,Units,Reference Range,Flag\n2024-03-05,Sodium,141,mmol/L,135-145,\n"


def test_a_row_for_each_result() -> None:
    mapping = guess(LONG)
    assert (mapping.shape, mapping.header_row, mapping.questions) == (Shape.LONG, 1, ())
    assert mapping.confidence >= SURE
    (sodium,) = proposals(LONG)
    limit = {"unit": "mmol/L", "system": "http://unitsofmeasure.org", "code": "mmol/L"}
    assert sodium.resource == {
        "resourceType": "Observation",
        "status": "unknown",
        "category": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                        "code": "laboratory",
                    }
                ]
            }
        ],
        "code": {
            "text": "Sodium",
            "coding": [
                {"system": "http://loinc.org", "code": "2951-2", "display": "Sodium in Serum"}
            ],
        },
        "effectiveDateTime": "2024-03-05",
        "valueQuantity": {"value": Decimal(141), **limit},
        "referenceRange": [
            {
                "text": "135-145",
                "low": {"value": Decimal(135), **limit},
                "high": {"value": Decimal(145), **limit},
            }
        ],
    }
    assert (sodium.spot.where, sodium.doubts) == ("row 2", ())
    assert sodium.text == "2024-03-05 Sodium 141 mmol/L 135-145"


def test_a_row_for_each_date() -> None:
    text = "Date;Hb (g/dl);Sodium;Meal\n01.02.2024;13,2;141;no\n05.03.2024;;139;yes\n"
    mapping = guess(text, ";")
    assert (mapping.shape, mapping.mark, mapping.order) == (Shape.WIDE, ",", "DMY")
    assert [role.value for role in mapping.roles] == ["date", "analyte", "analyte", ""]
    found = proposals(text, ";")
    said = [(each.resource["code"]["text"], each.resource["effectiveDateTime"]) for each in found]
    assert said == [("Hb", "2024-02-01"), ("Sodium", "2024-02-01"), ("Sodium", "2024-03-05")]
    assert found[0].resource["valueQuantity"]["value"] == Decimal("13.2")
    assert found[0].resource["valueQuantity"]["code"] == "g/dL"
    assert found[0].text == "2024-02-01 Hb (g/dl): 13,2"
    assert found[1].doubts == ("No unit is given for this number.",)


def test_units_and_ranges_may_stand_below_the_headings() -> None:
    text = "Date,Hb,Sodium\n,g/dL,mmol/L\nReference,12-16,135-145\n2024-02-01,13.2,141\n2024-02-02,13.4,142\n"
    found = proposals(text)
    assert [each.resource["valueQuantity"]["unit"] for each in found] == ["g/dL", "mmol/L"] * 2
    assert found[0].resource["referenceRange"][0]["text"] == "12-16"
    assert all(each.doubts == () for each in found)


def test_a_column_for_each_date() -> None:
    text = "Test;Einheit;Referenz;01.02.2024;05.03.2024\nNatrium;mmol/l;135-145;141;130 L\nHb (g/dl);;;13,2;-\n"
    mapping = guess(text, ";")
    assert mapping.shape is Shape.ACROSS
    assert mapping.confidence >= SURE
    found = proposals(text, ";")
    said = [(each.resource["code"]["text"], each.resource["effectiveDateTime"]) for each in found]
    assert said == [("Natrium", "2024-02-01"), ("Natrium", "2024-03-05"), ("Hb", "2024-02-01")]
    assert found[1].resource["interpretation"][0]["coding"][0]["code"] == "L"
    assert found[2].resource["valueQuantity"]["unit"] == "g/dl"


def test_the_next_table_of_this_shape_needs_no_question() -> None:
    first = rows_of("Test,Unit,2024-02-01\nSodium,mmol/L,141\n")
    mapping = column_guess(first, KNOWN)
    second = rows_of("Patient: Jane Roe\nTEST,Unit,2024-03-01,2024-04-01\nSodium,mmol/L,139,140\n")
    assert header_key(second[1][1]) == mapping.key
    kept = TableMapping.from_json(json.loads(json.dumps(mapping.as_json())))
    person, *found = read_table(second, kept, KNOWN)
    assert person == NamedPerson("Jane Roe")
    assert [each.resource["effectiveDateTime"] for each in found if isinstance(each, Proposal)] == [
        "2024-03-01",
        "2024-04-01",
    ]
    assert header_key(("Test", "Unit", "2024-02-01", "Note")) != mapping.key


def test_columns_without_headings_are_known_by_their_cells() -> None:
    text = "2024-03-05,Sodium,141,mmol/L\n2024-03-05,Potassium,4.4,mmol/L\n2024-03-06,Sodium,139,mmol/L\n"
    mapping = guess(text)
    assert (mapping.header_row, mapping.shape) == (0, Shape.LONG)
    assert roles(text) == ["date", "name", "value", "unit"]
    assert len(proposals(text)) == 3
    assert mapping.key == guess(text.replace("141", "137")).key


def test_headings_that_say_little_are_helped_by_the_cells() -> None:
    text = "A,B,C,D,E,F\n2024-03-05,Sodium,141,mmol/L,135-145,2951-2\n2024-03-06,Sodium,150,mmol/L,135-145,2951-2\n"
    rows = rows_of(text)
    mapping = column_guess(rows[1:], KNOWN)
    assert [role.value for role in mapping.roles] == [
        "date",
        "name",
        "value",
        "unit",
        "range",
        "code",
    ]
    assert roles("Date,Test,Result,X\n" + "2024-03-05,Sodium,150,H\n" * 3)[3] == "flag"
    assert roles("Date,Test,Result\n2024-03-05,Zzz stuff,150\n") == ["date", "name", "value"]
    assert roles("Date,Col,Result\n" + "2024-03-05,Zzz stuff,150\n" * 3) == [
        "date",
        "name",
        "value",
    ]


def test_the_better_of_two_columns_is_taken() -> None:
    text = "Order Date,Collection Date,Test,Type,Value,Result\n2024-03-01,2024-03-05,Sodium,chem,141,see note\n"
    assert roles(text) == ["", "date", "name", "", "value", ""]
    assert roles("Date,Test,Result,Test\n2024-03-05,x1,141,Sodium\n") == [
        "date",
        "",
        "value",
        "name",
    ]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Date,Result\n2024-03-05,141\n", asking.NO_NAME),
        ("Test,Unit\nSodium,mmol/L\n", asking.NO_VALUE),
        ("Test,Result\nSodium,141\n", asking.NO_DATE),
        ("Date,Test,Result\n03/04/2024,Sodium,141\n", asking.WHICH_ORDER),
        ('Date,Test,Result\n2024-03-05,Sodium,"1,234"\n', asking.WHICH_MARK),
        ("Date,Sodium,Mood\n2024-03-05,141,7\n2024-03-06,140,8\n", asking.WHICH_COLUMNS),
    ],
)
def test_what_is_not_plain_is_asked(text: str, question: str) -> None:
    assert question in guess(text).questions


def test_no_table_takes_long_to_guess() -> None:
    """Counted in what is looked at: some hundred cells of some hundred columns, and no long ones."""
    looked_at = columns_of((), [("1 " * 5000, "x", "5")] * 200, KNOWN)
    assert [len(column.cells) for column in looked_at] == [0, 200, 200]
    wide = column_guess([(n, ("x",) * 1000) for n in range(1, 5)], KNOWN)
    assert len(wide.roles) == MOST_COLUMNS
    assert header_key(("x",) * 1000) == header_key(("x",) * MOST_COLUMNS)


def test_other_tables_are_not_taken_for_results() -> None:
    mapping = guess("Name,Street,City\nJane,Main 1,Springfield\n")
    assert mapping.confidence < 0.3
    assert guess("").confidence < 0.3
    assert column_guess([], None).roles == ()
    assert column_guess(rows_of(LONG), None).confidence >= SURE


def test_answers_to_questions_are_used() -> None:
    text = "Date,Test,Result\n03/04/2024,Sodium,141\n"
    (doubtful,) = proposals(text)
    assert "other way round" in doubtful.doubts[0]
    (plain,) = proposals(text, order="DMY")
    assert plain.resource["effectiveDateTime"] == "2024-04-03"
    assert plain.doubts == ("No unit is given for this number.",)
    (dated,) = proposals("Test,Result,Unit\nSodium,141,mmol/L\n", date="2024-03")
    assert dated.resource["effectiveDateTime"] == "2024-03"
    (undated,) = proposals("Test,Result,Unit\nSodium,141,mmol/L\n")
    assert undated.doubts == ("No date is given for this result.",)


# Values


def values(cell: str, unit: str = "mmol/L", test: str = "Sodium", more: str = "") -> Proposal:
    heads = "Date,Test,Result,Unit" + (
        ",Reference Range,Flag,Low,High,Code,Specimen,Comment,Lab" if more else ""
    )
    line = (
        ["2024-03-05", test, cell, unit, *more.split("|")]
        if more
        else ["2024-03-05", test, cell, unit]
    )
    rows: list[Row] = [(1, tuple(heads.split(","))), (2, tuple(line))]
    mapping = dataclasses.replace(column_guess([(1, rows[0][1])], KNOWN), order="DMY")
    (found,) = read_table(rows, mapping, KNOWN)
    assert isinstance(found, Proposal)
    return found


def test_limits_and_digits_stay_as_printed() -> None:
    assert values("<0.41").resource["valueQuantity"] == {
        "value": Decimal("0.41"), "comparator": "<", "unit": "mmol/L",
        "system": "http://unitsofmeasure.org", "code": "mmol/L",
    }  # fmt: skip
    assert str(values("141.0").resource["valueQuantity"]["value"]) == "141.0"
    assert values("13.2 g/dL", "", "Hb").resource["valueQuantity"]["unit"] == "g/dL"
    assert values("'-5").resource["valueQuantity"]["value"] == Decimal(-5)


@pytest.mark.parametrize(("cell", "code"), [("150 H", "H"), ("* 150", "A"), ("150 (HH)", "HH")])
def test_marks_beside_the_number(cell: str, code: str) -> None:
    found = values(cell).resource
    assert found["valueQuantity"]["value"] == Decimal(150)
    assert found["interpretation"][0]["coding"][0]["code"] == code


def test_results_in_words() -> None:
    found = values("Negative", "", "Urine glucose").resource
    assert found["valueCodeableConcept"]["coding"][0]["code"] == "260385009"
    assert found["code"]["coding"][0]["code"] == "25428-4"
    assert values("yellow", "").resource["valueCodeableConcept"] == {"text": "yellow"}
    free = values("Growth of E. coli after 24 h", "")
    assert free.resource["valueString"] == "Growth of E. coli after 24 h"
    assert free.doubts == ("This result is no number and no word that is known for results.",)


def test_blood_pressure_has_two_parts() -> None:
    found = values("128/82", "", "BP").resource
    parts = [
        (p["code"]["coding"][0]["code"], p["valueQuantity"]["value"]) for p in found["component"]
    ]
    assert parts == [("8480-6", Decimal(128)), ("8462-4", Decimal(82))]
    assert found["category"][0]["coding"][0]["code"] == "vital-signs"
    assert values("128/82 mmHg", "", "BP").resource["component"] == found["component"]
    assert values("128/82 bpm", "", "BP").resource["valueString"] == "128/82 bpm"


@pytest.mark.parametrize(
    ("cell", "unit", "test", "doubt"),
    [
        ("141", "", "Sodium", "No unit"),
        ("1410", "mmol/L", "Sodium", "far from"),
        ("141", "mg/dL", "pH", "not measured in this unit"),
        ("1,234", "mmol/L", "Unknown test", "a thousand times"),
        ("1.234", "mmol/L", "Unknown test", "a thousand times"),
        ("6.5", "", "pH", ""),
        ("66", "", "Pulse", ""),
        ("128", "", "Systolic", ""),
        ("1.5", "mmol/L", "Unknown test", ""),
    ],
)  # fmt: skip
def test_doubts(cell: str, unit: str, test: str, doubt: str) -> None:
    found = values(cell, unit, test).doubts
    assert any(doubt in each for each in found) if doubt else found == ()


def test_a_vital_sign_without_a_unit_gets_the_only_one_it_can_have() -> None:
    assert values("128", "", "Systolic").resource["valueQuantity"]["code"] == "mm[Hg]"
    assert values("40", "", "Systolic").resource["valueQuantity"] == {"value": Decimal(40)}


def test_what_stands_beside_the_value() -> None:
    more = "135-145|H|||2951-2|serum|after rest|North Lab"
    found = values("150", more=more).resource
    assert found["code"]["coding"] == [{"system": "http://loinc.org", "code": "2951-2"}]
    assert found["specimen"] == {"display": "serum"}
    assert found["note"] == [{"text": "after rest"}]
    assert found["performer"] == [{"display": "North Lab"}]
    assert found["interpretation"][0]["text"] == "H"
    own = values("150", more="||135|145|GLU-1|||").resource
    assert own["code"]["coding"][1] == {"code": "GLU-1", "display": "Sodium"}
    assert own["referenceRange"][0]["text"] == "135 - 145"
    assert own["referenceRange"][0]["high"]["value"] == Decimal(145)


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ("||135||||||", "≥ 135"),
        ("|||145|||||", "≤ 145"),
        ("< 145|||||||", "< 145"),
        ("see below|||||||", "see below"),
    ],
)
def test_one_sided_and_other_ranges(more: str, text: str) -> None:
    assert values("140", more=more).resource["referenceRange"][0]["text"] == text


def test_ranges_for_sexes_and_ages_stay_apart() -> None:
    both = values("13", "g/dL", "Hb", "M: 13-17 F: 12-15|||||||").resource["referenceRange"]
    assert [each["appliesTo"][0]["text"] for each in both] == ["male", "female"]
    aged = values("13", "g/dL", "Hb", "18-60 years: 12-16|||||||").resource["referenceRange"]
    assert aged[0]["age"]["low"] == {
        "value": Decimal(18),
        "unit": "years",
        "system": "http://unitsofmeasure.org",
        "code": "a",
    }


def test_marks_and_ranges_that_contradict_are_doubted() -> None:
    assert "different things" in values("140", more="135-145|H||||||").doubts[0]
    assert values("150", more="135-145|H||||||").doubts == ()
    assert values("130", more="135-145|L||||||").doubts == ()
    assert (
        values("150", more="135-145|+||||||").resource["interpretation"][0]["coding"][0]["code"]
        == "H"
    )
    assert values("150", more="135-145|see note||||||").resource["interpretation"] == [
        {"text": "see note"}
    ]


def test_numbers_of_workbooks_are_taken_as_they_are() -> None:
    rows: list[Row] = [
        (1, ("Date", "Test", "Result", "Unit")),
        (2, ("2024-03-05", "Sodium", Decimal("141.5"), "mmol/L")),
    ]
    (found,) = read_table(
        rows, column_guess(rows, KNOWN), KNOWN, "Results of the whole long year of 2024, North"
    )
    assert isinstance(found, Proposal)
    assert found.resource["valueQuantity"]["value"] == Decimal("141.5")
    assert found.spot.where == "Results of the whole long year of, row 2"
    assert len(found.spot.where) <= 40
    assert cell_text(Decimal("1E+50")) == "1E+50"


# Dates and people


def test_times_of_day_are_kept() -> None:
    text = "Date,Time,Pulse\n2024-03-05,8:30 AM,66\n2024-03-05,21:15,70\n"
    plain = proposals(text)
    assert plain[0].resource["effectiveDateTime"] == "2024-03-05"
    assert plain[0].resource["note"] == [{"text": "Time of day: 08:30"}]
    assert (
        plain[0].resource["_effectiveDateTime"]["extension"][0]["valueString"] == "2024-03-05T08:30"
    )
    placed = proposals(text, zone="Europe/Berlin")
    assert placed[1].resource["effectiveDateTime"] == "2024-03-05T21:15:00+01:00"
    assert "note" not in placed[1].resource
    stamped = proposals("Date,Test,Result,Unit\n2024-03-05T08:30:00Z,Sodium,141,mmol/L\n")
    assert stamped[0].resource["effectiveDateTime"] == "2024-03-05T08:30:00Z"
    assert stamped[0].doubts == ()


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("Z", "2024-07-05T08:30:00Z"), ("+0530", "2024-07-05T08:30:00+05:30"), ("-03", "2024-07-05T08:30:00-03:00"),
        ("Europe/Berlin", "2024-07-05T08:30:00+02:00"), ("", ""), ("No/Where", ""), ("../../etc", ""),
    ],
)  # fmt: skip
def test_zones(zone: str, moment: str) -> None:
    assert in_zone("2024-07-05", "08:30", zone) == moment
    assert moment_of("2024-13-45T08:30:00Z") is None


def test_a_missing_date_is_that_of_the_row_above_or_of_the_table() -> None:
    above, below = proposals(
        "Date,Test,Result,Unit\n2024-03-05,Sodium,141,mmol/L\n,Potassium,4.4,mmol/L\n"
    )
    assert below.resource["effectiveDateTime"] == above.resource["effectiveDateTime"]
    assert below.doubts == ("No date stands in this row, so that of the row above was taken.",)
    (bad,) = proposals("Date,Test,Result,Unit\nlast week,Sodium,141,mmol/L\n")
    assert bad.doubts == (
        "The date of this row could not be read.",
        "No date is given for this result.",
    )


def test_what_stands_above_the_table() -> None:
    text = (
        "Patient,Jane Roe\nDOB: 1970-02-03,Sex: F\nPatient ID,P-1\nDate: 5 March 2024\nLaboratory: North Lab\n"
        "Report\n\n"
        "Test,Result,Units\nSodium,141,mmol/L\n"
    )
    person, sodium = read(text)
    assert person == NamedPerson("Jane Roe", "1970-02-03", "female", ("P-1",))
    assert isinstance(sodium, Proposal)
    assert sodium.resource["effectiveDateTime"] == "2024-03-05"
    assert sodium.resource["performer"] == [{"display": "North Lab"}]
    assert guess(text).questions == ()


def test_each_person_is_named_once(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "".join(
        f"{name},Roe,F,2024-03-05,Sodium,141,mmol/L\n" for name in ("Jane", "Jane", "Joan", "Jill")
    )
    text = "First name,Last name,Sex,Date,Test,Result,Unit\n" + lines
    monkeypatch.setattr(reading, "MOST_PEOPLE", 2)
    found = read(text)
    people = [each for each in found if isinstance(each, NamedPerson)]
    assert people == [NamedPerson("Jane Roe", "", "female"), NamedPerson("Joan Roe", "", "female")]
    said = [each.resource["subject"]["display"] for each in found if isinstance(each, Proposal)]
    assert said == ["Jane Roe", "Jane Roe", "Joan Roe", "Jill Roe"]
    assert not any("Jane" in each.text for each in found if isinstance(each, Proposal))


# Rows that can't be read


def test_rows_that_say_too_little_are_named_and_headings_of_groups_are_not() -> None:
    text = (
        "Test,Result,Unit,Date\nCHEMISTRY,,,\nSodium,pending,mmol/L,2024-03-05\n,5,,2024-03-05\n"
        "Potassium,4.4,mmol/L,2024-03-05\n"
    )
    found = read(text)
    assert [each.where for each in found if isinstance(each, Problem)] == ["row 3", "row 4"]
    assert len([each for each in found if isinstance(each, Proposal)]) == 1
    (nameless,) = read("Test,Unit,2024-03-05\n,mmol/L,141\n")
    assert isinstance(nameless, Problem)


def test_no_more_problems_are_named_than_a_person_can_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_PROBLEMS", 3)
    found = read("Date,Test,Result\n" + "2024-03-05,,5\n" * 9)
    assert [each.where for each in found if isinstance(each, Problem)] == [
        "row 2",
        "row 3",
        "row 4",
        "the table",
    ]


def test_cells_longer_than_results_are_left_out() -> None:
    (problem,) = read("Date,Test,Result\n2024-03-05,Sodium," + "x" * 3000 + "\n")
    assert isinstance(problem, Problem)


def test_headings_that_are_not_found_are_told() -> None:
    rows = rows_of(LONG)
    mapping = dataclasses.replace(column_guess(rows, KNOWN), key="other")
    (problem,) = read_table(rows, mapping, KNOWN)
    assert isinstance(problem, Problem)
    many: list[Row] = [(n, ("2024-03-05", "Sodium", "141", "mmol/L")) for n in range(1, 150)]
    found = list(read_table(many, mapping, KNOWN))
    assert len(found) == 1 + 49


# Mappings and headings


@pytest.mark.parametrize(
    "change",
    [
        {"key": 5},
        {"shape": "round"},
        {"roles": ["date", "mood"]},
        {"header_row": -1},
        {"header_row": "x"},
        {"mark": ";"},
        {"order": "YMD"},
        {"roles": [""] * 2000},
        {"headings": [5]},
        {"confidence": None},
    ],
)
def test_a_kept_mapping_that_is_none_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        TableMapping.from_json(guess(LONG).as_json() | change)
    with pytest.raises(InvalidInput):
        TableMapping.from_json({})


def test_keys_do_not_hang_on_capitals_marks_and_dates() -> None:
    assert header_key(("Test Name", "Result:", "")) == header_key(("test_name", "RESULT"))
    assert header_key(("TestName", "Result")) == header_key(("Test name", "Result"))
    assert header_key(("Test", "2024-01-01", "2024-02-01")) == header_key(("Test", "2025-01-01"))
    assert header_key(("Test", "Result")) != header_key(("Result", "Test"))


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("Test date", Role.DATE),
        ("Result Value", Role.VALUE),
        ("Ref. Low", Role.LOW),
        ("Normal range high", Role.HIGH),
        ("Valores de referencia", Role.RANGE),
        ("Einheit", Role.UNIT),
        ("date_of_birth", Role.BIRTH_DATE),
        ("ID", Role.IGNORED),
        ("Patient name", Role.PERSON),
        ("Test ID", Role.CODE),
        ("Order status", Role.IGNORED),
        ("Messwert [mg/dl]", Role.VALUE),
        ("Valeurs de référence", Role.RANGE),
        ("Collected at", Role.DATE),
        ("Blood pressure", Role.IGNORED),
        ("", Role.IGNORED),
        ("a heading that is far too long to say anything", Role.IGNORED),
        ("Result ID", Role.IGNORED),
        ("Notes/Comments", Role.NOTE),
    ],
)
def test_headings_in_several_languages(heading: str, role: Role) -> None:
    assert role_of(heading).role is role


@pytest.mark.parametrize(
    ("heading", "parts"),
    [
        ("Glucose (mmol/L)", ("Glucose", "mmol/L")),
        ("Weight, kg", ("Weight", "kg")),
        ("HbA1c %", ("HbA1c", "%")),
        ("Hemoglobin g/dL", ("Hemoglobin", "g/dL")),
        ("Pulse", ("Pulse", "")),
        ("Cells (blood)", ("Cells (blood)", "")),
        ("Temp in °C", ("Temp", "°C")),
    ],
)
def test_units_in_headings(heading: str, parts: tuple[str, str]) -> None:
    assert split_unit(heading) == parts


def test_names_of_tests_are_not_taken_for_other_words() -> None:
    assert roles("Date,Low density lipoprotein (mg/dL)\n2024-03-05,95\n") == ["date", "analyte"]


@pytest.mark.parametrize(
    ("text", "code"), [("2951-2", "2951-2"), ("2951-3", ""), ("GLU", ""), ("14749-6", "14749-6")]
)
def test_loinc_codes_check_themselves(text: str, code: str) -> None:
    assert loinc_of(text) == code
