"""Apple's units and how values come: UCUM codes, fractions that mean percent, numbers as other locales write them."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from healthmate_desktop.domain.samples import all_numbers

PERCENT = "%"
_UNITS = {
    "%": "%",
    "Cal": "kcal",
    "IU": "[iU]",
    "J": "J",
    "L": "L",
    "L/min": "L/min",
    "L/s": "L/s",
    "S": "S",
    "W": "W",
    "atm": "atm",
    "cal": "cal",
    "cm": "cm",
    "cmAq": "cm[H2O]",
    "count": "1",
    "count/min": "/min",
    "count/s": "/s",
    "cup_imp": "[cup_br]",
    "cup_us": "[cup_us]",
    "d": "d",
    "dBASPL": "dB[SPL]",
    "deg": "deg",
    "degC": "Cel",
    "degF": "[degF]",
    "dL": "dL",
    "fl_oz_imp": "[foz_br]",
    "fl_oz_us": "[foz_us]",
    "ft": "[ft_i]",
    "ft/min": "[ft_i]/min",
    "ft/s": "[ft_i]/s",
    "g": "g",
    "g/L": "g/L",
    "hr": "h",
    "Hz": "Hz",
    "in": "[in_i]",
    "in/s": "[in_i]/s",
    "inHg": "[in_i'Hg]",
    "K": "K",
    "kcal": "kcal",
    "kg": "kg",
    "kJ": "kJ",
    "km": "km",
    "km/h": "km/h",
    "km/hr": "km/h",
    "kPa": "kPa",
    "lb": "[lb_av]",
    "m": "m",
    "m/s": "m/s",
    "mcg": "ug",
    "mcg/dL": "ug/dL",
    "mcS": "uS",
    "mg": "mg",
    "mg/dL": "mg/dL",
    "mi": "[mi_i]",
    "mi/hr": "[mi_i]/h",
    "min": "min",
    "mL": "mL",
    "mL/min": "mL/min",
    "mm": "mm",
    "mmHg": "mm[Hg]",
    "mmol/L": "mmol/L",
    "mph": "[mi_i]/h",
    "ms": "ms",
    "oz": "[oz_av]",
    "Pa": "Pa",
    "pt_imp": "[pt_br]",
    "pt_us": "[pt_us]",
    "rad": "rad",
    "s": "s",
    "st": "[stone_av]",
    "yd": "[yd_i]",
    **dict.fromkeys(
        ("mL/min·kg", "mL/(min·kg)", "mL/kg·min", "mL/(kg·min)", "ml/kg·min"), "mL/kg/min"
    ),
    **dict.fromkeys(("kcal/hr·kg", "kcal/(hr·kg)", "kcal/kg·hr", "kcal/(kg·hr)"), "kcal/kg/h"),
}
_OF_TYPES = {  # where the unit of a type means more than it says, or FHIR wants another
    ("HKQuantityTypeIdentifierBodyMassIndex", "count"): ("kg/m2", 1),
    ("HKQuantityTypeIdentifierHeight", "m"): ("cm", 100),
    ("HKQuantityTypeIdentifierHeight", "ft"): ("[in_i]", 12),
}
_MOLES = re.compile(r"mmol<[0-9.]+>/L")  # the molar mass of what is measured stands within


def unit_of(type_id: str, unit: str) -> tuple[str, bool, int]:
    """The UCUM code, whether it is one, and what values are to be multiplied by. Unknown units stay as they came."""
    unit = _MOLES.sub("mmol/L", unit).replace("⋅", "·")
    if (type_id, unit) in _OF_TYPES:
        code, factor = _OF_TYPES[type_id, unit]
        return code, True, factor
    if unit in _UNITS:
        return _UNITS[unit], True, 1
    return unit, False, 1


def number_of(text: str | None) -> str | None:
    """A decimal number from any locale with its digits as they came; None for what is none."""
    text = (text or "").strip()
    if not all_numbers([text]):
        text = "".join(map(_plain, text)).replace("\N{ARABIC DECIMAL SEPARATOR}", ".")
        if text.count(",") == 1 and "." not in text:
            text = text.replace(",", ".")
        text = f"0{text}" if text.startswith(".") else text.removeprefix("+")
    return text if all_numbers([text]) and text else None


def scaled(number: str, unit: str, factor: int) -> str:
    """In the unit of `unit_of`. Apple writes percents as parts of one, so what is at most one is a hundredfold."""
    if unit == PERCENT:
        factor = 100 if abs(Decimal(number)) <= 1 else 1
    if factor == 1:
        return number
    value = f"{Decimal(number) * factor:f}"
    return value.rstrip("0").rstrip(".") if "." in value else value


def _plain(letter: str) -> str:
    """Digits of any script; minus signs and spaces of any kind."""
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    return "-" if letter == "\N{MINUS SIGN}" else "" if letter.isspace() else letter
