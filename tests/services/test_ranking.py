"""What is put first: what is near in meaning, has the words, and names its subject in the title."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from healthmate_desktop.domain.ids import PassageId
from healthmate_desktop.domain.passages import Passage
from healthmate_desktop.services.embedding import DIMENSIONS, embed_question, embed_titles
from healthmate_desktop.services.ranking import OTHER, ranked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.services.ports import Vectors

pytestmark = pytest.mark.unit
QUESTION = np.eye(DIMENSIONS, dtype=np.float32)[0]


def passages(count: int, *titles: str) -> list[Passage]:
    names = [*titles, *[""] * (count - len(titles))]
    return [
        Passage(PassageId(str(i)), "library", "d", name, f"Text {i}.")
        for i, name in enumerate(names)
    ]


def at(*cosines: float) -> Vectors:
    """Unit vectors with these products with the question, each turned another way."""
    rows = np.zeros((len(cosines), DIMENSIONS), np.float32)
    for i, cosine in enumerate(cosines):
        rows[i, 0], rows[i, i + 1] = cosine, (1 - cosine**2) ** 0.5
    return rows


def bm25(scores: list[float]) -> dict[PassageId, float]:
    return {PassageId(str(i)): score for i, score in enumerate(scores) if score}


def order(vectors: Vectors, titles: Vectors, words: list[float]) -> list[str]:
    hits = ranked(QUESTION, (passages(len(words)), vectors, titles), bm25(words))
    return [hit.passage.id for hit in hits]


def test_nearest_in_meaning_comes_first_where_nothing_else_tells_them_apart() -> None:
    near = at(0.3, 0.7, 0.5)
    assert order(near, near, [0, 0, 0]) == ["1", "2", "0"]


def test_words_of_the_question_move_a_passage_up() -> None:
    near = at(0.5, 0.5, 0.5)
    assert order(near, near, [1, 0, 9]) == ["2", "0", "1"]


def test_title_that_is_what_was_asked_about_moves_a_passage_up() -> None:
    assert order(at(0.5, 0.5), at(0.1, 0.6), [0, 0]) == ["1", "0"]


def test_passage_like_the_best_ones_is_put_before_one_that_is_as_near() -> None:
    near = at(0.8, 0.4, 0.4)
    near[1] = 0.4 * near[0] + 0.08 * QUESTION
    near[1, 300] = (1 - float(near[1] @ near[1])) ** 0.5
    assert order(near, near, [0, 0, 0]) == ["0", "1", "2"]


def test_in_a_language_the_embedder_hardly_reads_words_count_more() -> None:
    near = at(0.3, 0.6)
    both = (passages(2), near, near), bm25([5, 2])
    assert [hit.passage.id for hit in ranked(QUESTION, *both)] == ["1", "0"]
    assert [hit.passage.id for hit in ranked(QUESTION, *both, OTHER)] == ["0", "1"]


def test_score_is_a_chance_and_says_how_it_came_about() -> None:
    near, titles = at(0.9, 0.05), at(0.8, 0.1)
    good, bad = ranked(QUESTION, (passages(2), near, titles), bm25([12.5, 0]))
    assert 0.8 < good.score < 1
    assert 0 < bad.score < 0.1
    assert (good.dense, good.title, good.words) == pytest.approx((0.9, 0.8, 12.5))
    assert bad.words == 0


def test_nothing_found_is_an_empty_list() -> None:
    none = at()
    assert ranked(QUESTION, ([], none, none), {}) == []


class Letters:
    """Counts: the vector of a text says which texts were read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.read += texts
        rows = np.zeros((len(texts), DIMENSIONS), np.float32)
        for row, text in enumerate(texts):
            rows[row, len(text) % DIMENSIONS] = 1
        return rows


def test_long_letter_is_read_to_its_end() -> None:
    embedder = Letters()
    letter = "I have been unwell for some weeks now. " * 60 + "Can it be my thyroid?"
    vector = embed_question(embedder, letter)
    assert "thyroid" in embedder.read[-1]
    assert len(embedder.read) > 1
    assert float(vector @ vector) == pytest.approx(1)


def test_title_that_repeats_is_read_once_and_none_says_nothing() -> None:
    embedder = Letters()
    rows = embed_titles(embedder, passages(4, "Asthma", "Asthma", "Flu"))
    assert embedder.read == ["Asthma", "Flu"]
    assert rows.any(axis=1).tolist() == [True, True, True, False]
    assert np.array_equal(rows[0], rows[1])
    assert embed_titles(embedder, []).shape == (0, DIMENSIONS)
