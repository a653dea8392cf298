"""What a FHIR resource says, for lists, charts and search, and whether two resources say the same."""

from __future__ import annotations

from healthmate_desktop.domain.facts.context import full_url_of, original, with_context
from healthmate_desktop.domain.facts.drawing import Facts, facts_of, subject_of
from healthmate_desktop.domain.facts.fingerprint import fingerprint
from healthmate_desktop.domain.facts.reading import Coding
from healthmate_desktop.domain.facts.values import FLAG_WORDS

__all__ = [
    "FLAG_WORDS",
    "Coding",
    "Facts",
    "facts_of",
    "fingerprint",
    "full_url_of",
    "original",
    "subject_of",
    "with_context",
]
