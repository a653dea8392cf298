"""Marks beside a result: high, low, abnormal. The codes are HL7's ObservationInterpretation."""

from __future__ import annotations

import re

from healthmate_desktop.domain.measures.wordlists import spread

INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"

_MARKS: dict[str, str] = spread(
    {
        "H": (
            "h|hi|high|↑|▲|⬆|alto|alta|elevado|elevada|aumentado|élevé|élevée|haut|hoch|erhöht|"
            "above range|above high normal|above normal"
        ),
        "L": (
            "l|lo|low|↓|▼|⬇|bajo|baja|disminuido|bas|basse|abaissé|niedrig|erniedrigt|tief|"
            "below range|below low normal|below normal"
        ),
        "HH": "hh|h*|*h|h!|critical high|panic high|very high|critically high|↑↑|alto crítico",
        "LL": "ll|l*|*l|l!|critical low|panic low|very low|critically low|↓↓|bajo crítico",
        "A": (
            "*|a|abn|abnormal|anormal|anormale|pathologisch|auffällig|out of range|!|"
            "fuera de rango|patológico|hors norme|**|(*)|abnormal result"
        ),
        "AA": "aa|critical|crit|panic|crítico|critique|kritisch|!!|***",
        "N": (
            "n|normal|within range|in range|wnl|within normal limits|unauffällig|normale|nl|"
            "dentro de rango|normal range"
        ),
    }
)
DISPLAY = {
    "H": "High",
    "L": "Low",
    "HH": "Critical high",
    "LL": "Critical low",
    "A": "Abnormal",
    "AA": "Critical abnormal",
    "N": "Normal",
}
_ONE_SIGN = "*!↑↓▲▼⬆⬇"
_LETTERS = ("hh", "ll", "h", "l", "hi", "lo", "high", "low", "abn")


def interpretation(text: str) -> str:
    """The code of a mark that stands alone: H, L, HH, LL, A, AA or N; "" for what is no mark."""
    return _MARKS.get(" ".join(text.strip(" ()[].,;:=").casefold().split()) or text.strip(), "")


def take_flag(text: str) -> tuple[str, str]:
    """The code of a mark at the start or the end of what is printed beside a number, and the rest: "H", " mg/dL"."""
    text = text.strip()
    if code := interpretation(text):
        return code, ""
    before, _, after = text.partition(" ")
    bracketed = re.match(r"[(\[]\s*([A-Za-z*!↑↓]{1,4})\s*[)\]]\s*", text)
    if bracketed and (code := interpretation(bracketed[1])):
        return code, text[bracketed.end() :]
    if _is_mark(before) and (code := interpretation(before)):
        return code, after
    start, _, end = text.rpartition(" ")
    if _is_mark(end) and (code := interpretation(end)):
        return code, start
    if text[:1] in _ONE_SIGN and text[:1]:
        sign = re.match(r"[*!]+|[↑▲⬆]+|[↓▼⬇]+", text)
        return (interpretation(sign[0]) or "A", text[sign.end() :]) if sign else ("", text)
    return "", text


def _is_mark(word: str) -> bool:
    plain = word.strip("()[].,;").casefold()
    return plain in _LETTERS or (bool(word) and all(letter in _ONE_SIGN for letter in word))


def contradicts(code: str, *, below: bool, above: bool) -> bool:
    """Whether a printed mark says other than the printed range does. `below` and `above`: where the value lies."""
    if code in {"H", "HH"}:
        return not above
    if code in {"L", "LL"}:
        return not below
    if code == "N":
        return below or above
    return code in {"A", "AA"} and not (below or above)
