"""Names from anywhere made fit for any file system: safe to unpack, short enough, and each only once."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from healthmate_desktop.domain.documents import DocumentKind
from healthmate_desktop.domain.text import storable

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = (
    120  # bytes of UTF-8, with the suffix; with a number behind it well within any file system
)
_UNFIT = re.compile(r'[\\/:*?"<>|]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|\Z)", re.IGNORECASE)  # by Windows
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}\Z")
SUFFIXES = {
    DocumentKind.PDF: ".pdf",
    DocumentKind.TEXT: ".txt",
    DocumentKind.MARKDOWN: ".md",
    DocumentKind.HTML: ".html",
    DocumentKind.WORD: ".docx",
    DocumentKind.SHEET: ".xlsx",
    DocumentKind.TABLE: ".csv",
    DocumentKind.FHIR: ".json",
    DocumentKind.CCDA: ".xml",
    DocumentKind.DICOM: ".dcm",
    DocumentKind.ARCHIVE: ".zip",
}


def safe_name(name: str, kind: DocumentKind | None = None) -> str:
    """One name of a file, never a path; with the suffix of its kind where it has none."""
    plain = "".join(
        each
        for each in storable(name)
        if unicodedata.category(each) not in {"Cc", "Cf", "Zl", "Zp"}
    )
    plain = _UNFIT.sub("_", plain).strip(". ")
    found = _SUFFIX.search(plain)
    stem, suffix = (plain[: found.start()], found[0]) if found else (plain, "")
    stem = _shortened(stem, LONGEST - len(suffix)).rstrip(". ") or "document"
    if _RESERVED.match(stem):
        stem = f"_{stem}"
    return stem + (suffix or SUFFIXES.get(kind, "") if kind else suffix)


def unique_names(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """The same, with "(2)" and so on where one is met again, in whatever case and form of letters."""
    used = {_folded(name) for name in taken}
    found = []
    for name in names:
        suffix = match[0] if (match := _SUFFIX.search(name)) else ""
        stem, each, number = name.removesuffix(suffix), name, 1
        while _folded(each) in used:
            number += 1
            each = f"{stem} ({number}){suffix}"
        used.add(_folded(each))
        found.append(each)
    return found


def _shortened(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
