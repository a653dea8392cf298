"""The fourteen layouts of made-up reports; those of vital signs and urine strips are in `lab_vitals_urine.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab_panel import HEADS, Result, any_day, iso, printed_day, results_for
from lab_sheets import Sheet, top
from lab_vitals_urine import urine_strip, vital_signs

if TYPE_CHECKING:
    import random
    from collections.abc import Callable


def classic(sheet: Sheet) -> None:
    """Columns with heads; the mark in one of its own."""
    day = any_day(sheet.rng)
    top(sheet, day)
    heads = HEADS[sheet.language]
    xs = (50, 230, 290, 350, 450)
    sheet.line(xs, (heads[0], heads[1], heads[4], heads[2], heads[3]), 2.0)
    for result in results_for(sheet.language, sheet.rng, 14):
        sheet.line(xs, (result.name, result.value, result.flag, result.unit, result.range))
        sheet.want(result, iso(day))


def in_and_out(sheet: Sheet) -> None:
    """Values in the column that says whether they are normal."""
    day = any_day(sheet.rng)
    top(sheet, day)
    xs = (50, 220, 300, 400)
    heads = ("Test Name", "In Range", "Out Of Range", "Reference Range")
    sheet.line(xs, heads, 2.0)
    for result in results_for(sheet.language, sheet.rng, 12):
        normal = "" if result.flag else result.value
        sheet.line(
            xs,
            (
                result.name,
                normal,
                f"{result.value} {result.flag}" if result.flag else "",
                f"{result.range} {result.unit}",
            ),
        )
        sheet.want(result, iso(day))


def with_earlier(sheet: Sheet) -> None:
    """Right-aligned values, and an earlier value with its day."""
    day = any_day(sheet.rng)
    top(sheet, day)
    heads = HEADS[sheet.language]
    earlier = {
        "en": "Previous result",
        "es": "Resultado anterior",
        "fr": "Antériorité",
        "de": "Vorwert",
    }[sheet.language]
    sheet.line((50, 205, 262, 330, 450), (heads[0], heads[1], heads[2], heads[3], earlier), 2.0)
    for result in results_for(sheet.language, sheet.rng, 12):
        sheet.text(50, result.name)
        sheet.text(245, f"{result.value}{'*' if result.flag else ''}", right=True)
        sheet.text(262, result.unit)
        sheet.text(330, f"({result.range})")
        sheet.text(480, result.value.replace("1", "2"), right=True)
        sheet.y += 15
        sheet.want(result, iso(day))


def cumulative(sheet: Sheet) -> None:
    """Days side by side."""
    days = [any_day(sheet.rng) for _ in range(3)]
    top(sheet, None)
    heads = HEADS[sheet.language]
    xs = (50, 190, 250, 310, 390, 470)
    sheet.line(
        xs,
        (heads[0], *(printed_day(day, sheet.language) for day in days), heads[2], heads[3]),
        2.0,
    )
    for result in results_for(sheet.language, sheet.rng, 11, odd=False):
        others = [
            Result(result.name, _vary(result.value, sheet.rng), result.unit, "", "")
            for _ in range(2)
        ]
        row = [result, *others]
        sheet.line(xs, (result.name, *(each.value for each in row), result.unit, result.range))
        for each, day in zip(row, days, strict=True):
            sheet.want(each, iso(day))


def _vary(value: str, rng: random.Random) -> str:
    digits = list(value)
    places = [place for place, letter in enumerate(digits) if letter.isdigit() and place]
    if places:
        digits[rng.choice(places)] = rng.choice("123456789")
    return "".join(digits)


def flow_sheet(sheet: Sheet) -> None:
    """A day in each row, a test in each column, units below the names."""
    top(sheet, None)
    tests = results_for(sheet.language, sheet.rng, 12, odd=False)
    tests = [test for test in tests if len(test.name.split(" (")[0]) <= 17][:5]
    xs = [50.0, 140.0, 240.0, 330.0, 410.0, 500.0]
    date_word = {"en": "Date", "es": "Fecha", "fr": "Date", "de": "Datum"}[sheet.language]
    sheet.size = 8.0
    xs = xs[: 1 + len(tests)]
    sheet.line(xs, (date_word, *(test.name.split(" (")[0] for test in tests)))
    sheet.line(xs, ("", *(test.unit for test in tests)), 2.0)
    for _ in range(6):
        day = any_day(sheet.rng)
        values = [_vary(test.value, sheet.rng) for test in tests]
        sheet.line(xs, (printed_day(day, sheet.language), *values))
        for test, value in zip(tests, values, strict=True):
            sheet.want(Result(test.name.split(" (")[0], value, test.unit, "", ""), iso(day))


def key_values(sheet: Sheet) -> None:
    """Name: value unit (range)."""
    day = any_day(sheet.rng)
    top(sheet, day)
    for result in results_for(sheet.language, sheet.rng, 13):
        mark = {"H": " H", "L": " L", "": ""}[result.flag]
        sheet.text(60, f"{result.name}: {result.value} {result.unit}{mark} ({result.range})")
        sheet.y += 15
        sheet.want(result, iso(day))


def side_by_side(sheet: Sheet) -> None:
    """Two tables beside each other."""
    day = any_day(sheet.rng)
    top(sheet, day)
    sheet.size = 8.0
    heads = HEADS[sheet.language]
    results = results_for(sheet.language, sheet.rng, 20)
    xs = (40, 145, 185, 235, 310, 415, 455, 505)
    sheet.line(xs, (heads[0], heads[1], heads[2], heads[3].split()[0]) * 2, 2.0)
    for left, right in zip(results[:10], results[10:], strict=True):
        sheet.line(
            xs,
            (
                left.name,
                left.value,
                left.unit,
                left.range,
                right.name,
                right.value,
                right.unit,
                right.range,
            ),
        )
        sheet.want(left, iso(day))
        sheet.want(right, iso(day))


def cards(sheet: Sheet) -> None:
    """The name over the value, the range under it."""
    day = any_day(sheet.rng)
    top(sheet, day)
    for result in results_for(sheet.language, sheet.rng, 9):
        sheet.text(50, result.name, size=11)
        sheet.y += 15
        sheet.text(50, f"{result.value} {result.unit}")
        sheet.y += 13
        label = {
            "en": "Reference range",
            "es": "Valores de referencia",
            "fr": "Valeurs de référence",
            "de": "Referenzbereich",
        }[sheet.language]
        sheet.text(50, f"{label}: {result.range}")
        sheet.y += 26
        sheet.want(result, iso(day))


def unit_in_name(sheet: Sheet) -> None:
    """The unit in brackets after the name, the mark glued to the value."""
    day = any_day(sheet.rng)
    top(sheet, day)
    heads = HEADS[sheet.language]
    xs = (50, 260, 360)
    sheet.line(xs, (heads[0], heads[1], heads[3]), 2.0)
    for result in results_for(sheet.language, sheet.rng, 13):
        name = result.name.split(" (")[0]
        mark = f" {result.flag}" if result.flag else ""
        sheet.line(xs, (f"{name} ({result.unit})", result.value + mark, result.range))
        sheet.want(Result(name, result.value, result.unit, result.range, result.flag), iso(day))


def ruled(sheet: Sheet) -> None:
    """Ruled cells, long names on two lines, a day in each row."""
    day = any_day(sheet.rng)
    top(sheet, None)
    heads = HEADS[sheet.language]
    date_word = {"en": "Date", "es": "Fecha", "fr": "Date", "de": "Datum"}[sheet.language]
    xs = (50, 125, 215, 315, 420, 520)
    rows = [[date_word, *heads[:2], heads[3], " "]]
    results = results_for(sheet.language, sheet.rng, 12)
    rows += [
        [
            printed_day(day, sheet.language),
            each.name,
            f"{each.value} {each.unit}",
            each.range,
            each.flag or " ",
        ]
        for each in results
    ]
    for row in rows:
        wrapped = [_wrapped(text, 16) for text in row]
        height = 4 + 11 * max(map(len, wrapped))
        for x, x1, lines in zip(xs, xs[1:], wrapped, strict=False):
            sheet.rules.append((x - 3, sheet.y - 10, x1 - 5, sheet.y - 10 + height))
            for number, line in enumerate(lines):
                sheet.pieces.append((x, sheet.y + 11 * number, line, sheet.size))
        sheet.y += height + 2
    for each in results:
        sheet.want(each, iso(day))


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def two_line_names(sheet: Sheet) -> None:
    """Long names go on in the next line, without rules."""
    day = any_day(sheet.rng)
    top(sheet, day)
    heads = HEADS[sheet.language]
    xs = (50, 160, 230, 310)
    sheet.line(xs, (heads[0], heads[1], heads[2], heads[3]), 2.2)
    for result in results_for(sheet.language, sheet.rng, 11):
        first, *rest = _wrapped(result.name, 13)
        sheet.line(xs, (first, result.value, result.unit, result.range), 1.3)
        for more in rest:
            sheet.line((50,), (more,), 1.3)
        sheet.y += 6
        sheet.want(result, iso(day))


def value_last(sheet: Sheet) -> None:
    """Name, range, unit, value: the value comes last."""
    day = any_day(sheet.rng)
    top(sheet, day)
    heads = HEADS[sheet.language]
    xs = (50, 220, 340, 430)
    sheet.line(xs, (heads[0], heads[3], heads[2], heads[1]), 2.0)
    for result in results_for(sheet.language, sheet.rng, 13):
        sheet.line(
            xs,
            (
                result.name,
                result.range,
                result.unit,
                f"{result.value} {'(H)' if result.flag == 'H' else ''}".strip(),
            ),
        )
        sheet.want(result, iso(day))


LAYOUTS: tuple[Callable[[Sheet], None], ...] = (
    classic, in_and_out, with_earlier, cumulative, flow_sheet, key_values, side_by_side, cards, unit_in_name, ruled,
    two_line_names, value_last, vital_signs, urine_strip,
)  # fmt: skip
