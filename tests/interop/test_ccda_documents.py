"""Whole C-CDA documents and fragments: whom they are about, where each record stands, and what becomes of words."""

import base64
from typing import Any

import pytest
from ccda_builders import (
    CVX,
    LOINC,
    NAMESPACES,
    PATIENT,
    SNOMED,
    T,
    act,
    allergy,
    at,
    author,
    battery,
    code,
    coded_value,
    codes,
    concern,
    document,
    entry,
    medicine,
    observation,
    only,
    people_of,
    performer,
    pq,
    problem,
    problems_of,
    proposals,
    read,
    rel,
    result,
    section,
    statement,
    status,
    substance,
    template,
    when,
)

from healthmate_desktop.domain.proposals import NamedPerson, Proposal
from healthmate_desktop.errors import UnreadableDocument
from healthmate_desktop.interop.ccda import is_ccda, read_ccda

pytestmark = pytest.mark.unit

ALLERGIES = section(
    "48765-2", concern(allergy(substance(code("2670", SNOMED, "Codeine")))), title="Allergies"
)
PROBLEMS = section(
    "11450-4", concern(problem(value=coded_value("195967001")), kind="3"), title="Problems"
)
MEDICINES = section("10160-0", entry(medicine(status("active"))), title="Medications")


def kinds_of(text: str | bytes) -> list[str]:
    return [
        each.resource["resourceType"] if isinstance(each, Proposal) else type(each).__name__
        for each in read(text)
    ]


def decoded(proposal: Proposal) -> str:
    return base64.b64decode(proposal.resource["content"][0]["attachment"]["data"]).decode()


# The document and its person


def test_document_is_read_in_its_order() -> None:
    whole = document(ALLERGIES, PROBLEMS, MEDICINES)
    assert kinds_of(whole) == [
        "NamedPerson",
        "Patient",
        "AllergyIntolerance",
        "Condition",
        "MedicationStatement",
    ]


def test_person_is_named_with_birth_sex_and_numbers() -> None:
    assert people_of(document()) == [
        NamedPerson("Nora Jane Whitlow", "1961-03-07", "female", ("MRN-77",))
    ]


def test_patient_has_all_the_header_tells() -> None:
    child = (
        '<participant typeCode="IND"><associatedEntity classCode="ECON">'
        + code("SON", "2.16.840.1.113883.5.111")
        + (
            '<addr use="HP"><city>Bend</city></addr><associatedPerson><name><given>Tom</given></name>'
            "</associatedPerson></associatedEntity></participant>"
        )
    )
    stranger = '<participant typeCode="IND"><associatedEntity classCode="X"/></participant>'
    silent = '<participant typeCode="IND"><associatedEntity classCode="NOK"/></participant>'
    (patient,) = proposals(kind="Patient", header=PATIENT + child + stranger + silent)
    resource = patient.resource
    assert resource["name"][0] == {"family": "Whitlow", "given": ["Nora", "Jane"], "use": "usual"}
    assert resource["name"][1] == {"given": ["Nory"], "use": "nickname"}
    assert resource["telecom"] == [
        {"system": "phone", "value": "+1(555)555-0101", "use": "mobile"},
        {"system": "email", "value": "nora@example.org"},
    ]
    assert resource["address"][0]["line"] == ["4 Mill Lane"]
    assert (resource["gender"], resource["birthDate"]) == ("female", "1961-03-07")
    assert codes(resource["maritalStatus"]) == ["M"]
    assert resource["communication"][0]["preferred"] is True
    assert resource["managingOrganization"] == {"display": "Oakham Clinic"}
    race, ethnicity, religion, birth_place = resource["extension"]
    assert [each["url"] for each in race["extension"]] == ["ombCategory", "detailed", "text"]
    assert race["extension"][2]["valueString"] == "White, European"
    assert ethnicity["extension"][0]["valueCoding"]["code"] == "2186-5"
    assert codes(religion["valueCodeableConcept"]) == ["1013"]
    assert birth_place["valueAddress"] == {"city": "Salem"}
    mother, son = resource["contact"]
    assert (mother["name"]["given"], codes(mother["relationship"][0])) == (["Ida"], ["GUARD"])
    assert (son["name"]["given"], son["address"]["city"]) == (["Tom"], "Bend")


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ('<sdtc:deceasedInd value="true"/>', {"deceasedBoolean": True}),
        (
            '<sdtc:deceasedInd value="true"/><sdtc:deceasedTime value="20200102"/>',
            {"deceasedDateTime": "2020-01-02"},
        ),
        ('<birthTime value="196103071530-0800"/>', {"birthDate": "1961-03-07"}),
        (
            '<languageCommunication><languageCode code="es"/></languageCommunication><languageCommunication/>',
            {
                "communication": [
                    {"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "es"}]}}
                ]
            },
        ),
    ],
)
def test_more_of_the_patient(inner: str, expected: dict[str, Any]) -> None:
    header = f"<recordTarget><patientRole><id extension='1'/><patient>{inner}</patient></patientRole></recordTarget>"
    resource = proposals(kind="Patient", header=header)[0].resource
    assert {name: resource[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("gender", "expected"),
    [
        ('code="M"', "male"),
        ('code="UN"', "other"),
        ('nullFlavor="UNK"', "unknown"),
        ('displayName="Female"', "female"),
        ("", ""),
    ],
)
def test_sex_is_told_by_code_name_or_absence(gender: str, expected: str) -> None:
    coded = f"<administrativeGenderCode {gender}/>"
    header = f"<recordTarget><patientRole><patient>{coded}</patient></patientRole></recordTarget>"
    (found,) = people_of(document(header=header))
    assert found.sex == expected


def test_every_record_is_the_patients() -> None:
    found = proposals(ALLERGIES, PROBLEMS)
    patient, *others = [each.resource for each in found]
    reference = {"reference": f"Patient/{patient['id']}"}
    assert [each.get("patient") or each.get("subject") for each in others] == [reference, reference]


def test_fragment_without_person_names_nobody() -> None:
    (found,) = read(f"<x>{PROBLEMS}</x>")
    assert "subject" not in found.resource


def test_reading_again_gives_the_same() -> None:
    assert read(document(ALLERGIES, PROBLEMS)) == read(document(ALLERGIES, PROBLEMS))
    ids = [each.resource["id"] for each in proposals(ALLERGIES, PROBLEMS, MEDICINES)]
    assert len(set(ids)) == len(ids)


def test_reading_is_lazy() -> None:
    reading = read_ccda(document(ALLERGIES).encode())
    assert isinstance(next(reading), NamedPerson)


def test_two_documents_in_one_file_are_two_people() -> None:
    other = document(PROBLEMS, header=PATIENT.replace("Nora", "Otto")).partition("?>")[2]
    whole = f"<envelope>{document(ALLERGIES).partition('?>')[2]}{other}</envelope>"
    assert [each.name for each in people_of(whole)] == ["Nora Jane Whitlow", "Otto Jane Whitlow"]
    patients = [
        each.resource["id"]
        for each in read(whole)
        if isinstance(each, Proposal) and each.resource["resourceType"] == "Patient"
    ]
    assert len(set(patients)) == 2


def test_header_tells_the_visit_and_the_care_team() -> None:
    header = (
        f"{PATIENT}<documentationOf><serviceEvent>{when('2020', '2024')}{performer()}"
        "<performer><assignedEntity/></performer></serviceEvent></documentationOf>"
        f'<componentOf><encompassingEncounter><id root="1.2" extension="V1"/>{when("20240210", "20240212")}'
        "<location><healthCareFacility><location><name>Hill Hospital</name></location></healthCareFacility></location>"
        "</encompassingEncounter></componentOf>"
        "<documentationOf><serviceEvent/></documentationOf><componentOf><encompassingEncounter/></componentOf>"
    )
    found = {each.resource["resourceType"]: each for each in proposals(header=header)}
    assert found["CareTeam"].resource["participant"] == [{"member": {"display": "Ben Stone"}}]
    assert found["Encounter"].resource["location"] == [{"location": {"display": "Hill Hospital"}}]
    assert found["Encounter"].resource["status"] == "finished"
    assert found["Encounter"].spot.where == "Document header"


# Where each stands


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


# Sections


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


# Fragments


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


def test_statements_deeper_than_real_ones_are_named() -> None:
    inner = observation(code("1", LOINC), pq("1"))
    for _ in range(40):
        inner = observation(code("1", LOINC), pq("1"), rel("COMP", inner))
    found = problems_of(document(section("30954-2", entry(inner), title="Results")))
    assert [each.where for each in found] == ["Results, entry 1"]


def test_a_flood_of_problems_is_summed_up() -> None:
    found = problems_of(document(section("48765-2", *[entry(act())] * 600)))
    assert len(found) == 501


# Notes, attachments and what nothing else holds


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


def test_unknown_references_lead_nowhere() -> None:
    lost = problem(
        '<text><reference value="#nowhere"/></text>', value=coded_value("90560007", display="Gout")
    )
    assert (
        only(section("11450-4", concern(lost, kind="3"), text="Words"), kind="Condition").text
        == "Gout"
    )


# Telling what it is


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
