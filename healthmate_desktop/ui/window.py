"""The main window: locked, being set up, or open on one vault."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget

from healthmate_desktop.errors import HealthMateError
from healthmate_desktop.settings import TEXT_SCALES, Settings, save_settings
from healthmate_desktop.ui.notices import Notices
from healthmate_desktop.ui.stylesheet import apply_theme
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Mode, make_theme
from healthmate_desktop.ui.unlock.unlock import UnlockScreen
from healthmate_desktop.ui.widgets.feedback import words_of
from healthmate_desktop.ui.widgets.focus import FocusRing
from healthmate_desktop.ui.widgets.layout import column

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from healthmate_desktop.paths import Paths
    from healthmate_desktop.ui.changes import Changes
    from healthmate_desktop.ui.gate import Gate, OpenVault
    from healthmate_desktop.ui.shell import Shell
    from healthmate_desktop.ui.unlock.create import CreateScreen

SMALLEST, USUAL = QSize(1180, 680), QSize(1366, 768)
PREPARE_AFTER_MS = 200
OLDER_HEADER = (
    "The newest key file of this vault is damaged, so the one before it was used. All records are here. "
    "If the passphrase was changed lately, the old one holds. Make a backup of the vault folder now."
)


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
        self._paths, self._gate = paths, gate
        self._tasks, self._changes = tasks, changes
        self._settings = self._saved = settings
        self._saving = False
        self._screen: UnlockScreen | CreateScreen | Shell | None = None
        self.setWindowTitle("HealthMate")
        self.setMinimumSize(SMALLEST)
        self.resize(USUAL)
        self.notices, self._stack = Notices(), QStackedWidget()
        body = QWidget()
        body.setProperty("kind", "canvas")
        body.setLayout(column(self.notices, self._stack, spacing=0))
        self.setCentralWidget(body)
        self._ring = FocusRing(self)
        for keys, step in (("Ctrl++", 1), ("Ctrl+=", 1), ("Ctrl+-", -1)):
            QShortcut(QKeySequence(keys), self, partial(self._scale_text, step))
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system_look)
        self.show_door()

    @property
    def screen_shown(self) -> UnlockScreen | CreateScreen | Shell | None:
        """What fills the window."""
        return self._screen

    @property
    def busy(self) -> bool:
        """Whether work is under way."""
        return self._tasks.busy

    def show_door(self) -> None:
        """The locked window, or the set-up where there is no vault yet."""
        door: UnlockScreen | CreateScreen
        if self._gate.exists():
            door = UnlockScreen(self._settings, self._tasks, self._gate)
        else:
            from healthmate_desktop.ui.unlock.create import CreateScreen

            door = CreateScreen(self._settings, self._tasks, self._gate)
        door.opened.connect(self._on_opened)
        door.settings_changed.connect(self.change_settings)
        self._show(door)

    def prepare(self, load: Callable[[], None]) -> None:
        """Import in the background what an open vault needs, once the locked window is there."""
        QTimer.singleShot(
            PREPARE_AFTER_MS, self, lambda: self._tasks.run(load, owner=self, lane=Lane.MODEL)
        )

    def show_error(self, error: Exception) -> None:
        """What no screen handled."""
        self.notices.say("error", words_of(error))

    def lock(self) -> None:
        """Cover the records at once; then, unseen, close the vault and end the children."""
        self.notices.clear()
        self.show_door()
        self._tasks.stop_all(timeout_s=0)
        self._show_closing(closing=True)
        self._tasks.run(
            self._gate.close,
            owner=self,
            lane=Lane.IO,
            on_finished=partial(self._show_closing, closing=False),
        )

    def change_settings(self, settings: Settings) -> None:
        """Show a choice at once, and keep it."""
        if settings == self._settings:
            return
        looks = (settings.theme, settings.text_scale)
        changed = looks != (self._settings.theme, self._settings.text_scale)
        self._settings = settings
        app = QApplication.instance()
        if changed and isinstance(app, QApplication):
            show_look(app, settings)
        if self._screen is not None:
            self._screen.show_settings(settings)
        self._save()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.hide()  # what is under way may need a moment to stop
        self._gate.close()  # first, for work that waits for a child ends with it
        self._tasks.shutdown()
        self._gate.close()  # again, for a vault that was just being opened
        if self._saved != self._settings:
            with contextlib.suppress(OSError):
                save_settings(self._paths.settings, self._settings)
        super().closeEvent(event)

    def _on_opened(self, vault: OpenVault) -> None:
        from healthmate_desktop.ui.shell import Shell

        shell = Shell(vault, self._settings, self._paths.data, self._tasks, self._changes)
        shell.lock_pressed.connect(self.lock)
        shell.settings_changed.connect(self.change_settings)
        self.notices.clear()
        if vault.from_previous_header:
            self.notices.say("warn", OLDER_HEADER)
        self._show(shell)
        shell.start()

    def _show(self, screen: UnlockScreen | CreateScreen | Shell) -> None:
        before, self._screen = self._screen, screen
        self._stack.addWidget(screen)
        self._stack.setCurrentWidget(screen)
        screen.setFocus()
        if before is not None:
            self._stack.removeWidget(before)
            before.deleteLater()

    def _show_closing(self, *, closing: bool) -> None:
        if isinstance(self._screen, UnlockScreen):
            self._screen.show_closing(closing=closing)

    def _save(self) -> None:
        """One at a time; what is chosen meanwhile is saved after it."""
        if self._saving:
            return
        self._saving = True
        settings = self._settings
        self._tasks.run(
            partial(_save, self._paths.settings, settings),
            owner=self,
            lane=Lane.IO,
            on_success=lambda _: self._on_saved(settings),
            on_finished=lambda: self._on_saving_ended(settings),
        )

    def _on_saved(self, settings: Settings) -> None:
        self._saved = settings

    def _on_saving_ended(self, settings: Settings) -> None:
        self._saving = False
        if settings != self._settings:
            self._save()

    def _scale_text(self, step: int) -> None:
        at = TEXT_SCALES.index(self._settings.text_scale) + step
        if 0 <= at < len(TEXT_SCALES):
            self.change_settings(replace(self._settings, text_scale=TEXT_SCALES[at]))

    def _on_system_look(self) -> None:
        app = QApplication.instance()
        if self._settings.theme == "system" and isinstance(app, QApplication):
            show_look(app, self._settings)


def _save(path: Path, settings: Settings) -> None:
    """Off the GUI thread."""
    try:
        save_settings(path, settings)
    except OSError as error:
        raise HealthMateError(
            "This choice could not be saved, so it holds until HealthMate is closed. Your records are safe. "
            "Check that the disk is not full."
        ) from error
