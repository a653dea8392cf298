"""What is said about a source in words that need no explaining: what it is good for, how old, whose, and how large."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from healthmate_desktop.domain.library import OWN_COPY, first_day
from healthmate_desktop.domain.text import counted
from healthmate_desktop.ui.dates import day, month
from healthmate_desktop.ui.documents.reading_words import size_words as bytes_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from healthmate_desktop.domain.library import Article, Source, SourceKind
    from healthmate_desktop.services.shelf import Described

OLD_YEARS = 3  # guidelines and labels are as a rule gone through again within three years
_UNKNOWN = ""
_ORIGINS: dict[SourceKind, str] = {
    "starter": "Came with HealthMate",
    "file": "Added by you",
    "beir": "A collection of articles added by you",
}
_GOOD_FOR = {
    "topic": "Plain words about an illness, a test or a treatment",
    "question": "Short answers to questions that people often ask",
    "label": "What a medicine is for, doses on the label, warnings",
    "paper": "Research in full, written for doctors and scientists",
    "abstract": "Research in short, written for doctors and scientists",
    "record": "A collection of short texts",
    "epub": "A book to look things up in",
    "pdf": "Your own files: guidelines, leaflets, books",
    "image": "Your own pictures of pages",
}
_OWN_FILES = "Your own files"
_GIGABYTE = 1_000_000_000
_MOST_KINDS = 2  # that are named
_LANGUAGES = {"en": "English", "es": "Spanish", "fr": "French", "de": "German", "pt": "Portuguese"}
_CREATIVE = re.compile(r"CC-BY(?P<terms>(?:-NC|-SA|-ND)*)(?:-\d\.\d)?(?:-IGO)?", re.IGNORECASE)
_TERMS = {
    "NC": "not for sale",
    "SA": "pass on under the same terms",
    "ND": "unchanged",
}
_FREE = {
    "cc0-1.0": "Free for any use",
    "public domain": "Free for any use",
    "mit": "Free to use and share",
    "apache-2.0": "Free to use and share",
}


def good_for(described: Described) -> str:
    """One line by the kinds of its articles."""
    if described.source.kind == "starter":
        return f"{_GOOD_FOR['topic']}. A start, to be added to."
    lines = dict.fromkeys(_GOOD_FOR.get(kind, _OWN_FILES) for kind in described.kinds)
    named = list(lines)[:_MOST_KINDS]
    return ". ".join(named) + "." if named else ""


def size_words(described: Described) -> str:
    """Articles, passages, and languages unless they are all English."""
    source = described.source
    parts = [
        counted(source.articles, "article", "articles"),
        counted(source.passages, "passage", "passages"),
    ]
    if languages := language_words(described.languages):
        parts.append(languages)
    return ", ".join(parts)


def disk_words(described: Described) -> str:
    """With its part of the index, which can only be estimated; empty where nothing is known."""
    if not (size := described.bytes):
        return ""
    words = f"{size / 1e9:,.1f} GB" if size >= _GIGABYTE else bytes_words(size)
    return f"About {words} on this computer."


def language_words(languages: Sequence[str]) -> str:
    """Empty where all is English, or nothing is known."""
    known = [language for language in languages if language]
    if not set(known) - {"en"}:
        return ""
    return "in " + " and ".join(_LANGUAGES.get(language, language) for language in known)


def origin_words(source: Source) -> str:
    """Who publishes it, when it came, and why it can't be removed where that is so."""
    came = f"{_ORIGINS[source.kind]} on {day(source.added_at)}"
    if source.kind == "starter":
        came += " and stays, so that there is always something to quote"
    return f"{f'{source.publisher}. ' if source.publisher else ''}{came}."


def dated_words(source: Source) -> str:
    return month(source.published) if source.published else "date not known"


def licence_words(licence: str) -> str:
    """In plain words, with the short name that lawyers use."""
    if licence in {_UNKNOWN, OWN_COPY}:
        return "Your copy, for your own use"
    names = [name.strip() for name in licence.split(",")]
    said = list(dict.fromkeys(_licence(name) for name in names))
    if len(names) > 1:
        return f"Several licences ({', '.join(names)})"
    return f"{said[0]} ({names[0]})" if said[0] else f"Licence: {names[0]}"


def _licence(name: str) -> str:
    if free := _FREE.get(name.casefold()):
        return free
    if (creative := _CREATIVE.fullmatch(name)) is None:
        return ""
    terms = [_TERMS[term] for term in creative["terms"].upper().split("-") if term]
    return ", ".join(["Free to share with its author named", *terms])


def age_words(source: Source, today: date) -> str:
    """A warning about what is old; empty where it is not, or nobody knows."""
    published = source.published
    if published is None or _years(published, today) < OLD_YEARS:
        return ""
    return f"From {published.year}. Advice may have changed since."


def fact_words(article: Article, source: Source) -> str:
    """Publisher, date and licence of an article; what it does not say is that of its source."""
    publisher = article.publisher or source.publisher
    dated = _as_precisely(article.published) or dated_words(source)
    licence = licence_words(article.licence or source.licence)
    parts = [part for part in (publisher, dated, licence) if part]
    return "".join(f"{part[0].upper()}{part[1:]}. " for part in parts).rstrip()


def _as_precisely(published: str) -> str:
    """A date that may be known to the year or month only."""
    first = first_day(published)
    if first is None or len(published) == len("2024"):
        return published
    return month(first) if len(published) == len("2024-02") else day(first)


def _years(published: date, today: date) -> int:
    not_yet = (today.month, today.day) < (published.month, published.day)
    return today.year - published.year - not_yet
