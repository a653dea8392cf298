"""Excel and Word files made to harm."""

from __future__ import annotations

import os
import zlib
from functools import partial

from bomb_kinds import DOCTYPE, MEGABYTE, Bomb, keep
from honest_files import SHEET, WORD, cell, para, row, word, workbook

OFFICE: dict[str, Bomb] = {}
_bomb = partial(keep, OFFICE)


@_bomb("xlsx: a cell at the far end", "a.xlsx", "xlsx", "1,000 cells")
def _xlsx_far() -> bytes:
    dimension = SHEET.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    far = row(1048576, cell("XFD1048576", 1)) + row(2_000_000_000, cell("A2000000000", 2))
    return workbook({"Results": dimension.format(far).encode()})


@_bomb("xlsx: 4 million shared strings", "a.xlsx", "xlsx", "more text|hundred times", slow=True)
def _xlsx_strings() -> bytes:
    return workbook(
        {"Results": row(1, cell("A1", 0, "s"))},
        strings=b"<sst>" + b"<si><t>a</t></si>" * 4_000_000 + b"</sst>",
    )


@_bomb("xlsx: billion laughs", "a.xlsx", "xlsx", "no honest program")
def _xlsx_laughs() -> bytes:
    sheet = f"{DOCTYPE}{SHEET}".format(row(1, cell("A1", "&l9;", "inlineStr")))
    return workbook({"Results": sheet.encode()})


@_bomb("xlsx: rows without end", "a.xlsx", "xlsx", "hundred times", slow=True)
def _xlsx_rows() -> bytes:
    return workbook({"Results": "<row/>" * 10_000_000})


@_bomb("xlsx: numbers of 100,000 digits", "a.xlsx", "xlsx")
def _xlsx_digits() -> bytes:
    numbers = (
        cell(f"A{n}", value)
        for n, value in enumerate(("9" * 100_000, "1e999999999", "NaN", "-1e-999999"), 1)
    )
    return workbook({"Results": "".join(row(n, each) for n, each in enumerate(numbers, 1))})


@_bomb("xlsx: a tag of 60 MB", "a.xlsx", "xlsx", "no honest program|hundred times", slow=True)
def _xlsx_tag() -> bytes:
    noise = zlib.compress(os.urandom(200_000)).hex() * 150
    return workbook({"Results": f'<row r="1" x="{noise}"/>'})


@_bomb("docx: billion laughs", "a.docx", "docx", "no honest program")
def _docx_laughs() -> bytes:
    return word(f"{DOCTYPE}{WORD}".format(para("&l9;")).encode())


@_bomb("docx: 30,000 tables in one another", "a.docx", "docx", "no honest program")
def _docx_deep() -> bytes:
    return word("<w:tbl><w:tr><w:tc>" * 30_000)


@_bomb("docx: 300 MB of one letter", "a.docx", "docx", "hundred times", slow=True)
def _docx_long() -> bytes:
    return word(para("a" * (300 * MEGABYTE)))


@_bomb("docx: 20,000 lists", "a.docx", "docx", slow=True)
def _docx_lists() -> bytes:
    numbering = "".join(
        f'<w:abstractNum w:abstractNumId="{n}"><w:lvl w:ilvl="0"/></w:abstractNum>'
        f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>'
        for n in range(20_000)
    )
    items = "".join(
        para(
            f"item {n * 7919 % 20_000}",
            extra=f'<w:numPr><w:ilvl w:val="{n % 9}"/><w:numId w:val="{n}"/></w:numPr>',
        )
        for n in range(20_000)
    )
    xml = f'<w:numbering xmlns:w="x">{numbering}</w:numbering>'.encode()
    return word(items, parts={"numbering.xml": ("numbering", xml)})


@_bomb("docx: parts that lead to themselves and outside", "a.docx", "docx")
def _docx_links() -> bytes:
    return word(
        para("A letter"),
        parts={
            "../word/document.xml": ("header", WORD.format(para("A letter")).encode()),
            "../../../../etc/passwd": ("footer", b"<x/>"),
            "http://x.invalid/a.xml": ("styles", b"<x/>"),
        },
    )
