"""Questions, answers and what each sentence of an answer stands on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from healthmate_desktop.domain.documents import Box
    from healthmate_desktop.domain.ids import PatientId, ThreadId, TurnId
    from healthmate_desktop.domain.triage import Triage

Route = Literal["emergency", "documents", "library", "both", "none"]

DISCLAIMER = "This is information from your own sources, not a diagnosis. Ask a clinician before you act on it."
NOTHING_FOUND = "Nothing in your documents or library answers this."


@dataclass(frozen=True, slots=True)
class Citation:
    """`quote` is a verbatim piece of the cited page: `page.text[start:start + len(quote)]`."""

    passage_id: str
    document_id: str
    shelf: Literal["person", "library"]
    title: str
    quote: str
    page: int
    start: int
    external_id: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds since the question was sent, but `triage` and `retrieve`, which are lengths."""

    triage: float = 0.0
    retrieve: float = 0.0
    first_token: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    route: Route
    sentences: tuple[AnswerSentence, ...]
    triage: Triage
    weights: str  # name of the weights that helped, "" if none did
    seconds: Timing = Timing()
    note: str = ""  # what the answer does not know, said last

    @property
    def disclaimer(self) -> str:
        return DISCLAIMER


@dataclass(frozen=True, slots=True)
class Turn:
    id: TurnId
    thread_id: ThreadId
    question: str
    answer: Answer
    asked_at: datetime  # UTC


@dataclass(frozen=True, slots=True)
class Thread:
    id: ThreadId
    patient_id: PatientId
    title: str
    updated_at: datetime  # UTC


@dataclass(frozen=True, slots=True)
class Place:
    """Where a citation stands: what a viewer needs to show it lit."""

    citation: Citation
    text: str  # the whole page's text
    boxes: tuple[Box, ...]  # empty where the page has no picture
    width: float = 0.0
    height: float = 0.0
    page_count: int = 1
