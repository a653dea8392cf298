"""Records out as FHIR: a Bundle of type collection, or one record a line. What was read is written digit for digit.

Changed is only what would otherwise point to nobody: a record whose `subject` or `patient` names a Patient that is not
the one the export is about, or that lacks one where FHIR wants it, then points to that one. A bundle says in its `meta`
in how many records this was done. A second Patient among the records keeps what it says and gains a link to the first.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from healthmate_desktop.domain.facts import fingerprint, full_url_of, original
from healthmate_desktop.domain.facts.reading import reference_in, text_in
from healthmate_desktop.domain.json_text import json_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.proposals import Resource

NOWHERE = "https://healthmate.invalid/fhir/"  # no such host can exist; makes `Patient/1` point within the bundle
NAMESPACE = UUID(
    "6f0a2c9e-0f43-5d53-9a3e-6a1f7b0d9c55"
)  # ours, for names that are made from content

SUBJECT_OF = {
    **dict.fromkeys(
        (
            *(
                "CarePlan",
                "ClinicalImpression",
                "Condition",
                "DeviceUseStatement",
                "DiagnosticReport",
            ),
            *("DocumentReference", "Encounter", "Goal", "ImagingStudy", "MedicationAdministration"),
            *("MedicationDispense", "MedicationRequest", "MedicationStatement", "Observation"),
            *("Procedure", "RiskAssessment", "ServiceRequest"),
        ),
        "subject",
    ),
    **dict.fromkeys(
        (
            *("AllergyIntolerance", "Claim", "Device", "ExplanationOfBenefit"),
            *("FamilyMemberHistory", "Immunization", "RelatedPerson"),
        ),
        "patient",
    ),
    "Coverage": "beneficiary",
}


def patient_resource(person: Patient) -> Resource:
    """A FHIR Patient of what the vault knows of a person."""
    resource: Resource = {
        "resourceType": "Patient",
        "id": person.id,
        "name": [{"text": person.name}],
    }
    if person.sex:
        resource["gender"] = person.sex
    if person.birth_date:
        resource["birthDate"] = person.birth_date.isoformat()
    return resource


def write_bundle(patient: Mapping[str, Any], resources: Iterable[Mapping[str, Any]]) -> bytes:
    """A Bundle of type collection with one entry a line, `patient` first.

    `patient` is the Patient resource that everything is about: one that a file brought, so that its records need no
    change, else `patient_resource`. It may stand among the resources too, and is written once.
    """
    return b"".join(bundle_pieces(patient, resources))


def bundle_pieces(
    patient: Mapping[str, Any],
    resources: Iterable[Mapping[str, Any]],
    more: Iterable[Iterable[Mapping[str, Any]]] = (),
) -> Iterator[bytes]:
    """The same bit by bit.

    `more` are groups of resources, a piece each: nothing points to them, they say nothing of whom they are about, and
    each has an identifier of its own. None is held for longer than it takes to write it.
    """
    export = Export(patient, resources)
    entries = [
        json_text({"fullUrl": url, "resource": export.pointed(resource, export.patient_url)})
        for url, resource in export.entries
    ]
    head: dict[str, Any] = {"resourceType": "Bundle", "type": "collection"}
    if export.changed:
        head["meta"] = {"tag": [{"display": _said(export.changed)}]}
    start, lines = json_text(head).removesuffix("}"), ",\n".join(entries)
    yield f'{start},"entry":[\n{lines}'.encode()
    subject = {"reference": export.patient_url}
    for group in more:
        lines = "".join(
            f",\n{json_text({'fullUrl': _own_name(each), 'resource': {**each, 'subject': subject}})}"
            for each in group
        )
        yield lines.encode()
    yield b"\n]}\n"


def _own_name(resource: Mapping[str, Any]) -> str:
    identifier = resource["identifier"][0]
    return uuid5(NAMESPACE, f"{identifier['system']}/{identifier['value']}").urn


class Export:
    """The resources of one export, as their senders wrote them, each with a name that no other one has."""

    def __init__(self, patient: Mapping[str, Any], resources: Iterable[Mapping[str, Any]]) -> None:
        self._names: set[str] = set()
        self._alike: Counter[str] = Counter()
        first = original(patient)
        self.patient_url = self._name(patient)
        self.entries = [(self.patient_url, first)]
        for resource in resources:
            plain = original(resource)
            if plain != first:
                self.entries.append((self._name(resource), plain))
        self._others = {url for url, each in self.entries if each.get("resourceType") != "Patient"}
        own_id = text_in(patient.get("id"))
        self._own = {self.patient_url} | (
            {f"Patient/{own_id}", f"urn:uuid:{own_id}"} if own_id else set()
        )
        self.changed = 0

    def pointed(self, resource: Resource, target: str) -> Resource:
        """The resource, pointing to the one patient; the same object if it did so before."""
        kind = text_in(resource.get("resourceType"))
        if kind == "Patient":
            return self._linked(resource, target)
        keys = [key for key in ("subject", "patient", "beneficiary") if key in resource]
        if not keys and kind in SUBJECT_OF:
            self.changed += 1
            return {**resource, SUBJECT_OF[kind]: {"reference": target}}
        wrong = {reference_in(resource[key]) for key in keys}
        wrong = {reference for reference in wrong if self._is_other_patient(reference)}
        if not wrong:
            return resource
        self.changed += 1
        return repointed(
            resource, lambda link: {"reference": target} if link["reference"] in wrong else None
        )

    def _is_other_patient(self, reference: str) -> bool:
        name = reference.split("/_history/", maxsplit=1)[0]
        if not name or name in self._own or name in self._others:
            return False
        return f"/{name}".rsplit("/", 2)[-2:-1] == ["Patient"] or name.startswith("urn:")

    def _linked(self, patient: Resource, target: str) -> Resource:
        if patient is self.entries[0][1] or "link" in patient:
            return patient
        self.changed += 1
        return {**patient, "link": [{"other": {"reference": target}, "type": "seealso"}]}

    def _name(self, resource: Mapping[str, Any]) -> str:
        """What its bundle called it, or a name by which records of the same file find it, or one made up."""
        kind, own_id = text_in(resource.get("resourceType")), text_in(resource.get("id"))
        by_id = f"{NOWHERE}{kind}/{own_id}" if kind and own_id else ""
        name = full_url_of(resource) or by_id
        if not name or name in self._names:
            seed = f"{kind}/{own_id}/{fingerprint(resource)}"
            self._alike[seed] += 1
            name = uuid5(NAMESPACE, f"{seed}/{self._alike[seed]}").urn
        self._names.add(name)
        return name


def repointed(
    resource: Mapping[str, Any], rename: Callable[[Resource], Resource | None]
) -> Resource:
    """A copy in which the `reference` of each FHIR Reference gives way to what `rename` says; None leaves it."""
    copy = {key: _repointed(each, rename) for key, each in resource.items()}
    changes = rename(copy) if isinstance(copy.get("reference"), str) else None
    if changes is None:
        return copy
    return {**changes, **{key: each for key, each in copy.items() if key != "reference"}}


def _repointed(value: Any, rename: Callable[[Resource], Resource | None]) -> Any:
    if isinstance(value, dict):
        return repointed(value, rename)
    return [_repointed(each, rename) for each in value] if isinstance(value, list) else value


def _said(changed: int) -> str:
    records = "1 record" if changed == 1 else f"{changed} records"
    return f"In {records} the reference to the patient was set to the first entry."
