"""Whether the beginning of a file is that of a health document of this kind."""

from __future__ import annotations

import re

from healthmate_desktop.interop.ccda.xml import utf8_of

_NOISE = re.compile(r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!DOCTYPE[^>]{0,500}>", re.DOTALL)
_ROOT = re.compile(r"\s*<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
_DOCUMENT = re.compile(r"<(?:[\w.-]+:)?ClinicalDocument[\s>/]")
_OTHERS = frozenset(
    ("html", "document", "svg", "feed", "bundle", "healthdata", "article", "office")
)
_PARTS = re.compile(
    r"<(?:[\w.-]+:)?(?:section|entry|act|observation|organizer|substanceAdministration|procedure|encounter|supply"
    r"|recordTarget|patientRole|structuredBody|nonXMLBody|encompassingEncounter|documentationOf|serviceEvent)[\s>]"
)
_MARKS = (
    re.compile(r"<(?:[\w.-]+:)?templateId\s[^>]{0,300}root\s*="),
    re.compile(r"codeSystem\s*=\s*[\"']2\.16\.840\.1\.113883"),
    re.compile(r"(?:moodCode|classCode)\s*=\s*[\"'][A-Z]"),
    re.compile(r"urn:hl7-org:v3|<(?:[\w.-]+:)?patientRole[\s>]"),
)


def is_ccda(head: bytes) -> bool:
    """From the first 64 KB: a ClinicalDocument, or parts of one under any other root."""
    text = _NOISE.sub("", utf8_of(head).decode("utf-8", "replace"))
    root = _ROOT.match(text)
    if not root:
        return False
    if _DOCUMENT.search(text):
        return root[1].casefold() != "html"
    if root[1].casefold() in _OTHERS or not _PARTS.search(text):
        return False
    return any(mark.search(text) for mark in _MARKS)
