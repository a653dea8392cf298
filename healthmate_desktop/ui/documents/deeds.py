"""What can be done with a document: each thing is asked above its page, with what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QLineEdit, QMenu, QWidget

from healthmate_desktop.domain.text import counted
from healthmate_desktop.services.columns import TABLES
from healthmate_desktop.services.review import differs
from healthmate_desktop.ui.dates import day, today
from healthmate_desktop.ui.documents.giving import GiveForm
from healthmate_desktop.ui.documents.record_words import values_counted
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import Banner, FieldError, words_of
from healthmate_desktop.ui.widgets.layout import Card, row
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.services.documents import DocumentService, ImportCount
    from healthmate_desktop.services.patients import PatientService
    from healthmate_desktop.ui.changes import Changes
    from healthmate_desktop.ui.documents.reader import Reader


@dataclass(frozen=True, slots=True)
class Subject:
    """A document, and how many of its values stand in the records."""

    document: Document
    accepted: int


class Deeds(QObject):
    """`over` when the question is answered, so that what stood above the page comes back."""

    over = Signal()
    columns_wanted = Signal(str)  # id of the table

    def __init__(  # noqa: PLR0913, PLR0917 - whose documents, what changes them, where it is asked
        self,
        patient: Patient,
        documents: DocumentService,
        patients: PatientService,
        reader: Reader,
        tasks: TaskRunner,
        changes: Changes,
    ) -> None:
        super().__init__(reader)
        self._patient, self._documents, self._patients = patient, documents, patients
        self._reader, self._tasks, self._changes = reader, tasks, changes

    def show_menu(self, subject: Subject, at: QPoint) -> None:
        menu = QMenu(self._reader)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName("What to do with this document")
        for words, act in (
            ("Rename", self.rename),
            ("Give to someone else", self.give),
            ("Delete", self.delete),
        ):
            menu.addAction(words).triggered.connect(lambda _=False, act=act: act(subject))
        if subject.document.kind in TABLES:
            tell = menu.addAction("Say what the columns mean")
            tell.triggered.connect(lambda: self.columns_wanted.emit(subject.document.id))
        if subject.document.import_id:
            menu.addSeparator()
            undo = menu.addAction("Undo the whole import")
            undo.triggered.connect(lambda: self.undo_import(subject))
        menu.popup(at)

    def rename(self, subject: Subject) -> None:
        document = subject.document
        form = RenameForm(document.name)
        form.left.connect(self.over)
        form.wanted.connect(
            lambda name: self._do(
                lambda: self._documents.rename(document.id, name), on_error=form.show_error
            )
        )
        self._reader.say(form)
        form.setFocus()
        form.edit.selectAll()

    def give(self, subject: Subject) -> None:
        document = subject.document
        named = (person.name for person in document.people if differs(person, self._patient))
        form = GiveForm(
            document,
            self._patient,
            self._patients,
            self._tasks,
            today(),
            next(named, ""),
        )
        form.left.connect(self.over)
        form.given.connect(
            lambda patient: self._do(
                lambda: self._documents.assign(document.id, patient.id),
                failed=f"{document.name} was not given away",
            )
        )
        _on_escape(form, form.step_back)
        self._reader.say(form)
        form.begin()

    def delete(self, subject: Subject) -> None:
        document, accepted = subject.document, subject.accepted
        values = (
            f"with it the {values_counted(accepted)} in the records that came from it"
            if accepted
            else "and so is all that was read from it"
        )
        self._ask(
            f"Delete {document.name}?",
            f"The file is deleted from this computer, {values}. This can't be undone. "
            "The log keeps that it was there, and backups made before still hold it.",
            "Delete it",
            lambda: self._documents.remove(document.id),
            failed=f"{document.name} was not deleted",
        )

    def undo_import(self, subject: Subject) -> None:
        """First it is counted what that takes away."""
        import_id, owner = subject.document.import_id, subject.document.patient_id
        self._tasks.run(
            lambda: self._documents.count_of_import(import_id, owner),
            owner=self,
            lane=Lane.IO,
            on_success=partial(self._ask_undo, subject.document),
        )

    def _ask_undo(self, document: Document, count: ImportCount) -> None:
        files = counted(count.documents, "document", "documents")
        values = values_counted(count.records)
        checked = f", {count.accepted:,} of them in the records" if count.accepted else ""
        self._ask(
            f"Undo the import of {day(document.added_at)}?",
            f"This deletes {files} and {values} read from {'it' if count.documents == 1 else 'them'}{checked}. What "
            "was given to someone else since stays. It can't be undone. The log keeps that they were there.",
            f"Delete {files}",
            lambda: self._documents.undo_import(document.import_id, document.patient_id),
            failed="The import was not undone",
        )

    def _ask(
        self, title: str, detail: str, act: str, work: Callable[[], Any], *, failed: str
    ) -> None:
        keep, go = Button("Keep it", size="small"), Button(act, "danger", size="small")
        banner = Banner("warn", title, detail, [keep, go])
        keep.clicked.connect(self.over)
        go.clicked.connect(lambda: go.setEnabled(False))
        go.clicked.connect(lambda: self._do(work, failed=failed))
        _on_escape(banner, self.over.emit)
        self._reader.say(banner)
        keep.setFocus()

    def _do(
        self,
        work: Callable[[], Any],
        *,
        failed: str = "",
        on_error: Callable[[Exception], None] | None = None,
    ) -> None:
        def show_error(error: Exception) -> None:
            self._reader.say(Banner("error", failed, words_of(error)))

        def succeed(_: object) -> None:
            self.over.emit()
            self._changes.documents_changed.emit()
            self._changes.records_changed.emit()

        self._tasks.run(
            work,
            owner=self,
            lane=Lane.IO,
            on_success=succeed,
            on_error=on_error or show_error,
        )


class RenameForm(QFrame):
    """`wanted` carries the new name."""

    wanted = Signal(str)
    left = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self.edit = QLineEdit(name)
        self.edit.setAccessibleName("Name of the document")
        self.edit.setAcceptDrops(False)
        self.save, self.leave = (
            Button("Rename", "primary", size="small"),
            Button("Leave it", size="small"),
        )
        self._error = FieldError()
        self.edit.returnPressed.connect(self._on_save)
        self.edit.textEdited.connect(lambda _: self._error.say(""))
        self.save.clicked.connect(self._on_save)
        self.leave.clicked.connect(self.left)
        card = Card(padding=Space.L, spacing=Space.S)
        line = row(self.edit, self.leave, self.save)
        card.add(Text("Name of the document", "label"), line, self._error)
        self.setLayout(row(card))
        _on_escape(self, self.left.emit)
        self.setFocusProxy(self.edit)

    def show_error(self, error: Exception) -> None:
        self._error.say(words_of(error))
        self.save.setEnabled(True)
        self.edit.setFocus()

    def _on_save(self) -> None:
        self.save.setEnabled(False)
        self.wanted.emit(self.edit.text())


def _on_escape(part: QWidget, act: Callable[[], None]) -> None:
    here = Qt.ShortcutContext.WidgetWithChildrenShortcut
    QShortcut(QKeySequence(Qt.Key.Key_Escape), part, act, context=here)
