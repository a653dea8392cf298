"""Names of vaccines in English, Spanish, French and German, with the CVX code where a name leaves no choice.

CVX codes are those of the CDC's table of vaccines (https://www2a.cdc.gov/vaccines/iis/iisstandards/vaccines.asp?rpt=cvx).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from healthmate_desktop.domain.measures.wordlists import spread, words
from healthmate_desktop.interop.pages.words import plain

CVX = "http://hl7.org/fhir/sid/cvx"

_CODES = spread(
    {
        "03": (
            "mmr|measles mumps rubella|measles mumps and rubella|sarampion rubeola paperas|"
            "triple virica|srp|ror|rougeole oreillons rubeole|masern mumps roteln|mmr ii"
        ),
        "94": "mmrv|measles mumps rubella varicella|masern mumps roteln varizellen|proquad|priorix tetra",
        "05": "measles|sarampion|rougeole|masern",
        "06": "rubella|rubeola|rubeole|roteln",
        "07": "mumps|paperas|oreillons",
        "107": "dtap",
        "115": "tdap|boostrix|adacel",
        "139": "td|tetanus and diphtheria|tetanus diphtheria",
        "112": "tetanus|tetanos|wundstarrkrampf",
        "10": "ipv|inactivated polio|polio inactivated|ipol|imovax polio",
        "182": "opv|oral polio|polio oral",
        "89": "polio|poliomyelitis|poliomielitis|kinderlahmung",
        "45": "hepatitis b|hep b|hepb|hbv|hepatite b|engerix b|recombivax hb",
        "85": "hepatitis a|hep a|hepa|hav|hepatite a|havrix|vaqta",
        "104": "hepatitis a and b|hepatitis a b|hepa hepb|twinrix",
        "17": "hib|haemophilus influenzae type b|haemophilus influenzae b|haemophilus influenza type b",
        "122": "rotavirus|rota|rotaviren|rv",
        "116": "rotateq|rv5",
        "119": "rotarix|rv1",
        "109": "pneumococcal|pneumococcus|pneumokokken|neumococo|pneumocoque|pneumo",
        "152": "pcv|pneumococcal conjugate",
        "133": "pcv13|pcv 13|prevnar 13|prevenar 13",
        "215": "pcv15|pcv 15|vaxneuvance",
        "216": "pcv20|pcv 20|prevnar 20|prevenar 20",
        "33": "ppsv23|pneumococcal polysaccharide|ppsv 23|ppv23|pneumovax|pneumovax 23",
        "21": "varicella|chickenpox|chicken pox|windpocken|varizellen|varicelle|varivax|var",
        "88": "influenza|flu|seasonal flu|seasonal influenza|grippe|gripe",
        "137": "hpv|human papillomavirus|papillomavirus|vph|humane papillomviren",
        "165": "gardasil 9|hpv9|9vhpv",
        "108": "meningococcal acwy|menacwy|men acwy|meningococcal a c w y|meningokokken acwy",
        "164": "meningococcal b|menb|men b|meningokokken b|meningococo b|meningocoque b",
        "103": "meningococcal c|menc|men c|meningokokken c|meningococo c|meningocoque c",
        "163": "bexsero",
        "162": "trumenba",
        "188": "shingles|zoster|herpes zoster|gurtelrose|zona",
        "187": "shingrix",
        "121": "zostavax",
        "19": "bcg",
        "184": "yellow fever|fiebre amarilla|fievre jaune|gelbfieber",
        "91": "typhoid|fiebre tifoidea|typhoide|typhus",
        "90": "rabies|rabia|rage|tollwut",
        "129": "japanese encephalitis|encefalitis japonesa|encephalite japonaise|japanische enzephalitis",
        "222": "tick borne encephalitis|tbe|fsme",
        "26": "cholera|colera",
        "213": "covid 19|covid|covid19|sars cov 2",
        "314": "rsv|respiratory syncytial virus",
        "110": "dtap hepb ipv|pediarix",
        "120": "dtap hib ipv|pentacel",
        "170": "dtap ipv hib",
        "130": "dtap ipv|kinrix|quadracel",
        "146": "vaxelis",
        "": (  # known by a name that stands for more than one
            "dtp|dt|dpt|6 in 1|5 in 1|4 in 1|3 in 1|hexavalent|hexavalente|pentavalent|dtap ipv hib hepb|"
            "infanrix|infanrix hexa|hexaxim|hexyon|pediacel|repevax|revaxis|meningococcal|meningitis|"
            "meningokokken|meningococo|meningocoque|mcv4|menveo|menactra|nimenrix|gardasil|prevnar|"
            "prevenar|comirnaty|spikevax|pfizer|moderna|fluzone|fluad|flumist|diphtheria|diphtherie|"
            "difteria|pertussis|whooping cough|keuchhusten|coqueluche|tos ferina"
        ),
    }
)
_KINDS = {  # of a vaccine that is named in general
    "89": words("10|182"),
    "109": words("133|152|215|216|33"),
    "152": words("133|215|216"),
    "122": words("116|119"),
    "137": words("165"),
    "164": words("162|163"),
    "188": words("121|187"),
}
_ONLY_VACCINES = words(  # names that stand for nothing else, such as a disease or a test
    "mmr|mmr ii|mmrv|proquad|dtap|tdap|boostrix|adacel|ipv|opv|twinrix|pcv13|pcv 13|pcv15|pcv 15|"
    "pcv20|pcv 20|prevnar 13|prevenar 13|prevnar 20|prevenar 20|ppsv23|ppsv 23|ppv23|pneumovax|"
    "pneumovax 23|gardasil|gardasil 9|menacwy|men acwy|menb|men b|bexsero|trumenba|shingrix|"
    "zostavax|rotateq|rotarix|pediarix|pentacel|vaxelis|infanrix hexa|hexaxim|hexyon|dtap ipv|"
    "dtap ipv hib|varivax|priorix tetra|6 in 1|repevax|revaxis|comirnaty|spikevax|fluzone"
)
_SIDE = re.compile(
    r"\b(?:vaccines?|vaccination|vaccin|vaccins|vacunas?|vacunacion|impfung|impfstoff|schutzimpfung|"
    r"immuni[sz]ation|shot|jab|injection|boosters?|auffrischung|rappel|refuerzo|"
    r"contra|contre|gegen|against|virus|toxoids?|seasonal|im|sc|la|le|el|the|"
    r"(?:dose|dosis|nr|no)(?: (?:no|nr))? ?\d{1,2}|\d(?:st|nd|rd|th|re|a|eme)? (?:dose|dosis)|dose)\b"
)
_BRACKET = re.compile(r"\(([^()]*)\)")
_NUMBERED = re.compile(r"\s*(?:#\s*\d{1,2}|\(\s*\d\s*\))\s*$")


@dataclass(frozen=True, slots=True)
class Vaccine:
    code: str = ""  # CVX
    only: bool = False  # the name stands for nothing but a vaccine


def vaccine_of(name: str) -> Vaccine | None:
    """None for a name that is not known here."""
    name = _NUMBERED.sub("", name)
    whole = _known(name)
    if whole is not None:
        return whole
    outer = _known(_BRACKET.sub(" ", name))
    inner = [found for each in _BRACKET.findall(name) if (found := _known(each)) is not None]
    if not inner:
        return outer
    if outer is None:
        return Vaccine(only=inner[0].only)
    return Vaccine(_narrower(outer.code, inner[0].code), outer.only or inner[0].only)


def _known(name: str) -> Vaccine | None:
    said = plain(name)
    for key in (said, " ".join(_SIDE.sub(" ", said).split())):
        if key in _CODES:
            return Vaccine(_CODES[key], key in _ONLY_VACCINES)
    return None


def _narrower(one: str, other: str) -> str:
    """Of a name and another in brackets; "" where they do not go together."""
    if one == other or other in _KINDS.get(one, ()):
        return other
    return one if one in _KINDS.get(other, ()) else ""
