"""Word files as a reader sees them: headings, lists, tables, pages, and nothing that is hidden."""

from __future__ import annotations

import contextlib
import random

import pytest
from honest_files import para, word, zipped

from healthmate_desktop.documents import limits
from healthmate_desktop.documents.word_files import (
    read_word,
    reading,
    refuse_old_files,
)
from healthmate_desktop.domain.documents import DocumentKind
from healthmate_desktop.errors import DocumentError, UnreadableDocument, UnsupportedDocument

pytestmark = pytest.mark.security

STYLES = b"""<w:styles xmlns:w="urn:word">
<w:style w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:styleId="H3"><w:name w:val="heading 3"/><w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>
<w:style w:styleId="Own"><w:name w:val="own"/><w:basedOn w:val="H3"/></w:style>
<w:style w:styleId="T"><w:name w:val="Title"/></w:style>
<w:style w:styleId="B"><w:name w:val="List Bullet"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:styleId="B2"><w:name w:val="List Bullet 2"/><w:basedOn w:val="B"/></w:style>
</w:styles>"""
NUMBERING = b"""<w:numbering xmlns:w="urn:word">
<w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/></w:lvl>
</w:abstractNum><w:abstractNum w:abstractNumId="8">
<w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/></w:lvl>
<w:lvl w:ilvl="1"><w:numFmt w:val="lowerLetter"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>
</w:numbering>"""
HELPERS = {"styles.xml": ("styles", STYLES), "numbering.xml": ("numbering", NUMBERING)}


def item(text: str, number: int, level: int = 0) -> str:
    return para(
        text, extra=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    )


def table(*rows: tuple[str, ...]) -> str:
    cells = ("".join(f"<w:tc>{para(text)}</w:tc>" for text in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def texts(body: str, **parts: tuple[str, bytes]) -> list[str]:
    return [page.text for page in read_word(word(body, parts=HELPERS | parts)).pages]


def test_headings_lists_and_tables_read_like_a_web_page() -> None:
    body = (
        para("Discharge summary", "T") + para("Diagnoses", "H1") + para("Asthma &amp; hay fever")
        + para("Details", "Own")
        + para("Sub", extra='<w:outlineLvl w:val="8"/>') + para("tired", "B") + para("pale", "B2") + item("first", 2)
        + item("inner", 2, 1) + item("second", 2) + para("no item", "B", '<w:numPr><w:numId w:val="0"/></w:numPr>')
        + table(("Test", "Result"), ("Sodium", "141"), ("", "")) + para("  After\u00a0 it ")
    )  # fmt: skip
    document = read_word(word(body, parts=HELPERS))
    assert (document.kind, document.title, document.problems) == (
        DocumentKind.WORD,
        "Discharge summary",
        (),
    )
    assert document.pages[0].text == (
        "## Discharge summary\n\n## Diagnoses\n\nAsthma & hay fever\n\n### Details\n\n###### Sub\n\n"
        "- tired\n- pale\n3. first\n1. inner\n4. second\n\nno item\n\nTest | Result\n\nSodium | 141\n\nAfter it"
    )
    aligned = read_word(word(body), aligned=True)
    assert "Test   | Result\n\nSodium | 141   \n\nAfter it" in aligned.pages[0].text


def test_what_is_not_seen_is_not_read() -> None:
    body = (
        '<w:p><w:r><w:t>Seen</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r>'
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t> too</w:t></w:r>'
        '<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>'
        "<w:ins><w:r><w:t> added</w:t></w:r></w:ins><w:r><w:instrText>PAGE</w:instrText></w:r>"
        "<AlternateContent><Choice><w:txbxContent>" + para("In a box") + "</w:txbxContent></Choice>"
        "<Fallback><w:txbxContent>" + para("In a box") + "</w:txbxContent></Fallback></AlternateContent>"
        "<w:r><w:t> end</w:t></w:r></w:p>"
    )  # fmt: skip
    assert texts(body) == ["In a box\n\nSeen too added end"]


def test_signs_that_are_no_letters() -> None:
    signs = "<w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t><w:softHyphen/><w:cr/><w:t>e</w:t>"
    assert texts(f"<w:p><w:r><w:t>a</w:t>{signs}</w:r></w:p>") == ["a b\nc-d\ne"]


def test_pages_end_where_the_file_says_so() -> None:
    page = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
    rendered = "<w:p><w:r><w:lastRenderedPageBreak/><w:t>Two</w:t></w:r></w:p>"
    before = para("Three", "H1", "<w:pageBreakBefore/>")
    in_row = "<w:tbl><w:tr><w:tc><w:p><w:r><w:lastRenderedPageBreak/><w:t>Four</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    found = texts(para("One") + page + rendered + before + in_row)
    assert found == ["One", "Two", "## Three", "Four"]
    half = "<w:p><w:r><w:t>One </w:t></w:r><w:r><w:lastRenderedPageBreak/><w:t>goes on</w:t></w:r></w:p>"
    assert texts(half) == ["One", "goes on"]


def test_more_pages_than_are_read_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_PAGES", 2)
    page = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
    assert texts(para("1") + page + para("2") + page + para("3")) == ["1", "2\n\n3"]


def test_letterheads_and_notes_are_read_once() -> None:
    head = f"<w:hdr xmlns:w='urn:word'>{para('Jane Roe, born 3 February 1970')}</w:hdr>".encode()
    foot = f"<w:ftr xmlns:w='urn:word'>{para('Confidential')}</w:ftr>".encode()
    notes = f"<w:footnotes xmlns:w='urn:word'>{para('A note')}</w:footnotes>".encode()
    found = texts(
        para("Body"), **{"h1.xml": ("header", head), "h2.xml": ("header", head)},
        **{"f.xml": ("footer", foot), "n.xml": ("footnotes", notes), "e.xml": ("endnotes", b"<w:e")},
    )  # fmt: skip
    assert found == ["Jane Roe, born 3 February 1970\n\nBody\n\nA note\n\nConfidential"]


def test_damaged_helping_parts_cost_no_text() -> None:
    document = read_word(word(para("Body", "H1"), parts={"styles.xml": ("styles", b"<w:x")}))
    assert document.pages[0].text == "Body"
    assert [problem.where for problem in document.problems] == ["styles"]


def test_cells_over_several_columns_keep_the_others_in_place() -> None:
    wide = f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{para("Wide")}</w:tc><w:tc>{para("x")}</w:tc>'
    inner = f"<w:tc>{para('Outer')}{table(('in', 'ner'))}</w:tc><w:tc/>"
    body = f"<w:tbl><w:tr>{wide}</w:tr><w:tr>{inner}</w:tr></w:tbl><w:tbl/>"
    (page,) = read_word(word(para("Above") + body), aligned=True).pages
    rows = [[cell.strip() for cell in line.split("|")] for line in page.text.split("\n\n")]
    assert rows == [["Above"], ["", "Wide", "x"], ["Outer in ner", ""]]


def test_first_row_keeps_its_place_where_its_first_cell_is_empty() -> None:
    body = table(("", "01.03.2023", "02.02.2024"), ("Creatinine", "", "80"))
    first, second = read_word(word(body), aligned=True).pages[0].text.split("\n\n")
    assert first.index("02.02.2024") == second.index("80")


def test_a_title_is_found_where_there_is_one() -> None:
    core = {"docProps/core.xml": b"<cp xmlns:dc='urn:dc'><dc:title>From the file</dc:title></cp>"}
    assert read_word(word(para("Text"), others=core)).title == "From the file"
    assert (
        read_word(word(para("Head", "H1") + para("T", "T"), parts=HELPERS, others=core)).title
        == "T"
    )
    assert read_word(word(para("A", "H1") + para("B", "H1"), parts=HELPERS)).title == "A"
    assert read_word(word(para("Text"), others={"docProps/core.xml": b"<broken"})).title == ""


def test_pictures_of_pages_are_told() -> None:
    picture = {"word/media/scan.jpeg": random.Random(1).randbytes(70_000)}
    assert read_word(word(para("Text"), others=picture)).problems[0].where == "pictures"
    with pytest.raises(UnreadableDocument, match=r"no text.*as a PDF"):
        read_word(word("<w:p/>", others=picture))


def test_a_text_that_is_too_long_loses_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_LETTERS", 50)
    document = read_word(word(para("x" * 60) + para("after")))
    assert document.pages[0].text == "x" * 60
    assert document.problems[0].where == "the end"


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04", zipped([("a.txt", b"")]), word(b"<w:document><w:p>")]
)
def test_what_is_no_word_file_is_told(content: bytes) -> None:
    with pytest.raises(UnreadableDocument):
        read_word(content)


def test_old_and_locked_files_are_refused_in_clear_words() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    with pytest.raises(UnsupportedDocument, match=r"before 2007.*kept"):
        refuse_old_files(ole)
    with pytest.raises(UnreadableDocument, match="password"):
        refuse_old_files(ole + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(UnsupportedDocument, match="RTF"):
        refuse_old_files(b"\xef\xbb\xbf{\\rtf1 text}")
    refuse_old_files(b"anything else")


def _mutate(rounds: int, seed: int) -> None:
    chance = random.Random(seed)
    body = (
        para("Title", "T")
        + item("one", 2)
        + table(("Test", "Value"), ("Sodium", "141"))
        + para("Text " * 20)
    )
    whole = word(body, parts=HELPERS)
    xml = f"<w:document xmlns:w='urn:word'><w:body>{body}</w:body></w:document>".encode()
    for number in range(rounds):
        content = bytearray(whole if number % 2 else xml)
        for _ in range(chance.choice((1, 3, 10))):
            at = chance.randrange(len(content))
            length = chance.randrange(8)
            content[at : at + length] = chance.choice(
                (b"", chance.randbytes(length), b"<w:tc>", b"</w:p>", b'"')
            )
        content = content if number % 2 else bytearray(word(bytes(content), parts=HELPERS))
        with contextlib.suppress(DocumentError):
            assert read_word(bytes(content)).pages
            assert read_word(bytes(content), aligned=True).pages


def test_mutated_word_files_only_ever_give_document_errors() -> None:
    _mutate(100, seed=1)


@pytest.mark.slow
def test_many_mutated_word_files_only_ever_give_document_errors() -> None:
    _mutate(2000, seed=2)
