"""Rows, columns and the surfaces they stand on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from healthmate_desktop.ui.theme import Size, Space
from healthmate_desktop.ui.widgets.text import Elided

Item = QWidget | QLayout | int
Margins = tuple[int, int, int, int]


def fill(layout: QBoxLayout, *items: Item) -> None:
    """Add widgets and layouts in order. A number is a gap; 0 is a stretch."""
    for item in items:
        if isinstance(item, QWidget):
            layout.addWidget(item)
        elif isinstance(item, QLayout):
            layout.addLayout(item)
        elif item:
            layout.addSpacing(item)
        else:
            layout.addStretch(1)


def refill(box: QBoxLayout, *parts: QWidget) -> None:
    """Put `parts` in the place of the widgets that were there, which go."""
    while (item := box.takeAt(0)) is not None:
        if (old := item.widget()) is not None:
            old.hide()
            old.deleteLater()
    fill(box, *parts)


def row(*items: Item, spacing: int = Space.S, margins: Margins = (0, 0, 0, 0)) -> QHBoxLayout:
    layout = QHBoxLayout()
    layout.setContentsMargins(*margins)
    layout.setSpacing(spacing)
    fill(layout, *items)
    return layout


def column(*items: Item, spacing: int = Space.S, margins: Margins = (0, 0, 0, 0)) -> QVBoxLayout:
    layout = QVBoxLayout()
    layout.setContentsMargins(*margins)
    layout.setSpacing(spacing)
    fill(layout, *items)
    return layout


def part_of(layout: QLayout) -> QFrame:
    """A layout as a widget without a ground of its own."""
    frame = QFrame()
    frame.setProperty("kind", "row")
    frame.setLayout(layout)
    return frame


def beside(sign: QWidget, words: QWidget, spacing: int = Space.S) -> QHBoxLayout:
    """A sign at the first line of text that may wrap. Only the sign is aligned: an aligned row would cut lines off."""
    line = row(sign, spacing=spacing)
    line.setAlignment(sign, Qt.AlignmentFlag.AlignTop)
    line.addWidget(words, 1)
    return line


def centred(widget: QWidget, width: int) -> QHBoxLayout:
    """In the middle, at most `width` wide; text in it still wraps by its real width."""
    widget.setMaximumWidth(width)
    line = row(0, widget, 0, spacing=0)
    line.setStretch(1, 1000)
    return line


class Card(QFrame):
    """A surface for one subject. Flat with a hairline; `kind` names another surface of the style sheet."""

    def __init__(self, kind: str = "card", padding: int = Space.L, spacing: int = Space.M) -> None:
        super().__init__()
        self.setProperty("kind", kind)
        self.body = column(spacing=spacing, margins=(padding, padding, padding, padding))
        self.setLayout(self.body)

    def add(self, *items: Item) -> None:
        fill(self.body, *items)


class Rule(QFrame):
    """A hairline between rows of one card."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "rule")
        self.setFixedHeight(1)


class Header(QWidget):
    """The title of a screen, one line of context, and at most two actions at the right."""

    def __init__(self, title: str, detail: str = "", *actions: QWidget) -> None:
        super().__init__()
        self.title, self.detail = Elided(title, "title"), Elided(detail, "body", "text_soft")
        line = row(spacing=Space.S)
        line.addLayout(column(self.title, self.detail, spacing=Space.XXS), 1)
        fill(line, *actions)
        self.setLayout(line)
        self.detail.setVisible(bool(detail))  # not before it has a parent: it would be a window

    def say(self, detail: str) -> None:
        self.detail.say(detail)
        self.detail.setVisible(bool(detail))


def page(*items: Item, spacing: int = Space.L) -> QScrollArea:
    """The body of a screen: a scrolling column that is never wider than can be read at a glance."""
    inner = QWidget()
    inner.setProperty("kind", "clear")
    inner.setLayout(
        column(*items, spacing=spacing, margins=(Space.XXL, Space.XL, Space.XXL, Space.XL))
    )
    holder = QWidget()
    holder.setProperty("kind", "clear")
    holder.setLayout(centred(inner, Size.PAGE_WIDTH))
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(holder)
    return area
