"""Notes and attachments of C-CDA, and entries that nothing else holds, kept as they are."""

import base64

import pytest
from ccda_builders import (
    LOINC,
    NAMESPACES,
    PATIENT,
    SNOMED,
    act,
    at,
    author,
    code,
    codes,
    decoded,
    entry,
    only,
    problems_of,
    proposals,
    read,
    section,
    statement,
    template,
)

pytestmark = pytest.mark.unit


def test_note_is_a_document_with_its_author_and_day() -> None:
    more = code("34109-9", LOINC, "Note", more=code("34746-8", LOINC, "Nurse note", "translation"))
    note = act(template("202"), more, "<text>Slept well</text>", at("20240211"), author())
    found = only(section("34746-8", entry(note), title="Notes"), kind="DocumentReference")
    resource = found.resource
    assert decoded(found) == "Slept well"
    assert codes(resource["type"]) == ["34746-8"]
    assert resource["author"][0]["display"] == "Ada Quill"
    assert resource["content"][0]["attachment"]["creation"] == "2024-01-02"
    assert "date" not in resource
    assert resource["context"]["period"]["start"] == "2024-02-11"
    timed = act(code("34109-9", LOINC), "<text>Slept</text>", author(time="202401021015-0500"))
    found = only(section("34746-8", entry(timed)), kind="DocumentReference")
    assert found.resource["date"] == "2024-01-02T10:15:00-05:00"
    untold = act(code("34109-9", LOINC))
    assert only(section("1", entry(untold), title="Notes"), kind="Basic")


PDF = base64.b64encode(b"%PDF-1.4 made up").decode()


def unstructured(text: str) -> str:
    body = f"<component><nonXMLBody>{text}</nonXMLBody></component>"
    return f"<ClinicalDocument {NAMESPACES}>{PATIENT}{body}</ClinicalDocument>"


def test_document_that_is_an_attachment_holds_it() -> None:
    found = read(
        unstructured(
            f'<text mediaType="application/pdf" representation="B64">\n{PDF[:8]}\n{PDF[8:]}</text>'
        )
    )
    attachment = found[-1].resource["content"][0]["attachment"]
    assert attachment == {
        "contentType": "application/pdf",
        "data": PDF,
        "size": 16,
        "title": "Document",
    }


@pytest.mark.parametrize(
    "text",
    [
        '<text mediaType="application/pdf" representation="B64">&amp;&amp;&amp;</text>',
        f'<text mediaType="application/pdf" representation="B64" compression="DF">{PDF}</text>',
        '<text><reference value="scan.pdf"/></text>',
    ],
)
def test_attachment_that_cannot_be_had_is_named(text: str) -> None:
    assert [each.where for each in problems_of(unstructured(text))] == ["Document"]


def test_plain_words_as_the_body_are_kept() -> None:
    found = read(unstructured("<text>Only words</text>"))
    assert decoded(found[-1]) == "Only words"


def test_attachments_of_entries() -> None:
    note = act(
        code("34109-9", LOINC), f'<text mediaType="text/rtf" representation="B64">{PDF}</text>'
    )
    picture = statement(
        "observationMedia", f'<value mediaType="image/png" representation="B64">{PDF}</value>'
    )
    nameless = statement("observationMedia", f'<value representation="B64">{PDF}</value>')
    found = proposals(
        section("1", *map(entry, (note, picture, nameless))), kind="DocumentReference"
    )
    types = [each.resource["content"][0]["attachment"]["contentType"] for each in found]
    assert types == ["text/rtf", "image/png", "application/octet-stream"]


def test_coded_entry_that_nothing_holds_is_kept_whole() -> None:
    odd = act(
        code("23745001", SNOMED, "Documentation"),
        at("20240102"),
        "<x a='&lt;'>1 &lt; 2</x>",
        author(),
        '<id root="1.2.3"/>',
    )
    found = only(section("48764-5", entry(odd), title="Purpose"), kind="Basic")
    assert codes(found.resource["code"]) == ["23745001"]
    assert (found.resource["created"], found.resource["author"]["display"]) == (
        "2024-01-02",
        "Ada Quill",
    )
    source = found.resource["extension"][0]["valueString"]
    assert '<x a="&lt;">1 &lt; 2</x>' in source
    assert found.resource["identifier"] == [
        {"system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2.3"}
    ]


def test_huge_entry_is_kept_without_its_source_and_comments_are_nothing() -> None:
    odd = act(code("23745001", SNOMED, "Documentation"), "<x>" + "y" * 1_000_000 + "</x>")
    assert "extension" not in only(section("48764-5", entry(odd)), kind="Basic").resource
    comment = act(template("64"), code("48767-8", LOINC), "<text>So it is</text>")
    assert not proposals(section("48764-5", entry(comment)), kind="Basic")
