"""Titles by the page, places, kinds and headings, from the tables of a library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from healthmate_desktop.domain.ids import SourceId
from index.library_builders import TEXTS, add, an_article

if TYPE_CHECKING:
    from healthmate_desktop.index.library import LibraryIndex

pytestmark = pytest.mark.integration
ONE = SourceId("one")


@pytest.fixture
def stocked(index: LibraryIndex) -> LibraryIndex:
    add(index, "one")
    add(index, "two")
    return index


def test_titles_come_by_the_page_and_from_one_source(stocked: LibraryIndex) -> None:
    everything = stocked.titles(ONE, [], 0, 10)
    assert everything[0] == len(TEXTS)
    assert stocked.titles(ONE, [], 1, 1) == (len(TEXTS), everything[1][1:2])
    assert stocked.titles(ONE, [], 10, 5) == (len(TEXTS), [])


@pytest.mark.parametrize("words", [["TOPIC", "1"], ["opic 1"]])
def test_titles_are_found_by_all_words_whatever_their_case(
    stocked: LibraryIndex, words: list[str]
) -> None:
    assert stocked.titles(ONE, words, 0, 10) == (1, [("one/1", "Topic 1")])


@pytest.mark.parametrize("word", ["%", "_", "'; DROP", "zebra"])
def test_no_sign_in_a_word_is_an_operator(stocked: LibraryIndex, word: str) -> None:
    assert stocked.titles(ONE, [word], 0, 10) == (0, [])


def test_an_article_knows_its_place(stocked: LibraryIndex) -> None:
    assert stocked.position(stocked.article("one/2")) == 2
    assert stocked.position(an_article("one", 99, "Gone")) == -1


def test_kinds_and_languages_are_counted(stocked: LibraryIndex) -> None:
    assert sorted(stocked.kinds()) == [("one", "", "", len(TEXTS)), ("two", "", "", len(TEXTS))]


def test_headings_of_passages_come_in_order(stocked: LibraryIndex) -> None:
    assert stocked.headings("one/1") == [(2, 17, "Signs > Of it")]
