"""Archives are opened in the child: their files come out one by one, and bombs cost no more than the archive."""

from __future__ import annotations

import contextlib

import psutil
import pytest
from bombs import BOMBS
from honest_files import para, word, zipped

from healthmate_desktop.documents import archives, wire
from healthmate_desktop.documents.client import Reader
from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.errors import UnreadableDocument

pytestmark = [pytest.mark.security, pytest.mark.integration]

ZIPS = [title for title, bomb in BOMBS.items() if bomb.reads == "zip" and not bomb.slow]


def test_files_come_out_one_by_one_with_their_names() -> None:
    inner = zipped([("b.txt", b"two")])
    content = zipped([("a.txt", b"one"), ("../x", b"out"), ("in.zip", inner)])
    unpacking = Reader().unpack(content)
    assert next(unpacking) == ("a.txt", b"one")
    assert len(psutil.Process().children()) == 1
    problem, second = list(unpacking)
    assert isinstance(problem, Problem)
    assert problem.where == "../x"
    assert second == ("in.zip/b.txt", b"two")
    assert psutil.Process().children() == []


def test_nothing_comes_out_of_a_file_that_is_one() -> None:
    assert list(Reader().unpack(word(para("Slept well.")))) == []


def test_archive_that_can_not_be_opened_is_told() -> None:
    with pytest.raises(UnreadableDocument, match="archive"):
        list(Reader().unpack(b"PK\x03\x04 and nothing more"))


def test_closing_ends_the_child() -> None:
    unpacking = Reader().unpack(zipped([("a.txt", b"one"), ("b.txt", b"two")]))
    next(unpacking)
    unpacking.close()
    assert psutil.Process().children() == []


@pytest.mark.parametrize("title", ZIPS)
def test_bombs_give_little_or_are_refused(title: str) -> None:
    came = 0
    with contextlib.suppress(UnreadableDocument):
        for each in Reader().unpack(BOMBS[title].make()):
            came += 0 if isinstance(each, Problem) else len(each[1])
    assert came <= archives.LARGEST_TOTAL
    assert psutil.Process().children() == []


@pytest.mark.parametrize(
    "value", [["", b"x"], ["/etc/x", b"x"], ["a/../b", b"x"], ["a", "text"], ["a"], None]
)
def test_child_can_not_name_a_way_out(value: object) -> None:
    with pytest.raises(wire.BrokenPromise):
        wire.unpacked_member(value)


@pytest.mark.parametrize("limit", ["LARGEST_TOTAL", "MOST_ENTRIES"])
def test_child_that_sends_more_than_it_may_is_given_up(
    limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = zipped((f"{number}.txt", b"text") for number in range(9))
    monkeypatch.setattr(archives, limit, 1)
    monkeypatch.setattr(archives, "MOST_PROBLEMS", 1)
    with pytest.raises(UnreadableDocument, match="could not be read"):
        list(Reader().unpack(content))
    assert psutil.Process().children() == []
