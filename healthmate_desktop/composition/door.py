"""The ways to a vault: made, opened with a passphrase, opened with the recovery key."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from healthmate_desktop.composition.services import build_services
from healthmate_desktop.errors import TooManyAttempts, VaultExists, WrongPassphrase
from healthmate_desktop.logs import Event, log
from healthmate_desktop.security.attempts import Attempts
from healthmate_desktop.security.header import (
    create_header,
    header_exists,
    open_header,
    open_with_recovery_key,
)
from healthmate_desktop.storage.errors import disk_translated
from healthmate_desktop.storage.restoring import finish_restore
from healthmate_desktop.storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from healthmate_desktop.composition.commons import Commons
    from healthmate_desktop.composition.services import Services
    from healthmate_desktop.domain.sessions import AttemptKind, FailedAttempt
    from healthmate_desktop.paths import Paths
    from healthmate_desktop.security.kdf import Cost
    from healthmate_desktop.security.key_file import KeyFile


def vault_exists(paths: Paths) -> bool:
    """A restore that was cut off is ended first, so that the vault is in its place."""
    finish_restore(paths.data)
    return header_exists(paths.vault)


def seconds_to_wait(paths: Paths) -> int:
    """How long the next passphrase has to wait after wrong ones."""
    return Attempts(paths.attempts).wait(datetime.now(UTC))


def create_vault(
    paths: Paths, passphrase: str, *, name: str = "owner", cost: Cost | None = None
) -> str:
    """Make an empty vault and return its recovery key, which is kept nowhere.

    It is made beside its place and moved there whole, so that a power cut leaves a vault or none.
    Raises InvalidInput, VaultExists, DiskFull, NotEnoughMemory or VaultError.
    """
    if vault_exists(paths):
        raise VaultExists
    draft = paths.data / "vault.new"
    try:
        with disk_translated():
            paths.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(mode=0o700)
        keys, recovery_key = create_header(draft, passphrase, name=name, cost=cost)
        Vault.create(draft, keys).close()
        with disk_translated():
            _move_folder(draft, paths.vault)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    log(Event.VAULT_CREATED)
    return recovery_key


def open_vault(paths: Paths, passphrase: str, commons: Commons, *, name: str = "") -> Services:
    """Raises VaultError, also WrongPassphrase, TooManyAttempts, VaultMissing and VaultBusy."""
    finish_restore(paths.data)
    key_file, failed = try_secret(
        paths, "passphrase", lambda: open_header(paths.vault, passphrase, name)
    )
    return build_services(paths, key_file, commons, failed_attempts=failed)


def recover_vault(paths: Paths, recovery_key: str, commons: Commons) -> Services:
    """Open as the first owner, who may then set a new passphrase. Raises as `open_vault`, and InvalidInput."""
    finish_restore(paths.data)
    key_file, failed = try_secret(
        paths, "recovery_key", lambda: open_with_recovery_key(paths.vault, recovery_key)
    )
    return build_services(paths, key_file, commons, failed_attempts=failed)


def try_secret(
    paths: Paths, kind: AttemptKind, way: Callable[[], KeyFile]
) -> tuple[KeyFile, tuple[FailedAttempt, ...]]:
    """Count a wrong one; after a right one tell which were wrong before. Raises TooManyAttempts and as `way`."""
    attempts = Attempts(paths.attempts)
    if seconds := attempts.wait(datetime.now(UTC)):
        raise TooManyAttempts(seconds)
    try:
        key_file = way()
    except WrongPassphrase:
        attempts.failed(datetime.now(UTC), kind)
        log(Event.VAULT_REFUSED)
        raise
    return key_file, tuple(attempts.succeeded())


def _move_folder(draft: Path, place: Path) -> None:
    """Durable when it returns. Raises VaultExists where something is in the way."""
    try:
        os.replace(draft, place)  # noqa: PTH105 - onto an empty folder too
    except OSError as error:
        if error.errno in {errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR}:
            raise VaultExists from error
        raise
    if sys.platform != "win32":  # Windows can't open a folder, and writes names in order
        folder = os.open(place.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
