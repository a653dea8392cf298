"""Sentences: every one is a verbatim piece of its page."""

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthmate_desktop.domain.sentences import LONGEST, sentence_spans

pytestmark = pytest.mark.unit

TEXTS = st.text(st.sampled_from("ab. A!?\n-#1)…\t:é\u00a0\"'*"), max_size=300)


def sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Rest. Drink water! Is it worse? Call.",
            ["Rest.", "Drink water!", "Is it worse?", "Call."],
        ),
        ("Dr. Ann Lee saw J. Smith on 3 Jan. 2020. He was well.", None),
        ("The dose is 2.5 mg. It was raised.", ["The dose is 2.5 mg.", "It was raised."]),
        ("Take vitamin D. It helps.", ["Take vitamin D.", "It helps."]),
        ("He has hepatitis B. Test again.", ["He has hepatitis B.", "Test again."]),
        ("It grew E. coli twice. Treat it.", ["It grew E. coli twice.", "Treat it."]),
        ('She said "Stop." Then she left.', ['She said "Stop."', "Then she left."]),
        ("See a doctor (today.) Wait.", ["See a doctor (today.)", "Wait."]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str] | None) -> None:
    if expected is None:
        expected = ["Dr. Ann Lee saw J. Smith on 3 Jan. 2020.", "He was well."]
    assert sentences(text) == expected


def test_list_items_are_sentences_without_their_bullets() -> None:
    text = "1. Sit down. Then rest.\n2) Call.\n- Keep warm\n• Drink"
    assert sentences(text) == ["Sit down.", "Then rest.", "Call.", "Keep warm", "Drink"]


def test_heading_stands_alone_and_starts_a_section() -> None:
    text = "Before.\n## Signs\nFever is common."
    spans = sentence_spans(text)
    assert sentences(text) == ["Before.", "## Signs", "Fever is common."]
    assert [span.starts_section for span in spans] == [False, True, False]


def test_wrapped_lines_stay_one_sentence() -> None:
    text = (
        "The cough had lasted for three weeks and was treated\n"
        "at home with honey, as the leaflet of the pharmacy in\n"
        "Bristol says. It went away."
    )
    assert len(sentences(text)) == 2


def test_lines_of_a_table_are_apart() -> None:
    text = "Sodium 140 mmol/L 135-145\nPotassium 5.9 mmol/L H 3.5-5.1\nGlucose 99 mg/dL 70-99"
    assert sentences(text) == text.split("\n")


def test_lines_of_a_form_are_apart() -> None:
    text = "Name: Jane Roe of the upper village\nAllergies: penicillin"
    assert sentences(text) == text.split("\n")


def test_short_line_before_a_paragraph_is_a_title() -> None:
    text = (
        "Summary\nThe patient came with a cough that had lasted for weeks and was\ntreated at home."
    )
    assert sentences(text)[0] == "Summary"
    assert len(sentences(text)) == 2


def test_endless_text_is_cut_at_spaces() -> None:
    pieces = sentences("abcdefghi " * 200)
    assert all(len(piece) <= LONGEST for piece in pieces)
    assert all(set(piece.split()) == {"abcdefghi"} for piece in pieces)
    assert [len(piece) for piece in sentences("x" * 1500)] == [600, 600, 300]


@given(TEXTS)
def test_spans_are_ordered_trimmed_and_lose_no_word(text: str) -> None:
    spans = sentence_spans(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
    pieces = sentences(text)
    assert all(piece == piece.strip() and len(piece) <= LONGEST for piece in pieces)
    kept = sum(piece.count("a") + piece.count("é") for piece in pieces)
    assert kept == text.count("a") + text.count("é")


@pytest.mark.security
@pytest.mark.parametrize("unit", [".", '."', "#", "# ", "- ", "1. ", " \n", "a\n", "A: \n", "\t"])
def test_hostile_text_takes_no_longer_than_its_length_deserves(unit: str) -> None:
    started = time.perf_counter()
    sentence_spans(unit * 40_000 + "b")
    assert time.perf_counter() - started < 5  # about 0.2 s; a quadratic pattern takes a minute
