"""Two more judged sets in BEIR layout, made from MEDIQA 2019 and MedQuAD where these lie on this computer.

    python tests/benchmarks/judged_sets.py DATA_DIR OUT_DIR

- `mediqa`: questions to a voice assistant (`short-`) and letters to a health service (`letter-`), and the answers
  that people judged for each: excellent 2, incomplete 1; related and wrong answers do not count. MedQuAD answers
  that no question is about make it larger. It measures whether the right kind of answer comes first.
- `medquad`: questions for a page under another name than the page uses, where one is known (`synonym-`), else its
  own (`name-`), against answers without title and question. The same kind of question about the same subject counts
  2, another answer about it 1. Nobody judged these: it measures whether names and their synonyms are found.
"""

from __future__ import annotations

import json
import random
import re
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    Row = dict[str, Any]
    Judged = dict[str, dict[str, int]]

SEED = 5
MOST_ANSWERS = 5000
QUESTIONS = 300
GRADES = {"4": 2, "3": 1}  # the task counts both as relevant
_WORD = re.compile(r"\w+")
SHORTEST_NAME = 6  # shorter ones are mostly abbreviations that mean several things


def main() -> None:
    data, out = map(Path, sys.argv[1:])
    file = data / "corpora" / "medquad" / "medquad_answered.jsonl"
    rows = list(different(json.loads(line) for line in file.open(encoding="utf-8")))
    mediqa(data / "qa" / "mediqa2019" / "MEDIQA_Task3_QA", rows, out / "mediqa")
    medquad(rows, out / "medquad")


def different(rows: Iterator[Row]) -> Iterator[Row]:
    """Without the answers that were there before; ids are made unique by their folder."""
    seen: set[str] = set()
    for row in rows:
        if plain(row["answer"]) not in seen:
            seen.add(plain(row["answer"]))
            yield row | {"id": f"{row['folder'].split('_')[0]}-{row['id']}"}


def mediqa(source: Path, others: list[Row], out: Path) -> None:
    corpus: dict[str, Row] = {}
    names: dict[str, str] = {}  # an answer's plain text → its id
    queries: dict[str, str] = {}
    judged: Judged = defaultdict(dict)
    for kind, file in (("short", "TrainingSet2-Alexa"), ("letter", "ValidationSet")):
        root = ET.parse(source / f"MEDIQA2019-Task3-QA-{file}.xml").getroot()
        for question in root.iter("Question"):
            query = f"{kind}-{question.get('QID')}"
            queries[query] = question.findtext("QuestionText", "").strip()
            for answer in question.iter("Answer"):
                text = answer.findtext("AnswerText", "").strip()
                key = names.setdefault(plain(text), f"{kind}-{answer.get('AID')}")
                title, body = titled(text)
                corpus[key] = {"title": title, "text": body}
                grade = GRADES.get(answer.get("ReferenceScore", ""), 0)
                if grade:
                    judged[query][key] = max(grade, judged[query].get(key, 0))
    asked = plain(" ".join([*queries.values(), *(row["title"] for row in corpus.values())]))
    bodies = {plain(row["text"]) for row in corpus.values()}
    random.Random(SEED).shuffle(others := list(others))
    for row in others:
        if len(corpus) == MOST_ANSWERS:
            break
        if plain(row["answer"]) in bodies or any(f" {name} " in asked for name in named(row)):
            continue  # nobody judged whether it answers a question, and it might
        corpus[f"medquad-{row['id']}"] = {"title": row["focus"], "text": row["answer"]}
    write(out, corpus, queries, judged)


def medquad(rows: list[Row], out: Path) -> None:  # noqa: C901 - one pass over the sources
    chance = random.Random(SEED)
    about: dict[str, list[Row]] = defaultdict(list)  # a name → the answers about it
    sources: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["source"] != "NIDDK":  # it names its pages like brochures
            sources[row["source"]].append(row)
        for name in named(row):
            about[name].append(row)
    for some in sources.values():
        chance.shuffle(some)
    corpus: dict[str, Row] = {}
    queries: dict[str, str] = {}
    judged: Judged = {}
    subjects: set[str] = set()
    while len(queries) < QUESTIONS:
        for some in sources.values():
            row = some.pop()
            if len(queries) == QUESTIONS or subjects & named(row):
                continue
            subjects |= named(row)
            key, query = question_about(row, chance)
            queries[key] = query
            same = {r["id"]: r for name in sorted(named(row)) for r in about[name]}
            judged[key] = {
                found["id"]: 2 if found["qtype"] == row["qtype"] else 1 for found in same.values()
            }
            corpus |= same
    chance.shuffle(rows := list(rows))
    for row in rows:
        if len(corpus) >= MOST_ANSWERS:
            break
        if not subjects & named(row):
            corpus[row["id"]] = row
    bare = {key: {"title": "", "text": unasked(row)} for key, row in corpus.items()}
    write(out, bare, queries, judged)


def question_about(row: Row, chance: random.Random) -> tuple[str, str]:
    """An id and a question, with another name of its subject where there is one."""
    question = row["question"].replace(" (are)", "").replace(" ?", "?").strip()
    own = plain(row["focus"])
    others = [
        name for name in row["synonyms"] if len(name) >= SHORTEST_NAME and plain(name) not in own
    ]
    if not others or row["focus"] not in question:
        return f"name-{row['id']}", question
    return f"synonym-{row['id']}", question.replace(row["focus"], chance.choice(others))


def unasked(row: Row) -> str:
    """The answer without the question that some repeat first, or else the name."""
    text = str(row["answer"])
    first = re.match(r"(?:(?!\? )[^.]){0,200}\? ", text)
    text = text[first.end() :] if first and first.end() < len(text) else text
    name = str(row["focus"])
    return text[len(name) :].lstrip(" :-") if text.startswith(f"{name} {name}") else text


def titled(answer: str) -> tuple[str, str]:
    """The title that stands before a colon, and the rest."""
    title, colon, body = answer.partition(": ")
    return (title, body) if colon and len(title) < 120 else ("", answer)


def named(row: Row) -> set[str]:
    names = {plain(name).strip() for name in [row["focus"], *row["synonyms"]]}
    return {name for name in names if len(name) >= SHORTEST_NAME} or {plain(row["focus"]).strip()}


def plain(text: str) -> str:
    """Its words with a space around each, so that a name can be looked for in it."""
    return f" {' '.join(_WORD.findall(text.lower()))} "


def write(out: Path, corpus: dict[str, Row], queries: dict[str, str], judged: Judged) -> None:
    (out / "qrels").mkdir(parents=True, exist_ok=True)
    files = {"corpus.jsonl": [{"_id": key} | row for key, row in sorted(corpus.items())]}
    files["queries.jsonl"] = [
        {"_id": key, "text": text} for key, text in queries.items() if judged.get(key)
    ]
    for name, lines in files.items():
        (out / name).write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    grades = [f"{query}\t{key}\t{g}" for query, found in judged.items() for key, g in found.items()]
    (out / "qrels" / "test.tsv").write_text(
        "\n".join(["query-id\tcorpus-id\tscore", *grades, ""]), "utf-8"
    )
    print(f"{out}: {len(corpus)} answers, {len(files['queries.jsonl'])} questions, {len(grades)}")


if __name__ == "__main__":
    main()
