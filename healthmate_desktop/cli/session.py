"""Passphrase, vault and person of one command."""

from __future__ import annotations

import getpass
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from healthmate_desktop.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.cli.output import Context
    from healthmate_desktop.composition import Commons, Services
    from healthmate_desktop.services.library import LibraryService

PASSPHRASE_FILE = "HEALTHMATE_PASSPHRASE_FILE"  # noqa: S105 - a variable's name


def read_passphrase(*, twice: bool = False) -> str:
    """From the file that the environment names, or asked for. Never from an argument. Raises InvalidInput."""
    if named := os.environ.get(PASSPHRASE_FILE):
        try:
            return Path(named).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInput(
                f"The file named by {PASSPHRASE_FILE} could not be read. Check its name and rights."
            ) from error
    if not sys.stdin.isatty():
        raise InvalidInput(
            f"There is no passphrase. Put it in a file and name the file in {PASSPHRASE_FILE}."
        )
    passphrase = getpass.getpass("Passphrase: ")
    if twice and getpass.getpass("The same again: ") != passphrase:
        raise InvalidInput("The two passphrases differ. Nothing was changed. Try again.")
    return passphrase


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
def unlocked(context: Context) -> Iterator[Services]:
    """The services of the vault, locked again with the block."""
    from healthmate_desktop.composition import open_vault

    passphrase = read_passphrase()
    with commons(context) as shared:
        services = open_vault(context.paths, passphrase, shared)
        try:
            yield services
        finally:
            services.close()


def put_in_starter(context: Context, library: LibraryService) -> None:
    """Make sure that the starter topics are in the library."""
    from healthmate_desktop.paths import resources_dir

    for step in library.install_starter(resources_dir() / "library"):
        context.progress(f"{step.title}: {step.done} of {step.total}")
