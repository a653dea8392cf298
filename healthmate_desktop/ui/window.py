"""The main window: locked, being set up, or open on one vault."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from healthmate_desktop.errors import HealthMateError, VaultReadOnly
from healthmate_desktop.ui.choices import Choices
from healthmate_desktop.ui.notices import Notices
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.unlock.unlock import UnlockScreen
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import words_of
from healthmate_desktop.ui.widgets.focus import FocusRing
from healthmate_desktop.ui.widgets.layout import column

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.paths import Paths
    from healthmate_desktop.settings import Settings
    from healthmate_desktop.ui.changes import Changes
    from healthmate_desktop.ui.drafts import Drafts
    from healthmate_desktop.ui.gate import Gate, OpenVault
    from healthmate_desktop.ui.lock_clock import LockClock
    from healthmate_desktop.ui.lock_watch import LockWatch
    from healthmate_desktop.ui.locked import Ending
    from healthmate_desktop.ui.shell import Shell
    from healthmate_desktop.ui.unlock.create import CreateScreen
    from healthmate_desktop.ui.unlock.page import DoorPage

    Screen = DoorPage | Shell

SMALLEST, USUAL = QSize(1180, 680), QSize(1366, 768)
PREPARE_AFTER_MS = 200
GONE_MS = 1900  # from the lock until everything is forgotten, whatever is still under way


class MainWindow(QMainWindow):
    """One vault at a time. Its title never says whose."""

    def __init__(  # noqa: PLR0913, PLR0917 - what it joins
        self,
        paths: Paths,
        settings: Settings,
        tasks: TaskRunner,
        changes: Changes,
        gate: Gate,
        because: str = "",
        clock: LockClock | None = None,
    ) -> None:
        """`because` says why the vault was locked before this start. `clock` is what the lock measures with."""
        super().__init__()
        self._paths, self._gate, self._clock = paths, gate, clock
        self._tasks, self._changes = tasks, changes
        self._choices = Choices(paths.settings, settings, tasks, self)
        self._choices.changed.connect(self._on_choice)
        self._screen: Screen | None = None
        self._vault: OpenVault | None = None
        self._watch: LockWatch | None = None
        self._drafts: Drafts | None = None
        self._ending: Ending | None = None
        self._several = self._leaving = self._forgetting = False
        self.because = because
        self.setWindowTitle("HealthMate")
        self.setMinimumSize(SMALLEST)
        self.resize(USUAL)
        self.notices, self._stack = Notices(), QStackedWidget()
        body = QWidget()
        body.setProperty("kind", "canvas")
        body.setLayout(column(self.notices, self._stack, spacing=0))
        self.setCentralWidget(body)
        self._ring = FocusRing(self)
        for keys, step in (("Ctrl++", 1), ("Ctrl+=", 1), ("Ctrl+-", -1)):
            QShortcut(QKeySequence(keys), self, partial(self._choices.scale_text, step))
        tasks.went_wrong.connect(self._on_went_wrong)
        self.show_door()

    @property
    def screen_shown(self) -> Screen | None:
        """What fills the window."""
        return self._screen

    @property
    def busy(self) -> bool:
        """Whether work is under way."""
        return self._tasks.busy

    def show_door(self) -> None:
        """The locked window, or the set-up where there is no vault yet."""
        door: UnlockScreen | CreateScreen
        if self._gate.exists():
            door = UnlockScreen(self._settings, self._tasks, self._gate, self.because)
            door.recovered.connect(self._on_recovered)
        else:
            from healthmate_desktop.ui.unlock.create import CreateScreen

            door = CreateScreen(self._settings, self._tasks, self._gate)
        door.opened.connect(self._on_opened)
        door.restored.connect(self._on_restored)
        door.settings_changed.connect(self._choices.change)
        self._show(door)

    def prepare(self, load: Callable[[], None]) -> None:
        """Import in the background what an open vault needs, once the locked window is there."""
        QTimer.singleShot(
            PREPARE_AFTER_MS, self, lambda: self._tasks.run(load, owner=self, lane=Lane.MODEL)
        )

    def show_error(self, error: Exception) -> None:
        """What no screen handled."""
        if not isinstance(error, VaultReadOnly):  # said already, by `_on_went_wrong`
            self.notices.say("error", words_of(error))

    # --- locking ---

    def lock(self, because: str = "asked") -> None:
        """Cover the records at once; then, unseen, keep the drafts, close the vault and forget everything."""
        if (vault := self._vault) is None:
            return
        from healthmate_desktop.ui.locked import Ending, clear_traces, close_others

        vault.importing.suspend()  # what is stopped from here on goes on after the next unlock
        self._vault, self.because, self._forgetting = None, because, True
        self._ending = Ending([*self._unsaved(), self._choices.save_now], self._gate.close)
        self._stop_watching()
        self._changes.blockSignals(True)  # else screens on their way out would read again
        close_others(self)
        self.notices.clear()
        self.show_door()
        self._show_closing(closing=True)
        self.repaint()  # covered from here on
        clear_traces()
        self._tasks.stop_all(timeout_s=0)
        self._tasks.run(
            self._ending.run,
            owner=self,
            lane=Lane.DRAFT,
            on_finished=self._on_closed,
        )
        del vault
        QTimer.singleShot(GONE_MS, self, self._forget)  # whatever does not end: with the process

    def _unsaved(self) -> list[Callable[[], None]]:
        """Work that saves the words being typed."""
        return [] if self._drafts is None else [self._drafts.take()]

    def _stop_watching(self) -> None:
        if self._watch is not None:
            self._watch.drop()
        self._watch = self._drafts = None

    def _on_closed(self) -> None:
        self._forget()
        self._show_closing(closing=False)

    def _forget(self) -> None:
        """Once for each lock. Where it is not replaced, the process goes on with a closed vault."""
        if not self._forgetting or self._leaving:
            return
        self._forgetting = False
        try:
            self._gate.forget()
        except HealthMateError as error:
            self.notices.say("warn", words_of(error))

    @property
    def _settings(self) -> Settings:
        return self._choices.settings

    def _on_choice(self, settings: Settings) -> None:
        if self._screen is not None:
            self._screen.show_settings(settings)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.hide()  # what is under way may need a moment to stop
        self._leaving = True
        if self._vault is not None:
            from healthmate_desktop.ui.locked import Ending, clear_traces

            self._vault.importing.suspend()
            clear_traces()
            self._ending = Ending(self._unsaved(), self._gate.close)
            self._stop_watching()
            self._ending.run()  # first, for work that waits for a child ends with it
        self._tasks.shutdown()
        if self._ending is not None:
            self._ending.run()  # of a lock that was just under way
        self._gate.close()  # again, for a vault that was just being opened
        self._choices.save_now()
        if self._screen is not None:
            self._screen.deleteLater()  # with its timers
            self._screen = None
        super().closeEvent(event)

    # --- opening ---

    def _on_opened(self, vault: OpenVault) -> None:
        self._begin_session(vault)
        self._enter(vault)

    def _on_recovered(self, vault: OpenVault) -> None:
        from healthmate_desktop.ui.unlock.after import NewPassphraseScreen

        self._begin_session(vault)
        screen = NewPassphraseScreen(self._settings, self._tasks, self._gate, vault)
        screen.done.connect(lambda: self._enter(vault))
        screen.lock_pressed.connect(self.lock)
        screen.settings_changed.connect(self._choices.change)
        self._show(screen)

    def _on_restored(self, words: str) -> None:
        self.because = ""
        self.show_door()
        self.notices.say("info", words)

    def _begin_session(self, vault: OpenVault) -> None:
        """From here on it is watched over, also while a page stands before the records."""
        from healthmate_desktop.ui.lock_clock import system_clock
        from healthmate_desktop.ui.lock_watch import LockWatch

        self.notices.clear()
        self._changes.blockSignals(False)
        self._vault, self.because = vault, ""
        self._several = isinstance(self._screen, UnlockScreen) and len(self._screen.names) > 1
        clock = self._clock or system_clock()
        self._watch = LockWatch(self, vault.policy, self._tasks, clock)
        self._watch.due.connect(self.lock)

    def _enter(self, vault: OpenVault) -> None:
        if self._vault is not vault:  # locked meanwhile
            return
        if vault.news.older:
            from healthmate_desktop.ui.unlock.after import OlderVaultScreen

            screen = OlderVaultScreen(self._settings, self._tasks, vault)
            screen.done.connect(lambda: self._show_shell(vault))
            screen.lock_pressed.connect(self.lock)
            screen.settings_changed.connect(self._choices.change)
            self._show(screen)
        else:
            self._show_shell(vault)

    def _show_shell(self, vault: OpenVault) -> None:
        from healthmate_desktop.ui.drafts import Drafts
        from healthmate_desktop.ui.shell import Shell

        if self._vault is not vault:
            return
        self._drafts = Drafts(vault.drafts, self._tasks, self)
        self._drafts.failed.connect(self.show_error)
        shell = Shell(
            vault,
            self._settings,
            self._paths.data,
            self._tasks,
            self._changes,
            self._drafts,
            gate=self._gate,
            several=self._several,
        )
        shell.lock_pressed.connect(self.lock)
        shell.switch_pressed.connect(partial(self.lock, "switch"))
        shell.settings_changed.connect(self._choices.change)
        if self._watch is not None:
            shell.policy_changed.connect(self._watch.guard.hold_to)
        self._tell_news(vault, shell)
        self._show(shell)
        shell.start()

    def _tell_news(self, vault: OpenVault, shell: Shell) -> None:
        from healthmate_desktop.domain.sessions import Action
        from healthmate_desktop.ui.news import told_of

        told = told_of(
            vault.news,
            older_header=vault.from_previous_header,
            may_look_into_log=vault.session.may(Action.LOG),
        )
        for kind, words in told:
            actions = []
            if vault.news.emergencies and "emergency" in words:
                look = Button("Go to Safety", size="small")
                look.clicked.connect(partial(shell.go, "safety"))
                actions.append(look)
            self.notices.say(kind, words, *actions)

    def _on_went_wrong(self, error: Exception) -> None:
        """Whoever did it says what failed; that nothing at all is saved any more is said above every screen."""
        if isinstance(error, VaultReadOnly) and self._vault is not None:
            lock = Button("Lock now", size="small")
            lock.clicked.connect(partial(self.lock, "asked"))
            self.notices.say("error", words_of(error), lock)

    def _show(self, screen: Screen) -> None:
        before, self._screen = self._screen, screen
        self._stack.addWidget(screen)
        self._stack.setCurrentWidget(screen)
        screen.setFocus()
        if before is not None:
            self._stack.removeWidget(before)
            before.deleteLater()

    def _show_closing(self, *, closing: bool) -> None:
        if isinstance(self._screen, UnlockScreen):
            self._screen.show_closing(closing=closing)
