"""Sources of the medical library: where its articles come from."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from healthmate_desktop.domain.ids import SourceId

SourceKind = Literal["starter", "file", "beir"]
OWN_COPY = "Your copy"  # the licence where nobody says which

_PARTIAL = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


@dataclass(frozen=True, slots=True)
class Source:
    """What was added at once and belongs together: the starter set, a collection, files. Public, not encrypted."""

    id: SourceId
    kind: SourceKind
    title: str
    licence: str  # SPDX name, or "Your copy"
    published: date | None  # of the source itself; None = not known
    added_at: datetime  # UTC
    passages: int
    articles: int
    sha256: str  # of what was added, so that the same thing is not added twice
    note: str = ""  # "Not reviewed by a clinician"
    publisher: str = ""
    replaced: tuple[SourceId, ...] = ()  # older copies that it took the place of


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading on a page whose text has no marks for it, as in a PDF: `text` stands at `start`."""

    page: int  # from 1
    start: int
    level: int  # from 1, the outermost
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """One readable text of a source: a topic, a file, a record of a collection.

    Its pages are Markdown, with `#` before headings, or plain text whose headings are told by `headings`.
    """

    id: str
    source_id: SourceId
    title: str
    pages: tuple[str, ...]  # the text of each page; most have one
    external_id: str = ""  # the source's own
    url: str = ""
    file: str = ""  # name of the kept original under the library folder; "" = text only
    publisher: str = ""
    licence: str = ""  # SPDX name; "" = not said
    published: str = ""  # as precisely as it is known: 2024, 2024-02 or 2024-02-29
    language: str = ""  # en, es
    kind: str = ""  # topic, question, paper, abstract, label, pdf, html
    headings: tuple[Heading, ...] = ()  # only while passages are made

    @property
    def digest(self) -> str:
        """The same for the same words under another name, however they are spaced."""
        words = " ".join(" ".join((self.title, *self.pages)).casefold().split())
        return hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=16).hexdigest()


def partial_date(text: str) -> str:
    """`text` where it is a date such as 2024, 2024-02 or 2024-02-29, else an empty string."""
    found = _PARTIAL.fullmatch(text)
    if found is None:
        return ""
    try:
        date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return ""
    return text


def first_day(published: str) -> date | None:
    """The first day of a date that may be known to the year or month only."""
    found = _PARTIAL.fullmatch(partial_date(published))
    return date(int(found[1]), int(found[2] or 1), int(found[3] or 1)) if found else None
