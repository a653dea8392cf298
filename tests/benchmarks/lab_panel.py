"""Made-up results in four languages: what tests are called, their units, ranges, and words around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random

# what it is called in English, Spanish, French and German
NAMES = """
    glucose | Glucose | Glucosa | Glucose | Glukose
    creatinine | Creatinine | Creatinina | Créatinine | Kreatinin
    sodium | Sodium | Sodio | Sodium | Natrium
    potassium | Potassium | Potasio | Potassium | Kalium
    calcium | Calcium | Calcio | Calcium | Calcium
    alt | ALT (SGPT) | GPT (ALT) | ALAT (TGP) | GPT (ALAT)
    ast | AST (SGOT) | GOT (AST) | ASAT (TGO) | GOT (ASAT)
    alp | Alkaline Phosphatase | Fosfatasa alcalina | Phosphatases alcalines | Alkalische Phosphatase
    bili | Bilirubin, Total | Bilirrubina total | Bilirubine totale | Bilirubin gesamt
    albumin | Albumin | Albúmina | Albumine | Albumin
    wbc | White Blood Cell Count | Leucocitos | Leucocytes | Leukozyten
    rbc | RBC | Hematíes | Hématies | Erythrozyten
    hgb | Hemoglobin | Hemoglobina | Hémoglobine | Hämoglobin
    hct | Hematocrit | Hematocrito | Hématocrite | Hämatokrit
    plt | Platelets | Plaquetas | Plaquettes | Thrombozyten
    mcv | MCV | VCM | VGM | MCV
    tsh | TSH | TSH | TSH | TSH basal
    chol | Cholesterol, Total | Colesterol total | Cholestérol total | Cholesterin gesamt
    hdl | HDL Cholesterol | Colesterol HDL | Cholestérol HDL | HDL-Cholesterin
    trig | Triglycerides | Triglicéridos | Triglycérides | Triglyceride
    ferritin | Ferritin | Ferritina | Ferritine | Ferritin
    crp | C-Reactive Protein | Proteína C reactiva | CRP | CRP
    a1c | Hemoglobin A1c | Hemoglobina glicosilada | Hémoglobine glyquée (HbA1c) | HbA1c
"""
# conventional and SI unit, each with the reference range and the decimals
UNITS = """
    glucose | mg/dL 70 99 0 | mmol/L 3.9 5.6 1
    creatinine | mg/dL 0.6 1.3 2 | µmol/L 53 97 0
    sodium | mEq/L 135 145 0 | mmol/L 135 145 0
    potassium | mEq/L 3.5 5.1 1 | mmol/L 3.5 5.1 1
    calcium | mg/dL 8.6 10.2 1 | mmol/L 2.15 2.55 2
    alt | U/L 7 56 0 | U/l 7 56 0
    ast | U/L 10 40 0 | U/l 10 40 0
    alp | IU/L 44 147 0 | U/l 44 147 0
    bili | mg/dL 0.1 1.2 1 | µmol/l 2 21 0
    albumin | g/dL 3.5 5.0 1 | g/l 35 50 0
    wbc | x10E3/uL 3.4 10.8 1 | G/l 4.0 10.0 1
    rbc | x10E6/uL 4.14 5.8 2 | T/l 4.2 5.7 2
    hgb | g/dL 13.0 17.7 1 | g/dl 13.0 17.0 1
    hct | % 37.5 51.0 1 | % 40 52 1
    plt | K/uL 150 450 0 | G/l 150 400 0
    mcv | fL 79 97 0 | fl 80 98 1
    tsh | uIU/mL 0.45 4.5 2 | mUI/L 0.4 4.0 2
    chol | mg/dL 100 199 0 | mmol/l 2.6 5.2 2
    hdl | mg/dL 40 90 0 | mmol/l 1.0 2.2 2
    trig | mg/dL 40 149 0 | mmol/l 0.5 1.7 2
    ferritin | ng/mL 30 400 0 | µg/L 30 400 0
    crp | mg/L 0.1 5.0 1 | mg/l 0.1 5.0 1
    a1c | % 4.0 5.6 1 | % 4.0 6.0 1
"""


def _panel() -> dict[str, dict[str, Any]]:
    panel: dict[str, dict[str, Any]] = {}
    for line in NAMES.strip().splitlines():
        key, *names = (cell.strip() for cell in line.split("|"))
        panel[key] = {"names": names}
    for line in UNITS.strip().splitlines():
        key, *kinds = (cell.strip() for cell in line.split("|"))
        for kind, cell in zip(("us", "si"), kinds, strict=True):
            unit, low, high, decimals = cell.split(" ")
            panel[key][kind] = (unit, float(low), float(high), int(decimals))
    return panel


PANEL = _panel()
LANGUAGES = ("en", "es", "fr", "de")
HEADS = {
    "en": ("Test", "Result", "Units", "Reference Range", "Flag"),
    "es": ("Determinación", "Resultado", "Unidades", "Valores de referencia", ""),
    "fr": ("Analyse", "Résultat", "Unité", "Valeurs de référence", ""),
    "de": ("Untersuchung", "Ergebnis", "Einheit", "Referenzbereich", ""),
}
COLLECTED = {
    "en": "Collected:",
    "es": "Fecha de extracción:",
    "fr": "Prélèvement du",
    "de": "Entnahme:",
}
PERSON = {
    "en": "Patient: Alma Quist   DOB: 04/17/1961   Sex: F",
    "es": "Paciente: Alma Quist   Fecha de nacimiento: 17/04/1961",
    "fr": "Patient : Alma Quist   Née le 17/04/1961",
    "de": "Patientin: Alma Quist   geb. 17.04.1961",
}


@dataclass
class Result:
    name: str
    value: str
    unit: str
    range: str
    flag: str  # "", H or L


def results_for(
    language: str, rng: random.Random, count_: int, *, odd: bool = True
) -> list[Result]:
    place, kind = LANGUAGES.index(language), "us" if language in {"en", "es"} else "si"
    made = []
    for key in rng.sample(sorted(PANEL), count_):
        unit, low, high, decimals = PANEL[key][kind]
        value = rng.uniform(low * 0.75, high * 1.3)
        shown = printed_number(value, decimals, language)
        if odd and rng.random() < 0.07:
            shown = f"<{printed_number(low, decimals, language)}"
        limits = f"{printed_number(low, decimals, language)} - {printed_number(high, decimals, language)}"
        if rng.random() < 0.15:
            limits = f"< {printed_number(high, decimals, language)}"
        number = float(printed_number(value, decimals, "en"))
        flag = (
            ""
            if shown.startswith("<") or "<" in limits
            else "H"
            if number > high
            else "L"
            if number < low
            else ""
        )
        made.append(Result(PANEL[key]["names"][place], shown, unit, limits, flag))
    return made


def printed_number(value: float, decimals: int, language: str) -> str:
    text = f"{value:.{decimals}f}"
    return text if language == "en" else text.replace(".", ",")


def any_day(rng: random.Random) -> tuple[int, int, int]:
    return rng.randint(2015, 2024), rng.randint(1, 12), rng.randint(13, 28)


def iso(day: tuple[int, int, int]) -> str:
    return f"{day[0]:04}-{day[1]:02}-{day[2]:02}"


def printed_day(day: tuple[int, int, int], language: str) -> str:
    year, month, date = day
    if language == "en":
        return f"{month:02}/{date:02}/{year}"
    return f"{date:02}.{month:02}.{year}" if language == "de" else f"{date:02}/{month:02}/{year}"
