"""Who sent a page: the clinic, laboratory or practice that its letterhead names."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.measures.wordlists import words
from healthmate_desktop.interop.pages.words import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from healthmate_desktop.domain.documents import Page
    from healthmate_desktop.domain.proposals import Proposal
    from healthmate_desktop.interop.pages.rows import Row

_FIRST_ROWS = 5
_TOP = 0.25  # of the height of a page
_LONGEST, _MOST_WORDS = 80, 9
_HOUSE = re.compile(
    r"\b(?:clinics?|hospitals?|laborator(?:y|ies)|labs|practice|surgery|cent(?:re|er)|institute|"
    r"diagnostics|pathology|infirmary|polyclinic|health ?care|medical group|pharmacy|"
    r"\w*klinik(?:um)?|krankenhaus|spital|\w*labor|praxis|\w*zentrum|institut|gesundheitszentrum|"
    r"apotheke|h[oô]pital|clinique|laboratoire|cabinet|centre|"
    r"cl[ií]nica|laboratorio|consultorio|centro|instituto|farmacia)\b",
    re.IGNORECASE,
)
_NO_HOUSE = re.compile(
    r"\b(?:report|results?|letter|summary|record|discharge|visit|appointments?|copy|referr\w+|"
    r"ordered|ordering|patient|dear|to|from|your|you|we|our|name|was|were|is|at|reference|notes?|"
    r"test|tests|form|information|instructions|request|values?|data|panel|attending|"
    r"entlassungsbericht|befund|bericht|arztbrief|laborwerte|informe|alta|resultados|compte|rendu|"
    r"r[eé]sultats|carta|brief)\b|[:?!@]|\d{3}|\bwww\.|\.$",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(
    r"\W*(?:to|dr|mr|mrs|ms|miss|prof|herrn?|frau|an|a la|monsieur|madame|dear)\b", re.IGNORECASE
)
_STREET = re.compile(
    r"^\d|\b(?:street|road|lane|avenue|drive|way|st|rd|ave|square|close|stra(?:ss|\u00df)e|platz|weg)\W*$",
    re.IGNORECASE,
)
_ALL_KINDS = words(  # words that are no name by themselves
    "the|of|and|a|clinic|clinics|hospital|laboratory|laboratories|labs|practice|surgery|centre|center|"
    "institute|diagnostics|pathology|health|healthcare|care|medical|group|medicine|department|unit|ward|"
    "service|services|outpatient|klinik|labor|praxis|zentrum|institut|krankenhaus|hopital|clinique|"
    "laboratoire|cabinet|clinica|laboratorio|centro|instituto|consultorio|de|del|la|le|du|des|"
    "fur|der|die|das|und|y|et|chemistry|haematology|hematology|biochemistry|clinical|general|"
    "results|main|blood|day|pharmacy|vaccination|immunisation|immunization"
)
_KEYS = {  # where a resource of each type says who did it
    "Observation": ("performer", "list"),
    "Immunization": ("performer", "actor"),
    "Condition": ("recorder", ""),
    "AllergyIntolerance": ("recorder", ""),
    "MedicationStatement": ("informationSource", ""),
}


def senders_of(pages: Sequence[Page], rows: Sequence[Sequence[Row]]) -> dict[int, str]:
    """By the number of the page. A page without a letterhead has that of the others, if they agree."""
    named = {
        page.number: name
        for page, each in zip(pages, rows, strict=True)
        if (name := _letterhead(page, each))
    }
    if len({plain(name) for name in named.values()}) == 1:
        name = next(iter(named.values()))
        return {page.number: name for page in pages}
    return named


def sent(proposals: Iterable[Proposal], senders: Mapping[int, str]) -> Iterator[Proposal]:
    """Each proposal with the sender of its page."""
    for proposal in proposals:
        name = senders.get(proposal.spot.page, "")
        key, form = _KEYS.get(str(proposal.resource.get("resourceType")), ("", ""))
        if not name or not key or key in proposal.resource:
            yield proposal
            continue
        who: dict[str, Any] = {"display": name}
        said = {"list": [who], "actor": [{"actor": who}]}.get(form, who)
        yield replace(proposal, resource={**proposal.resource, key: said})


def _letterhead(page: Page, rows: Sequence[Row]) -> str:
    """Nothing also where the top names two houses, as above the address of another."""
    found = [
        name
        for above, row in zip(("", *(row.text for row in rows)), rows[:_FIRST_ROWS], strict=False)
        if not _ADDRESSED.match(above)
        if not page.height or row.top <= _TOP * page.height
        for cell in row.cells
        if (name := _house(cell.text))
    ]
    return found[0] if len({plain(name) for name in found}) == 1 else ""


def _house(text: str) -> str:
    """The name of a house that a cell begins with or, behind a department, goes on with."""
    parts = (part.strip("#*_ ") for part in text.split(","))
    return next((part for part in parts if _is_house(part)), "")


def _is_house(name: str) -> bool:
    if len(name) > _LONGEST or len(name.split()) > _MOST_WORDS:
        return False
    if _NO_HOUSE.search(name) or _STREET.search(name) or _HOUSE.search(name) is None:
        return False
    own = [word for word in plain(name).split() if word not in _ALL_KINDS and len(word) > 1]
    return bool(own) and sum(word[:1].isupper() for word in name.split()) > 1
