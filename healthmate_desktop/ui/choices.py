"""How the window looks and what else is chosen outside the vault: shown at once, and kept."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from healthmate_desktop.errors import HealthMateError
from healthmate_desktop.settings import TEXT_SCALES, Settings, save_settings
from healthmate_desktop.ui.stylesheet import apply_theme
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Mode, make_theme

if TYPE_CHECKING:
    from pathlib import Path


def show_look(app: QApplication, settings: Settings) -> None:
    """Light or dark and the size of the text, as chosen."""
    mode: Mode
    if settings.theme == "system":
        dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        mode = "dark" if dark else "light"
    else:
        mode = settings.theme
    apply_theme(app, make_theme(mode, settings.text_scale))


class Choices(QObject):
    """`changed` carries the Settings that hold from now on."""

    changed = Signal(object)

    def __init__(self, path: Path, settings: Settings, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._path, self._tasks = path, tasks
        self.settings = self._saved = settings
        self._saving = False
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system_look)

    def change(self, settings: Settings) -> None:
        """Show a choice at once, and keep it."""
        if settings == self.settings:
            return
        before, self.settings = self.settings, settings
        looks = (settings.theme, settings.text_scale)
        if looks != (before.theme, before.text_scale):
            self._show_look()
        self.changed.emit(settings)
        self._save()

    def scale_text(self, step: int) -> None:
        at = TEXT_SCALES.index(self.settings.text_scale) + step
        if 0 <= at < len(TEXT_SCALES):
            self.change(replace(self.settings, text_scale=TEXT_SCALES[at]))

    def save_now(self) -> None:
        """What is not saved yet, before the program ends; from any thread. A disk that takes nothing keeps nobody."""
        if self._saved != self.settings:
            with contextlib.suppress(OSError):
                save_settings(self._path, self.settings)

    def _save(self) -> None:
        """One at a time; what is chosen meanwhile is saved after it."""
        if self._saving:
            return
        self._saving = True
        path, settings = self._path, self.settings
        self._tasks.run(
            lambda: _save(path, settings),
            owner=self,
            lane=Lane.IO,
            on_success=lambda _: self._on_saved(settings),
            on_finished=lambda: self._on_saving_ended(settings),
        )

    def _on_saved(self, settings: Settings) -> None:
        self._saved = settings

    def _on_saving_ended(self, settings: Settings) -> None:
        self._saving = False
        if settings != self.settings:
            self._save()

    def _show_look(self) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            show_look(app, self.settings)

    def _on_system_look(self) -> None:
        if self.settings.theme == "system":
            self._show_look()


def _save(path: Path, settings: Settings) -> None:
    """Off the GUI thread."""
    try:
        save_settings(path, settings)
    except OSError as error:
        raise HealthMateError(
            "This choice could not be saved, so it holds until HealthMate is closed. Your records are safe. "
            "Check that the disk is not full."
        ) from error
