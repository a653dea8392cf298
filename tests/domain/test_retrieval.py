"""Rank fusion."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthmate_desktop.domain.retrieval import reciprocal_rank_fusion

pytestmark = pytest.mark.unit

RANKINGS = st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True), max_size=4)


def test_what_two_rankings_agree_on_comes_before_what_one_puts_first() -> None:
    fused = reciprocal_rank_fusion([["a", "b", "c"], ["d", "b", "e"]])
    assert fused[0] == ("b", 2 / 62)
    assert {key for key, _ in fused} == set("abcde")


def test_weight_makes_one_ranking_count_more() -> None:
    fused = reciprocal_rank_fusion([["a"], ["b"]], weights=[1, 2])
    assert [key for key, _ in fused] == ["b", "a"]


def test_weights_must_match_rankings() -> None:
    with pytest.raises(ValueError, match="zip"):
        reciprocal_rank_fusion([["a"], ["b"]], weights=[1])


def test_small_constant_trusts_a_first_place_more_than_two_third_places() -> None:
    rankings = [["a", "x", "b"], ["y", "z", "b"]]
    assert reciprocal_rank_fusion(rankings, k=60)[0][0] == "b"
    assert reciprocal_rank_fusion(rankings, k=0)[0][0] == "a"


def test_repeated_id_counts_at_its_first_place_only() -> None:
    assert reciprocal_rank_fusion([["a", "a", "b"]]) == reciprocal_rank_fusion([["a", "b"]])


def test_nothing_found_gives_nothing() -> None:
    assert reciprocal_rank_fusion([]) == []
    assert reciprocal_rank_fusion([[], []]) == []


@given(RANKINGS)
def test_every_id_comes_once_and_scores_fall(rankings: list[list[str]]) -> None:
    fused = reciprocal_rank_fusion(rankings)
    assert sorted(key for key, _ in fused) == sorted({key for r in rankings for key in r})
    scores = [score for _, score in fused]
    assert scores == sorted(scores, reverse=True)


@given(st.lists(st.sampled_from("abcdefgh"), unique=True))
def test_one_ranking_keeps_its_order(ranking: list[str]) -> None:
    assert [key for key, _ in reciprocal_rank_fusion([ranking])] == ranking
