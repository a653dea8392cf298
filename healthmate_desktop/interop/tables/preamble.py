"""What stands above a table: whose results they are and when they were made."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from healthmate_desktop.domain.measures.dates import parse_date
from healthmate_desktop.domain.proposals import NamedPerson
from healthmate_desktop.interop.tables.headings import role_of
from healthmate_desktop.interop.tables.mapping import Role, cell_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from healthmate_desktop.domain.measures.dates import Order
    from healthmate_desktop.interop.tables.mapping import Row

_LABEL = re.compile(r"([^:]{2,40}):\s*(.*)\Z", re.DOTALL)
_SEXES = {
    **dict.fromkeys(("f", "female", "w", "weiblich", "femme", "féminin", "mujer", "femenino", "femmina"), "female"),
    **dict.fromkeys(("m", "male", "männlich", "homme", "masculin", "hombre", "masculino", "maschio"), "male"),
}  # fmt: skip
_WANTED = (Role.PERSON, Role.BIRTH_DATE, Role.SEX, Role.IDENTIFIER, Role.DATE, Role.PERFORMER)


def preamble_of(rows: Iterable[Row]) -> dict[Role, str]:
    """Labels and what stands behind them, in the same cell ("Patient: Jane Roe") or the next."""
    found: dict[Role, str] = {}
    for _, cells in rows:
        texts = [text for cell in cells if (text := cell_text(cell))]
        waiting = Role.IGNORED
        for text in texts:
            if waiting:
                found.setdefault(waiting, text[:200])
                waiting = Role.IGNORED
                continue
            label = _LABEL.match(text)
            role = role_of(label[1] if label else text).role
            if role in _WANTED and label and label[2]:
                found.setdefault(role, label[2].strip()[:200])
            elif role in _WANTED and (label or len(texts) > 1):
                waiting = role
    return found


def date_of(preamble: Mapping[Role, str], order: Order = "") -> str:
    """The date of all results, "" if none is given or it can be read in two ways."""
    found = parse_date(preamble.get(Role.DATE, ""), order)
    return found.date if found is not None and not found.other else ""


def person_of(said: Mapping[Role, str], order: Order = "") -> NamedPerson | None:
    """Whom the cells name; None if they name nobody."""
    born = parse_date(said.get(Role.BIRTH_DATE, ""), order)
    number = said.get(Role.IDENTIFIER, "").strip()
    person = NamedPerson(
        " ".join(said.get(Role.PERSON, "").split())[:200],
        born.date if born is not None and not born.other else "",
        _SEXES.get(said.get(Role.SEX, "").strip(" .").casefold(), ""),
        (number[:200],) if number else (),
    )
    return person if person.name or person.birth_date or person.identifiers else None
