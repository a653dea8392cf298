"""Where each record of a C-CDA document stands, and the words of the narrative that belong to it."""

import pytest
from ccda_builders import (
    ALLERGIES,
    SNOMED,
    allergy,
    battery,
    code,
    coded_value,
    concern,
    entry,
    observation,
    only,
    pq,
    problem,
    proposals,
    result,
    section,
    statement,
    substance,
    template,
)

pytestmark = pytest.mark.unit


def test_spot_tells_section_entry_and_part() -> None:
    found = proposals(
        ALLERGIES, section("30954-2", entry(), battery(result(pq("1")), result(pq("2"))))
    )
    assert [each.spot.where for each in found] == [
        "Patient",
        "Allergies, entry 1",
        "Results, entry 2, part 1",
        "Results, entry 2, part 2",
        "Results, entry 2, part 3",
    ]


ROWS = (
    '<table><tbody><tr ID="row1"><td>Asthma</td><td ID="cell">since <content ID="inner">2005</content></td></tr>'
    "<tr><td>Gout</td></tr></tbody></table>"
)


@pytest.mark.parametrize(
    "inner",
    [
        '<text><reference value="#row1"/></text>',
        '<text><reference value="#inner"/></text>',
        '<text><reference value="cell"/></text>',
        "",
    ],
)
def test_row_of_the_narrative_is_kept(inner: str) -> None:
    asthma = coded_value("195967001", display="Asthma")
    found = only(
        section("11450-4", concern(problem(inner, value=asthma), kind="3"), text=ROWS),
        kind="Condition",
    )
    assert found.text == "Asthma | since 2005"


def test_row_is_found_by_the_original_text_and_across_sections() -> None:
    asthma = coded_value(
        "195967001",
        display="Asthma",
        more='<originalText><reference value="#row1"/></originalText>',
    )
    here = section("11450-4", concern(problem(value=asthma), kind="3"))
    there = section("51848-0", text=ROWS)
    assert only(here, there, kind="Condition").text == "Asthma | since 2005"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<list><item ID="a">Gout <list><item>toe</item></list></item></list>', "Gout toe"),
        ('<paragraph ID="a">Gout, in words</paragraph>', "Gout, in words"),
        (
            f'<table ID="a">{"".join(f"<tr><td>Gout {n}</td></tr>" for n in range(100))}</table>',
            "Gout",
        ),
        ("", "Gout"),
    ],
)
def test_rows_of_lists_and_text_but_never_a_whole_table(text: str, expected: str) -> None:
    gout = problem(
        '<text><reference value="#a"/></text>', value=coded_value("90560007", display="Gout")
    )
    assert (
        only(section("11450-4", concern(gout, kind="3"), text=text), kind="Condition").text
        == expected
    )


def test_words_of_the_entry_stand_where_no_row_does() -> None:
    gout = problem("<text>Gout of the toe</text>", value=coded_value("90560007"))
    assert (
        only(section("11450-4", concern(gout, kind="3")), kind="Condition").text
        == "Gout of the toe"
    )


def test_whole_of_several_takes_the_rows_of_its_parts() -> None:
    father = observation(
        template("46"), '<text><reference value="#row1"/></text>', coded_value("195967001")
    )
    plain = observation(template("46"), coded_value("90560007", display="Gout"))
    for part, row in ((father, "Asthma | since 2005"), (plain, "Gout")):
        whole = entry(statement("organizer", template("45"), f"<component>{part}</component>"))
        assert (
            only(
                section("10157-6", whole, text=ROWS if part == father else ""),
                kind="FamilyMemberHistory",
            ).text
            == row
        )


def test_name_that_a_reference_leads_astray_from_stands() -> None:
    """The reference of this code leads to the cell with the reaction."""
    text = '<table><tr><td>Codeine</td><td ID="r">Hives</td></tr></table>'
    codeine = code(
        "2670", SNOMED, "Codeine", more='<originalText><reference value="#r"/></originalText>'
    )
    found = only(
        section("48765-2", concern(allergy(substance(codeine))), text=text),
        kind="AllergyIntolerance",
    )
    assert (found.resource["code"]["text"], found.text) == ("Codeine", "Codeine | Hives")


def test_unknown_references_lead_nowhere() -> None:
    lost = problem(
        '<text><reference value="#nowhere"/></text>', value=coded_value("90560007", display="Gout")
    )
    assert (
        only(section("11450-4", concern(lost, kind="3"), text="Words"), kind="Condition").text
        == "Gout"
    )
