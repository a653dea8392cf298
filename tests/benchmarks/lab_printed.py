"""What is printed on the pages of the data folder, and so is wanted of whoever reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.measures.printed_units import printed_unit

if TYPE_CHECKING:
    from healthmate_desktop.domain.measures.analytes import Vocabulary

Row = tuple[str, str, str]  # name, value, unit, as printed
_SAME = [  # codes of one component, as different senders give them
    {"29463-7", "3141-9"}, {"718-7", "30313-1"}, {"4544-3", "20570-8"}, {"6690-2", "33765-9"}, {"777-3", "26515-7"},
    {"2345-7", "6777-7"}, {"33037-3", "10466-1"}, {"33914-3", "69405-9"}, {"9318-7", "14959-1"}, {"3140-1", "8277-6"},
    {"10834-0", "2336-6"}, {"2160-0", "35674-1"},
]  # fmt: skip


@dataclass
class Wanted:
    """A result that is printed."""

    name: str
    value: str
    unit: str
    date: str = ""
    codes: frozenset[str] = frozenset()


def printed_on(text: str, entries: list[dict[str, Any]], vocabulary: Vocabulary) -> list[Wanted]:
    """What of a document's results stands on one of its pages, with the unit as it is printed there."""
    lines = whole_lines(text)
    taken: set[tuple[int, str]] = set()
    wanted = []
    for entry in entries:
        same = next((group for group in _SAME if entry["code"] in group), {entry["code"]})
        at = _place_of(entry, same, lines, taken, vocabulary)
        if at is not None:
            taken.add((at, entry["value"]))
            name, unit = (
                _printed_name(lines, at, same, vocabulary),
                unit_behind(lines[at], entry["value"]),
            )
            wanted.append(
                Wanted(
                    name or entry["name"],
                    entry["value"],
                    unit or unit_in_brackets(lines[at - 1] if at else ""),
                    codes=frozenset(same),
                )
            )
    return wanted


def whole_lines(text: str) -> list[str]:
    """Lines of the text, joined where a unit or a number and its unit were broken."""
    lines: list[str] = []
    for line in text.splitlines():
        starts_unit = bool(printed_unit(line).codes) and len(line) <= 8
        ends_open = bool(lines) and lines[-1].endswith("/")
        if lines and (ends_open or (starts_unit and re.fullmatch(r"[\d.,]+", lines[-1]))):
            lines[-1] += ("" if ends_open else " ") + line
        else:
            lines.append(line)
    return lines


def _place_of(
    entry: dict[str, Any],
    same: set[str],
    lines: list[str],
    taken: set[tuple[int, str]],
    vocabulary: Vocabulary,
) -> int | None:
    value = re.escape(entry["value"])
    pattern = re.compile(
        rf"(?:{value}|{value}\s*/\s*\d+|\d+\s*/\s*{value})(?:\s*[^\s\d(.,-].*|\s*10\S+.*|\s*\(.*)?"
    )
    for at, line in enumerate(lines):
        pair = "/" in line.split(" ")[0] or " / " in line
        if (at, entry["value"]) in taken or not pattern.fullmatch(line):
            continue
        if pair != (entry["code"] in {"8480-6", "8462-4"} and pair):
            continue
        if _printed_name(lines, at, same, vocabulary):
            return at
    return None


def _printed_name(lines: list[str], at: int, same: set[str], vocabulary: Vocabulary) -> str:
    for back in range(1, 4):
        if at - back < 0:
            break
        for name in (
            lines[at - back],
            f"{lines[at - back - 1]} {lines[at - back]}" if at > back else "",
        ):
            hint = vocabulary.hint(name) if name else None
            if hint is None:
                continue
            codes = {code.loinc for each in hint.analytes for code in vocabulary.codes_of(each)}
            if codes & same or ("bp" in hint.analytes and same & {"8480-6", "8462-4"}):
                return re.sub(r"\s*\(.*\)", "", name)
            return ""
    return ""


def unit_behind(line: str, value: str) -> str:
    rest = line.split(value, 1)[1] if value in line else ""
    rest = re.sub(r"^\s*/\s*\d+", "", rest)
    return re.sub(r"\(.*\)", "", rest).strip()


def unit_in_brackets(line: str) -> str:
    """Behind the name: HGB (13-18 g/dl)."""
    found = re.search(r"\(.*\d\s*[-\u2013]\s*\d+(?:\.\d+)?\s+([^\s;)]+)", line)
    return found[1] if found else ""
