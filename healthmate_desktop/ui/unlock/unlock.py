"""Unlock. Says nothing about whose records these are, only the label that the owner chose."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from healthmate_desktop.ui.look import LookChoice
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Size, Space
from healthmate_desktop.ui.unlock.recover import RecoveryPanel
from healthmate_desktop.ui.widgets.brand import Mark
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import words_of
from healthmate_desktop.ui.widgets.layout import column, row
from healthmate_desktop.ui.widgets.text import Icon, Text
from healthmate_desktop.ui.widgets.unlock import UnlockPanel

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.settings import Settings
    from healthmate_desktop.ui.gate import Gate, OpenVault


def brand_row() -> QHBoxLayout:
    """The mark and the name, in the middle."""
    return row(0, Mark(32), Text("HealthMate", "title"), 0, spacing=Space.M)


class UnlockScreen(QWidget):
    """The passphrase, or the recovery key. `opened` carries the OpenVault, `settings_changed` the Settings."""

    opened = Signal(object)
    settings_changed = Signal(object)

    def __init__(self, settings: Settings, tasks: TaskRunner, gate: Gate) -> None:
        super().__init__()
        self.setProperty("kind", "canvas")
        self._tasks, self._gate = tasks, gate
        self.panel = UnlockPanel(settings.vault_label or "Your records")
        self.panel.submitted.connect(partial(self._open, gate.unlock))
        self.to_key = Button("Use the recovery key", "quiet", size="small")
        self.to_key.clicked.connect(self._on_to_key)
        self.panel.add(row(0, self.to_key, 0))
        self.recovery: RecoveryPanel | None = None
        self._panels = QStackedWidget()
        self._panels.addWidget(self.panel)
        self.look = LookChoice(settings, self)
        self.look.changed.connect(self.settings_changed)
        note = Text("Encrypted on this computer. Nothing is sent anywhere.", "small", "text_soft")
        shield = Icon("shield", "accent_text", Size.ICON_SMALL)
        parts = (0, brand_row(), Space.L, row(0, self._panels, 0), Space.M)
        foot = (
            row(0, shield, note, 0),
            0,
            self.look.foot(),
        )
        self.setLayout(column(*parts, *foot, margins=(Space.XL, 0, Space.XL, Space.XL)))
        self.setFocusProxy(self.panel)

    def show_settings(self, settings: Settings) -> None:
        self.look.show_settings(settings)

    def show_closing(self, *, closing: bool) -> None:
        """Nothing can be opened while the vault that was open is being closed."""
        self.panel.show_busy(busy=closing)
        self.to_key.setEnabled(not closing)
        if closing:
            self.panel.button.setText("Locking")
        else:
            self.setFocus()

    def _on_to_key(self) -> None:
        if self.recovery is None:
            self.recovery = RecoveryPanel()
            self.recovery.submitted.connect(partial(self._open, self._gate.recover))
            self.recovery.left.connect(lambda: self._show_panel(self.panel))
            self._panels.addWidget(self.recovery)
        self.panel.field.clear()
        self._show_panel(self.recovery)

    def _show_panel(self, panel: UnlockPanel | RecoveryPanel) -> None:
        self._panels.setCurrentWidget(panel)
        self.setFocusProxy(panel)
        panel.setFocus()

    def _open(self, way: Callable[[str], OpenVault], secret: str) -> None:
        self._show_busy(busy=True)
        self._tasks.run(
            lambda: way(secret),
            owner=self,
            lane=Lane.IO,
            on_success=self._show_open,
            on_error=self._show_error,
        )

    def _show_busy(self, *, busy: bool) -> None:
        self.to_key.setEnabled(not busy)
        self.panel.show_busy(busy=busy)
        if self.recovery is not None:
            self.recovery.show_busy(busy=busy)

    def _show_open(self, vault: OpenVault) -> None:
        self.panel.field.clear()
        if self.recovery is not None:
            self.recovery.clear()
        self.opened.emit(vault)

    def _show_error(self, error: Exception) -> None:
        self._show_busy(busy=False)
        panel = self._panels.currentWidget()
        if isinstance(panel, UnlockPanel | RecoveryPanel):
            panel.show_error(words_of(error))
