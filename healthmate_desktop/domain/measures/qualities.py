"""Results in words: negative, trace, 2+, not detected. Codes are SNOMED CT's of the IPS free set (CC BY 4.0)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from healthmate_desktop.domain.measures.wordlists import spread, words

SNOMED = "http://snomed.info/sct"  # check codes at https://browser.ihtsdotools.org

_CODES: dict[str, tuple[str, str]] = {
    "negative": ("260385009", "Negative"),
    "positive": ("10828004", "Positive"),
    "detected": ("260373001", "Detected"),
    "not detected": ("260415000", "Not detected"),
    "reactive": ("11214006", "Reactive"),
    "non-reactive": ("131194007", "Non-Reactive"),
    "indeterminate": ("82334004", "Indeterminate"),
    "trace": ("260405006", "Trace"),
    "1+": ("260347006", "+"),
    "2+": ("260348001", "++"),
    "3+": ("260349009", "+++"),
    "4+": ("260350009", "++++"),
}
_WORDS: dict[str, str] = spread(
    {
        "negative": "negative|neg|neg.|negativo|negativa|négatif|négative|negativ|(-)|nég",
        "positive": "positive|pos|pos.|positivo|positiva|positif|positiv|(+)",
        "detected": "detected|detectado|détecté|nachgewiesen|nachweisbar|detectable",
        "not detected": (
            "not detected|none detected|no detectado|non détecté|nicht nachgewiesen|undetected|"
            "nicht nachweisbar|undetectable|no detectable|indetectable|indétectable"
        ),
        "reactive": "reactive|reactivo|réactif|reaktiv",
        "non-reactive": "non-reactive|non reactive|nonreactive|no reactivo|non réactif|nicht reaktiv",
        "indeterminate": "indeterminate|equivocal|indeterminado|indéterminé|grenzwertig|borderline|inconclusive",
        "trace": "trace|traces|tr|trazas|indicios|spur|spuren|trace intact",
        "1+": "1+|+1|+|small|one plus",
        "2+": "2+|+2|++|moderate|two plus",
        "3+": "3+|+3|+++|large|three plus",
        "4+": "4+|+4|++++",
    }
)
_WITHOUT_CODE = {"small", "moderate", "large"}  # a strip's words, which are no grades of others
_PLAIN_WORDS = words(
    "normal|abnormal|none|present|absent|rare|few|occasional|many|clear|cloudy|hazy|turbid|"
    "yellow|straw|amber|colorless|colourless|immune|susceptible|resistant|intermediate|seen|"
    "adequate|normocytic|light|dark|pale|slight|marked|brown|red|pink|ausente|presente|claro|"
    "turbio|amarillo|normales|escaso|escasa|escasos|escasas|abundante|abundantes|absente|"
    "présent|présence|absence|clair|limpide|trouble|jaune|rares|quelques|nombreux|immunisé|"
    "klar|trüb|gelb|hellgelb|vereinzelt|reichlich|massenhaft|keine|unauffällig|farblos|stable|"
    "increased|decreased|type|a|b|ab|o|group|growth|no|not|moderately|slightly|very|bacteria|"
    "flora|mixed"
)
_BLOOD_GROUP = re.compile(
    r"(?:AB|A|B|O|0)\s?(?:Rh\(?D?\)?\s?)?(?:[+-]|pos(?:itive)?|neg(?:ative)?|positivo|"
    r"negativo)?\.?",
    re.IGNORECASE,
)
_TITRE = re.compile(r"[<>]?=?\s?1\s?[:/]\s?\d{1,5}")
_FIELD_RANGE = re.compile(
    r"(?:\d{1,3}\s?[-\u2013]\s?\d{1,3}|none|rare|few)(?:\s?(?:/|per\s)?\s?(?:hpf|lpf|campo|"
    r"champ|gf))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quality:
    """A result in words. `code` is SNOMED CT's, "" where none is sure."""

    text: str  # as printed
    code: str = ""
    display: str = ""


def quality(text: str) -> Quality | None:
    """The whole text as a result in words; None for other words."""
    shown = " ".join(text.split()).strip(" .;,")
    word = shown.casefold()
    if word in _WORDS:
        code, display = _CODES[_WORDS[word]] if word not in _WITHOUT_CODE else ("", "")
        return Quality(shown, code, display)
    if not shown or len(shown) > 40:
        return None
    if _TITRE.fullmatch(shown):
        return Quality(shown)
    words = re.findall(r"[\w+-]+", word)
    known = [each in _PLAIN_WORDS or each in _WORDS for each in words]
    return (
        Quality(shown) if words and all(known) and len(words) <= 4 and not word.isdigit() else None
    )


def blood_group(text: str) -> Quality | None:
    """A blood group such as "A Rh positive"; only meant where the test is one."""
    shown = " ".join(text.split())
    return Quality(shown) if _BLOOD_GROUP.fullmatch(shown) else None


def counted_range(text: str) -> Quality | None:
    """Cells counted under the microscope, as "0-5 /HPF"."""
    shown = " ".join(text.split())
    return Quality(shown) if _FIELD_RANGE.fullmatch(shown) else None
