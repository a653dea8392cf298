"""Questions and answers, as they stand in a conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QWidget

from healthmate_desktop.ui.theme import Space, active_theme
from healthmate_desktop.ui.widgets.accessibility import announce
from healthmate_desktop.ui.widgets.layout import beside, column, row
from healthmate_desktop.ui.widgets.roving import Roving
from healthmate_desktop.ui.widgets.sentence import CitedSentence, Sentence
from healthmate_desktop.ui.widgets.text import Icon, Text, whole

if TYPE_CHECKING:
    from healthmate_desktop.ui.widgets.buttons import Button

_BUBBLE_WIDTH = 460


class QuestionBubble(QWidget):
    """What the person asked, at the right; as wide as its words, up to a limit. The words can be selected."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._plain = whole(text)
        self._words = Text(text, wrap=True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._words.setAccessibleName(f"You asked: {text}")
        self._bubble = QFrame()
        self._bubble.setProperty("kind", "bubble")
        self._bubble.setLayout(column(self._words, margins=(Space.L, Space.M, Space.L, Space.M)))
        line = row(0, self._bubble)
        line.setStretch(1, 1000)
        self.setLayout(line)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            QTimer.singleShot(0, self, self._fit)  # not while the style sheet walks the tree
        super().changeEvent(event)

    def _fit(self) -> None:
        metrics = QFontMetrics(active_theme().font("body"))
        longest = max(metrics.horizontalAdvance(line) for line in self._plain.split("\n"))
        words = min(round(_BUBBLE_WIDTH * active_theme().text_scale), longest + Space.XS)
        self._bubble.setMaximumWidth(words + 2 * Space.L)


class AnswerBlock(QFrame):
    """Cited sentences, then what is not known. Grows while the answer is written: `add_sentence`, then `finish`.

    `opened` carries the index of the sentence whose source is wanted.
    """

    opened = Signal(int)

    def __init__(self, route: str = "") -> None:
        """`route` says what the answer is made from: "From 2 lab reports, on this computer"."""
        super().__init__()
        self.setProperty("kind", "row")
        self.setAccessibleName("Answer")
        self._sentences: list[CitedSentence] = []
        self._roving = Roving(self)
        self._route = Text("", "small", "text_soft", wrap=True)
        self._head = QWidget()
        head = beside(Icon("shield", "accent_text", 18), self._route)
        head.setContentsMargins(Space.S, 0, 0, Space.XS)
        self._head.setLayout(head)
        self._body = column(spacing=Space.XXS)
        self._tail = column(spacing=Space.S)
        self.setLayout(column(self._head, self._body, self._tail, spacing=0))
        self.show_route(route)

    def show_route(self, route: str) -> None:
        self._route.say(route)
        self._head.setVisible(bool(route))

    def add_sentence(self, sentence: Sentence) -> None:
        item, index = CitedSentence(sentence), len(self._sentences)
        item.clicked.connect(lambda: self._on_sentence(index))
        self._sentences.append(item)
        self._roving.add(item)
        self._body.addWidget(item)

    def finish(self, gap_text: str = "", *actions: Button) -> None:
        """The answer is whole: say what the sources do not, offer what can be done with it, and have it read out."""
        if gap_text:
            line = beside(
                Icon("info", "text_faint", 18), Text(gap_text, "body", "text_soft", wrap=True)
            )
            line.setContentsMargins(Space.S, Space.M, Space.S, 0)
            self._tail.addLayout(line)
        if actions:
            self._tail.addLayout(row(*actions, 0, spacing=Space.XS))
        said = [item.sentence.text for item in self._sentences]
        announce(self, " ".join([*said, gap_text]).strip())

    def choose(self, index: int | None) -> None:
        """Light one sentence, without the signal; None lights none."""
        for number, item in enumerate(self._sentences):
            item.setChecked(number == index)

    def focus_sentence(self, index: int) -> None:
        """Where the keyboard goes back to when the source is closed."""
        self._sentences[index].setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_sentence(self, index: int) -> None:
        self.choose(index)
        self.opened.emit(index)
