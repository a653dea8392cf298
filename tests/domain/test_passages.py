"""Passages: whole sentences, found again at their place on the page."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthmate_desktop.domain.ids import PassageId, SourceId
from healthmate_desktop.domain.library import Article, Heading
from healthmate_desktop.domain.passages import (
    LONGEST,
    OVERLAP,
    Passage,
    passages_of,
    passages_of_pages,
    searchable_text,
    split,
)

pytestmark = pytest.mark.unit

TOPIC = """# Asthma

## Signs

Wheezing is a sign. Coughing is another.

### In children

Children may only cough.

## Help

Call if it is bad.
"""
LINES = st.sampled_from(
    ["# Top", "## Part", "Some words here. And more of them.", "- An item", "", "word " * 90]
)


def article(*pages: str, title: str = "Asthma") -> Article:
    return Article("a1", SourceId("s1"), title, pages, external_id="7", url="https://example.org/7")


def test_passage_is_found_letter_for_letter_on_its_page() -> None:
    pages = (TOPIC, "Second page. " * 200)
    passages = passages_of(article(*pages))
    assert {p.page for p in passages} == {1, 2}
    for passage in passages:
        assert passage.text == pages[passage.page - 1][passage.start : passage.end]


def test_passage_knows_where_it_comes_from() -> None:
    first, *_ = passages_of(article(TOPIC))
    assert (first.shelf, first.document_id, first.title) == ("library", "a1", "Asthma")
    assert (first.source_id, first.external_id) == ("s1", "7")
    assert first.url == "https://example.org/7"


def test_ids_are_fresh() -> None:
    passages = passages_of(article(TOPIC)) + passages_of(article(TOPIC))
    assert len({p.id for p in passages}) == len(passages) == 6


def test_sections_are_apart_and_carry_their_headings() -> None:
    passages = passages_of(article(TOPIC))
    assert [p.heading for p in passages] == ["Signs", "Signs > In children", "Help"]
    assert passages[0].text.startswith("# Asthma\n\n## Signs\n\nWheezing")


def test_other_title_keeps_the_top_heading_in_the_path() -> None:
    headings = [p.heading for p in passages_of(article(TOPIC, title="File 7"))]
    assert headings == ["Asthma > Signs", "Asthma > Signs > In children", "Asthma > Help"]


def test_title_and_headings_are_searched_with_the_text() -> None:
    passage = passages_of(article(TOPIC))[1]
    assert searchable_text(passage) == f"Asthma\nSigns > In children\n{passage.text}"


def test_passage_without_title_is_searched_by_its_text_alone() -> None:
    (passage,) = passages_of(article("Plain words.", title=""))
    assert searchable_text(passage) == "Plain words."


def test_long_text_is_cut_into_overlapping_passages_of_whole_sentences() -> None:
    text = " ".join(f"This is sentence number {i} of the text." for i in range(100))
    spans = split(text)
    assert len(spans) > 1
    for before, after in itertools.pairwise(spans):
        assert 0 < before.end - after.start <= OVERLAP
    assert all(text[s.start : s.end].startswith("This") for s in spans)
    assert all(text[s.start : s.end].endswith(".") for s in spans)
    assert all(s.end - s.start <= LONGEST for s in spans)


def test_person_document_gives_passages_of_its_own_shelf() -> None:
    like = Passage(PassageId(""), "person", "d1", "letter.pdf", "")
    passages = passages_of_pages([(3, "A letter. It says well.")], like)
    assert [(p.shelf, p.document_id, p.page, p.start) for p in passages] == [("person", "d1", 3, 0)]
    assert passages[0].source_id is None


def test_headings_without_marks_cut_and_name_passages_over_pages() -> None:
    pages = (
        "Fever\nIn adults\nRest helps. " + "Drink water. " * 3,
        "Go on so. Cough\nSleep helps.",
    )
    told = (
        Heading(1, 0, 1, "Fever"),
        Heading(1, 6, 2, "In adults"),
        Heading(2, 10, 1, "Cough"),
    )
    passages = passages_of(replace(article(*pages), headings=told))
    assert [(p.page, p.heading) for p in passages] == [
        (1, "Fever > In adults"),
        (2, "Fever > In adults"),
        (2, "Cough"),
    ]
    assert [p.text.split()[0] for p in passages] == ["Fever", "Go", "Cough"]
    for passage in passages:
        assert pages[passage.page - 1][passage.start : passage.end] == passage.text


def test_empty_pages_give_no_passages() -> None:
    assert passages_of(article("", " \n ")) == []


@given(st.lists(LINES, max_size=30))
def test_no_word_is_lost_and_no_passage_is_too_long(lines: list[str]) -> None:
    text = "\n".join(lines)
    spans = split(text)
    assert all(0 < span.end - span.start <= LONGEST for span in spans)
    covered = {i for span in spans for i in range(span.start, span.end)}
    missed = {text[i] for i in range(len(text)) if i not in covered}
    assert missed <= set("\n -")


@pytest.mark.security
@pytest.mark.timeout(60)  # where each heading looks at all before it, this takes minutes
@pytest.mark.parametrize("unit", ["# a\n\ntext\n\n", "# a\n", "# a" + " " * 500 + "x\n", "# a #"])
def test_thousands_of_headings_come_to_an_end(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    assert all(passage.text in text for passage in passages_of(article(text)))
