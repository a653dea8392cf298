"""How a document stands in the list, and what is said about one that can't be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.domain.documents import DocumentKind
from healthmate_desktop.ui.dates import short_day
from healthmate_desktop.ui.widgets.feedback import Banner
from healthmate_desktop.ui.widgets.row_list import Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.domain.documents import Document, Problem

_ICONS = {DocumentKind.PDF: "document", DocumentKind.IMAGE: "picture"}
_REASONS = 3  # named in full


def row_of(document: Document) -> Row:
    """Name, then what it is or what is wrong with it."""
    if document.state == "unreadable":
        return Row(document.id, document.name, "Could not be read", "alert", "warn")
    if document.state == "importing":
        return Row(document.id, document.name, "Not read yet", "clock")
    kind = document.kind or DocumentKind.TEXT
    detail = f"Added {short_day(document.added_at)}, {_size(kind, document.page_count)}"
    return Row(document.id, document.name, detail, _ICONS.get(kind, "note"))


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


def _size(kind: DocumentKind, pages: int) -> str:
    if not kind.has_pictures:
        return "text"
    if kind is DocumentKind.IMAGE and pages == 1:
        return "picture"
    return "1 page" if pages == 1 else f"{pages} pages"
