"""The vault header `vault.hmv`: canonical JSON that holds the keys, each sealed, and a MAC over all of it.

A passphrase and a recovery key open it. Nothing here ever makes a vault where one is, or was.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.ids import new_id
from healthmate_desktop.domain.keys import VaultKeys
from healthmate_desktop.errors import (
    VaultDamaged,
    VaultExists,
    VaultMissing,
    VaultTooNew,
    WrongPassphrase,
)
from healthmate_desktop.security import slots
from healthmate_desktop.security.header_file import (
    NAME,
    PREVIOUS,
    has_traces,
    read_file,
    write_header,
)
from healthmate_desktop.security.kdf import Cost, calibrate
from healthmate_desktop.security.passphrase import check_passphrase
from healthmate_desktop.security.slots import Json, Master, canonical, damaged, get

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FORMAT, VERSION = "healthmate-vault", 1


@dataclass(frozen=True, slots=True)
class OpenedHeader:
    """`from_previous`: the newest header was missing or damaged, so a passphrase changed since is the old one."""

    keys: VaultKeys
    from_previous: bool = False


def header_exists(folder: Path) -> bool:
    """Whether a vault is in this place, or what is left of one."""
    return has_traces(folder)


def create_header(
    folder: Path, passphrase: str, *, cost: Cost | None = None
) -> tuple[VaultKeys, str]:
    """Make a vault's keys; return them and the recovery key, which is to be shown once and is kept nowhere.

    Without `cost` the passphrase is made as costly as this computer bears, which takes about two seconds.
    Raises InvalidInput, VaultExists, NotEnoughMemory, DiskFull or VaultError.
    """
    import pyrage

    check_passphrase(passphrase)
    if has_traces(folder):
        raise VaultExists
    cost = cost or calibrate()
    master = Master(os.urandom(slots.KEY_LENGTH), epoch=1)
    identity = str(pyrage.x25519.Identity.generate())
    keys = VaultKeys(new_id(), slots.database_key(master), identity)
    recovery, recovery_key = slots.recovery_slot(keys, master)
    document: Json = {
        "format": FORMAT,
        "v": VERSION,
        "vault_id": keys.vault_id,
        "gen": 1,
        "epoch": master.epoch,
        "slots": [
            slots.passphrase_slot(keys.vault_id, master, passphrase, cost),
            recovery,
        ],
        "document_identity": slots.seal_bytes(
            slots.subkey(master.key, f"doc/v1/{master.epoch}"),
            identity.encode("ascii"),
            [keys.vault_id, master.epoch, "document_identity"],
        ),
    }
    content = encode(document, master)
    write_header(folder, content)
    write_header(folder, content)  # so that there are two copies from the first day on
    return keys, recovery_key


def open_header(folder: Path, passphrase: str) -> OpenedHeader:
    """Takes about a second.

    Raises WrongPassphrase, VaultMissing, VaultDamaged, VaultTooNew or NotEnoughMemory.
    """

    def unlock(document: Json, slot: Json) -> bytes | None:
        if slot["type"] != "passphrase":
            return None
        return slots.open_passphrase_slot(document["vault_id"], document["epoch"], slot, passphrase)

    return _open(folder, unlock, WrongPassphrase)


def open_with_recovery_key(folder: Path, recovery_key: str) -> OpenedHeader:
    """Raises InvalidInput for what is no recovery key, and else as `open_header`."""
    identity = slots.recovery_identity(recovery_key)

    def unlock(document: Json, slot: Json) -> bytes | None:
        if slot["type"] != "recovery":
            return None
        return slots.open_recovery_slot(document["vault_id"], document["epoch"], slot, identity)

    return _open(folder, unlock, slots.WrongRecoveryKey)


def encode(document: Json, master: Master) -> bytes:
    """The header's bytes. The MAC shows what was changed without the keys, the checksum what broke by itself."""
    signed = document | {"mac": slots.text_of(slots.mac(master, canonical(document)))}
    return canonical(signed | {"checksum": _checksum(signed)})


def decode(content: bytes) -> Json:
    """Bytes to a header of known shape, not yet authenticated. Raises VaultDamaged or VaultTooNew."""
    try:
        document = json.loads(content)
        checksum = _checksum(document)
    except (ValueError, RecursionError) as error:
        raise damaged() from error
    if get(document, "format", str) != FORMAT:
        raise damaged()
    version = get(document, "v", int)
    if version > VERSION:
        raise VaultTooNew
    if version != VERSION or get(document, "checksum", str) != checksum:
        raise damaged()
    for name, kind in (("vault_id", str), ("gen", int), ("epoch", int), ("mac", str)):
        get(document, name, kind)
    get(document, "document_identity", dict)
    for slot in get(document, "slots", list):
        slots.check_slot(slot)
    return dict(document)


def _open(
    folder: Path,
    unlock: Callable[[Json, Json], bytes | None],
    wrong: type[WrongPassphrase],
) -> OpenedHeader:
    problem: VaultDamaged | None = None
    for name in (NAME, PREVIOUS):
        try:
            content = read_file(folder / name)
            if content is not None:
                return OpenedHeader(_keys(decode(content), unlock, wrong), name == PREVIOUS)
        except VaultDamaged as error:
            problem = problem or error
    if problem is not None:
        raise problem
    if has_traces(folder):
        raise VaultDamaged(
            "The key file of this vault is missing, and without it the records can't be opened. "
            "Nothing was changed. Restore a backup, or put vault.hmv back."
        )
    raise VaultMissing


def _keys(
    document: Json,
    unlock: Callable[[Json, Json], bytes | None],
    wrong: type[WrongPassphrase],
) -> VaultKeys:
    for slot in document["slots"]:
        key = unlock(document, slot)
        if key is not None:
            return _authenticated(document, Master(key, document["epoch"]))
    raise wrong


def _authenticated(document: Json, master: Master) -> VaultKeys:
    signed = {name: value for name, value in document.items() if name not in {"mac", "checksum"}}
    if not hmac.compare_digest(
        slots.get_bytes(document, "mac"), slots.mac(master, canonical(signed))
    ):
        raise damaged()
    identity = slots.open_bytes(
        slots.subkey(master.key, f"doc/v1/{master.epoch}"),
        document["document_identity"],
        [document["vault_id"], master.epoch, "document_identity"],
    )
    if identity is None:
        raise damaged()
    return VaultKeys(document["vault_id"], slots.database_key(master), identity.decode("ascii"))


def _checksum(document: Any) -> str:
    if not isinstance(document, dict):
        raise damaged()
    content = {name: value for name, value in document.items() if name != "checksum"}
    return hashlib.sha256(canonical(content)).hexdigest()
