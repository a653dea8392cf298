"""What a backup is made of: a plain tar around one sealed tar, and the list of both.

    README.txt  vault.hmv  open_backup.py  contents.age
                                           keys.json  originals/<id>.age ...  vault.db  manifest.json

The database comes after the originals, so that it can only know of files that are already in, and the list last.
Everything outside of contents.age is in the list too, so that not a byte of the file goes unchecked.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.backups import SUFFIX
from healthmate_desktop.domain.keys import Anchor
from healthmate_desktop.storage.backup_errors import BackupTooNew, contents_differ

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from healthmate_desktop.domain.keys import VaultKeys

FORMAT, KEYS_FORMAT, VERSION = "healthmate-backup", "healthmate-backup-keys", 1
README, HEADER, OPENER, CONTENTS = "README.txt", "vault.hmv", "open_backup.py", "contents.age"
OUTER = (README, HEADER, OPENER)  # in this order, before the contents
KEYS, DATABASE, MANIFEST = "keys.json", "vault.db", "manifest.json"
LONGEST_OUTER, LONGEST_KEYS, LONGEST_MANIFEST = 2**20, 2**16, 2**28  # bytes
ORIGINAL = re.compile(r"originals/[0-9A-Za-z-]{1,64}(?:\.[0-9]{1,9})?\.age")
_FILE = re.compile(r"healthmate-([0-9a-f]{8})-(\d{8}T\d{6}Z)" + re.escape(SUFFIX))
_TIME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Streams:
    """The age format, which belongs to another room.

    `seal(source, target, identity, recipients)` encrypts to the public half of the identity and to the recipients;
    `unseal(source, target, identity)` raises VaultDamaged for what was not sealed so.
    """

    seal: Callable[[Any, Any, str, Sequence[str]], None]
    unseal: Callable[[Any, Any, str], None]


@dataclass(frozen=True, slots=True)
class KeyFileCopy:
    """The key file as it is now, known to be genuine, and whom else a backup is sealed to (age1...)."""

    content: bytes = field(repr=False)
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a tar."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What the database of a backup says of itself."""

    revision: str
    rows: Mapping[str, int]  # of each table
    people: int
    documents: int  # originals
    events: int  # of the log
    log_head: Anchor


@dataclass(frozen=True, slots=True)
class Manifest:
    """`missing`: ids of documents whose originals were already lost or damaged in the vault."""

    vault_id: str
    epoch: int
    made_at: datetime  # whole seconds
    contents: Contents
    outer: tuple[Entry, ...]
    inner: tuple[Entry, ...]  # but for the list itself
    missing: tuple[str, ...] = ()


def encode_manifest(manifest: Manifest, keys: VaultKeys) -> bytes:
    """JSON that shows it was written with the vault's keys."""
    document = {
        "format": FORMAT,
        "v": VERSION,
        "vault_id": manifest.vault_id,
        "epoch": manifest.epoch,
        "made_at": manifest.made_at.astimezone(UTC).isoformat(),
        "contents": asdict(manifest.contents),
        "outer": [asdict(entry) for entry in manifest.outer],
        "inner": [asdict(entry) for entry in manifest.inner],
        "missing": list(manifest.missing),
    }
    document["mac"] = _mac(document, keys)
    return json.dumps(document, indent=1, sort_keys=True).encode()


def decode_manifest(content: bytes, keys: VaultKeys) -> Manifest:
    """Raises BackupTooNew, or VaultDamaged for what was not written with these keys."""
    document = decode_json(content, FORMAT)
    mac = document.pop("mac", "")
    if not isinstance(mac, str) or not hmac.compare_digest(
        mac.encode(), _mac(document, keys).encode()
    ):
        raise contents_differ()
    try:
        found = document["contents"]
        return Manifest(
            vault_id=document["vault_id"],
            epoch=document["epoch"],
            made_at=datetime.fromisoformat(document["made_at"]),
            contents=Contents(**(found | {"log_head": Anchor(**found["log_head"])})),
            outer=tuple(Entry(**entry) for entry in document["outer"]),
            inner=tuple(Entry(**entry) for entry in document["inner"]),
            missing=tuple(document["missing"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise contents_differ() from error


def encode_keys(keys: VaultKeys, database_key: bytes) -> bytes:
    """What opens the rest of the sealed tar."""
    document = {
        "format": KEYS_FORMAT,
        "v": VERSION,
        "vault_id": keys.vault_id,
        "epoch": keys.epoch,
        "database_key": database_key.hex(),
        "document_identity": keys.document_identity,
    }
    return json.dumps(document, indent=1).encode()


def decode_keys(content: bytes, keys: VaultKeys) -> bytes:
    """The key of the copy of the database. Raises BackupTooNew, or VaultDamaged when they are of other keys."""
    document = decode_json(content, KEYS_FORMAT)
    known = {
        "vault_id": keys.vault_id,
        "epoch": keys.epoch,
        "document_identity": keys.document_identity,
    }
    if any(document.get(name) != value for name, value in known.items()):
        raise contents_differ()
    try:
        key = bytes.fromhex(document["database_key"])
    except (KeyError, TypeError, ValueError) as error:
        raise contents_differ() from error
    if len(key) != len(keys.database_key):
        raise contents_differ()
    return key


def decode_json(content: bytes, format_: str) -> dict[str, Any]:
    """An object of this format and of a version that is known. Raises BackupTooNew or VaultDamaged."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise contents_differ() from error
    if not isinstance(document, dict) or document.get("format") != format_:
        raise contents_differ()
    version = document.get("v")
    if not isinstance(version, int):
        raise contents_differ()
    if version > VERSION:
        raise BackupTooNew
    return document


def vault_of(header: bytes) -> tuple[str, int]:
    """Which vault a key file is of and how often its keys were renewed, as it says: not yet known to be true."""
    try:
        document = json.loads(header)
        return str(document["vault_id"]), int(document["epoch"])
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise contents_differ() from error


def file_name(vault_id: str, made_at: datetime) -> str:
    return f"healthmate-{vault_id[:8]}-{made_at.astimezone(UTC).strftime(_TIME)}{SUFFIX}"


def time_in_name(name: str, vault_id: str) -> datetime | None:
    """When it was made, or None for a name we did not give to a backup of this vault."""
    match = _FILE.fullmatch(name)
    if match is None or match[1] != vault_id[:8]:
        return None
    try:
        return datetime.strptime(match[2], _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None


def _mac(document: Mapping[str, Any], keys: VaultKeys) -> str:
    key = hmac.digest(keys.database_key, b"healthmate/backup/v1", "sha256")
    content = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    return hmac.new(key, content, hashlib.sha256).hexdigest()
