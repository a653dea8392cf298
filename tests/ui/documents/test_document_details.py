"""From a value to its place on the page and back, and what was read from a document."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from healthmate_desktop.domain.documents import DocumentKind, Origin, Problem
from healthmate_desktop.domain.proposals import THE_PERSON, NamedPerson
from healthmate_desktop.ui.changes import Changes
from healthmate_desktop.ui.documents.screen import DocumentsScreen
from ui.documents.document_fakes import GLUCOSE, Kept, document, vault_with
from ui.record_fakes import measured, record
from ui.window_fakes import ROSA, FakeVault

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.tasks import TaskRunner

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]

HARLOW = NamedPerson("HARLOW, Rosa", "1958-02-14")
REPORT = replace(document("report", pages=2), people=(HARLOW,), size=341_234)
PHOTO = document("photo", DocumentKind.IMAGE, "ready", 2)
NOTE = document("note", DocumentKind.MARKDOWN, "ready", 1, Problem("line 3", "It is cut off."))
STRANGER = Problem(THE_PERSON, "This names someone else.")
LOCKED = document("locked", None, "unreadable", 0, Problem("file", "It is damaged."), STRANGER)
LONG = document("long", None, "ready", 4, *(Problem("", f"Number {n}.") for n in range(22)))


@pytest.fixture
def vault() -> FakeVault:
    vault = vault_with(Kept(REPORT, PHOTO, NOTE, LOCKED, LONG))
    assert isinstance(vault.documents, Kept)
    vault.documents.rejected = 3
    vault.documents.origins["report"] = Origin("2026-07-14", "Lakeside Clinic")
    flagged = measured("Glucose", "7.2", limits="3.9 - 5.5")
    flagged["interpretation"] = [{"coding": [{"code": "H"}]}]
    drug = {
        "resourceType": "MedicationStatement",
        "status": "active",
        "medicationCodeableConcept": {"text": "Metformin"},
        "effectiveDateTime": "2024-03",
    }
    vault.records.kept = [
        record("g", REPORT, flagged, "accepted", page=1, box=GLUCOSE),
        record("k", REPORT, measured("Potassium", "4.4"), "accepted", page=2, box=GLUCOSE),
        record("w", REPORT, measured("Waiting", "1"), page=1, box=GLUCOSE),
        record("n", NOTE, drug, "accepted", text="Weight 71.4 kg", where="line 4"),
    ]
    return vault


@pytest.fixture
def screen(
    vault: FakeVault, tasks: TaskRunner, show: Callable[..., QWidget], settle: Callable[..., None]
) -> DocumentsScreen:
    made = DocumentsScreen(ROSA, vault.opened(), tasks, Changes())
    made.window_kept = show(made, size=(1300, 768))  # type: ignore[attr-defined]
    settle(tasks)
    return made


@pytest.fixture
def wait(tasks: TaskRunner, settle: Callable[..., None]) -> Callable[[], None]:
    return lambda: settle(tasks)


def words(screen: DocumentsScreen) -> str:
    labels = (w for w in screen.panel.findChildren(QLabel) if w.isVisible())
    return "\n".join(w.accessibleName() or w.text() for w in labels)


@pytest.fixture
def told(screen: DocumentsScreen, qtbot: QtBot) -> Callable[..., None]:
    """Wait until the panel tells these things of a document."""

    def wait_for(key: str, *lines: str) -> None:
        screen.open_at(key, 1, 0, 0)
        screen.panel.tabs._buttons["reading"].click()
        qtbot.waitUntil(lambda: all(line in words(screen) for line in lines))

    return wait_for


def test_only_what_was_accepted_is_listed_as_a_value(screen: DocumentsScreen) -> None:
    rows = [(row.name, row.value, row.detail) for row in screen.panel.values.rows()]
    assert rows == [
        ("On this page (1)", "", ""),
        ("Glucose", "7.2 mmol/L", "14 Jul 2026, marked high"),
        ("On other pages (1)", "", ""),
        ("Potassium", "4.4 mmol/L", "14 Jul 2026"),
    ]
    assert "1 value waits for your check and counts nowhere until then." in words(screen)
    boxes = screen.reader.paper._values
    assert [(box.key, box.name) for box in boxes] == [("g", "Glucose 7.2 mmol/L")]


def test_a_value_lights_its_place_and_turns_to_its_page(
    screen: DocumentsScreen, vault: FakeVault, wait: Callable[[], None]
) -> None:
    assert isinstance(vault.documents, Kept)
    screen.panel.values.chosen.emit("g")
    assert [(box.x(), box.y()) for box in screen.reader.paper._sheet.lit] == [(38, 398)]
    assert len(vault.documents.drawn) == 1  # the page was there already
    screen.panel.values.choose("k")
    screen.panel.values.chosen.emit("k")
    wait()
    assert screen.reader.number == 2
    assert len(screen.reader.paper._sheet.lit) == 1
    assert [box.key for box in screen.reader.paper._values] == ["k"]
    assert [row.name for row in screen.panel.values.rows()] == [
        "On this page (1)",
        "Potassium",
        "On other pages (1)",
        "Glucose",
    ]
    assert screen.panel.values.current() == "k"


def test_a_place_on_the_page_chooses_its_value(screen: DocumentsScreen) -> None:
    sheet = screen.reader.paper._sheet
    screen.panel.show_tab("reading")
    where = (QPointF(100, 405) * sheet.scale).toPoint()
    QTest.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=where)
    assert screen.panel.values.current() == "g"
    assert screen.panel.values.isVisible()
    assert len(sheet.lit) == 1


def test_a_value_of_a_text_lights_the_letters_it_was_read_from(
    screen: DocumentsScreen, wait: Callable[[], None]
) -> None:
    screen.open_at("note", 1, 0, 0)
    wait()
    rows = screen.panel.values.rows()
    assert [(row.name, row.detail) for row in rows] == [
        ("Metformin", "Medication, March 2024, active, line 4")
    ]
    screen.panel.values.chosen.emit("n")
    wait()
    assert screen.reader.view.passage.accessibleDescription() == "Weight 71.4 kg"


def test_places_are_not_edged_while_the_panel_is_closed(screen: DocumentsScreen) -> None:
    screen.panel.close_button.click()
    assert screen.reader.paper._values == []
    screen.reader.details.click()
    assert len(screen.reader.paper._values) == 1


def test_a_document_without_values_says_so(
    screen: DocumentsScreen, wait: Callable[[], None]
) -> None:
    screen.open_at("photo", 1, 0, 0)
    wait()
    assert "No values were taken from this document." in words(screen)


def test_what_was_read_is_told(told: Callable[..., None]) -> None:
    told(
        "report",
        "PDF, 341 kB",
        "HARLOW, Rosa, born 14 February 1958",
        "2 pages read",
        "Nothing: its words stand in the file, so they are exact",
        "2 passages that answers can quote",
        "2 in the records, 1 waits for your check, 3 left out: turned down, or here already",
        "Lakeside Clinic, 14 Jul 2026",
        "Nothing that we know of",
    )


def test_how_sure_the_words_of_a_picture_are_is_told(told: Callable[..., None]) -> None:
    told(
        "photo",
        "2 of 2 pages, on average 50% sure of each word. That is little",
        "Page 1 was read least surely",
    )


def test_a_picture_without_words_is_told_to_have_none(
    told: Callable[..., None], vault: FakeVault
) -> None:
    assert isinstance(vault.documents, Kept)
    vault.documents.pages = {("photo", 1): "", ("photo", 2): ""}
    told("photo", "2 of 2 pages, and no word was found", "None, so no answer quotes it")


def test_what_could_not_be_read_is_told_up_to_a_limit(
    told: Callable[..., None], screen: DocumentsScreen
) -> None:
    told("note", "Line 3: It is cut off.")
    told("locked", "It is damaged.", "1 byte")
    assert "This names someone else" not in words(screen)  # that is no fault of the reading
    assert "Pages" not in words(screen)
    told("long", "2 pages read, 2 could not be read", "Number 19.\nAnd 2 more.")
