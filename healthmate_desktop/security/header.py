"""The vault header `vault.hmv`: canonical JSON that holds the keys, each sealed, and a MAC over all of it.

Passphrases and a recovery key open it. Nothing here ever makes a vault where one is, or was.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from healthmate_desktop.domain.ids import new_id
from healthmate_desktop.domain.keys import VaultKeys
from healthmate_desktop.domain.sessions import FIRST_USER, check_user_name
from healthmate_desktop.errors import (
    VaultDamaged,
    VaultError,
    VaultExists,
    VaultMissing,
    WrongPassphrase,
)
from healthmate_desktop.security import age
from healthmate_desktop.security.header_document import (
    FORMAT,
    VERSION,
    authenticated,
    decode,
    encode,
    sealed_part,
)
from healthmate_desktop.security.header_file import (
    NAME,
    PREVIOUS,
    has_traces,
    read_file,
    write_header,
)
from healthmate_desktop.security.kdf import Cost, calibrate, derive_key
from healthmate_desktop.security.key_file import Found, KeyFile
from healthmate_desktop.security.passphrase import check_passphrase
from healthmate_desktop.security.sealing import (
    KEY_LENGTH,
    Json,
    Master,
    database_key,
    subkey,
)
from healthmate_desktop.security.slots import (
    PASSPHRASE,
    RECOVERY,
    SALT_LENGTH,
    Opened,
    WrongRecoveryKey,
    cost_of,
    new_secrets,
    open_passphrase_slot,
    open_recovery_slot,
    passphrase_slot,
    recovery_slot,
    same_name,
    user_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Unlock = Callable[[Json], Opened | None]


def header_exists(folder: Path) -> bool:
    """Whether a vault is in this place, or what is left of one."""
    return has_traces(folder)


def sign_in_names(folder: Path) -> list[str]:
    """For the locked window, so not yet authenticated; [] where nothing can be read."""
    for name in (NAME, PREVIOUS):
        try:
            content = read_file(folder / name)
            if content is not None:
                return [slot["label"] for slot in _slots(decode(content), PASSPHRASE)]
        except VaultError:
            continue
    return []


def create_header(
    folder: Path, passphrase: str, *, name: str = "owner", cost: Cost | None = None
) -> tuple[VaultKeys, str]:
    """Make a vault's keys; return them and the recovery key, which is to be shown once and is kept nowhere.

    Without `cost` the passphrase is made as costly as this computer bears, which takes about two seconds.
    Raises InvalidInput, VaultExists, NotEnoughMemory, DiskFull or VaultError.
    """
    check_user_name(name)
    check_passphrase(passphrase, context=[name])
    if has_traces(folder):
        raise VaultExists
    master = Master(new_id(), 1, os.urandom(KEY_LENGTH))
    audit_key = subkey(master.key, "audit/v1")
    keys = VaultKeys(master.vault_id, database_key(master), age.new_identity(), audit_key)
    user, cost = (FIRST_USER, name), cost or calibrate()
    recovery_key = age.new_identity()
    document: Json = {
        "format": FORMAT,
        "v": VERSION,
        "vault_id": keys.vault_id,
        "gen": 1,
        "epoch": master.epoch,
        "slots": [
            passphrase_slot(master, user, passphrase, new_secrets(), cost),
            recovery_slot(keys, master, age.recipient_of(recovery_key)),
        ],
    }
    identity = keys.document_identity.encode("ascii")
    content = encode(sealed_part(document, master, "document_identity", identity), master)
    write_header(folder, content)
    write_header(folder, content)  # so that there are two copies from the first day on
    return keys, recovery_key


def open_header(folder: Path, passphrase: str, name: str = "") -> KeyFile:
    """Takes about a second; with "" as the name, for each person who can sign in.

    An unknown name costs what a wrong passphrase costs, and is told as one.
    Raises WrongPassphrase, VaultMissing, VaultDamaged, VaultTooNew or NotEnoughMemory.
    """

    def unlock(document: Json) -> Opened | None:
        slots = _slots(document, PASSPHRASE)
        asked = [slot for slot in slots if not name or same_name(slot["label"], name)]
        for slot in asked:
            opened = open_passphrase_slot(document["vault_id"], document["epoch"], slot, passphrase)
            if opened is not None:
                return opened
        if slots and not asked:
            derive_key(passphrase, os.urandom(SALT_LENGTH), cost_of(slots[0]))
        return None

    return _open(folder, unlock, WrongPassphrase)


def open_with_recovery_key(folder: Path, recovery_key: str) -> KeyFile:
    """Raises InvalidInput for what is no recovery key, and else as `open_header`."""
    identity = age.typed_recovery_key(recovery_key)

    def unlock(document: Json) -> Opened | None:
        for slot in _slots(document, RECOVERY):
            opened = open_recovery_slot(document["vault_id"], document["epoch"], slot, identity)
            if opened is not None:
                return opened
        return None

    return _open(folder, unlock, WrongRecoveryKey)


def _slots(document: Json, kind: str) -> list[Json]:
    return [slot for slot in document["slots"] if slot["type"] == kind]


def _open(folder: Path, unlock: Unlock, wrong: type[WrongPassphrase]) -> KeyFile:
    problem: VaultDamaged | None = None
    rejected: bytes | None = None
    for name in (NAME, PREVIOUS):
        content = None
        try:
            content = read_file(folder / name)
            if content is not None:
                found = Found(content, name == PREVIOUS, rejected)
                return _opened(folder, found, unlock, wrong)
        except VaultDamaged as error:
            problem, rejected = problem or error, content
    if problem is not None:
        raise problem
    if has_traces(folder):
        raise VaultDamaged(
            "The key file of this vault is missing, and without it the records can't be opened. "
            "Nothing was changed. Restore a backup, or put vault.hmv back."
        )
    raise VaultMissing


def _opened(folder: Path, found: Found, unlock: Unlock, wrong: type[WrongPassphrase]) -> KeyFile:
    document = decode(found.content)
    opened = unlock(document)
    if opened is None:
        raise wrong
    master = Master(document["vault_id"], document["epoch"], opened.master_key)
    authenticated(document, master)
    slots = [opened.slot if slot["id"] == opened.slot["id"] else slot for slot in document["slots"]]
    user = (user_of(opened.slot), opened.secrets) if opened.secrets else None
    return KeyFile(folder, document | {"slots": slots}, master, found, user)
