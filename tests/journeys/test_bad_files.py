"""A folder full of trouble: each bad file gets a clear line, the good ones arrive, and no process is left."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pymupdf
import pytest
from builders import finished

from healthmate_desktop.services.outcomes import DONE
from journeys.conftest import a_pdf, a_picture, child_pids

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.domain.ids import PatientId
    from healthmate_desktop.services.outcomes import FileOutcome
    from journeys.conftest import Home

pytestmark = [pytest.mark.security, pytest.mark.integration]


def truncated_pdf() -> bytes:
    return a_pdf("Potassium was 4.4 mmol/L.")[:300]


@cache
def locked_pdf() -> bytes:
    document: Any = pymupdf.open(stream=a_pdf("Potassium was 4.4."), filetype="pdf")
    content = bytes(
        document.tobytes(encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="x", owner_pw="y")
    )
    document.close()
    return content


def huge_png() -> bytes:
    """A header of 50,000 x 50,000 pixels with nothing behind it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0"))


@cache
def zip_bomb() -> bytes:
    """A thousand times larger inside, dressed as a Word document."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * 50_000_000)
    assert 50_000_000 / len(content.getvalue()) > 900
    return content.getvalue()


def program() -> bytes:
    return b"\x7fELF\x02\x01\x01" + random.Random(1).randbytes(20_000)


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "truncated.pdf": (truncated_pdf, "unreadable"),
    "locked.pdf": (locked_pdf, "unreadable"),
    "empty.pdf": (lambda: b"", "unreadable"),
    "huge.png": (huge_png, "unreadable"),
    "bomb.docx": (zip_bomb, "unreadable"),
    "program.txt": (program, "unsupported"),
}
GOOD: dict[str, Callable[[], bytes]] = {
    "a-first.txt": lambda: b"Sodium was 141 mmol/L.",
    "picture-named.pdf": lambda: a_picture("Ferritin was low"),
    "z-last.pdf": lambda: a_pdf("Chloride was 101 mmol/L."),
}


@dataclass(frozen=True)
class Import:
    patient_id: PatientId
    outcomes: dict[str, FileOutcome]


@pytest.fixture(scope="module")
def done(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Import:
    desk = tmp_path_factory.mktemp("desk")
    for name, (content, _) in BAD.items():
        (desk / name).write_bytes(content())
    for name, make in GOOD.items():
        (desk / name).write_bytes(make())
    patient_id = home.services.patients.add("Rosa").id
    outcomes = finished(home.services.importing.import_files([desk], patient_id))
    assert len(outcomes) == len(BAD) + len(GOOD)
    by_file = {Path(outcome.path).relative_to(desk).parts[0]: outcome for outcome in outcomes}
    return Import(patient_id, by_file)


@pytest.mark.parametrize("name", BAD)
def test_bad_file_gets_one_clear_line(done: Import, name: str) -> None:
    outcome = done.outcomes[name]
    assert outcome.status == BAD[name][1]
    (problem,) = outcome.problems
    assert 20 < len(problem.message) < 250
    assert problem.message.endswith(".")
    assert not any(sign in problem.message for sign in ("/", "Error", "Exception", "!", "0x", name))


@pytest.mark.parametrize("name", BAD)
def test_bad_file_is_kept_all_the_same(done: Import, home: Home, name: str) -> None:
    documents = {d.name: d for d in home.services.documents.of_patient(done.patient_id)}
    document = documents[name]
    assert (document.state, document.id) == ("unreadable", done.outcomes[name].document_id)
    assert home.services.documents._originals.get(document.id) == BAD[name][0]()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a-first.txt", "Sodium was 141"),
        ("picture-named.pdf", "Ferritin"),
        ("z-last.pdf", "Chloride was 101"),
    ],
)
def test_good_file_of_the_same_import_arrives(
    done: Import, home: Home, name: str, words: str
) -> None:
    outcome = done.outcomes[name]
    assert outcome.status in DONE, outcome.problems
    hits = home.services.search.search(words, done.patient_id, scope="person", k=1)
    assert words in hits[0].passage.text
    assert hits[0].passage.document_id == outcome.document_id


def test_no_reader_is_left_behind(done: Import) -> None:
    assert done.outcomes
    assert child_pids("reader") == []


def test_library_takes_the_good_files_of_such_a_folder_too(home: Home, tmp_path: Path) -> None:
    (tmp_path / "bad.pdf").write_bytes(locked_pdf())
    (tmp_path / "bomb.zip").write_bytes(zip_bomb())
    (tmp_path / "good.pdf").write_bytes(a_pdf("Rest helps against a cold."))
    (outcome,) = finished(home.services.library.add([tmp_path]))
    assert outcome.source is not None
    assert (outcome.status, outcome.source.articles) == ("added", 1)
    named = [problem.where.split(",")[0] for problem in outcome.problems]
    assert named == ["bad.pdf", "bomb.zip"]
    assert child_pids("reader") == []
