"""Allergies proposed from lists, tables and sentences, and that none are known where a page says so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.measures.dates import find_dates
from healthmate_desktop.domain.measures.qualities import SNOMED
from healthmate_desktop.domain.measures.wordlists import spread
from healthmate_desktop.interop.pages.told import (
    LABELS,
    NEGATED,
    NO_PROBLEM,
    PROSE,
    cell_for,
    concept,
    doubts_of_date,
    joined_names,
    labelled,
    onset_of,
    proposal_of,
)
from healthmate_desktop.interop.pages.words import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.domain.proposals import Proposal, Resource
    from healthmate_desktop.interop.pages.cells import Style
    from healthmate_desktop.interop.pages.sections import Item

_ALLERGY = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
_ALLERGY_VER = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
_INACTIVE = re.compile(r"\binactive|inactiv[oae]\b", re.IGNORECASE)
_ALLERGIC_TO = re.compile(
    r"^(?:the patient is |patient is |he is |she is )?(?:allergic to|alergia a|"
    r"al[eé]rgic[oa] a|allergique (?:à|aux?)|allergie (?:gegen|à|aux?|auf))\s+",
    re.IGNORECASE,
)
_SAYS_MORE = re.compile(r"\b(?:was|were|is|are|has|had|given|instead|avoid)\b", re.IGNORECASE)
_SIDE = re.compile(
    r"\s*(?:\((?P<bracket>[^()]+)\)|\s[-\u2013:]\s*(?P<dash>.+)|:\s*(?P<colon>.+)|"
    r"\s(?:causes?|caus[eé]d|produce|provoque|->|→)\s+(?P<verb>.+))\s*$"
)
_SEVERITIES = spread(
    {
        "mild": "mild|leve|leger|leicht",
        "moderate": "moderate|moderada|modere|massig",
        "severe": "severe|grave|severe |schwer",
    }
)
_NOT_ANY_MORE = re.compile(
    r"\bno longer\b|\b(?:out)grew\b|\boutgrown\b|\bnot (?:an )?allerg|\bnow tolerates?\b|\bwell tolerated\b|"
    r"\bno (?:allergic )?reaction (?:in|at|to|during|on|when|after)\b|\bthought to be an? allerg|"
    r"\b(?:challenge|provocation|allergy test|skin test|blood test)[^.;]{0,40}\bnegative\b|"
    r"\bno allergy\b|\bruled out\b|\bya no\b|\bn'est plus\b|\bnicht mehr\b",
    re.IGNORECASE,
)
_NONE_KNOWN = spread(
    {
        ("409137002", "No known drug allergy"): (
            "nkda|no known drug allergies|no known drug allergy|no known medication allergies|"
            "no known medicine allergies|sin alergias medicamentosas conocidas|"
            "no known allergies to medication|no known allergies to medicines|"
            "keine bekannten medikamentenallergien|pas d allergie medicamenteuse connue"
        ),
        (
            "429625007",
            "No known food allergy",
        ): "nkfa|no known food allergies|no known food allergy",
        ("716186003", "No known allergy"): (
            "nka|no known allergies|no known allergy|no allergies known|no allergies|none known|"
            "no known|no known allergies or intolerances|no known allergies or adverse reactions|"
            "no conocidas|no conocida|sin alergias|sin alergias conocidas|ninguna conocida|"
            "no alergias conocidas|"
            "pas d allergie connue|aucune allergie connue|aucune connue|pas d allergie|"
            "keine bekannt|keine allergien|keine allergien bekannt|keine bekannten allergien"
        ),
    }
)
_ABOUT_THE_LIST = re.compile(
    r"^\W*(?:kept|written|updated|reviewed|checked|changed|made|printed|last|as of|signed)\b|"
    r"\blast (?:changed|updated|reviewed|checked)\b",
    re.IGNORECASE,
)
_BOLD = re.compile(
    r"^\s*(?P<mark>\*\*|__)(?P<name>[^*_]{2,80})(?P=mark)\s*[:.\u2013-]*\s*(?P<rest>.*)$"
)
_STORY = re.compile(r"^(?P<name>[^:;,()]{2,60}):\s*(?P<rest>[^:]+)$")
_STORY_WORDS = 6  # before the first comma: a sentence, and no list of more
_HAPPENED = re.compile(
    r"\b(?:had|got|gets?|developed|caus(?:es|ed|ing)|gives? (?:her|him|me)|gave (?:her|him|me)|"
    r"brought on|came out in)\s+(?P<what>[^.;]+)",
    re.IGNORECASE,
)
_ADVICE = re.compile(
    r"\s*[,;.(]?\s*\b(?:so|but|worst|worse|avoid\w*|use|which|who|when|if|carr(?:y|ies)|needs?)\b.*$",
    re.IGNORECASE,
)
_NO_SIGN = re.compile(
    r"^(?:in|on|since|at|from|never|not|may|might|confirmed|positive|tests?|only|first|all|any|even|"
    r"including|possibl[ey]|the|see|has|was|is|he|she|they|we)\b|\b(?:allerg\w*|test\w*|was|were)\b",
    re.IGNORECASE,
)
_LONGEST_SIGN = 80


def allergies_in(item: Item, style: Style) -> Iterator[Proposal]:
    none = _NONE_KNOWN.get(plain(item.text))
    if none is not None:
        yield _none_known(item, *none)
    if any(each.search(item.text) for each in (NEGATED, _NOT_ANY_MORE, _ABOUT_THE_LIST)):
        return
    if len(item.cells) > 1:
        yield from _allergy(
            item,
            joined_names(item),
            cell_for(item, "reaction") or labelled(item, "reaction"),
            style,
        )
        return
    story = _told(item)
    if story is not None:
        yield from _allergy(item, story["name"], _sign(story["rest"]), style, story["rest"])
        return
    text = _ALLERGIC_TO.sub("", item.text.strip(" ."))
    for part in re.split(r"[;,]\s*(?![^()]*\))|\s+(?:and|y|et|und)\s+(?=[^()]*$)", text):
        side = _SIDE.search(part)
        reaction = next((group for group in side.groups() if group), "") if side is not None else ""
        yield from _allergy(
            item, part[: side.start()] if side is not None else part, reaction, style
        )


def _told(item: Item) -> re.Match[str] | None:
    """An entry that names one substance and then tells about it in a sentence."""
    bold = _BOLD.match(item.text)
    if bold is not None:
        return bold
    story = _STORY.match(item.text) if item.listed else None
    if story is None:
        return None
    first = story["rest"].partition(",")[0]
    sentence = len(first.split()) >= _STORY_WORDS or _SAYS_MORE.search(story["rest"]) is not None
    return story if sentence else None


def _sign(story: str) -> str:
    """What happened, as far as a sentence says it plainly."""
    happened = _HAPPENED.search(story)
    said = happened["what"] if happened is not None else story.split(". ", maxsplit=1)[0]
    said = _ADVICE.sub("", said.removeprefix("(").removesuffix(")")).strip(" .,;")
    plainly = happened is not None or _NO_SIGN.search(said) is None
    return said if plainly and len(said) <= _LONGEST_SIGN else ""


def _none_known(item: Item, code: str, display: str) -> Proposal:
    resource: Resource = {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": concept(_ALLERGY, "active"),
        "verificationStatus": concept(_ALLERGY_VER, "unconfirmed"),
        "code": {
            "coding": [{"system": SNOMED, "code": code, "display": display}],
            "text": item.text.strip(" ."),
        },
    }
    return proposal_of(resource, item, [PROSE])


def _allergy(
    item: Item, name: str, reaction: str, style: Style, story: str = ""
) -> Iterator[Proposal]:
    name = LABELS.sub("", name).strip(" .,;:*_-")
    letters = sum(letter.isalpha() for letter in name)
    if letters < 3 or len(name) > 80 or len(name.split()) > 8 or NO_PROBLEM.match(name):
        return
    if _SAYS_MORE.search(name):
        return
    status = "inactive" if _INACTIVE.search(cell_for(item, "status") or item.text) else "active"
    resource: Resource = {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": concept(_ALLERGY, status),
        "verificationStatus": concept(_ALLERGY_VER, "unconfirmed"),
        "code": {"text": name},
    }
    if reaction:
        made: dict[str, Any] = {"manifestation": [{"text": reaction.strip(" .")}]}
        severity = _SEVERITIES.get(plain(cell_for(item, "severity")))
        resource["reaction"] = [made | ({"severity": severity} if severity else {})]
    doubts = [PROSE]
    if story and story.strip(" .()") != reaction:
        resource["note"] = [{"text": story.strip()}]
    dates = list(find_dates(story, style.order))
    if reaction and _HAPPENED.search(story) and len(dates) == 1:
        resource["reaction"][0]["onset"] = dates[0].date
        doubts += doubts_of_date(dates[0])
    onset = onset_of(item, style)
    if onset is not None:
        resource["onsetDateTime"] = onset.date
        doubts += doubts_of_date(onset)
    yield proposal_of(resource, item, doubts)
