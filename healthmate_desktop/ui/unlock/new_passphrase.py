"""A new passphrase: typed twice or suggested, and how long it would hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import words_of
from healthmate_desktop.ui.widgets.layout import Card, column, row
from healthmate_desktop.ui.widgets.text import Text
from healthmate_desktop.ui.widgets.unlock import PassphraseField

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.ui.gate import Strength

WIDTH = 520
REST_MS = 250  # letters typed in one go are judged once
WEAK_BITS = 50
SUGGESTED = "Six words drawn by chance. Write them down and keep the paper where you keep papers."


class NewPassphraseFields(QWidget):
    """`submitted` carries it once both are the same. Whether it is strong enough, the vault decides."""

    submitted = Signal(str)

    def __init__(
        self, suggest: Callable[[], str], strength: Callable[[str], Strength], tasks: TaskRunner
    ) -> None:
        super().__init__()
        self._suggest, self._strength, self._tasks = suggest, strength, tasks
        self.first, self.second = PassphraseField("Passphrase"), PassphraseField("The same again")
        self.suggestion = Button("Suggest one", "quiet", size="small")
        self.suggestion.clicked.connect(self._on_suggest)
        self.note = Text(" ", "small", "text_soft", wrap=True)
        self.first.submitted.connect(self.second.setFocus)
        self.second.submitted.connect(self.submit)
        self._pause = QTimer(self, singleShot=True, interval=REST_MS)
        self._pause.timeout.connect(self._judge)
        self.first.edit.textEdited.connect(lambda _: self._pause.start())
        line = row(spacing=Space.M)
        line.addWidget(self.note, 1)
        line.addWidget(self.suggestion)
        self.setLayout(column(self.first, line, Space.XS, self.second, spacing=Space.S))
        self.setFocusProxy(self.first)

    def submit(self) -> None:
        if not self.first.text():
            self.show_error("Choose a passphrase first.")
        elif self.first.text() != self.second.text():
            self.second.show_error("The two differ. Type the same passphrase again.")
            self.second.edit.setFocus()
            self.second.edit.selectAll()
        else:
            self.submitted.emit(self.first.text())

    def show_busy(self, *, busy: bool) -> None:
        for part in (self.first, self.second, self.suggestion):
            part.setEnabled(not busy)

    def show_error(self, message: str) -> None:
        self.first.show_error(message)
        self.first.edit.setFocus()

    def clear(self) -> None:
        self.first.clear()
        self.second.clear()

    def _judge(self) -> None:
        if not (text := self.first.text()):
            self._say(" ")
            return
        self._tasks.run(
            lambda: self._strength(text),
            owner=self,
            lane=Lane.IO,
            on_success=lambda strength: self._show_strength(text, strength),
            on_error=lambda _: self._say(" "),  # what is wrong with it is said when it is used
        )

    def _show_strength(self, text: str, strength: Strength) -> None:
        if text == self.first.text():  # else it is of letters that were changed since
            self._say(strength.words, weak=strength.bits < WEAK_BITS)

    def _on_suggest(self) -> None:
        self._tasks.run(
            self._suggest,
            owner=self,
            lane=Lane.IO,
            on_success=self._show_suggestion,
            on_error=lambda error: self.show_error(words_of(error)),
        )

    def _show_suggestion(self, words: str) -> None:
        self.first.show_error("")
        self.first.edit.setText(words)
        self.first.show_words(shown=True)
        self.second.clear()
        self._pause.stop()
        self._say(SUGGESTED)
        self.second.setFocus()

    def _say(self, words: str, *, weak: bool = False) -> None:
        self.note.say(words)
        self.note.tint("warn" if weak else "text_soft")


class PassphraseStep(Card):
    """The fields with a heading, why, and one button that says what comes of it."""

    submitted = Signal(str)

    def __init__(
        self, title: str, why: str, result: str, busy: str, fields: NewPassphraseFields
    ) -> None:
        """`result` is what the button says, `busy` what it says while that is done."""
        super().__init__(padding=Space.XXL, spacing=Space.S)
        self.setFixedWidth(WIDTH)
        self._result, self._busy = result, busy
        self.fields = fields
        self.fields.submitted.connect(self.submitted)
        self.button = Button(result, "primary")
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self.fields.submit)
        self.add(
            Text(title, "heading"),
            Text(why, "body", "text_soft", wrap=True),
            Space.S,
            self.fields,
            Space.S,
            self.button,
        )
        self.setFocusProxy(self.fields)

    def show_busy(self, *, busy: bool) -> None:
        self.fields.show_busy(busy=busy)
        self.button.setEnabled(not busy)
        self.button.setText(self._busy if busy else self._result)

    def show_error(self, message: str) -> None:
        self.fields.show_error(message)
