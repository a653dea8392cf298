"""Rows of text files and workbooks, as a person sees them, in any usual notation."""

from __future__ import annotations

import codecs
import contextlib
import io
import random
import zipfile
from decimal import Decimal

import pytest
from honest_files import cell, row, workbook, zipped

from healthmate_desktop.documents import encodings
from healthmate_desktop.documents.encodings import encoding_of, lines_of, xml_steps
from healthmate_desktop.documents.sheets import (
    Sheet,
    delimited,
    is_table,
    read_csv,
    read_workbook,
    workbooks,
)
from healthmate_desktop.documents.sheets import cells as limits
from healthmate_desktop.documents.sheets.numbers import DAY_0, DAY_0_OF_1904, shape_of, shown_number
from healthmate_desktop.errors import DocumentError, UnreadableDocument

pytestmark = pytest.mark.security

TABLE = "Date,Test,Value,Unit\n2024-03-05,Sodium,141,mmol/L\n2024-03-05,Potassium,4.40,mmol/L\n"


def rows(content: bytes | str) -> list[tuple[object, ...]]:
    sheet = read_csv(content if isinstance(content, bytes) else content.encode())
    return [cells for _, cells in sheet.rows]


# Letters


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Glukose;5,4;µmol/l", "utf-8"),
        ("\ufeffGlukose;5,4;µmol/l", "utf-8"),
        ("\ufeffGlukose;5,4;µmol/l", "utf-16-le"),
        ("\ufeffGlukose;5,4;µmol/l", "utf-16-be"),
        ("\ufeffGlukose;5,4", "utf-32-le"),
        ("Glukose;5,4", "utf-16-le"),
        ("Hämoglobin;nüchtern;°C", "cp1252"),
        ("Año;Niña;Análisis;µg\nÁcido úrico;Resultado del análisis;años", "cp1252"),
        ("Badanie;Wynik\nPłytki krwi;245\nŻelazo;90\nŚrednia objętość;źródło", "cp1250"),
        ("Анализ;Результат\nГемоглобин;132\nЖелезо;13", "cp1251"),  # noqa: RUF001
        ("検査項目,結果\nヘモグロビン,13.2\n血糖,98", "cp932"),
        ("\u00a0\u2019s;\u20ac", "cp1252"),
    ],
)
def test_letters_are_read_as_they_were_written(text: str, encoding: str) -> None:
    content = text.encode(encoding)
    found = encoding_of(content)
    assert "".join(filter(None, lines_of(content, found))) == text.removeprefix("\ufeff")
    assert found.sure is encoding.startswith("utf")


def test_a_person_can_say_how_letters_are_written() -> None:
    content = "Größe;1\n".encode("mac_roman")
    assert [cells for _, cells in read_csv(content, "mac_roman").rows] == [("Größe", "1")]
    assert read_csv(content).doubts == (delimited._GUESSED,)
    assert read_csv(b"a;1\n").doubts == ()


def test_a_byte_that_stands_for_nothing_is_no_reason_to_fail() -> None:
    assert encoding_of(b"\x81\x8d\x8f\x90\x9d\xff\xfe" * 30).name
    assert encoding_of(b"\x80").name == "cp1252"


def test_long_lines_are_left_out_and_the_others_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encodings, "LONGEST_LINE", 20)
    content = b"short\n" + b"x" * 50 + b"\nlast\r\nold\rmac\n" + b"y" * 40
    assert list(lines_of(content, encoding_of(content))) == [
        "short\n",
        None,
        "last\n",
        "old\n",
        "mac\n",
        None,
    ]
    sheet = read_csv(b"a;b\n" + b"x" * 50 + b"\nc;d\n")
    assert [number for number, _ in sheet.rows] == [1, 3]
    assert sheet.problems[0].where == "row 2"


# Delimited text


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_what_stands_between_cells_is_found(delimiter: str) -> None:
    text = TABLE.replace(",", delimiter)
    assert is_table(text.encode(), "labs.txt")
    assert rows(text)[1] == ("2024-03-05", "Sodium", "141", "mmol/L")


def test_decimal_commas_do_not_split_cells() -> None:
    text = "Datum;Test;Wert\n05.03.2024;Natrium;141,0\n05.03.2024;Kalium;4,4\n"
    assert rows(text)[2] == ("05.03.2024", "Kalium", "4,4")
    assert rows("sep=;\na;1,5\nb;2,5\n") == [("a", "1,5"), ("b", "2,5")]


def test_cells_in_quotation_marks_hold_what_they_like() -> None:
    text = 'Test,Note\n"Sodium, serum","two\nlines"\n"say ""hi""",x\n'
    sheet = read_csv(text.encode())
    assert list(sheet.rows) == [
        (1, ("Test", "Note")),
        (2, ("Sodium, serum", "two\nlines")),
        (4, ('say "hi"', "x")),
    ]
    assert sheet.problems == []


def test_a_quotation_mark_that_is_not_closed_costs_no_other_row() -> None:
    lines = [
        'a,"open,1',
        *(f"b{n},x,{n}" for n in range(200)),
        '5" needle,y,2',
        '"in "the" middle",z,3',
        '"end',
    ]
    sheet = read_csv("\n".join(lines).encode())
    found = list(sheet.rows)
    assert len(found) == len(lines)
    assert found[0] == (1, ("a", '"open', "1"))
    assert found[201][1] == ('5" needle', "y", "2")
    assert found[202][1][1:] == ("z", "3")
    assert [problem.where for problem in sheet.problems] == ["row 1", "row 204"]
    sheet = read_csv(b'a,"open\n' * 200)
    assert len(list(sheet.rows)) == 200
    assert len(sheet.problems) == limits.MOST_PROBLEMS


def test_limits_of_rows_and_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MOST_ROWS", 2)
    sheet = read_csv(b"a," * 1200 + b"\nb,c\nd,e\n")
    found = [cells for _, cells in sheet.rows]
    assert [len(cells) for cells in found] == [1000, 2]
    assert [problem.where for problem in sheet.problems] == ["row 1", "row 3"]


def test_a_cell_beyond_the_library_s_limit_is_read_without_its_marks() -> None:
    sheet = read_csv(b'a,"' + b"x" * 140_000 + b'"\nb,c\n')
    assert len(list(sheet.rows)) == 2
    assert len(sheet.problems) == 1


@pytest.mark.parametrize(
    ("text", "name", "is_one"),
    [
        (TABLE, "a.txt", True),
        ("sep=;\na;b\n", "a", True),
        ("a\tb\nc\td\n", "a", True),
        ("Date,Value\n2024,5\n2025,6\n", "a.csv", True),
        ("Date,Value\n2024,5\n2025,6\n", "a.txt", False),
        ("Dear Jane, I hope, as ever,\nthat you are well, and happy, too.\n", "a.txt", False),
        ("Name, Test, Value\nJane, Sodium, 141\nJane, TSH, 1.2\n", "a.txt", True),
        ("One line only", "a.csv", False),
        ("no delimiter\nin these lines\n", "a.csv", False),
        ('{"a": 1,\n"b": 2,\n"c": 3}\n', "a.csv", False),
        ("MSH|^~\\&|A|B\nPID|1||2|\nOBX|1|2|3\n", "a", False),
        (TABLE * 3000, "a.txt", True),
    ],
)
def test_tables_are_told_from_prose(text: str, name: str, is_one: bool) -> None:
    assert is_table(text.encode(), name) is is_one


def test_an_endless_cell_does_not_hide_the_delimiter() -> None:
    text = 'a;b;"' + "x" * 200_000 + '"\nc;d;e\n'
    assert rows(text)[-1] == ("c", "d", "e")


# Workbooks


STYLES = (
    '<styleSheet><numFmts><numFmt numFmtId="170" formatCode="dd/mm/yyyy\\ hh:mm"/>'
    '<numFmt numFmtId="171" formatCode="mmm yyyy"/><numFmt numFmtId="172" formatCode="0.0%"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf/><xf numFmtId="14"/><xf numFmtId="170"/>'
    '<xf numFmtId="171"/><xf numFmtId="172"/><xf numFmtId="20"/></cellXfs></styleSheet>'
)
STRINGS = (
    "<sst><si><t>Sodium</t></si><si><r><t>Two </t></r><r><t>parts</t></r></si>"
    "<si><t>血糖</t><rPh><t>けっとう</t></rPh></si></sst>"
)


def sheets(content: bytes) -> dict[str, list[tuple[int, tuple[object, ...]]]]:
    return {sheet.name: list(sheet.rows) for sheet in read_workbook(content)}


def test_cells_come_as_they_are_shown() -> None:
    cells = [
        cell("A1", 0, "s"), cell("B1", 1, "s"), cell("C1", 2, "s"), cell("D1", "x &amp; y", "inlineStr"),
        cell("E1", "shown", "str"), cell("F1", 1, "b"), cell("G1", 0, "b"), cell("H1", "#N/A", "e"),
        cell("I1", "9", "s"),
    ]  # fmt: skip
    numbers = [
        cell("A2", "45356", style=1), cell("B2", "45356.354166666664", style=2), cell("C2", "45356", style=3),
        cell("D2", "6.5000000000000002E-2", style=4), cell("E2", "0.35416666666666669", style=5),
        cell("F2", "5.4000000000000004"), cell("G2", "1.5E-3"), cell("H2", "141", style=99),
        cell("I2", "2024-03-05", "d"),
    ]  # fmt: skip
    content = workbook(
        {"Results": row(1, *cells) + row(2, *numbers)},
        strings=STRINGS.encode(),
        styles=STYLES.encode(),
    )
    assert sheets(content)["Results"] == [
        (1, ("Sodium", "Two parts", "血糖", "x & y", "shown", "TRUE", "FALSE", "#N/A", "")),
        (2, ("2024-03-05", "2024-03-05T08:30", "2024-03", "6.5%", "08:30", Decimal("5.4"), Decimal("0.0015"),
             Decimal(141), "2024-03-05")),
    ]  # fmt: skip


def test_gaps_and_missing_references_keep_the_columns() -> None:
    content = workbook({
        "a": row(3, cell("C3", 1), "<c><v>2</v></c>", cell("B3", 9)) + row("", cell("", 7))
        + row(2, cell("A2", 8)) + "<row r='9'/>",
        "b": row(1, cell("ALM1", 1), cell("A1", 2)),
    })  # fmt: skip
    assert sheets(content) == {
        "a": [
            (3, ("", Decimal(9), Decimal(1), Decimal(2))),
            (4, (Decimal(7),)),
            (5, (Decimal(8),)),
            (9, ()),
        ],
        "b": [(1, (Decimal(2),))],
    }


def test_years_from_1904_and_the_day_that_never_was() -> None:
    content = workbook(
        {"a": row(1, cell("A1", 0, style=1), cell("B1", 366, style=1))},
        styles=STYLES.encode(),
        book='<workbookPr date1904="1"/>',
    )
    assert sheets(content) == {"a": [(1, ("00:00", "1905-01-01"))]}
    assert shown_number("59", "ymd", DAY_0) == "1900-02-28"
    assert shown_number("61", "ymd", DAY_0) == "1900-03-01"
    assert shown_number("1.0000116", "ymdh", DAY_0_OF_1904) == "1904-01-02T00:00:01"


@pytest.mark.parametrize(
    ("code", "shape"),
    [
        ("General", ""), ("0.00", ""), ("0.0%", "%"), ("yyyy", "y"), ("mm/yy", "ym"), ("d. mmmm yyyy", "ymd"),
        ("[$-409]d/m/yy h:mm AM/PM;@", "ymdh"), ("[h]:mm:ss", "h"), ("mm:ss", "h"), ('0.0 "mg/dL"', ""),
        ("[Red]0;[Blue]-0", ""),
    ],
)  # fmt: skip
def test_formats_tell_dates_from_numbers(code: str, shape: str) -> None:
    assert shape_of(code) == shape


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""), ("abc", "abc"), ("NaN", "NaN"), ("1e999", "1e999"), ("100", Decimal(100)),
        ("1E+20", Decimal(10**20)),
        ("-2.30", Decimal("-2.3")), ("1E+21", Decimal("1E+21")),
        ("0.1234567890123456789", Decimal("0.123456789012346")),
    ],
)  # fmt: skip
def test_numbers_of_any_kind(text: str, shown: object) -> None:
    assert shown_number(text, "", DAY_0) == shown
    assert shown_number("-5", "ymd", DAY_0) == Decimal(-5)


def test_hidden_sheets_are_named_and_not_read() -> None:
    (sheet,) = read_workbook(workbook({"Secret": row(1, cell("A1", 1))}, state="veryHidden"))
    assert list(sheet.rows) == []
    assert sheet.problems[0].where == "Secret"


def test_a_workbook_without_sheets_or_with_a_broken_one_is_told() -> None:
    for content in (workbook({}), zipped([("[Content_Types].xml", b"")]), b"PK\x03\x04 cut"):
        with pytest.raises(UnreadableDocument):
            list(read_workbook(content))
    sheet = next(read_workbook(workbook({"a": b"<worksheet><row><c><v>1</v></c></row><row>"})))
    with pytest.raises(UnreadableDocument, match="damaged"):
        list(sheet.rows)


def test_limits_of_workbooks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_SHEETS", 1)
    assert list(sheets(workbook({"a": "", "b": ""}))) == ["a"]
    monkeypatch.setattr(workbooks, "MOST_STRINGS", 2)
    with pytest.raises(UnreadableDocument, match="more text"):
        list(read_workbook(workbook({"a": ""}, strings=STRINGS.encode())))
    monkeypatch.setattr(workbooks, "LONGEST_CELL", 10)
    content = workbook({"a": row(1, cell("A1", "x" * 100_000, "inlineStr"))})
    assert sheets(content) == {"a": [(1, ("x" * 10,))]}


@pytest.mark.parametrize(
    "xml",
    [
        b"<a><b></a>", b"", b"no xml", b"<a/><a/>", b"<?xml version='1.0' encoding='none-such'?><a/>", b"<x:a/>",
        b"\xff\xfe<a/>", b"<!DOCTYPE a><a/>", b"<a>" * 300, b"<a>&b;</a>",
    ],
)  # fmt: skip
def test_xml_that_is_broken_or_declares_types_is_refused(xml: bytes) -> None:
    with pytest.raises(UnreadableDocument):
        list(xml_steps([xml]))


def test_xml_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableDocument, match="no honest program"):
        list(xml_steps([b"<a>" + b"<b/>" * 10], most=5))
    monkeypatch.setattr(encodings, "_LONGEST_TAG", 1000)
    with pytest.raises(UnreadableDocument, match="no honest program"):
        list(xml_steps([b"<a x='", *[b"y" * 100] * 100]))
    assert [step[0] for step in xml_steps([b"<a b='1'>t", b"</a>"])] == ["start", "text", "end"]


# Mutations


def _book_parts() -> dict[str, bytes]:
    rows_xml = row(1, cell("A1", 0, "s"), cell("B1", 45356, style=1)) + row(
        2, cell("A2", "Sodium", "inlineStr")
    )
    book = workbook({"Results": rows_xml}, strings=STRINGS.encode(), styles=STYLES.encode())
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


TEXTS = (
    TABLE.encode(),
    ('Datum;Größe\n"05.03.2024";"1,5\n2"\n' * 20).encode("cp1252"),
    codecs.BOM_UTF16_LE + (TABLE * 5).encode("utf-16-le"),
)


def _changed(seed: bytes, chance: random.Random) -> bytes:
    content = bytearray(seed)
    for _ in range(chance.choice((1, 3, 10, 40))):
        at = chance.randrange(len(content) or 1)
        length = chance.randrange(12)
        content[at : at + length] = chance.choice(
            (b"", chance.randbytes(length), content[:length], b'"<;\n&\x00', b"9" * 30, b"</row>")
        )
    return bytes(content)


def _mutate(rounds: int, seed: int) -> None:
    """As many workbooks with a changed part, workbooks changed as a whole, and texts."""
    chance = random.Random(seed)
    parts = _book_parts()
    for number in range(rounds):
        name = chance.choice(list(parts))
        book = zipped((parts | {name: _changed(parts[name], chance)}).items())
        for content in (book, _changed(book, chance), _changed(TEXTS[number % 3], chance)):
            with contextlib.suppress(DocumentError):
                _read_all(content)


def _read_all(content: bytes) -> None:
    is_table(content, "a.csv")
    found: list[Sheet] = (
        list(read_workbook(content)) if content[:2] == b"PK" else [read_csv(content)]
    )
    for sheet in found:
        for number, cells in sheet.rows:
            assert number > 0
            assert len(cells) <= limits.MOST_COLUMNS


def test_mutated_tables_only_ever_give_document_errors() -> None:
    _mutate(100, seed=1)


@pytest.mark.slow
def test_many_mutated_tables_only_ever_give_document_errors() -> None:
    _mutate(2000, seed=2)
