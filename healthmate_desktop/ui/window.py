"""The main window: locked, being set up, or open on one vault."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget

from healthmate_desktop.settings import TEXT_SCALES, Settings, save_settings
from healthmate_desktop.ui.stylesheet import apply_theme
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Mode, make_theme
from healthmate_desktop.ui.unlock.create import CreateScreen
from healthmate_desktop.ui.unlock.unlock import UnlockScreen
from healthmate_desktop.ui.widgets.focus import FocusRing

if TYPE_CHECKING:
    from healthmate_desktop.paths import Paths
    from healthmate_desktop.ui.changes import Changes
    from healthmate_desktop.ui.gate import Gate, OpenVault
    from healthmate_desktop.ui.shell import Shell

SMALLEST, USUAL = QSize(1180, 680), QSize(1366, 768)


def show_look(app: QApplication, settings: Settings) -> None:
    """Light or dark and the size of the text, as chosen."""
    mode: Mode
    if settings.theme == "system":
        dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        mode = "dark" if dark else "light"
    else:
        mode = settings.theme
    apply_theme(app, make_theme(mode, settings.text_scale))


class MainWindow(QMainWindow):
    """One vault at a time. Its title never says whose."""

    def __init__(
        self, paths: Paths, settings: Settings, tasks: TaskRunner, changes: Changes, gate: Gate
    ) -> None:
        super().__init__()
        self._paths = paths
        self._settings = settings
        self._tasks = tasks
        self._changes = changes
        self._gate = gate
        self._vault: OpenVault | None = None
        self.setWindowTitle("HealthMate")
        self.setMinimumSize(SMALLEST)
        self.resize(USUAL)
        self._stack = QStackedWidget()
        self.setCentralWidget(self._stack)
        self._ring = FocusRing(self)
        QShortcut(QKeySequence.StandardKey.ZoomIn, self, lambda: self._scale_text(1))
        QShortcut(QKeySequence.StandardKey.ZoomOut, self, lambda: self._scale_text(-1))
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system_look)
        self.show_door()

    @property
    def shell(self) -> Shell | None:
        """The open vault's screens; None while locked."""
        from healthmate_desktop.ui.shell import Shell

        screen = self._stack.currentWidget()
        return screen if isinstance(screen, Shell) else None

    @property
    def busy(self) -> bool:
        """Whether work is under way."""
        return self._tasks.busy

    def show_door(self) -> None:
        """The locked window, or the set-up where there is no vault yet."""
        if self._gate.exists():
            unlock = UnlockScreen(self._settings, self._tasks, self._gate)
            unlock.opened.connect(self._on_opened)
            unlock.settings_changed.connect(self.change_settings)
            self._show(unlock)
        else:
            create = CreateScreen(self._tasks, self._gate)
            create.opened.connect(self._on_opened)
            self._show(create)

    def lock(self) -> None:
        """Cover the window, stop the work, close the vault."""
        vault, self._vault = self._vault, None
        self._tasks.stop_all()
        self.show_door()
        if vault is not None:
            self._tasks.run(vault.close, owner=self, lane=Lane.VAULT)

    def change_settings(self, settings: Settings) -> None:
        """Keep a choice and show it at once."""
        looks = (settings.theme, settings.text_scale)
        changed = looks != (self._settings.theme, self._settings.text_scale)
        self._settings = settings
        app = QApplication.instance()
        if changed and isinstance(app, QApplication):
            show_look(app, settings)
        self._tasks.run(
            lambda: save_settings(self._paths.settings, settings), owner=self, lane=Lane.IO
        )

    def closeEvent(self, event: QCloseEvent) -> None:
        self._tasks.shutdown()
        if self._vault is not None:
            self._vault.close()
            self._vault = None
        self._gate.close()
        super().closeEvent(event)

    def _on_opened(self, vault: OpenVault) -> None:
        from healthmate_desktop.ui.shell import Shell

        self._vault = vault
        shell = Shell(vault, self._settings, self._tasks, self._changes)
        shell.lock_pressed.connect(self.lock)
        shell.settings_changed.connect(self.change_settings)
        self._show(shell)
        shell.start()

    def _show(self, screen: QWidget) -> None:
        before = self._stack.currentWidget()
        self._stack.addWidget(screen)
        self._stack.setCurrentWidget(screen)
        screen.setFocus()
        if before is not None:
            self._stack.removeWidget(before)
            before.deleteLater()

    def _scale_text(self, step: int) -> None:
        at = TEXT_SCALES.index(self._settings.text_scale) + step
        if 0 <= at < len(TEXT_SCALES):
            self.change_settings(replace(self._settings, text_scale=TEXT_SCALES[at]))

    def _on_system_look(self) -> None:
        app = QApplication.instance()
        if self._settings.theme == "system" and isinstance(app, QApplication):
            show_look(app, self._settings)
