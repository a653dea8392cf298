"""Change of the passphrase of who is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from healthmate_desktop.errors import WrongPassphrase
from healthmate_desktop.ui.safety.banner_spot import BannerSpot
from healthmate_desktop.ui.safety.confirming import FIELD_WIDTH
from healthmate_desktop.ui.safety.work import busy_words
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import words_of
from healthmate_desktop.ui.widgets.layout import Card, column, row
from healthmate_desktop.ui.widgets.section import SectionHeader
from healthmate_desktop.ui.widgets.text import Text
from healthmate_desktop.ui.widgets.unlock import PassphraseField

if TYPE_CHECKING:
    from healthmate_desktop.services.keys import KeyService
    from healthmate_desktop.ui.safety.new_passphrase import PassphraseAdvice

_OLD_BACKUPS = "A backup made before still opens with the passphrase you have now. "
_MAY_RENEW = "If someone else may know it, renew all keys afterwards and delete the older backups."
_MAY_NOT_RENEW = "If someone else may know it, tell an owner of this vault, who can renew all keys."


class PassphraseCard(Card):
    """The form opens on request. `renewal_wanted` asks for the renewal of all keys."""

    renewal_wanted = Signal()

    def __init__(
        self,
        keys: KeyService,
        tasks: TaskRunner,
        advice: PassphraseAdvice,
        *,
        may_renew: bool,
    ) -> None:
        super().__init__(padding=Space.L, spacing=Space.M)
        self._keys, self._tasks, self._may_renew = keys, tasks, may_renew
        self.change = Button("Change passphrase", icon="key")
        self.change.clicked.connect(self._on_open)
        self._said = BannerSpot()
        self.old = PassphraseField("Passphrase you have now")
        self.new = advice.fields("New passphrase", tasks)
        self.old.submitted.connect(self.new.setFocus)
        self.new.submitted.connect(self._on_chosen)
        self.save, self.leave = Button("Change it", "primary"), Button("Leave as it is")
        self.save.clicked.connect(self._on_submit)
        self.leave.clicked.connect(self._close)
        self._form = self._make_form()
        self.add(SectionHeader("Your passphrase", "", self.change), self._said)
        words = _OLD_BACKUPS + (_MAY_RENEW if may_renew else _MAY_NOT_RENEW)
        self.add(Text(words, "small", "text_soft", wrap=True), self._form)
        self._form.hide()

    def _make_form(self) -> QFrame:
        form, fields = QFrame(), QFrame()
        for part in (form, fields):
            part.setProperty("kind", "row")
        heading = Text("And the new one", "strong")
        fields.setLayout(column(self.old, Space.XS, heading, self.new, spacing=Space.M))
        fields.setFixedWidth(FIELD_WIDTH)
        buttons = row(self.save, self.leave, 0)
        form.setLayout(column(row(fields, 0), buttons, spacing=Space.L))
        return form

    def _on_open(self) -> None:
        self._said.clear()
        self.change.hide()
        self._form.show()
        self.old.setFocus()

    def _close(self) -> None:
        self.old.clear()
        self.new.clear()
        self._show_busy(busy=False)
        self._form.hide()
        self.change.show()
        self.change.setFocus()

    def _show_busy(self, *, busy: bool) -> None:
        for part in (self.old, self.new, self.save, self.leave):
            part.setEnabled(not busy)
        self.save.setText(busy_words(self._tasks, "Changing") if busy else "Change it")

    def _on_submit(self) -> None:
        if self._has_old():
            self.new.submit()

    def _has_old(self) -> bool:
        if not self.old.text():
            self.old.show_error("Type the passphrase you have now.")
            self.old.edit.setFocus()
        return bool(self.old.text())

    def _on_chosen(self, new: str) -> None:
        if not self._has_old():
            return
        old = self.old.text()
        self._show_busy(busy=True)
        self._tasks.run(
            lambda: self._keys.change_passphrase(old, new),
            owner=self,
            lane=Lane.VAULT,
            on_success=lambda _: self._show_changed(),
            on_error=self._show_error,
        )

    def _show_changed(self) -> None:
        self._close()
        renew = Button("Renew all keys", size="small")
        renew.clicked.connect(self.renewal_wanted)
        self._said.say(
            "info",
            "Your passphrase is changed",
            "The new one holds from now on. Backups made before still open with the old one.",
            *([renew] if self._may_renew else []),
        )

    def _show_error(self, error: Exception) -> None:
        self._show_busy(busy=False)
        if isinstance(error, WrongPassphrase):
            self.old.show_error("That is not your passphrase. Nothing was changed.")
            self.old.edit.setFocus()
            self.old.edit.selectAll()
        else:
            self.new.show_error(words_of(error))
