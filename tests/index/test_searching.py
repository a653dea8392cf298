"""What a search of the library finds: by meaning, by words, and both at once."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from healthmate_desktop.domain.ids import PassageId, SourceId
from healthmate_desktop.domain.retrieval import Filters, Understood
from healthmate_desktop.index.candidates import both
from healthmate_desktop.index.errors import LibraryBusy
from healthmate_desktop.index.library import LibraryIndex
from index.library_builders import (
    TEXTS,
    a_passage,
    a_source,
    add,
    an_article,
    axis,
    nearest,
)

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration

LANGUAGES = ("en", "es", "")


@pytest.mark.parametrize("query", ["", "   ", "what should I have been doing about it"])
def test_question_without_a_telling_word_finds_no_words(index: LibraryIndex, query: str) -> None:
    add(index, "s")
    assert index.full_text(query, 5) == []


def test_passages_come_back_whole_the_nearest_first_then_those_found_by_words(
    index: LibraryIndex,
) -> None:
    add(index, "s")
    (passages, vectors, titles), words = index.candidates(axis(2)[0], Understood("", "wheezing"), 1)
    assert passages == [a_passage("s", 2, TEXTS[2]), a_passage("s", 0, TEXTS[0])]
    assert vectors.dtype == np.float32
    assert np.array_equal(vectors, axis(2, 0))
    assert np.array_equal(titles, vectors)
    assert words == {"s-0": dict(index.full_text("wheezing", 1))[PassageId("s-0")]}


def test_passage_found_by_meaning_and_by_words_comes_once(index: LibraryIndex) -> None:
    add(index, "s")
    (passages, _, _), words = index.candidates(axis(0)[0], Understood("", "wheezing fevers"), 3)
    assert sorted(passage.id for passage in passages) == ["s-0", "s-1", "s-2"]
    assert set(words) == {"s-0", "s-1"}


def test_search_that_nothing_fits_finds_nothing(index: LibraryIndex) -> None:
    (passages, vectors, titles), words = index.candidates(axis(0)[0], Understood("", "wheezing"), 3)
    assert (passages, words) == ([], {})
    assert vectors.shape == titles.shape == (0, 384)


def test_nearest_in_meaning_comes_first(index: LibraryIndex) -> None:
    add(index, "s")
    vector = (0.6 * axis(1) + 0.8 * axis(2))[0]
    found = nearest(index, vector, 2)
    assert [key for key, _ in found] == ["s-2", "s-1"]
    assert [score for _, score in found] == pytest.approx([0.8, 0.6], abs=1e-5)


def test_sources_can_be_left_out_of_nearest(index: LibraryIndex) -> None:
    add(index, "s")
    add(index, "it's")
    found = nearest(index, axis(0)[0], 10, filters=Filters(frozenset({SourceId("it's")})))
    assert {key[0] for key, _ in found} == {"s"}
    assert len(found) == 3


def add_in_three_languages(index: LibraryIndex) -> None:
    """One source with an article in each language and one in none that is known, all of the same words."""
    with index.adding(a_source("mixed")) as draft:
        for i, language in enumerate(LANGUAGES):
            article = replace(an_article("mixed", i, "Asma"), language=language)
            passage = replace(a_passage("mixed", i, "Asma"), language=language)
            draft.add([article], [passage], axis(i))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (("es",), {"mixed-1", "mixed-2"}),
        (("en",), {"mixed-0", "mixed-2"}),
        (("en", "es"), {"mixed-0", "mixed-1", "mixed-2"}),
        (("it's",), {"mixed-2"}),
        ((), {"mixed-0", "mixed-1", "mixed-2"}),
    ],
)
def test_only_languages_that_are_asked_for_are_found_and_those_not_known(
    index: LibraryIndex, wanted: tuple[str, ...], found: set[str]
) -> None:
    add_in_three_languages(index)
    filters = Filters(languages=wanted)
    assert {key for key, _ in index.full_text("asma", 9, filters=filters)} == found
    assert {key for key, _ in nearest(index, axis(1)[0], 9, filters=filters)} == found


def test_sources_and_languages_are_narrowed_together(index: LibraryIndex) -> None:
    add_in_three_languages(index)
    add(index, "s", ("Asma",))
    filters = Filters(without=frozenset({SourceId("s")}), languages=("es",))
    assert {key for key, _ in index.full_text("asma", 9, filters=filters)} == {"mixed-1", "mixed-2"}
    assert len(nearest(index, axis(0)[0], 9, filters=filters)) == 2


def test_words_of_spanish_and_french_are_found_in_all_their_forms(index: LibraryIndex) -> None:
    with index.adding(a_source("s")) as draft:
        for i, (code, text) in enumerate(
            [("es", "Los mareos pasan."), ("fr", "Les vertiges passent."), ("", "El mareo pasa.")]
        ):
            passage = replace(a_passage("s", i, text), language=code)
            draft.add([an_article("s", i, text)], [passage], axis(i))
    assert set(index.candidates(axis(0)[0], Understood("es", "mareo"), 9)[1]) == {"s-0"}
    assert set(index.candidates(axis(0)[0], Understood("fr", "vertige"), 9)[1]) == {"s-1"}
    index.remove(SourceId("s"))
    assert index.candidates(axis(0)[0], Understood("es", "mareo"), 9)[1] == {}


def test_library_of_an_older_version_on_a_full_disk_is_still_searched(index: LibraryIndex) -> None:
    add_in_three_languages(index)
    table = index._table("passages")
    table.drop_columns(["language"])
    filters = Filters(languages=("es",))
    assert len(index.full_text("asma", 9, filters=filters)) == 3
    assert len(nearest(index, axis(1)[0], 9, filters=filters)) == 3
    (passages, _, _), _ = index.candidates(axis(1)[0], Understood("", ""), 1)
    assert passages[0].language == ""


def test_titles_have_vectors_of_their_own_where_they_say_something(index: LibraryIndex) -> None:
    with index.adding(a_source("s")) as draft:
        passages = [a_passage("s", 0, "zebra"), a_passage("s", 1, "zebra")]
        draft.add(
            [an_article("s", 0, "zebra")],
            passages,
            axis(0, 1),
            titles=np.concatenate([axis(7), 0 * axis(7)]),
        )
    (passages, _, titles), _ = index.candidates(axis(0)[0], Understood("", ""), 2)
    assert {p.id: row.tolist() for p, row in zip(passages, titles, strict=True)} == {
        "s-0": axis(7)[0].tolist(),
        "s-1": axis(1)[0].tolist(),
    }


def test_library_of_an_older_version_is_searched_without_vectors_of_titles(
    index: LibraryIndex, tmp_path: Path
) -> None:
    add(index, "s")
    table = index._table("passages")
    table.drop_columns(["title_vector"])
    again = LibraryIndex(tmp_path / "library")
    add(again, "t")
    (passages, vectors, titles), _ = again.candidates(axis(0)[0], Understood("", ""), 6)
    assert len(passages) == 6
    assert np.array_equal(titles, vectors)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("cough", "s-0"),
        ("WHEEZES", "s-0"),
        ("my child has a fever, what should I do?", "s-1"),
        ("o'brien", "s-2"),
        ("IL-6", "s-2"),
        ("íbuprofén", "s-2"),
    ],
)
def test_words_are_found_in_any_form(index: LibraryIndex, query: str, found: str) -> None:
    add(index, "s")
    assert index.full_text(query, 1)[0][0] == found


@pytest.mark.security
@pytest.mark.parametrize(
    "query",
    [
        "",
        "   \n",
        "what should I have been doing about it",
        '"unclosed AND (NOT fever~2^9 OR title:*',
        "') OR 1=1; --",
        "\x00\ud800".encode("utf-8", "replace").decode(),
        "🙂 é̀",
        "{}[]\\/%s",
    ],
)
def test_any_text_is_a_safe_query(index: LibraryIndex, query: str) -> None:
    add(index, "s")
    assert {key for key, _ in index.full_text(query, 5)} <= {"s-0", "s-1", "s-2"}
    assert index.count() == 3


@pytest.mark.security
def test_endless_query_is_answered(index: LibraryIndex) -> None:
    add(index, "s")
    words = " ".join(f"word{i}" for i in range(100_000))
    assert index.full_text("fever " + words, 1)[0][0] == "s-1"


def test_title_counts_more_than_text(index: LibraryIndex) -> None:
    filler = "Many other words stand here as well."
    with index.adding(a_source("s")) as draft:
        passages = [
            a_passage("s", 0, f"{filler} Asthma.", title="Colds"),
            a_passage("s", 1, f"{filler} Colds.", title="Asthma"),
        ]
        draft.add([], passages, axis(0, 1))
    assert [key for key, _ in index.full_text("asthma", 5)] == ["s-1", "s-0"]


def test_scores_do_not_depend_on_how_sources_arrived(tmp_path: Path) -> None:
    together, apart = LibraryIndex(tmp_path / "a"), LibraryIndex(tmp_path / "b")
    texts = tuple(f"fever {'cough ' * (i % 3)} word{i}" for i in range(12))
    with together.adding(a_source("s")) as draft:
        passages = [a_passage("s", i, t, "T") for i, t in enumerate(texts)]
        draft.add([], passages, axis(*range(12)))
    for i, text in enumerate(texts):
        with apart.adding(a_source(f"s{i}")) as draft:
            draft.add([], [a_passage("s", i, text, "T")], axis(i))
    expected = dict(together.full_text("cough fever", 12))
    assert dict(apart.full_text("cough fever", 12)) == pytest.approx(expected)


def test_sources_can_be_left_out_of_the_words(index: LibraryIndex) -> None:
    add(index, "s")
    add(index, "it's")
    found = index.full_text("fever", 10, filters=Filters(frozenset({SourceId("it's")})))
    assert [key for key, _ in found] == ["s-1"]


@pytest.mark.security
def test_questions_leave_no_trace(index: LibraryIndex, tmp_path: Path) -> None:
    add(index, "s")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    index.full_text("CANARY-7f3a fever", 5)
    nearest(index, axis(0)[0], 5)
    index.candidates(axis(0)[0], Understood("", "fever"), 5)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_searches_go_on_while_sources_come_and_go(index: LibraryIndex) -> None:
    add(index, "s")
    done = threading.Event()
    missed: list[int] = []

    def search() -> None:
        while not done.is_set():
            found = [key for key, _ in index.full_text("fever", 20)]
            (near, vectors, _), words = index.candidates(axis(1)[0], Understood("", "fever"), 20)
            own = [row for row, passage in enumerate(near) if passage.id == "s-1"]
            if (
                "s-1" not in found
                or "s-1" not in words
                or not np.array_equal(vectors[own], axis(1))
            ):
                missed.append(1)

    thread = threading.Thread(target=search)
    thread.start()
    try:
        for i in range(5):
            add(index, f"t{i}")
            index.remove(SourceId(f"t{i}"))
    finally:
        done.set()
        thread.join()
    assert missed == []
    assert index.count() == 3


def test_search_in_a_library_that_never_stands_still_says_so(
    index: LibraryIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(index, "s")

    def changing(table: Any, near: Any, words: Any) -> Any:
        found = both(table, near, words)
        table.add(table.search().limit(1).to_arrow())
        return found

    monkeypatch.setattr("healthmate_desktop.index.library.both", changing)
    with pytest.raises(LibraryBusy):
        index.candidates(axis(0)[0], Understood("", "fever"), 5)
