"""A large library is searched by an index of vectors, which is never in anyone's way."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from healthmate_desktop.domain.ids import PassageId, SourceId
from healthmate_desktop.index import vector_index
from healthmate_desktop.index.errors import LibraryDamaged
from healthmate_desktop.index.library import LibraryIndex
from healthmate_desktop.index.vector_index import Build, is_due
from index.library_builders import TEXTS, a_passage, a_source, add, an_article, axis, nearest

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

pytestmark = pytest.mark.integration

LIMIT = 300  # passages from which on these libraries are large


@pytest.fixture
def large(tmp_path: Path) -> LibraryIndex:
    index = LibraryIndex(tmp_path / "library", exact=LIMIT)
    add_many(index, "s", 2 * LIMIT)
    return index


def points(count: int, seed: int = 1) -> npt.NDArray[np.float32]:
    made = np.random.default_rng(seed).normal(size=(count, 384))
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return made.astype(np.float32)


def add_many(index: LibraryIndex, name: str, count: int, seed: int = 1) -> None:
    with index.adding(a_source(name)) as draft:
        passages = [a_passage(name, i, f"Text {i}") for i in range(count)]
        draft.add([an_article(name, 0, "Text")], passages, points(count, seed))


def build(index: LibraryIndex) -> None:
    for _ in index.build_when_due():
        pass


def is_indexed(index: LibraryIndex) -> bool:
    return not is_due(index._table("passages"), exact=LIMIT)


def missed(index: LibraryIndex, seed: int = 9) -> int:
    """Of the best ten for twenty questions."""
    own = points(2 * LIMIT)
    count = 0
    for question in points(20, seed):
        best = {PassageId(f"s-{i}") for i in np.argsort(-(own @ question))[:10]}
        count += len(best - {key for key, _ in nearest(index, question, 10)})
    return count


def test_small_library_is_compared_whole(tmp_path: Path) -> None:
    index = LibraryIndex(tmp_path / "library", exact=LIMIT)
    add_many(index, "s", LIMIT)
    build(index)
    assert index._table("passages").index_stats("vector_idx") is None


def test_large_library_finds_the_same_by_its_index(large: LibraryIndex) -> None:
    assert missed(large) == 0
    assert not is_indexed(large)
    build(large)
    assert is_indexed(large)
    assert missed(large) <= 1


def test_index_asks_for_no_second_building(large: LibraryIndex) -> None:
    build(large)
    assert list(large.build_when_due()) == []


def test_what_is_added_and_removed_after_the_building_is_found_and_gone(
    large: LibraryIndex,
) -> None:
    build(large)
    add(large, "t", TEXTS)
    assert nearest(large, axis(1)[0], 1)[0][0] == PassageId("t-1")
    large.remove(SourceId("t"))
    assert not nearest(large, axis(1)[0], 1)[0][0].startswith("t-")


def test_rows_beside_the_index_are_found(large: LibraryIndex) -> None:
    build(large)
    table = large._table("passages")
    row = table.search().limit(1).to_arrow().drop_columns(["id", "vector"])
    import pyarrow as pa

    vector = pa.FixedSizeListArray.from_arrays(pa.array(axis(7).ravel()), 384)
    table.add(row.append_column("id", pa.array(["beside"])).append_column("vector", vector))
    assert table.index_stats("vector_idx").num_unindexed_rows == 1
    assert nearest(large, axis(7)[0], 1)[0][0] == PassageId("beside")


def test_more_can_be_asked_for_than_there_is(large: LibraryIndex) -> None:
    build(large)
    assert len(nearest(large, axis(0)[0], 5 * LIMIT)) == 2 * LIMIT


def test_many_small_parts_are_joined(large: LibraryIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_index, "MOST_PARTS", 2)
    build(large)
    for name in ("t", "u"):
        add(large, name)
    assert not is_indexed(large)
    build(large)
    assert is_indexed(large)
    assert large._table("passages").index_stats("vector_idx").num_indices == 1
    assert nearest(large, axis(2)[0], 2)[0][1] == pytest.approx(1)


def test_adding_goes_before_building(large: LibraryIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("healthmate_desktop.index.library.STEP_SECONDS", 0.01)
    begun = threading.Event()

    def work() -> None:
        for _ in large.build_when_due():
            begun.set()

    building = threading.Thread(target=work)
    building.start()
    assert begun.wait(60)
    add(large, "t", TEXTS)
    building.join()
    assert nearest(large, axis(1)[0], 1)[0][0] == PassageId("t-1")
    build(large)
    assert is_indexed(large)


def test_closed_building_leaves_the_library_as_it_was(
    large: LibraryIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("healthmate_desktop.index.library.STEP_SECONDS", 0.0)
    steps = large.build_when_due()
    next(steps)
    steps.close()
    assert missed(large) <= 1
    large.remove(SourceId("s"))
    assert large.count() == 0


def test_what_a_building_meets_is_raised_by_who_waits(tmp_path: Path) -> None:
    with pytest.raises(LibraryDamaged):
        Build(tmp_path / "nowhere").wait(60)


KILLED = """
import os, sys
from pathlib import Path
import healthmate_desktop.index.library as library
library.STEP_SECONDS = 0.0
index = library.LibraryIndex(Path(sys.argv[1]), exact=int(sys.argv[2]))
steps = index.build_when_due()
next(steps)
os._exit(7)
"""


@pytest.mark.usefixtures("large")
def test_process_killed_while_building_costs_nothing_and_the_next_one_completes_it(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "library"
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder), str(LIMIT)], check=False)
    assert done.returncode == 7
    again = LibraryIndex(folder, exact=LIMIT)
    assert again.count() == 2 * LIMIT
    assert missed(again) == 0
    build(again)
    assert is_indexed(again)
    assert missed(again) <= 1
