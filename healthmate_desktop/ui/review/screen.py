"""Review: what was read from a document, beside the ink it was read from, before any of it counts."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from healthmate_desktop.domain.ids import DocumentId
from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.ui.documents.document_reader import DocumentReader
from healthmate_desktop.ui.documents.giving import GiveForm
from healthmate_desktop.ui.documents.loading import Spot
from healthmate_desktop.ui.documents.pages import Pages
from healthmate_desktop.ui.documents.record_words import counted
from healthmate_desktop.ui.review.bench import Bench
from healthmate_desktop.ui.review.deciding import Decisions
from healthmate_desktop.ui.review.items import Item, count_of, left_words, slip_of
from healthmate_desktop.ui.review.loading import Loaded, load_review
from healthmate_desktop.ui.review.strangers import StrangerBanner
from healthmate_desktop.ui.tasks import Lane, Task, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.accessibility import announce
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import Banner, EmptyState, words_of
from healthmate_desktop.ui.widgets.layout import centred, column, row
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from datetime import date

    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.ui.changes import Changes
    from healthmate_desktop.ui.gate import OpenVault

_GIVE_WIDTH = 560
_NOTHING = (
    "Values that are read from a document wait here, beside the page, until you have looked at them. "
    "Until then they count nowhere."
)


class ReviewScreen(QFrame):
    """`left` asks for the documents."""

    left = Signal()

    def __init__(
        self, patient: Patient, vault: OpenVault, tasks: TaskRunner, changes: Changes
    ) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self._patient, self._vault, self._tasks, self._changes = patient, vault, tasks, changes
        self._loaded: Loaded | None = None
        self._items: list[Item] = []  # those that are left
        self._taken, self._set_aside = 0, 0
        self._confirmed: set[str] = set()  # documents that name another and are this person's
        self._problem = ""  # why the last decision was not kept, until it is said
        self._task: Task | None = None
        self.bench, self.reader = Bench(), DocumentReader()
        self.reader.details.hide()
        self.reader.more.hide()
        self.pages = Pages(vault.documents, self.reader, tasks)
        self.decisions = Decisions(vault.review, tasks, changes, self)
        self._notes, self._stack = QVBoxLayout(), QStackedWidget()
        self._blank, self._body, self._foot = QFrame(), QFrame(), QFrame()
        self._end: QWidget = self._blank
        self._left = Text("", "small", "text_soft", wrap=True)
        self.all, self.here = Button("", "primary"), Button("")
        self._lay()
        self._connect()

    def open(self, document_id: str) -> None:
        """Check the values of a document; with an empty id, of the newest that waits."""
        self._taken = self._set_aside = 0
        self._say()
        self._show_part(self._blank)
        self._read(document_id)

    # --- how it is made ---

    def _lay(self) -> None:
        self._notes.setContentsMargins(0, 0, 0, 0)
        self._notes.setSpacing(Space.S)
        self._blank.setProperty("kind", "row")
        self._body.setProperty("kind", "row")
        line = row(self.bench, spacing=0)
        line.addWidget(self.reader, 1)
        self._body.setLayout(line)
        for part in (self._blank, self._body):
            self._stack.addWidget(part)
        self._foot.setProperty("kind", "footer")
        foot = row(spacing=Space.M, margins=(Space.XL, Space.M, Space.XL, Space.M))
        foot.addWidget(self._left, 1)
        foot.addWidget(self.here)
        foot.addWidget(self.all)
        self._foot.setLayout(foot)
        box = column(self._notes, spacing=0)
        box.addWidget(self._stack, 1)
        box.addWidget(self._foot)
        self.setLayout(box)
        self.setFocusProxy(self.bench)

    def _connect(self) -> None:
        bench, decisions = self.bench, self.decisions
        bench.left.connect(self.left)
        bench.looked_at.connect(self._show_place)
        bench.accepted.connect(decisions.accept)
        bench.rejected.connect(decisions.reject)
        bench.taken_instead.connect(decisions.take_instead)
        bench.edited.connect(lambda item, texts: decisions.correct(item, texts, bench.form))
        decisions.decided.connect(self._on_decided)
        decisions.many_decided.connect(self._on_many_decided)
        decisions.kept.connect(self._on_kept)
        decisions.failed.connect(self._show_error)
        self.all.clicked.connect(self._on_all)
        self.here.clicked.connect(self._on_here)
        here = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self._on_escape, context=here)
        find = QKeySequence(QKeySequence.StandardKey.Find)
        QShortcut(find, self, self.reader.find_button.click, context=here)

    # --- what is shown ---

    def _read(self, document_id: str) -> None:
        if self._task is not None:
            self._task.cancel()
        vault, patient_id = self._vault, self._patient.id

        def read() -> Loaded | None:
            waiting = vault.review.waiting(patient_id) if not document_id else []
            wanted = document_id or next((each.document.id for each in waiting), "")
            return load_review(vault, patient_id, DocumentId(wanted)) if wanted else None

        self._task = self._tasks.run(
            read,
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
            self._show_end("check", "Nothing waits for a check", _NOTHING)
            return
        self._items = list(loaded.items)
        self.bench.name.say(loaded.document.name)
        self._show_part(self._body)
        self.pages.close()
        self.bench.show_items(loaded.items, loaded.rows)
        self._count()
        notes = [Banner("error", "That was not kept", self._problem)] if self._problem else []
        self._problem = ""
        if not self._items:
            return
        if loaded.strangers and loaded.document.id not in self._confirmed:
            self._stop_for_strangers(loaded, notes)
        else:
            self._say(*notes)
            self.bench.allow(allowed=self._vault.session.may(Action.ADD))
            self.bench.setFocus()

    def _show_part(self, part: QWidget) -> None:
        self._stack.setCurrentWidget(part)
        self._foot.setVisible(part is self._body)

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
        left, whose = len(self._items), f"For the records of {self._patient.name}"
        others = len(self._loaded.others) if self._loaded else 0
        more = counted(others, "more document waits", "more documents wait")
        self.bench.title.say(f"{left:,} left to check")
        self.bench.whose.say(f"{whose}. {more}" if others else whose)
        self._left.say(left_words(self._items))
        plain, here = count_of(self._items, "plain"), count_of(self._items, "here")
        self.all.setText(f"Accept all {plain:,} that nothing speaks against")
        self.here.setText(f"Leave out {here:,} already here")
        for button, count in ((self.all, plain), (self.here, here)):
            button.setVisible(count > 0)
            button.setEnabled(True)
        if self._loaded is not None and not self._items:
            self._show_done()

    def _show_done(self) -> None:
        if not self._taken and not self._set_aside:
            self._show_end("check", "Nothing of this document waits for a check", _NOTHING)
            return
        taken = f"{counted(self._taken)} {'is' if self._taken == 1 else 'are'} in the records now"
        aside = f", {self._set_aside:,} left out" if self._set_aside else ""
        rest = " What you left out stays with its document and counts nowhere." if aside else ""
        self._show_end("check", "All of it is checked", f"{taken}{aside}.{rest}")

    def _show_end(self, icon: str, title: str, detail: str) -> None:
        """Nothing is left to do here; what comes next."""
        back = Button("Back to documents", "secondary")
        back.clicked.connect(self.left)
        actions = [back]
        if self._loaded is not None and self._loaded.others:
            following = self._loaded.others[0].document.id
            more = Button("Check the next document", "primary")
            more.clicked.connect(lambda: self.open(following))
            actions.append(more)
        self._replace_end(EmptyState(icon, title, detail, actions))
        actions[-1].setFocus()
        announce(self, f"{title}. {detail}")

    def _replace_end(self, part: QWidget) -> None:
        if self._end is not self._blank:
            self._stack.removeWidget(self._end)
            self._end.deleteLater()
        self._end = part
        self._stack.addWidget(part)
        self._say()
        self._show_part(part)

    def _say(self, *banners: Banner) -> None:
        """What has to be known or answered first; nothing takes it away."""
        while (item := self._notes.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        margin = Space.L if banners else 0
        self._notes.setContentsMargins(margin, margin, margin, margin)
        for banner in banners:
            self._notes.addWidget(banner)

    # --- someone else's ---

    def _stop_for_strangers(self, loaded: Loaded, notes: list[Banner]) -> None:
        banner = StrangerBanner(loaded.strangers, self._patient)
        banner.mine.clicked.connect(partial(self._on_mine, loaded.document))
        banner.give.clicked.connect(partial(self._on_give, loaded))
        banner.leave.clicked.connect(self.left)
        self.bench.allow(allowed=False)
        self._foot.hide()
        self._say(*notes, banner)
        banner.leave.setFocus()

    def _on_mine(self, document: Document) -> None:
        self._confirmed.add(document.id)
        self._say()
        self._foot.show()
        self.bench.allow(allowed=True)
        self.bench.setFocus()

    def _on_give(self, loaded: Loaded) -> None:
        form = GiveForm(
            loaded.document,
            self._patient,
            self._vault.patients,
            self._tasks,
            _today(),
            loaded.strangers[0].name,
        )
        form.left.connect(lambda: self._show_loaded(loaded))
        form.given.connect(partial(self._give, loaded))
        holder = QWidget()
        inner = centred(form, _GIVE_WIDTH)
        holder.setLayout(column(Space.HUGE, inner, 0, margins=(Space.XL, 0, Space.XL, 0)))
        self._replace_end(holder)
        form.begin()

    def _give(self, loaded: Loaded, patient: Patient) -> None:
        document, count = loaded.document, counted(len(loaded.items))

        def show_given(_: object) -> None:
            wait = f"{document.name} and its {count} wait for a check in the records of {patient.name}."
            self._show_end("people", f"Given to {patient.name}", wait)
            self._changes.documents_changed.emit()

        self._tasks.run(
            lambda: self._vault.documents.assign(document.id, patient.id),
            owner=self,
            lane=Lane.IO,
            on_success=show_given,
            on_error=self._show_error,
        )

    # --- what is decided ---

    def _on_all(self) -> None:
        if self._loaded is not None:
            self.all.setEnabled(False)
            self.decisions.accept_plain(self._loaded.document.id)

    def _on_here(self) -> None:
        self.here.setEnabled(False)
        self.decisions.reject_all([item for item in self._items if item.group == "here"])

    def _on_decided(self, item: Item, counts: bool) -> None:
        self._items = [other for other in self._items if other is not item]
        self._tally(1, counts=counts)
        self.bench.take(item)
        self._count()

    def _on_kept(self) -> None:
        """There may be more than could be listed at once."""
        if self._items and self._loaded is not None and self.bench.current() is None:
            self._read(self._loaded.document.id)

    def _on_many_decided(self, count: int, counts: bool) -> None:
        self._tally(count, counts=counts)
        announce(self, f"{counted(count)} {'accepted' if counts else 'left out'}")
        if self._loaded is not None:
            self._read(self._loaded.document.id)  # what is left may be here already, by now

    def _tally(self, count: int, *, counts: bool) -> None:
        if counts:
            self._taken += count
        else:
            self._set_aside += count

    def _show_error(self, error: Exception) -> None:
        """What the list says may not be so: it is read anew, with why above it."""
        if self._loaded is not None:
            self._problem = words_of(error)
            self._read(self._loaded.document.id)

    def _on_escape(self) -> None:
        """One step back: out of what is asked or written first."""
        giving = self._end.findChild(GiveForm)
        if giving is not None and self._stack.currentWidget() is self._end:
            giving.step_back()
        elif self.bench.leave_form():
            return
        elif self.reader.finding.isVisible():
            self.reader.close_find()
        else:
            self.left.emit()


def _today() -> date:
    return datetime.now().astimezone().date()
