"""C-CDA documents of made-up people, put together from small parts."""

from __future__ import annotations

import base64
from typing import Any

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.proposals import NamedPerson, Proposal
from healthmate_desktop.interop.ccda import read_ccda

T = "2.16.840.1.113883.10.20.22.4."
SNOMED = "2.16.840.1.113883.6.96"
LOINC = "2.16.840.1.113883.6.1"
RXNORM = "2.16.840.1.113883.6.88"
CVX = "2.16.840.1.113883.12.292"
CPT = "2.16.840.1.113883.6.12"
NAMESPACES = (
    'xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:sdtc="urn:hl7-org:sdtc"'
)


# Parts of the XML


def template(*numbers: str) -> str:
    return "".join(
        f'<templateId root="{n if n[:2] in {"2.", "1."} and n.count(".") > 4 else T + n}"/>'
        for n in numbers
    )


def code(
    code: str,
    system: str = SNOMED,
    display: str = "",
    tag: str = "code",
    more: str = "",
    attrs: str = "",
) -> str:
    shown = f' displayName="{display}"' if display else ""
    return f'<{tag} code="{code}" codeSystem="{system}"{shown}{" " + attrs if attrs else ""}>{more}</{tag}>'


def coded_value(concept: str, system: str = SNOMED, display: str = "", more: str = "") -> str:
    return code(concept, system, display, "value", more, 'xsi:type="CD"')


def pq(value: str, unit: str = "") -> str:
    return f'<value xsi:type="PQ" value="{value}"' + (f' unit="{unit}"/>' if unit else "/>")


def when(low: str = "", high: str = "", tag: str = "effectiveTime") -> str:
    ends = (f'<low value="{low}"/>' if low else "") + (f'<high value="{high}"/>' if high else "")
    return f"<{tag}>{ends}</{tag}>"


def at(value: str, tag: str = "effectiveTime") -> str:
    return f'<{tag} value="{value}"/>'


def status(state: str = "completed") -> str:
    return f'<statusCode code="{state}"/>'


def rel(kind: str, inner: str) -> str:
    return f'<entryRelationship typeCode="{kind}">{inner}</entryRelationship>'


def statement(tag: str, *inner: str, mood: str = "EVN", attrs: str = "") -> str:
    return f'<{tag} classCode="X" moodCode="{mood}" {attrs}>{"".join(inner)}</{tag}>'


def observation(*inner: str, mood: str = "EVN", attrs: str = "") -> str:
    return statement("observation", *inner, mood=mood, attrs=attrs)


def act(*inner: str, mood: str = "EVN", attrs: str = "") -> str:
    return statement("act", *inner, mood=mood, attrs=attrs)


def product(*inner: str, tag: str = "consumable") -> str:
    material = f"<manufacturedMaterial>{''.join(inner)}</manufacturedMaterial>"
    return f"<{tag}><manufacturedProduct>{material}</manufacturedProduct></{tag}>"


def person(given: str, family: str, npi: str = "") -> str:
    number = f'<id root="2.16.840.1.113883.4.6" extension="{npi}"/>' if npi else ""
    return f"{number}<assignedPerson><name><given>{given}</given><family>{family}</family></name></assignedPerson>"


def author(given: str = "Ada", family: str = "Quill", time: str = "20240102") -> str:
    who = person(given, family, "1234567893")
    return f'<author><time value="{time}"/><assignedAuthor>{who}</assignedAuthor></author>'


def performer(given: str = "Ben", family: str = "Stone") -> str:
    return f"<performer><assignedEntity>{person(given, family)}</assignedEntity></performer>"


def entry(*inner: str) -> str:
    return f"<entry>{''.join(inner)}</entry>"


def section(loinc: str, *entries: str, title: str = "", text: str = "", attrs: str = "") -> str:
    head = f'<code code="{loinc}" codeSystem="{LOINC}"/>' if loinc else ""
    named = f"<title>{title}</title>" if title else ""
    told = f"<text>{text}</text>" if text else ""
    return f"<section {attrs}>{head}{named}{told}{''.join(entries)}</section>"


PATIENT = """<recordTarget><patientRole>
<id root="2.16.840.1.113883.19.5" extension="MRN-77"/><id root="2.16.840.1.113883.4.1" nullFlavor="UNK"/>
<addr use="HP"><streetAddressLine>4 Mill Lane</streetAddressLine><city>Oakham</city><state>OR</state>
<postalCode>97001</postalCode><country>US</country></addr>
<telecom use="MC" value="tel:+1(555)555-0101"/><telecom value="mailto:nora@example.org"/>
<patient><name use="L"><given>Nora</given><given>Jane</given><family>Whitlow</family></name>
<name use="P"><given>Nory</given></name>
<administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="19610307"/>
<maritalStatusCode code="M" codeSystem="2.16.840.1.113883.5.2" displayName="Married"/>
<raceCode code="2106-3" codeSystem="2.16.840.1.113883.6.238" displayName="White"/>
<sdtc:raceCode code="2108-9" codeSystem="2.16.840.1.113883.6.238" displayName="European"/>
<ethnicGroupCode code="2186-5" codeSystem="2.16.840.1.113883.6.238" displayName="Not Hispanic or Latino"/>
<religiousAffiliationCode code="1013" codeSystem="2.16.840.1.113883.5.1076" displayName="Christian"/>
<guardian><code code="MTH" codeSystem="2.16.840.1.113883.5.111"/><telecom value="tel:555-0102"/>
<guardianPerson><name><given>Ida</given><family>Whitlow</family></name></guardianPerson></guardian>
<birthplace><place><addr><city>Salem</city></addr></place></birthplace>
<languageCommunication><languageCode code="en"/><preferenceInd value="true"/></languageCommunication>
</patient><providerOrganization><name>Oakham Clinic</name></providerOrganization></patientRole></recordTarget>"""


def document(*sections: str, header: str = PATIENT, time: str = "20240301101500-0500") -> str:
    body = "".join(f"<component>{each}</component>" for each in sections)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><ClinicalDocument {NAMESPACES}>{at(time)}{header}'
        f"<component><structuredBody>{body}</structuredBody></component></ClinicalDocument>"
    )


# Entries people know


def concern(inner: str, state: str = "active", kind: str = "30") -> str:
    return entry(
        act(
            template(kind), code("CONC", "2.16.840.1.113883.5.6"), status(state), rel("SUBJ", inner)
        )
    )


def substance(*inner: str) -> str:
    return (
        '<participant typeCode="CSM"><participantRole><playingEntity>'
        f"{''.join(inner)}</playingEntity></participantRole></participant>"
    )


def allergy(*inner: str, kind: str = "416098002", attrs: str = "", value: str = "") -> str:
    return observation(
        template("7"),
        code("ASSERTION", "2.16.840.1.113883.5.4"),
        status(),
        *inner,
        value or coded_value(kind),
        attrs=attrs,
    )


def said_status(concept: str, number: str = "28") -> str:
    return rel("REFR", observation(template(number), code("33999-4", LOINC), coded_value(concept)))


def severity(concept: str) -> str:
    return rel(
        "SUBJ",
        observation(template("8"), code("SEV", "2.16.840.1.113883.5.4"), coded_value(concept)),
    )


def problem(*inner: str, value: str, attrs: str = "") -> str:
    return observation(template("4"), code("55607006"), status(), *inner, value, attrs=attrs)


def medicine(*inner: str, name: str = "", mood: str = "EVN", attrs: str = "") -> str:
    drug = name or product(code("197361", RXNORM, "Amlodipine 5 MG Oral Tablet"))
    return statement(
        "substanceAdministration", template("16"), *inner, drug, mood=mood, attrs=attrs
    )


def result(*inner: str, loinc: str = "2951-2", display: str = "Sodium", attrs: str = "") -> str:
    return observation(
        template("2"), code(loinc, LOINC, display), status(), at("20240211"), *inner, attrs=attrs
    )


def battery(*results: str, loinc: str = "24323-8", more: str = "") -> str:
    parts = "".join(f"<component>{each}</component>" for each in results)
    return entry(
        statement(
            "organizer", template("1"), code(loinc, LOINC, "Metabolic panel"), status(), more, parts
        )
    )


APPENDECTOMY = code("80146002", SNOMED, "Appendectomy")
ALLERGIES = section(
    "48765-2", concern(allergy(substance(code("2670", SNOMED, "Codeine")))), title="Allergies"
)
PROBLEMS = section(
    "11450-4", concern(problem(value=coded_value("195967001")), kind="3"), title="Problems"
)


# Reading


def read(text: str | bytes) -> list[Any]:
    return list(read_ccda(text if isinstance(text, bytes) else text.encode()))


def proposals(*sections: str, kind: str = "", header: str = PATIENT) -> list[Proposal]:
    """Of a document with these sections, those that are this kind of resource."""
    found = [
        each for each in read(document(*sections, header=header)) if isinstance(each, Proposal)
    ]
    return [each for each in found if not kind or each.resource["resourceType"] == kind]


def only(*sections: str, kind: str) -> Proposal:
    (found,) = proposals(*sections, kind=kind)
    return found


def problems_of(text: str | bytes) -> list[Problem]:
    return [each for each in read(text) if isinstance(each, Problem)]


def people_of(text: str | bytes) -> list[NamedPerson]:
    return [each for each in read(text) if isinstance(each, NamedPerson)]


def codes(concept: Any) -> list[str]:
    return [each["code"] for each in concept.get("coding", ())]


def kinds_of(text: str | bytes) -> list[str]:
    return [
        each.resource["resourceType"] if isinstance(each, Proposal) else type(each).__name__
        for each in read(text)
    ]


def decoded(proposal: Proposal) -> str:
    return base64.b64decode(proposal.resource["content"][0]["attachment"]["data"]).decode()
