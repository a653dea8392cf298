"""Text from outside becomes text that UTF-8 can hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthmate_desktop.domain.text import storable

pytestmark = pytest.mark.unit


def test_halves_of_surrogate_pairs_become_question_marks() -> None:
    assert storable("caf\udce9.pdf") == "caf?.pdf"
    assert storable("\ud83d") == "?"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert storable(text) == text


@given(st.text())
def test_result_can_always_be_encoded(text: str) -> None:
    assert storable(text).encode("utf-8")[:1] == storable(text)[:1].encode("utf-8")[:1]
