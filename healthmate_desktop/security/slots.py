"""Key slots: ways to the vault's master key, each sealed on its own. Labels of derived keys as in SECURITY 4.2."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from healthmate_desktop.domain.ids import new_id
from healthmate_desktop.errors import InvalidInput, VaultDamaged, WrongPassphrase
from healthmate_desktop.security.kdf import Cost, check_cost, derive_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from healthmate_desktop.domain.keys import VaultKeys

T = TypeVar("T")
Json = dict[str, Any]
KEY_LENGTH = 32


class WrongRecoveryKey(WrongPassphrase):
    """A well-formed recovery key, but not of this vault."""

    code = "wrong_recovery_key"

    def __init__(self) -> None:
        super(WrongPassphrase, self).__init__(
            "That recovery key belongs to other records. Nothing was changed. "
            "Look for the one that was written down for this vault."
        )


@dataclass(frozen=True, slots=True)
class Master:
    """The vault's master key and how often it was renewed."""

    key: bytes = field(repr=False)
    epoch: int


def damaged() -> VaultDamaged:
    return VaultDamaged(
        "The key file of this vault is damaged. Your records were not changed. "
        "Copy the vault's folder to a safe place, then restore a backup."
    )


def canonical(value: object) -> bytes:
    """JSON with one spelling only, so that it can be authenticated."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def text_of(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def get_bytes(values: Mapping[str, Any], name: str, length: int | None = None) -> bytes:
    """The base64 field `name`. Raises VaultDamaged."""
    try:
        found = base64.b64decode(get(values, name, str), validate=True)
    except ValueError as error:
        raise damaged() from error
    if length is not None and len(found) != length:
        raise damaged()
    return found


def get(values: Any, name: str, kind: type[T]) -> T:
    """The field `name`, of exactly this type. Raises VaultDamaged."""
    found = values.get(name) if isinstance(values, dict) else None
    if type(found) is not kind:
        raise damaged()
    return found


def subkey(master: bytes, label: str) -> bytes:
    """HKDF-SHA256 of the master key: a key for one purpose, that tells nothing of the others."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    info = b"healthmate/" + label.encode("ascii")
    return HKDF(algorithm=hashes.SHA256(), length=KEY_LENGTH, salt=None, info=info).derive(master)


def database_key(master: Master) -> bytes:
    return subkey(master.key, f"db/v1/{master.epoch}")


def mac(master: Master, content: bytes) -> bytes:
    return hmac.new(subkey(master.key, "slots-mac/v1"), content, hashlib.sha256).digest()


def seal_bytes(key: bytes, content: bytes, bound_to: object) -> Json:
    """AES-256-GCM under a key that seals nothing else, or under a random nonce."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, content, canonical(bound_to))
    return {"nonce": text_of(nonce), "ct": text_of(sealed)}


def open_bytes(key: bytes, sealed: Json, bound_to: object) -> bytes | None:
    """What `seal_bytes` sealed, or None for another key, other content or another place. Raises VaultDamaged."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce, content = get_bytes(sealed, "nonce", 12), get_bytes(sealed, "ct")
    try:
        return AESGCM(key).decrypt(nonce, content, canonical(bound_to))
    except InvalidTag:
        return None


def passphrase_slot(vault_id: str, master: Master, passphrase: str, cost: Cost) -> Json:
    """A slot that the passphrase opens."""
    salt = os.urandom(16)
    slot: Json = {
        "id": new_id(),
        "type": "passphrase",
        "label": "owner",
        "kdf": {
            "alg": "argon2id",
            "v": 19,
            "m": cost.memory,
            "t": cost.passes,
            "p": cost.lanes,
            "salt": text_of(salt),
        },
    }
    key = derive_key(passphrase, salt, cost)
    return slot | seal_bytes(key, master.key, [vault_id, master.epoch, slot])


def open_passphrase_slot(vault_id: str, epoch: int, slot: Json, passphrase: str) -> bytes | None:
    """The master key, or None for another passphrase. Raises VaultDamaged or NotEnoughMemory."""
    kdf = get(slot, "kdf", dict)
    if kdf.get("alg") != "argon2id" or kdf.get("v") != 19:
        raise damaged()
    cost = Cost(*(get(kdf, name, int) for name in "mtp"))
    key = derive_key(passphrase, get_bytes(kdf, "salt", 16), cost)
    bound_to = {name: value for name, value in slot.items() if name not in {"nonce", "ct"}}
    return open_bytes(key, slot, [vault_id, epoch, bound_to])


def check_slot(slot: Json) -> None:
    """What can be said of a slot without opening it. Raises VaultDamaged."""
    kind = get(slot, "type", str)
    if kind == "passphrase":
        kdf = get(slot, "kdf", dict)
        check_cost(Cost(*(get(kdf, name, int) for name in "mtp")))


def recovery_slot(keys: VaultKeys, master: Master) -> tuple[Json, str]:
    """A slot and the recovery key that opens it.

    The slot's `ct` is an age file: `age --decrypt` and the recovery key give the JSON below without HealthMate.
    """
    import pyrage

    recovery = pyrage.x25519.Identity.generate()
    payload = {
        "format": "healthmate-recovery",
        "v": 1,
        "vault_id": keys.vault_id,
        "epoch": master.epoch,
        "master_key": text_of(master.key),
        "database_key": keys.database_key.hex(),
        "document_identity": keys.document_identity,
    }
    sealed = bytes(pyrage.encrypt(canonical(payload), [recovery.to_public()]))
    slot = {"id": new_id(), "type": "recovery", "label": "recovery", "ct": text_of(sealed)}
    return slot, str(recovery)


def recovery_identity(recovery_key: str) -> Any:
    """Take the key as people type it. Raises InvalidInput."""
    import pyrage

    try:
        return pyrage.x25519.Identity.from_str("".join(recovery_key.split()).upper())
    except pyrage.IdentityError as error:
        raise InvalidInput(
            "That is not a whole recovery key. It starts with AGE-SECRET-KEY-1 and has 74 characters; "
            "check it letter by letter."
        ) from error


def open_recovery_slot(vault_id: str, epoch: int, slot: Json, identity: Any) -> bytes | None:
    """The master key, or None for another recovery key. Raises VaultDamaged."""
    import pyrage

    sealed = get_bytes(slot, "ct")
    try:
        payload = json.loads(pyrage.decrypt(sealed, [identity]))
    except pyrage.DecryptError:
        return None
    except (ValueError, RecursionError) as error:
        raise damaged() from error
    if get(payload, "vault_id", str) != vault_id or get(payload, "epoch", int) != epoch:
        raise damaged()
    return get_bytes(payload, "master_key", KEY_LENGTH)
