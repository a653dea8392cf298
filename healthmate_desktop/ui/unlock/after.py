"""Between the door and the records: a new passphrase after the recovery key, and a vault older than it should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy

from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.unlock.new_passphrase import NewPassphraseFields, PassphraseStep
from healthmate_desktop.ui.unlock.page import WIDTH, DoorPage
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import FieldError, words_of
from healthmate_desktop.ui.widgets.layout import Card, beside, row
from healthmate_desktop.ui.widgets.text import Icon, Text

if TYPE_CHECKING:
    from healthmate_desktop.settings import Settings
    from healthmate_desktop.ui.gate import Gate, OpenVault


class NewPassphraseScreen(DoorPage):
    """The recovery key opened the vault; nothing is shown before there is a passphrase again."""

    done = Signal()
    lock_pressed = Signal()

    def __init__(self, settings: Settings, tasks: TaskRunner, gate: Gate, vault: OpenVault) -> None:
        super().__init__(settings)
        self._tasks, self._keys = tasks, vault.keys
        fields = NewPassphraseFields(gate.suggest, gate.strength, tasks)
        self.passphrase = PassphraseStep(
            "Choose a new passphrase",
            "The recovery key fits. From now on this passphrase opens these records, the lost one no longer does, and "
            "the recovery key stays as it is.",
            "Save and open my records",
            "Saving",
            fields,
        )
        self.passphrase.submitted.connect(self._on_submitted)
        self.lock = Button("Lock", "quiet", "lock", size="small")
        self.lock.clicked.connect(self.lock_pressed)
        self.lay(self.passphrase, row(0, self.lock, 0))

    def _on_submitted(self, passphrase: str) -> None:
        self.passphrase.show_busy(busy=True)
        self._tasks.run(
            lambda: self._keys.set_passphrase(passphrase),
            owner=self,
            lane=Lane.IO,
            on_success=lambda _: self.done.emit(),
            on_error=self._show_error,
        )

    def _show_error(self, error: Exception) -> None:
        self.passphrase.show_busy(busy=False)
        self.passphrase.show_error(words_of(error))


class OlderVaultScreen(DoorPage):
    """Blocks the way until someone decides."""

    done = Signal()
    lock_pressed = Signal()

    def __init__(self, settings: Settings, tasks: TaskRunner, vault: OpenVault) -> None:
        super().__init__(settings)
        self._tasks, self._log = tasks, vault.log
        self.lock = Button("Lock", "primary", "lock")
        self.use = Button("Use it all the same", "secondary")
        for button in (self.lock, self.use):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.lock.clicked.connect(self.lock_pressed)
        self.use.clicked.connect(self._on_use)
        self._error = FieldError()
        self.lay(self._card(may_use=vault.session.may(Action.KEYS)))

    def _card(self, *, may_use: bool) -> Card:
        card = Card(padding=Space.XXL, spacing=Space.M)
        card.setFixedWidth(WIDTH)
        title = Text("This vault is older than the one last used here", "heading", wrap=True)
        card.add(
            beside(Icon("alert", "warn", 24), title, Space.M),
            Text(
                "What is in it can be read, but what was added or changed after it is missing. Nothing was changed "
                "just now.",
                wrap=True,
            ),
            Text(
                "That is right if you put back an older copy of the folder yourself. If you did not, lock now and "
                "look for the newer folder: someone may have exchanged it.",
                "body",
                "text_soft",
                wrap=True,
            ),
            self._error,
            Space.XS,
            self.lock,
        )
        if may_use:
            card.add(self.use)
        else:
            words = "Only an owner of this vault can decide to use it all the same."
            card.add(Text(words, "small", "text_soft", wrap=True))
        card.setFocusProxy(self.lock)
        return card

    def _on_use(self) -> None:
        self.use.setEnabled(False)
        self._tasks.run(
            self._log.accept_older,
            owner=self,
            lane=Lane.IO,
            on_success=lambda _: self.done.emit(),
            on_error=self._show_error,
        )

    def _show_error(self, error: Exception) -> None:
        self.use.setEnabled(True)
        self._error.say(words_of(error))
