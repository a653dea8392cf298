"""Thirty papers of every kind, and their import with the real reader, played again and again until it is through."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pymupdf

from drills import sessions
from drills.sessions import Facts
from healthmate_desktop.domain.records import RecordFilter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from drills.board import Board
    from healthmate_desktop.composition import Services

FOLDER = "papers"
STRANGE = b"\x01\x02\x03\x04" * 500  # of no kind that is known


def write(folder: Path) -> None:
    """Thirty files, 22 documents that can be read, three in a ZIP, and five that can't."""
    papers = folder / FOLDER
    papers.mkdir()
    made: dict[str, bytes] = {}
    for number in range(8):
        made[f"{number:02} bundle.json"] = _bundle(number)
        made[f"{number:02} results.csv"] = _table(number)
    for number in range(5):
        made[f"{number:02} letter.txt"] = _letter(number).encode()
    made["summary.xml"] = _ccda()
    for number in range(2):
        made[f"{number:02} report.pdf"] = _pdf(_letter(20 + number))
    made["page.html"] = f"<html><body><p>{_letter(30)}</p></body></html>".encode()
    made["all.zip"] = _zip(
        {"a.csv": _table(40), "b/letter.txt": _letter(41).encode(), "c.json": _bundle(42)}
    )
    made |= {"empty.txt": b"", "blank.pdf": b"%PDF-1.7\n", "strange.bin": STRANGE}
    made |= {"cut.json": _bundle(50)[:300], "broken.zip": made["all.zip"][:200]}
    for name, content in made.items():
        (papers / name).write_bytes(content)


def play(folder: Path, board: Board) -> None:
    """Go on with what was cut off, and import the folder."""
    with closing(unlock(folder)) as services:
        board.write(done="unlock")
        for work in (
            services.importing.resume(),
            services.importing.import_files([folder / FOLDER], Facts.of(folder).rosa),
        ):
            for step in work:
                if step.outcome is not None:
                    board.write(done="file", id=step.outcome.document_id)


def unlock(folder: Path) -> Services:
    from healthmate_desktop.composition import open_vault
    from healthmate_desktop.documents.client import Reader
    from healthmate_desktop.paths import Paths

    sessions.fake_home(folder)
    commons: Any = sessions.FakeCommons()
    commons.reader = Reader()
    return open_vault(Paths(folder / "data"), sessions.OLD, commons, name=sessions.OWNER)


def kept(services: Services, folder: Path) -> list[tuple[str, str, str, str, tuple[str, ...]]]:
    """Each document with what was read from it, ids left out; a second one of the same file would stand there twice."""
    rosa = Facts.of(folder).rosa
    originals = services.documents._originals
    found = []
    for document in services.documents.of_patient(rosa):
        wanted = RecordFilter(state="proposed", document_id=document.id)
        with services.vault.read() as tx:
            proposed = tx.records.of_patient(rosa, wanted)
        records = tuple(sorted(record.fingerprint for record in proposed))
        content = hashlib.sha256(originals.get(document.id)).hexdigest()
        assert content == document.sha256
        kind = document.kind.value if document.kind else ""
        found.append((document.name, content, kind, document.state, records))
    return sorted(found)


def _bundle(number: int) -> bytes:
    entries = [
        {
            "resource": {
                "resourceType": "Observation",
                "id": f"o{number}-{each}",
                "status": "final",
                "code": {"coding": [{"system": "http://loinc.org", "code": "2951-2"}]},
                "effectiveDateTime": f"2021-{each + 1:02}-{number % 28 + 1:02}",
                "valueQuantity": {"value": 130 + each, "unit": "mmol/L"},
            }
        }
        for each in range(12)
    ]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()


def _table(number: int) -> bytes:
    rows = [
        f"2022-{month + 1:02}-{number % 28 + 1:02},Sodium,{130 + month},mmol/L,135 - 145"
        for month in range(12)
    ]
    return "\n".join(["Date,Test,Result,Unit,Reference range", *rows]).encode()


def _letter(number: int) -> str:
    return (
        f"Letter {number}\n\nDate: 2023-05-{number % 28 + 1:02}\n\n"
        f"Test Result Unit Reference range\nPotassium {4 + number / 100:.2f} mmol/L 3.5 - 5.1\n\n"
        "Thank you for coming. Please come again in six months.\n"
    )


def _pdf(text: str) -> bytes:
    document = pymupdf.open()
    for _ in range(3):
        document.new_page().insert_text((60, 80), text, fontsize=11)
    content: bytes = document.tobytes()
    return content


def _zip(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _ccda() -> bytes:
    problem = (
        '<entry><act classCode="ACT" moodCode="EVN">'
        '<templateId root="2.16.840.1.113883.10.20.22.4.3"/>'
        '<code code="CONC" codeSystem="2.16.840.1.113883.5.6"/><statusCode code="active"/>'
        '<entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN">'
        '<templateId root="2.16.840.1.113883.10.20.22.4.4"/>'
        '<code code="55607006" codeSystem="2.16.840.1.113883.6.96"/>'
        '<statusCode code="completed"/><effectiveTime><low value="20200101"/></effectiveTime>'
        '<value xsi:type="CD" code="38341003" codeSystem="2.16.840.1.113883.6.96"'
        ' displayName="High blood pressure"/></observation></entryRelationship></act></entry>'
    )
    return (
        '<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        '<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>'
        "<component><structuredBody><component><section>"
        '<code code="11450-4" codeSystem="2.16.840.1.113883.6.1"/><title>Problems</title>'
        f"<text>High blood pressure</text>{problem}"
        "</section></component></structuredBody></component></ClinicalDocument>"
    ).encode()


SESSIONS: dict[str, Callable[[Path, Board], None]] = {"thirty": play}
