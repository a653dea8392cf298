"""BEIR corpora: good lines arrive, bad ones are named."""

import json
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.library import Article
from healthmate_desktop.interop.beir import LONGEST_LINE, MOST_PROBLEMS, articles_of

pytestmark = pytest.mark.unit


def read(*lines: object) -> tuple[list[Article], list[Problem]]:
    problems: list[Problem] = []
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    return list(articles_of(texts, problems)), problems


def test_record_becomes_an_article() -> None:
    url = "https://example.org/1"
    (article,), problems = read(
        {"_id": "d1", "title": " Mucus ", "text": " About it. ", "metadata": {"url": url}}
    )
    assert (article.external_id, article.title, article.pages) == ("d1", "Mucus", ("About it.",))
    assert (article.kind, article.url, article.file) == ("record", url, "")
    assert problems == []


def test_number_is_an_id_and_missing_parts_are_filled() -> None:
    (first, second), problems = read(
        {"_id": 7, "text": "Text"}, {"_id": "8", "title": "Only title"}
    )
    assert (first.external_id, first.title) == ("7", "")
    assert second.pages == ("Only title",)
    assert problems == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{not json", "JSON"),
        ("[1, 2]", "JSON"),
        ("[" * 100_000, "JSON"),
        ({"title": "t", "text": "x"}, "_id"),
        ({"_id": "", "text": "x"}, "_id"),
        ({"_id": True, "text": "x"}, "_id"),
        ({"_id": "9" * 501, "text": "x"}, "_id"),
        ({"_id": "1", "text": ["x"]}, "text"),
        ({"_id": "1", "title": 4, "text": "x"}, "title"),
        ({"_id": "1", "title": " ", "text": ""}, "neither"),
        ({"_id": "ok", "text": "again"}, "before"),
        ({"_id": "1", "text": "x" * LONGEST_LINE}, "longer"),
    ],
)
def test_bad_line_is_named_and_the_rest_goes_on(line: object, reason: str) -> None:
    articles, problems = read({"_id": "ok", "text": "a"}, line, {"_id": "end", "text": "b"})
    assert [article.external_id for article in articles] == ["ok", "end"]
    assert [problem.where for problem in problems] == ["line 2"]
    assert reason in problems[0].message


def test_blank_lines_are_nothing() -> None:
    assert read("", "  \n") == ([], [])


def test_a_flood_of_bad_lines_is_summed_up() -> None:
    _, problems = read(*["bad"] * (MOST_PROBLEMS + 5))
    assert len(problems) == MOST_PROBLEMS + 1
    assert problems[-1].message == "5 more were left out."


@pytest.mark.security
@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", 4, "https://a\nb", "https://" + "a" * 2000]
)
def test_only_web_addresses_are_kept(url: object) -> None:
    (article,), _ = read({"_id": "1", "text": "x", "metadata": {"url": url}})
    assert article.url == ""
    assert read({"_id": "1", "text": "x", "metadata": "none"})[0][0].url == ""


def test_half_characters_can_be_stored() -> None:
    (article,), _ = read('{"_id": "1", "text": "bad \\ud800 half"}')
    assert article.pages[0].encode("utf-8")


def test_lines_are_read_one_at_a_time() -> None:
    def endless() -> Iterator[str]:
        number = 0
        while True:
            number += 1
            yield json.dumps({"_id": number, "text": "x"})

    first = next(articles_of(endless(), []))
    assert first.external_id == "1"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda x: (
            st.lists(x)
            | st.dictionaries(st.sampled_from(["_id", "text", "title", "metadata", "url"]), x)
        ),
    )
)
def test_any_json_gives_an_article_or_a_problem(value: object) -> None:
    articles, problems = read(json.dumps(value))
    assert len(articles) + len(problems) == 1


@pytest.mark.security
def test_huge_number_does_not_hold_the_reading_up() -> None:
    started = time.perf_counter()
    articles, problems = read('{"_id": ' + "9" * 1_000_000 + ', "text": "x"}')
    assert (articles, len(problems)) == ([], 1)
    assert time.perf_counter() - started < 5
