"""Settings: how it looks, which emergency number holds, and what this program is made of."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from healthmate_desktop import __version__
from healthmate_desktop.ui.look import LookChoice
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.feedback import FieldError
from healthmate_desktop.ui.widgets.layout import Card, Header, Rule, column, page, row
from healthmate_desktop.ui.widgets.section import Line, SectionHeader
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QHBoxLayout

    from healthmate_desktop.settings import Settings

LICENCES = (
    ("HealthMate", "MIT"),
    ("PyMuPDF, which reads PDF files", "GNU AGPL 3, or a commercial licence from Artifex"),
    ("Qt for Python", "GNU LGPL 3"),
    ("SQLCipher", "BSD, by Zetetic"),
    ("llama.cpp and ONNX Runtime", "MIT"),
    ("LanceDB and Tesseract", "Apache 2.0"),
    ("all-MiniLM-L6-v2, which finds passages by meaning", "Apache 2.0"),
    ("Inter, the typeface", "SIL Open Font License 1.1"),
)


class SettingsScreen(QWidget):
    """`changed` carries the new Settings; they hold at once."""

    changed = Signal(object)

    def __init__(self, settings: Settings, data: Path, weights: str) -> None:
        """`weights` is the name of the chat weights, "" where there are none."""
        super().__init__()
        self._settings = settings
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        header = Header("Settings", "Each choice holds at once")
        kept = self._kept(str(data))
        cards = (self._display(), self._place(), kept, self._about(weights))
        box.addWidget(page(header, *cards, 0))
        self.setFocusProxy(self.look.looks)

    def show_settings(self, settings: Settings) -> None:
        """Show what was chosen elsewhere in the window."""
        self._settings = settings
        self.look.show_settings(settings)
        self.country.setText(settings.country)
        self.label.setText(settings.vault_label)

    def _display(self) -> Card:
        self.look = LookChoice(self._settings, self)
        self.look.changed.connect(self._change)
        card = Card(padding=Space.L, spacing=Space.M)
        card.add(
            SectionHeader("Display"),
            _labelled("Light or dark", "", self.look.looks),
            Rule(),
            _labelled("Text size", "Also with Ctrl + and Ctrl -", self.look.sizes),
        )
        return card

    def _place(self) -> Card:
        self.country, self.label = QLineEdit(self._settings.country), QLineEdit()
        self.country.setAccessibleName("Country, two letters")
        self.country.setPlaceholderText("GB")
        self.country.setMaxLength(2)
        self.country.setFixedWidth(96)
        self.country.editingFinished.connect(self._on_country)
        self.label.setText(self._settings.vault_label)
        self.label.setAccessibleName("Name of this vault on the locked window")
        self.label.setPlaceholderText("Home")
        self.label.setMaxLength(40)
        self.label.setFixedWidth(280)
        self.label.editingFinished.connect(self._on_label)
        for edit in (self.country, self.label):
            edit.setAcceptDrops(False)
        self._error = FieldError()
        card = Card(padding=Space.L, spacing=Space.M)
        card.add(
            SectionHeader("This place"),
            _labelled(
                "Country", "Its emergency number is shown. Without one it is 112", self.country
            ),
            self._error,
            Rule(),
            _labelled(
                "Name of this vault",
                "The locked window shows it, so do not use a person's name",
                self.label,
            ),
        )
        return card

    def _kept(self, place: str) -> Card:
        where = Text(place, "small", "text_soft", wrap=True)
        where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        card = Card(padding=Space.L, spacing=Space.M)
        card.add(
            SectionHeader("Where your records are"),
            column(Text("In this folder, encrypted", "label"), where, spacing=0),
            Rule(),
            Line(
                "shield",
                "Nothing leaves this computer",
                "This version has no way to send anything",
                tone="accent_text",
            ),
        )
        return card

    def _about(self, weights: str) -> Card:
        card = Card(padding=Space.L, spacing=0)
        card.add(SectionHeader("About", f"HealthMate {__version__}"), Space.S)
        installed = weights or "Not on this computer, so it is not used"
        for name, what in (("Language model", installed), *LICENCES):
            line = row(spacing=Space.L, margins=(0, Space.S, 0, Space.S))
            line.addWidget(Text(name, "label", wrap=True), 1)
            line.addWidget(Text(what, "small", "text_soft", wrap=True), 1)
            card.add(Rule(), line)
        return card

    def _on_country(self) -> None:
        country = self.country.text().strip().upper()
        if country and not re.fullmatch("[A-Z]{2}", country):
            self._show_wrong_country("A country is two letters: GB, US, ES, FR.")
            return
        self._show_wrong_country("")
        self.country.setText(country)
        self._change(replace(self._settings, country=country))

    def _show_wrong_country(self, message: str) -> None:
        self.country.setProperty("state", "error" if message else "")
        self.country.style().polish(self.country)
        self._error.say(message)

    def _on_label(self) -> None:
        self._change(replace(self._settings, vault_label=self.label.text().strip()))

    def _change(self, settings: Settings) -> None:
        if settings != self._settings:
            self._settings = settings
            self.look.show_settings(settings)
            self.changed.emit(settings)


def _labelled(label: str, note: str, control: QWidget) -> QHBoxLayout:
    notes = [Text(note, "small", "text_soft", wrap=True)] if note else []
    line = row(spacing=Space.L)
    line.addLayout(column(0, Text(label, "label"), *notes, 0, spacing=0), 1)
    line.addWidget(control)
    return line
