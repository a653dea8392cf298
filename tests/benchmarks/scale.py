"""Recall, times, memory and disk of the library at a given number of passages.

    python tests/benchmarks/scale.py N... [--text BEIR_DIR] [--adds COUNT]

Texts and vectors are those of the starter topics, and of a folder in BEIR layout, mixed to as many as wanted: a vector
is a real one moved by the difference of two real neighbours, so that it has neighbours like a real one. Questions are
those of answers.toml, embedded by the engine. Times say little without the load that is printed beside them.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import statistics
import sys
import tempfile
import time
import tomllib
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from healthmate_desktop.documents.library_client import LibraryReader
from healthmate_desktop.domain.ids import PassageId, SourceId
from healthmate_desktop.domain.library import Source
from healthmate_desktop.domain.retrieval import EVERYTHING, Filters, Understood
from healthmate_desktop.index.files import LibraryFiles
from healthmate_desktop.index.library import LibraryIndex
from healthmate_desktop.index.tables import condition
from healthmate_desktop.inference.client import Engine
from healthmate_desktop.paths import models_dir, resources_dir
from healthmate_desktop.services.library import LibraryService
from healthmate_desktop.services.search import SearchService

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.domain.passages import Passage

BATCH = 5_000
SOURCES = 4  # that the passages come in
STEP = 0.7  # how far a vector is moved, in differences of neighbours
CUT = 10
NO_WORDS = Understood("", "")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="+", type=int)
    parser.add_argument("--text", type=Path)
    parser.add_argument("--adds", type=int, default=0, help="add so many small sources at the end")
    choices = parser.parse_args()
    engine = Engine(models_dir())
    try:
        with tempfile.TemporaryDirectory() as place:
            pool = Pool(Path(place), engine, choices.text)
        for size in choices.sizes:
            with tempfile.TemporaryDirectory() as place:
                measure(Path(place), engine, pool, size, choices.adds)
    finally:
        engine.close()


class Pool:
    """Real passages with their vectors, to make others from."""

    def __init__(self, place: Path, engine: Engine, text: Path | None) -> None:
        index = LibraryIndex(place / "passages")
        library = LibraryService(index, LibraryFiles(place / "files"), LibraryReader(), engine)
        for _ in library.install_starter(resources_dir() / "library"):
            pass
        for _ in library.add([text] if text else []):
            pass
        found, _ = index.candidates(engine.embed(["health"])[0], NO_WORDS, index.count())
        self.passages, self.vectors, self.titles = found
        alike = self.vectors @ self.vectors.T
        np.fill_diagonal(alike, -1)
        self._near = np.argpartition(-alike, 5, axis=1)[:, :5]
        self._rng = np.random.default_rng(1)

    def batch(self, source: str, start: int, count: int) -> tuple[list[Passage], Any, Any]:
        rng, size = self._rng, len(self.passages)
        base, other = rng.integers(size, size=count), rng.integers(size, size=count)
        pull = self._near[other, rng.integers(5, size=count)]
        moved = self.vectors[base] + STEP * (self.vectors[other] - self.vectors[pull])
        moved /= np.linalg.norm(moved, axis=1, keepdims=True)
        made = [
            replace(
                self.passages[one],
                id=PassageId(f"{source}-{start + row}"),
                source_id=SourceId(source),
                document_id=f"{source}/{(start + row) // 8}",
                text=mixed(self.passages[one].text, self.passages[two].text),
            )
            for row, (one, two) in enumerate(zip(base.tolist(), other.tolist(), strict=True))
        ]
        return made, moved, self.titles[base]


def mixed(one: str, two: str) -> str:
    """Half of each, so that no two texts are the same."""
    return f"{one[: len(one) // 2]} {two[len(two) // 2 :]}"


def measure(place: Path, engine: Engine, pool: Pool, size: int, adds: int) -> None:
    index = LibraryIndex(place / "passages")
    started = time.perf_counter()
    share = -(-size // SOURCES)
    for number in range(SOURCES):
        add(index, pool, f"made-{number}", share)
    print(f"{index.count():,} passages, added in {time.perf_counter() - started:.0f} s", flush=True)
    questions = read_questions()
    vectors = engine.embed(questions)
    if size <= 200_000:
        report_times("before the index", index, engine, questions[:40])
    started = time.perf_counter()
    for _ in index.build_when_due():
        pass
    print(f"  index built in {time.perf_counter() - started:.0f} s; {load()}", flush=True)
    report_recall("", index, vectors, EVERYTHING)
    one = frozenset({SourceId("made-1")})
    report_recall(" without a source", index, vectors, Filters(without=one))
    report_recall(" in one source", index, vectors, Filters(only=one))
    report_times("with it", index, engine, questions)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"  {disk(place):,} MB on the disk, {peak:,} MB memory at most; {load()}", flush=True)
    if adds:
        report_adds(index, pool, place, adds)
        report_times("after the adds", index, engine, questions)


def add(index: LibraryIndex, pool: Pool, name: str, count: int) -> None:
    with index.adding(a_source(name)) as draft:
        for start in range(0, count, BATCH):
            passages, vectors, titles = pool.batch(name, start, min(BATCH, count - start))
            draft.add([], passages, vectors, titles=titles)


def a_source(name: str) -> Source:
    return Source(SourceId(name), "file", name, "CC0-1.0", None, datetime.now(UTC), 0, 0, name)


def report_recall(where: str, index: LibraryIndex, vectors: Any, filters: Filters) -> None:
    exact = exact_results(index, vectors, filters)
    found = [
        [passage.id for passage in index.candidates(vector, NO_WORDS, 100, filters=filters)[0][0]]
        for vector in vectors
    ]
    told = []
    for cut in (CUT, 100):
        shares = [len(set(a[:cut]) & set(b[:cut])) / cut for a, b in zip(found, exact, strict=True)]
        told.append(f"recall@{cut} {statistics.mean(shares):.4f}")
    print(f"  {', '.join(told)}{where}", flush=True)


def exact_results(index: LibraryIndex, vectors: Any, filters: Filters) -> list[list[PassageId]]:
    """By a product with every vector of the table."""
    best: list[list[tuple[float, PassageId]]] = [[] for _ in vectors]
    for keys, block in blocks_of(index, condition(filters)):
        scores = vectors @ block.T
        for row, top in enumerate(np.argpartition(-scores, 100, axis=1)[:, :100]):
            best[row] += [(-float(scores[row, column]), keys[column]) for column in top]
            best[row] = sorted(best[row])[:100]
    return [[key for _, key in row] for row in best]


def blocks_of(index: LibraryIndex, where: str) -> Iterator[tuple[list[PassageId], Any]]:
    import pyarrow as pa

    table = index._table("passages")
    waiting: list[Any] = []
    search = table.search().select(["id", "vector"])
    for batch in (search.where(where) if where else search).to_batches():
        waiting.append(batch)
        if sum(each.num_rows for each in waiting) >= 20_000:
            yield block_of(pa.Table.from_batches(waiting))
            waiting = []
    if waiting:
        yield block_of(pa.Table.from_batches(waiting))


def block_of(rows: Any) -> tuple[list[PassageId], Any]:
    flat = rows.column("vector").combine_chunks().flatten().to_numpy(zero_copy_only=False)
    return rows.column("id").to_pylist(), flat.reshape(rows.num_rows, -1)


def report_times(when: str, index: LibraryIndex, engine: Engine, questions: list[str]) -> None:
    """The whole search, and each stage of it as it was called."""
    times: defaultdict[str, list[float]] = defaultdict(list)
    search = SearchService(None, index, engine)
    search.search(questions[0], None)
    with contextlib.ExitStack() as undo:
        undo.enter_context(timed(index, "candidates", times["candidates"]))
        undo.enter_context(timed(engine, "embed", times["embed"]))
        for question in questions:
            started = time.perf_counter()
            search.search(question, None, k=CUT)
            times["search"].append(time.perf_counter() - started)
    told = ", ".join(
        f"{name} {1000 * statistics.median(spent):.1f} / {1000 * p95(spent):.1f}"
        for name, spent in times.items()
    )
    print(f"  ms p50 / p95 {when}: {told}; {load()}", flush=True)


@contextlib.contextmanager
def timed(owner: Any, name: str, spent: list[float]) -> Iterator[None]:
    original = getattr(owner, name)

    def call(*arguments: Any, **named: Any) -> Any:
        started = time.perf_counter()
        try:
            return original(*arguments, **named)
        finally:
            spent.append(time.perf_counter() - started)

    setattr(owner, name, call)
    try:
        yield
    finally:
        delattr(owner, name)


def report_adds(index: LibraryIndex, pool: Pool, place: Path, count: int) -> None:
    spent = []
    for number in range(count):
        started = time.perf_counter()
        add(index, pool, f"small-{number}", 5)
        spent.append(time.perf_counter() - started)
        if number + 1 in {count // 4, count // 2, count}:
            last = 1000 * statistics.median(spent[-20:])
            files = sum(1 for path in place.rglob("*") if path.is_file())
            print(
                f"  {number + 1} small adds: {last:.0f} ms each, {files} files, {disk(place):,} MB"
            )
    started = time.perf_counter()
    index.remove(SourceId("small-0"))
    print(f"  removing one: {1000 * (time.perf_counter() - started):.0f} ms")
    started = time.perf_counter()
    built = sum(1 for _ in index.build_when_due())
    files = sum(1 for path in place.rglob("*") if path.is_file())
    seconds = time.perf_counter() - started
    print(f"  upkeep after it: {seconds:.0f} s in {built} steps, {files} files, {disk(place):,} MB")


def p95(values: list[float]) -> float:
    return float(np.percentile(values, 95))


def disk(place: Path) -> int:
    return sum(path.stat().st_size for path in place.rglob("*") if path.is_file()) // 1_000_000


def load() -> str:
    return f"load {os.getloadavg()[0]:.1f}"


def read_questions() -> list[str]:
    path = Path(__file__).with_name("answers.toml")
    lists = tomllib.loads(path.read_text(encoding="utf-8")).values()
    return [
        entry["text"]
        for entries in lists
        for entry in entries
        if isinstance(entry, dict) and "text" in entry
    ]


if __name__ == "__main__":
    main()
