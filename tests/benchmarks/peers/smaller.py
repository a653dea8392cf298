"""A judged set with fewer documents, where embedding all of them takes too long.

    python tests/benchmarks/peers/smaller.py BEIR_DIR OUT_DIR DOCUMENTS

Questions are kept in their order as long as all that was judged for them fits; other documents fill up the rest.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from peer import lines
from retrieval import read_judgements

FILLED = 0.9  # of the documents at most are judged ones


def main() -> None:
    source, out, most = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    judged = read_judgements(source)
    queries, kept = [], set[str]()
    for row in lines(source / "queries.jsonl"):
        about = kept | judged.get(row["_id"], {}).keys()
        if row["_id"] in judged and len(about) <= FILLED * most:
            queries.append(row)
            kept = about
    documents = lines(source / "corpus.jsonl")
    room = most - len(kept)
    others = [row["_id"] for row in documents if row["_id"] not in kept]
    kept |= set(others[: max(room, 0)])
    (out / "qrels").mkdir(parents=True)
    write(out / "corpus.jsonl", [row for row in documents if row["_id"] in kept])
    write(out / "queries.jsonl", queries)
    asked = {row["_id"] for row in queries}
    first, *rows = (source / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()
    some = [row for row in rows if row.split("\t")[0] in asked and row.split("\t")[1] in kept]
    (out / "qrels" / "test.tsv").write_text("\n".join([first, *some, ""]), encoding="utf-8")
    print(f"{len(queries)} questions, {len(kept)} documents")


def write(file: Path, rows: list[dict[str, str]]) -> None:
    file.write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
