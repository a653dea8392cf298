"""nDCG@10 and recall@10 of the product's own add and search on folders in BEIR layout, beside simpler searches.

    python tests/benchmarks/retrieval.py BEIR_DIR...

Judgements are about documents, so each ranking is that of documents by their best passage.
"""

from __future__ import annotations

import json
import math
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from healthmate_desktop.documents.library_client import LibraryReader
from healthmate_desktop.domain.retrieval import Understood
from healthmate_desktop.index.files import LibraryFiles
from healthmate_desktop.index.library import LibraryIndex
from healthmate_desktop.inference.client import Engine
from healthmate_desktop.paths import models_dir
from healthmate_desktop.services.library import LibraryService
from healthmate_desktop.services.search import SearchService

if TYPE_CHECKING:
    from healthmate_desktop.domain.ids import PassageId

Judgements = dict[str, dict[str, int]]
CUT = 10
DEPTH = 100  # passages a ranking is made of


def main() -> None:
    engine = Engine(models_dir())
    try:
        for folder in map(Path, sys.argv[1:]):
            with tempfile.TemporaryDirectory() as place:
                measure(folder, Path(place), engine)
    finally:
        engine.close()


def measure(folder: Path, place: Path, engine: Engine) -> None:
    index = LibraryIndex(place / "passages")
    library = LibraryService(index, LibraryFiles(place / "files"), LibraryReader(), engine)
    started = time.perf_counter()
    for _ in library.add([folder]):
        pass
    (source,) = library.sources()
    seconds = time.perf_counter() - started
    print(
        f"{folder.name}: {source.articles} documents, {source.passages} passages in {seconds:.0f} s"
    )
    judged = read_judgements(folder)
    questions = {key: text for key, text in read_queries(folder).items() if judged.get(key)}
    search = SearchService(None, index, engine)
    rankings: defaultdict[str, dict[str, list[str]]] = defaultdict(dict)
    times = []
    for key, text in questions.items():
        started = time.perf_counter()
        search.search(text, None, k=CUT)
        times.append(time.perf_counter() - started)
        for name, ranking in every_search(search, index, engine, text).items():
            rankings[name][key] = ranking
    for name, found in rankings.items():
        ndcg = statistics.mean(ndcg_of(found[key], judged[key]) for key in found)
        recall = statistics.mean(recall_of(found[key], judged[key]) for key in found)
        print(f"  {name:<22} nDCG@10 {ndcg:.4f}  recall@10 {recall:.4f}")
    print(f"  one search: {1000 * statistics.median(times):.0f} ms median")


def every_search(
    search: SearchService, index: LibraryIndex, engine: Engine, text: str
) -> dict[str, list[str]]:
    """Documents by each way of searching, best first."""
    (passages, _, _), scores = index.candidates(
        engine.embed([text])[0], Understood("", text), DEPTH
    )
    document = {passage.id: passage.external_id for passage in passages}
    dense = [passage.id for passage in passages[:DEPTH]]
    words = sorted(scores, key=lambda key: -scores[key])
    fused = reciprocal_rank_fusion([dense, words])
    hits = [hit.passage.external_id for hit in search.search(text, None, k=DEPTH)]
    return {
        "HealthMate": unique(hits),
        "HealthMate, 10 hits": unique(hits[:CUT]),
        "BM25 alone": unique([document[key] for key in words]),
        "dense alone": unique([document[key] for key in dense]),
        "plain RRF": unique([document[key] for key in fused]),
    }


def reciprocal_rank_fusion(rankings: list[list[PassageId]], k: int = 60) -> list[PassageId]:
    """As Cormack, Clarke and Büttcher had it (SIGIR 2009)."""
    scores: defaultdict[PassageId, float] = defaultdict(float)
    for ranking in rankings:
        for rank, key in enumerate(ranking, 1):
            scores[key] += 1 / (k + rank)
    return sorted(scores, key=lambda key: -scores[key])


def unique(keys: list[str]) -> list[str]:
    return list(dict.fromkeys(keys))


def ndcg_of(ranking: list[str], judged: dict[str, int]) -> float:
    gains = [judged.get(key, 0) for key in ranking[:CUT]]
    best = sorted(judged.values(), reverse=True)[:CUT]
    return discounted(gains) / discounted(best)


def discounted(gains: list[int]) -> float:
    return math.fsum((2**gain - 1) / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))


def recall_of(ranking: list[str], judged: dict[str, int]) -> float:
    return len(set(ranking[:CUT]) & judged.keys()) / len(judged)


def read_queries(folder: Path) -> dict[str, str]:
    lines = (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    return {str(record["_id"]): record["text"] for record in map(json.loads, lines)}


def read_judgements(folder: Path) -> Judgements:
    judged: defaultdict[str, dict[str, int]] = defaultdict(dict)
    lines = (folder / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines[1:]:
        query, document, score = line.split("\t")
        if int(score) > 0:
            judged[query][document] = int(score)
    return judged


if __name__ == "__main__":
    main()
