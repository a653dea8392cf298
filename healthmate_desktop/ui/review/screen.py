"""Review: what was read from a document, beside the ink it was read from, before any of it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame

from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.domain.text import counted
from healthmate_desktop.ui.columns.banner import columns_banner
from healthmate_desktop.ui.documents.document_reader import DocumentReader
from healthmate_desktop.ui.documents.giving import GiveForm
from healthmate_desktop.ui.documents.loading import Spot
from healthmate_desktop.ui.documents.pages import Pages
from healthmate_desktop.ui.documents.record_words import values_counted
from healthmate_desktop.ui.review.bench import Bench
from healthmate_desktop.ui.review.deciding import Decisions, Made
from healthmate_desktop.ui.review.foot import Foot
from healthmate_desktop.ui.review.items import Item, slip_of
from healthmate_desktop.ui.review.loading import Loaded, draft_text, load_review, spot_of
from healthmate_desktop.ui.review.stage import NOTHING, Ending, Stage, done_words
from healthmate_desktop.ui.review.whose import Whose
from healthmate_desktop.ui.tasks import Lane, Task, TaskRunner
from healthmate_desktop.ui.widgets.accessibility import announce
from healthmate_desktop.ui.widgets.feedback import Banner, words_of
from healthmate_desktop.ui.widgets.layout import column, row

if TYPE_CHECKING:
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.records import Standing
    from healthmate_desktop.ui.changes import Changes
    from healthmate_desktop.ui.drafts import Drafts
    from healthmate_desktop.ui.gate import OpenVault


class ReviewScreen(QFrame):
    """`left` asks for the documents."""

    left = Signal()
    columns_requested = Signal(str)  # id of a table whose columns are to be told

    def __init__(
        self,
        patient: Patient,
        vault: OpenVault,
        tasks: TaskRunner,
        changes: Changes,
        drafts: Drafts,
    ) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self._patient, self._vault, self._tasks, self._changes = patient, vault, tasks, changes
        self._drafts = drafts
        self._loaded: Loaded | None = None
        self._counts: dict[Standing, int] = {}  # of those that are left
        self._at = ""  # the record that is looked at when it is read again
        self._problem = ""  # why the last decision was not kept, until it is said
        self._task: Task | None = None
        self.bench, self.reader, self.foot = Bench(), DocumentReader(), Foot()
        self.reader.details.hide()
        self.reader.more.hide()
        self.pages = Pages(vault.documents, self.reader, tasks)
        self.decisions = Decisions(vault.review, tasks, changes, self)
        self.whose = Whose(patient, vault, tasks, self)
        check = QFrame()
        line = row(self.bench, spacing=0)
        line.addWidget(self.reader, 1)
        check.setLayout(line)
        self.stage = Stage(check)
        box = column(spacing=0)
        box.addWidget(self.stage, 1)
        box.addWidget(self.foot)
        self.setLayout(box)
        self.setFocusProxy(self.bench)
        self._connect()

    def open(self, document_id: str) -> None:
        """Check the values of a document; with an empty id, of the newest that waits."""
        self.decisions.begin()
        self._at = ""
        self.stage.clear()
        self._read(document_id)

    def _connect(self) -> None:
        bench, decisions, foot = self.bench, self.decisions, self.foot
        stage, whose = self.stage, self.whose
        for part in (bench, stage, whose):
            part.left.connect(self.left)
        bench.looked_at.connect(self._show_place)
        bench.accepted.connect(decisions.accept)
        bench.rejected.connect(decisions.reject)
        bench.taken_instead.connect(decisions.take_instead)
        bench.edited.connect(lambda item, texts: decisions.correct(item, texts, bench.form))
        bench.typed.connect(self._keep_draft)
        bench.given_up.connect(self._forget_draft)
        bench.editing.connect(lambda editing: foot.setVisible(not editing))
        decisions.decided.connect(self._on_decided)
        decisions.many_decided.connect(self._on_many_decided)
        decisions.put_back.connect(self._on_put_back)
        decisions.kept.connect(self._on_kept)
        decisions.failed.connect(self._show_error)
        foot.all_pressed.connect(self._on_all)
        foot.here_pressed.connect(self._on_here)
        foot.undo_pressed.connect(decisions.undo)
        stage.checking.connect(foot.setVisible)
        stage.undo_pressed.connect(decisions.undo)
        stage.next_pressed.connect(self._on_next)
        whose.mine.connect(self._read_again)
        whose.giving.connect(stage.show_form)
        whose.kept_here.connect(lambda: self._show_loaded(self._loaded))
        whose.given.connect(self._show_given)
        whose.failed.connect(self._show_error)
        here = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for key, act in (
            (QKeySequence(Qt.Key.Key_Escape), self._on_escape),
            (QKeySequence(QKeySequence.StandardKey.Find), self.reader.find_button.click),
            (QKeySequence(QKeySequence.StandardKey.Undo), decisions.undo),
        ):
            QShortcut(key, self, act, context=here)

    # --- what is shown ---

    def _read(self, document_id: str) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = self._tasks.run(
            lambda: load_review(self._vault, self._patient.id, document_id),
            owner=self,
            lane=Lane.IO,
            on_success=self._show_loaded,
            on_error=self._show_unopened,
        )

    def _show_unopened(self, error: Exception) -> None:
        self._loaded = None
        self._show_end("alert", "This could not be opened", words_of(error))

    def _show_loaded(self, loaded: Loaded | None) -> None:
        self._loaded = loaded
        if loaded is None:
            self._show_end("check", "Nothing waits for a check", NOTHING)
            return
        self._counts = dict(loaded.counts)
        self.bench.name.say(loaded.document.name)
        self.stage.show_check()
        self.pages.close()
        draft = self.bench.being_typed() or loaded.draft
        self.bench.show_items(loaded.items, loaded.rows, self._at)
        self._count()
        notes = self._notes(loaded)
        self._problem = self._at = ""
        if not loaded.items:
            self._show_done()
        elif loaded.strangers:
            self._stop(loaded, notes)
        else:
            self.stage.say(*notes)
            may_decide = self._vault.session.may(Action.ADD)
            self.bench.allow(allowed=may_decide)
            self.foot.setVisible(may_decide)
            self.bench.setFocus()
            if draft is not None:
                self.bench.edit_again(*draft)

    def _notes(self, loaded: Loaded) -> list[Banner]:
        notes = [Banner("error", "That was not kept", self._problem)] if self._problem else []
        may_say = self._vault.session.may(Action.ADD)
        columns = columns_banner(loaded.document, self.columns_requested.emit, may_say=may_say)
        return [*notes, columns] if columns else notes

    def _stop(self, loaded: Loaded, notes: list[Banner]) -> None:
        """Nothing is decided before it is said whose it is."""
        question = self.whose.question(loaded)
        self.bench.allow(allowed=False)
        self.foot.hide()
        self.stage.say(*notes, question)
        question.leave.setFocus()

    def _show_place(self, item: Item) -> None:
        """The page with the ink lit; of a document without pages, where in it and in which words."""
        if self._loaded is None:
            return
        document, spot = self._loaded.document, item.record.spot
        if document.page_count:
            quote = "" if spot.boxes else item.record.text
            place = Spot(document.id, spot.page or 1, boxes=spot.boxes, quote=quote)
            self.pages.open(document, place)
        else:
            self.reader.show_sheet(slip_of(document, item), document.name, 1, 1)

    def _count(self) -> None:
        whose = f"For the records of {self._patient.name}"
        others = len(self._loaded.others) if self._loaded else 0
        more = counted(others, "more document waits", "more documents wait")
        self.bench.title.say(f"{sum(self._counts.values()):,} left to check")
        self.bench.whose.say(f"{whose}. {more}" if others else whose)
        made = self.decisions.made
        self.foot.say(self._counts, made[-1].words if made else "")

    def _show_done(self) -> None:
        taken, aside = self.decisions.tally(counts=True), self.decisions.tally(counts=False)
        if taken or aside:
            self._show_end("check", "All of it is checked", done_words(taken, aside))
        else:
            self._show_end("check", "Nothing of this document waits for a check", NOTHING)

    def _show_given(self, patient: Patient) -> None:
        if self._loaded is not None:
            what = (
                f"{self._loaded.document.name} and its {values_counted(sum(self._counts.values()))}"
            )
            wait = f"{what} wait for a check in the records of {patient.name}."
            self._show_end("people", f"Given to {patient.name}", wait)
            self._changes.documents_changed.emit()

    def _show_end(self, icon: str, title: str, detail: str) -> None:
        following = self._loaded is not None and bool(self._loaded.others)
        undo = bool(self.decisions.made)
        self.stage.show_end(Ending(icon, title, detail), undo=undo, following=following)

    # --- what is decided ---

    def _on_next(self) -> None:
        if self._loaded is not None:
            self.open(self._loaded.others[0].document.id)

    def _read_again(self, at: str = "") -> None:
        """Its values stand otherwise now; `at` is looked at."""
        self._at = at
        if self._loaded is not None:
            self._read(self._loaded.document.id)

    def _on_all(self) -> None:
        if self._loaded is not None:
            self.foot.all.setEnabled(False)
            self.decisions.accept_plain(self._loaded.document.id)

    def _on_here(self) -> None:
        if self._loaded is not None:
            self.foot.here.setEnabled(False)
            self.decisions.reject_known(self._loaded.document.id)

    def _on_decided(self, item: Item) -> None:
        self._counts[item.standing] -= 1
        self.bench.take(item)
        self._count()

    def _on_kept(self) -> None:
        """There may be more than could be listed at once."""
        self._count()
        if self.bench.current() is None:
            self._read_again()

    def _on_many_decided(self, made: Made) -> None:
        announce(self, made.words)
        self._read_again()  # what is left may be here already, by now

    def _on_put_back(self, made: Made) -> None:
        announce(self, f"Undone: {made.words}")
        self._read_again("".join(made.decision.decided[:1]))

    def _show_error(self, error: Exception) -> None:
        """What the list says may not be so: it is read anew, with why above it."""
        self._problem = words_of(error)
        self._read_again()

    def _on_escape(self) -> None:
        """One step back: out of what is asked or written first."""
        giving = self.stage.shown().findChild(GiveForm)
        if giving is not None:
            giving.step_back()
        elif self.bench.leave_form():
            return
        elif self.reader.finding.isVisible():
            self.reader.close_find()
        else:
            self.left.emit()

    # --- what is being typed ---

    def _keep_draft(self, item: Item, texts: dict[str, str]) -> None:
        if self._loaded is not None:
            spot = spot_of(self._patient.id, self._loaded.document.id)
            self._drafts.put(spot, draft_text(item, texts))

    def _forget_draft(self) -> None:
        if self._loaded is not None:
            self._drafts.forget(spot_of(self._patient.id, self._loaded.document.id))
