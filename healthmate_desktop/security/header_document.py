"""What the key file says. A checksum shows what broke by itself, a MAC what was changed by someone without the keys."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Any

from healthmate_desktop.domain.keys import Anchor, OlderKeys, VaultKeys
from healthmate_desktop.errors import VaultDamaged, VaultTooNew
from healthmate_desktop.security import sealing
from healthmate_desktop.security.sealing import (
    KEY_LENGTH,
    Json,
    Master,
    canonical,
    check_sealed,
    damaged,
    get,
    get_bytes,
    open_bytes,
    parsed,
    seal_bytes,
    subkey,
    text_of,
)
from healthmate_desktop.security.slots import PASSPHRASE, check_slot

FORMAT, VERSION = "healthmate-vault", 2
MOST_USERS = 40  # as many as fit the file; each may cost an unlock when no name is given
_LABELS = {"document_identity": "doc", "audit": "audit-key", "pending": "pending"}


def encode(document: Json, master: Master) -> bytes:
    """The file's bytes."""
    unsigned = {name: value for name, value in document.items() if name not in {"mac", "checksum"}}
    signed = unsigned | {"mac": text_of(sealing.mac(master, canonical(unsigned)))}
    return canonical(signed | {"checksum": checksum(signed)})


def decode(content: bytes) -> Json:
    """Bytes to a document of known shape, not yet authenticated. Raises VaultDamaged or VaultTooNew.

    Nothing in it can make an unlock costlier than HealthMate sets up. The checksum's rule holds for later versions too.
    """
    document = parsed(content)
    try:
        spelling, sum_ = canonical(document), checksum(document)
    except (ValueError, RecursionError) as error:
        raise damaged() from error
    if get(document, "format", str) != FORMAT or document.get("checksum", sum_) != sum_:
        raise damaged()
    version = get(document, "v", int)
    if version > VERSION:
        raise VaultTooNew
    if version < 1 or spelling != content:
        raise damaged()
    _check(document)
    return dict(document)


def is_whole(content: bytes) -> bool:
    """Also for one that a newer HealthMate wrote."""
    try:
        decode(content)
    except VaultDamaged:
        return False
    except VaultTooNew:
        return True
    return True


def checksum(document: Any) -> str:
    if not isinstance(document, dict):
        raise damaged()
    content = {name: value for name, value in document.items() if name != "checksum"}
    return hashlib.sha256(canonical(content)).hexdigest()


def authenticated(document: Json, master: Master) -> VaultKeys:
    """The vault's keys, once the document is known to be of someone who had them. Raises VaultDamaged."""
    unsigned = {name: value for name, value in document.items() if name not in {"mac", "checksum"}}
    expected = sealing.mac(master, canonical(unsigned))
    if not hmac.compare_digest(get_bytes(document, "mac"), expected):
        raise damaged()
    return keys_of(document, master)


def keys_of(document: Json, master: Master) -> VaultKeys:
    """Raises VaultDamaged."""
    identity = open_part(document, master, "document_identity")
    return VaultKeys(
        master.vault_id,
        sealing.database_key(master),
        identity.decode("ascii"),
        audit_key(document, master),
        master.epoch,
        older_keys(document, master),
    )


def audit_key(document: Json, master: Master) -> bytes:
    """Kept when the master key is renewed; derived from it before that."""
    if "audit" not in document:
        return subkey(master.key, "audit/v1")
    return open_part(document, master, "audit")


def older_keys(document: Json, master: Master) -> OlderKeys | None:
    if "pending" not in document:
        return None
    found = parsed(open_part(document, master, "pending"))
    return OlderKeys(
        get(found, "epoch", int),
        get_bytes(found, "database_key", KEY_LENGTH),
        get(found, "document_identity", str),
    )


def anchor_of(document: Json) -> Anchor | None:
    if "anchor" not in document:
        return None
    return Anchor(document["anchor"]["seq"], document["anchor"]["mac"])


def sealed_part(document: Json, master: Master, name: str, content: bytes) -> Json:
    """`document` with `content` sealed under the master key as its part `name`."""
    key = subkey(master.key, f"{_LABELS[name]}/v1/{master.epoch}")
    return document | {name: seal_bytes(key, content, [master.vault_id, master.epoch, name])}


def open_part(document: Json, master: Master, name: str) -> bytes:
    """Raises VaultDamaged."""
    key = subkey(master.key, f"{_LABELS[name]}/v1/{master.epoch}")
    content = open_bytes(key, document[name], [master.vault_id, master.epoch, name])
    if content is None:
        raise damaged()
    return content


def _check(document: Json) -> None:
    for name in ("vault_id", "checksum"):
        get(document, name, str)
    get_bytes(document, "mac", hashlib.sha256().digest_size)
    if get(document, "gen", int) < 1 or get(document, "epoch", int) < 1:
        raise damaged()
    check_sealed(get(document, "document_identity", dict))
    for name in {"audit", "pending"} & set(document):
        check_sealed(document[name])
    if "anchor" in document:
        _check_anchor(document["anchor"])
    slots = get(document, "slots", list)
    for slot in slots:
        check_slot(slot)
    if sum(slot["type"] == PASSPHRASE for slot in slots) > MOST_USERS:
        raise damaged()


def _check_anchor(anchor: Any) -> None:
    if get(anchor, "seq", int) < 0 or not re.fullmatch("[0-9a-f]{0,128}", get(anchor, "mac", str)):
        raise damaged()
