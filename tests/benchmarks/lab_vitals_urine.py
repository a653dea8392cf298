"""Layouts of made-up reports with tests of their own: vital signs, and a urine strip with results in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab_panel import HEADS, Result, any_day, iso, printed_day, printed_number
from lab_sheets import top

if TYPE_CHECKING:
    from lab_sheets import Sheet


def vital_signs(sheet: Sheet) -> None:
    """Vital signs, days as columns, both blood pressures in one cell."""
    days = [any_day(sheet.rng) for _ in range(3)]
    top(sheet, None)
    title, names = {
        "en": (
            "Vital Signs",
            ("Blood Pressure", "Pulse", "Weight", "Temperature", "Oxygen saturation"),
        ),
        "es": (
            "Signos vitales",
            (
                "Tensión arterial",
                "Frecuencia cardíaca",
                "Peso",
                "Temperatura",
                "Saturación de oxígeno",
            ),
        ),
        "fr": (
            "Constantes",
            (
                "Tension artérielle",
                "Fréquence cardiaque",
                "Poids",
                "Température",
                "Saturation en oxygène",
            ),
        ),
        "de": (
            "Vitalparameter",
            ("Blutdruck", "Puls", "Gewicht", "Temperatur", "Sauerstoffsättigung"),
        ),
    }[sheet.language]
    sheet.line((50,), (title,), 2.0)
    xs = (50, 200, 300, 400)
    date_word = {"en": "Date", "es": "Fecha", "fr": "Date", "de": "Datum"}[sheet.language]
    sheet.line(xs, (date_word, *(printed_day(day, sheet.language) for day in days)), 2.0)
    units = ("mmHg", "/min", "kg", "°C", "%")
    for name, unit in zip(names, units, strict=True):
        values = []
        for day in days:
            value = _vital(unit, sheet)
            values.append(f"{value} {unit}")
            if "/" in value:
                high, low = value.split("/")
                sheet.want(Result("Systolic blood pressure", high, unit, "", ""), iso(day))
                sheet.want(Result("Diastolic blood pressure", low, unit, "", ""), iso(day))
            else:
                sheet.want(Result(name, value, unit, "", ""), iso(day))
        sheet.line(xs, (name, *values))


def _vital(unit: str, sheet: Sheet) -> str:
    rng = sheet.rng
    if unit == "mmHg":
        return f"{rng.randint(95, 180)}/{rng.randint(50, 110)}"
    if unit == "°C":
        return printed_number(rng.uniform(36, 39), 1, sheet.language)
    return str(
        {"/min": rng.randint(50, 120), "kg": rng.randint(45, 120), "%": rng.randint(88, 100)}[unit]
    )


def urine_strip(sheet: Sheet) -> None:
    """Results in words."""
    day = any_day(sheet.rng)
    top(sheet, day)
    title, negative, rows = {
        "en": (
            "URINALYSIS",
            "Negative",
            (
                "Color",
                "Specific Gravity",
                "pH",
                "Protein",
                "Glucose",
                "Ketones",
                "Nitrite",
                "Leukocyte Esterase",
            ),
        ),
        "es": (
            "Análisis de orina",
            "Negativo",
            (
                "Color",
                "Densidad",
                "pH",
                "Proteínas",
                "Glucosa",
                "Cuerpos cetónicos",
                "Nitritos",
                "Esterasa leucocitaria",
            ),
        ),
        "fr": (
            "Analyse d'urine",
            "Négatif",
            (
                "Couleur",
                "Densité",
                "pH",
                "Protéines",
                "Glucose",
                "Corps cétoniques",
                "Nitrites",
                "Leucocyte estérase",
            ),
        ),
        "de": (
            "Urinstatus",
            "negativ",
            (
                "Farbe",
                "Spezifisches Gewicht",
                "pH",
                "Eiweiß",
                "Glukose",
                "Ketonkörper",
                "Nitrit",
                "Leukozytenesterase",
            ),
        ),
    }[sheet.language]
    sheet.line((50,), (title,), 2.0)
    heads = HEADS[sheet.language]
    xs = (50, 230, 350)
    sheet.line(xs, (heads[0], heads[1], heads[3]), 2.0)
    yellow = {"en": "Yellow", "es": "Amarillo", "fr": "Jaune", "de": "gelb"}[sheet.language]
    for name in rows:
        value, normal = negative, negative
        if name == rows[0]:
            value = normal = yellow
        elif name == rows[1]:
            value, normal = (
                printed_number(1.015, 3, sheet.language),
                f"{printed_number(1.005, 3, sheet.language)} - {printed_number(1.03, 3, sheet.language)}",
            )
        elif name == "pH":
            value, normal = (
                printed_number(sheet.rng.choice((5.5, 6.0, 7.0)), 1, sheet.language),
                f"{printed_number(5.0, 1, sheet.language)} - {printed_number(8.0, 1, sheet.language)}",
            )
        elif sheet.rng.random() < 0.3:
            value = sheet.rng.choice(("1+", "2+", "Trace" if sheet.language == "en" else "3+"))
        sheet.line(xs, (name, value, normal))
        sheet.want(Result(name, value, "", "", ""), iso(day))
