"""When the vault locks, what happens then, and the passphrase of who is signed in."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from healthmate_desktop.domain.sessions import Action, LockPolicy
from healthmate_desktop.domain.text import counted
from healthmate_desktop.ui.safety.passphrase import PassphraseCard
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.changing import Changing
from healthmate_desktop.ui.widgets.controls import Segments
from healthmate_desktop.ui.widgets.feedback import FieldError, words_of
from healthmate_desktop.ui.widgets.layout import Card, Rule, column, page, row
from healthmate_desktop.ui.widgets.section import SectionHeader
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent
    from PySide6.QtWidgets import QHBoxLayout

    from healthmate_desktop.services.policy import PolicyService
    from healthmate_desktop.ui.gate import OpenVault
    from healthmate_desktop.ui.safety.new_passphrase import PassphraseAdvice

MINUTES, HOURS = (5, 10, 15, 30, 60), (1, 4, 8, 12, 24)
_IDLE = "Keys, mouse and touch count as use. It warns 30 seconds before, and any key keeps it open"
_ALSO = (
    "The screen of this computer is locked, the computer goes to sleep, someone else signs in, or you press Lock. "
    "That can't be switched off."
)
_WHAT_HAPPENS = (
    ("The window is covered at once", "Nobody who passes by reads anything."),
    ("What you were writing is kept", "As a draft, encrypted. It is there again after you unlock."),
    (
        "Everything is forgotten",
        "HealthMate starts anew, so that nothing of the records stays in the memory of this computer.",
    ),
    ("Work under way goes on later", "After the next unlock, from where it was."),
)


class LockingTab(QWidget):
    """`policy_changed` carries the LockPolicy that was saved; `tab_wanted` the key of another tab."""

    lock_pressed = Signal()
    policy_changed = Signal(object)
    tab_wanted = Signal(str)

    def __init__(self, vault: OpenVault, tasks: TaskRunner, advice: PassphraseAdvice) -> None:
        super().__init__()
        session = vault.session
        may_change = session.may(Action.SETTINGS)
        self.when = WhenCard(vault.policy, tasks, may_change=may_change)
        self.when.policy_changed.connect(self.policy_changed)
        self.passphrase = PassphraseCard(
            vault.keys, tasks, advice, may_renew=session.may(Action.KEYS)
        )
        self.passphrase.renewal_wanted.connect(lambda: self.tab_wanted.emit("recovery"))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(page(self.when, self.passphrase, self._what_happens(), 0))

    def _what_happens(self) -> Card:
        lock = Button("Lock now", icon="lock")
        lock.setToolTip("Lock now (Ctrl L)")
        lock.clicked.connect(self.lock_pressed)
        card = Card(padding=Space.L, spacing=Space.M)
        card.add(SectionHeader("What happens when it locks", "", lock))
        for title, detail in _WHAT_HAPPENS:
            words = Text(detail, "small", "text_soft", wrap=True)
            card.add(Rule(), column(Text(title, "label", wrap=True), words, spacing=0))
        return card


class WhenCard(Card):
    """Each choice holds at once."""

    policy_changed = Signal(object)

    def __init__(self, policy: PolicyService, tasks: TaskRunner, *, may_change: bool) -> None:
        super().__init__(padding=Space.L, spacing=Space.M)
        self._policy, self._tasks = policy, tasks
        self._held = LockPolicy()
        self._error = FieldError()
        self.idle = NumberChoice("Locks without use after", MINUTES, ("minute", "minutes", "min"))
        self.session = NumberChoice("Locks at the latest after", HOURS, ("hour", "hours", "h"))
        for choice in (self.idle, self.session):
            choice.allow(allowed=may_change)
        self.idle.chosen.connect(lambda n: self._save(replace(self._held, idle_minutes=n)))
        self.session.chosen.connect(lambda n: self._save(replace(self._held, session_hours=n)))
        aside = "" if may_change else "An owner of this vault can change it"
        self.add(
            SectionHeader("When it locks by itself", aside),
            _labelled("When nobody has used it for", _IDLE, self.idle),
            Rule(),
            _labelled("At the latest after", "However busy you are", self.session),
            self._error,
            Rule(),
            column(Text("Also when", "label"), _soft(_ALSO), spacing=0),
        )

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tasks.run(
            self._policy.get,
            owner=self,
            lane=Lane.IO,
            on_success=self._show,
            on_error=self._show_error,
        )

    def _show(self, policy: LockPolicy) -> None:
        self._held = policy
        self.idle.show_number(policy.idle_minutes)
        self.session.show_number(policy.session_hours)

    def _save(self, policy: LockPolicy) -> None:
        self._error.say("")
        self._tasks.run(
            partial(self._policy.set, policy),
            owner=self,
            lane=Lane.IO,
            on_success=lambda _: self._show_saved(policy),
            on_error=self._show_error,
        )

    def _show_saved(self, policy: LockPolicy) -> None:
        self._show(policy)
        self.policy_changed.emit(policy)

    def _show_error(self, error: Exception) -> None:
        self._show(self._held)
        self._error.say(words_of(error))


class NumberChoice(Changing):
    """A number among a few usual ones; one that was set elsewhere is offered as well. `chosen` carries it."""

    chosen = Signal(int)

    def __init__(self, name: str, usual: tuple[int, ...], unit: tuple[str, str, str]) -> None:
        """`unit` is said of one, of several, and short."""
        super().__init__()
        self._name, self._usual, self._unit = name, usual, unit
        self._allowed = True
        self._offered: tuple[int, ...] = ()

    def allow(self, *, allowed: bool) -> None:
        """Whether it can be chosen here; otherwise it is only said."""
        self._allowed = allowed

    def show_number(self, number: int) -> None:
        """As chosen, without the signal."""
        offered = tuple(sorted({*self._usual, number}))
        if isinstance(self.part, Segments) and offered == self._offered:
            self.part.choose(str(number))
            return
        self._offered = offered
        self.show_part(self._segments(number) if self._allowed else self._said(number))

    def _segments(self, number: int) -> Segments:
        options = [(str(n), f"{n} {self._unit[2]}") for n in self._offered]
        segments = Segments(self._name, options, str(number))
        segments.chosen.connect(lambda key: self.chosen.emit(int(key)))
        return segments

    def _said(self, number: int) -> Text:
        return Text(counted(number, *self._unit[:2]), "label")


def _labelled(label: str, note: str, control: QWidget) -> QHBoxLayout:
    line = row(spacing=Space.L)
    line.addLayout(column(0, Text(label, "label", wrap=True), _soft(note), 0, spacing=0), 1)
    line.addWidget(control)
    return line


def _soft(words: str) -> Text:
    return Text(words, "small", "text_soft", wrap=True)
