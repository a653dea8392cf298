"""What was read out of a file and waits for a person to look at it, before it is a record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from healthmate_desktop.domain.documents import Box

Resource = dict[str, Any]
"""A FHIR R4 resource as JSON. Decimals are `decimal.Decimal`, so that no digit that was sent is lost."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in a document something stands. Formats without pages have `where` alone."""

    where: str = ""  # fit to show: "entry 12", "Results, row 3", "line 40"
    page: int = 0  # from 1; 0 = the document has no pages
    boxes: tuple[Box, ...] = ()  # on that page, one a line of print


@dataclass(frozen=True, slots=True)
class Proposal:
    """One resource as a file has it."""

    resource: Mapping[
        str, Any
    ]  # see Resource; its `subject` or `patient`, if any, is the file's own
    spot: Spot
    text: str = ""  # the very letters it was read from: "Glucose 5,4 mmol/L (3.9 - 5.6)"
    doubts: tuple[str, ...] = ()  # sentences that say why a person should look; none = it is plain


THE_PERSON = "the person"  # where a problem is that ends when it is said whose a document is


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """Whom a document says it is about; "" where it does not say."""

    name: str = ""
    birth_date: str = ""  # FHIR date: YYYY, YYYY-MM or YYYY-MM-DD
    sex: str = ""  # FHIR administrative-gender
    identifiers: tuple[str, ...] = field(default=())
    taken_for: str = ""  # id of the patient whom somebody said this is, whatever the name
