"""Key slots: ways to the vault's master key, each sealed on its own.

Every slot has an age identity; the master key is sealed to its recipient, so that a renewed master key reaches slots
whose passphrase or recovery key nobody types. The recipients lie in the file under the master key: who knows one could
seal another master key to it, and so put a vault of their own in the place of this one.
"""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from healthmate_desktop.domain.ids import new_id
from healthmate_desktop.domain.sessions import FIRST_USER, check_user_name
from healthmate_desktop.errors import InvalidInput, WrongPassphrase
from healthmate_desktop.security import age
from healthmate_desktop.security.kdf import Cost, check_cost, derive_key
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

if TYPE_CHECKING:
    from healthmate_desktop.domain.keys import VaultKeys

PASSPHRASE, RECOVERY = "passphrase", "recovery"
SALT_LENGTH = 16
RENEWED = ("master", "recipient")  # what a renewal writes anew in a passphrase slot


class WrongRecoveryKey(WrongPassphrase):
    """A well-formed recovery key, but not of this vault."""

    code = "wrong_recovery_key"

    def __init__(self) -> None:
        super(WrongPassphrase, self).__init__(
            "That recovery key belongs to other records. Nothing was changed. "
            "Look for the one that was written down for this vault."
        )


@dataclass(frozen=True, slots=True)
class Secrets:
    """What one passphrase opens: the way to the master key, and the seed of its owner's signatures."""

    identity: str = field(repr=False)
    signing_seed: bytes = field(repr=False)  # 32 bytes, Ed25519

    @property
    def signing_key(self) -> bytes:
        """Public."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return (
            Ed25519PrivateKey.from_private_bytes(self.signing_seed).public_key().public_bytes_raw()
        )


@dataclass(frozen=True, slots=True)
class Opened:
    """`slot` is as it is to be kept from now on: one of version 0.1.0 has become one of today."""

    master_key: bytes = field(repr=False)
    slot: Json = field(repr=False)
    secrets: Secrets | None = None  # None: opened by the recovery key


def check_slot(slot: Json) -> None:
    """What can be said of a slot without opening it, above all what it would cost. Raises VaultDamaged."""
    kind = get(slot, "type", str)
    get(slot, "id", str)
    if kind not in {PASSPHRASE, RECOVERY}:
        return
    get_bytes(slot, "ct")
    if "recipient" in slot:
        check_sealed(slot["recipient"])
    if kind == PASSPHRASE:
        _check_passphrase_slot(slot)


def _check_passphrase_slot(slot: Json) -> None:
    kdf = get(slot, "kdf", dict)
    if get(kdf, "alg", str) != "argon2id" or get(kdf, "v", int) != 19:
        raise damaged()
    check_cost(cost_of(slot))
    get_bytes(kdf, "salt", SALT_LENGTH)
    check_sealed(slot)
    try:
        check_user_name(get(slot, "label", str))
    except InvalidInput as error:
        raise damaged() from error
    if set(RENEWED) & set(slot) or "user_id" in slot:
        get(slot, "user_id", str)
        get_bytes(slot, "master")
        get(slot, "recipient", dict)


def cost_of(slot: Json) -> Cost:
    kdf = get(slot, "kdf", dict)
    return Cost(*(get(kdf, name, int) for name in "mtp"))


def user_of(slot: Json) -> str:
    """Version 0.1.0 knew one person only, without an id."""
    return str(slot.get("user_id", FIRST_USER))


def passphrase_slot(
    master: Master, user: tuple[str, str], passphrase: str, secrets: Secrets, cost: Cost
) -> Json:
    """A slot of `user` (id and name) that the passphrase opens. Takes about a second. Raises NotEnoughMemory."""
    salt = os.urandom(SALT_LENGTH)
    slot: Json = {
        "id": new_id(),
        "type": PASSPHRASE,
        "user_id": user[0],
        "label": user[1],
        "kdf": {
            "alg": "argon2id",
            "v": 19,
            "m": cost.memory,
            "t": cost.passes,
            "p": cost.lanes,
            "salt": text_of(salt),
        },
    }
    return _filled(slot, derive_key(passphrase, salt, cost), master, secrets)


def new_secrets(signing_seed: bytes | None = None) -> Secrets:
    return Secrets(age.new_identity(), signing_seed or os.urandom(KEY_LENGTH))


def _filled(slot: Json, key: bytes, master: Master, secrets: Secrets) -> Json:
    content = {"identity": secrets.identity, "signing_seed": text_of(secrets.signing_seed)}
    sealed = seal_bytes(key, canonical(content), [master.vault_id, slot])
    return with_master(slot | sealed, master, age.recipient_of(secrets.identity))


def with_master(slot: Json, master: Master, recipient: str) -> Json:
    """The passphrase slot, leading to this master key. Needs no passphrase."""
    content = {
        "vault_id": master.vault_id,
        "epoch": master.epoch,
        "master_key": text_of(master.key),
    }
    sealed = age.seal_to([recipient], canonical(content))
    return _with_recipient(slot | {"master": text_of(sealed)}, master, recipient)


def open_passphrase_slot(vault_id: str, epoch: int, slot: Json, passphrase: str) -> Opened | None:
    """None for another passphrase. Takes about a second. Raises VaultDamaged or NotEnoughMemory."""
    key = derive_key(passphrase, get_bytes(slot["kdf"], "salt", SALT_LENGTH), cost_of(slot))
    if "master" not in slot:
        return _open_first_version(vault_id, epoch, slot, key)
    content = open_bytes(key, slot, [vault_id, _without(slot, "nonce", "ct", *RENEWED)])
    if content is None:
        return None
    found = parsed(content)
    secrets = Secrets(get(found, "identity", str), get_bytes(found, "signing_seed", KEY_LENGTH))
    master_key = _master_key(vault_id, epoch, secrets.identity, slot, "master")
    if master_key is None:
        raise damaged()
    return Opened(master_key, slot, secrets)


def _open_first_version(vault_id: str, epoch: int, slot: Json, key: bytes) -> Opened | None:
    """The passphrase sealed the master key itself. The seed is derived, so that it is the same until it is saved."""
    master_key = open_bytes(key, slot, [vault_id, epoch, _without(slot, "nonce", "ct")])
    if master_key is None:
        return None
    secrets = new_secrets(subkey(key, "signing/v1"))
    today = {
        "id": slot["id"],
        "type": PASSPHRASE,
        "user_id": user_of(slot),
        "label": slot["label"],
        "kdf": slot["kdf"],
    }
    slot = _filled(today, key, Master(vault_id, epoch, master_key), secrets)
    return Opened(master_key, slot, secrets)


def recovery_slot(keys: VaultKeys, master: Master, recipient: str) -> Json:
    """A slot that the identity of `recipient` opens.

    Its `ct` is an age file: `age --decrypt` and the recovery key give the JSON below without HealthMate.
    """
    content: Json = {
        "format": "healthmate-recovery",
        "v": 1,
        "vault_id": keys.vault_id,
        "epoch": master.epoch,
        "master_key": text_of(master.key),
        "database_key": keys.database_key.hex(),
        "document_identity": keys.document_identity,
    }
    if keys.renewing is not None:
        content["older"] = {
            "epoch": keys.renewing.epoch,
            "database_key": keys.renewing.database_key.hex(),
            "document_identity": keys.renewing.document_identity,
        }
    sealed = age.seal_to([recipient], canonical(content))
    slot = {"id": new_id(), "type": RECOVERY, "label": "recovery", "ct": text_of(sealed)}
    return _with_recipient(slot, master, recipient)


def open_recovery_slot(vault_id: str, epoch: int, slot: Json, identity: str) -> Opened | None:
    """None for another recovery key. Raises VaultDamaged."""
    master_key = _master_key(vault_id, epoch, identity, slot, "ct")
    if master_key is None:
        return None
    if "recipient" not in slot:
        recipient = age.recipient_of(identity)
        slot = _with_recipient(slot, Master(vault_id, epoch, master_key), recipient)
    return Opened(master_key, slot)


def slot_recipient(slot: Json, master: Master) -> str | None:
    """To whom the slot's master key is sealed; None where version 0.1.0 did not keep it. Raises VaultDamaged."""
    if "recipient" not in slot:
        return None
    found = open_bytes(
        subkey(master.key, f"recipient/v1/{master.epoch}"),
        slot["recipient"],
        [master.vault_id, master.epoch, slot["id"]],
    )
    if found is None:
        raise damaged()
    return found.decode("ascii")


def _with_recipient(slot: Json, master: Master, recipient: str) -> Json:
    sealed = seal_bytes(
        subkey(master.key, f"recipient/v1/{master.epoch}"),
        recipient.encode("ascii"),
        [master.vault_id, master.epoch, slot["id"]],
    )
    return slot | {"recipient": sealed}


def _master_key(vault_id: str, epoch: int, identity: str, slot: Json, name: str) -> bytes | None:
    """None where field `name` of the slot is sealed to another identity. Raises VaultDamaged."""
    content = age.open_with(identity, get_bytes(slot, name))
    if content is None:
        return None
    found = parsed(content)
    if get(found, "vault_id", str) != vault_id or get(found, "epoch", int) != epoch:
        raise damaged()
    master = Master(vault_id, epoch, get_bytes(found, "master_key", KEY_LENGTH))
    recipient = slot_recipient(slot, master)
    if recipient not in {None, age.recipient_of(identity)}:
        raise damaged()
    return master.key


def same_name(name: str, other: str) -> bool:
    """However it was typed."""
    return _plain(name) == _plain(other)


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name.strip()).casefold()
    return unicodedata.normalize("NFKC", folded)


def _without(slot: Json, *names: str) -> Json:
    return {name: value for name, value in slot.items() if name not in names}
