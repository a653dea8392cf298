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
import json
import os
import random
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent))
from lab_judging import count, summary
from lab_layouts import LAYOUTS, in_and_out
from lab_panel import LANGUAGES
from lab_printed import printed_on, whole_lines
from lab_sheets import draw, scanned

from healthmate_desktop.documents.client import Reader
from healthmate_desktop.domain.measures.analytes import Vocabulary
from healthmate_desktop.interop.pages.lab_tables import read_results
from healthmate_desktop.paths import resources_dir

if TYPE_CHECKING:
    from healthmate_desktop.domain.documents import Page


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
        lines = whole_lines((folder / row["text"]).read_text())
        totals[row["level"]] += count(
            wanted, read_results(pages, vocabulary), lines=lines, show=name if show else ""
        )
    for level, sums in totals.items():
        print(summary(level, sums))


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
            print(summary(f"{layout.__name__} ({kind})", each), flush=True)
            totals[kind] += each
    for kind, each in totals.items():
        print(summary(f"made up ({kind})", each))


if __name__ == "__main__":
    sys.exit(main())
