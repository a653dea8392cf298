"""What holds right now, a line each, with the one next step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from healthmate_desktop.domain.audit import AuditFilter
from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.domain.text import counted
from healthmate_desktop.ui.safety import states
from healthmate_desktop.ui.safety.state_line import StateLine
from healthmate_desktop.ui.safety.states import State
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.feedback import words_of
from healthmate_desktop.ui.widgets.layout import Card, page
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from PySide6.QtGui import QShowEvent

    from healthmate_desktop.domain.audit import VerifyReport
    from healthmate_desktop.ui.gate import OpenVault

RECENT = 300  # events about the safety of the vault that are looked through for the recovery key


@dataclass(frozen=True, slots=True)
class _Line:
    """A fact, who is told it, and where its next step is taken: the key of a tab."""

    key: str
    icon: str
    title: str  # until it is known
    step: str
    tab: str
    needs: Action | None = None


_LINES = (
    _Line("locking", "clock", "When the vault locks", "Change", "locking"),
    _Line("backup", "backup", "Backups", "Back up", "backup", Action.BACKUP),
    _Line("drill", "check", "Whether a backup opens", "Check one", "backup", Action.BACKUP),
    _Line("recovery", "key", "The recovery key", "Make a new one", "recovery", Action.KEYS),
    _Line("attempts", "lock", "Failed attempts", "See the log", "sign_in", Action.LOG),
    _Line("emergencies", "alert", "Emergencies", "See them", "users", Action.USERS),
    _Line("log", "log", "Checking the log", "Check it again", "check", Action.LOG),
    _Line("protections", "shield", "Protections", "See them", "protections"),
)


class OverviewTab(QWidget):
    """Read anew each time it is shown; the log is checked once. `tab_wanted` carries the key of another tab."""

    tab_wanted = Signal(str)

    def __init__(self, vault: OpenVault, tasks: TaskRunner, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._vault, self._tasks, self._now = vault, tasks, now
        self._log_asked = False
        self._known: set[str] = set()  # lines that were found out
        self._summary = Text("", "heading", wrap=True)
        self._card = Card(padding=Space.L, spacing=0)
        self._card.add(self._summary, Space.S)
        self.lines: dict[str, StateLine] = {}
        for line in _LINES:
            if line.needs is None or vault.session.may(line.needs):
                self._add(line)
        if "emergencies" in self.lines:
            self.lines["emergencies"].hide()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(page(self._card, 0))
        self._sum_up()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._read()

    def show_log(self, report: VerifyReport) -> None:
        """What a check of the log found, here or on its own tab."""
        self._log_asked = True
        self._show("log", states.log(report))

    # --- how it is made ---

    def _add(self, line: _Line) -> None:
        step = line.step
        if line.key == "locking" and not self._vault.session.may(Action.SETTINGS):
            step = "See it"
        shown = StateLine(line.icon, line.title, step, ruled=bool(self.lines))
        shown.button.clicked.connect(lambda: self.tab_wanted.emit(line.tab))
        self._card.add(shown)
        self.lines[line.key] = shown

    # --- what is shown ---

    def _read(self) -> None:
        vault = self._vault
        self._ask(["locking"], vault.policy.get, lambda found: [states.locking(found)])
        self._ask(["protections"], vault.protections, lambda found: [states.protections(found)])
        if "attempts" in self.lines:
            self._show("attempts", states.attempts(vault.news.failed_attempts))
        if "backup" in self.lines:
            self._ask(["backup", "drill"], self._find_backup, list)
        if "recovery" in self.lines:
            wanted = AuditFilter(kind="safety", limit=RECENT)
            self._ask(
                ["recovery"],
                lambda: vault.log.events(wanted),
                lambda found: [states.recovery(found)],
            )
        if "emergencies" in self.lines:
            self._ask(
                ["emergencies"],
                vault.users.emergencies,
                lambda found: [states.emergencies(found)],
            )
        if "log" in self.lines and not self._log_asked:
            self._log_asked = True
            self._tasks.run(
                lambda: vault.log.verify(deep=False),
                owner=self,
                lane=Lane.IO,
                on_success=self.show_log,
                on_error=lambda error: self._show_unknown("log", error),
            )

    def _find_backup(self) -> tuple[State, State]:
        """Off the GUI thread."""
        plan, now = self._vault.backup.plan(), self._now()
        due = states.next_due(self._vault.backup.due, now) if plan.folder else None
        return states.backup(plan, due, now), states.drill(plan, now)

    def _ask(
        self,
        keys: list[str],
        find: Callable[[], Any],
        said_of: Callable[[Any], list[State]],
    ) -> None:
        def show(found: Any) -> None:
            for key, state in zip(keys, said_of(found), strict=True):
                self._show(key, state)

        def show_unknown(error: Exception) -> None:
            for key in keys:
                self._show_unknown(key, error)

        self._tasks.run(find, owner=self, lane=Lane.IO, on_success=show, on_error=show_unknown)

    def _show(self, key: str, state: State) -> None:
        self._known.add(key)
        line = self.lines[key]
        line.say(state.title, state.detail, look=state.look, step=state.step)
        if key == "emergencies":
            line.setVisible(state.look)
        self._sum_up()

    def _show_unknown(self, key: str, error: Exception) -> None:
        title = next(line.title for line in _LINES if line.key == key)
        self._show(key, State(f"{title}: this could not be found out", words_of(error), look=True))

    def _sum_up(self) -> None:
        if len(self._known) < len(self.lines):
            self._summary.say("Looking at what holds right now")
            return
        count = sum(line.needs_look for line in self.lines.values())
        things = counted(count, "thing needs", "things need")
        self._summary.say(f"{things} a look" if count else "Nothing needs a look")
