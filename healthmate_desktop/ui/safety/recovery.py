"""The recovery key made anew, and all keys renewed. Both are confirmed with the passphrase."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from healthmate_desktop.domain.text import counted
from healthmate_desktop.errors import WrongPassphrase
from healthmate_desktop.ui.safety.banner_spot import BannerSpot
from healthmate_desktop.ui.safety.confirming import ConfirmForm
from healthmate_desktop.ui.safety.work import Ends, Step, Work, busy_words
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.unlock.recovery_key import RecoveryKeyStep
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.changing import Changing
from healthmate_desktop.ui.widgets.feedback import words_of
from healthmate_desktop.ui.widgets.layout import Card, page, row
from healthmate_desktop.ui.widgets.section import SectionHeader
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from healthmate_desktop.services.keys import KeyService, RenewalReport

WIDTH = 560
_KEY = (
    "It opens everything if a passphrase is lost, and it opens every backup. "
    "Make a new one if yours is lost, or if someone may have seen it. "
    "From then on the one before opens nothing here; backups made before still open with it."
)
_RENEW = (
    "Do this when someone left who could sign in, when a computer, disk or stick with these records was lost, "
    "or when someone may know a passphrase or key. Everything is encrypted anew with new keys."
)
_RENEW_AFTER = (
    "It takes some minutes and can't be stopped once it has begun. If the power fails or HealthMate is closed, "
    "it goes on after the next unlock. Passphrases stay as they are. Backups made before still open with the keys "
    "of then: make a new one afterwards and delete those."
)


class RecoveryTab(QWidget):
    """`tab_wanted` carries the key of another tab."""

    tab_wanted = Signal(str)

    def __init__(self, keys: KeyService, tasks: TaskRunner) -> None:
        super().__init__()
        self._keys, self._tasks = keys, tasks
        self._said, self.work, self._key = BannerSpot(), Work(tasks), Changing()
        self.new_key = ConfirmedCard("Recovery key", (_KEY,), "Make a new recovery key", "key")
        self.renewal = ConfirmedCard("All keys", (_RENEW, _RENEW_AFTER), "Renew all keys", "shield")
        self.new_key.confirmed.connect(self._on_new_key)
        self.renewal.confirmed.connect(self._on_renew)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        holder = row(0, self._key, 0)
        self._key.hide()
        self._page = page(self._said, self.work, holder, self.new_key, self.renewal, 0)
        box.addWidget(self._page)

    # --- the recovery key ---

    def _on_new_key(self, passphrase: str) -> None:
        self._said.clear()
        self.new_key.form.show_busy(busy_words(self._tasks, "Checking the passphrase"))
        self._tasks.run(
            lambda: self._keys.new_recovery_key(passphrase),
            owner=self,
            lane=Lane.VAULT,
            on_success=self._show_new_key,
            on_error=partial(_show_at, self.new_key),
        )

    def _show_new_key(self, key: str) -> None:
        self.new_key.close_form()
        self._show_key(
            key,
            "This is your new recovery key",
            "From now on only this one counts; the one before opens nothing here any more. "
            "Write it down before you go on.",
        )

    def _show_key(self, key: str, title: str, detail: str) -> None:
        """Nothing else on this tab until it was typed back."""
        self._said.say("warn", title, detail, close=False)
        step = RecoveryKeyStep(key, WIDTH, "I have it")
        step.verified.connect(self._on_verified)
        self._key.show_part(step)
        self._key.show()
        for card in (self.new_key, self.renewal):
            card.hide()
        self._page.verticalScrollBar().setValue(0)
        step.setFocus()

    def _on_verified(self) -> None:
        self._key.show_part(None)
        self._key.hide()
        for card in (self.new_key, self.renewal):
            card.show()
        self._offer_backup(
            "The new recovery key holds",
            "Keep it away from this computer. Backups made before open with the old key only: "
            "make a new backup, so that this key opens it.",
        )

    # --- all keys ---

    def _on_renew(self, passphrase: str) -> None:
        self._said.clear()
        self.renewal.close_form()
        self.renewal.open.setEnabled(False)
        self.new_key.open.setEnabled(False)
        self._page.verticalScrollBar().setValue(0)
        self.work.start(
            "Renewing all keys",
            lambda: self._keys.renew(passphrase),
            Lane.VAULT,
            _step,
            Ends(self._show_renewed, self._show_not_renewed),
        )

    def _show_renewed(self, report: RenewalReport) -> None:
        self._end()
        documents = counted(report.documents, "document was", "documents were")
        done = f"The database and {documents} encrypted anew."
        if report.recovery_key is not None:
            self._show_key(
                report.recovery_key,
                "All keys are new, and so is the recovery key",
                f"{done} The recovery key before is too old to be kept, so here is a new one. "
                "Write it down before you go on.",
            )
            return
        self._offer_backup(
            "All keys are new",
            f"{done} Make a backup now and delete the older ones: they still open with the keys before.",
        )

    def _show_not_renewed(self, error: Exception) -> None:
        self._end()
        if isinstance(error, WrongPassphrase):
            self.renewal.open_form()
            _show_at(self.renewal, error)
        else:
            self._said.say_failed("The keys were not renewed to the end", error)

    def _end(self) -> None:
        self.renewal.open.setEnabled(True)
        self.new_key.open.setEnabled(True)

    def _offer_backup(self, title: str, detail: str) -> None:
        backup = Button("Make a backup", size="small")
        backup.clicked.connect(lambda: self.tab_wanted.emit("backup"))
        self._said.say("info", title, detail, backup)


class ConfirmedCard(Card):
    """What it does, and a form that opens on request. `confirmed` carries the passphrase."""

    confirmed = Signal(str)

    def __init__(self, title: str, words: tuple[str, ...], act: str, icon: str) -> None:
        super().__init__(padding=Space.L, spacing=Space.M)
        self.open = Button(act, icon=icon)
        self.open.clicked.connect(self.open_form)
        self.form = ConfirmForm(act)
        self.form.confirmed.connect(self.confirmed)
        self.form.left.connect(self.close_form)
        self.add(SectionHeader(title, "", self.open))
        for paragraph in words:
            self.add(Text(paragraph, "small", "text_soft", wrap=True))
        self.add(self.form)
        self.form.hide()

    def open_form(self) -> None:
        self.open.hide()
        self.form.show()
        self.form.setFocus()

    def close_form(self) -> None:
        """Forget what was typed."""
        self.form.reset()
        self.form.hide()
        self.open.show()
        self.open.setFocus()


def _show_at(card: ConfirmedCard, error: Exception) -> None:
    """At the field of the form."""
    if isinstance(error, WrongPassphrase):
        card.form.show_error("That is not your passphrase. Nothing was changed.")
    else:
        card.form.show_error(words_of(error))


def _step(progress: tuple[int, int]) -> Step:
    done, total = progress
    how_far = f"{done:,} of {counted(total, 'document', 'documents')}"
    return Step(done, total, f"{how_far}. It goes on after a power cut.")
