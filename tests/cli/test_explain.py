"""What `ask --explain` prints: each document with why it was used or not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from healthmate_desktop.cli.output import explanation_json
from healthmate_desktop.domain.documents import Document, DocumentKind
from healthmate_desktop.domain.explaining import Explained, Explanation, Why
from healthmate_desktop.domain.ids import DocumentId, PatientId

pytestmark = pytest.mark.unit

WHEN = datetime(2026, 6, 3, 12, tzinfo=UTC)


def letter(key: str) -> Document:
    name = f"{key}.pdf"
    return Document(
        DocumentId(key), PatientId("p"), name, DocumentKind.PDF, 1, key, WHEN, "ready", 1
    )


def test_each_document_says_why_with_the_scores_and_what_was_needed() -> None:
    documents = (
        Explained(letter("a"), Why.QUOTED, "Quoted.", 3, 1, 0.912345, "Ferritin was 9 ug/L."),
        Explained(letter("b"), Why.NO_TEXT, "No text."),
    )
    told = explanation_json(Explanation("What was it?", WHEN, documents))
    assert told["needed"] == 0.56
    assert told["documents"] == [
        {
            "document_id": "a",
            "name": "a.pdf",
            "why": "quoted",
            "words": "Quoted.",
            "passages": 3,
            "rank": 1,
            "relevance": 0.9123,
            "best": "Ferritin was 9 ug/L.",
        },
        {
            "document_id": "b",
            "name": "b.pdf",
            "why": "no_text",
            "words": "No text.",
            "passages": 0,
            "rank": None,
            "relevance": None,
            "best": "",
        },
    ]
