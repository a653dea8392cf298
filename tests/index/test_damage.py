"""Damaged and full disks: said clearly, and never a reason to delete."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from healthmate_desktop.domain.ids import SourceId
from healthmate_desktop.domain.retrieval import Understood
from healthmate_desktop.errors import DiskFull, HealthMateError, NotEnoughMemory
from healthmate_desktop.index.errors import LibraryDamaged, LibraryError, translated
from healthmate_desktop.index.library import LibraryIndex
from healthmate_desktop.index.repair import rewrite
from healthmate_desktop.index.tables import PASSAGES, passages_schema
from index.library_builders import TEXTS, add, axis, nearest

pytestmark = pytest.mark.integration


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library of two sources."""
    index = LibraryIndex(tmp_path)
    add(index, "s")
    add(index, "t", tuple(f"{text} Again." for text in TEXTS))
    return tmp_path


def files(folder: Path, table: str, part: str) -> list[Path]:
    return [path for path in (folder / f"{table}.lance" / part).rglob("*") if path.is_file()]


def everything(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def halve(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def scramble(path: Path) -> None:
    path.write_bytes(b"\xa5" * path.stat().st_size)


@pytest.mark.parametrize("damage", [halve, scramble, Path.unlink])
@pytest.mark.parametrize("part", ["data", "_versions", "_indices"])
def test_damage_is_said_clearly_and_nothing_is_deleted(
    folder: Path, part: str, damage: type
) -> None:
    for path in files(folder, "passages", part):
        damage(path)
    before = everything(folder)
    index = LibraryIndex(folder)
    assert len(index.sources()) == 2
    with pytest.raises(LibraryDamaged, match="Remove and add the source again"):
        index.full_text("fever", 5)
    with pytest.raises(LibraryDamaged):
        index.candidates(axis(0)[0], Understood("", "fever"), 5)
    assert everything(folder) == before


@pytest.mark.parametrize("damage", [halve, scramble, Path.unlink])
@pytest.mark.parametrize("part", ["data", "_versions", "_indices"])
@pytest.mark.parametrize("table", ["passages", "articles"])
def test_damaged_sources_can_be_removed_and_added_again(
    folder: Path, table: str, part: str, damage: type
) -> None:
    for path in files(folder, table, part):
        damage(path)
    index = LibraryIndex(folder)
    for name in ("s", "t"):
        try:
            index.remove(SourceId(name))
        except LibraryDamaged as error:
            assert "Title of t" in str(error)  # noqa: PT017 - raised for the first of two only
            assert name == "s"
    assert index.sources() == []
    add(index, "s")
    assert index.full_text("fever", 5)[0][0] == "s-1"
    assert nearest(index, axis(2)[0], 1)[0][0] == "s-2"
    assert index.article("s/0").title == "Topic 0"


def test_sources_that_can_be_read_survive_a_rewrite_of_their_table(folder: Path) -> None:
    database = LibraryIndex(folder)._database()
    keep = [SourceId("s")]
    table, lost = rewrite(database, PASSAGES, passages_schema(), keep, folder / "spare")
    assert lost == set()
    assert table.count_rows() == 3
    assert not (folder / "spare").exists()
    index = LibraryIndex(folder)
    (passages, _, _), _ = index.candidates(axis(2)[0], Understood("", ""), 3)
    assert [p.text for p in passages[:1]] == [TEXTS[2]]
    assert {p.text for p in passages} == set(TEXTS)


def test_passages_stay_findable_when_only_articles_are_damaged(folder: Path) -> None:
    for path in files(folder, "articles", "data"):
        halve(path)
    index = LibraryIndex(folder)
    with pytest.raises(LibraryDamaged, match="Title of t"):
        index.remove(SourceId("s"))
    assert [source.id for source in index.sources()] == ["t"]
    assert [key for key, _ in index.full_text("fever", 5)] == ["t-1"]


def test_source_with_a_damaged_card_is_listed_and_can_be_removed(folder: Path) -> None:
    (folder / "sources" / "s.json").write_text('{"id": "s", ')
    index = LibraryIndex(folder)
    assert [source.title for source in index.sources()] == ["Title of t", "Damaged source"]
    index.remove(SourceId("s"))
    assert [source.id for source in index.sources()] == ["t"]
    assert index.count() == 3


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(errno.ENOSPC, "full"), DiskFull),
        (RuntimeError("lance error: IO: No space left on device (os error 28)"), DiskFull),
        (PermissionError(errno.EACCES, "no"), LibraryError),
        (RuntimeError("lance error: IO: Permission denied (os error 13)"), LibraryError),
        (RuntimeError("lance error: Not found: /home/jane/x.lance"), LibraryDamaged),
        (FileNotFoundError(errno.ENOENT, "gone", "/home/jane/x"), LibraryDamaged),
        (MemoryError(), NotEnoughMemory),
    ],
)
def test_world_becomes_a_sentence_without_paths(
    error: Exception, expected: type[HealthMateError]
) -> None:
    with pytest.raises(HealthMateError) as raised, translated():
        raise error
    assert type(raised.value) is expected
    assert "jane" not in str(raised.value)
    assert "safe" in str(raised.value)


def test_panic_in_the_library_below_is_damage() -> None:
    panic = type("RustPanic", (Exception,), {})
    with pytest.raises(LibraryDamaged), translated():
        raise panic


def test_bugs_are_not_called_damage() -> None:
    with pytest.raises(RuntimeError, match="a bug"), translated():
        raise RuntimeError("a bug")


def test_place_that_cannot_be_written_is_said_clearly(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LibraryError, match="library"):
        LibraryIndex(tmp_path / "file" / "below").count()
