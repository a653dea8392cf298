"""What the items of a letter say: cells by their heads, days, doubts, and the proposal that is made of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.measures.dates import find_dates, parse_date
from healthmate_desktop.domain.proposals import Proposal, Spot
from healthmate_desktop.interop.pages.rows import boxes_of_tokens

if TYPE_CHECKING:
    from healthmate_desktop.domain.measures.dates import Found
    from healthmate_desktop.domain.proposals import Resource
    from healthmate_desktop.interop.pages.cells import Style
    from healthmate_desktop.interop.pages.sections import Item

PROSE = "This was read from the text of a letter. Compare it with the page."

NEGATED = re.compile(
    r"^\W*(?:no|none|nil|not|nkda|nka|nkfa|negative for|denies|denied|without|free of|n/?a|"
    r"unknown|unremarkable|"
    r"sin|ning[uú]n[ao]?|niega|no conocidas?|desconocidas?|pas d['e\u2019]|aucune?|sans|"
    r"n[eé]ant|nie\b|keine?|ohne|verneint|unbekannt)(?!\w)"
    r"|\bpas d['\u2019]"
    r"|\b(?:not known|no known|none known|nkda|denies|no evidence of|ruled out|rule out:? no|"
    r"no data|is applicable|not applicable|no conocid[ao]s?|no refiere|niega|non connues?|"
    r"aucune? .* connue?|"
    r"nicht bekannt|keine .*bekannt|kein anhalt|ausgeschlossen|sin evidencia de|descartad[ao]|"
    r"absence d)\b",
    re.IGNORECASE,
)
_ONSET = re.compile(
    r"\b(?:onset|since|diagnosed|inicio|desde|depuis|d[eé]but|seit)\b\W*", re.IGNORECASE
)
LABELS = re.compile(
    r"\s*[:;,\u2013-]?\s*\b(?:status|estado|statut|comments?|reaction|reacci[oó]n|r[eé]action|"
    r"reaktion|severity|onset|authored)\b\s*[:\-\u2013].*$",
    re.IGNORECASE,
)
NO_PROBLEM = re.compile(
    r"^(?:problem #?\d+|active concerns|resolved concerns|page|\d+ ?\| ?page|p ?a ?g ?e|name|"
    r"dates?|status|problems?|the patient|he|she|this|as i|we|please|follow)\b",
    re.IGNORECASE,
)


def with_roles(item: Item) -> list[tuple[Any, str]]:
    roles = item.roles or tuple("name" if place == 0 else "" for place in range(len(item.cells)))
    return list(zip(item.cells, roles, strict=True))


def cell_for(item: Item, role: str) -> str:
    return next((cell.text for cell, each in with_roles(item) if each == role), "")


def joined_names(item: Item) -> str:
    """A name that stands in two cells, because of a wide gap."""
    return " ".join(cell.text for cell, role in with_roles(item) if role == "name")


def labelled(item: Item, label: str) -> str:
    """What stands behind "Reaction:" in any cell."""
    found = re.search(
        rf"\b{label}\w*\s*:\s*(?P<said>[^:;]+?)(?=\s+\w+:|$)", item.text, re.IGNORECASE
    )
    return found["said"] if found is not None else ""


def onset_of(item: Item, style: Style) -> Found | None:
    label = _ONSET.search(item.text)
    if label is None:
        return None
    rest = item.text[label.end() :]
    found = next((each for each in find_dates(rest, style.order) if each.start <= 3), None)
    return found or parse_date(rest.split(" ")[0], style.order)


def doubts_of_date(date: Found) -> list[str]:
    return (
        [f"The date can also mean {date.other}, as day and month may be the other way round."]
        if date.other
        else []
    )


def concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def proposal_of(resource: Resource, item: Item, doubts: list[str]) -> Proposal:
    first = item.rows[0]
    tokens = [token for row in item.rows if row.page == first.page for token in row.tokens]
    spot = Spot(f"row {first.number}", first.page, boxes_of_tokens(tokens))
    return Proposal(resource, spot, item.text, tuple(dict.fromkeys(doubts)))
