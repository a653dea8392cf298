"""First start: a passphrase, the recovery key shown once and typed back, then the vault opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.unlock.new_passphrase import NewPassphraseFields, PassphraseStep
from healthmate_desktop.ui.unlock.page import WIDTH, DoorPage
from healthmate_desktop.ui.unlock.recovery_key import RecoveryKeyStep
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import words_of
from healthmate_desktop.ui.widgets.layout import row

if TYPE_CHECKING:
    from healthmate_desktop.settings import Settings
    from healthmate_desktop.ui.gate import Gate
    from healthmate_desktop.ui.unlock.restore import RestorePanel

WHY = (
    "It locks everything you keep here. Use at least 12 letters: several words that do not belong together are good. "
    "Nobody can reset it for you."
)


class CreateScreen(DoorPage):
    """Two steps: passphrase, then recovery key; or a backup instead. `opened` carries the OpenVault."""

    opened = Signal(object)
    restored = Signal(str)

    def __init__(self, settings: Settings, tasks: TaskRunner, gate: Gate) -> None:
        super().__init__(settings)
        self._tasks, self._gate = tasks, gate
        self._passphrase = ""
        fields = NewPassphraseFields(gate.suggest, gate.strength, tasks)
        self.passphrase = PassphraseStep(
            "Choose a passphrase", WHY, "Make my vault", "Making your vault", fields
        )
        self.passphrase.submitted.connect(self._on_submitted)
        self.key: RecoveryKeyStep | None = None
        self.restore: RestorePanel | None = None
        self.to_restore = Button("Restore a backup instead", "quiet", size="small")
        self.to_restore.clicked.connect(self._on_restore)
        self.lay(self.passphrase, row(0, self.to_restore, 0))

    def _on_restore(self) -> None:
        if self.restore is None:
            from healthmate_desktop.ui.unlock.restore import RestorePanel

            self.restore = RestorePanel(self._gate.restore, self._tasks, replaces=False)
            self.restore.left.connect(self._on_restore_left)
            self.restore.restored.connect(self.restored)
        self.passphrase.fields.clear()
        self.to_restore.hide()
        self.show_card(self.restore)

    def _on_restore_left(self) -> None:
        self.to_restore.show()
        self.show_card(self.passphrase)

    def _on_submitted(self, passphrase: str) -> None:
        self.passphrase.show_busy(busy=True)
        self.to_restore.setEnabled(False)
        self._passphrase = passphrase
        self._tasks.run(
            lambda: self._gate.create(passphrase),
            owner=self,
            lane=Lane.IO,
            on_success=self._show_key,
            on_error=self._show_not_made,
        )

    def _show_key(self, recovery_key: str) -> None:
        self.to_restore.hide()
        self.key = RecoveryKeyStep(recovery_key, WIDTH)
        self.key.verified.connect(self._on_verified)
        self.show_card(self.key)
        self.drop_card(self.passphrase)

    def _show_not_made(self, error: Exception) -> None:
        self._passphrase = ""
        self.to_restore.setEnabled(True)
        self.passphrase.show_busy(busy=False)
        self.passphrase.show_error(words_of(error))

    def _on_verified(self) -> None:
        passphrase = self._passphrase
        self._tasks.run(
            lambda: self._gate.unlock(passphrase, ""),
            owner=self,
            lane=Lane.IO,
            on_success=self.opened.emit,
            on_error=self._show_not_opened,
        )

    def _show_not_opened(self, error: Exception) -> None:
        if self.key is not None:
            self.key.show_error(words_of(error))
