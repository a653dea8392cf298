"""How C-CDA files are written: encodings, prefixes, damage, and what is refused."""

import pytest
from ccda_builders import (
    PATIENT,
    coded_value,
    concern,
    document,
    people_of,
    problem,
    problems_of,
    read,
    section,
)

from healthmate_desktop.errors import UnreadableDocument
from healthmate_desktop.interop.ccda import is_ccda
from healthmate_desktop.interop.ccda.xml import LARGEST, MOST_ELEMENTS, parse, utf8_of

pytestmark = pytest.mark.security

ZOE = PATIENT.replace("Nora", "Zoë")
PROBLEMS = section(
    "11450-4", concern(problem(value=coded_value("195967001", display="Asthma")), kind="3")
)


def name_in(content: bytes) -> str:
    (person,) = people_of(content)
    return person.name.split()[0]


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-8", "iso-8859-1"),
        ("utf-8", "UTF-16"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "utf-16"),
        ("utf-32", "utf-32"),
        ("cp1252", "windows-1252"),
        ("cp1252", "UTF-8"),
        ("latin-1", "ISO-8859-1"),
        ("iso-8859-15", "ISO-8859-15"),
        ("cp1252", "no-such-thing"),
        ("cp1252", "iso-8859-12"),
        ("cp1252", "zip"),
    ],
)
def test_encoding_is_told_by_the_bytes(encoding: str, declared: str) -> None:
    content = document(header=ZOE).replace('"UTF-8"', f'"{declared}"').encode(encoding)
    assert is_ccda(content[:65536])
    assert name_in(content) == "Zoë"


def test_what_is_no_text_of_its_encoding_is_replaced() -> None:
    assert utf8_of(b"\xef\xbb\xbfa\x81") == "a\ufffd".encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(' xmlns="urn:hl7-org:v3"', ""),
        lambda text: text.replace(' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"', ""),
        lambda text: text.replace(' xmlns:sdtc="urn:hl7-org:sdtc"', ""),
        lambda text: (
            text.replace("<", "<cda:")
            .replace("<cda:/", "</cda:")
            .replace("<cda:?", "<?")
            .replace("cda:sdtc:", "sdtc:")
        ),
        lambda text: text.replace('xsi:type="CD"', 'xsi:type="hl7:CD"'),
        lambda text: text.replace('xsi:type="CD"', 'type="CD"'),
        lambda text: "\n\n<!-- made --><?xml-stylesheet href='x'?>" + text.partition("?>")[2],
        lambda text: text.replace(
            "<ClinicalDocument", "<!DOCTYPE ClinicalDocument><ClinicalDocument", 1
        ),
        lambda text: text + "\x00\x00",
        lambda text: text.replace("Asthma", "Asthma&nbsp;"),
        lambda text: text.replace("</title>", ""),
    ],
)
def test_habits_of_writers_do_no_harm(change) -> None:  # type: ignore[no-untyped-def]
    found = [each for each in read(change(document(PROBLEMS))) if hasattr(each, "resource")]
    assert [each.resource["resourceType"] for each in found] == ["Patient", "Condition"]
    assert found[1].resource["code"]["coding"][0]["code"] == "195967001"


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("a & b", "a & b"),
        ("pulse < 60", "pulse < 60"),
        ("caf&eacute;", "café"),
        ("&unheard;", "&unheard;"),
        ("&lt;5 &amp; &#233; &#xA7;", "<5 & é §"),
        ("a&#1;b\x02c", "abc"),
        ("<![CDATA[x < y]]>", "x < y"),
    ],
)
def test_signs_are_mended(written: str, read_as: str) -> None:
    found = read(f"<x>{section('51848-0', title='Assessment', text=written)}</x>")
    assert found[-1].text == read_as


def test_damage_is_told_and_the_rest_is_read() -> None:
    whole = document(PROBLEMS)
    cut = whole[: whole.rindex("</act>")]
    found = read(cut)
    assert [each.where for each in problems_of(cut)] == ["the document"]
    assert found[-1].resource["resourceType"] == "Condition"


def test_end_tags_too_many_lose_nothing_behind_them() -> None:
    whole = document(PROBLEMS).replace("<component>", "</oops></oops><component>", 1)
    assert [each.resource["resourceType"] for each in read(whole) if hasattr(each, "resource")] == [
        "Patient",
        "Condition",
    ]


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE a [<!ENTITY x "lol">]><ClinicalDocument>&x;</ClinicalDocument>',
        b'<?xml version="1.0"?><!-- a --><!doctype a SYSTEM "x" [<!ENTITY % y SYSTEM "file:///etc/passwd">]><a/>',
        b"<!DOCTYPE",
    ],
)
def test_definitions_of_entities_are_refused(content: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="abbreviations"):
        read(content)


def test_definitions_behind_the_first_element_define_nothing() -> None:
    late = f'<x><!DOCTYPE a [<!ENTITY z "bomb">]>{section("51848-0", title="Plan", text="see &z;")}</x>'
    told = [each.text for each in read(late) if hasattr(each, "text")]
    assert told == ["see &z;"]


def test_files_named_in_a_document_type_are_never_opened() -> None:
    content = (
        '<!DOCTYPE ClinicalDocument SYSTEM "file:///etc/passwd">'
        + document(PROBLEMS).partition("?>")[2]
    )
    assert people_of(content)


@pytest.mark.parametrize(
    "content", [b"", b"words", b"<", b"<<<<", b"<!--", b"<?xml", b"\x00" * 50, b"<![CDATA["]
)
def test_what_is_no_xml_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableDocument):
        read(content)


def test_depth_is_limited() -> None:
    assert parse(b"<a>" * 200 + b"</a>" * 200).root
    with pytest.raises(UnreadableDocument, match="nested deeper"):
        parse(b"<a>" * 203)
    with pytest.raises(UnreadableDocument, match="nested deeper"):
        parse(b"<a>" * 1_000_000)


def test_elements_and_bytes_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (MOST_ELEMENTS, LARGEST) == (2_000_000, 100_000_000)
    monkeypatch.setattr("healthmate_desktop.interop.ccda.xml.MOST_ELEMENTS", 1000)
    with pytest.raises(UnreadableDocument, match="more parts"):
        parse(b"<a>" + b"<b/>" * 1000 + b"</a>")
    monkeypatch.setattr("healthmate_desktop.interop.ccda.xml.LARGEST", 1000)
    with pytest.raises(UnreadableDocument, match="larger"):
        parse(b"<a>" + b"<b/>" * 1000 + b"</a>")


def test_many_prefixes_and_attributes_do_no_harm() -> None:
    many = "".join(f'<p{n}:x p{n}:y="1"/>' for n in range(300))
    assert people_of(document(header=PATIENT).replace("<component>", many + "<component>", 1))


def test_wide_statements_are_read_in_a_moment() -> None:
    """Each part of a battery looks at what is around it, so this must not grow with its square."""
    coded = '<code code="2951-2" codeSystem="2.16.840.1.113883.6.1"/><value value="1"/>'
    part = f"<component><observation>{coded}</observation></component>"
    text = f'<section><code code="30954-2"/><entry><organizer>{part * 3000}</organizer></entry></section>'
    assert len(read(text)) == 3001
