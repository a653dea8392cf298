"""Safety: how the vault locks, is backed up and recovered, who can sign in, the log, and what protects it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.ui.safety.backup import BackupTab
from healthmate_desktop.ui.safety.figures import now
from healthmate_desktop.ui.safety.locking import LockingTab
from healthmate_desktop.ui.safety.log import LogTab
from healthmate_desktop.ui.safety.overview import OverviewTab
from healthmate_desktop.ui.safety.protections import ProtectionsTab
from healthmate_desktop.ui.safety.recovery import RecoveryTab
from healthmate_desktop.ui.safety.users import UsersTab
from healthmate_desktop.ui.theme import Size, Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.controls import Segments
from healthmate_desktop.ui.widgets.layout import Header, centred, column, row

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from healthmate_desktop.ui.changes import Changes
    from healthmate_desktop.ui.gate import OpenVault
    from healthmate_desktop.ui.safety.new_passphrase import PassphraseAdvice
    from healthmate_desktop.ui.tasks import TaskRunner

# Key, words, and what the role has to include; None = everyone's.
TABS: tuple[tuple[str, str, Action | None], ...] = (
    ("overview", "Overview", None),
    ("locking", "Locking", None),
    ("backup", "Backup", Action.BACKUP),
    ("recovery", "Recovery", Action.KEYS),
    ("users", "Who can sign in", Action.USERS),
    ("log", "Log", Action.LOG),
    ("protections", "Protections", None),
)


class SafetyScreen(QWidget):
    """Needs no person, and goes on working while another place is shown: keep it as long as the vault is open.

    `policy_changed` carries the LockPolicy that holds from now on.
    """

    lock_pressed = Signal()
    policy_changed = Signal(object)

    def __init__(
        self,
        vault: OpenVault,
        tasks: TaskRunner,
        changes: Changes,
        advice: PassphraseAdvice,
        clock: Callable[[], datetime] = now,
    ) -> None:
        super().__init__()
        self._vault, self._tasks, self._changes = vault, tasks, changes
        self._advice, self._clock = advice, clock
        shown = [
            (key, words) for key, words, needs in TABS if not needs or vault.session.may(needs)
        ]
        self.segments = Segments("Safety", shown, "overview")
        self.segments.chosen.connect(self.open_tab)
        self.tabs: dict[str, QWidget] = {}  # those that were opened
        self._keys = [key for key, _ in shown]
        self._stack = QStackedWidget()
        self._stack.setCurrentWidget(self._tab("overview"))
        header = Header("Safety", "What keeps these records yours, and who did what with them")
        top = QWidget()
        top.setLayout(column(header, row(self.segments, 0), spacing=Space.M))
        margins = (Space.XXL, Space.XL, Space.XXL, 0)
        head = column(centred(top, Size.PAGE_WIDTH), margins=margins)
        box = column(head, spacing=0)
        box.addWidget(self._stack, 1)
        self.setLayout(box)
        self._focus_segments()

    def open_tab(self, key: str) -> None:
        """By its key in `TABS`, "check" for the check of the log, or "sign_in" for those in the log."""
        place, key = key, "log" if key in {"check", "sign_in"} else key
        if key not in self._keys:
            return
        tab = self._tab(key)
        if isinstance(tab, LogTab):
            tab.open_place(place)
        self.segments.choose(key)
        self._stack.setCurrentWidget(tab)
        self._focus_segments()

    def _tab(self, key: str) -> QWidget:
        """Made when it is first opened: all at once would be felt."""
        if key not in self.tabs:
            self.tabs[key] = self._make(key)
            self._join(self.tabs[key])
            self._stack.addWidget(self.tabs[key])
        return self.tabs[key]

    def _make(self, key: str) -> QWidget:
        vault, tasks = self._vault, self._tasks
        make: dict[str, Callable[[], QWidget]] = {
            "overview": lambda: OverviewTab(vault, tasks, self._clock),
            "locking": lambda: LockingTab(vault, tasks, self._advice),
            "backup": lambda: BackupTab(vault.backup, tasks, self._clock),
            "recovery": lambda: RecoveryTab(vault.keys, tasks),
            "users": lambda: UsersTab(vault, tasks, self._advice),
            "log": lambda: LogTab(vault, tasks, self._changes, self._clock),
            "protections": lambda: ProtectionsTab(vault.protections, tasks),
        }
        return make[key]()

    def _join(self, tab: QWidget) -> None:
        """What it tells the others or the window."""
        if isinstance(tab, OverviewTab | LockingTab | RecoveryTab | UsersTab):
            tab.tab_wanted.connect(self.open_tab)
        if isinstance(tab, LockingTab | BackupTab):
            tab.lock_pressed.connect(self.lock_pressed)
        if isinstance(tab, LockingTab):
            tab.policy_changed.connect(self.policy_changed)
        overview = self.tabs["overview"]
        if isinstance(tab, LogTab) and isinstance(overview, OverviewTab):
            tab.checked.connect(overview.show_log)

    def _focus_segments(self) -> None:
        """The screen's focus is at the chosen tab."""
        chosen = next(b for b in self.segments.findChildren(Button) if b.isChecked())
        self.setFocusProxy(chosen)
