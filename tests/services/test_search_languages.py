"""A question is answered from the library in the language it is asked in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from builders import finished

from healthmate_desktop.domain.retrieval import Filters

if TYPE_CHECKING:
    from pathlib import Path

    from services.conftest import Room

pytestmark = pytest.mark.integration

TEXTS = {
    "en": "Paracetamol lowers a fever in children.",
    "es": "El paracetamol baja la fiebre de los niños.",
    "fr": "Le paracétamol fait baisser la fièvre des enfants.",
}


TOPIC = """---
title: {code}
slug: fever-{code}
language: {code}
synonyms: []
audience: all
category: condition
authorities: [{{name: NHS, url: "https://www.nhs.uk/"}}]
date: 2026-11-26
review: not reviewed by a clinician
licence: MIT
---
{text}
"""


def add(room: Room, folder: Path, *codes: str) -> None:
    for code in codes:
        file = folder / "starter" / code / f"fever-{code}.md"
        file.parent.mkdir(parents=True)
        file.write_text(TOPIC.format(code=code, text=TEXTS[code]), encoding="utf-8")
    finished(room.library.install_starter(folder / "starter"))


def languages(room: Room, question: str, filters: Filters | None = None) -> set[str]:
    hits = room.search.search(question, None, scope="library", filters=filters or Filters())
    return {hit.passage.language for hit in hits}


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("what can I give for a fever?", "en"),
        ("¿qué puedo dar para la fiebre?", "es"),
        ("que donner contre la fièvre ?", "fr"),
    ],
)
def test_hits_are_in_the_language_of_the_question(
    room: Room, desk: Path, question: str, code: str
) -> None:
    add(room, desk, "en", "es", "fr")
    assert languages(room, question) == {code}


def test_where_nothing_is_in_the_language_all_is_looked_through(room: Room, desk: Path) -> None:
    add(room, desk, "en", "fr")
    assert languages(room, "¿qué puedo dar para la fiebre?") == {"en", "fr"}


def test_english_question_never_gets_another_language(room: Room, desk: Path) -> None:
    add(room, desk, "es", "fr")
    assert languages(room, "what can I give for a fever?") == set()


def test_language_that_is_asked_for_goes_before_that_of_the_question(
    room: Room, desk: Path
) -> None:
    add(room, desk, "en", "es", "fr")
    asked = Filters(languages=("fr",))
    assert languages(room, "what can I give for a fever?", asked) == {"fr"}
