"""Unlock. Says nothing about whose records these are, only the label that the owner chose."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from healthmate_desktop.errors import HealthMateError
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.brand import Mark
from healthmate_desktop.ui.widgets.controls import Segments
from healthmate_desktop.ui.widgets.layout import column, row
from healthmate_desktop.ui.widgets.text import Text
from healthmate_desktop.ui.widgets.unlock import UnlockPanel

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.settings import Settings, ThemeChoice
    from healthmate_desktop.ui.gate import Gate, OpenVault

SCALES = {"1.0": "Normal", "1.125": "Large", "1.25": "Larger", "1.5": "Largest"}
LOOKS: dict[ThemeChoice, str] = {"system": "As the system", "light": "Light", "dark": "Dark"}


def look_segments(settings: Settings, change: Callable[[Settings], None]) -> QWidget:
    """Text size and light or dark; `change` gets the new settings."""
    looks = Segments("Light or dark", list(LOOKS.items()), settings.theme)
    sizes = Segments("Text size", list(SCALES.items()), str(settings.text_scale))
    current = [settings]

    def on_change() -> None:
        look = next(key for key in LOOKS if key == looks.current())
        current[0] = replace(current[0], theme=look, text_scale=float(sizes.current()))
        change(current[0])

    looks.chosen.connect(lambda _: on_change())
    sizes.chosen.connect(lambda _: on_change())
    holder = QWidget()
    holder.setLayout(row(0, looks, sizes, 0, spacing=Space.L))
    return holder


class UnlockScreen(QWidget):
    """One passphrase field. `opened` carries the OpenVault, `settings_changed` the Settings."""

    opened = Signal(object)
    settings_changed = Signal(object)

    def __init__(self, settings: Settings, tasks: TaskRunner, gate: Gate) -> None:
        super().__init__()
        self.setProperty("kind", "canvas")
        self._tasks, self._gate = tasks, gate
        self.panel = UnlockPanel(settings.vault_label or "Your records")
        self.panel.submitted.connect(self._on_submitted)
        note = Text(
            "Kept on this computer, encrypted. Nothing is sent anywhere.", "small", "text_faint"
        )
        self.setLayout(
            column(
                0,
                row(0, Mark(40), Text("HealthMate", "title"), 0, spacing=Space.M),
                Space.L,
                row(0, self.panel, 0),
                Space.M,
                row(0, note, 0),
                0,
                look_segments(settings, self.settings_changed.emit),
                Space.XL,
                spacing=Space.S,
            )
        )
        self.setFocusProxy(self.panel)

    def _on_submitted(self, passphrase: str) -> None:
        self.panel.show_busy(busy=True)
        self._tasks.run(
            lambda: self._gate.unlock(passphrase),
            owner=self,
            lane=Lane.VAULT,
            on_success=self._show_open,
            on_error=self._show_error,
        )

    def _show_open(self, vault: OpenVault) -> None:
        self.panel.field.clear()
        self.opened.emit(vault)

    def _show_error(self, error: Exception) -> None:
        if not isinstance(error, HealthMateError):
            self.panel.show_error(
                "These records could not be opened. Nothing was changed. Try again."
            )
            raise error
        self.panel.show_error(str(error))
