"""What a command prints: one JSON object with `--json`, else plain lines; progress goes to standard error."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.json_text import json_text
from healthmate_desktop.domain.text import storable
from healthmate_desktop.errors import InvalidInput
from healthmate_desktop.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from healthmate_desktop.domain.answers import Answer, Citation
    from healthmate_desktop.domain.explaining import Explanation
    from healthmate_desktop.domain.passages import Hit
    from healthmate_desktop.domain.triage import Triage
    from healthmate_desktop.paths import Paths

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Context:
    """The choices that every command takes."""

    paths: Paths
    as_json: bool
    user: str = ""  # the name to sign in with, "" where only one can

    @property
    def settings(self) -> Settings:
        return load_settings(self.paths.settings)

    def say(self, result: Json, lines: Iterable[str] = ()) -> None:
        """Print the result of the command, once."""
        if self.as_json:
            print_json(result)
        else:
            for line in lines:
                print(line)  # noqa: T201

    def progress(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)  # noqa: T201


def day(text: str) -> date | None:
    """A day as an option has it; None for "". Raises InvalidInput."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInput("A date is written YYYY-MM-DD, like 1958-02-14.") from error


def print_json(result: Json) -> None:
    print(storable(json_text(result)), flush=True)  # noqa: T201


def triage_json(triage: Triage) -> Json:
    return {
        "level": triage.level.value,
        "reasons": [asdict(reason) for reason in triage.reasons],
        "advice": triage.advice,
        "steps": list(triage.steps),
        "numbers": [asdict(number) for number in triage.numbers],
    }


def hit_json(hit: Hit) -> Json:
    passage = hit.passage
    return {
        "passage_id": passage.id,
        "document_id": passage.document_id,
        "external_id": passage.external_id,
        "title": passage.title,
        "heading": passage.heading,
        "text": passage.text,
        "page": passage.page,
        "url": passage.url,
        "shelf": passage.shelf,
        "score": round(hit.score, 6),
        "dense": round(hit.dense, 4),
        "title_nearness": round(hit.title, 4),
        "words": round(hit.words, 4),
    }


def answer_json(answer: Answer) -> Json:
    return {
        "answer": {
            "sentences": [
                {
                    "text": sentence.text,
                    "supported": bool(sentence.citations),
                    "citations": [_citation_json(c) for c in sentence.citations],
                }
                for sentence in answer.sentences
            ],
            "note": answer.note,
        },
        "route": answer.route,
        "triage": triage_json(answer.triage),
        "tools": [],
        "disclaimer": answer.disclaimer,
        "weights": answer.weights,
        "seconds": {name: round(value, 4) for name, value in asdict(answer.seconds).items()},
    }


def explanation_json(explanation: Explanation) -> Json:
    """The question was searched once more to tell this; the scores are of that search."""
    understood = explanation.understood
    return {
        "understood": understood
        and {
            "language": understood.language,
            "looked_up": understood.looked_up,
            "added": dict(understood.added),
        },
        "needed": explanation.needed,
        "documents": [
            {
                "document_id": found.document.id,
                "name": found.document.name,
                "why": found.why.value,
                "words": found.words,
                "passages": found.passages,
                "rank": found.rank,
                "relevance": None if found.relevance is None else round(found.relevance, 4),
                "best": found.best,
            }
            for found in explanation.documents
        ],
        "library": [
            {
                "rank": each.rank,
                "hit": hit_json(each.hit),
                "source_id": each.hit.passage.source_id,
                "why": each.why.value,
                "explained": each.words,
                "relevance": None if each.relevance is None else round(each.relevance, 4),
                "best": each.best,
            }
            for each in explanation.library
        ],
    }


def _citation_json(citation: Citation) -> Json:
    return {
        "kind": "passage",
        "id": citation.passage_id,
        "document_id": citation.document_id,
        "external_id": citation.external_id,
        "shelf": citation.shelf,
        "title": citation.title,
        "page": citation.page,
        "start": citation.start,
        "quote": citation.quote,
        "url": citation.url,
    }
