"""Settings: how it looks, which emergency number holds, and what this program is made of."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from healthmate_desktop import __version__
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.unlock.unlock import LOOKS, SCALES
from healthmate_desktop.ui.widgets.controls import Segments
from healthmate_desktop.ui.widgets.feedback import FieldError
from healthmate_desktop.ui.widgets.layout import Card, Header, Rule, column, page, row
from healthmate_desktop.ui.widgets.section import Line, SectionHeader
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from healthmate_desktop.settings import Settings

LICENCES = (
    ("HealthMate", "MIT"),
    ("PyMuPDF, which reads PDF files", "GNU AGPL, or a commercial licence from Artifex"),
    ("Qt for Python", "GNU LGPL 3"),
    ("SQLCipher", "BSD, by Zetetic"),
    ("llama.cpp, LanceDB, ONNX Runtime, Tesseract", "MIT and Apache-2.0"),
    ("SmolLM2-135M-Instruct and all-MiniLM-L6-v2, the models", "Apache-2.0"),
    ("Inter, the typeface", "SIL Open Font License 1.1"),
)


class SettingsScreen(QWidget):
    """`changed` carries the new Settings; they hold at once."""

    changed = Signal(object)

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        header = Header("Settings", "They hold at once and are kept on this computer")
        box.addWidget(page(header, self._look(), self._place(), self._privacy(), self._about(), 0))

    def _look(self) -> Card:
        self.theme = Segments("Light or dark", list(LOOKS.items()), self._settings.theme)
        self.scale = Segments("Text size", list(SCALES.items()), str(self._settings.text_scale))
        self.theme.chosen.connect(self._on_theme)
        self.scale.chosen.connect(self._on_scale)
        card = Card(padding=Space.L, spacing=Space.M)
        card.add(
            SectionHeader("Display"),
            row(Text("Light or dark", "label"), 0, self.theme),
            Rule(),
            row(Text("Text size", "label"), 0, self.scale),
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
        self._error = FieldError()
        card = Card(padding=Space.L, spacing=Space.M)
        country = column(
            Text("Country", "label"),
            Text(
                "Chooses the emergency number that is shown. Without it: 112", "small", "text_soft"
            ),
            spacing=0,
        )
        label = column(
            Text("Name of this vault", "label"),
            Text("Shown on the locked window, so do not use a person's name", "small", "text_soft"),
            spacing=0,
        )
        first, second = row(), row()
        first.addLayout(country, 1)
        first.addWidget(self.country)
        second.addLayout(label, 1)
        second.addWidget(self.label)
        card.add(SectionHeader("This place"), first, self._error, Rule(), second)
        return card

    def _privacy(self) -> Card:
        card = Card(padding=Space.L, spacing=Space.XS)
        card.add(
            SectionHeader("What leaves this computer"),
            Line(
                "shield",
                "Nothing",
                "There is nothing in this version that sends anything, and on Linux the system refuses it a connection",
                tone="accent_text",
            ),
        )
        return card

    def _about(self) -> Card:
        card = Card(padding=Space.L, spacing=Space.XS)
        card.add(SectionHeader("About", f"HealthMate {__version__}"))
        for name, licence in LICENCES:
            card.add(Line("", name, licence))
        return card

    def _on_theme(self, key: str) -> None:
        self._change(replace(self._settings, theme=next(look for look in LOOKS if look == key)))

    def _on_scale(self, key: str) -> None:
        self._change(replace(self._settings, text_scale=float(key)))

    def _on_country(self) -> None:
        country = self.country.text().strip().upper()
        if country and not re.fullmatch("[A-Z]{2}", country):
            self._error.say("A country is two letters: GB, US, ES, FR.")
            return
        self._error.say("")
        self._change(replace(self._settings, country=country))

    def _on_label(self) -> None:
        self._change(replace(self._settings, vault_label=self.label.text().strip()))

    def _change(self, settings: Settings) -> None:
        if settings != self._settings:
            self._settings = settings
            self.changed.emit(settings)
