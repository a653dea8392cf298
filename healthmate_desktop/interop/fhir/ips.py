"""An International Patient Summary (HL7 IPS 1.1): one document that a clinician abroad can read.

It is a summary, not a copy: records are chosen, see `fhir_ips_sections`, and what they point to and is not in the
document becomes a name instead of a pointer. What IPS asks for and nobody said is marked as unknown, never made up.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any
from uuid import uuid5

from healthmate_desktop.domain.facts import fingerprint, full_url_of, original
from healthmate_desktop.domain.facts.context import referred
from healthmate_desktop.domain.facts.reading import object_in, objects_in, reference_in, text_in
from healthmate_desktop.domain.facts.types import human_name
from healthmate_desktop.domain.json_text import json_text
from healthmate_desktop.interop.fhir.export import NAMESPACE, SUBJECT_OF, repointed
from healthmate_desktop.interop.fhir.ips_sections import (
    ALLERGIES,
    MEDICATIONS,
    PROBLEMS,
    RESULTS,
    SECTIONS,
    Section,
    sorted_in,
)
from healthmate_desktop.interop.fhir.ips_text import day_of, facts_table, narrative, paragraph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from healthmate_desktop.domain.facts import Facts
    from healthmate_desktop.domain.proposals import Resource

LOINC = "http://loinc.org"
IPS = "http://hl7.org/fhir/uv/ips/StructureDefinition/"
ABSENT = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
UNKNOWN = {
    "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
    "valueCode": "unknown",
}
_NOTHING_SHOWN = (
    "Nothing is kept here that belongs in this section. This does not mean that there is nothing."
)
TITLE = "International Patient Summary"

_SUPPORTING = {
    *("Device", "Medication", "Organization", "Practitioner", "PractitionerRole", "Specimen"),
}
_CLINICAL = "http://terminology.hl7.org/CodeSystem/"
_NO_INFORMATION: dict[str, tuple[str, str, str]] = {  # type, code, what it says
    ALLERGIES: ("AllergyIntolerance", "no-allergy-info", "No information about allergies"),
    MEDICATIONS: ("MedicationStatement", "no-medication-info", "No information about medications"),
    PROBLEMS: ("Condition", "no-problem-info", "No information about problems"),
}
_WHEN_WANTED = {
    "MedicationStatement": ("effective", "effectiveDateTime"),
    "Immunization": ("occurrence", "occurrenceDateTime"),
    "Procedure": ("performed", "performedDateTime"),
    "Observation": ("effective", "effectiveDateTime"),
}
_AUTHOR = {
    "resourceType": "Device",
    "deviceName": [{"name": "HealthMate Desktop", "type": "user-friendly-name"}],
}


def write_ips(
    patient: Mapping[str, Any], resources: Iterable[Mapping[str, Any]], now: datetime
) -> bytes:
    """A Bundle of type document: Composition, Patient, author, what the sections show, and what that points to.

    `patient` is a Patient resource, as in `fhir_export.write_bundle`; `now` is when the summary is made.
    """
    return _Summary(patient, resources, now).written()


class _Summary:
    def __init__(
        self, patient: Mapping[str, Any], resources: Iterable[Mapping[str, Any]], now: datetime
    ) -> None:
        self._moment = now.astimezone(UTC).isoformat(timespec="seconds")
        self._patient = original(patient)
        self._all = list(resources)
        self._known = {name: each for each in self._all for name in _names(each)}
        self._urls: dict[str, str] = {}  # by each name that records use
        self._used: set[str] = set()
        self._entries: list[tuple[str, Resource]] = []
        self._patient_url = self._enter(patient)

    def written(self) -> bytes:
        chosen = sorted_in(map(dict, self._all))
        author_url = self._enter(_AUTHOR)
        sections = []
        for section in SECTIONS:
            rows = chosen.get(section.code, [])
            shown = [resource for resource, _ in rows]
            if not shown and section.code in _NO_INFORMATION:
                shown = [_no_information(section.code)]
            if shown:
                urls = [self._enter(each, section.code) for each in shown]
                sections.append(_section(section, [facts for _, facts in rows], urls))
        self._enter_supporting()
        composition = self._composition(sections, author_url)
        entries = [(self._made_url(composition), composition), *self._entries]
        return self._bundle(
            [{"fullUrl": url, "resource": self._closed(each)} for url, each in entries]
        )

    def _bundle(self, entries: list[Resource]) -> bytes:
        bundle = {
            "resourceType": "Bundle",
            "meta": {"profile": [IPS + "Bundle-uv-ips"]},
            "identifier": {"system": "urn:ietf:rfc:3986", "value": entries[0]["fullUrl"]},
            "type": "document",
            "timestamp": self._moment,
            "entry": entries,
        }
        return (json_text(bundle) + "\n").encode()

    def _composition(self, sections: list[Resource], author_url: str) -> Resource:
        name = human_name(self._patient.get("name")) or "a person whose name is not known"
        told = f"{TITLE} of {name}, put together on {day_of(self._moment)} from the papers that the person keeps."
        return {
            "resourceType": "Composition",
            "meta": {"profile": [IPS + "Composition-uv-ips"]},
            "language": "en",
            "text": narrative(paragraph(told), paragraph("It was not checked by a clinician.")),
            "status": "final",
            "type": _concept(LOINC, "60591-5", "Patient summary Document"),
            "subject": {"reference": self._patient_url},
            "date": self._moment,
            "author": [{"reference": author_url}],
            "title": TITLE,
            "section": sections,
        }

    def _enter(self, resource: Mapping[str, Any], section: str = "") -> str:
        """Takes a record into the document, once, and returns its name there."""
        plain = original(resource)
        url = full_url_of(resource)
        url = (
            url if url.startswith("urn:uuid:") and url not in self._used else self._made_url(plain)
        )
        self._used.add(url)
        for name in _names(resource):
            self._urls.setdefault(name, url)
        if self._entries:  # the first is the patient
            plain = self._about_patient(self._self_contained(plain, resource))
        self._entries.append((url, _completed(plain, section)))
        return url

    def _made_url(self, resource: Resource) -> str:
        seed = f"{self._moment}/{len(self._entries)}/{resource.get('id')}/{fingerprint(resource)}"
        return uuid5(NAMESPACE, seed).urn

    def _self_contained(self, plain: Resource, resource: Mapping[str, Any]) -> Resource:
        """With the medication's code in place of a pointer to a record that is not among those at hand."""
        reference = reference_in(plain.get("medicationReference"))
        code = referred(resource, reference).get("code")
        if not code or reference.startswith("#") or _bare(reference) in self._known:
            return plain
        rest = {key: value for key, value in plain.items() if key != "medicationReference"}
        return {**rest, "medicationCodeableConcept": code}

    def _about_patient(self, resource: Resource) -> Resource:
        key = SUBJECT_OF.get(text_in(resource.get("resourceType")))
        if key is None or resource.get("resourceType") == "Device":
            return resource
        return {**resource, key: {**object_in(resource.get(key)), "reference": self._patient_url}}

    def _enter_supporting(self) -> None:
        """Whom and what the records point to, and what those point to in turn; each once, so that circles end."""
        for _, entered in self._entries:  # grows on the way
            for reference in _references(entered):
                target = self._known.get(reference, {})
                if target.get("resourceType") in _SUPPORTING and reference not in self._urls:
                    self._enter(target)

    def _closed(self, resource: Resource) -> Resource:
        """Without pointers that lead out of the document: those name what they pointed to."""
        return repointed(resource, self._renamed)

    def _renamed(self, link: Resource) -> Resource | None:
        reference: str = link["reference"]
        if reference.startswith("#") or reference in self._used:
            return None
        url = self._urls.get(_bare(reference))
        if url:
            return {"reference": url}
        if reference.startswith(("http://", "https://")):
            return None
        if "identifier" in link:
            return {}
        system = {"system": "urn:ietf:rfc:3986"} if reference.startswith("urn:") else {}
        return {"identifier": {**system, "value": reference}}


def _section(section: Section, facts: list[Facts], urls: list[str]) -> Resource:
    if facts:
        blocks = [facts_table(section.heads, facts)]
        blocks += [paragraph(section.note)] if section.note else []
    else:
        blocks = [paragraph(_NOTHING_SHOWN)]
    return {
        "title": section.title,
        "code": _concept(LOINC, section.code, section.display),
        "text": narrative(*blocks),
        "entry": [{"reference": url} for url in urls],
    }


def _no_information(section: str) -> Resource:
    """The entry by which IPS says that nothing is known, which is not that there is nothing."""
    kind, code, words = _NO_INFORMATION[section]
    concept = _concept(ABSENT, code, words)
    if kind == "MedicationStatement":
        return {"resourceType": kind, "status": "unknown", "medicationCodeableConcept": concept}
    state = "allergyintolerance-clinical" if kind == "AllergyIntolerance" else "condition-clinical"
    return {
        "resourceType": kind,
        "clinicalStatus": _concept(_CLINICAL + state, "active", "Active"),
        "code": concept,
    }


def _completed(resource: Resource, section: str) -> Resource:
    """With a mark where IPS wants something that nobody said."""
    kind = text_in(resource.get("resourceType"))
    added: Resource = {}
    if kind in _WHEN_WANTED:
        stem, key = _WHEN_WANTED[kind]
        if not any(name.lstrip("_").startswith(stem) for name in resource):
            added["_" + key] = {"extension": [UNKNOWN]}
    if section == RESULTS and kind == "Observation" and not resource.get("performer"):
        added["performer"] = [{"extension": [UNKNOWN]}]
    if kind in {"AllergyIntolerance", "Condition"} and not resource.get("code"):
        added["code"] = {"extension": [UNKNOWN]}
    if kind == "Patient":
        if not resource.get("birthDate"):
            added["_birthDate"] = {"extension": [UNKNOWN]}
        if not objects_in(resource.get("name")):
            added["name"] = [{"extension": [UNKNOWN]}]
    return {**resource, **added}


def _names(resource: Mapping[str, Any]) -> list[str]:
    kind, own_id = text_in(resource.get("resourceType")), text_in(resource.get("id"))
    by_id = [f"{kind}/{own_id}", f"urn:uuid:{own_id}"] if own_id else []
    return list(filter(None, [full_url_of(resource), *by_id]))


def _bare(reference: str) -> str:
    return reference.split("/_history/", maxsplit=1)[0]


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _references(each)
    elif isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield _bare(value["reference"])
        for each in value.values():
            yield from _references(each)


def _concept(system: str, code: str, display: str) -> Resource:
    return {"coding": [{"system": system, "code": code, "display": display}]}
