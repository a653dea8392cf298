"""Which public collection the beginning of a file belongs to. Its name says nothing."""

from __future__ import annotations

import re
from enum import StrEnum

from healthmate_desktop.domain.json_text import BadJson, value_at
from healthmate_desktop.interop.ccda.xml import utf8_of

HEAD = 65_536  # bytes that are looked at


class Collection(StrEnum):
    """The value is the title of the source that its files become."""

    MEDLINEPLUS = "MedlinePlus health topics"
    MEDQUAD = "MedQuAD questions and answers"
    PAPERS = "Journal articles"
    ABSTRACTS = "PubMed abstracts"
    DAILYMED = "DailyMed drug labels"
    OPENFDA = "openFDA drug labels"


_NOISE = re.compile(r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!DOCTYPE[^>]{0,500}>", re.DOTALL)
_ROOT = re.compile(r"\s*<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
_XML = (
    (re.compile(r"<health-topics?[\s>]"), Collection.MEDLINEPLUS),
    (re.compile(r"<Document\s[^>]*\bsource\s*=.*<(?:Focus|QAPairs)[\s>/]", re.DOTALL),
     Collection.MEDQUAD),
    (re.compile(r"<(?:[\w.-]+:)?article[\s>].*<(?:[\w.-]+:)?(?:article-meta|front|journal-meta)[\s>]",
                re.DOTALL), Collection.PAPERS),
    (re.compile(r"<(?:PubmedArticle|MedlineCitation)[\s>]"), Collection.ABSTRACTS),
    (re.compile(r"<(?:[\w.-]+:)?document\s[^>]*urn:hl7-org:v3"), Collection.DAILYMED),
)  # fmt: skip
_LABEL = re.compile(r'"(?:openfda|set_id|spl_id|indications_and_usage|spl_product_data_elements)"')
_SUMMARY_URL = re.compile(r"^https?://(?:www\.nlm\.nih\.gov/)?medlineplus\b")


def collection_of(head: bytes) -> Collection | None:
    """From the first 64 KB; None for anything else."""
    text = utf8_of(head[:HEAD]).decode("utf-8", "replace").lstrip("\ufeff\x00 \t\r\n")
    if text.startswith("<"):
        text = _NOISE.sub("", text)
        root = _ROOT.match(text)
        if root is None or root[1].casefold() == "html":
            return None
        return next((kind for sign, kind in _XML if sign.search(text)), None)
    if text.startswith(("{", "[")):
        return _of_json(text)
    return None


def _of_json(text: str) -> Collection | None:
    """By the keys of the first record: a line of its own, or one in a list of labels."""
    try:
        first, _ = value_at(text, 0)
    except BadJson:
        first = None
    keys = set(first) if isinstance(first, dict) else set()
    if {"question", "answer"} <= keys:
        return Collection.MEDQUAD
    if isinstance(first, dict) and {"title", "url", "chunks"} <= keys:
        return Collection.MEDLINEPLUS if _SUMMARY_URL.match(str(first["url"])) else None
    if "$schema" in keys:
        return None
    return Collection.OPENFDA if _LABEL.search(text) else None
