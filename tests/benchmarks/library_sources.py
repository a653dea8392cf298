"""Sources added in one drop: what arrived, how long it took, the peak memory of each process; and the same after kills.

    python tests/benchmarks/library_sources.py [--kills N] PATH...

Adds the paths through `healthmate-cli library add` once without a disturbance. With kills it adds them again to a
second library, kills all processes at N random moments, goes on each time, and compares the two libraries.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from healthmate_desktop.index.library import LibraryIndex

Rows = dict[str, Counter[str]]
MB = 1024 * 1024
LOOK = 0.25  # seconds between looks at the memory


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("paths", nargs="+", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        whole = asked.keep or Path(place) / "whole"
        print_answer, seconds, peaks = add(whole, asked.paths)
        report(print_answer, seconds, peaks)
        if asked.kills:
            cut = Path(place) / "cut"
            rng = random.Random(asked.seed)
            for number in range(asked.kills):
                after = rng.uniform(1, max(2.0, seconds / asked.kills))
                begun = killed(cut, asked.paths, after)
                print(f"kill {number + 1} after {after:.1f} s: {begun}", flush=True)
            add(cut, asked.paths)
            expected, found = contents(whole), contents(cut)
            for table, rows in expected.items():
                missing, extra = (rows - found[table]).total(), (found[table] - rows).total()
                print(f"after the kills: {missing} {table} missing, {extra} too many")
            sys.exit(expected != found)


def command(place: Path, paths: list[Path]) -> list[str]:
    program = str(Path(sys.executable).with_name("healthmate-cli"))
    return [program, "--data-dir", str(place), "--json", "library", "add", *map(str, paths)]


def add(place: Path, paths: list[Path]) -> tuple[dict[str, Any], float, dict[str, int]]:
    """The answer, seconds, and the peak in bytes of each kind of process."""
    began = time.perf_counter()
    peaks: dict[str, int] = {}
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command(place, paths), stdout=output, stderr=subprocess.DEVNULL)
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            look(watched, peaks)
            time.sleep(LOOK)
        output.seek(0)
        answer = json.loads(output.read() or b"{}")
    return answer, time.perf_counter() - began, peaks


def look(process: psutil.Process, peaks: dict[str, int]) -> None:
    try:
        family = [process, *process.children(recursive=True)]
    except psutil.Error:
        return
    for each in family:
        try:
            line = each.cmdline()
            name = line[-1] if "--child" in line else ("app" if each == process else line[0])
            peaks[name] = max(peaks.get(name, 0), each.memory_info().rss)
        except (psutil.Error, IndexError):
            continue


def killed(place: Path, paths: list[Path], after: float) -> str:
    process = subprocess.Popen(
        command(place, paths), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    watched = psutil.Process(process.pid)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        for each in [*watched.children(recursive=True), watched]:
            each.kill()
        process.wait()
        return "cut off"
    return "was through"


def report(answer: dict[str, Any], seconds: float, peaks: dict[str, int]) -> None:
    print(f"{seconds:.0f} s")
    for name, peak in sorted(peaks.items()):
        print(f"peak of {name}: {peak // MB} MB")
    for source in answer.get("sources", ()):
        print(
            f"{source['title']}: {source['articles']} articles, {source['passages']} passages, "
            f"{source['licence']}, {source['date'] or 'no date'}"
        )
    for file in answer.get("files", ()):
        print(f"{file['status']}: {file['already_there']} twins, {len(file['problems'])} problems")


def contents(place: Path) -> Rows:
    """All that was dropped but ids and times, which differ from one time to the next."""
    index = LibraryIndex(place / "library" / "passages")
    sources = [source for source in index.sources() if source.kind != "starter"]
    titles = {source.id: source.title for source in sources}
    found: Rows = {}
    for table in ("articles", "passages"):
        rows: Counter[str] = Counter()
        for batch in index._table(table).to_arrow().to_batches():
            dropped = (row for row in batch.to_pylist() if row["source_id"] in titles)
            rows.update(digest(row, titles) for row in dropped)
        found[table] = rows
    found["sources"] = Counter(
        json.dumps([s.title, s.licence, s.publisher, str(s.published), s.articles, s.passages])
        for s in sources
    )
    return found


def digest(row: dict[str, Any], titles: dict[Any, str]) -> str:
    row["source_id"] = titles[row["source_id"]]
    number = re.split("[./]", str(row.pop("article_id", row.get("id", ""))))[-1]
    row |= {"id": "", "file": bool(row.get("file")), "number": number}
    return hashlib.sha256(repr(sorted(row.items())).encode()).hexdigest()


if __name__ == "__main__":
    main()
