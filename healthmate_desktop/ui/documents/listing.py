"""How a document stands in the list, which are shown, and what is said about one that can't be read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING

from healthmate_desktop.domain.documents import DocumentKind, has_unsure_columns
from healthmate_desktop.domain.proposals import THE_PERSON
from healthmate_desktop.ui.dates import short_day
from healthmate_desktop.ui.documents.reading_words import KIND_WORDS, kind_words
from healthmate_desktop.ui.documents.record_words import values_counted, when_words
from healthmate_desktop.ui.widgets.feedback import Banner
from healthmate_desktop.ui.widgets.row_list import Row

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from healthmate_desktop.domain.documents import Document, Problem
    from healthmate_desktop.services.documents import Listed
    from healthmate_desktop.services.review import Waiting
    from healthmate_desktop.ui.widgets.buttons import Button

_ICONS = {
    DocumentKind.PDF: "document",
    DocumentKind.IMAGE: "picture",
    DocumentKind.DICOM: "picture",
    DocumentKind.FHIR: "heart",
    DocumentKind.CCDA: "heart",
    DocumentKind.APPLE_HEALTH: "heart",
    DocumentKind.SHEET: "log",
    DocumentKind.TABLE: "log",
}
_REASONS = 3  # named in full
_STATES = {
    "": "All",
    "waiting": "To check",
    "ready": "In use",
    "unreadable": "Could not be read",
    "importing": "Waiting to be read",
}
_MOST_SENDERS = 12  # offered: a longer menu is not read
SORTS = (
    ("date", "Newest first"),
    ("added", "Added last first"),
    ("name", "Name"),
    ("type", "Type"),
    ("source", "Source"),
)


@dataclass(frozen=True)
class Entry:
    """A document in the list, and how many of its values nobody has looked at. What is found out of it is kept."""

    listed: Listed
    waiting: int = 0

    @property
    def document(self) -> Document:
        return self.listed.document

    @property
    def state(self) -> str:
        """A key of the filter."""
        return "waiting" if self.waiting else self.document.state

    @cached_property
    def row(self) -> Row:
        return row_of(self)

    @cached_property
    def name(self) -> str:
        return self.document.name.casefold()

    @cached_property
    def kind(self) -> str:
        return kind_words(self.document)

    @cached_property
    def moment(self) -> str:
        """When it is from, else when it came."""
        return self.listed.origin.dated or self.document.added_at.date().isoformat()

    @cached_property
    def sender(self) -> tuple[bool, str]:
        """Those that do not say come last."""
        sender = self.listed.origin.sender
        return not sender, sender.casefold()


def entries_of(documents: Sequence[Listed], waiting: Sequence[Waiting]) -> list[Entry]:
    """Ready to be shown; to be made off the GUI thread."""
    proposals = {each.document.id: each.proposals for each in waiting}
    entries = [Entry(each, proposals.get(each.document.id, 0)) for each in documents]
    for entry in entries:
        _ = entry.row, entry.name, entry.kind, entry.moment, entry.sender
    return entries


def row_of(entry: Entry, *, by_text: bool = False) -> Row:
    """Name, then what is to be done about it; else when it is from, what it is and who sent it."""
    document, origin = entry.document, entry.listed.origin
    when = when_words(origin.dated) if origin.dated else f"added {short_day(document.added_at)}"
    if document.state == "unreadable":
        return Row(document.id, document.name, "Could not be read", "alert", "warn")
    if document.state == "importing":
        return Row(document.id, document.name, "Waiting to be read", "clock")
    if has_unsure_columns(document):
        return Row(document.id, document.name, "Say what its columns mean", "alert", "warn")
    icon = _ICONS.get(document.kind or DocumentKind.TEXT, "note")
    if entry.waiting:
        dated = f", {when}" if origin.dated else ""
        detail = f"{values_counted(entry.waiting)} to check{dated}"
        return Row(document.id, document.name, detail, icon, "accent_text")
    parts: tuple[str, ...] = (when, kind_words(document), origin.sender or _size(document))
    if by_text:
        parts = (kind_words(document), "found in its text")
    detail = ", ".join(part for part in parts if part)
    return Row(document.id, document.name, detail[:1].upper() + detail[1:], icon)


def sorted_by(entries: Sequence[Entry], chosen: str) -> list[Entry]:
    """By one of `SORTS`; those that are alike stay newest first."""
    newest = sorted(entries, key=attrgetter("moment"), reverse=True)
    if chosen == "date":
        return newest
    if chosen == "added":
        return sorted(entries, key=lambda entry: entry.document.added_at, reverse=True)
    if chosen == "name":
        return sorted(newest, key=attrgetter("name"))
    return sorted(newest, key=attrgetter("kind" if chosen == "type" else "sender"))


def filters_for(entries: Collection[Entry]) -> list[tuple[str, str]]:
    """Each state, and each type and source that there is, as pairs of key and words."""
    kinds = {KIND_WORDS[entry.document.kind] for entry in entries if entry.document.kind}
    senders = Counter(entry.listed.origin.sender for entry in entries if entry.listed.origin.sender)
    return [
        *_STATES.items(),
        *((f"kind:{words}", words) for words in sorted(kinds)),
        *((f"from:{words}", words) for words, _ in senders.most_common(_MOST_SENDERS)),
    ]


def is_shown(entry: Entry, chosen: str) -> bool:
    """Whether the filter lets it through."""
    if chosen in _STATES:
        return not chosen or entry.state == chosen
    if sender := chosen.partition("from:")[2]:
        return entry.listed.origin.sender == sender
    return entry.kind == chosen.removeprefix("kind:")


def unreadable_banner(document: Document, *actions: Button) -> Banner:
    """Why, what is safe, and what to do."""
    why = _reasons(document.problems) or "What is in it could not be made out."
    kept = "The file itself is kept, encrypted, but answers can't use it."
    return Banner("warn", f"{document.name} could not be read", f"{why}\n{kept}", actions)


def problems_banner(document: Document) -> Banner:
    """A document that was read, but not all of it."""
    title = "Not all of this document could be read"
    if all(problem.where == THE_PERSON for problem in document.problems):
        title = "This may be someone else\u2019s"
    return Banner("warn", title, _reasons(document.problems))


def _reasons(problems: Sequence[Problem]) -> str:
    lines = [
        problem.message
        if problem.where in {"", "file", THE_PERSON}
        else f"{problem.where.capitalize()}: {problem.message}"
        for problem in problems[:_REASONS]
    ]
    if (more := len(problems) - _REASONS) > 0:
        lines.append(f"And {more} more.")
    return "\n".join(lines)


def _size(document: Document) -> str:
    pages = document.page_count
    if (
        document.kind is None
        or not document.kind.has_pictures
        or (document.kind is not DocumentKind.PDF and pages == 1)
    ):
        return ""
    return "1 page" if pages == 1 else f"{pages} pages"
