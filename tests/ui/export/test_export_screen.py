"""The page where records leave: chosen, confirmed with the passphrase, written where the person says."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.errors import DiskFull, VaultDamaged, WrongPassphrase
from healthmate_desktop.services.export import ALL_SECTIONS
from healthmate_desktop.ui.documents.screen import DocumentsScreen
from healthmate_desktop.ui.export.screen import ExportScreen
from healthmate_desktop.ui.widgets.buttons import Button
from ui.export.export_fakes import FakeExport
from ui.session_fakes import FakeKeys, session
from ui.window_desk import Desk
from ui.window_fakes import PASSPHRASE, FakeVault

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from pytestqt.qtbot import QtBot

    from healthmate_desktop.domain.ids import PatientId
    from healthmate_desktop.services.export import ExportFormat, ExportOrder, ExportReport
    from healthmate_desktop.ui.tasks import TaskRunner

pytestmark = pytest.mark.ui


class Keys(FakeKeys):
    def confirm(self, passphrase: str) -> None:
        if self.failure is not None:
            raise self.failure
        if passphrase != PASSPHRASE:
            raise WrongPassphrase


@pytest.fixture
def vault() -> FakeVault:
    vault = FakeVault()
    vault.keys = Keys()
    return vault


@pytest.fixture
def desk(open_desk: Desk) -> Desk:
    """Where one comes by the keys from the documents."""
    open_desk.shell.go("documents")
    open_desk.settle()
    open_desk.press(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    return open_desk


def screen_of(desk: Desk) -> ExportScreen:
    screen = desk.shell.stack.currentWidget()
    assert isinstance(screen, ExportScreen)
    return screen


def confirm(desk: Desk, passphrase: str = PASSPHRASE) -> None:
    form = screen_of(desk).form
    form.field.setFocus()
    QTest.keyClicks(form.field.edit, passphrase)
    QTest.keyClick(form.field.edit, Qt.Key.Key_Return)
    desk.settle()


def choose_file(desk: Desk, file: str = "/media/stick/out") -> None:
    (dialog,) = screen_of(desk).findChildren(QFileDialog)
    assert dialog.testOption(QFileDialog.Option.DontUseNativeDialog)
    assert dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
    dialog.fileSelected.emit(file)
    dialog.done(1)
    desk.settle()


def choose(desk: Desk, form: ExportFormat) -> None:
    screen_of(desk).options.form._buttons[form].click()


def asked(desk: Desk) -> tuple[PatientId, ExportOrder, Path]:
    (asked,) = desk.vault.export.asked
    return asked


def press(desk: Desk, words: str) -> None:
    found = [b for b in screen_of(desk).findChildren(Button) if b.text() == words and b.isVisible()]
    found[0].click()
    QApplication.processEvents()


def test_a_summary_of_everything_is_written_where_the_person_says(desk: Desk) -> None:
    assert "The file will not be encrypted" in desk.words()
    confirm(desk)
    choose_file(desk)
    patient_id, order, file = asked(desk)
    assert patient_id == desk.vault.people[0].id
    assert (order.form, order.sections, order.period.open) == ("pdf", ALL_SECTIONS, True)
    assert file == Path("/media/stick/out")
    assert "The summary was written" in desk.words()
    assert "To /media/stick/out. It is not encrypted." in desk.words()
    assert not screen_of(desk).form.field.text()


def test_a_wrong_passphrase_writes_nothing_and_says_so_at_the_field(desk: Desk) -> None:
    confirm(desk, "something else")
    assert "did not open these records" in desk.words()
    assert not screen_of(desk).findChildren(QFileDialog)
    assert desk.vault.export.asked == []
    assert screen_of(desk).form.field.edit.selectedText()


def test_a_passphrase_that_could_not_be_checked_is_said(desk: Desk) -> None:
    desk.vault.keys.failure = VaultDamaged("The key file can't be read. Restore a backup.")
    confirm(desk)
    assert "Nothing was exported" in desk.words()
    assert "The key file can't be read." in desk.words()


def test_without_a_passphrase_nothing_is_asked(desk: Desk) -> None:
    press(desk, "Choose where, and export")
    assert "Type your passphrase first." in desk.words()


def test_no_place_chosen_means_nothing_written_and_the_passphrase_asked_again(desk: Desk) -> None:
    confirm(desk)
    (dialog,) = screen_of(desk).findChildren(QFileDialog)
    dialog.reject()
    desk.settle()
    assert desk.vault.export.asked == []
    assert screen_of(desk).options.isEnabled()
    assert not screen_of(desk).form.field.text()


def test_sections_and_period_are_those_that_were_chosen(desk: Desk) -> None:
    options = screen_of(desk).options
    press(desk, "None")
    options.boxes["results"].click()
    options.since.setText("2024-01-01")
    options.until.setText(" 2024-12-31 ")
    options.paper._buttons["letter"].click()
    confirm(desk)
    choose_file(desk)
    order = asked(desk)[1]
    assert order.sections == {"results"}
    assert (order.period.since, order.period.until) == (date(2024, 1, 1), date(2024, 12, 31))
    assert order.paper == "letter"


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [("yesterday", "", "Write each day as"), ("2024-02-01", "2024-01-01", "ends before it begins")],
)
def test_a_period_that_is_none_is_said_before_anything_else(
    desk: Desk, since: str, until: str, words: str
) -> None:
    options = screen_of(desk).options
    options.since.setText(since)
    options.until.setText(until)
    confirm(desk)
    assert words in desk.words()
    assert not screen_of(desk).findChildren(QFileDialog)


def test_no_section_at_all_is_said(desk: Desk) -> None:
    press(desk, "None")
    confirm(desk)
    assert "Choose at least one section." in desk.words()
    press(desk, "All")
    confirm(desk, "")
    assert all(box.isChecked() for box in screen_of(desk).options.boxes.values())


@pytest.mark.parametrize(
    ("form", "sections", "period", "paper", "said"),
    [
        ("pdf", True, True, True, "The summary was written"),
        ("csv", True, True, False, "12 records were exported"),
        ("fhir", False, True, False, "12 records were exported"),
        ("ips", False, True, False, "12 records were exported"),
        ("originals", False, False, False, "3 files were written"),
    ],
)
def test_each_kind_offers_what_it_knows(
    desk: Desk, form: ExportFormat, sections: bool, period: bool, paper: bool, said: str
) -> None:
    options = screen_of(desk).options
    options.since.setText("2024-01-01")
    options.boxes["results"].click()
    choose(desk, form)
    assert options.boxes["results"].isVisible() is sections
    assert options.since.isVisible() is period
    assert options.paper.isVisible() is paper
    confirm(desk)
    choose_file(desk)
    order = asked(desk)[1]
    assert order.form == form
    assert (order.sections == ALL_SECTIONS) is not sections
    assert order.period.open is not period
    assert said in desk.words()


def test_the_proposed_name_names_nobody(desk: Desk) -> None:
    choose(desk, "originals")
    confirm(desk)
    (dialog,) = screen_of(desk).findChildren(QFileDialog)
    assert [Path(name).name for name in dialog.selectedFiles()] == ["originals.zip"]
    assert dialog.windowTitle() == "Export to a new file"
    dialog.reject()


def test_damaged_files_are_named(desk: Desk) -> None:
    desk.vault.export.problems = tuple(Problem(f"{n}.pdf", "It is damaged.") for n in range(7))
    choose(desk, "originals")
    confirm(desk)
    choose_file(desk)
    words = desk.words()
    assert "3 files were written, 7 are missing" in words
    assert "4.pdf: It is damaged." in words
    assert "5.pdf" not in words
    assert "And 2 more, named in the list inside." in words


def test_what_fails_says_why_and_can_be_tried_again(desk: Desk) -> None:
    desk.vault.export.failure = DiskFull()
    confirm(desk)
    choose_file(desk)
    assert "Nothing was exported" in desk.words()
    assert "The disk is full" in desk.words()
    desk.vault.export.failure = None
    confirm(desk)
    choose_file(desk, "/media/stick/again")
    assert "To /media/stick/again." in desk.words()


class Slow(FakeExport):
    """Goes on when it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on, self.closed = threading.Event(), False

    def export(
        self, patient_id: PatientId, order: ExportOrder, file: Path
    ) -> Generator[tuple[int, int], None, ExportReport]:
        try:
            yield 0, 0
            yield 1, 4
            self.go_on.wait(20)
            return (yield from super().export(patient_id, order, file))
        finally:
            self.closed = True


@pytest.mark.parametrize(("form", "words"), [("fhir", "1 of 4 records"), ("originals", "25 %")])
def test_it_says_how_far_it_is_and_can_be_stopped(  # what a window takes
    vault: FakeVault,
    tmp_path: Path,
    threaded_tasks: TaskRunner,
    qtbot: QtBot,
    light: None,  # noqa: ARG001
    form: ExportFormat,
    words: str,
) -> None:
    slow = Slow()
    vault.export = slow
    desk = Desk(vault, tmp_path, threaded_tasks, qtbot)
    desk.unlock()
    desk.shell.go("export")
    choose(desk, form)
    confirm(desk)
    (dialog,) = screen_of(desk).findChildren(QFileDialog)
    dialog.fileSelected.emit("/media/stick/out")
    dialog.done(1)
    desk.reads(words)
    assert not screen_of(desk).options.isEnabled()
    press(desk, "Stop")
    slow.go_on.set()
    desk.settle()
    assert slow.closed
    assert "Nothing was written." in desk.words()
    assert screen_of(desk).options.isEnabled()
    desk.close()


def test_the_usual_paper_is_that_of_the_country(desk: Desk) -> None:
    screen = screen_of(desk)
    assert screen.options.paper.current() == "a4"
    screen._country = lambda: "US"
    desk.shell.go("documents")
    desk.shell.go("export")
    assert screen.options.paper.current() == "letter"
    screen.options.paper._buttons["a4"].click()
    desk.shell.go("documents")
    desk.shell.go("export")
    assert screen.options.paper.current() == "a4"


def test_escape_and_back_lead_to_the_documents_and_forget_the_passphrase(desk: Desk) -> None:
    screen = screen_of(desk)
    QTest.keyClicks(screen.form.field.edit, "violet")
    desk.press(Qt.Key.Key_Escape)
    assert desk.shell.place == "documents"
    assert not screen.form.field.text()
    desk.shell.go("export")
    press(desk, "Back")
    assert desk.shell.place == "documents"


@pytest.mark.parametrize(("role", "may"), [("clinician", True), ("assistant", False)])
def test_only_who_may_export_is_offered_it(
    make_desk: Callable[[FakeVault], Desk], role: str, may: bool
) -> None:
    vault = FakeVault(who=session(role))  # type: ignore[arg-type]
    desk = make_desk(vault)
    desk.unlock()
    desk.shell.go("documents")
    desk.settle()
    documents = desk.shell.screens["documents"]
    assert isinstance(documents, DocumentsScreen)
    assert documents.side.export.isVisibleTo(documents.side) is may
    assert ("export" in desk.shell.screens) is may
    desk.press(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert (desk.shell.place == "export") is may


def test_everything_can_be_reached_with_the_keys_and_has_a_name(desk: Desk) -> None:
    screen = screen_of(desk)
    reached = set()
    for _ in range(40):
        desk.press(Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        if focused is not None and screen.isAncestorOf(focused):
            reached.add(focused)
            assert focused.accessibleName() or focused.text()  # type: ignore[attr-defined]
    options = screen.options
    wanted = [*options.boxes.values(), options.since, options.until, screen.form.field.edit]
    wanted += [screen.form.button, options.every, options.none]
    assert set(wanted) <= reached
