"""How many laboratory results are read rightly: python tests/benchmarks/labs.py [DATA_DIR] [--layouts N] [--no-ocr].

Two measures, each "right", "missing", "wrong and marked doubtful" and "wrong and unmarked":

1. DATA_DIR/ocr (or HEALTHMATE_EVAL_DATA): pages/*_clean.png and *_scan.jpg, read as the program reads them. What counts
   is what is printed in the page's .txt. An entry of *_results.json counts as printed if, in the lines of the .txt
   (joined where a cell was broken, "mg/" + "dL"), its value stands alone or before its unit, at most three lines after
   one of the names that its code has, and not counted yet; both blood pressures of 132/88 count, each once.
   A printed result is read rightly if one Observation that is proposed has (a) the name: the same letters and digits
   as printed, accents aside, or the entry's LOINC code, or one of the same component; (b) the value: the same digits as
   printed; (c) the unit: the same UCUM code as what is printed, or none where none is printed. Each proposal counts
   once. What is proposed beside and stands on the page, though not in *_results.json, counts as "not listed" (the pages
   print some values that differ from the document's). All else is wrong, and without a doubt wrong and unmarked.
2. Made-up reports in fourteen layouts and four languages, as PDF text and as noisy scans, counted in the same way
   against what was drawn. Dates are counted apart: of the results read rightly, those with the day that was drawn.

Nothing is kept.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from healthmate_desktop.documents.client import Reader
from healthmate_desktop.domain.measures.analytes import Vocabulary
from healthmate_desktop.domain.measures.printed_units import printed_unit
from healthmate_desktop.domain.proposals import Proposal
from healthmate_desktop.interop.pages.lab_tables import read_results
from healthmate_desktop.paths import resources_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from healthmate_desktop.domain.documents import Page

Row = tuple[str, str, str]  # name, value, unit, as printed


@dataclass
class Wanted:
    """A result that is printed."""

    name: str
    value: str
    unit: str
    date: str = ""
    codes: frozenset[str] = frozenset()


@dataclass
class Drawn:
    """A made-up report."""

    pdf: bytes
    wanted: list[Wanted]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", nargs="?", default=os.environ.get("HEALTHMATE_EVAL_DATA", ""))
    parser.add_argument("--layouts", type=int, default=6, help="made-up reports of each layout")
    parser.add_argument("--no-ocr", action="store_true")
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--show", action="store_true", help="print what is missing or wrong")
    options = parser.parse_args()
    vocabulary = load_vocabulary()
    if options.data and not options.no_ocr:
        _real_pages(Path(options.data) / "ocr", vocabulary, show=options.show)
    _made_up(vocabulary, options)
    return 0


def load_vocabulary() -> Vocabulary:
    folder = resources_dir() / "analytes"
    texts = [(folder / name).read_text(encoding="utf-8") for name in ("names.tsv", "codes.tsv")]
    return Vocabulary.parse(*texts)


def read(content: bytes) -> tuple[Page, ...]:
    reading = Reader().read(content, "page")
    while True:
        try:
            next(reading)
        except StopIteration as end:
            return tuple(end.value.pages)


# ---- counting


def count(
    wanted: list[Wanted], proposals: Iterable[Any], *, lines: Sequence[str] = (), show: str = ""
) -> Counter[str]:
    """`lines` are what is printed, where not all that is printed is listed in `wanted`."""
    free = [each for each in proposals if isinstance(each, Proposal)]
    sums: Counter[str] = Counter(printed=len(wanted))
    for want in wanted:
        same = next((each for each in free if _same(want, each)), None)
        if same is None:
            if show:
                print(f"    {show}: missing {want.name} {want.value} {want.unit}")
            continue
        free.remove(same)
        sums["right"] += 1
        sums["doubted"] += bool(same.doubts)
        sums["dated"] += bool(want.date)
        sums["date right"] += (
            bool(want.date) and same.resource.get("effectiveDateTime") == want.date
        )
    for each in free:
        if _stands(each, lines):
            sums["not listed"] += 1
            continue
        sums["wrong, marked" if each.doubts else "wrong, unmarked"] += 1
        if show:
            print(f"    {show}: {'marked' if each.doubts else 'UNMARKED'} {_shown(each)}")
    return sums


def _stands(proposal: Proposal, lines: Sequence[str]) -> bool:
    """Whether value and unit stand on the page, at most three lines below the name, or in words."""
    name, (value, unit) = _letters(proposal.resource["code"]["text"]), _value(proposal)
    bare = "bloodpressure" if "bloodpressure" in name else name
    for at, line in enumerate(lines):
        if bare not in _letters(line):
            continue
        for below in lines[at + 1 : at + 4]:
            parts = re.split(r"\s*/\s*(?=\d)|(?<=\d)\s*(?=[^\d.,\s])", below, maxsplit=2)
            same_unit = unit == _ucum(_printed_unit(below, value)) or unit == _ucum(
                _unit_in_brackets(line)
            )
            if (value in parts and same_unit) or value == below:
                return True
    return False


def _same(want: Wanted, proposal: Proposal) -> bool:
    code = proposal.resource["code"]
    codes = {coding["code"] for coding in code.get("coding", ())}
    if _letters(code["text"]) != _letters(want.name) and not codes & want.codes:
        return False
    value, unit = _value(proposal)
    return _digits(value) == _digits(want.value) and unit == _ucum(want.unit)


def _value(proposal: Proposal) -> tuple[str, str]:
    resource = proposal.resource
    quantity = resource.get("valueQuantity")
    if quantity is not None:
        unit = quantity.get("code") or _ucum(quantity.get("unit", ""))
        return f"{quantity.get('comparator', '')}{quantity['value']}", unit
    concept = resource.get("valueCodeableConcept", {})
    return str(resource.get("valueString") or concept.get("text", "")), ""


def _digits(value: str) -> str:
    return value.casefold().replace(" ", "").replace(",", ".").replace("≥", ">=").replace("≤", "<=")


def _letters(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold().replace("ß", "ss"))
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())


def _ucum(unit: str) -> str:
    codes = printed_unit(unit).codes
    return codes[0] if codes else unit


def _shown(proposal: Proposal) -> str:
    return f"{proposal.resource['code']} {_value(proposal)} {proposal.doubts}"


def _line(title: str, sums: Counter[str]) -> str:
    printed = max(1, sums["printed"])
    proposed = max(1, sums["right"] + sums["wrong, marked"] + sums["wrong, unmarked"])
    dates = f", dates {sums['date right'] / sums['dated']:.3f}" if sums["dated"] else ""
    return (
        f"{title:32} printed {sums['printed']:4}  right {sums['right'] / printed:.3f}  "
        f"wrong marked {sums['wrong, marked']:3}  wrong unmarked {sums['wrong, unmarked']:3} "
        f"({sums['wrong, unmarked'] / proposed:.3f})  right but doubted {sums['doubted'] / printed:.2f}  "
        f"not listed {sums['not listed']}{dates}"
    )


# ---- the pages of the data folder

_SAME = [  # codes of one component, as different senders give them
    {"29463-7", "3141-9"}, {"718-7", "30313-1"}, {"4544-3", "20570-8"}, {"6690-2", "33765-9"}, {"777-3", "26515-7"},
    {"2345-7", "6777-7"}, {"33037-3", "10466-1"}, {"33914-3", "69405-9"}, {"9318-7", "14959-1"}, {"3140-1", "8277-6"},
    {"10834-0", "2336-6"}, {"2160-0", "35674-1"},
]  # fmt: skip


def _real_pages(folder: Path, vocabulary: Vocabulary, *, show: bool) -> None:
    rows = [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        results = folder / "pages" / f"{row['doc']}_results.json"
        if not results.exists():
            continue
        entries = json.loads(results.read_text())
        wanted = printed_on((folder / row["text"]).read_text(), entries, vocabulary)
        pages = read((folder / row["image"]).read_bytes())
        name = Path(row["image"]).stem
        lines = _whole_lines((folder / row["text"]).read_text())
        totals[row["level"]] += count(
            wanted, read_results(pages, vocabulary), lines=lines, show=name if show else ""
        )
    for level, sums in totals.items():
        print(_line(level, sums))


def printed_on(text: str, entries: list[dict[str, Any]], vocabulary: Vocabulary) -> list[Wanted]:
    """What of a document's results stands on one of its pages, with the unit as it is printed there."""
    lines = _whole_lines(text)
    taken: set[tuple[int, str]] = set()
    wanted = []
    for entry in entries:
        same = next((group for group in _SAME if entry["code"] in group), {entry["code"]})
        at = _place_of(entry, same, lines, taken, vocabulary)
        if at is not None:
            taken.add((at, entry["value"]))
            name, unit = (
                _printed_name(lines, at, same, vocabulary),
                _printed_unit(lines[at], entry["value"]),
            )
            wanted.append(
                Wanted(
                    name or entry["name"],
                    entry["value"],
                    unit or _unit_in_brackets(lines[at - 1] if at else ""),
                    codes=frozenset(same),
                )
            )
    return wanted


def _whole_lines(text: str) -> list[str]:
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


def _printed_unit(line: str, value: str) -> str:
    rest = line.split(value, 1)[1] if value in line else ""
    rest = re.sub(r"^\s*/\s*\d+", "", rest)
    return re.sub(r"\(.*\)", "", rest).strip()


def _unit_in_brackets(line: str) -> str:
    """Behind the name: HGB (13-18 g/dl)."""
    found = re.search(r"\(.*\d\s*[-\u2013]\s*\d+(?:\.\d+)?\s+([^\s;)]+)", line)
    return found[1] if found else ""


# ---- made-up reports

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


@dataclass
class Sheet:
    """A page being drawn."""

    language: str
    rng: random.Random
    size: float = 9.0
    y: float = 60.0
    wanted: list[Wanted] = field(default_factory=list)
    pieces: list[tuple[float, float, str, float]] = field(default_factory=list)
    rules: list[tuple[float, float, float, float]] = field(default_factory=list)

    def text(self, x: float, text: str, *, size: float = 0.0, right: bool = False) -> None:
        import pymupdf

        size = size or self.size
        if right:
            x -= pymupdf.get_text_length(text, "helv", size)
        self.pieces.append((x, self.y, text, size))

    def line(self, xs: Sequence[float], texts: Sequence[str], lead: float = 1.6) -> None:
        for x, text in zip(xs, texts, strict=True):
            if text:
                self.text(x, text)
        self.y += lead * self.size

    def want(self, result: Result, date: str) -> None:
        self.wanted.append(Wanted(result.name, result.value, result.unit, date))


def results_for(
    language: str, rng: random.Random, count_: int, *, odd: bool = True
) -> list[Result]:
    place, kind = LANGUAGES.index(language), "us" if language in {"en", "es"} else "si"
    made = []
    for key in rng.sample(sorted(PANEL), count_):
        unit, low, high, decimals = PANEL[key][kind]
        value = rng.uniform(low * 0.75, high * 1.3)
        shown = _number(value, decimals, language)
        if odd and rng.random() < 0.07:
            shown = f"<{_number(low, decimals, language)}"
        limits = f"{_number(low, decimals, language)} - {_number(high, decimals, language)}"
        if rng.random() < 0.15:
            limits = f"< {_number(high, decimals, language)}"
        number = float(_number(value, decimals, "en"))
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


def _number(value: float, decimals: int, language: str) -> str:
    text = f"{value:.{decimals}f}"
    return text if language == "en" else text.replace(".", ",")


def _day(rng: random.Random) -> tuple[int, int, int]:
    return rng.randint(2015, 2024), rng.randint(1, 12), rng.randint(13, 28)


def _iso(day: tuple[int, int, int]) -> str:
    return f"{day[0]:04}-{day[1]:02}-{day[2]:02}"


def _printed_day(day: tuple[int, int, int], language: str) -> str:
    year, month, date = day
    if language == "en":
        return f"{month:02}/{date:02}/{year}"
    return f"{date:02}.{month:02}.{year}" if language == "de" else f"{date:02}/{month:02}/{year}"


def _top(sheet: Sheet, day: tuple[int, int, int] | None) -> None:
    sheet.text(
        50,
        sheet.rng.choice(
            ("Northfield Clinical Laboratory", "Labor am Markt", "Laboratorio Central", "Biolab")
        ),
        size=15,
    )
    sheet.y += 24
    sheet.text(50, PERSON[sheet.language])
    sheet.y += 14
    if day is not None:
        sheet.text(50, f"{COLLECTED[sheet.language]} {_printed_day(day, sheet.language)}")
    sheet.y += 26


def classic(sheet: Sheet) -> None:
    """Columns with heads; the mark in one of its own."""
    day = _day(sheet.rng)
    _top(sheet, day)
    heads = HEADS[sheet.language]
    xs = (50, 230, 290, 350, 450)
    sheet.line(xs, (heads[0], heads[1], heads[4], heads[2], heads[3]), 2.0)
    for result in results_for(sheet.language, sheet.rng, 14):
        sheet.line(xs, (result.name, result.value, result.flag, result.unit, result.range))
        sheet.want(result, _iso(day))


def in_and_out(sheet: Sheet) -> None:
    """Values in the column that says whether they are normal."""
    day = _day(sheet.rng)
    _top(sheet, day)
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
        sheet.want(result, _iso(day))


def with_earlier(sheet: Sheet) -> None:
    """Right-aligned values, and an earlier value with its day."""
    day = _day(sheet.rng)
    _top(sheet, day)
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
        sheet.want(result, _iso(day))


def cumulative(sheet: Sheet) -> None:
    """Days side by side."""
    days = [_day(sheet.rng) for _ in range(3)]
    _top(sheet, None)
    heads = HEADS[sheet.language]
    xs = (50, 190, 250, 310, 390, 470)
    sheet.line(
        xs,
        (heads[0], *(_printed_day(day, sheet.language) for day in days), heads[2], heads[3]),
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
            sheet.want(each, _iso(day))


def _vary(value: str, rng: random.Random) -> str:
    digits = list(value)
    places = [place for place, letter in enumerate(digits) if letter.isdigit() and place]
    if places:
        digits[rng.choice(places)] = rng.choice("123456789")
    return "".join(digits)


def flow_sheet(sheet: Sheet) -> None:
    """A day in each row, a test in each column, units below the names."""
    _top(sheet, None)
    tests = results_for(sheet.language, sheet.rng, 12, odd=False)
    tests = [test for test in tests if len(test.name.split(" (")[0]) <= 17][:5]
    xs = [50.0, 140.0, 240.0, 330.0, 410.0, 500.0]
    date_word = {"en": "Date", "es": "Fecha", "fr": "Date", "de": "Datum"}[sheet.language]
    sheet.size = 8.0
    xs = xs[: 1 + len(tests)]
    sheet.line(xs, (date_word, *(test.name.split(" (")[0] for test in tests)))
    sheet.line(xs, ("", *(test.unit for test in tests)), 2.0)
    for _ in range(6):
        day = _day(sheet.rng)
        values = [_vary(test.value, sheet.rng) for test in tests]
        sheet.line(xs, (_printed_day(day, sheet.language), *values))
        for test, value in zip(tests, values, strict=True):
            sheet.want(Result(test.name.split(" (")[0], value, test.unit, "", ""), _iso(day))


def key_values(sheet: Sheet) -> None:
    """Name: value unit (range)."""
    day = _day(sheet.rng)
    _top(sheet, day)
    for result in results_for(sheet.language, sheet.rng, 13):
        mark = {"H": " H", "L": " L", "": ""}[result.flag]
        sheet.text(60, f"{result.name}: {result.value} {result.unit}{mark} ({result.range})")
        sheet.y += 15
        sheet.want(result, _iso(day))


def side_by_side(sheet: Sheet) -> None:
    """Two tables beside each other."""
    day = _day(sheet.rng)
    _top(sheet, day)
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
        sheet.want(left, _iso(day))
        sheet.want(right, _iso(day))


def cards(sheet: Sheet) -> None:
    """The name over the value, the range under it."""
    day = _day(sheet.rng)
    _top(sheet, day)
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
        sheet.want(result, _iso(day))


def unit_in_name(sheet: Sheet) -> None:
    """The unit in brackets after the name, the mark glued to the value."""
    day = _day(sheet.rng)
    _top(sheet, day)
    heads = HEADS[sheet.language]
    xs = (50, 260, 360)
    sheet.line(xs, (heads[0], heads[1], heads[3]), 2.0)
    for result in results_for(sheet.language, sheet.rng, 13):
        name = result.name.split(" (")[0]
        mark = f" {result.flag}" if result.flag else ""
        sheet.line(xs, (f"{name} ({result.unit})", result.value + mark, result.range))
        sheet.want(Result(name, result.value, result.unit, result.range, result.flag), _iso(day))


def ruled(sheet: Sheet) -> None:
    """Ruled cells, long names on two lines, a day in each row."""
    day = _day(sheet.rng)
    _top(sheet, None)
    heads = HEADS[sheet.language]
    date_word = {"en": "Date", "es": "Fecha", "fr": "Date", "de": "Datum"}[sheet.language]
    xs = (50, 125, 215, 315, 420, 520)
    rows = [[date_word, *heads[:2], heads[3], " "]]
    results = results_for(sheet.language, sheet.rng, 12)
    rows += [
        [
            _printed_day(day, sheet.language),
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
        sheet.want(each, _iso(day))


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
    day = _day(sheet.rng)
    _top(sheet, day)
    heads = HEADS[sheet.language]
    xs = (50, 160, 230, 310)
    sheet.line(xs, (heads[0], heads[1], heads[2], heads[3]), 2.2)
    for result in results_for(sheet.language, sheet.rng, 11):
        first, *rest = _wrapped(result.name, 13)
        sheet.line(xs, (first, result.value, result.unit, result.range), 1.3)
        for more in rest:
            sheet.line((50,), (more,), 1.3)
        sheet.y += 6
        sheet.want(result, _iso(day))


def value_last(sheet: Sheet) -> None:
    """Name, range, unit, value: the value comes last."""
    day = _day(sheet.rng)
    _top(sheet, day)
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
        sheet.want(result, _iso(day))


def vital_signs(sheet: Sheet) -> None:
    """Vital signs, days as columns, both blood pressures in one cell."""
    days = [_day(sheet.rng) for _ in range(3)]
    _top(sheet, None)
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
    sheet.line(xs, (date_word, *(_printed_day(day, sheet.language) for day in days)), 2.0)
    units = ("mmHg", "/min", "kg", "°C", "%")
    for name, unit in zip(names, units, strict=True):
        values = []
        for day in days:
            value = _vital(unit, sheet)
            values.append(f"{value} {unit}")
            if "/" in value:
                high, low = value.split("/")
                sheet.want(Result("Systolic blood pressure", high, unit, "", ""), _iso(day))
                sheet.want(Result("Diastolic blood pressure", low, unit, "", ""), _iso(day))
            else:
                sheet.want(Result(name, value, unit, "", ""), _iso(day))
        sheet.line(xs, (name, *values))


def _vital(unit: str, sheet: Sheet) -> str:
    rng = sheet.rng
    if unit == "mmHg":
        return f"{rng.randint(95, 180)}/{rng.randint(50, 110)}"
    if unit == "°C":
        return _number(rng.uniform(36, 39), 1, sheet.language)
    return str(
        {"/min": rng.randint(50, 120), "kg": rng.randint(45, 120), "%": rng.randint(88, 100)}[unit]
    )


def urine_strip(sheet: Sheet) -> None:
    """Results in words."""
    day = _day(sheet.rng)
    _top(sheet, day)
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
                _number(1.015, 3, sheet.language),
                f"{_number(1.005, 3, sheet.language)} - {_number(1.03, 3, sheet.language)}",
            )
        elif name == "pH":
            value, normal = (
                _number(sheet.rng.choice((5.5, 6.0, 7.0)), 1, sheet.language),
                f"{_number(5.0, 1, sheet.language)} - {_number(8.0, 1, sheet.language)}",
            )
        elif sheet.rng.random() < 0.3:
            value = sheet.rng.choice(("1+", "2+", "Trace" if sheet.language == "en" else "3+"))
        sheet.line(xs, (name, value, normal))
        sheet.want(Result(name, value, "", "", ""), _iso(day))


LAYOUTS: tuple[Callable[[Sheet], None], ...] = (
    classic, in_and_out, with_earlier, cumulative, flow_sheet, key_values, side_by_side, cards, unit_in_name, ruled,
    two_line_names, value_last, vital_signs, urine_strip,
)  # fmt: skip


def draw(layout: Callable[[Sheet], None], language: str, rng: random.Random) -> Drawn:
    import pymupdf

    sheet = Sheet(language, rng)
    layout(sheet)
    document = pymupdf.open()
    page = document.new_page(width=612, height=792)
    for x, y, text, size in sheet.pieces:
        page.insert_text((x, y), text, fontsize=size, fontname="helv")
    for rule in sheet.rules:
        page.draw_rect(pymupdf.Rect(*rule), width=0.7)
    return Drawn(document.tobytes(), sheet.wanted)


def scanned(pdf: bytes, rng: random.Random) -> bytes:
    """As a noisy, slightly turned scan with 170 dots an inch."""
    import numpy as np
    import pymupdf
    from PIL import Image, ImageFilter

    pixmap = pymupdf.open(stream=pdf, filetype="pdf")[0].get_pixmap(
        dpi=170, colorspace=pymupdf.csGRAY
    )
    picture = Image.frombytes("L", (pixmap.width, pixmap.height), pixmap.samples)
    picture = picture.rotate(
        rng.uniform(-1.5, 1.5), resample=Image.Resampling.BICUBIC, fillcolor=255
    )
    picture = picture.filter(ImageFilter.GaussianBlur(0.6))
    pixels = np.asarray(picture, dtype=np.float32) * 0.9
    pixels += np.random.default_rng(rng.randrange(1 << 30)).normal(0, 9, pixels.shape)
    content = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(
        content, "JPEG", quality=75, dpi=(170, 170)
    )
    return content.getvalue()


def _made_up(vocabulary: Vocabulary, options: argparse.Namespace) -> None:
    rng = random.Random(options.seed)
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    for layout in LAYOUTS:
        sums: dict[str, Counter[str]] = defaultdict(Counter)
        for number in range(options.layouts):
            language = LANGUAGES[number % len(LANGUAGES)] if layout is not in_and_out else "en"
            drawn = draw(layout, language, rng)
            kinds = {"text": drawn.pdf} | (
                {} if options.no_ocr else {"scan": scanned(drawn.pdf, rng)}
            )
            for kind, content in kinds.items():
                show = f"{layout.__name__} {language} {kind}" if options.show else ""
                sums[kind] += count(
                    drawn.wanted, read_results(read(content), vocabulary), show=show
                )
        for kind, each in sums.items():
            print(_line(f"{layout.__name__} ({kind})", each), flush=True)
            totals[kind] += each
    for kind, each in totals.items():
        print(_line(f"made up ({kind})", each))


if __name__ == "__main__":
    sys.exit(main())
