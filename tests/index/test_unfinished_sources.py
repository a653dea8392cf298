"""A source that was cut off is gone on with, given up or replaced, and is never seen in part."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from healthmate_desktop.domain.ids import SourceId
from healthmate_desktop.index.errors import LibraryDamaged
from healthmate_desktop.index.library import LibraryIndex
from index.library_builders import a_passage, a_source, add, an_article, axis, size

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration


def begin(index: LibraryIndex, name: str, numbers: range) -> None:
    """Add batches to a source and be cut off."""

    def cut_off() -> None:
        with index.adding(a_source(name)) as draft:
            for i in numbers:
                text = f"zebra {i}"
                draft.add(
                    [an_article(name, i, text)], [a_passage(name, i, text)], axis(i), {"at": i}
                )
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cut_off()


def test_source_that_was_cut_off_is_seen_nowhere(index: LibraryIndex) -> None:
    add(index, "s")
    begin(index, "t", range(1, 3))
    assert [source.id for source in index.sources()] == ["s"]
    assert index.full_text("zebra", 5) == []
    assert index.unfinished() == {"t"}


def test_source_that_was_cut_off_is_gone_on_with(index: LibraryIndex, tmp_path: Path) -> None:
    begin(index, "t", range(1, 3))
    again = LibraryIndex(tmp_path / "library")
    with again.adding(a_source("t", id=SourceId("another"))) as draft:
        assert (draft.source.id, draft.articles, draft.passages) == ("t", 2, 2)
        assert draft.mark == {"at": 2}
        assert len(draft.digests) == 2
        draft.add([an_article("t", 3, "zebra 3")], [a_passage("t", 3, "zebra 3")], axis(3))
    assert [(s.id, s.articles, s.passages) for s in again.sources()] == [("t", 3, 3)]
    assert [a.external_id for a in again.articles(SourceId("t"))] == ["1", "2", "3"]
    assert {key for key, _ in again.full_text("zebra", 9)} == {"t-1", "t-2", "t-3"}
    assert again.unfinished() == set()
    assert list((tmp_path / "library" / "drafts").iterdir()) == []


@pytest.mark.parametrize("table", ["articles", "passages"])
def test_source_that_an_older_version_began_is_begun_anew(
    index: LibraryIndex, tmp_path: Path, table: str
) -> None:
    begin(index, "t", range(1, 3))
    for path in (tmp_path / "library" / "drafts").rglob(f"*.{table}.arrow"):
        with pa.OSFile(str(path)) as file:
            rows = pa.ipc.open_stream(file).read_all().drop_columns(["language"])
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, rows.schema) as stream:
            stream.write_table(rows)
    again = LibraryIndex(tmp_path / "library")
    with again.adding(a_source("t")) as draft:
        assert (draft.articles, draft.mark) == (0, {})
        draft.add([an_article("t", 3, "zebra 3")], [a_passage("t", 3, "zebra 3")], axis(3))
    assert {key for key, _ in again.full_text("zebra", 9)} == {"t-3"}


def test_batch_that_was_not_whole_is_done_again(index: LibraryIndex, tmp_path: Path) -> None:
    begin(index, "t", range(1, 4))
    drafts = tmp_path / "library" / "drafts" / "t"
    sorted(drafts.glob("*.mark"))[-1].unlink()  # the crash came before it
    (drafts / "00000002.mark.new").write_text("{")
    with index.adding(a_source("t")) as draft:
        assert (draft.articles, draft.mark) == (2, {"at": 2})
        draft.add([an_article("t", 3, "new")], [a_passage("t", 3, "new")], axis(3))
    assert index.articles(SourceId("t"))[-1].pages[0] == "new"
    assert index.count() == 3


def test_damaged_batches_are_said_and_given_up(index: LibraryIndex, tmp_path: Path) -> None:
    begin(index, "t", range(1, 3))
    path = next((tmp_path / "library" / "drafts" / "t").glob("*passages*"))
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(LibraryDamaged), index.adding(a_source("t")):
        pass
    assert index.unfinished() == set()
    assert index.count() == 0
    add(index, "t")
    assert index.count() == 3


def test_what_was_begun_long_ago_is_deleted(index: LibraryIndex, tmp_path: Path) -> None:
    begin(index, "t", range(1, 3))
    begin(index, "u", range(1, 3))
    old = tmp_path / "library" / "drafts" / "t"
    os.utime(old, (0, 0))
    (tmp_path / "library" / "drafts" / "of an older version").mkdir()
    assert LibraryIndex(tmp_path / "library").count() == 0
    assert [path.name for path in (tmp_path / "library" / "drafts").iterdir()] == ["u"]


def test_source_that_is_given_up_leaves_no_trace(index: LibraryIndex, tmp_path: Path) -> None:
    add(index, "s")
    before = size(tmp_path)
    with index.adding(a_source("t")) as draft:
        draft.add([an_article("t", 1, "zebra")], [a_passage("t", 1, "zebra")], axis(9))
        draft.give_up()
    assert size(tmp_path) == before
    assert len(index.sources()) == 1


def test_newer_copy_takes_the_place_of_a_source(index: LibraryIndex, tmp_path: Path) -> None:
    add(index, "old")
    add(index, "other", ("Other words.",))
    with index.adding(a_source("new"), replacing=[SourceId("old")]) as draft:
        draft.add([an_article("new", 0, "zebra")], [a_passage("new", 0, "zebra")], axis(5))
        assert {s.id for s in index.sources()} == {"old", "other"}
    for library in (index, LibraryIndex(tmp_path / "library")):
        assert {s.id for s in library.sources()} == {"new", "other"}
        assert library.full_text("fever", 5) == []
        assert library.full_text("zebra", 5)[0][0] == "new-0"
        assert library.articles(SourceId("old")) == []
        assert library.count() == 2


def test_newer_copy_that_was_cut_off_after_it_was_listed_is_alone_at_the_next_start(
    index: LibraryIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(index, "old")

    def power_cut(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(index, "_drop_replaced", power_cut)
    with (
        pytest.raises(KeyboardInterrupt),
        index.adding(a_source("new"), replacing=[SourceId("old")]) as draft,
    ):
        draft.add([an_article("new", 0, "zebra")], [a_passage("new", 0, "zebra")], axis(5))
    again = LibraryIndex(tmp_path / "library")
    assert [s.id for s in again.sources()] == ["new"]
    assert again.full_text("fever", 5) == []
    assert again.articles(SourceId("old")) == []
    assert again.unfinished() == set()
    assert [path.stem for path in (tmp_path / "library" / "sources").iterdir()] == ["new"]
