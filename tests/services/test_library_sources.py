"""What is dropped becomes sensible sources, read by the real reader child."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import PurePath
from typing import TYPE_CHECKING

import pytest
from builders import finished, put
from fakes import FakeEmbedder, FakeReader

from healthmate_desktop.documents.library_client import LibraryReader
from healthmate_desktop.errors import UnreadableDocument
from healthmate_desktop.index.files import LibraryFiles
from healthmate_desktop.index.library import LibraryIndex
from healthmate_desktop.services.adding import Clock, LibraryProgress
from healthmate_desktop.services.gathering import groups_of
from healthmate_desktop.services.library import LibraryService

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration

ANSWERS = """<?xml version="1.0"?><Document id="{id}" source="CDC" url="https://example.org/{id}"><Focus>Rest</Focus>
<QAPairs><QAPair pid="1"><Question qid="{id}-1">What is rest {id} ?</Question><Answer>{answer}</Answer></QAPair>
</QAPairs></Document>"""
LABEL = """<?xml version="1.0"?><document xmlns="urn:hl7-org:v3"><effectiveTime value="{date}"/><setId root="{id}"/>
<component><structuredBody><component><section><title>Use of {id}</title>
<text><paragraph>For hiccups of {id}.</paragraph></text></section></component></structuredBody></component>
</document>"""
RECORD = {"set_id": "r", "indications_and_usage": ["For coughs."], "openfda": {"brand_name": ["Q"]}}


def zipped(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    """A mixture as people have it in one folder."""
    folder = tmp_path / "drop"
    for name in ("answers", "labels", "judged", "own"):
        (folder / name).mkdir(parents=True)
    put(folder, LICENSE="All words of lawyers.", README="How this was made.")
    put(folder / "answers", one=ANSWERS.format(id=1, answer="It helps."))
    put(folder / "answers", none=ANSWERS.format(id=2, answer=""))
    (folder / "answers" / "lines.jsonl").write_text(
        json.dumps({"id": "1-1", "question": "What is rest 1 ?", "answer": "It  helps."})
        + "\nbroken\n"
        + json.dumps({"id": "3-1", "question": "Why?", "answer": "Because.", "source": "CDC"})
    )
    put(folder / "labels", a=LABEL.format(id="a", date="20200101"))
    put(
        folder / "labels",
        b=LABEL.format(id="b", date="20240229"),
        zipped=zipped(r=json.dumps([RECORD])),
    )
    (folder / "judged" / "corpus.jsonl").write_text('{"_id": "7", "text": "Judged."}\n')
    (folder / "judged" / "queries.jsonl").write_text('{"_id": "q", "text": "Asked?"}\n')
    put(folder / "own", mine="My leaflet.", damaged=b"%PDF-1.4 damaged")
    return folder


@pytest.fixture
def library(tmp_path: Path) -> LibraryService:
    index = LibraryIndex(tmp_path / "library")
    return LibraryService(index, LibraryFiles(tmp_path / "files"), LibraryReader(), FakeEmbedder())


def test_each_collection_is_a_source_and_the_rest_is_one(
    drop: Path, library: LibraryService
) -> None:
    outcomes = finished(library.add([drop]))
    assert {outcome.status for outcome in outcomes} == {"added"}
    sources = {source.title: source for source in library.sources()}
    assert {title: source.articles for title, source in sources.items()} == {
        "judged": 1,
        "MedQuAD questions and answers": 2,
        "DailyMed drug labels": 2,
        "Q": 1,  # one label alone is named as it is
        "drop": 1,
    }
    assert sources["judged"].kind == "beir"
    labels = sources["DailyMed drug labels"]
    assert (labels.licence, str(labels.published)) == ("Public domain", "2024-02-29")
    assert sources["Q"].licence == "CC0-1.0"
    assert sources["drop"].licence == "Your copy"
    answers = sources["MedQuAD questions and answers"]
    assert answers.publisher == "Centers for Disease Control and Prevention"
    assert [a.title for a in library.articles(answers.id)] == ["What is rest 1?", "Why?"]


def test_what_was_not_read_is_named_with_its_folder(drop: Path, library: LibraryService) -> None:
    outcomes = finished(library.add([drop]))
    told = {PurePath(p.where).as_posix() for o in outcomes for p in o.problems}
    assert told == {
        "answers/lines.jsonl, record 2",
        "answers/none.txt",
        "own/damaged.txt",
    }
    assert sum(outcome.twins for outcome in outcomes) == 1


def test_second_drop_of_the_same_adds_nothing(drop: Path, library: LibraryService) -> None:
    finished(library.add([drop]))
    before = library.sources()
    outcomes = finished(library.add([drop]))
    assert {outcome.status for outcome in outcomes} == {"duplicate"}
    assert library.sources() == before


def test_article_keeps_what_is_known_of_it(drop: Path, library: LibraryService) -> None:
    finished(library.add([drop / "labels" / "b.txt"]))
    (source,) = library.sources()
    (label,) = library.articles(source.id)
    assert source.title == label.title  # one alone is named as it is
    assert (label.kind, label.external_id, label.published) == ("label", "b", "2024-02-29")
    assert label.url.endswith("setid=b")
    assert label.pages == ("## Use of b\n\nFor hiccups of b.",)


def test_corpus_file_alone_is_its_folder(drop: Path, library: LibraryService) -> None:
    finished(library.add([drop / "judged" / "corpus.jsonl"]))
    (source,) = library.sources()
    assert (source.title, source.kind, source.articles) == ("judged", "beir", 1)


def test_folder_of_licences_alone_was_meant(tmp_path: Path) -> None:
    put(tmp_path, LICENSE="All words of lawyers.")
    (group,) = groups_of(tmp_path, FakeReader())
    assert [file.name for file in group.files] == ["LICENSE.txt"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnreadableDocument):
        groups_of(tmp_path / "empty", FakeReader())


def test_remaining_time_follows_the_size_of_what_is_left() -> None:
    times = iter([0.0, 1.0, 10.0, 20.0])
    clock = Clock([[100, 300], [600]], now=lambda: next(times))
    step = LibraryProgress("x", 1, 0)
    first = clock.told(step)
    assert (first.share, first.seconds_left) == (0, None)
    second = clock.told(step, parts=1, share=0.5)  # 250 of 1,000 in 10 seconds
    assert (second.share, second.seconds_left) == (0.25, 30)
    clock.next_group()
    third = clock.told(step, share=0.5)  # 700 in 20 seconds
    assert (third.share, third.seconds_left) == (0.7, 9)
