"""Search: the right shelf, the best first, and never a word of another person."""

from __future__ import annotations

import random
from contextlib import closing
from typing import TYPE_CHECKING, Literal

import pytest
from builders import finished, put
from cross_encoder import write_cross_encoder

from healthmate_desktop.domain.lay_words import LayWords
from healthmate_desktop.domain.questions import wanted_words
from healthmate_desktop.inference.client import Engine
from healthmate_desktop.services.search import LONGEST_QUERY, SearchService

if TYPE_CHECKING:
    from pathlib import Path

    from healthmate_desktop.domain.passages import Hit
    from healthmate_desktop.domain.patients import Patient
    from services.conftest import Room

pytestmark = pytest.mark.integration
Scope = Literal["library", "person", "all"]


@pytest.fixture
def stocked(room: Room, ann: Patient, desk: Path) -> Room:
    """Ann's letters and a library, both about ferritin."""
    letters = put(desk, a="Ferritin was 9 ug/L.", b="Sodium was normal.")
    finished(room.importing.import_files(letters, ann.id))
    finished(room.library.add(put(desk, topic="Ferritin stores iron.", other="Rest helps.")))
    return room


def texts(hits: list[Hit]) -> list[str]:
    return [hit.passage.text for hit in hits]


@pytest.mark.parametrize(
    ("scope", "shelves"),
    [("person", {"person"}), ("library", {"library"}), ("all", {"person", "library"})],
)
def test_scope_chooses_the_shelves(
    stocked: Room, ann: Patient, scope: Scope, shelves: set[str]
) -> None:
    hits = stocked.search.search("ferritin", ann.id, scope=scope)
    assert {hit.passage.shelf for hit in hits} == shelves
    assert all(hit.score > 0 for hit in hits)
    assert [hit.score for hit in hits] == sorted((h.score for h in hits), reverse=True)


def test_best_passage_of_each_shelf_comes_first(stocked: Room, ann: Patient) -> None:
    hits = stocked.search.search("ferritin", ann.id)
    assert set(texts(hits)[:2]) == {"Ferritin was 9 ug/L.", "Ferritin stores iron."}
    assert all(hit.dense > 0 and hit.words > 0 for hit in hits[:2])


def test_words_that_stand_nowhere_are_told_from_those_that_do(stocked: Room, ann: Patient) -> None:
    def unheard(search: SearchService, patient: Patient, *, own_only: bool = False) -> list[str]:
        wanted = wanted_words("sodium stores zebra", "", [])
        found = search.unheard(wanted, patient.id, own_only=own_only)
        return [each.terms[0] for each in found]

    assert unheard(stocked.search, ann) == ["zebra"]
    assert unheard(stocked.search, ann, own_only=True) == ["stores", "zebra"]
    assert stocked.search.unheard([], ann.id) == []
    assert unheard(stocked.search, stocked.patients.add("Bob")) == ["sodium", "zebra"]
    assert unheard(SearchService(None, stocked.index, stocked.embedder), ann) == ["sodium", "zebra"]


def test_word_is_heard_where_a_shelf_calls_it_by_another_name(stocked: Room, ann: Patient) -> None:
    lay_words = LayWords(
        [(["zebra"], ["iron stores"], False, 1.0), (["salt"], ["sodium"], False, 1.0)]
    )
    search = SearchService(stocked.access, stocked.index, stocked.embedder, lambda: lay_words)
    wanted = wanted_words("zebra salt", "", search.meanings("zebra salt"))
    assert search.unheard(wanted, ann.id) == []
    assert [each.terms[0] for each in search.unheard(wanted, ann.id, own_only=True)] == ["zebra"]
    assert search.meanings("¿Dónde está la cebra y cómo se trata la salt?") == []


def test_no_more_than_asked_for_come_back(stocked: Room, ann: Patient) -> None:
    assert len(stocked.search.search("ferritin", ann.id, k=1)) == 1
    assert len(stocked.search.search("ferritin", ann.id, k=50)) == 4


def test_without_a_person_only_the_library_is_searched(stocked: Room) -> None:
    hits = stocked.search.search("ferritin", None, scope="all")
    assert {hit.passage.shelf for hit in hits} == {"library"}
    assert stocked.search.search("ferritin", None, scope="person") == []


def test_library_is_searched_without_a_vault(stocked: Room, ann: Patient) -> None:
    search = SearchService(None, stocked.index, stocked.embedder)
    assert texts(search.search("ferritin", None, scope="library"))[0] == "Ferritin stores iron."
    assert search.search("ferritin", ann.id, scope="person") == []


@pytest.mark.parametrize("query", ["", "   ", "\n\t"])
def test_no_words_find_nothing_and_ask_no_model(stocked: Room, ann: Patient, query: str) -> None:
    asked = len(stocked.embedder.texts)
    assert stocked.search.search(query, ann.id) == []
    assert len(stocked.embedder.texts) == asked


@pytest.mark.parametrize(
    "query", ['"', "ferritin AND OR NOT (", "a' OR 1=1 --", "* : ^ ~", "\ud83d", "💊", "x" * 9000]
)
def test_any_text_is_a_query(stocked: Room, ann: Patient, query: str) -> None:
    assert isinstance(stocked.search.search(query, ann.id), list)


def test_endless_query_is_cut(stocked: Room, ann: Patient) -> None:
    stocked.search.search("ferritin " * 2000, ann.id)
    assert len(stocked.embedder.texts[-1]) <= LONGEST_QUERY


def test_nobodys_vault_and_empty_library_find_nothing(room: Room, ann: Patient) -> None:
    assert room.search.search("ferritin", ann.id) == []


@pytest.mark.security
def test_passages_of_another_person_are_never_found(room: Room, desk: Path) -> None:
    """SECURITY 5.5 M2: two people with the same words in their records."""
    words = ["ferritin", "sodium", "asthma", "tablets", "fever", "iron", "letter", "clinic"]
    chance = random.Random(7)
    people = [room.patients.add(f"Person {number}") for number in range(4)]
    for number, person in enumerate(people):
        letters = {
            f"letter{number}x{i}": f"Owner{number} " + " ".join(chance.choices(words, k=12)) + "."
            for i in range(6)
        }
        finished(room.importing.import_files(put(desk, **letters), person.id))
    found = 0
    for _ in range(200):
        number = chance.randrange(len(people))
        query = " ".join([*chance.choices(words, k=3), f"Owner{(number + 1) % len(people)}"])
        scope: Scope = chance.choice(["person", "all"])
        hits = room.search.search(query, people[number].id, scope=scope, k=50)
        found += len(hits)
        assert {text.split()[0] for text in texts(hits)} <= {f"Owner{number}"}
    assert found > 1000


def reranked(room: Room, models: Path, patient: Patient) -> list[tuple[str, float]]:
    """With the cross-encoder in the folder, if there is one."""
    with closing(Engine(models)) as engine:
        service = SearchService(room.access, room.index, room.embedder, reranker=engine)
        hits = service.search("ferritin", patient.id, k=50)
    return [(hit.passage.text, round(hit.score, 4)) for hit in hits]


def test_hits_come_in_the_order_of_a_cross_encoder(
    stocked: Room, ann: Patient, tmp_path: Path
) -> None:
    plain = reranked(stocked, tmp_path, ann)
    assert plain[0][0] != "Rest helps."
    write_cross_encoder(tmp_path / "tiny", {"Rest": 5.0})
    again = reranked(stocked, tmp_path, ann)
    assert again[0] == ("Rest helps.", 0.9933)
    assert {text for text, _ in again} == {text for text, _ in plain}


def test_hits_beyond_its_reach_stay_behind(
    stocked: Room, ann: Patient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("healthmate_desktop.services.search.RERANKED", 1)
    write_cross_encoder(tmp_path / "tiny", {"Ferritin": -9.0})
    scores = [score for _, score in reranked(stocked, tmp_path, ann)]
    assert scores == [0.0001] * 4


def test_broken_cross_encoder_leaves_the_order_as_it_was(
    stocked: Room, ann: Patient, tmp_path: Path
) -> None:
    plain = reranked(stocked, tmp_path, ann)
    write_cross_encoder(tmp_path / "tiny", {"Rest": 5.0}).write_bytes(b"")
    assert reranked(stocked, tmp_path, ann) == plain
