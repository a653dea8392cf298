"""How many words and numbers OCR finds: python tests/benchmarks/ocr.py DATA_DIR, or set HEALTHMATE_EVAL_DATA.

DATA_DIR holds ocr/manifest.jsonl: image, text and level of each page. A word counts when it is the same to the letter.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

from healthmate_desktop.documents.client import Reader


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ["HEALTHMATE_EVAL_DATA"]) / "ocr"
    rows = [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        started = time.perf_counter()
        found = Counter(_read((folder / row["image"]).read_bytes()).split())
        seconds = time.perf_counter() - started
        wanted = Counter((folder / row["text"]).read_text().split())
        hit = wanted & found
        sums[row["level"]].update(
            pages=1,
            hit=hit.total(),
            wanted=wanted.total(),
            found=found.total(),
            number_hit=_numbers(hit),
            numbers=_numbers(wanted),
            milliseconds=round(seconds * 1000),
        )
        print(f"{row['image']:45} {hit.total() / wanted.total():.3f} {seconds:5.1f} s", flush=True)
    for level, count in sorted(sums.items()):
        print(
            f"{level}: words {count['hit'] / count['wanted']:.3f}, "
            f"numbers {count['number_hit'] / count['numbers']:.3f}, "
            f"precision {count['hit'] / count['found']:.3f}, "
            f"{count['milliseconds'] / count['pages'] / 1000:.1f} s a page"
        )
    return 0


def _read(content: bytes) -> str:
    reading = Reader().read(content, "page")
    while True:
        try:
            next(reading)
        except StopIteration as end:
            pages = end.value.pages
            return " ".join(page.text[w.start : w.end] for page in pages for w in page.words)


def _numbers(words: Counter[str]) -> int:
    return sum(n for word, n in words.items() if any(letter.isdigit() for letter in word))


if __name__ == "__main__":
    sys.exit(main())
