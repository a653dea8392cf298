"""Files for the library become articles: in the reader child, one message each, with limits."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pymupdf
import pytest
from document_samples import letter_pdf, picture, saved, words_picture
from honest_files import para, word

from healthmate_desktop.documents import articles as articles_module
from healthmate_desktop.documents import child, wire
from healthmate_desktop.documents.article_wire import (
    packed_article,
    unpacked_article,
    unpacked_problem,
    unpacked_share,
)
from healthmate_desktop.documents.library_client import FILES, SMALL, LibraryReader
from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.ids import SourceId
from healthmate_desktop.domain.library import Article, Heading
from healthmate_desktop.domain.passages import passages_of
from healthmate_desktop.errors import DocumentError, UnreadableDocument, UnsupportedDocument

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.integration

QUESTION = {"id": "1", "question": "What is rest ?", "answer": "It helps.", "source": "CDC"}
LABEL = {"set_id": "s", "indications_and_usage": ["For hiccups."], "openfda": {"brand_name": ["Q"]}}
CONTAINER = (
    '<?xml version="1.0"?><container><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
)
PACKAGE = """<?xml version="1.0"?><package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>
<dc:title>First aid at home</dc:title><dc:publisher>A House</dc:publisher><dc:date>2021-05</dc:date>
<dc:language>en-GB</dc:language><dc:rights>CC BY 4.0</dc:rights><dc:identifier>isbn-1</dc:identifier></metadata>
<manifest><item id="b" href="two.xhtml" media-type="application/xhtml+xml"/>
<item id="a" href="one.xhtml" media-type="application/xhtml+xml"/>
<item id="c" href="gone.xhtml" media-type="application/xhtml+xml"/>
<item id="p" href="p.png" media-type="image/png"/></manifest>
<spine><itemref idref="a"/><itemref idref="b"/><itemref idref="c"/><itemref idref="p"/></spine></package>"""


def zipped(**files: str | bytes) -> bytes:
    """Names with __ for a slash and _ for the dot before the ending."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            place = ".".join(name.replace("__", "/").rsplit("_", 1)).rstrip(".")
            archive.writestr(place, content)
    return out.getvalue()


def found(content: bytes, name: str = "file.txt") -> list[Article | Problem]:
    """What the child says, without a child: quick, and seen by coverage."""
    said: list[Article | Problem] = []
    shares = [0.0]
    for message in child.answer({"do": "articles", "content": content, "name": name}):
        if "error" in message:
            raise wire.unpacked_error(message["error"])
        if "article" in message:
            said.append(unpacked_article(message["article"]))
        if "problem" in message:
            said.append(unpacked_problem(message["problem"]))
        if "share" in message:
            shares.append(unpacked_share(message["share"]))
    assert shares == sorted(shares)
    return said


def article(content: bytes, name: str = "file.txt") -> Article:
    (one,) = found(content, name)
    assert isinstance(one, Article)
    return one


def test_text_is_named_by_its_file_and_markdown_by_its_heading() -> None:
    plain = article(b"Rest helps.", "rest.txt")
    assert (plain.title, plain.pages, plain.kind) == ("rest", ("Rest helps.",), "text")
    assert plain.external_id == "rest.txt"
    marked = article(b"---\nlicence: CC0\ndate: 2020\n---\n# Rest\n\nIt helps.", "x.md")
    assert (marked.title, marked.licence, marked.published) == ("Rest", "CC0-1.0", "2020")


def test_web_page_tells_where_it_comes_from() -> None:
    page = article(
        b'<html lang="es"><head><title>Descanso</title><meta name="author" content="Casa"></head>'
        b"<body><h2>Ayuda</h2><p>Descanse.</p></body></html>"
    )
    assert (page.title, page.publisher, page.language) == ("Descanso", "Casa", "es")
    assert "## Ayuda" in page.pages[0]


def guideline(*, outline: bool = False) -> bytes:
    """Two chapters over three pages; the second goes on after the page ends. A line runs on top of each page."""
    document = pymupdf.open()
    for number, title in enumerate(("1 Fever", "", "2 Cough"), 1):
        page = document.new_page(width=595, height=842)
        page.insert_text((72, 40), "Guideline of nobody", fontsize=14)
        if title:
            page.insert_text((72, 100), title, fontsize=18)
            page.insert_text(
                (72, 160), f"Treating {title.split()[1]}", fontsize=11, fontname="hebo"
            )
        text = f"On page {number} we advise rest. Drink enough water every day. " * 4
        page.insert_textbox((72, 180, 520, 500), text, fontsize=11)
    document.set_metadata({"title": "Guideline", "creationDate": "D:20210506"})
    if outline:
        document.set_toc([[1, "Fever in adults", 1], [1, "2 Cough", 3], [2, "Treating Cough", 3]])
    return saved(document)


def test_headings_of_a_pdf_are_its_larger_and_bolder_lines() -> None:
    pdf = article(guideline(), "guideline.pdf")
    assert (pdf.title, pdf.kind, pdf.published, len(pdf.pages)) == (
        "Guideline",
        "pdf",
        "2021-05-06",
        3,
    )
    assert [(h.page, h.level, h.text) for h in pdf.headings] == [
        (1, 1, "1 Fever"),
        (1, 3, "Treating Fever"),
        (3, 1, "2 Cough"),
        (3, 3, "Treating Cough"),
    ]
    for heading in pdf.headings:
        assert pdf.pages[heading.page - 1].startswith(heading.text, heading.start)


def test_heading_of_a_pdf_holds_until_the_next_one() -> None:
    passages = passages_of(article(guideline(), "guideline.pdf"))
    assert [(p.page, p.heading) for p in passages if "advise" in p.text] == [
        (1, "1 Fever > Treating Fever"),
        (2, "1 Fever > Treating Fever"),
        (3, "2 Cough > Treating Cough"),
    ]
    pages = article(guideline(), "guideline.pdf").pages
    assert all(pages[p.page - 1][p.start : p.end] == p.text for p in passages)


def test_outline_of_a_pdf_counts_before_the_size_of_its_letters() -> None:
    pdf = article(guideline(outline=True), "guideline.pdf")
    assert [(h.page, h.level, h.text) for h in pdf.headings] == [
        (1, 1, "Fever in adults"),
        (3, 1, "2 Cough"),
        (3, 2, "Treating Cough"),
    ]
    assert pdf.headings[0].start == 0  # these words stand nowhere
    assert pdf.pages[2].startswith("Treating Cough", pdf.headings[2].start)


def test_word_file_table_and_picture_are_articles_too() -> None:
    document = article(word(para("Rest helps.")), "rest.docx")
    assert (document.title, document.kind) == ("rest", "docx")
    assert "Rest helps." in document.pages[0]
    table = article(b"name,dose\nQuietex,5 mg\nSilentium,7 mg\n", "doses.csv")
    assert (table.title, table.kind) == ("doses", "csv")
    assert "Quietex" in table.pages[0]
    drawn = article(picture(words_picture("REST HELPS")), "page.png")
    assert (drawn.kind, drawn.headings, len(drawn.pages)) == ("image", (), 1)


def test_page_that_is_lost_is_empty_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from healthmate_desktop.documents import pdf

    really = pdf.read_page

    lost = [2]

    def lose(document: Any, number: int) -> Any:
        if number in lost:
            raise ValueError
        return really(document, number)

    monkeypatch.setattr(pdf, "read_page", lose)
    problem, read_one = found(letter_pdf(3), "letter.pdf")
    assert isinstance(problem, Problem)
    assert isinstance(read_one, Article)
    assert problem.where == "page 2"
    assert [bool(page) for page in read_one.pages] == [True, False, True]
    lost += [1, 3]
    with pytest.raises(UnreadableDocument):
        found(letter_pdf(3), "letter.pdf")


@pytest.mark.security
def test_text_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("healthmate_desktop.documents.limits.LONGEST_TEXT", 500)
    problem, read_one = found(letter_pdf(3), "letter.pdf")
    assert isinstance(problem, Problem)
    assert "too long" in problem.message
    assert isinstance(read_one, Article)
    assert len(read_one.pages) == 1


def test_collection_is_read_record_by_record() -> None:
    lines = [json.dumps(QUESTION | {"id": str(number)}) for number in range(500)]
    said = found("\n".join([*lines, "{broken"]).encode(), "lines.txt")
    assert [each.external_id for each in said if isinstance(each, Article)] == [
        str(number) for number in range(500)
    ]
    assert [each.where for each in said if isinstance(each, Problem)] == ["record 501"]


def test_book_is_read_chapter_by_chapter() -> None:
    book = article(
        zipped(
            mimetype_="application/epub+zip",
            **{"META-INF__container_xml": CONTAINER},
            OEBPS__book_opf=PACKAGE,
            OEBPS__one_xhtml="<html><body><h1>Burns</h1><p>Cool it.</p></body></html>",
            OEBPS__two_xhtml="<html><body><h1>Cuts</h1><p>Press.</p></body></html>",
        ),
        "book.epub",
    )
    assert (book.title, book.publisher, book.licence) == (
        "First aid at home",
        "A House",
        "CC-BY-4.0",
    )
    assert (book.published, book.language, book.kind) == ("2021-05", "en", "epub")
    assert [page.split("\n")[0] for page in book.pages] == ["## Burns", "## Cuts"]


def test_archive_gives_what_is_in_it_and_names_what_is_not_read() -> None:
    inner = zipped(label_json=json.dumps([LABEL]))
    content = zipped(
        a_jsonl=json.dumps(QUESTION) + "\n" + json.dumps(QUESTION | {"id": "2"}),
        b__c_txt="Rest helps.",
        d_png=b"\x89PNG\r\n\x1a\n",
        e_zip=inner,
        f_pdf=letter_pdf(),
        g_json='{"resourceType": "Patient", "id": "p"}',
    )
    articles = [each for each in found(content) if isinstance(each, Article)]
    problems = [each for each in found(content) if isinstance(each, Problem)]
    assert [one.kind for one in articles] == ["question", "question", "text", "label", "pdf"]
    assert [problem.where for problem in problems] == ["d.png", "g.json"]
    assert "not encrypted" in problems[1].message


def test_archive_within_an_archive_within_an_archive_is_left_out() -> None:
    deep = zipped(c_zip=zipped(b_zip=zipped(a_txt="Rest.")))
    (problem,) = found(deep)
    assert isinstance(problem, Problem)
    assert "too deep" in problem.message


@pytest.mark.security
def test_archive_that_grows_too_large_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(articles_module, "LARGEST_UNPACKED", 5000)
    first, second = found(zipped(a_txt="rest " * 600, b_txt="rest " * 600))
    assert isinstance(first, Article)
    assert isinstance(second, Problem)


@pytest.mark.security
def test_flood_of_bad_parts_is_summed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(articles_module, "MOST_PROBLEMS", 2)
    said = found(zipped(**{f"x{number}_png": b"\x89PNG\r\n\x1a\n" for number in range(5)}))
    assert [each.where for each in said if isinstance(each, Problem)] == [
        *("x0.png", "x1.png"),
        "the archive",
    ]


@pytest.mark.parametrize(
    "content",
    [
        b'{"resourceType": "Patient", "id": "p"}',
        b'<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"></ClinicalDocument>',
    ],
)
def test_records_of_a_person_never_come_into_the_library(content: bytes) -> None:
    with pytest.raises(UnsupportedDocument, match="not encrypted"):
        found(content)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", UnreadableDocument),
        (b" \n ", UnreadableDocument),
        (b'{"$schema": "x"}', UnsupportedDocument),
        (b"%PDF-1.4 damaged", UnreadableDocument),
        (b"PK\x03\x04damaged", UnreadableDocument),
        (b"<?xml version='1.0'?><feed/>", UnsupportedDocument),
        (zipped(mimetype_="application/epub+zip", **{"META-INF__container_xml": "<a/>"}), UnreadableDocument),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_an_error_of_the_file(
    content: bytes, error: type[DocumentError]
) -> None:
    with pytest.raises(error) as raised:
        found(content)
    assert "kept" not in str(raised.value)  # as documents of a person are


def test_collection_of_an_archive_is_that_of_its_files() -> None:
    def told(content: bytes) -> str:
        *_, message = child.answer({"do": "collection", "content": content, "name": ""})
        return str(message["collection"])

    assert told(zipped(a_zip=zipped(b_json=json.dumps([LABEL])))) == "openFDA drug labels"
    assert told(zipped(readme_txt="Words", b_jsonl=json.dumps(QUESTION))).startswith("MedQuAD")
    assert told(zipped(a_txt="Words")) == ""
    assert told(b"PK\x03\x04damaged") == ""


# --- the wire


PACKED = packed_article(
    Article("", SourceId(""), "T", ("Page",), url="https://a.example", headings=(Heading(1, 0, 1, "P"),)),
    0.5,
)["article"]  # fmt: skip


@pytest.mark.security
@pytest.mark.parametrize(
    "lie",
    [
        None,
        {},
        PACKED | {"pages": []},
        PACKED | {"pages": ["\x00"]},
        PACKED | {"pages": [1]},
        PACKED | {"title": "x" * 501},
        PACKED | {"url": None},
        PACKED | {"headings": [[2, 0, 1, "P"]]},
        PACKED | {"headings": [[1, 99, 1, "P"]]},
        PACKED | {"headings": [[1, 0, 1]]},
    ],
)
def test_lies_of_the_child_are_not_believed(lie: Any) -> None:
    with pytest.raises(wire.BrokenPromise):
        unpacked_article(lie)


def test_article_crosses_the_wire_as_it_is() -> None:
    one = unpacked_article(PACKED)
    assert (one.title, one.pages, one.url) == ("T", ("Page",), "https://a.example")
    assert one.headings == (Heading(1, 0, 1, "P"),)
    bad = packed_article(Article("", SourceId(""), "T", ("x",), url="javascript:alert(1)"), 0)
    assert unpacked_article(bad["article"]).url == ""


# --- the client and its children


@pytest.fixture
def reader() -> Iterator[LibraryReader]:
    library_reader = LibraryReader()
    yield library_reader
    library_reader.rest()


def test_one_child_reads_many_files_until_its_rest(reader: LibraryReader) -> None:
    pids = set()
    for number in range(3):
        said = list(reader.articles(f"Rest {number}.".encode(), f"{number}.txt"))
        assert [each.title for each in said if isinstance(each, Article)] == [str(number)]
        pids.add(reader._resting[0][0].pid)
    assert len(pids) == 1
    with pytest.raises(UnsupportedDocument):
        list(reader.articles(b'{"$schema": 1}', "x"))
    assert all(each.alive for each, _ in reader._resting)
    reader.rest()
    assert reader._resting == []


def test_child_that_read_much_is_not_kept(reader: LibraryReader) -> None:
    list(reader.articles(b"Rest. " * (SMALL // 6 + 1), "long.txt"))
    assert reader._resting == []
    list(reader.articles(b"Rest.", "short.txt"))
    ((kept, _),) = reader._resting
    reader._resting[:] = [(kept, FILES - 1)]
    list(reader.articles(b"Rest.", "short.txt"))
    assert reader._resting == []


def test_child_that_died_costs_one_file_at_most(reader: LibraryReader) -> None:
    list(reader.articles(b"Rest.", "a.txt"))
    reader._resting[0][0].kill()
    reader._resting[0][0]._process.wait()
    assert any(isinstance(each, Article) for each in reader.articles(b"Water.", "b.txt"))
    reading = reader.articles(json.dumps(QUESTION).encode() * 1, "c.jsonl")
    next(reading)
    reading.close()  # in the middle: the child is ended
    assert reader._resting == []


def test_collection_is_asked_of_a_child(reader: LibraryReader) -> None:
    assert reader.collection(zipped(b_json=json.dumps([LABEL]))) == "openFDA drug labels"


def test_file_over_the_limit_is_not_even_sent(
    reader: LibraryReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("healthmate_desktop.documents.limits.LARGEST_FILE", 3)
    with pytest.raises(UnreadableDocument, match="200 MB"):
        list(reader.articles(b"Rest.", "a.txt"))
