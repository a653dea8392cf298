"""Which URI names a code system or an identifier scheme that a document names by OID, or only by its name."""

from __future__ import annotations

import re

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CVX = "http://hl7.org/fhir/sid/cvx"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
ICD9 = "http://hl7.org/fhir/sid/icd-9-cm"
CPT = "http://www.ama-assn.org/go/cpt"
NDC = "http://hl7.org/fhir/sid/ndc"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
ACT_CODE = TERMINOLOGY + "v3-ActCode"
NULL_FLAVOR = TERMINOLOGY + "v3-NullFlavor"
IPS_ABSENT = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"

_ROOT = "2.16.840.1.113883."
_V3 = {
    "5.1": "AdministrativeGender",
    "5.2": "MaritalStatus",
    "5.4": "ActCode",
    "5.6": "ActClass",
    "5.7": "ActPriority",
    "5.8": "ActReason",
    "5.14": "ActStatus",
    "5.25": "Confidentiality",
    "5.53": "HealthcareProviderTaxonomyHIPAA",
    "5.60": "LanguageAbilityMode",
    "5.61": "LanguageAbilityProficiency",
    "5.83": "ObservationInterpretation",
    "5.84": "ObservationMethod",
    "5.85": "orderableDrugForm",
    "5.88": "ParticipationFunction",
    "5.90": "ParticipationType",
    "5.104": "Race",
    "5.110": "RoleClass",
    "5.111": "RoleCode",
    "5.112": "RouteOfAdministration",
    "5.129": "SpecimenType",
    "5.139": "TimingEvent",
    "5.1008": "NullFlavor",
    "5.1052": "ActSite",
    "5.1063": "ObservationValue",
    "5.1076": "ReligiousAffiliation",
    "5.1077": "EducationLevel",
}
_OTHERS = {
    "6.1": LOINC,
    "6.96": SNOMED,
    "6.88": RXNORM,
    "6.90": ICD10,
    "6.3": "http://hl7.org/fhir/sid/icd-10",
    "6.4": "http://www.cms.gov/Medicare/Coding/ICD10",
    "6.2": ICD9,
    "6.103": ICD9,
    "6.104": ICD9,
    "6.12": CPT,
    "6.13": "http://www.ada.org/cdt",
    "6.14": TERMINOLOGY + "HCPCS-all-codes",
    "6.285": "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
    "12.292": CVX,
    "6.59": CVX,
    "12.227": "http://hl7.org/fhir/sid/mvx",
    "6.60": "http://hl7.org/fhir/sid/mvx",
    "6.69": NDC,
    "3.26.1.1": "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl",
    "4.9": "http://fdasis.nlm.nih.gov",
    "6.209": "http://hl7.org/fhir/ndfrt",
    "3.26.1.5": "http://hl7.org/fhir/ndfrt",
    "6.345": "http://va.gov/terminology/medrt",
    "6.208": TERMINOLOGY + "nddf",
    "6.253": TERMINOLOGY + "mddid",
    "6.26": TERMINOLOGY + "medcin",
    "6.27": TERMINOLOGY + "multum",
    "6.101": "http://nucc.org/provider-taxonomy",
    "6.259": "https://www.cdc.gov/nhsn/cdaportal/terminology/codesystem/hsloc.html",
    "6.254": "http://hl7.org/fhir/sid/icf",
    "6.256": "http://radlex.org",
    "6.163": "https://www.meddra.org",
    "6.8": "http://unitsofmeasure.org",
    "6.121": "urn:ietf:bcp:47",
    "3.221.5": "https://nahdo.org/sopt",
    "6.301.5": "https://www.nubc.org/CodeSystem/PatDischargeStatus",
    "12.112": TERMINOLOGY + "v2-0112",
    "12.443": TERMINOLOGY + "v2-0443",
    "12.78": TERMINOLOGY + "v2-0078",
    "18.108": TERMINOLOGY + "v2-0203",
}
_BY_OID = {
    **{_ROOT + oid: f"{TERMINOLOGY}v3-{name}" for oid, name in _V3.items()},
    **{_ROOT + oid: uri for oid, uri in _OTHERS.items()},
    "1.2.840.10008.2.16.4": "http://dicom.nema.org/resources/ontology/DCM",
}
_BY_NAME = (
    (re.compile(r"loinc"), LOINC),
    (re.compile(r"snomed|^sct$|^snm"), SNOMED),
    (re.compile(r"rx-?norm"), RXNORM),
    (re.compile(r"icd-?10-?pcs"), "http://www.cms.gov/Medicare/Coding/ICD10"),
    (re.compile(r"icd-?10-?cm|icd-?10"), ICD10),
    (re.compile(r"icd-?9"), ICD9),
    (re.compile(r"^cvx|vaccineadministered"), CVX),
    (re.compile(r"^cpt"), CPT),
    (re.compile(r"^ndc|nationaldrugcode"), NDC),
    (re.compile(r"ncit|ncithesaurus|nationalcancerinstitute"), _OTHERS["3.26.1.1"]),
    (re.compile(r"^unii"), _OTHERS["4.9"]),
    (re.compile(r"^hcpcs"), _OTHERS["6.285"]),
    (re.compile(r"^ucum"), _OTHERS["6.8"]),
)
_SHAPES = {
    LOINC: re.compile(r"\d{1,7}-\d|(?:LA|LP|LL|LG|MTHU)[\d-]+"),
    SNOMED: re.compile(r"\d{5,18}"),
}
_OID = re.compile(r"[0-2](?:\.\d{1,40}){1,40}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_IDENTIFIERS = {
    _ROOT + "4.1": "http://hl7.org/fhir/sid/us-ssn",
    _ROOT + "4.6": "http://hl7.org/fhir/sid/us-npi",
    _ROOT + "4.572": "http://hl7.org/fhir/sid/us-medicare",
    _ROOT + "4.927": "http://hl7.org/fhir/sid/us-mbi",
}


def system_of(oid: str, name: str, code: str) -> str:
    """The URI for a code's system; an empty string where nothing names it.

    A code that cannot be of the system its OID says is given to the one the name says, if it fits there.
    """
    by_oid = _BY_OID.get(oid.removeprefix("urn:oid:"), "")
    by_name = system_named(name)
    if by_oid and by_name and by_name != by_oid:
        plainly_loinc = by_name == LOINC and bool(_SHAPES[LOINC].fullmatch(code))
        if plainly_loinc or (not _fits(by_oid, code) and _fits(by_name, code)):
            return by_name
    if by_oid:
        return by_oid
    if _OID.fullmatch(oid):
        return f"urn:oid:{oid}"
    if oid.startswith(("http://", "https://", "urn:")):
        return oid
    return system_named(oid) or by_name


def system_named(name: str) -> str:
    """The URI for a name such as "SNOMED-CT" or "ICD9CM"."""
    plain = re.sub(r"[\s_.]", "", name.casefold())[:60]
    return next((uri for pattern, uri in _BY_NAME if pattern.search(plain)), "") if plain else ""


def _fits(system: str, code: str) -> bool:
    shape = _SHAPES.get(system)
    return shape is None or bool(shape.fullmatch(code))


def identifier_system(root: str) -> str:
    """The URI for the root of an id: a known scheme, an OID, a UUID, or nothing for what is neither."""
    if root in _IDENTIFIERS:
        return _IDENTIFIERS[root]
    return _urn(root)


def identifier_of(root: str, extension: str) -> dict[str, str]:
    """A FHIR Identifier of a CDA id; empty where it names nothing."""
    system = identifier_system(root)
    if extension:
        return {"system": system, "value": extension} if system else {"value": extension}
    if not root or root in _IDENTIFIERS:
        return {}
    urn = _urn(root)
    return {"system": "urn:ietf:rfc:3986", "value": urn} if urn else {"value": root}


def _urn(root: str) -> str:
    if _OID.fullmatch(root):
        return f"urn:oid:{root}"
    return f"urn:uuid:{root.lower()}" if _UUID.fullmatch(root) else ""
