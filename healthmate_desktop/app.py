"""The window: join the parts and run Qt. Whatever is slow to import is imported when a vault is opened."""

from __future__ import annotations

import gc
import os
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from healthmate_desktop.paths import Paths, default_data_dir, resources_dir
from healthmate_desktop.settings import load_settings
from healthmate_desktop.ui.changes import Changes
from healthmate_desktop.ui.fonts import load_fonts
from healthmate_desktop.ui.gate import Gate, OpenVault
from healthmate_desktop.ui.stylesheet import STYLE_ARGUMENTS
from healthmate_desktop.ui.tasks import TaskRunner
from healthmate_desktop.ui.widgets.brand import window_icon
from healthmate_desktop.ui.window import MainWindow, show_look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.composition import Commons, Services
    from healthmate_desktop.domain.keys import VaultKeys

DATA_DIR = "HEALTHMATE_DATA_DIR"


def run_window(arguments: Sequence[str]) -> int:
    """Open the window and stay until it is closed."""
    warnings.simplefilter("ignore")  # what libraries warn about is not for the person
    qInstallMessageHandler(_on_qt_message)
    app = QApplication([*arguments, *STYLE_ARGUMENTS])
    app.setApplicationName("HealthMate")
    window = make_window(app, Paths(_data_dir(arguments)))

    def on_bug(_kind: object, error: BaseException, _trace: object) -> None:
        if isinstance(error, Exception):
            window.show_error(error)
        else:  # Ctrl+C in the terminal
            window.close()

    sys.excepthook = on_bug
    window.show()
    window.prepare(_load_what_comes_next)
    gc.enable()  # `main` has it wait: nothing that is made while starting is thrown away
    return app.exec()


def make_window(app: QApplication, paths: Paths) -> MainWindow:
    """The main window over one data folder, locked."""
    settings = load_settings(paths.settings)
    load_fonts(resources_dir())
    show_look(app, settings)
    app.setWindowIcon(window_icon())

    def report(error: Exception) -> None:
        window.show_error(error)

    window = MainWindow(paths, settings, TaskRunner(report), Changes(), _Doors(paths).gate())
    return window


def take_pictures(paths: Paths, passphrase: str, questions: Sequence[str]) -> list[Path]:
    """Open the window on a vault, ask the questions, and save a PNG of every step in `screenshots`.

    Raises HealthMateError.
    """
    from healthmate_desktop.ui.pictures import walk

    app = QApplication(["healthmate", *STYLE_ARGUMENTS])
    window = make_window(app, paths)
    try:
        return walk(window, passphrase, questions, paths.data / "screenshots")
    finally:
        window.close()


class _Doors:
    """Opens one vault at a time, with children of its own, so that nothing of it outlives the lock."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._commons: Commons | None = None
        self._services: Services | None = None

    def gate(self) -> Gate:
        return Gate(
            exists=self._exists,
            create=self._create,
            unlock=self._unlock,
            recover=self._recover,
            close=self._close,
        )

    def _exists(self) -> bool:
        """Anything in its place counts as a vault: a new one is never made over it."""
        try:
            return any(self._paths.vault.iterdir())
        except FileNotFoundError:
            return False
        except OSError:  # it can't be looked into; opening it says why
            return True

    def _create(self, passphrase: str) -> str:
        from healthmate_desktop.composition import create_vault

        return create_vault(self._paths, passphrase)

    def _unlock(self, passphrase: str) -> OpenVault:
        from healthmate_desktop.security.header import open_header

        opened = open_header(self._paths.vault, passphrase)
        return self._open(opened.keys, older=opened.from_previous)

    def _recover(self, recovery_key: str) -> OpenVault:
        from healthmate_desktop.security.header import open_with_recovery_key

        opened = open_with_recovery_key(self._paths.vault, recovery_key)
        return self._open(opened.keys, older=opened.from_previous)

    def _open(self, keys: VaultKeys, *, older: bool) -> OpenVault:
        from healthmate_desktop.composition import Commons, build_services

        commons = Commons(self._paths, load_settings(self._paths.settings))
        services = build_services(self._paths, keys, commons, from_previous_header=older)
        self._commons, self._services = commons, services
        return OpenVault(
            patients=services.patients,
            importing=services.importing,
            documents=services.documents,
            assistant=services.assistant,
            library=services.library,
            from_previous_header=services.from_previous_header,
            weights=commons.engine.name,
            warm_up=commons.engine.warm,
        )

    def _close(self) -> None:
        commons, self._commons = self._commons, None
        services, self._services = self._services, None
        if commons is not None:
            commons.close()  # first: work that waits for the engine then ends
        if services is not None:
            services.close()


def _load_what_comes_next() -> None:
    """While the passphrase is typed, so that nothing has to be imported when it has been."""
    import healthmate_desktop.composition
    import healthmate_desktop.ui.shell  # noqa: F401


def _data_dir(arguments: Sequence[str]) -> Path:
    """`--data-dir DIR`, else the environment's, else the platform's."""
    words = list(arguments)
    if "--data-dir" in words[:-1]:
        return Path(words[words.index("--data-dir") + 1]).absolute()
    named = os.environ.get(DATA_DIR)
    return Path(named).absolute() if named else default_data_dir()


def _on_qt_message(kind: QtMsgType, _context: object, _message: str) -> None:
    """Qt's own remarks may quote what is on the screen, so only fatal ones leave a trace."""
    if kind is QtMsgType.QtFatalMsg:
        sys.stderr.write("Qt stopped the program.\n")
