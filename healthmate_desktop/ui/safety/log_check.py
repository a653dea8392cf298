"""Whether the log is whole, and a copy of it for an auditor."""

from __future__ import annotations

from collections import Counter
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QFrame

from healthmate_desktop.domain.text import counted
from healthmate_desktop.ui.safety.banner_spot import BannerSpot
from healthmate_desktop.ui.safety.work import Ends, Step, Work
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.layout import Card, Rule, column, row
from healthmate_desktop.ui.widgets.section import SectionHeader
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QHBoxLayout

    from healthmate_desktop.domain.audit import VerifyReport
    from healthmate_desktop.ui.gate import OpenVault

NAMED = 5  # problems said in full
FILE = "healthmate-log.jsonl"
_EXPORT = (
    "Writes all entries with their seals and signatures to a new file. An auditor can check with it, without "
    "HealthMate and without any key, that nothing was changed. It holds no health data and no names: people and "
    "those who sign in are ids in it."
)


class LogCheck(QFrame):
    """`checked` carries the VerifyReport; `left` goes back."""

    checked = Signal(object)
    left = Signal()

    def __init__(self, vault: OpenVault, tasks: TaskRunner) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self._vault, self._tasks = vault, tasks
        self._said, self.work = BannerSpot(), Work(tasks)
        self.quick, self.thorough = Button("Check quickly"), Button("Check thoroughly")
        self.export = Button("Export for an auditor", icon="export")
        self.quick.clicked.connect(lambda: self._on_check(deep=False))
        self.thorough.clicked.connect(lambda: self._on_check(deep=True))
        self.export.clicked.connect(self._on_export)
        self.back = Button("Back to the log", "plain", "left", size="small")
        self.back.clicked.connect(self.left)
        cards = (self._check_card(), self._export_card())
        parts = (row(self.back, 0), self._said, self.work, *cards)
        self.setLayout(column(*parts, spacing=Space.L))
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.left.emit, context=context)
        self.setFocusProxy(self.quick)

    def _check_card(self) -> Card:
        card = Card(padding=Space.L, spacing=Space.S)
        card.add(
            SectionHeader("Is the log whole?"),
            Rule(),
            _explained(
                "Quickly",
                "Each entry carries a seal over itself and all before it. This follows the seals and "
                "signatures from the first entry to the last. It takes seconds.",
                self.quick,
            ),
            Rule(),
            _explained(
                "Thoroughly",
                "The same, and it compares every record with what the log tells of it, so that a change "
                "made past HealthMate is found. It takes some minutes.",
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
        places = counted(len(report.problems), "place", "places")
        words = "\n".join(said_once(report.problems))
        self._said.say("error", f"The log does not fit in {places}", words)

    def _show_stopped(self) -> None:
        self._show_busy(busy=False)
        self._said.say("info", "Stopped", "It is not known whether the log is whole.")

    # --- the copy ---

    def _on_export(self) -> None:
        dialog = QFileDialog(self, "Save the log for an auditor")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)  # keeps no list of recent files
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # nothing is written over
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
            Lane.IO,
            _checked_so_far,
            ends,
        )

    def _show_exported(self, events: int) -> None:
        self._show_busy(busy=False)
        entries = counted(events, "entry was", "entries were")
        self._said.say(
            "info",
            f"{entries} written",
            "The file is not encrypted. Hand it over yourself.",
        )

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


def said_once(problems: Sequence[str]) -> list[str]:
    """The first few, each in a line; what several of them say, such as what to do, in one line at the end."""
    told = [problem.split(". ") for problem in problems[:NAMED]]
    told = [[sentence.removesuffix(".") for sentence in sentences] for sentences in told]
    count = Counter(chain.from_iterable(told))
    lines = [[sentence for sentence in sentences if count[sentence] == 1] for sentences in told]
    if (rest := len(problems) - NAMED) > 0:
        lines.append([f"And {rest:,} more"])
    lines.append([sentence for sentence in count if count[sentence] > 1])
    return [f"{'. '.join(line)}." for line in lines if line]
