"""Parts of C-CDA without the whole: told by their beginning, read under any root, refused if they hold nothing."""

import pytest
from ccda_builders import (
    ALLERGIES,
    CVX,
    PATIENT,
    PROBLEMS,
    T,
    coded_value,
    document,
    entry,
    kinds_of,
    problem,
    read,
)

from healthmate_desktop.errors import UnreadableDocument
from healthmate_desktop.interop.ccda import is_ccda

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "text",
    [
        f"<anything>{ALLERGIES}{PROBLEMS}</anything>",
        f"{ALLERGIES}<!-- two roots -->{PROBLEMS}",
        f"<component>{ALLERGIES}</component><component>{PROBLEMS}</component>",
    ],
)
def test_sections_under_any_root(text: str) -> None:
    assert is_ccda(text.encode())
    assert kinds_of(text) == ["AllergyIntolerance", "Condition"]


@pytest.mark.parametrize(
    "text",
    [
        entry(problem(value=coded_value("195967001"))),
        problem(value=coded_value("195967001")),
        f"<component>{problem(value=coded_value('195967001'))}</component>",
    ],
)
def test_bare_statements(text: str) -> None:
    assert is_ccda(text.encode())
    (found,) = read(text)
    assert (found.resource["resourceType"], found.spot.where) == ("Condition", "entry 1")


def test_header_alone_names_its_person() -> None:
    assert is_ccda(PATIENT.encode())
    assert kinds_of(PATIENT) == ["NamedPerson", "Patient"]
    role = PATIENT.replace("<recordTarget>", "").replace("</recordTarget>", "")
    assert kinds_of(role) == ["NamedPerson", "Patient"]


@pytest.mark.parametrize("text", ["<ClinicalDocument/>", "<x><y/></x>"])
def test_what_holds_nothing_is_refused(text: str) -> None:
    with pytest.raises(UnreadableDocument, match="Ask the sender"):
        read(text)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (document(), True),
        ("<cda:ClinicalDocument xmlns:cda='urn:hl7-org:v3'>", True),
        ("<Envelope><Body><ClinicalDocument>", True),
        (f'<!-- made --><?x y?><section><templateId root="{T}1"/>', True),
        (f'<section><code codeSystem="{CVX}"/>', True),
        ('<entry><act moodCode="EVN"/></entry>', True),
        ("<html><body>About &lt;ClinicalDocument&gt; <ClinicalDocument></body></html>", False),
        (
            '<document xmlns="urn:hl7-org:v3"><section><code codeSystem="2.16.840.1.113883.6.1"/>',
            False,
        ),
        ("<section><p>A web page</p></section>", False),
        ("<x><y/></x>", False),
        ('{"resourceType": "Bundle"}', False),
        ("ClinicalDocument", False),
        ("", False),
    ],
)
def test_kind_is_told_by_the_beginning(head: str, expected: bool) -> None:
    assert is_ccda(head.encode()) is expected
    assert is_ccda(head.encode("utf-16")) is expected
