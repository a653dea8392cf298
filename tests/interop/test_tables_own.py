"""HealthMate's own CSV: what goes out comes in again, letter for letter, also after a spreadsheet had it."""

from __future__ import annotations

import csv
import io
import random
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from healthmate_desktop.documents.sheets import is_table, read_csv
from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.json_text import json_text
from healthmate_desktop.domain.proposals import Proposal
from healthmate_desktop.interop.tables import is_own, own, read_own, write_csv

pytestmark = pytest.mark.unit

SODIUM: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "s1",
    "status": "final",
    "code": {"text": "Sodium", "coding": [{"system": "http://loinc.org", "code": "2951-2"}]},
    "effectiveDateTime": "2024-03-05T08:30:00+01:00",
    "valueQuantity": {"value": Decimal("141.0"), "unit": "mmol/L", "comparator": "<"},
    "referenceRange": [{"low": {"value": Decimal(135)}, "high": {"value": Decimal(145)}}],
    "interpretation": [{"coding": [{"code": "H"}]}],
}


def back(content: bytes) -> list[Proposal | Problem]:
    """As the reader does it."""
    sheet = read_csv(content)
    rows = list(sheet.rows)
    assert sheet.problems == []
    assert is_own(rows[0][1])
    return list(read_own(rows))


def resources(content: bytes) -> list[str]:
    found = back(content)
    assert all(isinstance(each, Proposal) and not each.doubts for each in found)
    return [json_text(each.resource) for each in found if isinstance(each, Proposal)]


def cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def written(rows: list[list[str]], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding, "replace")


def test_a_person_sees_what_a_record_says() -> None:
    content = write_csv([SODIUM], ["lab.pdf, page 2"])
    assert is_table(content, "file")
    header, row = cells(content)
    assert dict(zip(header, row, strict=True)) == {
        "Type": "Observation",
        "Date": "2024-03-05T08:30:00+01:00",
        "Code": "2951-2",
        "Name": "Sodium",
        "Value": "<141.0",
        "Unit": "mmol/L",
        "Low": "135",
        "High": "145",
        "Flag": "H",
        "Status": "final",
        "Source": "lab.pdf, page 2",
        "Record": "1",
        "Part": "1/1",
        "HealthMate record": json_text(SODIUM),
    }
    assert resources(content) == [json_text(SODIUM)]


def test_records_of_all_kinds_come_back_equal() -> None:
    records: list[dict[str, Any]] = [
        SODIUM,
        {
            "resourceType": "Condition",
            "code": {"text": "Asthma"},
            "note": [{"text": 'two\nlines, a "mark" and \t a tab'}],
        },
        {
            "resourceType": "Patient",
            "name": [{"text": "Jáne\u200b  Røe 王 \U0001f600 \x7f\x85 end "}],
        },
        {
            "resourceType": "Basic",
            "numbers": [Decimal("1E+2"), Decimal("5.40"), 7, True, None, Decimal("-0.50")],
        },
        {"resourceType": "Unknown"},
    ]
    assert resources(write_csv(records)) == [json_text(record) for record in records]
    assert back(write_csv([])) == []


@settings(max_examples=60, deadline=None)
@given(
    st.text(
        alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=300
    )
)
def test_any_letters_come_back(text: str) -> None:
    record = {"resourceType": "Basic", text: text, "code": {"text": text}}
    assert resources(write_csv([record])) == [json_text(record)]


@pytest.mark.parametrize("letter", ["a", " ", "=", "'", "é", "\\", '"', "\n"])
def test_long_records_go_on_in_further_rows(letter: str) -> None:
    long = {"resourceType": "Basic", "text": letter * 100_000}
    content = write_csv([SODIUM, long, SODIUM])
    rows = cells(content)
    assert len(rows) > 5
    assert max(len(cell) for row in rows for cell in row) < 32_767
    assert resources(content) == [json_text(SODIUM), json_text(long), json_text(SODIUM)]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t=", "'", "'="])
def test_no_cell_is_a_formula(begin: str) -> None:
    name = begin + "HYPERLINK(1)"
    record = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": name},
        "valueInteger": -5,
    }
    content = write_csv([record], [name])
    for row in cells(content):
        assert not any(cell[:1] in ("=", "+", "-", "@", "\t") for cell in row)
    assert resources(content) == [json_text(record)]


def test_a_spreadsheet_may_save_and_sort_it() -> None:
    long = {"resourceType": "Basic", "text": "x y " * 30_000}
    header, *rows = cells(write_csv([long, SODIUM, long]))
    random.Random(1).shuffle(rows)
    moved = [[*row[5:], *row[:5]] for row in [header, *rows]]
    found = resources(written([*moved, [""] * 14], ";", "cp1252"))
    assert sorted(found) == sorted([json_text(long), json_text(SODIUM), json_text(long)])


def test_a_value_that_was_changed_beside_the_record_is_told() -> None:
    content = write_csv([SODIUM])
    (changed,) = back(content.replace(b"<141.0", b"<150.0"))
    assert isinstance(changed, Proposal)
    assert changed.resource["valueQuantity"]["value"] == Decimal("141.0")
    assert "was changed" in changed.doubts[0]
    for same in (b"<141", b"", b"about the same"):
        (found,) = back(content.replace(b"<141.0", same))
        assert isinstance(found, Proposal)
        assert found.doubts == ()
    words = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "x"},
        "valueString": "yes",
    }
    assert resources(write_csv([words]).replace(b"x,yes", b"x,no")) == [json_text(words)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"1/1", "half"),
        (r'""Observation""', "5"),
        (r'"\{.*\}"', ""),
        (r'"\{.*\}"', '"[1]"'),
        (r'"\{.*\}"', '"{} {}"'),
        (r'"\{.*\}"', '"{""a"":NaN}"'),
        (r'"\{.*\}"', '"' + "[" * 5000 + '"'),
    ],
)
def test_rows_that_were_damaged_are_named_and_the_others_come(old: str, new: str) -> None:
    first, second, *_ = write_csv([SODIUM, SODIUM]).decode("utf-8-sig").splitlines(keepends=True)
    third = second.replace(",1,1/1,", ",2,1/1,")
    damaged = re.sub(old, new, second, count=1)
    problem, good = back((first + damaged + third).encode())
    assert isinstance(problem, Problem)
    assert problem.where == "row 2"
    assert isinstance(good, Proposal)


def test_missing_parts_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = cells(write_csv([{"resourceType": "Basic", "text": "x" * 70_000}, SODIUM]))
    for gone, where in ((1, "record 1"), (2, "row 2")):
        good, problem = back(written([row for at, row in enumerate(rows) if at != gone]))
        assert isinstance(good, Proposal)
        assert isinstance(problem, Problem)
        assert problem.where == where
    monkeypatch.setattr(own, "MOST_WAITING", 50_000)
    (problem,) = back(written(rows))
    assert isinstance(problem, Problem)
    assert problem.where == "row 3"
    (named,) = read_own([(1, own.HEADER), (2, ("x",) * 13)], "Sheet of 2024")
    assert isinstance(named, Problem)
    assert named.where == "Sheet of 2024, row 2"


def test_other_tables_are_not_ours() -> None:
    assert not is_own(("Date", "Test", "Value", "Record"))
    assert list(read_own([])) == []
