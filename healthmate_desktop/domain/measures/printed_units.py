"""Units as laboratories print them, and the UCUM codes they stand for: "x10E3/µL", "K/uL", "mg/dl", "G/l", "mval/l"."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from healthmate_desktop.domain.measures.units import unit_of

LONGEST = 40  # characters of a printed unit

_SIMPLE: dict[str, str] = {
    # as printed, in small letters, without spaces
    **{name: name for name in ("mg", "ng", "pg", "g", "kg", "mmol", "nmol", "pmol", "mol", "cm", "mm", "m", "kpa", "s")},
    **dict.fromkeys(("ug", "mcg", "ugm", "µgm", "γ"), "ug"),
    **dict.fromkeys(("umol", "mcmol", "micromol"), "umol"),
    **dict.fromkeys(("gm", "gr", "gms", "grams", "gramos", "grammes"), "g"),
    **dict.fromkeys(("mgm", "mgs"), "mg"),
    **dict.fromkeys(("l", "lit", "liter", "litre", "ltr", "litro"), "L"),
    **dict.fromkeys(("dl", "100ml", "deciliter", "decilitre"), "dL"),
    **dict.fromkeys(("ml", "cc", "cm3"), "mL"),
    **dict.fromkeys(("ul", "mcl", "mm3", "cumm", "cmm", "mm^3", "mm*3"), "uL"),
    **dict.fromkeys(("fl", "femtol", "um3", "u3", "cuum"), "fL"),
    **dict.fromkeys(("meq", "mval", "maeq"), "meq"),
    **dict.fromkeys(("mosm", "mosmol", "mosmo"), "mosm"),
    **dict.fromkeys(("u", "unit", "units", "e", "unidades"), "U"),
    **dict.fromkeys(("mu", "me"), "mU"),
    **dict.fromkeys(("uu",), "uU"),
    **dict.fromkeys(("ku", "ke"), "kU"),
    **dict.fromkeys(("iu", "ui", "ie"), "[IU]"),
    **dict.fromkeys(("miu", "mui", "mie"), "m[IU]"),
    **dict.fromkeys(("uiu", "uui", "mciu", "uie"), "u[IU]"),
    **dict.fromkeys(("kiu", "kui", "kie"), "k[IU]"),
    **dict.fromkeys(("ukat",), "ukat"),
    **dict.fromkeys(("nkat",), "nkat"),
    **dict.fromkeys(("au", "arbu"), "[arb'U]"),
    **dict.fromkeys(("eu", "ehrlichunits", "e.u.", "ehrlichu"), "[EU]"),
    **dict.fromkeys(("cfu", "ufc", "kbe"), "[CFU]"),
    **dict.fromkeys(("copies", "copias", "kopien"), "{copies}"),
    **dict.fromkeys(("cells", "cell", "células", "zellen", "zell", "cel", "cellules", "elements", "éléments"), "{cells}"),
    **dict.fromkeys(("min", "minute", "minuto"), "min"),
    **dict.fromkeys(("h", "hr", "hour", "std", "hora", "heure", "1h"), "h"),
    **dict.fromkeys(("sec", "secs", "seg", "sek", "seconds", "segundos", "secondes", "sekunden", "second"), "s"),
    **dict.fromkeys(("24h", "24hr", "24hrs", "24hours", "24std", "day", "d", "tag", "dia", "día", "jour", "24horas"), "d"),
    **dict.fromkeys(("1.73m2", "1,73m2", "1.73sqm", "1.73m^2", "1.73_m2", "1.73m*2", "1.73"), "{1.73_m2}"),
    **dict.fromkeys(("hpf", "hpfield", "campo", "champ", "gf", "highpowerfield", "gesichtsfeld", "field", "[hpf]"), "[HPF]"),
    **dict.fromkeys(("lpf", "lpfield", "lowpowerfield", "[lpf]"), "[LPF]"),
    **dict.fromkeys(("m2", "m^2", "m*2", "sqm"), "m2"),
    **dict.fromkeys(("gcreat", "gcre", "gcr", "gcrea", "gkrea", "gcreatinine", "gcréat", "gkreatinin", "g{creat}"), "g{creat}"),
    **dict.fromkeys(("mmolcreat", "mmolcre", "mmolcr", "mmolkrea", "mmol{creat}"), "mmol{creat}"),
    **dict.fromkeys(("mgalb", "mgprot", "mgalbumin"), "mg"),
    **dict.fromkeys(("mgcreat", "mgcre", "mgcr", "mg{creat}"), "mg{creat}"),
    **dict.fromkeys(("100wbc", "100wbcs", "100leuk", "100leukocytes", "100{wbcs}", "100wc"), "100{WBCs}"),
    **dict.fromkeys(("mlfeu", "ml{feu}", "mlfeu)"), "mL{FEU}"),
    **dict.fromkeys(("lfeu", "l{feu}"), "L{FEU}"),
    **dict.fromkeys(("mlddu", "ml{ddu}"), "mL{DDU}"),
    **dict.fromkeys(("k", "thou", "thous", "thousand", "thousands", "tsd", "tys", "miles", "1000", "x1000", "mil"), "10*3"),
    **dict.fromkeys(("mill", "mil.", "million", "millions", "millones", "mio", "mln"), "10*6"),
    **dict.fromkeys(("billion", "billions"), "10*9"),
    **dict.fromkeys(("trillion", "trillions"), "10*12"),
}  # fmt: skip
_ALONE: dict[str, str] = {
    # whole units that are not made of the parts above, or mean something else alone
    **dict.fromkeys(("%", "percent", "pct", "prozent", "por100", "%ofhb", "vol%", "vol.%", "pourcent", "porciento"), "%"),
    **dict.fromkeys(("ratio", "{ratio}", "index", "quotient", "[ratio]", "índice", "indice"), "{ratio}"),
    **dict.fromkeys(("inr", "{inr}"), "{INR}"),
    **dict.fromkeys(("mmhg", "mm[hg]", "mm(hg)", "mmdehg", "mmofhg", "torr", "mmhq"), "mm[Hg]"),
    **dict.fromkeys(("bpm", "beats/min", "beat/min", "/min", "lpm", "puls/min", "schläge/min", "lat/min"), "/min"),
    **dict.fromkeys(("breaths/min", "resp/min", "rpm", "batt/min", "br/min", "min-1", "{beats}/min"), "/min"),
    **dict.fromkeys(("°c", "ºc", "degc", "c", "celsius", "cel", "deg.c", "degreesc", "degreescelsius"), "Cel"),
    **dict.fromkeys(("°f", "ºf", "degf", "f", "fahrenheit", "[degf]", "deg.f", "degreesf"), "[degF]"),
    **dict.fromkeys(("in", "inch", "inches", '"', "[in_i]", "[in_us]", "pulgadas"), "[in_i]"),
    **dict.fromkeys(("ft", "feet", "foot", "[ft_i]", "[ft_us]"), "[ft_i]"),
    **dict.fromkeys(("lb", "lbs", "pounds", "pound", "[lb_av]", "lb.", "lbs.", "libras", "ib", "ibs", "1b", "1bs"), "[lb_av]"),
    **dict.fromkeys(("oz", "ounces", "[oz_av]"), "[oz_av]"),
    **dict.fromkeys(("st", "stone", "[stone_av]"), "[stone_av]"),
    **dict.fromkeys(("kilogram", "kilograms", "kilogramos", "kilos", "kgs"), "kg"),
    **dict.fromkeys(("centimeters", "centimetres", "cms", "centímetros"), "cm"),
    **dict.fromkeys(("meter", "metre", "meters", "mètres", "metros", "mts"), "m"),
    **dict.fromkeys(("l/l", "ratiol/l"), "L/L"),
    **dict.fromkeys(("ph", "[ph]", "phunits"), "[pH]"),
    **dict.fromkeys(("g%", "gm%", "gr%"), "g/dL"),
    **dict.fromkeys(("mg%",), "mg/dL"),
    **dict.fromkeys(("ug%", "mcg%"), "ug/dL"),
    **dict.fromkeys(("grams/deciliter", "gramsperdeciliter"), "g/dL"),
    **dict.fromkeys(("/hpf", "hpf", "perhpf"), "/[HPF]"),
    **dict.fromkeys(("/lpf", "lpf", "perlpf"), "/[LPF]"),
    **dict.fromkeys(("/campo", "/champ", "/gf", "/gesichtsfeld", "porcampo", "parchamp"), "/[HPF]"),
    **dict.fromkeys(("score", "{score}", "/10"), "{score}"),
    **dict.fromkeys(("copies/ml", "copias/ml"), "{copies}/mL"),
    **dict.fromkeys(("sg", "{sg}"), "{SG}"),
}  # fmt: skip
_NOT_ALONE = {"k", "e", "u", "m", "d", "h", "l", "thou", "thous", "miles", "mil", "1000", "mill", "million", "millions",
              "mil.", "mio", "min", "s", "g", "unit", "units", "cells", "cell", "cel", "field", "day", "dia", "día",
              "gr", "me", "ke", "mu", "au", "eu", "iu", "ui", "ie", "hora", "tag", "jour", "x1000", "100ml", "1.73",
              "billion", "billions", "trillion", "trillions", "tsd", "tys", "mln", "hour", "second", "minute",
              "campo", "champ", "gf"}  # fmt: skip
_SHORT_ALONE = {"s": "s", "g": "g", "l": "L", "m": "m", "min": "min", "h": "h"}
_POWER = re.compile(
    r"(?:x|×|\*|·)?\s?10\s?(?:\^\+|\^|\*\*|\*|e|[°ºˆ'’\"%+~”“®?47-])?\s?\(?(?P<power>3|6|9|12|03|06|09)\)?"
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
            r"(?<=10)\s?(?:\^\+|\*\*|[\u00b0\u00ba\u02c6'\u2019\"%~\u201d\u201c\u00ae?47])\s?(?=[369]|12)",
            "^",
            plain,
        )
    return _RESPELLED.get(plain.casefold(), plain)


def _plain(text: str) -> str:
    text = (
        unicodedata.normalize("NFKC", text.strip().strip(",;:")).replace("μ", "u").replace("µ", "u")
    )
    text = text.replace("\u2044", "/").replace("\u2215", "/").replace("−", "-").replace("×", "x")
    if text.startswith("[") and text.endswith("]") and text.count("[") == 1 and not unit_of(text):
        text = text[1:-1]
    if text.startswith("(") and text.endswith(")") and text.count("(") == 1:
        text = text[1:-1]
    text = re.sub(r"\s*/\s*", "/", " ".join(text.split())).rstrip(".")
    return re.sub(r"(?<=[A-Za-z%]/)[|I1!]$", "l", text)


def _codes(plain: str) -> tuple[str, ...]:
    squeezed = plain.replace(" ", "")
    if squeezed in _CASED:
        return _CASED[squeezed]
    if _MILLION.fullmatch(plain):
        return ("10*6/uL",)
    low = squeezed.casefold()
    if low in _ALONE:
        return (_ALONE[low],)
    if low in _SHORT_ALONE:
        return (_SHORT_ALONE[low],)
    power = _POWER.fullmatch(low)
    if power is not None:
        return _power_codes(int(power["power"]), power["rest"] or "")
    code = _composed(low)
    if code:
        return (code,)
    exact = _EXACT.fullmatch(squeezed) and not _ODD_DIGIT.search(squeezed) and unit_of(squeezed)
    return (
        (squeezed,)
        if exact and any(letter.isalpha() or letter == "%" for letter in squeezed)
        else ()
    )


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


@cache
def _known() -> dict[str, str]:
    """Prints that a misread one is compared with."""
    over = (
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
    )
    under = ("dl", "l", "ml")
    known = {f"{a}/{b}": _composed(f"{a}/{b}") for a in over for b in under}
    for power in ("3", "6", "9", "12"):
        for mark in ("*", "^"):
            known |= {f"10{mark}{power}/{b}": f"10*{power}/{_SIMPLE[b]}" for b in ("ul", "l")}
    others = (
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
    )
    known |= {name: codes[0] for name in others if (codes := _codes(name))}
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
