"""Tables through the reader: by what was said of their columns, each sheet by its own, and nothing unsure unseen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from builders import finished
from honest_files import cell, row, workbook

from healthmate_desktop.documents import child, grids, wire
from healthmate_desktop.documents.client import Reader
from healthmate_desktop.domain.documents import (
    COLUMNS_AS_BEFORE,
    UNSURE_COLUMNS,
    ReadDocument,
    has_unsure_columns,
)
from healthmate_desktop.domain.facts import facts_of
from healthmate_desktop.errors import UnreadableDocument, UnsupportedDocument
from healthmate_desktop.interop.tables import KnownColumns, Look, Role
from healthmate_desktop.interop.tables.mapping import MOST_COLUMNS

pytestmark = [pytest.mark.integration, pytest.mark.security]

EARLY = b"Date,Test,Result,Unit\n03/04/2024,Sodium,141,mmol/L\n04/04/2024,Potassium,4.2,mmol/L\n"
SURE = b"Date,Test,Result,Unit\n2024-04-03,Sodium,141,mmol/L\n2024-04-03,Potassium,4.2,mmol/L\n"
NONE = KnownColumns()


def sheet(text: str) -> str:
    lines = [line.split(";") for line in text.splitlines()]
    return "".join(
        row(
            number,
            *(
                cell(f"{chr(65 + at)}{number}", word, "inlineStr")
                for at, word in enumerate(line)
                if word
            ),
        )
        for number, line in enumerate(lines, 1)
    )


def read(content: bytes, columns: KnownColumns | None = None) -> ReadDocument:
    request: dict[str, Any] = {"do": "read", "content": content, "name": "a.csv"}
    if columns is not None:
        request["columns"] = columns.as_json()
    pages, proposals = [], []
    for message in child.answer(request):
        if "error" in message:
            raise wire.unpacked_error(message["error"])
        if "page" in message:
            pages.append(wire.unpacked_page(message["page"]))
        proposals += wire.unpacked_proposals(message.get("proposals", []))
    return wire.unpacked_end(message["done"], pages, proposals)


def look(content: bytes, columns: KnownColumns = NONE) -> list[Look]:
    request = {"do": "look", "content": content, "name": "a.csv", "columns": columns.as_json()}
    _, found = child.answer(request)
    if "error" in found:
        raise wire.unpacked_error(found["error"])
    return wire.unpacked_looks(found["looks"])


def days(document: ReadDocument) -> list[str]:
    return [facts_of(proposal.resource).effective for proposal in document.proposals]


def test_sure_columns_are_read_at_once() -> None:
    document = read(SURE)
    assert (len(document.proposals), document.problems) == (2, ())
    assert not any(proposal.doubts for proposal in document.proposals)


def test_unsure_columns_say_what_is_unclear_and_make_every_value_doubtful() -> None:
    document = read(EARLY)
    (problem,) = document.problems
    assert problem.message == f"{UNSURE_COLUMNS} Is the day or the month first in these dates?"
    assert has_unsure_columns(document)
    assert all(UNSURE_COLUMNS in proposal.doubts for proposal in document.proposals)


def test_nothing_is_read_out_of_what_may_be_no_table_of_results() -> None:
    document = read(b"A,B,C\nx,1,2\ny,3,4\n")
    assert document.proposals == ()
    assert [problem.message for problem in document.problems][-1].startswith("Nothing was read")


def test_a_guess_without_a_question_that_is_not_sure_asks_for_a_look() -> None:
    document = read(b"Pvm,Aine,Saatu,Yks\n2024-04-03,Natrium,141,mmol/L\n")
    assert document.problems[0].message.startswith(f"{UNSURE_COLUMNS} Look whether")
    assert len(document.proposals) == 1


def test_what_was_said_is_read_and_what_was_said_before_is_told() -> None:
    mapping = replace(look(EARLY)[0].mapping, order="DMY")
    said = read(EARLY, KnownColumns({1: mapping}))
    assert (days(said), said.problems) == (["2024-04-03", "2024-04-04"], ())
    kept = read(EARLY, KnownColumns(kept=[mapping]))
    assert days(kept) == days(said)
    assert [problem.message for problem in kept.problems] == [COLUMNS_AS_BEFORE]
    assert not any(proposal.doubts for proposal in kept.proposals)


def test_a_table_that_holds_nothing_is_not_asked_about_again() -> None:
    mapping = look(EARLY)[0].mapping
    nothing = replace(mapping, roles=(Role.IGNORED,) * len(mapping.roles))
    document = read(EARLY, KnownColumns({1: nothing}))
    assert (document.proposals, document.problems) == ((), ())


def test_a_list_of_words_is_not_asked_about() -> None:
    content = workbook({"Notes": sheet("Bring the card\nAsk about the dose")})
    document = read(content)
    assert [problem.where for problem in document.problems] == ["Notes"]
    assert not has_unsure_columns(document)
    assert look(content) == []


def test_each_sheet_has_columns_of_its_own() -> None:
    content = workbook(
        {
            "Labs": sheet("Date;Test;Result;Unit\n03/04/2024;Sodium;141;mmol/L"),
            "Empty": "",
            "Vitals": sheet("Date;Systolic;Diastolic\n04/05/2024;120;80"),
        }
    )
    labs, vitals = look(content)
    assert [(each.number, each.name) for each in (labs, vitals)] == [(1, "Labs"), (3, "Vitals")]
    known = KnownColumns(
        {
            1: replace(labs.mapping, order="DMY"),
            3: replace(vitals.mapping, order="MDY"),
        }
    )
    document = read(content, known)
    assert (sorted(set(days(document))), document.problems) == (["2024-04-03", "2024-04-05"], ())
    half = read(content, KnownColumns({1: known.said[1]}))
    assert [problem.where for problem in half.problems] == ["Vitals"]


def test_a_hidden_sheet_without_rows_is_told() -> None:
    content = workbook({"Secret": sheet("Date;Test\n2024-01-01;x")}, state="hidden")
    assert "hidden" in read(content).problems[0].message
    assert look(content) == []


def test_a_table_of_our_own_has_nothing_to_tell() -> None:
    own = b"Type,Record,Part,HealthMate record\nObservation,1,1/1,{}\n"
    assert look(own) == []
    assert not has_unsure_columns(read(own))


def test_a_file_without_a_table_has_no_columns() -> None:
    with pytest.raises(UnsupportedDocument, match="no table"):
        look(b"A letter.\n\nNothing else.")


def test_formulas_and_merged_headings_are_words() -> None:
    content = workbook(
        {
            "A": sheet(
                "Laboratory of the town\n;;Result;;Normal\nDate;Test;Value;Unit;Low\n"
                "2024-04-03;Sodium;=HYPERLINK(x);mmol/L;135"
            )
        }
    )
    (found,) = look(content)
    assert found.rows[0][1][:2] == ("Date", "Test")
    (proposal,) = found.preview
    assert facts_of(proposal.resource).value == "=HYPERLINK(x)"
    assert proposal.doubts


def test_thousands_of_columns_are_cut_and_told() -> None:
    wide = ",".join(f"c{n}" for n in range(5000))
    content = f"{wide}\n{','.join(['1'] * 5000)}\n".encode()
    (found,) = look(content)
    assert (found.width, len(found.mapping.roles)) == (1000, MOST_COLUMNS)
    assert any("1,000 cells" in problem.message for problem in read(content).problems)


def test_names_written_from_right_to_left_stay_as_they_are() -> None:
    (found,) = look("תאריך,בדיקה,תוצאה\n2024-04-25,סודיום,141\n".encode())
    assert found.rows[1][1] == ("2024-04-25", "סודיום", "141")


def test_huge_headings_are_no_headings() -> None:
    content = f"{'Date' * 5000},Test,Result\n2024-04-25,Sodium,141\n".encode()
    (found,) = look(content)
    assert max(map(len, found.mapping.headings)) <= 200


def test_only_so_many_tables_are_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grids, "MOST_LOOKED_AT", 1)
    content = workbook({"A": sheet("Date;Test\n2024-01-01;x"), "B": sheet("Date;Test\n1;x")})
    assert [each.name for each in look(content)] == ["A"]


def test_nonsense_about_columns_ends_the_reading_with_a_sentence() -> None:
    for columns in ({}, {"said": [], "kept": [{"key": 1}]}, {"said": [[1, {}]], "kept": []}):
        request = {"do": "read", "content": SURE, "name": "a.csv", "columns": columns}
        *_, last = child.answer(request)
        assert isinstance(wire.unpacked_error(last["error"]), UnreadableDocument)


def _row(**changes: Any) -> list[Any]:
    names = ("number", "name", "rows", "width", "mapping", "origin", "asks", "results", "doubtful")
    fields = dict(zip(names, wire.packed_looks(look(EARLY))["looks"][0], strict=False))
    preview = wire.packed_looks(look(EARLY))["looks"][0][-1]
    return [*(fields | changes).values(), changes.get("preview", preview)][:10]


@pytest.mark.parametrize(
    "changes",
    [
        {"number": 0},
        {"name": "n" * 200},
        {"rows": [[1, ["x" * 300]]]},
        {"rows": [[1, ["x"] * 2000]]},
        {"rows": [[1, ["x"]]] * 50},
        {"rows": "x"},
        {"width": -1},
        {"mapping": {}},
        {"mapping": []},
        {"origin": "heard"},
        {"asks": ["name"]},
        {"results": "many"},
    ],
)
def test_a_child_that_lies_about_a_table_is_not_believed(changes: dict[str, Any]) -> None:
    assert wire.unpacked_looks([_row()]) == look(EARLY)
    with pytest.raises(wire.BrokenPromise):
        wire.unpacked_looks([_row(**changes)])
    with pytest.raises(wire.BrokenPromise):
        wire.unpacked_looks([_row()] * 300)


def test_a_real_child_looks_and_reads_by_what_was_said() -> None:
    reader = Reader()
    (found,) = reader.look(EARLY, "a.csv", NONE)
    known = KnownColumns({1: replace(found.mapping, order="MDY")})
    steps = reader.read(EARLY, "a.csv", known)
    assert days(finished(steps)) == ["2024-03-04", "2024-04-04"]
