"""Passphrase, vault and person of one command."""

from __future__ import annotations

import getpass
import os
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from healthmate_desktop.errors import InvalidInput, TooManyAttempts

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from healthmate_desktop.cli.output import Context
    from healthmate_desktop.composition import Commons, Services
    from healthmate_desktop.domain.sessions import UnlockNews
    from healthmate_desktop.services.library import LibraryService

PASSPHRASE_FILE = "HEALTHMATE_PASSPHRASE_FILE"  # noqa: S105 - a variable's name
NEW_PASSPHRASE_FILE = "HEALTHMATE_NEW_PASSPHRASE_FILE"  # noqa: S105
RECOVERY_KEY_FILE = "HEALTHMATE_RECOVERY_KEY_FILE"
T = TypeVar("T")
LONGEST_WAIT = 60  # seconds that a command waits by itself after wrong passphrases


def read_passphrase(*, twice: bool = False) -> str:
    """From the file that the environment names, or asked for. Never from an argument. Raises InvalidInput."""
    return _secret(PASSPHRASE_FILE, "Passphrase", "passphrase", twice=twice)


def read_new_passphrase() -> str:
    """Raises InvalidInput."""
    return _secret(NEW_PASSPHRASE_FILE, "New passphrase", "new passphrase", twice=True)


def read_recovery_key() -> str:
    """Raises InvalidInput."""
    return _secret(RECOVERY_KEY_FILE, "Recovery key", "recovery key", twice=False)


def has_recovery_key() -> bool:
    """Whether the environment names a file with it."""
    return bool(os.environ.get(RECOVERY_KEY_FILE))


def _secret(variable: str, prompt: str, what: str, *, twice: bool) -> str:
    if named := os.environ.get(variable):
        try:
            return Path(named).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInput(
                f"The file named by {variable} could not be read. Check its name and rights."
            ) from error
    if not sys.stdin.isatty():
        raise InvalidInput(f"There is no {what}. Put it in a file and name the file in {variable}.")
    typed = getpass.getpass(f"{prompt}: ")
    if twice and getpass.getpass("The same again: ") != typed:
        raise InvalidInput("The two differ. Nothing was changed. Try again.")
    return typed


@contextmanager
def commons(context: Context) -> Iterator[Commons]:
    """The library and the children, ended with the block."""
    from healthmate_desktop.composition import Commons

    shared = Commons(context.paths, context.settings)
    try:
        yield shared
    finally:
        shared.close()


@contextmanager
def unlocked(context: Context, *, by_recovery_key: bool = False) -> Iterator[Services]:
    """The services of the vault, locked again with the block."""
    from healthmate_desktop.composition import open_vault, recover_vault

    secret = read_recovery_key() if by_recovery_key else read_passphrase()
    with commons(context) as shared:
        wait_for_turn(context)
        if by_recovery_key:
            services = recover_vault(context.paths, secret, shared)
        else:
            services = open_vault(context.paths, secret, shared, name=context.user)
        try:
            tell_news(context, services.news)
            yield services
        finally:
            services.close()


def wait_for_turn(context: Context) -> None:
    """After wrong passphrases the next try has to wait. Raises TooManyAttempts for more than a minute."""
    from healthmate_desktop.composition import seconds_to_wait

    seconds = seconds_to_wait(context.paths)
    if seconds > LONGEST_WAIT:
        raise TooManyAttempts(seconds)
    if seconds:
        context.progress(f"Too many wrong passphrases; waiting {seconds} seconds.")
        time.sleep(seconds)


def tell_news(context: Context, news: UnlockNews) -> None:
    """What should be heard of right after unlocking, on standard error."""
    if news.failed_attempts:
        first = news.failed_attempts[0].at.astimezone()
        count = len(news.failed_attempts)
        times = "1 failed attempt" if count == 1 else f"{count} failed attempts"
        context.progress(f"{times} to unlock since {first:%d %B %Y, %H:%M}.")
    if news.older:
        context.progress(OLDER)
    for job in news.unfinished:
        context.progress(job.error)
    if news.set_aside:
        context.progress(f"{news.set_aside} unknown files were moved to the folder quarantine.")
    if news.disk_words:
        context.progress(news.disk_words)


OLDER = (
    "Warning: this vault is older than the one last used on this computer. Someone may have put back an old copy. "
    "If that was you, run: healthmate-cli vault accept-older"
)


def finish(context: Context, steps: Generator[object, None, T]) -> T:
    """Run long work to its end and say on standard error how far it is, at most once a second."""
    said = 0.0
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
        if time.monotonic() - said >= 1:
            said = time.monotonic()
            context.progress(_words(step))


def _words(step: object) -> str:
    from healthmate_desktop.domain.backups import BackupProgress

    if isinstance(step, BackupProgress):
        return f"{step.words}: {step.done * 100 // max(step.total, 1)} %"
    if isinstance(step, tuple):
        return "{} of {}".format(*step)
    return f"{step} events checked"


def put_in_starter(context: Context, library: LibraryService) -> None:
    """Make sure that the starter topics are in the library."""
    from healthmate_desktop.paths import resources_dir

    for step in library.install_starter(resources_dir() / "library"):
        context.progress(f"{step.title}: {step.done} of {step.total}")
