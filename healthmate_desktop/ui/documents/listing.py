"""How a document stands in the list, which are shown, and what is said about one that can't be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.domain.documents import DocumentKind
from healthmate_desktop.ui.dates import short_day
from healthmate_desktop.ui.documents.reading_words import KIND_WORDS, kind_words
from healthmate_desktop.ui.documents.record_words import counted
from healthmate_desktop.ui.widgets.feedback import Banner
from healthmate_desktop.ui.widgets.row_list import Row

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from healthmate_desktop.domain.documents import Document, Problem

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
    "waiting": "Waiting for your check",
    "ready": "Ready",
    "unreadable": "Could not be read",
}


def row_of(document: Document, waiting: int = 0, *, by_text: bool = False) -> Row:
    """Name, then what it is or what it waits for."""
    if document.state == "unreadable":
        return Row(document.id, document.name, "Could not be read", "alert", "warn")
    if document.state == "importing":
        return Row(document.id, document.name, "Not read yet", "clock")
    icon = _ICONS.get(document.kind or DocumentKind.TEXT, "note")
    if waiting:
        return Row(document.id, document.name, f"{counted(waiting)} to check", icon, "accent_text")
    detail = ", ".join(part for part in (kind_words(document), _size(document)) if part)
    when = "found in its text" if by_text else short_day(document.added_at)
    return Row(document.id, document.name, f"{detail}, {when}", icon)


def filters_for(documents: Collection[Document]) -> list[tuple[str, str]]:
    """Each state, and each type that there is, as pairs of key and words."""
    kinds = {KIND_WORDS[document.kind] for document in documents if document.kind}
    return [*_STATES.items(), *((f"kind:{words}", words) for words in sorted(kinds))]


def is_shown(document: Document, chosen: str, waiting: int) -> bool:
    """Whether the filter lets it through."""
    if chosen == "waiting":
        return waiting > 0
    if chosen == "ready":
        return document.state == "ready" and not waiting
    if chosen == "unreadable":
        return document.state == "unreadable"
    return not chosen or kind_words(document) == chosen.removeprefix("kind:")


def unreadable_banner(document: Document) -> Banner:
    """Why, what is safe, and what to do."""
    why = _reasons(document.problems) or "What is in it could not be made out."
    kept = "The file itself is kept, encrypted, but answers can't use it."
    return Banner("warn", f"{document.name} could not be read", f"{why}\n{kept}")


def problems_banner(document: Document) -> Banner:
    """A document that was read, but not all of it."""
    return Banner("warn", "Not all of this document could be read", _reasons(document.problems))


def _reasons(problems: Sequence[Problem]) -> str:
    lines = [
        problem.message
        if problem.where in {"", "file"}
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
        or (document.kind is DocumentKind.IMAGE and pages == 1)
    ):
        return ""
    return "1 page" if pages == 1 else f"{pages} pages"
