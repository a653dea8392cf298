"""Whether the log is whole, and a copy of it for an auditor."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QFrame

from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.ui.safety.banner_spot import BannerSpot
from healthmate_desktop.ui.safety.figures import counted
from healthmate_desktop.ui.safety.work import Ends, Step, Work
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.layout import Card, Rule, column, row
from healthmate_desktop.ui.widgets.section import SectionHeader
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from PySide6.QtWidgets import QHBoxLayout

    from healthmate_desktop.domain.audit import VerifyReport
    from healthmate_desktop.ui.gate import OpenVault

NAMED = 5  # problems said in full
FILE = "healthmate-log.zip"
_EXPORT = (
    "Writes all entries with their signatures to a file. It names who can sign in and holds no health data: "
    "people are ids in it. With it comes a small program that checks the file by itself, "
    "without HealthMate and without any key; how is written on the first page."
)


class LogCheck(QFrame):
    """`checked` carries the VerifyReport; `older_accepted` says that the vault may be older; `left` goes back."""

    checked = Signal(object)
    older_accepted = Signal()
    left = Signal()

    def __init__(self, vault: OpenVault, tasks: TaskRunner) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self._vault, self._tasks = vault, tasks
        self._older, self._said, self.work = BannerSpot(), BannerSpot(), Work(tasks)
        self.quick, self.thorough = Button("Check quickly"), Button("Check thoroughly")
        self.export = Button("Export for an auditor", icon="export")
        self.quick.clicked.connect(lambda: self._on_check(deep=False))
        self.thorough.clicked.connect(lambda: self._on_check(deep=True))
        self.export.clicked.connect(self._on_export)
        self.back = Button("Back to the log", "plain", "left", size="small")
        self.back.clicked.connect(self.left)
        cards = (self._check_card(), self._export_card())
        parts = (row(self.back, 0), self._older, self._said, self.work, *cards)
        self.setLayout(column(*parts, spacing=Space.L))
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.left.emit, context=context)
        self.setFocusProxy(self.quick)
        if vault.news.older:
            self._say_older()

    def _check_card(self) -> Card:
        card = Card(padding=Space.L, spacing=Space.S)
        card.add(
            SectionHeader("Is the log whole?"),
            Rule(),
            _explained(
                "Quickly",
                "Each entry carries a seal over itself and all before it. This follows the seals and "
                "signatures from the first entry to the last: seconds",
                self.quick,
            ),
            Rule(),
            _explained(
                "Thoroughly",
                "The same, and it compares every record with what the log tells of it, so that a change "
                "made past HealthMate is found: some minutes",
                self.thorough,
            ),
        )
        return card

    def _export_card(self) -> Card:
        card = Card(padding=Space.L, spacing=Space.S)
        words = Text(_EXPORT, "small", "text_soft", wrap=True)
        card.add(SectionHeader("For an auditor", "", self.export), words)
        return card

    # --- the check ---

    def _on_check(self, *, deep: bool) -> None:
        ends = Ends(
            self._show_report,
            partial(self._show_failed, "The log could not be checked to the end"),
            self._show_stopped,
        )
        self._said.clear()
        self._show_busy(busy=True)
        title = "Checking the log and every record" if deep else "Checking the log"
        self.work.start(
            title, lambda: self._vault.log.verify(deep=deep), Lane.IO, _checked_so_far, ends
        )

    def _show_report(self, report: VerifyReport) -> None:
        self._show_busy(busy=False)
        self.checked.emit(report)
        entries = counted(report.events, "entry was", "entries were")
        if report.ok:
            records = " Every record is as the log tells of it." if report.deep else ""
            self._said.say(
                "info",
                "The log is whole",
                f"{entries} checked: none is missing, none was changed.{records}",
            )
            return
        lines = list(report.problems[:NAMED])
        if (rest := len(report.problems) - NAMED) > 0:
            lines.append(f"And {rest:,} more.")
        lines.append(
            "The records can still be read. Make a backup, keep it apart, and ask whoever looks after this computer."
        )
        places = counted(len(report.problems), "place", "places")
        self._said.say("error", f"The log does not fit in {places}", "\n".join(lines))

    def _show_stopped(self) -> None:
        self._show_busy(busy=False)
        self._said.say("info", "Stopped", "It is not known whether the log is whole.")

    # --- the copy ---

    def _on_export(self) -> None:
        dialog = QFileDialog(self, "Save the log for an auditor")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)  # keeps no list of recent files
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.selectFile(FILE)
        dialog.fileSelected.connect(self._on_place_chosen)
        dialog.open()

    def _on_place_chosen(self, name: str) -> None:
        ends = Ends(self._show_exported, partial(self._show_failed, "The log was not written"))
        self._said.clear()
        self._show_busy(busy=True)
        self.work.start(
            "Writing the log",
            lambda: self._vault.log.export(Path(name)),
            Lane.VAULT,
            _checked_so_far,
            ends,
        )

    def _show_exported(self, events: int) -> None:
        self._show_busy(busy=False)
        entries = counted(events, "entry was", "entries were")
        self._said.say(
            "info",
            f"{entries} written",
            "The file says how it is checked. It is not encrypted: hand it over yourself.",
        )

    # --- an older vault ---

    def _say_older(self) -> None:
        accept = Button("A backup was restored", size="small")
        accept.setVisible(self._vault.session.may(Action.KEYS))
        accept.clicked.connect(self._on_accept)
        self._older.say(
            "warn",
            "This vault is older than the one last used on this computer",
            "That is so after a backup was put back. If nobody did that, someone may have put an old copy "
            "in its place, and what was saved since is missing.",
            accept,
            close=False,
        )

    def _on_accept(self) -> None:
        self._tasks.run(
            self._vault.log.accept_older,
            owner=self,
            lane=Lane.VAULT,
            on_success=lambda _: self._show_accepted(),
            on_error=partial(self._show_failed, "That could not be noted"),
        )

    def _show_accepted(self) -> None:
        self._said.say("info", "Noted in the log", "It goes on from here.")
        self.older_accepted.emit()

    def _show_failed(self, title: str, error: Exception) -> None:
        self._show_busy(busy=False)
        self._said.say_failed(title, error)

    def _show_busy(self, *, busy: bool) -> None:
        for button in (self.quick, self.thorough, self.export):
            button.setEnabled(not busy)


def _checked_so_far(events: int) -> Step:
    return Step(0, 0, f"{counted(events, 'entry', 'entries')} so far. You can go on working.")


def _explained(title: str, words: str, button: Button) -> QHBoxLayout:
    line = row(spacing=Space.L, margins=(0, Space.XS, 0, Space.XS))
    soft = Text(words, "small", "text_soft", wrap=True)
    line.addLayout(column(Text(title, "label"), soft, spacing=0), 1)
    line.addWidget(button)
    return line
