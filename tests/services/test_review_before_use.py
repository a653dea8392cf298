"""What nobody has looked at, or what was left out, is used nowhere; the words of its document may be quoted as such."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pymupdf
import pytest
from builders import finished

from healthmate_desktop.documents.client import Reader
from healthmate_desktop.domain.records import RecordFilter
from healthmate_desktop.services.export import ExportFormat, ExportOrder, ExportService
from healthmate_desktop.storage.files import writing_for_others
from services.review_desk import glucose, make_desk

if TYPE_CHECKING:
    from pathlib import Path

    from services.conftest import Room
    from services.review_desk import Desk

pytestmark = [pytest.mark.integration, pytest.mark.health]

TAKEN, WAITING, LEFT_OUT = "5.11", "6.22", "7.33"


@pytest.fixture
def desk(room: Room, tmp_path: Path) -> Desk:
    """With a value that counts, one that waits, and one that was left out."""
    desk = make_desk(room, tmp_path)
    values = (glucose(float(n), f"2024-0{n[0]}-01") for n in (TAKEN, WAITING, LEFT_OUT))
    outcome = desk.add("labs.json", *values)
    by_value = {f.record.facts.value[:4]: f.record.id for f in desk.open(outcome).proposals}
    desk.review.accept(by_value[TAKEN])
    desk.review.reject(by_value[LEFT_OUT])
    return desk


def test_only_what_was_accepted_is_listed(desk: Desk) -> None:
    (document,) = desk.room.documents.of_patient(desk.patient.id)
    for found in (
        desk.records.all(desk.patient.id),
        desk.records.all(desk.patient.id, RecordFilter(type="Observation", code="15074-8")),
        desk.records.of_document(document.id),
    ):
        assert [record.facts.value for record in found] == [f"{TAKEN} mmol/L"]


@pytest.mark.parametrize("form", [form for form in get_args(ExportFormat) if form != "originals"])
def test_only_what_was_accepted_leaves_the_vault(
    desk: Desk, form: ExportFormat, tmp_path: Path
) -> None:
    room, file = desk.room, tmp_path / "out"
    service = ExportService(room.access, writing_for_others, room.originals, Reader())
    report = finished(service.export(desk.patient.id, ExportOrder(form), file))
    written = file.read_bytes()
    if form == "pdf":
        with pymupdf.open(stream=written, filetype="pdf") as pages:
            written = "\n".join(page.get_text() for page in pages).encode()
    assert report.records == 1
    assert TAKEN.encode() in written
    assert WAITING.encode() not in written
    assert LEFT_OUT.encode() not in written


def test_one_that_was_put_back_is_used_no_more(desk: Desk) -> None:
    (document,) = desk.room.documents.of_patient(desk.patient.id)
    decision = desk.review.accept_plain(document.id)
    assert desk.said() == [f"{TAKEN} mmol/L", f"{WAITING} mmol/L"]
    desk.review.put_back(decision)
    assert desk.said() == [f"{TAKEN} mmol/L"]


def test_what_waits_is_no_twin_and_no_rival_of_anything(desk: Desk) -> None:
    outcome = desk.add(
        "more.json", glucose(float(WAITING), "2024-06-01"), glucose(1.0, "2024-07-01")
    )
    assert [found.standing for found in desk.open(outcome).proposals] == ["plain", "plain"]


def test_the_page_of_a_value_that_waits_is_quoted_as_the_words_of_its_document(
    room: Room, tmp_path: Path
) -> None:
    desk, letter = make_desk(room, tmp_path), tmp_path / "letter.txt"
    letter.write_text("Blood tests of March.\n\nThe ferritin result was 9 ug/L. Sodium was normal.")
    (outcome,) = finished(desk.importing.import_files([letter], desk.patient.id))
    desk.propose(outcome, glucose(9.9), "Faint.")
    answer = finished(room.assistant.ask("What was the ferritin result?", desk.patient.id)).answer
    assert "The ferritin result was 9 ug/L." in [sentence.text for sentence in answer.sentences]
    for sentence in answer.sentences:
        for citation in sentence.citations:
            assert (citation.shelf, citation.document_id) == ("person", outcome.document_id)
            assert citation.quote in room.documents.place(citation).text
    assert desk.said() == []
