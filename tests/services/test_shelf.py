"""What a reader of the library is shown besides the texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from healthmate_desktop.domain.ids import SourceId
from healthmate_desktop.domain.library import Heading, Source
from healthmate_desktop.services.shelf import Described, described, outline_of, sizes_of

pytestmark = pytest.mark.unit

SOURCE = Source(SourceId("s"), "file", "S", "", None, datetime(2026, 1, 1, tzinfo=UTC), 3, 3, "")


def test_headings_are_told_once_and_with_those_above_them() -> None:
    passages = [
        (1, 0, ""),
        (1, 9, "A > B"),
        (1, 20, "A > B"),
        (2, 3, "A > C"),
        (2, 8, "D"),
        (3, 0, "A"),
    ]
    assert outline_of(passages) == [
        Heading(1, 9, 1, "A"),
        Heading(1, 9, 2, "B"),
        Heading(2, 3, 2, "C"),
        Heading(2, 8, 1, "D"),
        Heading(3, 0, 1, "A"),
    ]
    assert outline_of([]) == []


def test_a_source_is_described_by_most_of_its_articles() -> None:
    counts = [
        (SOURCE.id, "paper", "en", 1),
        (SOURCE.id, "label", "es", 5),
        (SourceId("other"), "topic", "en", 9),
    ]
    about = Described(SOURCE, ("label", "paper"), ("es", "en"), 7)
    assert described([SOURCE], counts, {SOURCE.id: 7}) == [about]
    assert described([SOURCE], [], {}) == [Described(SOURCE)]


def test_a_source_takes_its_files_and_its_part_of_the_index() -> None:
    other = replace(SOURCE, id=SourceId("o"), passages=1)
    kept = {"s.1": 500, "s.2": 40, "s": 2, "gone.1": 9}
    assert sizes_of([SOURCE, other], kept, 1000) == {SOURCE.id: 1292, other.id: 250}
    assert sizes_of([replace(SOURCE, passages=0)], {}, 80) == {SOURCE.id: 0}
