"""Names, addresses and numbers; whom a document is about; who wrote, did or took part in something."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.proposals import NamedPerson
from healthmate_desktop.interop.ccda.drafts import Draft, coded, coding_of, put_time
from healthmate_desktop.interop.ccda.nodes import NOTHING
from healthmate_desktop.interop.ccda.systems import TERMINOLOGY, identifier_of
from healthmate_desktop.interop.ccda.times import NO_TIME, birth_date_of, span_of, time_of

if TYPE_CHECKING:
    from healthmate_desktop.interop.ccda.nodes import Node
    from healthmate_desktop.interop.ccda.places import Place
    from healthmate_desktop.interop.ccda.times import Time

_US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
_FHIR = "http://hl7.org/fhir/StructureDefinition/patient-"
_GENDERS = {
    **dict.fromkeys(("m", "male", "248153007"), "male"),
    **dict.fromkeys(("f", "female", "248152002"), "female"),
    **dict.fromkeys(("un", "o", "oth", "other", "undifferentiated", "x"), "other"),
    **dict.fromkeys(("unk", "u", "unknown", "asku", "nask"), "unknown"),
}
_NAME_USES = {
    "L": "usual",
    "C": "official",
    "P": "nickname",
    "A": "anonymous",
    "ASGN": "usual",
    "BR": "maiden",
}
_ADDRESS_USES = {
    "HP": "home",
    "H": "home",
    "HV": "home",
    "WP": "work",
    "TMP": "temp",
    "BAD": "old",
    "OLD": "old",
}
_TELECOM_USES = {
    "HP": "home",
    "H": "home",
    "HV": "home",
    "WP": "work",
    "MC": "mobile",
    "TMP": "temp",
    "EC": "home",
}
_SCHEMES = {
    "tel": "phone",
    "fax": "fax",
    "mailto": "email",
    "http": "url",
    "https": "url",
    "sms": "sms",
}
_OMB = frozenset(("1002-5", "2028-9", "2054-5", "2076-8", "2106-3", "2131-1", "2135-2", "2186-5"))
_CONTACTS = frozenset(("NOK", "ECON", "PRS", "CAREGIVER", "AGNT", "GUARD", "CON"))


# Names, addresses, numbers


def name_of(node: Node) -> dict[str, Any]:
    """A FHIR HumanName; empty where nobody is named."""
    name: dict[str, Any] = {}
    use = next((_NAME_USES[word] for word in node.get("use").split() if word in _NAME_USES), "")
    family = " ".join(filter(None, (part.text for part in node.all("family"))))
    if any("BR" in part.get("qualifier").split() for part in node.all("family")):
        use = "maiden"
    parts: dict[str, Any] = {"family": family}
    for tag in ("given", "prefix", "suffix"):
        parts[tag] = [text for part in node.all(tag) if (text := part.text)]
    name |= {tag: value for tag, value in parts.items() if value}
    if not name and node.text:
        name["text"] = node.text
    if name and use:
        name["use"] = use
    period = _period(node.first("validTime"))
    if name and period:
        name["period"] = period
    return name


def full_name(node: Node) -> str:
    """As one says it: given names first."""
    name = name_of(node)
    words = [
        *name.get("prefix", ()),
        *name.get("given", ()),
        name.get("family", ""),
        *name.get("suffix", ()),
    ]
    return " ".join(filter(None, words)) or name.get("text", "")


def plain_name(node: Node) -> str:
    """Given and family name alone, as people are compared by."""
    name = name_of(node)
    return " ".join(filter(None, (*name.get("given", ()), name.get("family", "")))) or name.get(
        "text", ""
    )


def _period(node: Node) -> dict[str, Any]:
    span, period = span_of(node), {}
    put_time(period, "start", span.start)
    put_time(period, "end", span.end)
    return period


def address_of(node: Node) -> dict[str, Any]:
    address: dict[str, Any] = {}
    use = next(
        (_ADDRESS_USES[word] for word in node.get("use").split() if word in _ADDRESS_USES), ""
    )
    lines = [
        text
        for tag in ("streetAddressLine", "additionalLocator")
        for part in node.all(tag)
        if (text := part.text)
    ]
    if lines:
        address["line"] = lines
    for tag, name in (
        ("city", "city"),
        ("county", "district"),
        ("state", "state"),
        ("postalCode", "postalCode"),
        ("country", "country"),
    ):
        text = node.first(tag).text
        if text:
            address[name] = text
    if not address and not node.children and node.text:
        address["text"] = node.text
    period = _period(node.first("useablePeriod"))
    return (
        {**address, **({"use": use} if use else {}), **({"period": period} if period else {})}
        if address
        else {}
    )


def telecom_of(node: Node) -> dict[str, str]:
    value = node.get("value") or node.text
    scheme, colon, rest = value.partition(":")
    system = _SCHEMES.get(scheme.casefold(), "") if colon else ""
    if not system:
        system, rest = ("email" if "@" in value else "phone"), value
    if system == "url":
        rest = value
    if not re.search(r"\w", rest):
        return {}
    uses = node.get("use").split()
    contact = {"system": "pager" if "PG" in uses else system, "value": rest.strip()}
    use = next((_TELECOM_USES[word] for word in uses if word in _TELECOM_USES), "")
    return {**contact, "use": use} if use else contact


# Whom it is about


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


# Who did something


def actor_of(entity: Node) -> dict[str, Any]:
    """A FHIR Reference that names someone, of any role that holds a person, a device or an organisation."""
    display = full_name(
        entity.first("assignedPerson", "name") or entity.first("associatedPerson", "name")
    )
    if not display:
        device = entity.first("assignedAuthoringDevice")
        display = device.first("softwareName").text or device.first("manufacturerModelName").text
    organization = organization_name(entity)
    if not display:
        display = organization or full_name(entity.first("playingEntity", "name"))
    elif organization:
        display = f"{display}, {organization}"
    identifiers = (
        identifier_of(each.get("root"), each.get("extension")) for each in entity.all("id")
    )
    identifier: dict[str, str] = next(
        (each for each in identifiers if "npi" in each.get("system", "")), {}
    )
    return {
        **({"identifier": identifier} if identifier else {}),
        **({"display": display} if display else {}),
    }


def organization_name(entity: Node) -> str:
    for tag in ("representedOrganization", "scopingOrganization", "scopingEntity"):
        text = entity.first(tag, "name").text or entity.first(tag, "desc").text
        if text:
            return text
    return ""


def _organization(node: Node) -> dict[str, str]:
    name = node.first("name").text
    return {"display": name} if name else {}


def performers_of(node: Node) -> list[dict[str, Any]]:
    found = [
        actor_of(each.first("assignedEntity") or each.first("participantRole"))
        for each in node.all("performer")
    ]
    return [actor for actor in found if "display" in actor]


def author_of(draft: Draft) -> tuple[dict[str, Any], Time]:
    """Who wrote this down last and when it was first written down, from it or the nearest statement around it."""
    for node in (draft.node, *reversed(draft.place.around)):
        authors = list(node.all("author"))
        if not authors:
            continue
        zone = draft.place.document.zone
        times = [time for each in authors if (time := span_of(each.first("time"), zone).first)]
        actors = [
            actor
            for each in authors
            if "display" in (actor := actor_of(each.first("assignedAuthor")))
        ]
        return (actors[-1] if actors else {}), min(times, default=NO_TIME)
    return {}, NO_TIME


def put_author(draft: Draft, actor: str = "recorder", when: str = "recordedDate") -> None:
    who, time = author_of(draft)
    draft.put(actor, who)
    draft.put_time(when, time)


def location_of(node: Node) -> str:
    """The name of a place: where something was done."""
    for participant in node.all("participant"):
        if participant.get("typeCode").upper() == "LOC":
            role = participant.first("participantRole")
            return (
                role.first("playingEntity", "name").text
                or role.first("code").get("displayName")
                or role.first("playingEntity", "desc").text
            )
    return ""


def function_of(participation: Node) -> dict[str, Any]:
    """What someone was in it: primary care physician, surgeon."""
    for node in (
        participation.first("functionCode"),
        participation.first("assignedEntity", "code"),
    ):
        coding = coding_of(node)
        words = node.first("originalText").text or node.get("displayName")
        concept: dict[str, Any] = {
            **({"coding": [coding]} if coding else {}),
            **({"text": words} if words else {}),
        }
        if concept:
            return concept
    return {}
