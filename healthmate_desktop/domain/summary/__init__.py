"""A summary of a person's records, for paper: what is said, and in which words; how it is drawn is not known here."""

from __future__ import annotations

from healthmate_desktop.domain.summary.choosing import Period, section_of
from healthmate_desktop.domain.summary.parts import (
    TITLES,
    Column,
    Paper,
    Row,
    Section,
    SectionKey,
    Summary,
    paper_of,
)
from healthmate_desktop.domain.summary.writing import About, summary_of

__all__ = [
    "TITLES",
    "About",
    "Column",
    "Paper",
    "Period",
    "Row",
    "Section",
    "SectionKey",
    "Summary",
    "paper_of",
    "section_of",
    "summary_of",
]
