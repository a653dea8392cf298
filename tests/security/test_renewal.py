from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from healthmate_desktop.domain.keys import Anchor, OlderKeys
from healthmate_desktop.errors import VaultDamaged
from healthmate_desktop.security.header import open_header, open_with_recovery_key
from healthmate_desktop.security.header_document import encode, open_part
from healthmate_desktop.security.originals import Sealer
from healthmate_desktop.security.slots import WrongRecoveryKey
from security.made import OLD_PASSPHRASE, OTHER, PASSPHRASE, QUICK, Made, age_opened, old_vault

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("cheap_unlocks")]


def test_a_renewal_changes_every_key_but_the_logs(made: Made) -> None:
    opened = made.open()
    opened.add_user("u2", "Anna", OTHER, cost=QUICK)
    opened.save_anchor(Anchor(5, "0a" * 32))
    keys, new_recovery_key = opened.begin_renewal()
    assert new_recovery_key is None
    assert keys == opened.keys
    assert keys.epoch == 2
    assert keys.vault_id == made.keys.vault_id
    assert keys.audit_key == made.keys.audit_key
    assert keys.database_key != made.keys.database_key
    assert keys.document_identity != made.keys.document_identity
    assert keys.renewing == OlderKeys(1, made.keys.database_key, made.keys.document_identity)
    assert made.path.read_bytes() == made.previous.read_bytes()
    for again in (made.open(), made.open(OTHER, "Anna"), made.recover()):  # nobody typed anything
        assert again.keys == keys
        assert again.anchor == Anchor(5, "0a" * 32)
    done = opened.finish_renewal()
    assert done.renewing is None
    assert (done.database_key, done.epoch) == (keys.database_key, 2)
    assert made.path.read_bytes() == made.previous.read_bytes()
    for again in (made.open(), made.open(OTHER, "Anna"), made.recover()):
        assert again.keys == done
    assert made.open().signing_key == opened.signing_key


def test_what_was_begun_is_gone_on_with_after_the_next_unlock(made: Made) -> None:
    keys, _ = made.open().begin_renewal()
    again = made.open()
    assert again.begin_renewal() == (keys, None)
    assert again.finish_renewal().epoch == 2
    assert again.finish_renewal() == again.keys  # once more does no harm
    assert again.begin_renewal()[0].epoch == 3


def test_passphrases_and_recovery_key_can_be_changed_in_the_middle_of_a_renewal(
    made: Made,
) -> None:
    opened = made.open()
    keys, _ = opened.begin_renewal()
    opened.change_passphrase("owner", OTHER, cost=QUICK)
    recovery_key = opened.new_recovery_key()
    assert made.open(OTHER).keys == keys
    assert open_with_recovery_key(made.folder, recovery_key).keys == keys
    opened.finish_renewal()
    assert made.open(OTHER).keys == open_with_recovery_key(made.folder, recovery_key).keys


def test_older_keys_are_in_what_the_recovery_key_opens_only_while_needed(made: Made) -> None:
    """Without this program too, everything can be read at any point of a renewal."""
    opened = made.open()
    opened.begin_renewal()
    payload = recovery_payload(made.path, made.recovery_key)
    assert payload["older"] == {
        "epoch": 1,
        "database_key": made.keys.database_key.hex(),
        "document_identity": made.keys.document_identity,
    }
    opened.finish_renewal()
    for path in (made.path, made.previous):
        assert "older" not in recovery_payload(path, made.recovery_key)
        assert "pending" not in json.loads(path.read_bytes())


def recovery_payload(path: Path, recovery_key: str) -> dict[str, object]:
    slots = json.loads(path.read_bytes())["slots"]
    (slot,) = (slot for slot in slots if slot["type"] == "recovery")
    return age_opened(recovery_key, slot["ct"])


def test_an_older_master_key_opens_nothing_of_a_renewed_header(made: Made) -> None:
    opened = made.open()
    old = made.master()
    opened.begin_renewal()
    document = made.document()
    for name in ("document_identity", "audit", "pending"):
        with pytest.raises(VaultDamaged):
            open_part(document, old, name)
    sealed = [base64.b64decode(slot["master"]) for slot in document["slots"] if "master" in slot]
    assert all(old.key not in part for part in sealed)


def test_an_unknown_recovery_key_is_replaced_and_told_until_the_renewal_is_done(
    tmp_path: Path,
) -> None:
    """Version 0.1.0 did not keep to whom it sealed; the new key must not be lost with a power cut either."""
    folder = tmp_path / "vault"
    old = old_vault(folder)
    _, new = open_header(folder, OLD_PASSPHRASE).begin_renewal()
    assert new is not None
    with pytest.raises(WrongRecoveryKey):
        open_with_recovery_key(folder, old)
    again = open_header(folder, OLD_PASSPHRASE)  # after a power cut, say
    assert again.begin_renewal() == (again.keys, new)
    assert new not in repr(again.keys)
    assert open_with_recovery_key(folder, new).keys == again.keys
    done = again.finish_renewal()
    assert again.begin_renewal()[1] is None  # known by now
    assert done.vault_id == again.keys.vault_id


def test_a_recovery_key_made_in_between_is_not_overtaken_by_an_older_one(tmp_path: Path) -> None:
    folder = tmp_path / "vault"
    old_vault(folder)
    opened = open_header(folder, OLD_PASSPHRASE)
    _, first = opened.begin_renewal()
    second = opened.new_recovery_key()
    assert first != second
    assert opened.begin_renewal() == (opened.keys, None)
    assert open_with_recovery_key(folder, second).keys == opened.keys


def test_slots_of_a_kind_not_known_yet_are_left_alone(made: Made) -> None:
    document = made.document()
    document["slots"].append({"id": "x", "type": "passkey", "recipient": "of its own"})
    made.write(encode(document, made.master()))
    opened = made.open()
    opened.begin_renewal()
    opened.finish_renewal()
    assert {"id": "x", "type": "passkey", "recipient": "of its own"} in made.document()["slots"]


def test_originals_of_both_epochs_are_opened_while_a_renewal_is_under_way(made: Made) -> None:
    before = Sealer(made.keys)
    first = before.seal(b"first")
    opened = made.open()
    between = Sealer(opened.begin_renewal()[0])
    second = between.seal(b"second")
    assert (before.epoch, between.epoch) == (1, 2)
    assert between.unseal(first, 1) == b"first"
    assert between.unseal(second, 2) == b"second"
    after = Sealer(opened.finish_renewal())
    assert after.unseal(second, 2) == b"second"
    for sealed, epoch in ((first, 1), (first, 2), (second, 3)):
        with pytest.raises(VaultDamaged):
            after.unseal(sealed, epoch)
    assert PASSPHRASE not in repr(after)
