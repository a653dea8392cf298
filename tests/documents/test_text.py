from __future__ import annotations

import codecs

import pytest
from document_samples import read

from healthmate_desktop.documents.limits import LONGEST_TEXT
from healthmate_desktop.documents.text import decode
from healthmate_desktop.domain.documents import DocumentKind
from healthmate_desktop.errors import UnreadableDocument

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "content",
    [
        "Fièvre à 39 °C".encode(),
        codecs.BOM_UTF8 + "Fièvre à 39 °C".encode(),
        "Fièvre à 39 °C".encode("utf-16"),
        codecs.BOM_UTF16_BE + "Fièvre à 39 °C".encode("utf-16-be"),
        "Fièvre à 39 °C".encode("utf-16-le"),
        "Fièvre à 39 °C".encode("utf-16-be"),
        "Fièvre à 39 °C".encode("cp1252"),
    ],
)
def test_letters_survive_every_usual_encoding(content: bytes) -> None:
    assert decode(content) == "Fièvre à 39 °C"


def test_control_characters_and_foreign_line_ends_go() -> None:
    page = read(b"Take\x07 one\x1b daily\r\nwith\x0bfood\rnow\x0cNext").pages[0]
    assert page.text == "Take one daily\nwithfood\nnow\n\nNext"
    assert (page.words, page.width, page.by_ocr) == ((), 0.0, False)


def test_markdown_keeps_headings_and_front_matter_gives_only_the_title() -> None:
    content = b'---\ntitle: "Asthma in children"\ntags: [a]\n---\n# Asthma\n\n- wheeze\n'
    document = read(content, "asthma.md")
    assert document.kind is DocumentKind.MARKDOWN
    assert document.title == "Asthma in children"
    assert document.pages[0].text == "# Asthma\n\n- wheeze"


def test_markdown_without_front_matter_is_named_by_its_heading() -> None:
    assert read(b"Text first\n\n## Hay fever ##\n", "x.md").title == "Hay fever"


def test_longest_text_is_cut_and_said() -> None:
    document = read(b"word " * (LONGEST_TEXT // 5 + 10))
    assert len(document.pages[0].text) == LONGEST_TEXT
    assert document.problems[0].where == "the end"


def test_web_page_reads_as_it_is_seen() -> None:
    content = b"""<!doctype html><html><head><title>Iron &amp; you</title>
        <style>p { color: red }</style><script>alert("no")</script></head><body>
        <h1>Iron</h1><p>Eat <b>lentils</b>
        often.<p>Second&nbsp;part.<br>New line.
        <ul><li>tired<li>pale</ul>
        <table><tr><th>Test<th>Value</tr><tr><td><p>Ferritin</p></td><td>9</td></tr></table>
        <div style="DISPLAY : none">secret orders</div><p hidden>more secrets</p>
        <p aria-hidden="true">unseen</p><!-- comment --><img alt="x" src="http://example.org/x.png">
        </body></html>"""
    document = read(content, "iron.txt")
    assert (document.kind, document.title) == (DocumentKind.HTML, "Iron & you")
    assert document.pages[0].text == (
        "## Iron\n\nEat lentils often.\n\nSecond part.\nNew line.\n\n- tired\n- pale\n\n"
        "Test Value\n\nFerritin 9"
    )


def test_web_page_without_title_is_named_by_its_first_heading() -> None:
    assert read(b"<html><h2>Hay <i>fever</i></h2><h2>Other</h2>").title == "Hay fever"


def test_web_page_in_its_own_encoding() -> None:
    page = '<html><meta charset="iso-8859-2"><p>Gorączka'.encode("iso-8859-2")
    assert read(page).pages[0].text == "Gorączka"
    assert "Gor" in read(page.replace(b"iso-8859-2", b"no-such-one")).pages[0].text


@pytest.mark.parametrize(
    "content",
    [
        b"<html>" + b"<div>" * 200_000 + b"deep",
        b"<html>" + b"<b hidden>" * 50_000 + b"</body>deep",
        b"<html></p></p></table><p>deep</title></x><",
        b"<html><p>deep<![CDATA[x<!x<!--",
    ],
)
def test_broken_or_deep_html_costs_nothing(content: bytes) -> None:
    assert "deep" in read(content).pages[0].text


def test_file_with_nothing_to_read_is_told() -> None:
    with pytest.raises(UnreadableDocument, match="no text"):
        read(b"<html><script>1</script></html>")
