"""The proposal that is looked at: what it says, on what it rests, and what stands against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from healthmate_desktop.ui.review.items import printed_words
from healthmate_desktop.ui.theme import Size, Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.layout import Card, beside, column, refill, row
from healthmate_desktop.ui.widgets.text import Icon, KeyHint, Text

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from healthmate_desktop.ui.review.items import Here, Item


class ProposalCard(QFrame):
    """Of two that contradict each other, `instead_pressed` takes this one, `old_pressed` what the records say."""

    instead_pressed = Signal()
    old_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self._name = Text("", "label", "text_soft", wrap=True)
        self._value = Text("", "heading", wrap=True, tabular=True)
        self._facts = Text("", "small", wrap=True)
        self._print = Text("", "small", "text_faint", wrap=True)
        self._print.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._below = column(spacing=Space.S)
        self.instead: Button | None = None
        self.old: Button | None = None
        box = column(self._name, self._value, self._facts, self._print, spacing=Space.XXS)
        box.addSpacing(Space.XS)
        box.addLayout(self._below)
        self.setLayout(box)

    def show_item(self, item: Item) -> None:
        said = item.said
        named = said.name if item.record.type == "Observation" else f"{said.kind}: {said.name}"
        self._name.say(named if said.value else said.kind)
        self._value.say(said.value or said.name)
        limits = f"range on the page {said.limits}" if said.limits else ""
        facts = ", ".join(part for part in (said.when, said.status, said.flag, limits) if part)
        self._facts.say(facts[:1].upper() + facts[1:])
        self._facts.setVisible(bool(facts))
        printed = printed_words(item)
        self._print.say(printed)
        self._print.setVisible(bool(printed))
        self.setAccessibleName(". ".join((said.whole, facts, *item.reasons)))
        self._clear()
        for reason in item.reasons:
            if not (item.rivals and reason is item.reasons[-1]):  # those are seen side by side
                self._below.addWidget(_Reason(reason))
        if item.twin:
            same = f"The records say the same already, from {item.twin.source}."
            self._below.addWidget(_Reason(same, calm=True))
        if item.rivals:
            self._below.addWidget(self._sides(item))

    def _clear(self) -> None:
        self.instead = self.old = None
        refill(self._below)

    def _sides(self, item: Item) -> QWidget:
        self.old = Button("Keep the old", size="small")
        self.old.setToolTip("What this says is left out; it stays with its document")
        self.old.clicked.connect(self.old_pressed)
        self.instead = Button("Use the new", size="small")
        self.instead.setToolTip("What the records say now is set aside, and counts no longer")
        self.instead.clicked.connect(self.instead_pressed)
        now = _Side("In the records now")
        for rival in item.rivals:
            now.add_here(rival)
        this = _Side("What this says")
        this.add(item.said.value or item.said.name, _details(item.said.when, item.said.limits))
        now.body.addStretch(1)
        now.body.addLayout(row(self.old, KeyHint("R"), 0))
        this.body.addStretch(1)
        this.body.addLayout(row(self.instead, KeyHint("U"), 0))
        sides = QWidget()
        line = row(spacing=Space.S)
        line.addWidget(now, 1)
        line.addWidget(this, 1)
        sides.setLayout(line)
        return sides


class _Side(Card):
    def __init__(self, title: str) -> None:
        super().__init__(padding=Space.M, spacing=Space.XS)
        super().add(Text(title, "caption", "text_faint"))

    def add_here(self, here: Here) -> None:
        details = _details(here.said.when, here.said.limits)
        self.add(here.said.value or here.said.name, f"{details}\nfrom {here.source}".strip())

    def add(self, value: str, details: str) -> None:  # type: ignore[override]
        super().add(Text(value, "strong", wrap=True, tabular=True))
        if details:
            super().add(Text(details, "small", "text_soft", wrap=True))


class _Reason(QFrame):
    """Why it needs a look, in words; `calm` where it needs none."""

    def __init__(self, words: str, *, calm: bool = False) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        icon = Icon("check", "text_soft") if calm else Icon("alert", "warn", Size.ICON)
        text = Text(words, "small", "text_soft" if calm else "warn", wrap=True)
        self.setLayout(beside(icon, text))


class Fitting(QScrollArea):
    """As high as what is in it at this width, as far as there is room; else it scrolls."""

    def __init__(self, inner: QWidget, name: str) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setAccessibleName(name)
        inner.setProperty("kind", "clear")
        self.setWidget(inner)

    def sizeHint(self) -> QSize:
        inner = self.widget()
        layout = inner.layout() if inner else None
        if inner is None or layout is None:
            return super().sizeHint()
        width = max(self.viewport().width(), 1)
        high = layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else -1
        return QSize(width, max(high, layout.totalSizeHint().height() if high < 0 else high))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 48)

    def fit(self) -> None:
        """What is in it has changed."""
        self.verticalScrollBar().setValue(0)
        self.updateGeometry()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()  # new parts are seen, and counted, only now
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()


def _details(when: str, limits: str) -> str:
    return ", ".join(part for part in (when, f"range {limits}" if limits else "") if part)
