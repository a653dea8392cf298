"""Export: what, the passphrase once more, where to, and what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from healthmate_desktop.domain.summary import paper_of
from healthmate_desktop.domain.text import counted
from healthmate_desktop.errors import InvalidInput, WrongPassphrase
from healthmate_desktop.ui.export.options import KINDS, Options
from healthmate_desktop.ui.safety.banner_spot import BannerSpot
from healthmate_desktop.ui.safety.confirming import ConfirmForm
from healthmate_desktop.ui.safety.work import Ends, Step, Work
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import Banner, BannerKind, words_of
from healthmate_desktop.ui.widgets.layout import Card, Header, page, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QHideEvent, QShowEvent

    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.services.export import ExportOrder, ExportReport
    from healthmate_desktop.ui.gate import OpenVault

_NAMED = 5  # damaged originals said in full
_WARNING = "Whoever gets it can read it. Delete it when it has done its work. The log notes that you exported."
_STOPPED = "Nothing was written."


class ExportScreen(QWidget):
    """`left` goes back to the documents. `country` tells which paper is usual."""

    left = Signal()

    def __init__(
        self, patient: Patient, vault: OpenVault, tasks: TaskRunner, country: Callable[[], str]
    ) -> None:
        super().__init__()
        self._patient, self._vault, self._tasks = patient, vault, tasks
        self._country = country
        self._order: ExportOrder | None = None  # confirmed, while its place is chosen
        self._paper_chosen = False
        self._said, self.work = BannerSpot(), Work(tasks)
        self.options = Options()
        self.options.paper.chosen.connect(self._on_paper)
        self.options.changed.connect(self._said.clear)
        self.form = ConfirmForm("Choose where, and export", "Back")
        self.form.confirmed.connect(self._on_confirmed)
        self.form.left.connect(self.left)
        back = Button("Back to the documents", "plain", "left", size="small")
        back.clicked.connect(self.left)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        head = Header("Export", f"Records of {patient.name} into a file")
        parts = (row(back, 0), head, self._said, self.work, self.options, self._confirm_card())
        self._page = page(*parts, 0, spacing=Space.M)
        box.addWidget(self._page)
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.left.emit, context=context)
        self.setFocusProxy(self.options)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._paper_chosen:
            self.options.paper.choose(paper_of(self._country()))

    def hideEvent(self, event: QHideEvent) -> None:
        """What was typed does not wait for whoever comes next."""
        super().hideEvent(event)
        if self.form.field.isEnabled():
            self.form.reset()

    def _confirm_card(self) -> Card:
        card = Card(spacing=Space.S)
        card.add(Banner("warn", "The file will not be encrypted", _WARNING), Space.XS, self.form)
        return card

    def _on_paper(self) -> None:
        self._paper_chosen = True

    # --- the passphrase ---

    def _on_confirmed(self, passphrase: str) -> None:
        self._said.clear()
        try:
            order = self.options.order()
        except InvalidInput:  # said at its field
            self._page.verticalScrollBar().setValue(0)
            return
        self._show_busy("Checking the passphrase")
        self._tasks.run(
            lambda: self._vault.keys.confirm(passphrase),
            owner=self,
            lane=Lane.IO,
            on_success=lambda _: self._choose_place(order),
            on_error=self._show_refused,
        )

    def _show_refused(self, error: Exception) -> None:
        if isinstance(error, WrongPassphrase):
            self._show_busy("")
            self.form.show_error(str(error))
        else:
            self._show_failed(error)

    # --- where to ---

    def _choose_place(self, order: ExportOrder) -> None:
        self.form.reset()
        self._order = order
        name = KINDS[order.form].file
        dialog = QFileDialog(self, "Export to a new file")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)  # keeps no list of recent files
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # nothing is written over
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))
        dialog.selectFile(name)
        dialog.fileSelected.connect(self._on_place)
        dialog.finished.connect(self._on_closed)
        self._show_busy("Choosing where")
        dialog.open()

    def _on_closed(self) -> None:
        """Without a place, the passphrase is asked for again the next time."""
        if self._order is not None:
            self._order = None
            self._show_busy("")

    def _on_place(self, name: str) -> None:
        order, self._order = self._order, None
        if order is None:
            return
        file = Path(name)
        self._show_busy("Exporting")
        self._page.verticalScrollBar().setValue(0)
        self.work.start(
            "Exporting",
            lambda: self._vault.export.export(self._patient.id, order, file),
            Lane.IO,
            lambda step: _step(order, step),
            Ends(
                lambda report: self._show_written(report, order, file),
                self._show_failed,
                self._show_stopped,
            ),
        )

    # --- what came of it ---

    def _show_written(self, report: ExportReport, order: ExportOrder, file: Path) -> None:
        self._show_busy("")
        if order.form == "originals":
            title = f"{counted(report.documents, 'file was', 'files were')} written"
        elif order.form == "pdf":
            title = "The summary was written"
        else:
            title = f"{counted(report.records, 'record was', 'records were')} exported"
        if not report.problems:
            self._say("info", title, f"To {file}. It is not encrypted.")
            return
        lines = [f"{each.where}: {each.message}" for each in report.problems[:_NAMED]]
        if (more := len(report.problems) - _NAMED) > 0:
            lines.append(f"And {more:,} more, named in the list inside.")
        left = counted(len(report.problems), "is missing", "are missing")
        self._say("warn", f"{title}, {left}", "\n".join([f"To {file}.", *lines]))

    def _show_failed(self, error: Exception) -> None:
        self._show_busy("")
        self._say("error", "Nothing was exported", words_of(error))

    def _show_stopped(self) -> None:
        self._show_busy("")
        self._say("info", "Stopped", _STOPPED)

    def _say(self, kind: BannerKind, title: str, detail: str) -> None:
        self._said.say(kind, title, detail)
        self._page.verticalScrollBar().setValue(0)

    def _show_busy(self, words: str) -> None:
        """Nothing can be chosen while something is under way; empty `words` when nothing is."""
        self.options.setEnabled(not words)
        self.form.show_busy(words)


def _step(order: ExportOrder, step: tuple[int, int]) -> Step:
    done, total = step
    if not total:
        return Step(0, 0, "You can go on working.")
    if order.form == "originals":
        return Step(done, total, f"{done * 100 // total} %. You can go on working.")
    return Step(done, total, f"{done:,} of {total:,} records. You can go on working.")
