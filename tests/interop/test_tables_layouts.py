"""Tables of results in any usual layout are known by their headings and cells, and what is not plain is asked."""

from __future__ import annotations

from decimal import Decimal

import pytest
from table_builders import KNOWN, LONG, guess, proposals, roles, rows_of

from healthmate_desktop.interop.tables import SURE, Shape, asking, column_guess, header_key
from healthmate_desktop.interop.tables.columns import columns_of
from healthmate_desktop.interop.tables.mapping import MOST_COLUMNS

pytestmark = pytest.mark.unit


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
