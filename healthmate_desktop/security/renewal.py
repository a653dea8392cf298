"""The key file's content before, during and after a renewal of all keys. Nobody's passphrase is needed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from healthmate_desktop.domain.keys import OlderKeys, VaultKeys
from healthmate_desktop.security import age
from healthmate_desktop.security.header_document import open_part, sealed_part
from healthmate_desktop.security.sealing import (
    Json,
    Master,
    canonical,
    damaged,
    database_key,
    parsed,
    text_of,
)
from healthmate_desktop.security.slots import (
    PASSPHRASE,
    RECOVERY,
    recovery_slot,
    slot_recipient,
    with_master,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def begun(document: Json, old: Master, new: Master, keys: VaultKeys) -> Json:
    """With everything under the `new` master key, and the older `keys` kept as `pending` under it."""
    identity = age.new_identity()
    older = OlderKeys(old.epoch, keys.database_key, keys.document_identity)
    renewed = replace(
        keys,
        database_key=database_key(new),
        document_identity=identity,
        epoch=new.epoch,
        renewing=older,
    )
    pending = {
        "epoch": older.epoch,
        "database_key": text_of(older.database_key),
        "document_identity": older.document_identity,
    }
    recovery_key = _unknown_recovery_key(document, old)
    if recovery_key is not None:
        pending["recovery_key"] = recovery_key  # until it was surely shown
    slots = list(_renewed_slots(document, old, new, renewed, recovery_key))
    result = document | {"epoch": new.epoch, "slots": slots}
    result = sealed_part(result, new, "document_identity", identity.encode("ascii"))
    result = sealed_part(result, new, "audit", keys.audit_key)
    return sealed_part(result, new, "pending", canonical(pending))


def finished(document: Json, master: Master, keys: VaultKeys) -> Json:
    """Without the older keys, also in what the recovery key opens."""
    done = {name: value for name, value in document.items() if name != "pending"}
    keys = replace(keys, renewing=None)
    return done | {"slots": list(_renewed_slots(done, master, master, keys, None))}


def recovery_key_to_show(document: Json, master: Master) -> str | None:
    """The one that the renewal under way had to make."""
    if "pending" not in document:
        return None
    found = parsed(open_part(document, master, "pending")).get("recovery_key")
    return found if isinstance(found, str) else None


def without_recovery_key(document: Json, master: Master) -> Json:
    """Once another one has taken its place."""
    if recovery_key_to_show(document, master) is None:
        return document
    pending = parsed(open_part(document, master, "pending"))
    del pending["recovery_key"]
    return sealed_part(document, master, "pending", canonical(pending))


def _unknown_recovery_key(document: Json, old: Master) -> str | None:
    """A new recovery key, where version 0.1.0 did not keep to whom the master key is sealed."""
    known = [slot["type"] == RECOVERY and slot_recipient(slot, old) for slot in document["slots"]]
    return None if any(known) else age.new_identity()


def _renewed_slots(
    document: Json, old: Master, new: Master, keys: VaultKeys, recovery_key: str | None
) -> Iterator[Json]:
    for slot in document["slots"]:
        if slot["type"] not in {PASSPHRASE, RECOVERY}:
            yield slot
            continue
        recipient = slot_recipient(slot, old)
        if slot["type"] == RECOVERY:
            if (
                recipient is not None
            ):  # else it is of version 0.1.0, and the new one takes its place
                yield recovery_slot(keys, new, recipient)
        elif recipient is not None:
            yield with_master(slot, new, recipient)
        else:  # nobody is locked out by a renewal
            raise damaged()
    if recovery_key is not None:
        yield recovery_slot(keys, new, age.recipient_of(recovery_key))
