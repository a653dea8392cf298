"""The library: sources come whole or not at all, and go with everything that belongs to them."""

from __future__ import annotations

import json
import os
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from builders import finished, put

from healthmate_desktop.domain.answers import Citation
from healthmate_desktop.domain.ids import SourceId
from healthmate_desktop.errors import (
    ChildDied,
    InferenceError,
    InvalidInput,
    NotFound,
)
from healthmate_desktop.index.errors import LibraryDamaged
from healthmate_desktop.index.files import LibraryFiles
from healthmate_desktop.index.library import LibraryIndex
from healthmate_desktop.services.filling import BATCH, SAVED
from healthmate_desktop.services.library import LibraryService
from services.library_desk import add, add_one, found

if TYPE_CHECKING:
    from pathlib import Path

    from services.conftest import Room

pytestmark = pytest.mark.integration


def kept_files(room: Room) -> list[str]:
    return sorted(path.name for path in room.library_files.glob("*"))


def beir(folder: Path, *records: object) -> Path:
    folder.mkdir()
    lines = [r if isinstance(r, str) else json.dumps(r) for r in records]
    (folder / "corpus.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def folder(above: Path, name: str) -> Path:
    (above / name).mkdir()
    return above / name


def test_file_becomes_a_source_that_is_listed_and_found(room: Room, desk: Path) -> None:
    (path,) = put(desk, mucus="Mucus is thick in cystic fibrosis.")
    source = add_one(room, path)
    assert room.library.sources() == [source]
    assert (source.kind, source.title, source.licence) == ("file", "mucus", "Your copy")
    assert (source.articles, source.passages) == (1, 1)
    (hit,) = found(room, "cystic fibrosis")
    assert (hit.passage.shelf, hit.passage.external_id) == ("library", "mucus.txt")
    (article,) = room.library.articles(source.id)
    assert article == room.library.article(hit.passage.document_id)
    assert article.pages == ("Mucus is thick in cystic fibrosis.",)
    assert kept_files(room) == []  # its text is all there is to see


def test_folder_of_files_becomes_one_source(room: Room, desk: Path) -> None:
    put(desk, a="Rest helps.", b="Water helps.", c="Sleep helps.")
    source = add_one(room, desk)
    assert (source.title, source.articles, source.kind) == ("desk", 3, "file")
    assert {hit.passage.title for hit in found(room, "helps")} == {"a", "b", "c"}


def test_folder_in_beir_layout_keeps_its_own_ids(room: Room, desk: Path) -> None:
    records = [
        {"_id": "7", "title": "Mucus", "text": "Thick.", "metadata": {"url": "https://a.example/"}},
        "no record",
        {"_id": 8, "title": "Salt", "text": "Sweat is salty."},
    ]
    (outcome,) = add(room, beir(desk / "cf", *records))
    assert outcome.source is not None
    assert (outcome.source.kind, outcome.source.title) == ("beir", "cf")
    assert outcome.source.articles == 2
    assert [problem.where for problem in outcome.problems] == ["line 2"]
    (hit, *_) = found(room, "salty sweat")
    assert (hit.passage.external_id, hit.passage.title) == ("8", "Salt")
    assert found(room, "mucus")[0].passage.url == "https://a.example/"


def test_same_file_is_not_added_twice(room: Room, desk: Path) -> None:
    (path,) = put(desk, mucus="Mucus is thick.")
    first, second = add(room, path, path)
    assert (first.status, second.status) == ("added", "duplicate")
    assert first.source == second.source
    assert len(room.library.sources()) == 1


def test_bad_file_among_good_ones_is_named_and_left_out(room: Room, desk: Path) -> None:
    put(desk, a="Rest helps.", b="DAMAGED", c="UNKNOWN", d="NO CHILD", e="One.\fLOST")
    (outcome,) = add(room, desk)
    assert (outcome.status, outcome.source and outcome.source.articles) == ("added", 2)
    wheres = [problem.where for problem in outcome.problems]
    assert wheres == ["b.txt", "c.txt", "d.txt", "e.txt, page 2"]


@pytest.mark.parametrize(
    ("content", "status"),
    [("DAMAGED", "unreadable"), ("UNKNOWN", "unsupported"), ("NO CHILD", "unreadable")],
)
def test_bad_path_is_told_and_the_next_is_added(
    room: Room, desk: Path, content: str, status: str
) -> None:
    outcomes = add(room, *put(desk, bad=content, good="Rest helps."))
    assert [outcome.status for outcome in outcomes] == [status, "added"]
    assert outcomes[0].source is None
    assert [problem.where for problem in outcomes[0].problems] == ["file"]
    assert [source.title for source in room.library.sources()] == ["good"]


def test_path_with_nothing_in_it_adds_nothing(room: Room, desk: Path) -> None:
    (desk / "empty").mkdir()
    (desk / "damaged").mkdir()
    put(desk / "damaged", a="DAMAGED", b="DAMAGED again")
    (blank,) = put(desk, blank=" \n ")
    paths = [desk / "empty", desk / "gone.txt", desk / "damaged", blank, desk / ("x" * 300)]
    outcomes = add(room, *paths, beir(desk / "beir", "nothing"))
    assert [outcome.status for outcome in outcomes] == ["unreadable"] * 6
    messages = [outcome.problems[0].message for outcome in outcomes]
    assert "no files in it" in messages[0]
    assert "no file of this name" in messages[1]
    assert "Nothing in it could be read" in messages[2]
    assert "no text" in messages[3]
    assert "Nothing in it could be read" in messages[5]
    assert room.library.sources() == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither pipes nor such names")
def test_pipe_is_refused_and_odd_name_is_not(room: Room, desk: Path) -> None:
    from pathlib import Path

    os.mkfifo(desk / "pipe")
    odd = Path(os.fsdecode(os.fsencode(desk) + b"/caf\xe9.txt"))
    odd.write_text("%PDF-Coffee keeps awake.", encoding="utf-8")
    refused, added = add(room, desk / "pipe", odd)
    assert refused.status == "unreadable"
    assert (added.status, added.source and added.source.title) == ("added", "caf?")
    assert added.path.endswith("caf?.txt")


@pytest.mark.skipif(os.name == "nt", reason="needs the rights of Unix")
def test_corpus_that_cannot_be_opened_is_told(
    room: Room, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = beir(desk / "cf", {"_id": "1", "text": "Mucus."})
    really_open = type(folder).open

    def no_rights(path: Path, *args: Any, **kwargs: Any) -> Any:
        if path.name == "corpus.jsonl":
            raise PermissionError
        return really_open(path, *args, **kwargs)

    monkeypatch.setattr("pathlib.Path.open", no_rights)
    (outcome,) = add(room, folder)
    assert outcome.status == "unreadable"
    assert "Check that you may read it" in outcome.problems[0].message


def test_original_with_pages_is_kept_shown_and_lit(room: Room, desk: Path) -> None:
    (path,) = put(desk, leaflet="%PDF-Rest helps.\fWater helps too.")
    source = add_one(room, path)
    path.unlink()
    (article,) = room.library.articles(source.id)
    assert kept_files(room) == [article.id]
    assert room.library.picture(article.id, 2, 300) == b"Water helps too. 300"
    citation = Citation("p", article.id, "library", "leaflet", "helps too", 2, 6)
    place = room.library.place(citation)
    assert (place.text, place.page_count) == ("Water helps too.", 2)
    assert (len(place.boxes), place.width, place.height) == (1, 595, 842)


def test_text_of_the_library_has_a_place_without_boxes(room: Room, desk: Path) -> None:
    source = add_one(room, *put(desk, mucus="Mucus is thick."))
    (article,) = room.library.articles(source.id)
    place = room.library.place(Citation("p", article.id, "library", "", "thick", 1, 9))
    assert (place.text, place.boxes, place.page_count) == ("Mucus is thick.", (), 1)


def test_page_after_a_lost_one_keeps_its_number(room: Room, desk: Path) -> None:
    add(room, *put(desk, leaflet="%PDF-Rest helps.\fLOST\fWater matters."))
    (hit, *_) = found(room, "water matters")
    assert hit.passage.page == 3
    citation = Citation("p", hit.passage.document_id, "library", "", "Water", 3, 0)
    place = room.library.place(citation)
    assert place.text == "Water matters."
    assert place.boxes


def test_removing_a_source_deletes_its_files_and_finds_it_no_more(room: Room, desk: Path) -> None:
    stays, goes = (
        add_one(room, path)
        for path in put(desk, stays="%PDF-Rest helps.", goes="%PDF-Water helps.")
    )
    room.library.remove(goes.id)
    assert room.library.sources() == [stays]
    assert [hit.passage.text for hit in found(room, "helps")] == ["Rest helps."]
    assert kept_files(room) == [article.id for article in room.library.articles(stays.id)]
    with pytest.raises(NotFound):
        room.library.remove(goes.id)


def test_removed_source_can_be_added_again(room: Room, desk: Path) -> None:
    (path,) = put(desk, mucus="Mucus is thick.")
    room.library.remove(add_one(room, path).id)
    assert add(room, path)[0].status == "added"


def test_source_whose_tables_are_damaged_can_still_be_removed(
    room: Room, desk: Path, tmp_path: Path
) -> None:
    source = add_one(room, *put(desk, mucus="Mucus is thick."))
    for path in (tmp_path / "library" / "articles.lance" / "data").iterdir():
        path.unlink()
    index = LibraryIndex(tmp_path / "library")
    library = LibraryService(index, LibraryFiles(room.library_files), room.reader, room.embedder)
    with pytest.raises(LibraryDamaged):
        library.articles(source.id)
    library.remove(source.id)
    assert library.sources() == []


def long_folder(desk: Path) -> Path:
    """Leaflets whose passages make several batches."""
    long = desk / "long"
    long.mkdir()
    for number in range(5):
        text = "\n\n".join(f"# Part {i}\n\nWord{number}x{i} helps." for i in range(SAVED // 2))
        put(long, **{f"leaflet{number}": f"%PDF-{text}"})
    return long


def contents(room: Room) -> list[tuple[str, str, tuple[str, ...]]]:
    """Of all sources, whatever their ids are."""
    return [
        (article.title, article.external_id, article.pages)
        for source in room.library.sources()
        for article in room.library.articles(source.id)
    ]


def stop(room: Room, path: Path, saved: int) -> None:
    """Add until some articles were saved, then stop."""
    with closing(room.library.add([path])) as work:
        for step in work:
            if step.done >= saved:
                return


@pytest.mark.parametrize("saved", [1, 3, 5])
def test_what_was_stopped_is_seen_nowhere_and_gone_on_with(
    room: Room, desk: Path, saved: int
) -> None:
    long = long_folder(desk)
    stop(room, long, saved)
    assert room.library.sources() == []
    assert found(room, "helps") == []
    done = len(room.embedder.texts)
    room.embedder.texts.clear()
    (outcome,) = add(room, long)
    assert outcome.source is not None
    assert (outcome.status, outcome.source.articles) == ("added", 5)
    assert outcome.source.passages == 5 * SAVED // 2
    if saved > 2:  # whole batches were not embedded again
        assert len(room.embedder.texts) < outcome.source.passages
        assert done >= SAVED
    assert sorted(kept_files(room)) == sorted(
        article.file for article in room.library.articles(outcome.source.id)
    )
    again = contents(room)
    room.library.remove(outcome.source.id)
    add(room, long)
    assert contents(room) == again


def test_problems_met_before_a_stop_are_told_at_the_end(room: Room, desk: Path) -> None:
    long = long_folder(desk)
    put(long, a="DAMAGED", z="One.\fLOST")
    stop(room, long, 3)
    (outcome,) = add(room, long)
    assert [problem.where for problem in outcome.problems] == ["a.txt", "z.txt, page 2"]


def test_originals_of_what_was_given_up_are_deleted(room: Room, desk: Path, tmp_path: Path) -> None:
    stop(room, long_folder(desk), 3)
    assert kept_files(room) != []
    for draft in (tmp_path / "library" / "drafts").iterdir():
        os.utime(draft, (0, 0))
    library = LibraryService(
        LibraryIndex(tmp_path / "library"),
        LibraryFiles(room.library_files),
        room.reader,
        room.embedder,
    )
    (path,) = put(desk, rest="%PDF-Rest.")
    finished(library.add([path]))
    (source,) = library.sources()
    assert kept_files(room) == [article.file for article in library.articles(source.id)]


def test_same_article_under_another_name_is_not_added_twice(room: Room, desk: Path) -> None:
    first = beir(desk / "first", {"_id": "1", "title": "Rest", "text": "Rest helps."})
    add(room, first)
    put(folder(desk, "second"), Rest="rest  HELPS.", water="Water helps.")
    (outcome,) = add(room, desk / "second")
    assert outcome.source is not None
    assert (outcome.status, outcome.twins, outcome.source.articles) == ("added", 1, 1)
    put(folder(desk, "third"), Rest="Rest helps.")
    (outcome,) = add(room, desk / "third")
    assert (outcome.status, outcome.twins, outcome.source) == ("duplicate", 1, None)


def test_judged_collection_keeps_all_its_ids(room: Room, desk: Path) -> None:
    records = [{"_id": str(i), "title": "Rest", "text": "Rest helps."} for i in range(3)]
    assert add_one(room, beir(desk / "judged", *records)).articles == 3


def test_newer_copy_takes_the_place_of_a_source(room: Room, desk: Path) -> None:
    (old,) = put(folder(desk, "old"), leaflet="%PDF-Rest helps.\fSleep helps.")
    (new,) = put(folder(desk, "new"), leaflet="%PDF-Rest helps.\fWater helps.")
    source = add_one(room, old)
    (outcome,) = finished(room.library.add([new], replacing=source.id))
    assert outcome.source is not None
    assert room.library.sources() == [outcome.source]
    assert outcome.source.replaced == (source.id,)
    sizes = room.library.sizes()
    assert sizes[outcome.source.id] > len(
        "%PDF-Rest helps.\fWater helps."
    )  # and its part of the index
    texts = {hit.passage.text for hit in found(room, "helps")}
    assert texts == {"Rest helps.", "Water helps."}
    assert kept_files(room) == [a.file for a in room.library.articles(outcome.source.id)]


def test_source_is_not_replaced_by_what_cannot_be_read(room: Room, desk: Path) -> None:
    good, bad = put(desk, good="Rest helps.", bad="DAMAGED")
    source = add_one(room, good)
    (outcome,) = finished(room.library.add([bad], replacing=source.id))
    assert outcome.status == "unreadable"
    assert room.library.sources() == [source]
    with pytest.raises(InvalidInput, match="one newer copy"):
        finished(room.library.add([good, bad], replacing=source.id))
    with pytest.raises(NotFound):
        finished(room.library.add([bad], replacing=SourceId("gone")))
    assert room.library.sources() == [source]


def test_a_source_that_fills_its_batches_whole_ends_with_the_last_one(
    room: Room, desk: Path
) -> None:
    records = [{"_id": str(i), "text": f"Text number {i}."} for i in range(BATCH)]
    source = add_one(room, beir(desk / "whole", *records))
    assert (source.articles, source.passages) == (BATCH, BATCH)
    assert len(room.library.articles(source.id)) == BATCH


def test_progress_counts_articles(room: Room, desk: Path) -> None:
    records = [{"_id": str(i), "text": f"Text number {i}."} for i in range(2 * BATCH + 3)]
    steps = list(room.library.add([beir(desk / "many", *records)]))
    assert {step.done for step in steps[:-1]} == {2 * BATCH + 3}  # one batch to save
    shares = [step.share for step in steps]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert {step.total for step in steps[:-1]} == {0}
    assert steps[-1].outcome is not None
    assert steps[-1].outcome.source is not None
    assert steps[-1].outcome.source.passages == 2 * BATCH + 3


def test_without_the_embedder_nothing_is_added_and_it_can_be_tried_again(
    room: Room, desk: Path
) -> None:
    (path,) = put(desk, leaflet="%PDF-Rest helps.")
    room.embedder.failure = InferenceError("The model did not answer.")
    with pytest.raises(InferenceError):
        add(room, path)
    room.embedder.failure = ChildDied("A helper process stopped unexpectedly.")
    assert [outcome.status for outcome in add(room, path)] == ["unreadable"]
    assert room.library.sources() == []
    room.embedder.failure = None
    assert add(room, path)[0].status == "added"
    assert len(kept_files(room)) == 1


def test_text_that_is_gone_is_not_found(room: Room) -> None:
    with pytest.raises(NotFound):
        room.library.article("gone")
    with pytest.raises(NotFound):
        room.library.place(Citation("p", "gone", "library", "", "x", 1, 0))
