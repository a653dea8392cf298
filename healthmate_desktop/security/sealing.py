"""What is sealed under the vault's master key, and the one spelling of JSON that a seal can cover.

Labels of derived keys as in SECURITY 4.2.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from healthmate_desktop.errors import VaultDamaged

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")
Json = dict[str, Any]
KEY_LENGTH, NONCE_LENGTH = 32, 12  # bytes


@dataclass(frozen=True, slots=True)
class Master:
    """A vault's master key; the epoch counts how often it was renewed, from 1."""

    vault_id: str
    epoch: int
    key: bytes = field(repr=False)


def damaged() -> VaultDamaged:
    return VaultDamaged(
        "The key file of this vault is damaged. Your records were not changed. "
        "Copy the vault's folder to a safe place, then restore a backup."
    )


def canonical(value: object) -> bytes:
    """JSON with one spelling only, so that it can be authenticated."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def parsed(content: bytes) -> Any:
    """JSON that comes from outside. Raises VaultDamaged."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise damaged() from error


def text_of(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def get_bytes(values: Mapping[str, Any], name: str, length: int | None = None) -> bytes:
    """The base64 field `name`, in the one spelling of its bytes. Raises VaultDamaged."""
    text = get(values, name, str)
    try:
        found = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise damaged() from error
    if text_of(found) != text or (length is not None and len(found) != length):
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
    """AES-256-GCM under a random nonce."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(NONCE_LENGTH)
    sealed = AESGCM(key).encrypt(nonce, content, canonical(bound_to))
    return {"nonce": text_of(nonce), "ct": text_of(sealed)}


def open_bytes(key: bytes, sealed: Json, bound_to: object) -> bytes | None:
    """What `seal_bytes` sealed, or None for another key, other content or another place. Raises VaultDamaged."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce, content = get_bytes(sealed, "nonce", NONCE_LENGTH), get_bytes(sealed, "ct")
    try:
        return AESGCM(key).decrypt(nonce, content, canonical(bound_to))
    except InvalidTag:
        return None


def check_sealed(sealed: Any) -> None:
    """What can be said of something sealed without its key. Raises VaultDamaged."""
    get_bytes(sealed, "nonce", NONCE_LENGTH)
    get_bytes(sealed, "ct")
