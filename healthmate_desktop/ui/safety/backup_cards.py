"""The cards of the backup screen."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from healthmate_desktop.ui.safety import states
from healthmate_desktop.ui.safety.figures import lately, moment, size
from healthmate_desktop.ui.safety.state_line import StateLine
from healthmate_desktop.ui.theme import Size, Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.changing import Changing
from healthmate_desktop.ui.widgets.feedback import EmptyState
from healthmate_desktop.ui.widgets.layout import Card, Rule, beside, column, fill, part_of, row
from healthmate_desktop.ui.widgets.section import Line, SectionHeader
from healthmate_desktop.ui.widgets.text import Icon, Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from healthmate_desktop.domain.backups import BackupFile, BackupPlan

LISTED = 12
_NEVER_ONLY_HERE = (
    "Never only on this computer's own disk: if it breaks or is stolen, a backup on it is gone as well. "
    "Use a stick or another disk, and keep one copy in another place."
)
_FIRST = (
    "A backup is one encrypted file with everything in it. It opens with your passphrase or with the recovery key, "
    "on any computer. Choose a folder for it, on a stick or another disk."
)
_MISSING = "No backup was found there. If the folder is on a stick or another disk, connect it, then look again."
_DRILL = (
    "Decrypts all of a backup and compares every part, without writing or changing anything. "
    "Do it once a month: only a backup that was opened is sure to open."
)
_RESTORING = (
    ("Lock", "Backups are put back while the vault is locked."),
    ("Press \u201cRestore a backup\u201d on the locked window", "And choose the file."),
    (
        "Type the passphrase",
        "The one that held when the backup was made. The recovery key of that time opens it as well.",
    ),
    (
        "Everything in it is checked, then put in place",
        "The records you have now are kept beside it. Nothing is deleted.",
    ),
)
_WITHOUT = "A backup can be opened without HealthMate too: a page inside the file says how."


class FolderCard(Card):
    """Where backups go, when the last was and when the next is due."""

    choose_pressed = Signal()
    back_up_pressed = Signal()

    def __init__(self) -> None:
        super().__init__(padding=Space.L, spacing=Space.M)
        self.back_up = Button("Back up now", "primary", "backup")
        self.back_up.clicked.connect(self.back_up_pressed)
        first = Button("Choose a folder", "primary", "backup")
        first.clicked.connect(self.choose_pressed)
        self._empty = EmptyState("backup", "There is no backup yet", _FIRST, [first])
        self._state = StateLine("clock", "")
        self._place = StateLine("document", "", "Choose another folder")
        self._place.button.clicked.connect(self.choose_pressed)
        nag = beside(Icon("info", "accent_text"), Text(_NEVER_ONLY_HERE, "small", wrap=True))
        head = SectionHeader("Backups", "", self.back_up)
        parts = (head, self._state, Rule(), self._place, Rule(), nag)
        self._filled = part_of(column(*parts, spacing=Space.S))
        self.add(self._empty, self._filled)
        self._empty.hide()
        self._filled.hide()

    def show_plan(self, plan: BackupPlan, due: datetime | None, now: datetime) -> None:
        """The next one is `due`."""
        self._empty.setVisible(not plan.folder)
        self._filled.setVisible(bool(plan.folder))
        place = states.folder(plan)
        self._place.say(place.title, place.detail, look=place.look)
        state = states.made(plan, due, now)
        self._state.say(state.title, state.detail, look=state.look)

    def show_busy(self, *, busy: bool) -> None:
        """One thing at a time."""
        self.back_up.setEnabled(not busy)
        self._place.button.setEnabled(not busy)


class FilesCard(Card):
    """The backups in the folder. `check_pressed` carries the path of one."""

    check_pressed = Signal(str)
    again_pressed = Signal()

    def __init__(self) -> None:
        super().__init__(padding=Space.L, spacing=Space.S)
        self._head = SectionHeader("Backups in this folder")
        self._list = Changing()
        self._busy = False
        self._checks: list[Button] = []
        self.add(self._head, self._list)

    def show_files(self, files: Sequence[BackupFile], now: datetime) -> None:
        newest_first = sorted(files, key=lambda file: file.made_at, reverse=True)
        rest = len(newest_first) - LISTED
        count = f"{len(files)}, the newest first" if len(files) > 1 else ""
        self._head.say(f"{count}, of which {LISTED} are shown" if rest > 0 else count)
        self._checks = []
        lines = column(spacing=0)
        for file in newest_first[:LISTED]:
            fill(lines, Rule(), self._line(file, now))
        if not files:
            lines.addWidget(
                Text("None yet. Press Back up now to make the first.", "small", "text_soft")
            )
        self._list.show_part(part_of(lines))

    def show_missing(self) -> None:
        """There were some, so the stick is not there, or they were moved."""
        self._head.say("")
        self._checks = []
        again = Button("Look again", size="small")
        again.clicked.connect(self.again_pressed)
        line = row(Icon("alert", "warn"), spacing=Space.M)
        line.addWidget(Text(_MISSING, "small", wrap=True), 1)
        line.addWidget(again)
        self._list.show_part(part_of(column(Rule(), line)))

    def show_busy(self, *, busy: bool) -> None:
        self._busy = busy
        for button in self._checks:
            button.setEnabled(not busy)

    def _line(self, file: BackupFile, now: datetime) -> Line:
        check = Button("Check that it opens", "quiet", size="small")
        check.setAccessibleName(f"Check that the backup of {moment(file.made_at)} opens")
        check.setEnabled(not self._busy)
        check.clicked.connect(lambda: self.check_pressed.emit(file.path))
        self._checks.append(check)
        made = lately(file.made_at, now)
        detail = f"{size(file.size)}, {PurePath(file.path).name}"
        return Line("document", f"Made {made}", detail, check)


class DrillCard(Card):
    """The monthly check. `check_pressed` carries the path of the newest backup."""

    check_pressed = Signal(str)
    choose_pressed = Signal()

    def __init__(self) -> None:
        super().__init__(padding=Space.L, spacing=Space.M)
        self._newest = ""
        self._busy = False
        self._state = StateLine("check", "")
        self.newest = Button("Check the newest", icon="check")
        self.other = Button("Check another file", "quiet")
        self.newest.clicked.connect(lambda: self.check_pressed.emit(self._newest))
        self.other.clicked.connect(self.choose_pressed)
        words = Text(_DRILL, "small", "text_soft", wrap=True)
        words.setMaximumWidth(Size.READING_WIDTH)
        head = SectionHeader("Check that a backup can be opened")
        self.add(head, words, self._state, row(self.newest, self.other, 0))

    def show_plan(self, plan: BackupPlan, files: Sequence[BackupFile], now: datetime) -> None:
        state = states.drill(plan, now)
        self._state.say(state.title, state.detail, look=state.look)
        newest = max(files, key=lambda file: file.made_at, default=None)
        self._newest = newest.path if newest is not None else ""
        self.newest.setToolTip("" if self._newest else "There is no backup in the folder yet")
        self.show_busy(busy=self._busy)

    def show_busy(self, *, busy: bool) -> None:
        self._busy = busy
        self.newest.setEnabled(bool(self._newest) and not busy)
        self.other.setEnabled(not busy)


class RestoreCard(Card):
    """How a backup is put back; it is done on the locked window."""

    lock_pressed = Signal()

    def __init__(self) -> None:
        super().__init__(padding=Space.L, spacing=Space.S)
        lock = Button("Lock now", icon="lock")
        lock.clicked.connect(self.lock_pressed)
        self.add(SectionHeader("To put a backup back", "", lock))
        for number, (title, detail) in enumerate(_RESTORING, 1):
            soft = Text(detail, "small", "text_soft", wrap=True)
            words = column(Text(title, "label", wrap=True), soft, spacing=0)
            sign = Text(f"{number}", "label", "text_faint", tabular=True)
            line = row(sign, spacing=Space.M, margins=(Space.XS, Space.XS, 0, Space.XS))
            line.setAlignment(sign, Qt.AlignmentFlag.AlignTop)
            line.addLayout(words, 1)
            self.add(line)
        self.add(Rule(), Text(_WITHOUT, "small", "text_soft", wrap=True))
