"""What was read from a document, in words, for whoever asks why an answer did not use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.domain.documents import DocumentKind
from healthmate_desktop.domain.proposals import THE_PERSON
from healthmate_desktop.domain.text import counted
from healthmate_desktop.ui.dates import clock, day
from healthmate_desktop.ui.documents.record_words import person_words, when_words

if TYPE_CHECKING:
    from healthmate_desktop.domain.documents import Document, Origin
    from healthmate_desktop.services.documents import Reading

KIND_WORDS = {
    DocumentKind.PDF: "PDF",
    DocumentKind.IMAGE: "Picture",
    DocumentKind.TEXT: "Text",
    DocumentKind.MARKDOWN: "Text",
    DocumentKind.HTML: "Web page",
    DocumentKind.WORD: "Word document",
    DocumentKind.SHEET: "Excel table",
    DocumentKind.TABLE: "Table (CSV)",
    DocumentKind.FHIR: "Records (FHIR)",
    DocumentKind.CCDA: "Records (C-CDA)",
    DocumentKind.APPLE_HEALTH: "Apple Health",
    DocumentKind.DICOM: "DICOM picture",
    DocumentKind.ARCHIVE: "ZIP archive",
}
_WEAK = 0.85  # below that a page is worth a look
_MOST_PROBLEMS = 20


def reading_lines(
    document: Document, origin: Origin, reading: Reading | None, accepted: int, waiting: int
) -> list[tuple[str, str]]:
    """Pairs of title and words; of what is still being found out, that it is."""
    lines = [
        ("What it is", f"{kind_words(document)}, {size_words(document.size)}"),
        ("From", _origin(origin)),
        ("Added", f"{day(document.added_at)}, {clock(document.added_at)}"),
        ("Whom it says it is about", _people(document)),
    ]
    if document.state == "ready":
        lines += _read_lines(reading)
        lines.append(("Values", _values(accepted, waiting, reading.rejected if reading else 0)))
    lines.append(("What could not be read", _problems(document)))
    return lines


def kind_words(document: Document) -> str:
    return KIND_WORDS[document.kind] if document.kind else "Not known"


def size_words(size: int) -> str:
    if size < 1000:
        return counted(size, "byte", "bytes")
    return f"{size / 1000:,.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:,.1f} MB"


def _read_lines(reading: Reading | None) -> list[tuple[str, str]]:
    if reading is None:
        return [("Pages", "Looking at each page")]
    lost = f", {reading.lost} could not be read" if reading.lost else ""
    quoted = (
        f"{counted(reading.passages, 'passage', 'passages')} that answers can quote"
        if reading.passages
        else "None, so no answer quotes it"
    )
    return [
        (
            "Pages",
            f"{counted(reading.pages, 'page', 'pages')} read{lost}"
            if reading.pages or lost
            else "It has no pages",
        ),
        ("Read from pictures", _ocr(reading)),
        ("Text for answers", quoted),
    ]


def _ocr(reading: Reading) -> str:
    if not reading.by_ocr:
        return "Nothing: its words stand in the file, so they are exact"
    words = f"{reading.by_ocr} of {counted(reading.pages, 'page', 'pages')}"
    if not reading.weakest:
        return f"{words}, and no word was found"
    words += f", on average {reading.sureness:.0%} sure of each word"
    if reading.sureness < _WEAK:
        words += ". That is little: compare what you use with the page"
    return f"{words}. Page {reading.weakest} was read least surely" if reading.by_ocr > 1 else words


def _origin(origin: Origin) -> str:
    when = when_words(origin.dated) if origin.dated else ""
    return ", ".join(part for part in (origin.sender, when) if part) or "It does not say"


def _people(document: Document) -> str:
    return "; ".join(map(person_words, document.people)) or "It does not say"


def _values(accepted: int, waiting: int, rejected: int) -> str:
    parts = []
    if accepted:
        parts.append(f"{accepted:,} in the records")
    if waiting:
        parts.append(f"{waiting:,} {'waits' if waiting == 1 else 'wait'} for your check")
    if rejected:
        parts.append(f"{rejected:,} left out: turned down, or here already")
    return ", ".join(parts) or "None"


def _problems(document: Document) -> str:
    problems = [problem for problem in document.problems if problem.where != THE_PERSON]
    lines = [
        problem.message
        if problem.where in {"", "file"}
        else f"{problem.where[:1].upper()}{problem.where[1:]}: {problem.message}"
        for problem in problems[:_MOST_PROBLEMS]
    ]
    if (more := len(problems) - _MOST_PROBLEMS) > 0:
        lines.append(f"And {more} more.")
    return "\n".join(lines) or "Nothing that we know of"
