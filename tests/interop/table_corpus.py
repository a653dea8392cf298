"""Made-up tables as labs, apps and people write them, each with the results that stand in it."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Cells = list[str]


@dataclass(frozen=True)
class Truth:
    day: str
    value: str
    unit: str


@dataclass(frozen=True)
class Sample:
    name: str
    rows: list[Cells]
    truth: list[Truth]


TESTS = {
    "en": ("Sodium", "Potassium", "Glucose", "Hemoglobin", "Creatinine"),
    "de": ("Natrium", "Kalium", "Glukose", "Hämoglobin", "Kreatinin"),
    "fr": ("Sodium", "Potassium", "Glucose", "Hémoglobine", "Créatinine"),
    "es": ("Sodio", "Potasio", "Glucosa", "Hemoglobina", "Creatinina"),
}
UNITS = ("mmol/L", "mmol/L", "mmol/L", "g/dL", "µmol/L")
SPANS = ((135, 146, 0), (35, 52, 1), (39, 78, 1), (118, 165, 1), (60, 1250, 0))
HEADINGS = {
    "en": (
        ("Date", "Test", "Result", "Unit", "Reference Range", "Flag"),
        ("Collected", "Test Name", "Value", "Units", "Normal Range", "Abnormal"),
        ("Collection Date", "Component", "Your Value", "Unit of Measure", "Standard Range", "Flag"),
    ),
    "de": (
        ("Datum", "Untersuchung", "Ergebnis", "Einheit", "Referenzbereich", "Bewertung"),
        ("Abnahmedatum", "Parameter", "Messwert", "Einh.", "Normbereich", "Kennzeichen"),
    ),
    "fr": (
        ("Date", "Analyse", "Résultat", "Unité", "Valeurs de référence", "Alerte"),
        ("Date de prélèvement", "Libellé", "Valeur", "Unités", "Normes", "Anomalie"),
    ),
    "es": (
        ("Fecha", "Prueba", "Resultado", "Unidades", "Valores de referencia", "Indicador"),
        ("Fecha de toma", "Determinación", "Valor", "Unidad", "Rango de referencia", "Alerta"),
    ),
}
UNKNOWN = ("Pvm", "Aine", "Saatu", "Yks", "Väli", "Huom")
FORMS = {
    "iso": "%Y-%m-%d",
    "stamp": "%Y-%m-%dT08:30:00",
    "day/month": "%d/%m/%Y",
    "month/day": "%m/%d/%Y",
    "dots": "%d.%m.%Y",
    "words": "%d %b %Y",
    "short": "%d.%m.%y",
}
OF_LANGUAGE = {
    "en": ("iso", "stamp", "day/month", "month/day", "words"),
    "de": ("iso", "dots", "short"),
    "fr": ("iso", "day/month"),
    "es": ("iso", "day/month"),
}


def samples(seed: int = 1) -> Iterator[Sample]:
    chance = random.Random(seed)
    for language, forms in OF_LANGUAGE.items():
        marks = "." if language == "en" else ".,"
        for form, mark, early in itertools.product(forms, marks, (True, False)):
            for headings in HEADINGS[language]:
                yield _long(chance, language, form, mark, headings, early=early)
            yield _wide(chance, language, form, mark, early=early)
            yield _across(chance, language, form, mark, early=early)
    for form, early in itertools.product(("iso", "day/month", "month/day"), (True, False)):
        yield _long(chance, "en", form, ".", UNKNOWN, early=early)
        yield _diary(chance, form, early=early)
        yield _bare(chance, form, early=early)
    yield _dateless(chance)


def _days(chance: random.Random, count: int, *, early: bool) -> list[date]:
    """`early` ones may be read as day or month first."""
    first = date(2024, chance.randint(1, 9), 1)
    if early:
        return [first.replace(month=first.month + n % 3, day=n + 2) for n in range(count)]
    return [first + timedelta(days=12 + n) for n in range(count)]


def _number(chance: random.Random, at: int) -> Decimal:
    low, high, places = SPANS[at]
    return Decimal(chance.randint(low, high)).scaleb(-places)


def _written(number: Decimal, mark: str) -> str:
    return str(number).replace(".", mark)


def _shown(day: date, form: str) -> str:
    return day.strftime(FORMS[form])


def _long(
    chance: random.Random,
    language: str,
    form: str,
    mark: str,
    headings: tuple[str, ...],
    *,
    early: bool,
) -> Sample:
    rows, truth = [list(headings)], []
    for day in _days(chance, 4, early=early):
        for at, name in enumerate(TESTS[language]):
            number = _number(chance, at)
            limits = f"{_written(number - 1, mark)} - {_written(number + 1, mark)}"
            rows.append([_shown(day, form), name, _written(number, mark), UNITS[at], limits, ""])
            truth.append(Truth(day.isoformat(), str(number), UNITS[at]))
    return Sample(f"long {language} {headings[0]} {form} {mark} {early}", rows, truth)


def _wide(chance: random.Random, language: str, form: str, mark: str, *, early: bool) -> Sample:
    names = [f"{name} ({UNITS[at]})" for at, name in enumerate(TESTS[language])]
    rows, truth = [[HEADINGS[language][0][0], *names]], []
    for day in _days(chance, 6, early=early):
        numbers = [_number(chance, at) for at in range(len(names))]
        rows.append([_shown(day, form), *(_written(number, mark) for number in numbers)])
        truth += [
            Truth(day.isoformat(), str(number), UNITS[at]) for at, number in enumerate(numbers)
        ]
    return Sample(f"wide {language} {form} {mark} {early}", rows, truth)


def _across(chance: random.Random, language: str, form: str, mark: str, *, early: bool) -> Sample:
    days = _days(chance, 4, early=early)
    test, unit = HEADINGS[language][0][1], HEADINGS[language][0][3]
    rows, truth = [[test, unit, *(_shown(day, form) for day in days)]], []
    for at, name in enumerate(TESTS[language]):
        numbers = [_number(chance, at) for _ in days]
        rows.append([name, UNITS[at], *(_written(number, mark) for number in numbers)])
        truth += [
            Truth(day.isoformat(), str(n), UNITS[at]) for day, n in zip(days, numbers, strict=True)
        ]
    return Sample(f"across {language} {form} {mark} {early}", rows, truth)


def _diary(chance: random.Random, form: str, *, early: bool) -> Sample:
    rows, truth = [["Date", "Time", "BP", "Pulse (bpm)", "Weight (kg)", "Notes"]], []
    for day in _days(chance, 7, early=early):
        high, low, pulse = chance.randint(110, 150), chance.randint(65, 95), chance.randint(55, 90)
        weight = Decimal(chance.randint(700, 800)).scaleb(-1)
        rows.append(
            [
                *(
                    _shown(day, form),
                    "07:30",
                    f"{high}/{low}",
                    str(pulse),
                    str(weight),
                    "after coffee",
                ),
            ]
        )
        truth += [
            Truth(day.isoformat(), str(value), unit)
            for value, unit in ((high, "mmHg"), (low, "mmHg"), (pulse, "bpm"), (weight, "kg"))
        ]
    return Sample(f"diary {form} {early}", rows, truth)


def _bare(chance: random.Random, form: str, *, early: bool) -> Sample:
    """Without headings."""
    full = _long(chance, "en", form, ".", UNKNOWN, early=early)
    return Sample(f"bare {form} {early}", [row[:4] for row in full.rows[1:]], full.truth)


def _dateless(chance: random.Random) -> Sample:
    full = _long(chance, "en", "iso", ".", HEADINGS["en"][0], early=False)
    truth = [Truth("", each.value, each.unit) for each in full.truth]
    return Sample("dateless", [row[1:] for row in full.rows], truth)
