"""Numbers of workbooks as Excel shows them: with 15 digits, as a date, or as percent."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from healthmate_desktop.documents.text import clean

if TYPE_CHECKING:
    from healthmate_desktop.documents.sheets.cells import Cell

DAY_0 = datetime(1899, 12, 30)  # noqa: DTZ001  (sheets know no zones)
DAY_0_OF_1904 = datetime(1904, 1, 1)  # noqa: DTZ001
_LAST_DAY = 2_958_465
# Excel's formats that a file need not spell out: "%" percent, else the parts of a date and time that are shown
USUAL_SHAPES = {
    **dict.fromkeys(("9", "10"), "%"),
    **{
        str(number): "ymd"
        for number in (*range(14, 17), *range(27, 32), 36, *range(50, 55), 57, 58)
    },
    "17": "ym",
    "22": "ymdh",
    **{str(number): "h" for number in (*range(18, 22), *range(32, 36), 45, 46, 47, 55, 56)},
}
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|am/pm|a/p', re.IGNORECASE)


def shape_of(code: str) -> str:
    """What a custom format makes of numbers: "%", some of "ymdh", or "" for a plain number."""
    plain = _LITERAL.sub("", code[:300]).split(";")[0].lower()
    if "%" in plain:
        return "%"
    time = "h" if "h" in plain or "s" in plain else ""
    if "y" in plain and "d" not in plain:
        return ("ym" if "m" in plain else "y") + time
    return ("ymd" if "d" in plain else "") + time


def shown_number(text: str, shape: str, first_day: datetime) -> Cell:
    """A number as it is shown: 15 digits, as a date, or as percent."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return clean(text)
    if not number.is_finite() or abs(number.adjusted()) > 308:
        return clean(text[:40])
    digits = number.as_tuple().digits
    if len(digits) > 15:
        number = Decimal(format(float(number), ".15g"))
    if shape == "%":
        return f"{_plain(number * 100)}%"
    if shape and 0 <= number < _LAST_DAY:
        return _date(number, shape, first_day)
    return _plain(number)


def _plain(number: Decimal) -> Decimal:
    """Without an exponent and the zeros that a percentage gains."""
    number = number.normalize()
    exponent = number.as_tuple().exponent
    return (
        number.quantize(Decimal(1)) if isinstance(exponent, int) and 0 < exponent <= 20 else number
    )


def _date(number: Decimal, shape: str, first_day: datetime) -> str:
    """ISO text with no more than the format shows."""
    days = float(number)
    if first_day == DAY_0 and days < 60:
        days += 1  # Excel's 1900 has a 29 February
    moment = first_day + timedelta(seconds=round(days * 86400))
    time = moment.strftime("%H:%M:%S" if moment.second else "%H:%M")
    if shape == "h" or number < 1:
        return time
    day = moment.strftime("%Y-%m-%d")[: {"y": 4, "ym": 7}.get(shape.rstrip("h"), 10)]
    return f"{day}T{time}" if shape == "ymdh" else day
