"""The window: join the parts and run Qt. Whatever is slow to import is imported when a vault is opened."""

from __future__ import annotations

import gc
import os
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from healthmate_desktop import logs
from healthmate_desktop.errors import HealthMateError
from healthmate_desktop.paths import Paths, default_data_dir, resources_dir
from healthmate_desktop.settings import load_settings
from healthmate_desktop.ui.changes import Changes
from healthmate_desktop.ui.choices import show_look
from healthmate_desktop.ui.fonts import load_fonts
from healthmate_desktop.ui.gate import Gate, OpenVault
from healthmate_desktop.ui.stylesheet import STYLE_ARGUMENTS
from healthmate_desktop.ui.tasks import TaskRunner
from healthmate_desktop.ui.widgets.brand import window_icon
from healthmate_desktop.ui.window import MainWindow
from healthmate_desktop.ui.window_place import place_of, put_back

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from healthmate_desktop.composition import Commons, Services
    from healthmate_desktop.domain.backups import BackupProgress, BackupReport
    from healthmate_desktop.domain.sessions import Protection
    from healthmate_desktop.ui.gate import Strength

DATA_DIR = "HEALTHMATE_DATA_DIR"


def run_window(arguments: Sequence[str]) -> int:
    """Open the window and stay until it is closed."""
    warnings.simplefilter("ignore")  # what libraries warn about is not for the person
    qInstallMessageHandler(logs.on_qt_message)
    app = QApplication([*arguments, *STYLE_ARGUMENTS])
    app.setApplicationName("HealthMate")
    paths = Paths(_data_dir(arguments))
    logs.keep_in(paths.events)
    window = make_window(app, paths, because=_option(arguments, "--because"))

    def on_bug(_kind: object, error: BaseException, _trace: object) -> None:
        if isinstance(error, Exception):
            window.show_error(error)
        else:  # Ctrl+C in the terminal
            window.close()

    sys.excepthook = logs.reporting(on_bug)
    put_back(window, _option(arguments, "--place"))
    window.show()
    window.prepare(_load_what_comes_next)
    gc.enable()  # `main` has it wait: nothing that is made while starting is thrown away
    return app.exec()


def make_window(
    app: QApplication,
    paths: Paths,
    *,
    because: str = "",
    forget: Callable[[], None] | None = None,
) -> MainWindow:
    """The main window over one data folder, locked. `because` says why it was locked before.

    `forget` stands in for the new start at the end of a lock where the process has to go on.
    """
    settings = load_settings(paths.settings)
    load_fonts(resources_dir())
    show_look(app, settings)
    app.setWindowIcon(window_icon())

    def report(error: Exception) -> None:
        window.show_error(error)

    def start_anew() -> None:
        _start_anew(window, paths)

    gate = _Doors(paths, forget or start_anew).gate()
    window = MainWindow(paths, settings, TaskRunner(report), Changes(), gate, because=because)
    return window


def take_pictures(paths: Paths, passphrase: str, questions: Sequence[str]) -> list[Path]:
    """Open the window on a vault, ask the questions, and save a PNG of every step in `screenshots`.

    Raises HealthMateError.
    """
    from healthmate_desktop.ui.pictures import walk

    app = QApplication(["healthmate", *STYLE_ARGUMENTS])
    window = make_window(app, paths, forget=lambda: None)
    try:
        return walk(window, passphrase, questions, paths.data / "screenshots")
    finally:
        window.close()


class _Doors:
    """Opens one vault at a time, with children of its own, so that nothing of it outlives the lock."""

    def __init__(self, paths: Paths, start_anew: Callable[[], None]) -> None:
        self._paths = paths
        self._start_anew = start_anew
        self._commons: Commons | None = None
        self._services: Services | None = None

    def gate(self) -> Gate:
        return Gate(
            exists=self._exists,
            names=self._names,
            wait=self._wait,
            create=self._create,
            unlock=self._unlock,
            recover=self._recover,
            restore=self._restore,
            suggest=self._suggest,
            strength=self._strength,
            close=self._close,
            forget=self._start_anew,
        )

    def _exists(self) -> bool:
        """Anything in its place counts as a vault: a new one is never made over it."""
        if self._paths.restoring.exists():  # a restore was cut off; opening carries it through
            return True
        try:
            return any(self._paths.vault.iterdir())
        except FileNotFoundError:
            return False
        except OSError:  # it can't be looked into; opening it says why
            return True

    def _names(self) -> list[str]:
        from healthmate_desktop.security.header import sign_in_names

        return sign_in_names(self._paths.vault)

    def _wait(self) -> int:
        from healthmate_desktop.composition import seconds_to_wait

        return seconds_to_wait(self._paths)

    def _create(self, passphrase: str) -> str:
        from healthmate_desktop.composition import create_vault

        return create_vault(self._paths, passphrase)

    def _unlock(self, passphrase: str, name: str) -> OpenVault:
        from healthmate_desktop.composition import open_vault

        return self._open(lambda commons: open_vault(self._paths, passphrase, commons, name=name))

    def _recover(self, recovery_key: str) -> OpenVault:
        from healthmate_desktop.composition import recover_vault

        return self._open(lambda commons: recover_vault(self._paths, recovery_key, commons))

    def _restore(self, file: Path, secret: str) -> Generator[BackupProgress, None, BackupReport]:
        from healthmate_desktop.composition import restore_vault

        return restore_vault(self._paths, file, secret)

    def _suggest(self) -> str:
        from healthmate_desktop.security.passphrase import suggest_passphrase

        return suggest_passphrase()

    def _strength(self, passphrase: str) -> Strength:
        from healthmate_desktop.security.passphrase import strength

        return strength(passphrase)

    def _protections(self) -> list[Protection]:
        from healthmate_desktop.security.disk import disk_protections
        from healthmate_desktop.security.process import protections

        return [*protections(), *disk_protections(self._paths.data)]

    def _open(self, way: Callable[[Commons], Services]) -> OpenVault:
        from healthmate_desktop.composition import Commons

        commons = Commons(self._paths, load_settings(self._paths.settings))
        try:
            services = way(commons)
        except BaseException:
            commons.close()
            raise
        self._commons, self._services = commons, services
        return OpenVault(
            patients=services.patients,
            importing=services.importing,
            columns=services.columns,
            documents=services.documents,
            records=services.records,
            review=services.review,
            export=services.export,
            assistant=services.assistant,
            library=services.library,
            search=services.search,
            session=services.session,
            users=services.users,
            keys=services.keys,
            log=services.log,
            backup=services.backup,
            drafts=services.drafts,
            policy=services.policy,
            protections=self._protections,
            news=services.news,
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


def _start_anew(window: MainWindow, paths: Paths) -> None:
    """Become a fresh, locked process: no word of the records can stay in memory. Returns only where it fails.

    Raises HealthMateError.
    """
    from healthmate_desktop.children import child_environment, program_command

    shown = ["--place", place_of(window), "--because", window.because]
    command = [*program_command(), "--data-dir", str(paths.data), *shown]
    logs.flush()
    logs.give_back()
    try:
        if sys.platform == "win32":  # it can't be replaced there: a second one, then the end
            import subprocess

            subprocess.Popen(command, env=child_environment(), close_fds=True)
            os._exit(0)
        os.execve(command[0], command, child_environment())  # noqa: S606 - our own program
    except OSError as error:
        raise HealthMateError(
            "HealthMate is locked, but could not start anew, so words may stay in memory. "
            "Close the window, then open it again."
        ) from error


def _load_what_comes_next() -> None:
    """While the passphrase is typed, so that nothing has to be imported when it has been."""
    import healthmate_desktop.composition
    import healthmate_desktop.ui.shell  # noqa: F401


def _data_dir(arguments: Sequence[str]) -> Path:
    """`--data-dir DIR`, else the environment's, else the platform's."""
    named = _option(arguments, "--data-dir") or os.environ.get(DATA_DIR)
    return Path(named).absolute() if named else default_data_dir()


def _option(arguments: Sequence[str], name: str) -> str:
    """The word after `name`, or nothing."""
    words = list(arguments)
    return words[words.index(name) + 1] if name in words[:-1] else ""
