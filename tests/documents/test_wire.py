"""The child is not trusted: whatever it says wrongly is refused."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthmate_desktop.documents import wire
from healthmate_desktop.domain.documents import Box, DocumentKind, Page, Problem, ReadDocument, Word
from healthmate_desktop.domain.proposals import NamedPerson, Proposal, Spot
from healthmate_desktop.errors import UnreadableDocument, UnsupportedDocument

pytestmark = [pytest.mark.unit, pytest.mark.security]

PAGE = Page(3, "Iron low", 595.0, 842.0, (Word(0, 4, Box(1, 2, 3, 4), 0.9),), by_ocr=True)

PROPOSAL = Proposal(
    {"resourceType": "Observation", "valueQuantity": {"value": Decimal("5.40"), "unit": "mmol/L"}},
    Spot("row 2", 3, (Box(1, 2, 3, 4),)),
    "Glucose 5.40 mmol/L",
    ("It was read from prose.",),
)


def _fields(**changes: Any) -> dict[str, Any]:
    return {**wire.packed_page(PAGE)["page"], **changes}


def test_what_a_file_says_at_length_is_cut_and_not_refused() -> None:
    long = Proposal({}, Spot("w" * 999), "t\0" * 9999, ("d" * 999,))
    (cut,) = wire.unpacked_proposals(wire.packed_proposals([long])["proposals"])
    assert (len(cut.spot.where), len(cut.text), len(cut.doubts[0])) == (120, 10_000, 400)
    problems = tuple(Problem("p" * 999, "m" * 999) for _ in range(9999))
    people = tuple(NamedPerson("n" * 999) for _ in range(99))
    document = ReadDocument(DocumentKind.CCDA, "", (), problems, (), people)
    end = wire.unpacked_end(wire.packed_end(document)["done"], (), ())
    assert (len(end.problems), len(end.people), len(end.people[0].name)) == (2200, 50, 300)


def _end(changes: dict[str, Any]) -> ReadDocument:
    whole = {"kind": "pdf", "title": "", "problems": [], "people": []}
    return wire.unpacked_end(whole | changes, (), ())


def test_what_was_packed_comes_out_the_same() -> None:
    assert wire.unpacked_page(_fields()) == PAGE
    (proposal,) = wire.unpacked_proposals(wire.packed_proposals([PROPOSAL])["proposals"])
    assert proposal == PROPOSAL
    person = NamedPerson("Rosa Harlow", "1956-02", "female")
    problems = (Problem("page 2", "Lost."),)
    document = ReadDocument(DocumentKind.PDF, "Iron", (PAGE,), problems, (proposal,), (person,))
    end = wire.packed_end(document)["done"]
    assert wire.unpacked_end(end, document.pages, document.proposals) == document
    for error in (UnreadableDocument("Empty."), UnsupportedDocument("Unknown.")):
        again = wire.unpacked_error(wire.packed_error(error)["error"])
        assert (type(again), str(again)) == (type(error), str(error))


@pytest.mark.parametrize(
    "changes",
    [
        {"number": 0},
        {"number": 2001},
        {"number": True},
        {"text": b"Iron low"},
        {"text": "Iron\x00low"},
        {"text": "x" * (20 * 1024 * 1024 + 1)},
        {"width": math.nan},
        {"height": -1},
        {"by_ocr": 1},
        {"words": {}},
        {"words": [[0, 4, 1, 2, 3, 4]]},
        {"words": [[0, 9, 1, 2, 3, 4, 1]]},
        {"words": [[4, 4, 1, 2, 3, 4, 1]]},
        {"words": [[-1, 4, 1, 2, 3, 4, 1]]},
        {"words": [[0, 4, 3, 2, 1, 4, 1]]},
        {"words": [[0, 4, 1, 2, 3, 2, 1]]},
        {"words": [[0, 4, 1, 2, math.inf, 4, 1]]},
        {"words": [[0, 4, 1, 2, 3, 4, 1.5]]},
        {"words": [[0, 4, 1, 2, 3, 4, "1"]]},
        {"words": [[0, 4, 1, 2, 3, 4, 1]] * 20_001},
    ],
)
def test_page_that_breaks_a_promise_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(wire.BrokenPromise):
        wire.unpacked_page(_fields(**changes))


@pytest.mark.parametrize(
    ("unpack", "value"),
    [
        (wire.unpacked_error, {"code": "other", "message": "x"}),
        (wire.unpacked_error, {"code": "unreadable", "message": ""}),
        (wire.unpacked_error, {"code": "unreadable", "message": "x" * 401}),
        (_end, {"kind": "exe"}),
        (_end, {"problems": [["page 1"]]}),
        (_end, {"problems": [["p" * 121, "Lost."]]}),
        (_end, {"title": "x" * 201}),
        (_end, {"people": [["Rosa", "1956"]]}),
        (_end, {"people": [["R" * 301, "", ""]]}),
        (wire.unpacked_proposals, {}),
        (wire.unpacked_proposals, [["{}", "", 0, [], ""]]),
        (wire.unpacked_proposals, [["{", "", 0, [], "", []]]),
        (wire.unpacked_proposals, [["[]", "", 0, [], "", []]]),
        (wire.unpacked_proposals, [["{}", "", 2001, [], "", []]]),
        (wire.unpacked_proposals, [["{}", "", 1, [[1, 2, 1, 4]], "", []]]),
        (wire.unpacked_proposals, [["{}", "", 1, [], "x" * 10_001, []]]),
        (wire.unpacked_proposals, [["{}", "", 1, [], "", ["x" * 401]]]),
        (wire.unpacked_png, b"GIF89a"),
        (wire.unpacked_total, 0),
        (wire.unpacked_total, 1.0),
    ],
)
def test_other_broken_promises_are_refused(unpack: Any, value: Any) -> None:
    with pytest.raises(wire.BrokenPromise):
        unpack(value)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=12,
)


@given(st.sampled_from(["number", "text", "width", "words", "by_ocr"]), _json)
def test_anything_else_is_refused_and_nothing_else_is_raised(field: str, value: Any) -> None:
    for fields in (_fields(**{field: value}), value):
        try:
            page = wire.unpacked_page(fields)
        except wire.BrokenPromise:
            continue
        assert all(word.end <= len(page.text) for word in page.words)
