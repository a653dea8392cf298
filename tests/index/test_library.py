"""The library on disk: sources come and go whole, and searches find what is there."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from healthmate_desktop.domain.ids import SourceId
from healthmate_desktop.domain.library import Article
from healthmate_desktop.domain.retrieval import Understood
from healthmate_desktop.errors import DiskFull, InvalidInput, NotFound
from healthmate_desktop.index.cards import SourceCards
from healthmate_desktop.index.library import LibraryIndex
from index.library_builders import (
    TEXTS,
    a_passage,
    a_source,
    add,
    an_article,
    axis,
    nearest,
    size,
)

pytestmark = pytest.mark.integration


def test_empty_library_finds_nothing(index: LibraryIndex) -> None:
    assert index.sources() == []
    assert index.count() == 0
    assert index.full_text("fever", 5) == []
    assert nearest(index, axis(0)[0], 5) == []


def test_source_comes_back_as_it_went_in_with_its_counts(index: LibraryIndex) -> None:
    add(index, "s")
    assert index.sources() == [a_source("s", passages=3, articles=3)]
    assert index.count() == 3


def test_unknown_date_stays_unknown(index: LibraryIndex) -> None:
    with index.adding(a_source("s", published=None)) as draft:
        draft.add([an_article("s", 0, "x")], [a_passage("s", 0, "x")], axis(0))
    assert index.sources()[0].published is None


def test_another_start_of_the_program_finds_everything(index: LibraryIndex, tmp_path: Path) -> None:
    add(index, "s")
    again = LibraryIndex(tmp_path / "library")
    assert again.sources() == index.sources()
    assert again.candidates(axis(1)[0], Understood("", ""), 1)[0][0] == [
        a_passage("s", 1, TEXTS[1])
    ]


def test_articles_come_back_with_their_pages(index: LibraryIndex) -> None:
    add(index, "s")
    add(index, "t")
    assert index.article("t/1") == an_article("t", 1, TEXTS[1])
    assert index.articles(SourceId("s")) == [an_article("s", i, t) for i, t in enumerate(TEXTS)]
    with pytest.raises(NotFound):
        index.article("t/9")


def test_odd_ids_are_only_ids(index: LibraryIndex) -> None:
    add(index, "s")
    with pytest.raises(NotFound):
        index.article("' OR '1'='1")
    with pytest.raises(NotFound):
        index.remove(SourceId("' OR '1'='1"))
    assert index.count() == 3


def test_source_is_invisible_until_its_block_ends(index: LibraryIndex) -> None:
    add(index, "s")
    with index.adding(a_source("t")) as draft:
        draft.add([an_article("t", 1, "zebra")], [a_passage("t", 1, "zebra")], axis(9))
        assert len(index.sources()) == 1
        assert index.full_text("zebra", 5) == []
        assert index.count() == 3
    assert index.full_text("zebra", 5)[0][0] == "t-1"


def test_same_words_are_known_again(index: LibraryIndex) -> None:
    add(index, "s")
    add(index, "t", ("Other words.",))
    assert len(index.digests()) == 4
    twin = Article("x", SourceId("x"), "topic  1", (TEXTS[1].upper(), "page\ntwo"))
    assert twin.digest in index.digests(without=[SourceId("t")])
    assert twin.digest not in index.digests(without=[SourceId("s")])


def test_table_of_an_older_version_gets_what_it_lacks(index: LibraryIndex, tmp_path: Path) -> None:
    add(index, "s")
    table = index._table("articles")
    table.drop_columns(["publisher", "licence", "published", "language", "kind", "digest"])
    again = LibraryIndex(tmp_path / "library")
    assert again.article("s/0").title == "Topic 0"
    assert again.digests() == set()
    add(again, "t")
    assert len(again.digests()) == 3
    assert again.article("s/0").licence == ""


def test_source_without_text_is_refused(index: LibraryIndex) -> None:
    with pytest.raises(InvalidInput, match="no text"), index.adding(a_source("t")) as draft:
        draft.add([an_article("t", 1, "")], [], np.zeros((0, 384), np.float32))
    assert index.sources() == []


def test_vectors_must_match_passages(index: LibraryIndex) -> None:
    with pytest.raises(ValueError, match="shape"), index.adding(a_source("t")) as draft:
        draft.add([], [a_passage("t", 1, "x")], axis(1, 2))
    assert index.count() == 0


def test_removed_source_is_gone_from_the_disk_too(index: LibraryIndex, tmp_path: Path) -> None:
    add(index, "s")
    before = size(tmp_path)
    rng = np.random.default_rng(1)
    with index.adding(a_source("big")) as draft:
        for start in range(0, 1000, 100):
            passages = [
                a_passage("big", i, f"zebracanary {i} " * 20) for i in range(start, start + 100)
            ]
            vectors = rng.standard_normal((100, 384), dtype=np.float32)
            draft.add([an_article("big", start, "zebracanary")], passages, vectors)
    assert size(tmp_path) > before + 1_000_000
    index.remove(SourceId("big"))
    assert [source.id for source in index.sources()] == ["s"]
    assert index.full_text("zebracanary", 5) == []
    assert index.full_text("fever", 5)[0][0] == "s-1"
    assert size(tmp_path) < before + 50_000
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"zebracanary" not in path.read_bytes()


def test_removing_the_last_source_leaves_a_library_that_can_be_filled_again(
    index: LibraryIndex,
) -> None:
    add(index, "s")
    index.remove(SourceId("s"))
    assert (index.count(), index.sources(), index.articles(SourceId("s"))) == (0, [], [])
    with pytest.raises(NotFound):
        index.remove(SourceId("s"))
    add(index, "s")
    assert index.full_text("fever", 5)[0][0] == "s-1"


def test_full_disk_at_the_last_step_leaves_no_half_source(
    index: LibraryIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(index, "s")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patch:
        patch.setattr(SourceCards, "put", full)
        with pytest.raises(DiskFull):
            add(index, "t", ("zebra",))
    for library in (index, LibraryIndex(tmp_path / "library")):
        assert [source.id for source in library.sources()] == ["s"]
        assert library.full_text("zebra", 5) == []
        assert library.count() == 3
    add(index, "t", ("zebra",))
    assert index.full_text("zebra", 5)[0][0] == "t-0"


BESIDE = """
import sys
from pathlib import Path
sys.path[:0] = [{tests!r}]
from index.library_builders import add
from healthmate_desktop.domain.ids import SourceId
from healthmate_desktop.index.library import LibraryIndex
index = LibraryIndex(Path({folder!r}))
print(index.full_text("fever", 1)[0][0], len(index.sources()))
for change in (lambda: add(index, "u"), lambda: index.remove(SourceId("s"))):
    try:
        change()
    except Exception as error:
        print(error.code)
"""


def test_another_process_may_read_but_not_write_while_a_source_arrives(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    index = LibraryIndex(folder)
    add(index, "s")
    script = BESIDE.format(tests=str(Path(__file__).parents[1]), folder=str(folder))
    with index.adding(a_source("t")) as draft:
        draft.add([an_article("t", 1, "zebra")], [a_passage("t", 1, "zebra")], axis(9))
        beside = subprocess.run(
            [sys.executable, "-c", script], check=False, capture_output=True, text=True
        )
    assert beside.stdout.split() == ["s-1", "1", "library_busy", "library_busy"]
    assert index.full_text("zebra", 5)[0][0] == "t-1"
    assert [source.id for source in index.sources()] == ["s", "t"]


def test_a_window_that_is_open_finds_what_another_process_added(tmp_path: Path) -> None:
    window, command = LibraryIndex(tmp_path / "library"), LibraryIndex(tmp_path / "library")
    add(window, "s")
    assert window.full_text("zebra", 1) == []
    add(command, "t", ("zebra",))
    assert window.full_text("zebra", 1)[0][0] == "t-0"
    command.remove(SourceId("t"))
    assert window.full_text("zebra", 1) == []
    assert nearest(window, axis(1)[0], 1)[0][0] == "s-1"


DYING = """
import os, sys
from pathlib import Path
sys.path[:0] = [{tests!r}]
from index.library_builders import a_passage, a_source, add, an_article, axis
from healthmate_desktop.index.library import LibraryIndex
index = LibraryIndex(Path({folder!r}))
if {late}:
    index._cards.put = lambda *_, **__: os._exit(9)
with index.adding(a_source("t")) as draft:
    draft.add([an_article("t", 1, "zebra")], [a_passage("t", 1, "zebra")], axis(9))
    if not {late}:
        os._exit(9)
"""


@pytest.mark.parametrize("late", [False, True])
def test_crash_leaves_no_half_source(tmp_path: Path, *, late: bool) -> None:
    folder = tmp_path / "library"
    add(LibraryIndex(folder), "s")
    before = size(tmp_path)
    script = DYING.format(tests=str(Path(__file__).parents[1]), folder=str(folder), late=late)
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 9
    assert size(tmp_path) > before
    index = LibraryIndex(folder)
    assert [source.id for source in index.sources()] == ["s"]
    assert index.full_text("zebra", 5) == []
    with pytest.raises(NotFound):
        index.article("t/1")
    assert index.count() == 3
    with index.adding(a_source("t")) as draft:
        assert draft.articles == 1  # what was done is not lost either
    assert [source.id for source in index.sources()] == ["s", "t"]
    assert index.count() == 4
    assert index.article("t/1").pages[0] == "zebra"
