"""Lines that say which medicine is taken, how much of it, how and when, in English, Spanish, French and German."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.measures.numbers import parse_number

if TYPE_CHECKING:
    from decimal import Decimal

LONGEST = 300  # characters of a line
_LONGEST_NAME = 12  # words

_AMOUNT = r"(?:\d{1,3}(?:[.,]\d{3})+|\d+(?:[.,]\d+)?(?:\s?/\s?\d+(?:[.,]\d+)?)?(?:\s?-\s?\d+(?:[.,]\d+)?)?)"
_STRENGTH = re.compile(
    rf"(?<![\w.,/])(?P<amount>{_AMOUNT})\s?(?P<unit>mg|mcg|µg|ug|g|kg|ml|l|units?|u|iu|ie|ui|"
    rf"i\.?e\.?|meq|mmol|%|mikrogramm|microgramos|microgrammes)"
    rf"(?:\s?/\s?(?:\d*\s?)?(?:ml|actuat|act|puff|dose|dosis|h|hr|hour|day|24\s?h|tablet|"
    rf"5\s?ml|inh))?(?!\w)",
    re.IGNORECASE,
)
_FORMS = (
    r"tab(?:let)?s?\.?|cap(?:sule)?s?\.?|caplets?|puffs?|drops?|gtts?|patch(?:es)?|inhal(?:er|"
    r"ation)s?|sprays?|suppositor(?:y|ies)|solution|suspension|cream|ointment|gel|lotion|"
    r"syrup|injections?|vials?|ampoules?|ampules?|sachets?|lozenges?|comprimidos?|comp\.|"
    r"c[aá]psulas?|gotas?|inhalaciones|inhalaci[oó]n|sobres?|parches?|jarabe|ampollas?|"
    r"comprim[eé]s?|cp|g[eé]lules?|gouttes?|bouff[eé]es?|patchs?|sirop|tabl?(?:\.|etten?)|"
    r"kapseln?|tropfen|hub|h[uü]be|pflaster|spritzen?|salbe|unidades"
)
_FORM = re.compile(rf"(?<!\w)(?:{_FORMS})(?!\w)", re.IGNORECASE)
_COUNT_WORDS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "half": "0.5",
    "un": 1,
    "una": 1,
    "dos": 2,
    "une": 1,
    "deux": 2,
    "eine": 1,
    "zwei": 2,
    "1/2": "0.5",
    "½": "0.5",
}
_COUNTS = "|".join(word for word in _COUNT_WORDS if word.isalpha())
_COUNT = re.compile(
    rf"(?<![\w.,/])(?P<count>½|1/2|\d{{1,2}}(?:[.,]\d)?|{_COUNTS})\s*(?:\(\w+\)\s*)?(?P<form>{_FORMS})(?!\w)",
    re.IGNORECASE,
)
_ROUTES: dict[str, str] = {
    r"p\.?\s?o\.?|by mouth|orally|oral|per os|v[ií]a oral|v\.?o\.?|por boca|(?:par )?voie orale|peroral": "oral",
    r"i\.?v\.?|intravenous(?:ly)?|intravenosa|intraveineuse|intraven[oö]s": "intravenous",
    r"i\.?m\.?|intramuscular(?:ly)?|intramusculaire|intramuskul[aä]r": "intramuscular",
    r"s\.?\s?c\.?|sub-?cutaneous(?:ly)?|subcut|subq|subcut[aá]nea|sous-cutan[eé]e|subkutan": "subcutaneous",
    r"inhaled|by inhalation|inhalation|inhalada|inhal[eé]|inhalativ": "inhalation",
    r"topical(?:ly)?|t[oó]pica|topique|topisch": "topical",
    r"sublingual(?:ly)?|s\.?l\.?": "sublingual",
    r"rectal(?:ly)?|p\.?r\.?": "rectal",
    r"transdermal": "transdermal",
    r"nasal(?:ly)?|intranasal": "nasal",
    r"ophthalmic|o\.?u\.?": "ophthalmic",
}
_ROUTE = tuple(
    (re.compile(rf"(?<![\w.])(?:{words})(?!\w)", re.IGNORECASE), route)
    for words, route in _ROUTES.items()
)
_FREQUENCY = re.compile(
    r"(?<![\w.])(?:"
    r"once (?:a |per )?(?:daily|day|week(?:ly)?|month)|once|twice (?:a |per )?(?:daily|day|"
    r"week)|(?:one|two|three|four|\d) times? (?:a |per )?(?:daily|day|week)|"
    r"(?:every|each|q)\s?(?:other )?(?:\d{1,2}\s?(?:-\s?\d{1,2}\s?)?(?:h|hrs?|hours?|days?|"
    r"weeks?)?|day|morning|evening|night|week|month|six hours|eight hours|twelve hours)|"
    r"q\.?\s?(?:d|h|am|pm|hs|od|wk)\.?|b\.?\s?i\.?\s?d\.?|t\.?\s?i\.?\s?d\.?|"
    r"q\.?\s?i\.?\s?d\.?|q\d{1,2}h|qhs|qam|qpm|hs|o\.?d\.?|daily|nightly|weekly|monthly|"
    r"at bedtime|bedtime|in the morning|"
    r"cada \d{1,2} ?(?:h(?:oras)?|d[ií]as?)|(?:una|dos|tres|\d) ve(?:z|ces) al d[ií]a|"
    r"al d[ií]a|diario|diaria|por la (?:noche|ma[nñ]ana)|al acostarse|cada (?:noche|"
    r"ma[nñ]ana)|"
    r"\d fois par (?:jour|semaine)|une fois par jour|deux fois par jour|"
    r"toutes les \d{1,2} ?h(?:eures)?|par jour|/\s?j(?:our)?|le (?:matin|soir|midi)|"
    r"matin et soir|au coucher|"
    r"(?:einmal|zweimal|dreimal|\d ?x|\dmal) (?:t[aä]glich|pro tag|am tag|w[oö]chentlich)|"
    r"t[aä]glich|t[gl]{1,2}\.?|alle \d{1,2} ?(?:h|stunden)|morgens|mittags|abends|zur nacht|"
    r"\d(?:[.,]\d|/2)?\s?-\s?\d(?:[.,]\d|/2)?\s?-\s?\d(?:[.,]\d|/2)?(?:\s?-\s?\d(?:[.,]\d|/2)?)?"
    r")(?!\w)",
    re.IGNORECASE,
)
_AS_NEEDED = re.compile(
    r"(?<![\w.])(?:p\.?\s?r\.?\s?n\.?|as needed|si precisa|si dolor|a demanda|si besoin|"
    r"bei bedarf|b\. ?bed\.?|when required)(?!\w)",
    re.IGNORECASE,
)
_STOPPED = re.compile(
    r"\b(?:stop(?:ped)?|discontinue[d]?|d/c(?:ed)?|suspend(?:er|ido|ida)|retirar|retirado|"
    r"arr[eê]t[eé]?|abgesetzt|beendet|held|on hold|not taking)\b",
    re.IGNORECASE,
)
_VERBS = re.compile(
    r"^(?:take|taking|start(?:ed)?|continue|resume|new|change[d]?|tomar|contin[uú]a?r?|"
    r"prendre|poursuivre|einnehmen|weiter)\s*:?\s+",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"^(?:the|no|none|take|for|and|see|please|patient|all|quantity|refills?|active|started|"
    r"ended|ordered|status|name|dates?|details|medications?|indication|comments?|"
    r"instructions?|"
    r"el|la|los|le|les|der|die|das|ninguno|ninguna|aucun|aucune|keine?|sin|follow|call|return)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Medication:
    """What a line says of one medicine; "" or None where it does not say."""

    name: str  # with its strength, as printed: "Lisinopril 10 MG Oral Tablet"
    instructions: str  # the rest of the line, as printed
    amount: Decimal | None = None  # of one dose
    unit: str = ""
    route: str = ""
    frequency: str = ""
    as_needed: bool = False
    stopped: bool = False


def medication_in(line: str) -> Medication | None:
    """The medicine of one line of a list. None for a line that names no dose, form or time, or no medicine."""
    text = " ".join(line.split())[:LONGEST]
    text = _VERBS.sub("", text)
    found = [
        mark
        for mark in (
            _STRENGTH.search(text),
            _COUNT.search(text),
            _FORM.search(text),
            _FREQUENCY.search(text),
        )
        if mark
    ]
    if not found or _NO_NAME.match(text):
        return None
    name_end = _name_end(text)
    name = text[:name_end].strip(" ,;:-(")
    if not _is_name(name):
        return None
    rest = text[name_end:].strip(" ,;:-")
    amount, unit = _dose(text, rest)
    route = next((route for pattern, route in _ROUTE if pattern.search(rest)), "")
    frequency = _FREQUENCY.search(rest)
    return Medication(
        name,
        rest,
        amount,
        unit,
        route,
        frequency[0] if frequency else "",
        _AS_NEEDED.search(rest) is not None,
        _STOPPED.search(text) is not None,
    )


def statement_of(medication: Medication, *, status: str = "active") -> dict[str, Any]:
    """A FHIR MedicationStatement without person and date."""
    dosage: dict[str, Any] = {}
    if medication.instructions:
        dosage["text"] = medication.instructions
    if medication.frequency:
        dosage["timing"] = {"code": {"text": medication.frequency}}
    if medication.as_needed:
        dosage["asNeededBoolean"] = True
    if medication.route:
        dosage["route"] = {"text": medication.route}
    if medication.amount is not None:
        dosage["doseAndRate"] = [
            {"doseQuantity": {"value": medication.amount, "unit": medication.unit}}
        ]
    made: dict[str, Any] = {
        "resourceType": "MedicationStatement",
        "status": "stopped" if medication.stopped else status,
        "medicationCodeableConcept": {"text": medication.name},
    }
    return made | ({"dosage": [dosage]} if dosage else {})


def _name_end(text: str) -> int:
    """Where the name and its strength end: behind the first strength and the form that follows it."""
    strength = _STRENGTH.search(text)
    if strength is None:
        starts = [
            mark.start()
            for mark in (
                _COUNT.search(text),
                _FREQUENCY.search(text),
                *(p.search(text) for p, _ in _ROUTE),
            )
            if mark
        ]
        form = _FORM.search(text)
        if form is not None and (not starts or form.start() < min(starts)):
            return form.end()
        comma = text.find(",")
        return min([*starts, *([comma] if comma > 0 else []), len(text)])
    count, comma = _COUNT.search(text), text.find(",")
    if count is not None and count.start() < strength.start():
        return count.start()
    if 0 < comma < strength.start() and _FREQUENCY.search(text[: strength.start()]):
        return comma
    end = strength.end()
    form = re.match(
        rf"\s*(?:\(?(?:oral|inhalant|inhalation|topical|nasal|chewable|extended release|er|xr|"
        rf"sr|ec|ophthalmic)\s*)*(?:{_FORMS})(?:\s+solution)?\)?(?!\w)",
        text[end:],
        re.IGNORECASE,
    )
    return end + form.end() if form is not None else end


def _dose(text: str, rest: str) -> tuple[Decimal | None, str]:
    """What is taken at once: so many tablets if it says so, else the strength."""
    count = _COUNT.search(rest)
    if count is not None:
        word = count["count"].casefold()
        number = parse_number(str(_COUNT_WORDS.get(word, word)))
        return (number.value if number else None), count["form"].rstrip(".")
    strength = _STRENGTH.search(rest) or _STRENGTH.search(text)
    if (
        strength is None
        or "/" in strength[0]
        or "-" in strength["amount"]
        or strength["unit"] == "%"
    ):
        return None, ""
    number = parse_number(strength["amount"])
    return (number.value if number else None), strength["unit"] if number else ""


def _is_name(name: str) -> bool:
    words = name.split()
    letters = sum(letter.isalpha() for letter in name)
    if not 1 <= len(words) <= _LONGEST_NAME or letters < 3 or not name[0].isalnum():
        return False
    return _NO_NAME.match(name) is None and _FORM.fullmatch(name) is None
