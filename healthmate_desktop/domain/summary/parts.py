"""What a printed summary is made of. Everything in it is text, ready to be printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SectionKey = Literal[
    "allergies", "medications", "problems", "results", "vitals",
    "immunizations", "procedures", "visits", "findings", "documents",
]  # fmt: skip
Paper = Literal["a4", "letter"]

TITLES: dict[SectionKey, str] = {  # in the order of the print
    "allergies": "Allergies",
    "medications": "Medications",
    "problems": "Problems",
    "results": "Results",
    "vitals": "Vital signs",
    "immunizations": "Immunizations",
    "procedures": "Procedures",
    "visits": "Visits",
    "findings": "Other findings",
    "documents": "Documents",
}
_LETTER = {"US", "CA", "MX", "PH", "CL", "CO", "VE", "CR", "GT", "PA", "DO", "PR"}


@dataclass(frozen=True, slots=True)
class Column:
    head: str
    share: float  # of the width


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[str, ...]  # the first is what it is about
    below: str = ""  # across the whole row


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    empty: str = "None recorded."  # where there are no rows


@dataclass(frozen=True, slots=True)
class Summary:
    name: str
    born: str
    facts: tuple[tuple[str, str], ...]  # of the person and the summary: "Sex", "female"
    told: tuple[str, ...]  # what a reader has to know, a paragraph each
    foot: str  # on every page
    sections: tuple[Section, ...]
    paper: Paper = "a4"


def paper_of(country: str) -> Paper:
    """The paper of an ISO 3166-1 alpha-2 country."""
    return "letter" if country in _LETTER else "a4"
