"""Whom a document is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.proposals import NamedPerson
from healthmate_desktop.interop.ccda.drafts import Draft, coded
from healthmate_desktop.interop.ccda.names import address_of, name_of, plain_name, telecom_of
from healthmate_desktop.interop.ccda.nodes import NOTHING
from healthmate_desktop.interop.ccda.systems import TERMINOLOGY
from healthmate_desktop.interop.ccda.times import birth_date_of, time_of

if TYPE_CHECKING:
    from healthmate_desktop.interop.ccda.nodes import Node
    from healthmate_desktop.interop.ccda.places import Place

_US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
_FHIR = "http://hl7.org/fhir/StructureDefinition/patient-"
_GENDERS = {
    **dict.fromkeys(("m", "male", "248153007"), "male"),
    **dict.fromkeys(("f", "female", "248152002"), "female"),
    **dict.fromkeys(("un", "o", "oth", "other", "undifferentiated", "x"), "other"),
    **dict.fromkeys(("unk", "u", "unknown", "asku", "nask"), "unknown"),
}
_OMB = frozenset(("1002-5", "2028-9", "2054-5", "2076-8", "2106-3", "2131-1", "2135-2", "2186-5"))
_CONTACTS = frozenset(("NOK", "ECON", "PRS", "CAREGIVER", "AGNT", "GUARD", "CON"))


def gender_of(node: Node) -> str:
    for word in (node.code, node.get("displayName"), node.null):
        if word.casefold() in _GENDERS:
            return _GENDERS[word.casefold()]
    return ""


def person_of(target: Node) -> NamedPerson:
    """Of a recordTarget or a patientRole."""
    role = target.first("patientRole") or target
    patient = role.first("patient") or role.first("patientPatient")
    names = [name for name in patient.all("name") if plain_name(name)]
    legal = [name for name in names if "L" in name.get("use").split()]
    values = [each.get("extension") or each.get("root") for each in role.all("id") if not each.null]
    return NamedPerson(
        name=plain_name((legal or names or [NOTHING])[0]),
        birth_date=birth_date_of(patient.first("birthTime")),
        sex=gender_of(patient.first("administrativeGenderCode")),
        identifiers=tuple(dict.fromkeys(filter(None, values))),
    )


def patient_of(target: Node, place: Place, others: list[Node]) -> Draft:
    """The Patient of a recordTarget; `others` are the participants of the header, some of them to be called."""
    role = target.first("patientRole") or target
    patient = role.first("patient") or role.first("patientPatient")
    draft = Draft.new("Patient", role, place)
    draft.add("name", *map(name_of, patient.all("name")))
    draft.add("telecom", *map(telecom_of, role.all("telecom")))
    draft.add("address", *map(address_of, role.all("addr")))
    draft.put("gender", gender_of(patient.first("administrativeGenderCode")))
    birth = time_of(patient.first("birthTime").get("value"))
    draft.put("birthDate", birth.text[:10])
    if "T" in birth.text:
        draft.resource["_birthDate"] = {
            "extension": [_extension(_FHIR + "birthTime", "DateTime", birth.text)]
        }
    _died(draft, patient)
    draft.put_concept("maritalStatus", patient.first("maritalStatusCode"))
    for language in patient.all("languageCommunication"):
        draft.add("communication", _language(language))
    draft.add("extension", *_origins(draft, patient))
    for guardian in patient.all("guardian"):
        draft.add(
            "contact", _contact(draft, guardian, guardian.first("guardianPerson", "name"), "GUARD")
        )
    for participant in others:
        draft.add("contact", _known_contact(draft, participant))
    organization = role.first("providerOrganization")
    if organization:
        draft.put("managingOrganization", _organization(organization))
    return draft


def _died(draft: Draft, patient: Node) -> None:
    time = draft.span(patient.first("deceasedTime")).first
    if time:
        draft.put_time("deceasedDateTime", time)
    elif patient.first("deceasedInd").get("value") in {"true", "false"}:
        draft.resource["deceasedBoolean"] = patient.first("deceasedInd").get("value") == "true"


def _language(node: Node) -> dict[str, Any]:
    code = node.first("languageCode").code
    if not code:
        return {}
    preferred = node.first("preferenceInd").get("value")
    spoken: dict[str, Any] = {"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": code}]}}
    return (
        {**spoken, "preferred": preferred == "true"} if preferred in {"true", "false"} else spoken
    )


def _origins(draft: Draft, patient: Node) -> list[dict[str, Any]]:
    extensions = [
        extension
        for name, tag in (("race", "raceCode"), ("ethnicity", "ethnicGroupCode"))
        if (extension := _origin(draft, name, list(patient.all(tag))))
    ]
    religion = draft.concept(patient.first("religiousAffiliationCode"))
    if religion:
        extensions.append(_extension(_FHIR + "religion", "CodeableConcept", religion))
    for tag in ("birthplace", "birthPlace"):
        address = address_of(patient.first(tag, "place", "addr"))
        if address:
            extensions.append(_extension(_FHIR + "birthPlace", "Address", address))
    return extensions


def _origin(draft: Draft, name: str, nodes: list[Node]) -> dict[str, Any]:
    """Race and ethnicity are an extension of parts: broad categories, details, and words."""
    parts: list[dict[str, Any]] = []
    words: list[str] = []
    for node in nodes:
        for coding in draft.concept(node).get("coding", ()):
            broad = coding["code"] in _OMB
            part = _extension("ombCategory" if broad else "detailed", "Coding", coding)
            if part not in parts:
                parts.append(part)
        words.append(draft.concept(node).get("text", ""))
    text = ", ".join(dict.fromkeys(filter(None, words)))
    if text:
        parts.append(_extension("text", "String", text))
    return {"url": _US_CORE + name, "extension": parts} if parts else {}


def _extension(url: str, kind: str, value: Any) -> dict[str, Any]:
    return {"url": url, "value" + kind: value}


def _known_contact(draft: Draft, participant: Node) -> dict[str, Any]:
    entity = participant.first("associatedEntity")
    role = entity.get("classCode").upper()
    if role not in _CONTACTS:
        return {}
    return _contact(draft, entity, entity.first("associatedPerson", "name"), role)


def _contact(draft: Draft, node: Node, name: Node, role: str) -> dict[str, Any]:
    contact: dict[str, Any] = {"name": name_of(name)}
    contact["relationship"] = [
        coded(TERMINOLOGY + "v3-RoleClass", role),
        draft.concept(node.first("code")),
    ]
    contact["telecom"] = [telecom for each in node.all("telecom") if (telecom := telecom_of(each))]
    contact["address"] = address_of(node.first("addr"))
    contact["relationship"] = list(filter(None, contact["relationship"]))
    kept = {key: value for key, value in contact.items() if value}
    return kept if "name" in kept or "telecom" in kept else {}


def _organization(node: Node) -> dict[str, str]:
    name = node.first("name").text
    return {"display": name} if name else {}
