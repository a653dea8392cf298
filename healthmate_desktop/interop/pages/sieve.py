"""Tells results from lines that only look like them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from healthmate_desktop.interop.pages.words import plain

if TYPE_CHECKING:
    from healthmate_desktop.domain.measures.analytes import Vocabulary
    from healthmate_desktop.interop.pages.columns import Head
    from healthmate_desktop.interop.pages.entries import Entry
    from healthmate_desktop.interop.pages.words import Section

_NO_TEST = re.compile(
    r"page|p[aá]gina|seite|age|edad|[aâ]ge|alter|phone|tel(?:efono|efon|ephone)?|fax|dob|id|"
    r"mrn|nhc|npi|clia|patient.*|paciente.*|date.*|fecha.*|datum.*|order.*|"
    r"account.*|room|bed|zip|quantity|refills?|dose|dosage|lot.*|sex|gender|sexo|geschlecht|"
    r"ward|physician.*|doctor.*|dr|nhs.*|accession.*|sample.*|specimen.*|"
    r"version|total pages|reg.*|bill.*|ref(?:erred)?.*|copy.*|copia|time|time of .*|hora|"
    r"uhrzeit|visit.*|encounter.*|code.*|loinc.*|cpt.*|street|address|p\.?o\.? box",
    re.IGNORECASE,
)
_COUNT = re.compile(r"\d+\s?[-\u2013]")
_REMARK = re.compile(
    r"\W*(?:comment|note|see|refer|comentario|nota|bemerkung|siehe)", re.IGNORECASE
)


def is_result(entry: Entry, head: Head | None, section: Section, vocabulary: Vocabulary) -> bool:
    """`section` is the part of the document, `head` the table's, if it has one."""
    told = entry.under_head or section in {"results", "vitals"}
    if entry.known:
        return _of_known_test(entry, section, vocabulary, told=told)
    if _NO_TEST.fullmatch(plain(entry.name)) or sum(letter.isalpha() for letter in entry.name) < 2:
        return False
    if entry.under_head and head is not None and {"unit", "range", "low", "flag"} & head.roles:
        return entry.value.kind != "pair" and not _REMARK.match(entry.value.text)
    if entry.value.kind != "value":
        return False
    lab_unit = "/" in entry.unit or "%" in entry.unit
    return bool(entry.unit and entry.ranges) or (told and (lab_unit or bool(entry.ranges)))


def _of_known_test(entry: Entry, section: Section, vocabulary: Vocabulary, *, told: bool) -> bool:
    value = entry.value
    if value.kind == "text":
        return entry.under_head and section == "results"
    if value.kind == "words" and _COUNT.match(value.text):
        return told and _is_counted(entry, vocabulary)
    if value.kind == "words":
        return told or (value.words is not None and bool(value.words.code))
    short = len(plain(entry.name).replace(" ", "")) < 2  # K and T stand for more than tests
    return told or bool(entry.unit or entry.ranges) or not short


def _is_counted(entry: Entry, vocabulary: Vocabulary) -> bool:
    """Whether 0-5 can be the result: cells counted under the microscope."""
    hint = vocabulary.hint(entry.name, guess=True)
    analytes = hint.analytes if hint is not None else ()
    codes = [code for each in analytes for code in vocabulary.codes_of(each)]
    return any("PF]" in unit for code in codes for unit in code.units)
