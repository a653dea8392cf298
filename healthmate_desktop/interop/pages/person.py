"""Whom the pages say they are about: names, birth dates, sex and numbers behind their labels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from healthmate_desktop.domain.measures.dates import find_dates
from healthmate_desktop.domain.measures.wordlists import spread
from healthmate_desktop.domain.proposals import NamedPerson
from healthmate_desktop.interop.pages.words import language_of, plain, role_of, section_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from healthmate_desktop.domain.measures.dates import Order
    from healthmate_desktop.interop.pages.rows import Cell, Row

_FIRST_ROWS = 40  # of a page: whom it is about stands at its head
_MOST_WORDS = 6  # of a name
_NAME = re.compile(
    r"(?:patient(?:in)?(?:['\u2019]s)?\s*(?:full\s*)?(?:name)?|name of patient|paciente|"
    r"nombre(?: y apellidos| del paciente| completo)?|apellidos y nombre|nom(?: du patient|"
    r" et pr[e\u00e9]nom)?|"
    r"nom,? pr[e\u00e9]nom|name,? vorname|name|full name|legal name|member)",
    re.IGNORECASE,
)
_BIRTH = re.compile(
    r"(?:date of birth|birth ?date|d\.?o\.?b\.?|born(?: on)?|fecha (?:de )?nac(?:imiento|\.)?|"
    r"f\.?\s?nac(?:imiento)?\.?|f\. de nacimiento|nacimiento|date de naissance|"
    r"n[e\u00e9]e? le|ddn|geburtsdatum|geb(?:oren)?(?:\.| am)?(?: am)?|geb\.-?datum)",
    re.IGNORECASE,
)
_SEX = re.compile(r"(?:sex(?:o|e)?|gender|geschlecht|g[e\u00e9]nero|genre)", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?:mrn|medical record (?:number|no\.?|#)|patient (?:id|no\.?|number|identifier)|"
    r"chart (?:no\.?|number|#)|nhs (?:no\.?|number)|n\.?h\.?c\.?|"
    r"n[u\u00fa]mero de historia|historia(?: cl[i\u00ed]nica)?|ipp|"
    r"n[o\u00b0\u00ba] (?:de )?(?:dossier|patient)|patienten(?:-?nr\.?|nummer|-?id)|"
    r"fall(?:-?nr\.?|nummer)|hospital (?:no\.?|number)|person(?:al)? (?:id|number)|id)",
    re.IGNORECASE,
)
_LABELS = (("name", _NAME), ("birth", _BIRTH), ("sex", _SEX), ("number", _NUMBER))
_ANY_LABEL = re.compile(
    r"(?<![\w])(?:"
    + "|".join(f"(?P<{name}>{pattern.pattern})" for name, pattern in reversed(_LABELS))
    + r")(?:\s*[:#.]+\s*|\s+(?=\d)|\s*$)",
    re.IGNORECASE,
)
_OTHER_LABEL = re.compile(
    r"\b(?:age|edad|[\u00e2a]ge|alter|address|direcci[o\u00f3]n|adresse|anschrift|phone|tel|"
    r"fax|doctor|physician|provider|m[e\u00e9]dico|m[e\u00e9]decin|arzt|collected|received|"
    r"reported|"
    r"date|fecha|datum|order|account|visit|ward|room|specimen|insurance|ordering|"
    r"copy)\b[^:]{0,20}:",
    re.IGNORECASE,
)
_SEXES = spread(
    {
        "female": "f|female|femenino|femenina|feminin|mujer|femme|weiblich|w|frau",
        "male": "m|male|masculino|masculin|hombre|homme|mannlich|mann|varon|h",
    }
)
_NOT_A_NAME = re.compile(
    r"\d|\b(?:date|name|id|number|information|details|summary|report|page|test|result|lab|"
    r"clinic|hospital|medical|history|instructions|education|portal|sex|dob|age|address|data|"
    r"status|"
    r"informaci[o\u00f3]n|datos|the|was|is|has|and|with)\b",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(r"[A-Z]{0,4}[- ]?\d[\w-]{2,19}", re.IGNORECASE)
_AGE_TAIL = re.compile(
    r"\s*[,(]\s*(?:\d{1,3}\s*(?:y|yrs?|years?|a\u00f1os?|ans|jahre?|j\.)?\b.*|[mfwh]\b.*)$",
    re.IGNORECASE,
)


def people_of(pages: Sequence[Sequence[Row]], order: Order = "") -> Iterator[NamedPerson]:
    """Each person whom the heads of the pages name, once; usually one, or nobody."""
    found: list[NamedPerson] = []
    for rows in pages:
        person = _person(list(rows)[:_FIRST_ROWS], order)
        if person is None:
            continue
        same = next((place for place, each in enumerate(found) if _agree(each, person)), None)
        if same is None:
            found.append(person)
        else:
            found[same] = _both(found[same], person)
    yield from found


def _person(rows: list[Row], order: Order) -> NamedPerson | None:
    order = order or _order(rows)
    said: dict[str, str] = {}
    numbers: list[str] = []
    for place, row in enumerate(rows):
        under = rows[place + 1] if place + 1 < len(rows) else None
        for label, text in _labelled(row, under):
            value = _value(label, text, order)
            if not value:
                continue
            if label == "number":
                numbers.append(value)
            else:
                said.setdefault(label, value)
    if not said.get("name") and not said.get("birth") and not numbers:
        return None
    return NamedPerson(
        said.get("name", ""),
        said.get("birth", ""),
        said.get("sex", ""),
        tuple(dict.fromkeys(numbers)),
    )


def _order(rows: Iterable[Row]) -> Order:
    return "DMY" if language_of(" ".join(row.text for row in rows)) in {"es", "fr", "de"} else ""


def _labelled(row: Row, under: Row | None) -> Iterator[tuple[str, str]]:
    """Each label of a row with what stands behind it, in the next cell, or below it."""
    for place, cell in enumerate(row.cells):
        labels = list(_ANY_LABEL.finditer(cell.text))
        for number, label in enumerate(labels):
            end = labels[number + 1].start() if number + 1 < len(labels) else len(cell.text)
            text = _OTHER_LABEL.split(cell.text[label.end() : end])[0].strip()
            if not text and place + 1 < len(row.cells):
                text = row.cells[place + 1].text
            if not text or _ANY_LABEL.fullmatch(text):
                text = _below(cell, under)
            yield str(label.lastgroup), text


def _below(cell: Cell, under: Row | None) -> str:
    if under is None:
        return ""
    return next((each.text for each in under.cells if each.x0 < cell.x1 and each.x1 > cell.x0), "")


def _value(label: str, text: str, order: Order) -> str:
    if label == "birth":
        found = next(find_dates(text, order), None)
        return found.date if found is not None and found.start <= 3 and not found.other else ""
    if label == "sex":
        word = plain(text).split(" ")[0]
        return _SEXES.get(word, "")
    if label == "number":
        match = _IDENTIFIER.match(text)
        return match[0] if match is not None and not list(find_dates(match[0])) else ""
    return _name(text)


def _name(text: str) -> str:
    text = _AGE_TAIL.sub("", text).strip(" ,;:-")
    words = text.split()
    letters = sum(letter.isalpha() for letter in text)
    if (
        not 1 <= len(words) <= _MOST_WORDS
        or letters < 3
        or letters < 0.7 * len(text.replace(" ", ""))
    ):
        return ""
    if role_of(text) or section_of(text) or _NOT_A_NAME.search(text):
        return ""
    if not all(
        word[0].isupper() or word in {"de", "van", "von", "la", "del", "y", "di", "der"}
        for word in words
    ):
        return ""
    return text


def _agree(one: NamedPerson, other: NamedPerson) -> bool:
    """Whether nothing that both say differs."""
    same_name = not one.name or not other.name or _same_name(one.name, other.name)
    same_birth = not one.birth_date or not other.birth_date or one.birth_date == other.birth_date
    return same_name and same_birth


def _same_name(one: str, other: str) -> bool:
    return set(plain(one).split()) <= set(plain(other).split()) or set(plain(other).split()) <= set(
        plain(one).split()
    )


def _both(one: NamedPerson, other: NamedPerson) -> NamedPerson:
    return NamedPerson(
        max(one.name, other.name, key=len),
        one.birth_date or other.birth_date,
        one.sex or other.sex,
        tuple(dict.fromkeys((*one.identifiers, *other.identifiers))),
    )
