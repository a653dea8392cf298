"""Sources of the medical library: where its articles come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date, datetime

    from healthmate_desktop.domain.ids import SourceId

SourceKind = Literal["starter", "file", "beir"]


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that was added at once: the starter set, a file, a BEIR folder. Public, not encrypted."""

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


@dataclass(frozen=True, slots=True)
class Article:
    """One readable text of a source: a topic, a file, a record of a BEIR corpus."""

    id: str
    source_id: SourceId
    title: str
    pages: tuple[str, ...]  # the text of each page; most have one
    external_id: str = ""
    url: str = ""
    file: str = ""  # name of the kept original under the library folder; "" = text only
