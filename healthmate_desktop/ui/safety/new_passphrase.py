"""A passphrase being chosen: typed twice, with a suggestion of six words and how strong it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.layout import column, row
from healthmate_desktop.ui.widgets.text import Text
from healthmate_desktop.ui.widgets.unlock import PassphraseField

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.ui.gate import Strength


@dataclass(frozen=True, slots=True)
class PassphraseAdvice:
    """What helps to choose a good one; both are quick."""

    suggest: Callable[[], str]  # six words drawn at random
    strength: Callable[[str], Strength]


class NewPassphrase(QFrame):
    """`submitted` when Enter is pressed in the second field; ask `checked` for what was typed."""

    submitted = Signal()

    def __init__(self, label: str, advice: PassphraseAdvice | None) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self._advice = advice
        self.first, self.second = PassphraseField(label), PassphraseField("The same again")
        self.suggest = Button("Suggest six words", "quiet", size="small", flush=True)
        self.suggest.clicked.connect(self._on_suggest)
        self._strength = Text("", "small", "text_soft", wrap=True)
        self._strength.hide()
        self.first.edit.textChanged.connect(self._show_strength)
        self.first.submitted.connect(self.second.setFocus)
        self.second.submitted.connect(self.submitted)
        line = row(self.suggest, 0)
        self.setLayout(column(self.first, self._strength, line, self.second, spacing=Space.S))
        self.suggest.setVisible(advice is not None)
        self.setFocusProxy(self.first)

    def checked(self) -> str:
        """What was typed; "" where something is amiss, which is then said at the field."""
        if not self.first.text():
            self.show_error("Choose a passphrase first.")
            return ""
        if self.first.text() != self.second.text():
            self.second.show_error("The two differ. Type the same passphrase again.")
            self.second.edit.setFocus()
            self.second.edit.selectAll()
            return ""
        return self.first.text()

    def show_error(self, message: str) -> None:
        self.first.show_error(message)
        self.first.edit.setFocus()

    def clear(self) -> None:
        """Forget what was typed."""
        self.first.clear()
        self.second.clear()

    def _on_suggest(self) -> None:
        """Shown to be written down, and still typed once more, so that it was read."""
        if self._advice is None:
            return
        self.clear()
        self.first.edit.setText(self._advice.suggest())
        self.first.toggle.click()
        self.second.edit.setFocus()

    def _show_strength(self, typed: str) -> None:
        words = self._advice.strength(typed).words if self._advice is not None and typed else ""
        self._strength.say(words)
        self._strength.setVisible(bool(words))
