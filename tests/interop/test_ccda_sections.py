"""Sections of C-CDA: how they are told apart, what becomes of their words, and which of them say nothing."""

import pytest
from ccda_builders import (
    LOINC,
    SNOMED,
    act,
    code,
    coded_value,
    codes,
    decoded,
    document,
    entry,
    observation,
    only,
    pq,
    problems_of,
    proposals,
    read,
    rel,
    section,
    status,
    substance,
    template,
)

from healthmate_desktop.domain.proposals import Proposal

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("attrs", ['nullFlavor="NI"', 'nullFlavor="UNK"'])
def test_section_without_information_is_named(attrs: str) -> None:
    (found,) = problems_of(
        document(section("48765-2", title="Allergies", text="No information", attrs=attrs))
    )
    assert found.where == "Allergies"


def test_empty_section_is_named_and_empty_entries_too() -> None:
    found = problems_of(
        document(
            section("48765-2", title="Allergies"),
            section("11450-4", entry(act(status())), title="Problems"),
        )
    )
    assert [each.where for each in found] == ["Allergies", "Problems, entry 1"]


def test_words_of_a_section_without_entries_are_a_document() -> None:
    text = (
        "<paragraph>Came in <content>coughing</content>.<br/>Better now.</paragraph><list><item>Rest</item></list>"
        "<table><tr><th>Day</th><th>Temp</th></tr><tr><td>1</td><td>38</td></tr>"
        "<tr><td><table><tr><td>inner</td></tr></table></td></tr></table>"
    )
    found = only(section("10164-2", title="History", text=text), kind="DocumentReference")
    assert decoded(found) == "Came in coughing.\nBetter now.\nRest\nDay | Temp\n1 | 38\ninner"
    assert found.text == decoded(found)
    assert found.resource["content"][0]["attachment"]["contentType"] == "text/plain; charset=utf-8"
    assert codes(found.resource["type"]) == ["10164-2"]
    untold = only(section("", title="Surgeon", text="Dr. Moss"), kind="DocumentReference")
    assert untold.resource["type"] == {"text": "Surgeon"}


def test_words_of_other_sections_are_kept_beside_their_entries() -> None:
    found = proposals(
        section(
            "51848-0",
            entry(observation(code("1", LOINC, "Pain"), pq("3"))),
            title="Assessment",
            text="Much pain",
        )
    )
    assert [each.resource["resourceType"] for each in found[1:]] == [
        "Observation",
        "DocumentReference",
    ]


def test_sections_in_sections_are_read() -> None:
    inner = section(
        "8716-3", entry(observation(template("27"), code("8867-4", LOINC), pq("70"))), title="Inner"
    )
    outer = section("29545-1", title="Outer").replace(
        "</section>", f"<component>{inner}</component></section>"
    )
    assert [each.spot.where for each in proposals(outer)] == ["Patient", "Inner, entry 1"]


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ("<title>Drug allergies</title>", "AllergyIntolerance"),
        ('<code code="X" displayName="Allergy list"/>', "AllergyIntolerance"),
        ('<templateId root="2.16.840.1.113883.10.20.1.2"/>', "AllergyIntolerance"),
        ('<code code="X"><translation code="48765-2"/></code>', "AllergyIntolerance"),
        ("<title>Something</title>", "Observation"),
    ],
)
def test_section_is_told_by_code_template_or_title(head: str, kind: str) -> None:
    bare = observation(
        coded_value("416098002", display="Drug allergy"), substance(code("2670", SNOMED, "Codeine"))
    )
    (found,) = [
        each
        for each in read(f"<x><section>{head}{entry(act(rel('SUBJ', bare)))}</section></x>")
        if isinstance(each, Proposal)
    ]
    assert found.resource["resourceType"] == kind
