"""Danger to life: the number, what to do until help comes, and what to read out on the phone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame

from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.accessibility import announce
from healthmate_desktop.ui.widgets.layout import Card, Rule, beside, column, row
from healthmate_desktop.ui.widgets.text import Icon, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent, QShowEvent


@dataclass(frozen=True, slots=True)
class Fact:
    """One line to read out: "Allergy", "Penicillin"."""

    icon: str
    label: str
    words: str


class EmergencyBanner(QFrame):
    """Shown by the rules before and whatever a model says, and for nothing else. The number is the loudest thing."""

    _SIDE_BY_SIDE = 720

    def __init__(  # noqa: PLR0913 - each is one of the things that must be said
        self,
        title: str,
        detail: str,
        number: str,
        *,
        steps: Sequence[str] = (),
        read_out: Sequence[Fact] = (),
        note: str = "",
    ) -> None:
        """`note` says whose steps these are and how old: they never come from a model."""
        super().__init__()
        self._announced = False
        self._message = " ".join((f"Emergency. {title}. Call {number} now. {detail}", *steps))
        self.setProperty("kind", "row")
        self.setAccessibleName(self._message)
        self._cards = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._cards.setSpacing(Space.L)
        if steps:
            self._cards.addWidget(self._steps(steps, note), 1)
        if read_out:
            self._cards.addWidget(self._read_out(read_out), 1)
        box = column(self._call(title, detail, number), spacing=Space.M)
        if steps or read_out:
            box.addLayout(self._cards)
        self.setLayout(box)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._announced:
            self._announced = True
            announce(self, self._message, urgent=True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        wide = event.size().width() >= self._SIDE_BY_SIDE
        direction = QBoxLayout.Direction
        self._cards.setDirection(direction.LeftToRight if wide else direction.TopToBottom)
        super().resizeEvent(event)

    def _call(self, title: str, detail: str, number: str) -> QFrame:
        call = QFrame()
        call.setProperty("kind", "call")
        word, digits = Text("Call now", "label", "emergency"), Text(number, "call", "emergency")
        for label in (word, digits):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        margins = (Space.XL, Space.M, Space.XL, Space.S)
        call.setLayout(column(word, digits, spacing=0, margins=margins))
        words = column(
            0,
            Text(title, "title", "on_emergency", wrap=True),
            Text(detail, "body", "on_emergency", wrap=True),
            0,
            spacing=Space.XS,
        )
        line = row(spacing=Space.XL, margins=(Space.XL, Space.L, Space.L, Space.L))
        line.addLayout(words, 1)
        line.addWidget(call)
        band = QFrame()
        band.setProperty("kind", "banner-emergency")
        band.setLayout(line)
        return band

    def _steps(self, steps: Sequence[str], note: str) -> Card:
        card = Card()
        card.add(Text("While help is on the way", "heading", wrap=True))
        for number, words in enumerate(steps, 1):
            sign = Text(str(number), "strong", "accent_text")
            sign.setFixedWidth(20)
            card.add(beside(sign, Text(words, wrap=True)))
        card.add(0)
        if note:
            card.add(Text(note, "caption", "text_faint", wrap=True))
        return card

    def _read_out(self, facts: Sequence[Fact]) -> Card:
        card = Card(spacing=Space.S)
        card.add(Text("Read this out on the phone", "heading", wrap=True))
        width = max(self.fontMetrics().horizontalAdvance(f"{fact.label}  ") for fact in facts)
        for fact in facts:
            sign, label = Icon(fact.icon), Text(fact.label, "label", "text_soft")
            label.setMinimumWidth(width)
            line = row(sign, label, spacing=Space.M)
            line.setAlignment(sign, Qt.AlignmentFlag.AlignTop)
            line.setAlignment(label, Qt.AlignmentFlag.AlignTop)
            line.addWidget(Text(fact.words, "label", wrap=True), 1)
            card.add(Rule(), line)
        card.add(0)
        return card
