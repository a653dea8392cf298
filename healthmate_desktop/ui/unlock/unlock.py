"""Unlock. Says nothing about whose records these are, only the label that the owner chose."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal

from healthmate_desktop.errors import TooManyAttempts
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Size, Space
from healthmate_desktop.ui.unlock.page import DoorPage
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import words_of
from healthmate_desktop.ui.widgets.layout import row
from healthmate_desktop.ui.widgets.text import Icon, Text
from healthmate_desktop.ui.widgets.unlock import UnlockPanel

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QShowEvent

    from healthmate_desktop.settings import Settings
    from healthmate_desktop.ui.gate import Gate, OpenVault
    from healthmate_desktop.ui.unlock.forgot import ForgotPanel
    from healthmate_desktop.ui.unlock.recover import RecoveryPanel
    from healthmate_desktop.ui.unlock.restore import RestorePanel

LOOK_AFTER_MS = 200  # what reads key files is slow to load, and the window comes first
WHY = {
    "idle": "Locked because nothing was pressed for a while.",
    "limit": "Locked because the longest time unlocked was over.",
    "slept": "Locked because the computer went to sleep.",
    "away": "Locked because the screen was locked or someone else signed in.",
}


class UnlockScreen(DoorPage):
    """The passphrase, the recovery key or a backup. `opened` and `recovered` carry the OpenVault."""

    opened = Signal(object)
    recovered = Signal(object)  # with the recovery key: a new passphrase comes next
    restored = Signal(str)  # another vault is in its place now, in words

    def __init__(
        self, settings: Settings, tasks: TaskRunner, gate: Gate, because: str = ""
    ) -> None:
        super().__init__(settings)
        self._tasks, self._gate = tasks, gate
        self.names: list[str] = []
        self._seconds = 0
        self.panel = UnlockPanel(settings.vault_label or "Your records", WHY.get(because, ""))
        self.panel.submitted.connect(self._on_submitted)
        self.to_key = Button("Use the recovery key", "quiet", size="small")
        self.to_key.clicked.connect(self.show_recovery)
        self.to_forgot = Button("Forgot the passphrase?", "quiet", size="small")
        self.to_forgot.clicked.connect(self._on_forgot)
        self.panel.add(row(self.to_key, 0, self.to_forgot))
        self.recovery: RecoveryPanel | None = None
        self.forgot: ForgotPanel | None = None
        self.restore: RestorePanel | None = None
        self.to_restore = Button("Restore a backup", "quiet", size="small")
        self.to_restore.clicked.connect(self.show_restore)
        note = Text("Encrypted on this computer. Nothing is sent anywhere.", "small", "text_soft")
        shield = Icon("shield", "accent_text", Size.ICON_SMALL)
        self.lay(self.panel, row(0, shield, note, Space.S, self.to_restore, 0))
        self.countdown = QTimer(self, interval=1000)
        self.countdown.timeout.connect(self._on_second)
        self._first_look = QTimer(self, singleShot=True, interval=LOOK_AFTER_MS)
        self._first_look.timeout.connect(self.look_again)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._first_look.isActive():
            self._first_look.start()

    def show_closing(self, *, closing: bool) -> None:
        """Nothing can be opened while the vault that was open is being closed."""
        self._show_busy(busy=closing)
        if closing:
            self.panel.button.setText("Locking")
        else:
            self.setFocus()

    def look_again(self) -> None:
        """Read who can sign in, and whether one has to wait."""
        self._tasks.run(
            lambda: (self._gate.names(), self._gate.wait()),
            owner=self,
            lane=Lane.IO,
            on_success=lambda found: self._show_found(*found),
            on_error=lambda _: None,  # unlocking will say what is wrong
        )

    def show_recovery(self) -> None:
        """The field for the recovery key in the place of the passphrase."""
        if self.recovery is None:
            from healthmate_desktop.ui.unlock.recover import RecoveryPanel

            self.recovery = RecoveryPanel()
            self.recovery.submitted.connect(self._on_key_submitted)
            self.recovery.left.connect(self._show_passphrase)
            self.recovery.show_wait(self._seconds)
        self.panel.field.clear()
        self.show_card(self.recovery)

    def show_restore(self) -> None:
        """Put a backup in the place of these records."""
        if self.restore is None:
            from healthmate_desktop.ui.unlock.restore import RestorePanel

            self.restore = RestorePanel(self._gate.restore, self._tasks, replaces=True)
            self.restore.left.connect(self._show_passphrase)
            self.restore.restored.connect(self.restored)
        self.panel.field.clear()
        self.show_card(self.restore)
        self.to_restore.hide()

    def _on_forgot(self) -> None:
        if self.forgot is None:
            from healthmate_desktop.ui.unlock.forgot import ForgotPanel

            self.forgot = ForgotPanel(several=len(self.names) > 1)
            self.forgot.key_wanted.connect(self.show_recovery)
            self.forgot.restore_wanted.connect(self.show_restore)
            self.forgot.left.connect(self._show_passphrase)
        self.panel.field.clear()
        self.show_card(self.forgot)

    def _show_passphrase(self) -> None:
        self.show_card(self.panel)
        self.to_restore.show()

    def _show_found(self, names: list[str], seconds: int) -> None:
        self.names = names
        self.panel.ask_name(several=len(names) > 1)
        self._show_wait(seconds)

    # --- opening ---

    def _on_submitted(self, passphrase: str) -> None:
        name = self.panel.name
        self._open(lambda: self._gate.unlock(passphrase, name), self.opened.emit)

    def _on_key_submitted(self, recovery_key: str) -> None:
        self._open(lambda: self._gate.recover(recovery_key), self.recovered.emit)

    def _open(self, way: Callable[[], OpenVault], tell: Callable[[OpenVault], None]) -> None:
        self._show_busy(busy=True)
        self._tasks.run(
            way,
            owner=self,
            lane=Lane.IO,
            on_success=partial(self._show_open, tell),
            on_error=self._show_error,
        )

    def _show_busy(self, *, busy: bool) -> None:
        for part in (self.to_key, self.to_forgot, self.to_restore):
            part.setEnabled(not busy)
        self.panel.show_busy(busy=busy)
        if self.recovery is not None:
            self.recovery.show_busy(busy=busy)

    def _show_open(self, tell: Callable[[OpenVault], None], vault: OpenVault) -> None:
        self.panel.field.clear()
        if self.recovery is not None:
            self.recovery.clear()
        tell(vault)

    def _show_error(self, error: Exception) -> None:
        self._show_busy(busy=False)
        if self._cards.currentWidget() is self.recovery and self.recovery is not None:
            self.recovery.show_error(words_of(error))
        else:
            self.panel.show_error(words_of(error))
        if isinstance(error, TooManyAttempts):
            self._show_wait(error.seconds)
        else:
            self.look_again()

    # --- waiting after wrong passphrases ---

    def _show_wait(self, seconds: int) -> None:
        self._seconds = seconds
        self.panel.show_wait(seconds)
        if self.recovery is not None:
            self.recovery.show_wait(seconds)
        if seconds and not self.countdown.isActive():
            self.countdown.start()
        elif not seconds:
            self.countdown.stop()

    def _on_second(self) -> None:
        if self._seconds > 1:
            self._show_wait(self._seconds - 1)
        else:
            self.countdown.stop()
            self.look_again()  # the vault's own count is what holds
