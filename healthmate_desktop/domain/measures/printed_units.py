"""Units as laboratories print them, and the UCUM codes they stand for: "x10E3/µL", "K/uL", "mg/dl", "G/l", "mval/l"."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from healthmate_desktop.domain.measures.units import unit_of
from healthmate_desktop.domain.measures.wordlists import spread, words

LONGEST = 40  # characters of a printed unit

_SIMPLE: dict[str, str] = spread(
    {
        "mg": "mg|mgm|mgs|mgalb|mgprot|mgalbumin",
        "ng": "ng",
        "pg": "pg",
        "g": "g|gm|gr|gms|grams|gramos|grammes",
        "kg": "kg",
        "mmol": "mmol",
        "nmol": "nmol",
        "pmol": "pmol",
        "mol": "mol",
        "cm": "cm",
        "mm": "mm",
        "m": "m",
        "kpa": "kpa",
        "s": "s|sec|secs|seg|sek|seconds|segundos|secondes|sekunden|second",
        "ug": "ug|mcg|ugm|µgm|\u03b3",
        "umol": "umol|mcmol|micromol",
        "L": "l|lit|liter|litre|ltr|litro",
        "dL": "dl|100ml|deciliter|decilitre",
        "mL": "ml|cc|cm3",
        "uL": "ul|mcl|mm3|cumm|cmm|mm^3|mm*3",
        "fL": "fl|femtol|um3|u3|cuum",
        "meq": "meq|mval|maeq",
        "mosm": "mosm|mosmol|mosmo",
        "U": "u|unit|units|e|unidades",
        "mU": "mu|me",
        "uU": "uu",
        "kU": "ku|ke",
        "[IU]": "iu|ui|ie",
        "m[IU]": "miu|mui|mie",
        "u[IU]": "uiu|uui|mciu|uie",
        "k[IU]": "kiu|kui|kie",
        "ukat": "ukat",
        "nkat": "nkat",
        "[arb'U]": "au|arbu",
        "[EU]": "eu|ehrlichunits|e.u.|ehrlichu",
        "[CFU]": "cfu|ufc|kbe",
        "{copies}": "copies|copias|kopien",
        "{cells}": "cells|cell|células|zellen|zell|cel|cellules|elements|éléments",
        "min": "min|minute|minuto",
        "h": "h|hr|hour|std|hora|heure|1h",
        "d": "24h|24hr|24hrs|24hours|24std|day|d|tag|dia|día|jour|24horas",
        "{1.73_m2}": "1.73m2|1,73m2|1.73sqm|1.73m^2|1.73_m2|1.73m*2|1.73",
        "[HPF]": "hpf|hpfield|campo|champ|gf|highpowerfield|gesichtsfeld|field|[hpf]",
        "[LPF]": "lpf|lpfield|lowpowerfield|[lpf]",
        "m2": "m2|m^2|m*2|sqm",
        "g{creat}": "gcreat|gcre|gcr|gcrea|gkrea|gcreatinine|gcréat|gkreatinin|g{creat}",
        "mmol{creat}": "mmolcreat|mmolcre|mmolcr|mmolkrea|mmol{creat}",
        "mg{creat}": "mgcreat|mgcre|mgcr|mg{creat}",
        "100{WBCs}": "100wbc|100wbcs|100leuk|100leukocytes|100{wbcs}|100wc",
        "mL{FEU}": "mlfeu|ml{feu}|mlfeu)",
        "L{FEU}": "lfeu|l{feu}",
        "mL{DDU}": "mlddu|ml{ddu}",
        "10*3": "k|thou|thous|thousand|thousands|tsd|tys|miles|1000|x1000|mil",
        "10*6": "mill|mil.|million|millions|millones|mio|mln",
        "10*9": "billion|billions",
        "10*12": "trillion|trillions",
    }
)
_ALONE: dict[str, str] = spread(
    {
        "%": "%|percent|pct|prozent|por100|%ofhb|vol%|vol.%|pourcent|porciento",
        "{ratio}": "ratio|{ratio}|index|quotient|[ratio]|índice|indice",
        "{INR}": "inr|{inr}",
        "mm[Hg]": "mmhg|mm[hg]|mm(hg)|mmdehg|mmofhg|torr|mmhq",
        "/min": (
            "bpm|beats/min|beat/min|/min|lpm|puls/min|schläge/min|lat/min|breaths/min|resp/min|rpm|"
            "batt/min|br/min|min-1|{beats}/min"
        ),
        "Cel": "°c|ºc|degc|c|celsius|cel|deg.c|degreesc|degreescelsius",
        "[degF]": "°f|ºf|degf|f|fahrenheit|[degf]|deg.f|degreesf",
        "[in_i]": 'in|inch|inches|"|[in_i]|[in_us]|pulgadas',
        "[ft_i]": "ft|feet|foot|[ft_i]|[ft_us]",
        "[lb_av]": "lb|lbs|pounds|pound|[lb_av]|lb.|lbs.|libras|ib|ibs|1b|1bs",
        "[oz_av]": "oz|ounces|[oz_av]",
        "[stone_av]": "st|stone|[stone_av]",
        "kg": "kilogram|kilograms|kilogramos|kilos|kgs",
        "cm": "centimeters|centimetres|cms|centímetros",
        "m": "meter|metre|meters|mètres|metros|mts",
        "L/L": "l/l|ratiol/l",
        "[pH]": "ph|[ph]|phunits",
        "g/dL": "g%|gm%|gr%|grams/deciliter|gramsperdeciliter",
        "mg/dL": "mg%",
        "ug/dL": "ug%|mcg%",
        "/[HPF]": "/hpf|hpf|perhpf|/campo|/champ|/gf|/gesichtsfeld|porcampo|parchamp",
        "/[LPF]": "/lpf|lpf|perlpf",
        "{score}": "score|{score}|/10",
        "{copies}/mL": "copies/ml|copias/ml",
        "{SG}": "sg|{sg}",
    }
)
_NOT_ALONE = words(
    "k|e|u|m|d|h|l|thou|thous|miles|mil|1000|mill|million|millions|mil.|mio|min|s|g|unit|units|"
    "cells|cell|cel|field|day|dia|día|gr|me|ke|mu|au|eu|iu|ui|ie|hora|tag|jour|x1000|100ml|"
    "1.73|billion|billions|trillion|trillions|tsd|tys|mln|hour|second|minute|campo|champ|gf"
)
_SHORT_ALONE = {"s": "s", "g": "g", "l": "L", "m": "m", "min": "min", "h": "h"}
_POWER = re.compile(
    r"(?:x|\u00d7|\*|·)?\s?10\s?(?:\^\+|\^|\*\*|\*|e|[°ºˆ'\u2019\"%+~”“®?47-])?\s?\(?(?P<power>3|6|9|12|"
    r"03|06|09)\)?"
    r"\s?(?P<rest>/.*|cells/.*|zellen/.*|per.*)?"
)
_CASED = {"G/L": ("10*9/L", "g/L"), "G/l": ("10*9/L",), "T/L": ("10*12/L",), "T/l": ("10*12/L",)}
_MILLION = re.compile(r"M(?:il)?\s?/\s?(?:u|mc)?[lL]|M\s?/\s?(?:mm3|cumm)")
_EXACT = re.compile(r"[A-Za-z0-9*/.\[\]{}%_']+")
_ODD_DIGIT = re.compile(r"/$|^\d(?!0[*^])|(?<!m)(?<=[A-Za-z])\d|/\d(?!0[*^])")
_MADE_OF_LINES = re.compile(r"[il]{2}|[il]d[il]")  # where a "/" may have become a letter
_LOOKALIKES = str.maketrans(
    {
        **dict.fromkeys("1i|!I/", "l"),
        **dict.fromkeys("oO", "0"),
        "q": "g",
        "{": "[",
        "}": "]",
        "(": "[",
        ")": "]",
    }
)


_RESPELLED = {"ib": "lb", "ibs": "lbs", "1b": "lb", "1bs": "lbs"}  # l and I look alike


class PrintedUnit(NamedTuple):
    """UCUM codes that a print can stand for, the likeliest first, and whether letters had to be guessed."""

    codes: tuple[str, ...]
    doubtful: bool = False


NO_UNIT = PrintedUnit(())


@cache
def printed_unit(text: str) -> PrintedUnit:
    """The unit that the whole text prints; no codes for what is none."""
    plain = _plain(text)
    if not plain or len(plain) > LONGEST:
        return NO_UNIT
    codes = _codes(plain)
    if codes:
        return PrintedUnit(codes)
    return _misread(plain)


def ucum(text: str) -> str | None:
    """The one UCUM code that a print stands for; None where there is none, or more than one, or a guess is needed."""
    codes, doubtful = printed_unit(text)
    return codes[0] if len(codes) == 1 and not doubtful else None


def respelled(text: str) -> str:
    """The print, with letters put right that can only be meant so: Ibs are lbs, 10\u00b03/ul is 10*3/ul."""
    plain = text.strip(" .,;")
    if _POWER.fullmatch(plain.casefold()):
        return re.sub(
            r"(?<=10)\s?(?:\^\+|\*\*|"
            r"[\u00b0\u00ba\u02c6'\u2019\"%~\u201d\u201c\u00ae?47])\s?(?=[369]|12)",
            "^",
            plain,
        )
    return _RESPELLED.get(plain.casefold(), plain)


def _plain(text: str) -> str:
    text = (
        text.strip().strip(",;:").replace("\u00ba", "\u00b0")
    )  # an ordinal mark would become an o
    text = unicodedata.normalize("NFKC", text).replace("μ", "u")
    for odd, usual in (("\u2044", "/"), ("\u2215", "/"), ("\u2212", "-"), ("\u00d7", "x")):
        text = text.replace(odd, usual)
    if text.startswith("[") and text.endswith("]") and text.count("[") == 1 and not unit_of(text):
        text = text[1:-1]
    if text.startswith("(") and text.endswith(")") and text.count("(") == 1:
        text = text[1:-1]
    text = re.sub(r"\s*/\s*", "/", " ".join(text.split())).rstrip(".")
    return re.sub(r"(?<=[A-Za-z%]/)[|I1!]$", "l", text)


def _codes(plain: str) -> tuple[str, ...]:
    squeezed = plain.replace(" ", "")
    low = squeezed.casefold()
    if squeezed in _CASED:
        return _CASED[squeezed]
    if _MILLION.fullmatch(plain):
        return ("10*6/uL",)
    alone = _ALONE.get(low) or _SHORT_ALONE.get(low)
    if alone:
        return (alone,)
    power = _POWER.fullmatch(low)
    if power is not None:
        return _power_codes(int(power["power"]), power["rest"] or "")
    code = _composed(low) or _exact(squeezed)
    return (code,) if code else ()


def _exact(squeezed: str) -> str:
    """What is UCUM already."""
    looks_so = _EXACT.fullmatch(squeezed) and not _ODD_DIGIT.search(squeezed)
    measures = any(letter.isalpha() or letter == "%" for letter in squeezed)
    return squeezed if looks_so and measures and unit_of(squeezed) is not None else ""


def _power_codes(power: int, rest: str) -> tuple[str, ...]:
    """10^3/µL and its like. Without "per what" it is no unit."""
    rest = re.sub(r"^(?:cells|zellen|per)/?", "/", rest).lstrip("/")
    under = _SIMPLE.get(rest.rstrip("."))
    return (f"10*{power}/{under}",) if under in {"uL", "L", "mL"} else ()


def _composed(low: str) -> str:
    """mg/dl part by part."""
    if low in _NOT_ALONE:
        return ""
    over, *under = re.split(r"/|\bper\b|\bpro\b", low)
    parts = [_SIMPLE.get(part.rstrip(".")) or _SIMPLE.get(part) for part in [over, *under]]
    if over == "":
        parts[0] = ""
    if any(part is None for part in parts) or len(parts) > 3:
        return ""
    if parts[0] in {"{cells}", "{copies}"} and parts[0] == "{cells}":
        parts[0] = ""
    code = "/".join(part or "" for part in parts)
    return code if unit_of(code) is not None and (under or over) else ""


def _misread(plain: str) -> PrintedUnit:
    """A unit whose letters OCR took for others that look the same, or with one letter wrong."""
    low = plain.replace(" ", "").casefold()
    if len(low) < 4 or (low.isalpha() and not _MADE_OF_LINES.search(low)):
        return NO_UNIT
    shape = _shape(low)
    near = {code for name, code in _known().items() if _shape(name) == shape}
    if not near and ("/" in low or "[" in low or "{" in low):
        near = {code for name, code in _known().items() if len(name) >= 4 and _one_apart(name, low)}
    return PrintedUnit((near.pop(),), doubtful=True) if len(near) == 1 else NO_UNIT


def _shape(text: str) -> str:
    return text.translate(_LOOKALIKES).replace("rn", "m").replace("ii", "u")


_OVER = [
    "mg",
    "g",
    "ug",
    "ng",
    "pg",
    "mmol",
    "umol",
    "nmol",
    "pmol",
    "meq",
    "u",
    "iu",
    "miu",
    "uiu",
    "mu",
    "kat",
    "ukat",
]
_UNDER = ["dl", "l", "ml"]
_OTHERS = [
    "mm[hg]",
    "mmhg",
    "ml/min/1.73m2",
    "kg/m2",
    "mg/g",
    "mm/h",
    "mm/hr",
    "mmol/mol",
    "mosm/kg",
    "cells/ul",
    "k/ul",
    "/hpf",
]


@cache
def _known() -> dict[str, str]:
    """Prints that a misread one is compared with."""
    known = {f"{a}/{b}": _composed(f"{a}/{b}") for a in _OVER for b in _UNDER}
    for power in ("3", "6", "9", "12"):
        for mark in ("*", "^"):
            known |= {f"10{mark}{power}/{b}": f"10*{power}/{_SIMPLE[b]}" for b in ("ul", "l")}
    known |= {name: codes[0] for name in _OTHERS if (codes := _codes(name))}
    return {name: code for name, code in known.items() if code}


def _one_apart(name: str, low: str) -> bool:
    """Whether one letter was put in, left out or taken for another. Digits and "/" do not count as letters."""
    if abs(len(name) - len(low)) > 1:
        return False
    start = 0
    while start < min(len(name), len(low)) and name[start] == low[start]:
        start += 1
    end = 0
    while end < min(len(name), len(low)) - start and name[-1 - end] == low[-1 - end]:
        end += 1
    odd = name[start : len(name) - end] + low[start : len(low) - end]
    only = len(name) - end - start <= 1 and len(low) - end - start <= 1
    return only and not any(letter.isdigit() or letter in "/mun" for letter in odd)
