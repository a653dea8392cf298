"""What `ask --explain` prints: each document with why it was used or not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from healthmate_desktop.cli.ask import _explanation_lines
from healthmate_desktop.cli.output import explanation_json
from healthmate_desktop.domain.documents import Document, DocumentKind
from healthmate_desktop.domain.explaining import Explained, ExplainedPassage, Explanation, Why
from healthmate_desktop.domain.ids import DocumentId, PassageId, PatientId
from healthmate_desktop.domain.passages import Hit, Passage
from healthmate_desktop.domain.retrieval import Understood

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
    assert told["needed"] == 0.69
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


def test_library_passages_show_their_ranking_and_the_question_how_it_was_read() -> None:
    passage = Passage(PassageId("x"), "library", "d", "Cough", "Rest and drink.")
    found = ExplainedPassage(
        Hit(passage, 0.641, 0.62001, 0.71, 12.41), 1, Why.OUTSCORED, "Others.", 0.51234, "Rest."
    )
    understood = Understood("en", "cough", {"tussis": 0.5})
    told = explanation_json(Explanation("Cough?", WHEN, (), (found,), understood=understood))
    assert told["understood"] == {"language": "en", "looked_up": "cough", "added": {"tussis": 0.5}}
    (row,) = told["library"]
    assert (row["why"], row["relevance"], row["best"]) == ("outscored", 0.5123, "Rest.")
    hit = row["hit"]
    assert (hit["dense"], hit["title_nearness"], hit["words"]) == (0.62, 0.71, 12.41)
    assert list(_explanation_lines(told)) == [
        "Looked for: cough; tussis",
        "Library 1. Cough, page 1: Others.",
        "   meaning 0.62, title 0.71, words 12.4, chance 64%",
    ]


def test_nothing_is_said_of_a_library_that_was_not_searched() -> None:
    told = explanation_json(Explanation("Mine?", WHEN, ()))
    assert (told["understood"], told["library"]) == (None, [])
    assert list(_explanation_lines(told)) == []
