"""The same judged questions through HealthMate and through what people would otherwise assemble, in one table.

    python tests/benchmarks/peers/compare.py PEERS_PYTHON BEIR_DIR...

See the README beside it.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from retrieval import Judgements, ndcg_of, read_judgements, recall_of

HERE = Path(__file__).resolve().parent
OURS = "healthmate"
PEERS = ("llamaindex_fusion", "lancedb_hybrid", "txtai_hybrid", "chroma_langchain")
RESAMPLES = 10_000
SEED = 5


@dataclass(frozen=True)
class Result:
    """One value a judged question, in the order of the judgements."""

    seconds: float
    ndcg: list[float]
    recall: list[float]
    ms: list[float]


def main() -> None:
    python, *folders = sys.argv[1:]
    for folder in map(Path, folders):
        judged = read_judgements(folder)
        print(f"\n{folder.name}: {len(judged)} questions\n")
        print("| | nDCG@10 | HealthMate is ahead by (95 %) | recall@10 | add s | search ms, p95 |")
        print("|---|---|---|---|---|---|")
        ours = measured(sys.executable, OURS, folder, judged)
        print(line(OURS, ours, ""))
        for name in PEERS:
            peer = measured(python, name, folder, judged)
            print(line(name, peer, difference(ours.ndcg, peer.ndcg)), flush=True)


def measured(python: str, name: str, folder: Path, judged: Judgements) -> Result:
    ran = subprocess.run(
        [python, str(HERE / f"{name}.py"), str(folder)], capture_output=True, text=True, check=False
    )
    if ran.returncode:
        sys.exit(f"{name} failed:\n{ran.stderr[-3000:]}")
    first, *others = [json.loads(row) for row in ran.stdout.splitlines() if row.startswith("{")]
    found = {row["query"]: row for row in others}
    return Result(
        first["seconds"],
        [ndcg_of(found[key]["documents"], grades) for key, grades in judged.items()],
        [recall_of(found[key]["documents"], grades) for key, grades in judged.items()],
        [found[key]["ms"] for key in judged],
    )


def difference(ours: list[float], theirs: list[float]) -> str:
    """Its mean, and the middle 95 % of the means of questions drawn again with replacement, in pairs."""
    gained = np.array(ours) - np.array(theirs)
    draws = np.random.default_rng(SEED).integers(0, len(gained), (RESAMPLES, len(gained)))
    low, high = np.percentile(gained[draws].mean(axis=1), [2.5, 97.5])
    return f"{gained.mean():+.3f} ({low:+.3f} to {high:+.3f})"


def line(name: str, result: Result, less: str) -> str:
    ndcg, recall = statistics.mean(result.ndcg), statistics.mean(result.recall)
    median, p95 = np.percentile(result.ms, [50, 95])
    values = (name, f"{ndcg:.3f}", less, f"{recall:.3f}", f"{result.seconds:.0f}")
    return "| " + " | ".join((*values, f"{median:.0f}, {p95:.0f}")) + " |"


if __name__ == "__main__":
    main()
