"""The window: join the parts and run Qt. Whatever is slow to import is imported when a vault is opened."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QMessageBox

from healthmate_desktop.errors import HealthMateError
from healthmate_desktop.paths import Paths, default_data_dir, resources_dir
from healthmate_desktop.security.process import harden
from healthmate_desktop.settings import load_settings
from healthmate_desktop.ui.changes import Changes
from healthmate_desktop.ui.fonts import load_fonts
from healthmate_desktop.ui.gate import Gate, OpenVault
from healthmate_desktop.ui.tasks import TaskRunner
from healthmate_desktop.ui.widgets.brand import window_icon
from healthmate_desktop.ui.window import MainWindow, show_look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.composition import Commons, Services

DATA_DIR = "HEALTHMATE_DATA_DIR"


def run_window(arguments: Sequence[str]) -> int:
    """Open the window and stay until it is closed."""
    harden("app")
    qInstallMessageHandler(_on_qt_message)
    app = QApplication(list(arguments))
    app.setApplicationName("HealthMate")
    window = make_window(app, Paths(_data_dir(arguments)))
    window.show()
    return app.exec()


def make_window(app: QApplication, paths: Paths) -> MainWindow:
    """The main window over one data folder, locked."""
    settings = load_settings(paths.settings)
    load_fonts(resources_dir())
    show_look(app, settings)
    app.setWindowIcon(window_icon())
    tasks = TaskRunner(_report_error)
    window = MainWindow(paths, settings, tasks, Changes(), _Doors(paths).gate())
    sys.excepthook = lambda _kind, error, _trace: _report_error(error)
    return window


def take_pictures(paths: Paths, passphrase: str, questions: Sequence[str]) -> list[Path]:
    """Open the window on a vault, ask the questions, and save a PNG of every step in `screenshots`.

    Raises HealthMateError.
    """
    from healthmate_desktop.ui.pictures import walk

    app = QApplication(["healthmate"])
    window = make_window(app, paths)
    try:
        return walk(window, passphrase, questions, paths.data / "screenshots")
    finally:
        window.close()


class _Doors:
    """Opens vaults, keeping the children and the library from one unlock to the next."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._commons: Commons | None = None

    def gate(self) -> Gate:
        return Gate(
            exists=self._exists, create=self._create, unlock=self._unlock, close=self._close
        )

    def _exists(self) -> bool:
        from healthmate_desktop.security.header_file import has_traces

        return has_traces(self._paths.vault)

    def _create(self, passphrase: str) -> str:
        from healthmate_desktop.composition import create_vault

        return create_vault(self._paths, passphrase)

    def _unlock(self, passphrase: str) -> OpenVault:
        from healthmate_desktop.composition import Commons, open_vault

        if self._commons is None:
            self._commons = Commons(self._paths, load_settings(self._paths.settings))
        return _open(open_vault(self._paths, passphrase, self._commons), self._commons)

    def _close(self) -> None:
        if self._commons is not None:
            self._commons.close()
            self._commons = None


def _open(services: Services, commons: Commons) -> OpenVault:
    return OpenVault(
        patients=services.patients,
        importing=services.importing,
        documents=services.documents,
        search=services.search,
        assistant=services.assistant,
        library=services.library,
        from_previous_header=services.from_previous_header,
        warm_up=commons.engine.warm,
        close=services.close,
    )


def _data_dir(arguments: Sequence[str]) -> Path:
    """`--data-dir DIR`, else the environment's, else the platform's."""
    words = list(arguments)
    if "--data-dir" in words[:-1]:
        return Path(words[words.index("--data-dir") + 1]).absolute()
    named = os.environ.get(DATA_DIR)
    return Path(named).absolute() if named else default_data_dir()


def _report_error(error: BaseException) -> None:
    """Known errors in their own words; of anything else only its type, for its text may hold data."""
    if isinstance(error, HealthMateError):
        words = str(error)
    else:
        words = (
            "Something happened that HealthMate did not expect. Your records are safe. "
            f"Try again, or close the window and start anew. ({type(error).__name__})"
        )
    box = QMessageBox(
        QMessageBox.Icon.Warning, "HealthMate", words, parent=QApplication.activeWindow()
    )
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


def _on_qt_message(kind: QtMsgType, _context: object, _message: str) -> None:
    """Qt's own remarks may quote what is on the screen, so only fatal ones leave a trace."""
    if kind is QtMsgType.QtFatalMsg:
        sys.stderr.write("Qt stopped the program.\n")
