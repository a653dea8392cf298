from __future__ import annotations

import base64
import errno
import json
import os
from typing import TYPE_CHECKING, Any

import pyrage
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from healthmate_desktop.domain.keys import Anchor
from healthmate_desktop.errors import (
    DiskFull,
    InvalidInput,
    VaultDamaged,
    VaultError,
    VaultExists,
    VaultMissing,
    VaultTooNew,
    WrongPassphrase,
)
from healthmate_desktop.security import header_document, header_file, sealing
from healthmate_desktop.security.header import (
    create_header,
    header_exists,
    open_header,
    open_with_recovery_key,
    sign_in_names,
)
from healthmate_desktop.security.sealing import canonical, subkey
from healthmate_desktop.security.slots import WrongRecoveryKey
from security.made import (
    GOLDEN,
    OLD_PASSPHRASE,
    OTHER,
    PASSPHRASE,
    QUICK,
    Made,
    age_opened,
    old_vault,
    with_checksum,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("cheap_unlocks")]


def test_the_passphrase_and_the_recovery_key_open_the_same_keys(made: Made) -> None:
    assert made.open().keys == made.keys
    assert made.recover().keys == made.keys
    typed = " ".join(made.recovery_key[i : i + 6] for i in range(0, 74, 6)).lower() + "\n"
    assert open_with_recovery_key(made.folder, typed).keys == made.keys


def test_keys_are_sound_and_of_this_vault_only(made: Made, tmp_path: Path) -> None:
    other = Made(tmp_path / "other")
    assert len(made.keys.database_key) == len(made.keys.audit_key) == 32
    assert made.keys.document_identity.startswith("AGE-SECRET-KEY-1")
    assert made.keys.epoch == 1
    assert made.keys.renewing is None
    assert made.keys.vault_id != other.keys.vault_id
    assert made.keys.database_key != other.keys.database_key
    secrets = {made.recovery_key, made.keys.document_identity, made.open()._secrets.identity}  # type: ignore[union-attr]
    assert len(secrets) == 3


def test_the_file_is_private_canonical_small_and_holds_no_key(made: Made) -> None:
    document = made.document()
    assert made.content == canonical(document)
    assert len(made.content) < 64 * 1024
    assert set(document) >= {"format", "v", "vault_id", "gen", "slots", "document_identity", "mac"}
    assert document["v"] == 2
    for path in (made.path, made.previous):
        assert path.stat().st_mode & 0o777 == 0o600
    assert made.folder.stat().st_mode & 0o777 == 0o700
    opened = made.open()
    assert opened.signing_seed is not None
    assert opened._secrets is not None
    for secret in (
        made.keys.database_key,
        made.keys.audit_key,
        opened.signing_seed,
        made.master().key,
        made.keys.document_identity.encode(),
        opened._secrets.identity.encode(),
        made.recovery_key.encode(),
        PASSPHRASE.encode(),
    ):
        for written in (secret, secret.hex().encode(), base64.b64encode(secret)):
            assert written not in made.content


def test_nothing_that_is_printed_by_mistake_holds_a_key(made: Made) -> None:
    opened = made.open()
    shown = repr([opened, opened.keys, opened._master, opened._secrets, opened._found])
    for secret in (made.keys.database_key, made.keys.audit_key, opened.signing_seed or b""):
        assert repr(secret) not in shown
        assert secret.hex() not in shown
    assert "AGE-SECRET" not in shown


def test_age_and_the_recovery_key_are_enough_without_this_program(made: Made) -> None:
    (slot,) = (s for s in made.document()["slots"] if s["type"] == "recovery")
    payload = age_opened(made.recovery_key, slot["ct"])
    assert payload["database_key"] == made.keys.database_key.hex()
    assert payload["document_identity"] == made.keys.document_identity
    master = base64.b64decode(payload["master_key"])
    assert subkey(master, "db/v1/1") == made.keys.database_key
    assert subkey(master, "audit/v1") == made.keys.audit_key


def test_wrong_passphrase_keeps_the_vault_locked(made: Made) -> None:
    for wrong in ("", PASSPHRASE + " ", PASSPHRASE.upper(), "another long sentence"):
        with pytest.raises(WrongPassphrase):
            made.open(wrong)
    assert made.path.read_bytes() == made.content


def test_recovery_keys_of_other_vaults_and_slips_of_the_pen_do_not_open_it(made: Made) -> None:
    with pytest.raises(WrongRecoveryKey, match="other records") as caught:
        open_with_recovery_key(made.folder, str(pyrage.x25519.Identity.generate()))
    assert caught.value.code == "wrong_recovery_key"
    slip = made.recovery_key[:-1] + ("Q" if made.recovery_key[-1] != "Q" else "P")
    for key in (slip, made.recovery_key[:-1], "", "hello", "\ud800"):
        with pytest.raises(InvalidInput, match="letter by letter"):
            open_with_recovery_key(made.folder, key)


@pytest.mark.parametrize(
    ("passphrase", "name"),
    [("password1234", "owner"), ("Wilhelmina W!", "Wilhelmina"), (PASSPHRASE, " owner")],
)
def test_weak_passphrases_and_odd_names_make_no_vault(
    tmp_path: Path, passphrase: str, name: str
) -> None:
    with pytest.raises(InvalidInput):
        create_header(tmp_path / "vault", passphrase, name=name)
    assert not (tmp_path / "vault").exists()


def test_without_a_given_cost_the_passphrase_is_made_costly(tmp_path: Path) -> None:
    create_header(tmp_path, PASSPHRASE)
    slot = json.loads((tmp_path / "vault.hmv").read_bytes())["slots"][0]
    assert slot["kdf"]["m"] >= 64 * 1024
    assert slot["kdf"]["t"] >= 3


@pytest.mark.parametrize("trace", ["vault.hmv", "vault.hmv.prev", "vault.db"])
def test_no_vault_is_made_where_one_is_or_was(tmp_path: Path, trace: str) -> None:
    (tmp_path / trace).write_bytes(b"what is left")
    assert header_exists(tmp_path)
    with pytest.raises(VaultExists):
        create_header(tmp_path, PASSPHRASE, cost=QUICK)
    assert [p.name for p in tmp_path.iterdir()] == [trace]


def test_an_empty_place_is_no_vault(tmp_path: Path) -> None:
    assert not header_exists(tmp_path)
    assert not header_exists(tmp_path / "nowhere")
    assert sign_in_names(tmp_path) == []
    with pytest.raises(VaultMissing):
        open_header(tmp_path, PASSPHRASE)


def test_records_without_their_key_file_are_called_damaged_not_missing(tmp_path: Path) -> None:
    (tmp_path / "vault.db").write_bytes(b"records")
    with pytest.raises(VaultDamaged, match="key file of this vault is missing"):
        open_header(tmp_path, PASSPHRASE)


@pytest.mark.parametrize("name", ["Zoë", "zoe\u0308", "ZOË", " Zoë "])
def test_a_name_opens_the_vault_however_it_is_typed(tmp_path: Path, name: str) -> None:
    create_header(tmp_path, PASSPHRASE, name="Zoë", cost=QUICK)
    opened = open_header(tmp_path, PASSPHRASE, name)
    assert (opened.user_id, opened.user_name) == ("owner", "Zoë")
    assert sign_in_names(tmp_path) == ["Zoë"]


SPOILERS: list[Callable[[Path], object]] = [
    lambda path: path.unlink(),
    lambda path: path.write_bytes(b""),
    lambda path: path.write_bytes(b"\0" * 2000),
    lambda path: path.write_bytes(b"[1, 2]"),
    lambda path: path.write_bytes(path.read_bytes()[:-20]),
    lambda path: path.write_bytes(path.read_bytes().replace(b'"ct":"', b'"ct":"A', 1)),
    lambda path: path.write_bytes(path.read_bytes() + b" "),
    lambda path: path.write_bytes(path.read_bytes() + b" " * 70_000),
    lambda path: path.rename(path.with_name("aside")).parent.joinpath(path.name).mkdir(),
]


@pytest.mark.parametrize("spoil", SPOILERS)
def test_a_lost_or_damaged_header_opens_from_its_previous_copy_and_says_so(
    made: Made, spoil: Callable[[Path], object]
) -> None:
    spoil(made.path)
    opened = made.open()
    assert opened.keys == made.keys
    assert opened.from_previous
    assert made.recover().from_previous
    assert sign_in_names(made.folder) == ["owner"]
    with pytest.raises(WrongPassphrase):
        made.open("another long sentence")


@pytest.mark.parametrize("spoil", SPOILERS)
def test_damage_is_never_copied_over_the_good_previous_header(
    made: Made, spoil: Callable[[Path], object]
) -> None:
    spoil(made.path)
    if made.path.is_dir():
        made.path.rmdir()  # nothing can be renamed onto it
    header_file.write_header(made.folder, b"newer")
    assert made.previous.read_bytes() == made.content
    assert made.path.read_bytes() == b"newer"


def test_a_sound_header_of_someone_else_is_not_copied_over_the_good_previous_one(
    made: Made, tmp_path: Path
) -> None:
    made.path.write_bytes(Made(tmp_path / "other").content)
    header_file.write_header(made.folder, b"newer", sound=[made.content])
    assert made.previous.read_bytes() == made.content


def test_a_newer_vault_is_refused_and_its_older_copy_is_not_used(made: Made) -> None:
    for newer in (canonical({"format": "healthmate-vault", "v": 3}), newer_version(made)):
        made.path.write_bytes(newer)
        with pytest.raises(VaultTooNew):
            made.open()
        assert sign_in_names(made.folder) == ["owner"]


def newer_version(made: Made) -> bytes:
    return with_checksum(json.loads(made.content) | {"v": 3, "unknown": []})


def test_a_broken_digit_is_not_taken_for_a_newer_version(made: Made) -> None:
    made.path.write_bytes(made.content.replace(b'"v":2', b'"v":3'))
    assert made.open().from_previous


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["slots"].pop(),
        lambda d: d["slots"].reverse(),
        lambda d: d["slots"].append({"id": "x", "type": "passkey"}),
        lambda d: d["slots"][1].update(label="someone else"),
        lambda d: d.update(gen=7),
        lambda d: d.update(gen=0),
        lambda d: d.update(epoch=0),
        lambda d: d.update(extra=1),
        lambda d: d.update(anchor={"seq": 1, "mac": "00"}),
        lambda d: d.update(anchor={"seq": -1, "mac": "00"}),
        lambda d: d.update(anchor={"seq": 1, "mac": "XY"}),
        lambda d: d.update(anchor=[]),
        lambda d: d.update(audit=d["document_identity"]),
        lambda d: d.update(audit={}),
        lambda d: d.update(pending=d["document_identity"]),
        lambda d: d["document_identity"].update(nonce="AAAAAAAAAAAAAAAA"),
        lambda d: d.update(mac="AAAA"),
        lambda d: d.update(mac="not base64!"),
        lambda d: d.update(format="other"),
        lambda d: d.update(v=0),
        lambda d: d.update(v=True),
        lambda d: d.update(slots={}),
        lambda d: d["slots"].__setitem__(0, 1),
        lambda d: d["slots"][0].update(nonce="AAAA"),
        lambda d: d["slots"][0].update(label="  "),
        lambda d: d["slots"][0].update(label="turned\u202e"),
        lambda d: d["slots"][0].pop("master"),
        lambda d: d["slots"][0].pop("recipient"),
        lambda d: d["slots"][0].update(recipient=d["slots"][1]["recipient"]),
        lambda d: d["slots"][0].update(master=d["slots"][1]["ct"]),
        lambda d: d["slots"][0].update(user_id=7),
    ],
)
def test_changes_by_someone_without_the_keys_are_reported(
    made: Made, change: Callable[[dict[str, Any]], object]
) -> None:
    document = json.loads(made.content)
    change(document)
    made.write(with_checksum(document))
    with pytest.raises(VaultDamaged):
        made.open()


@pytest.mark.parametrize("field", ["user_id", "label", "id"])
def test_a_slot_is_of_one_person_only(made: Made, field: str) -> None:
    document = json.loads(made.content)
    document["slots"][0][field] = "someone"
    made.write(with_checksum(document))
    with pytest.raises(WrongPassphrase):
        made.open()


def test_another_vaults_slots_do_not_open_this_one(made: Made, tmp_path: Path) -> None:
    other = Made(tmp_path / "other")
    mine, foreign = json.loads(made.content), json.loads(other.content)
    made.write(with_checksum(mine | {"slots": foreign["slots"]}))
    with pytest.raises(WrongPassphrase):  # sealed to the other vault's id
        made.open()
    with pytest.raises(VaultDamaged):
        open_with_recovery_key(made.folder, other.recovery_key)
    made.write(with_checksum(mine | {"document_identity": foreign["document_identity"]}))
    with pytest.raises(VaultDamaged):
        made.recover()


def test_nobody_without_the_keys_learns_to_whom_the_master_key_is_sealed(made: Made) -> None:
    """Who knew it could seal a master key of their own, and so put another vault in the place of this one."""
    opened = made.open()
    assert opened._secrets is not None
    for identity in (made.recovery_key, opened._secrets.identity):
        recipient = str(pyrage.x25519.Identity.from_str(identity).to_public())
        assert recipient.encode() not in made.content
    assert opened.recovery_recipient == str(
        pyrage.x25519.Identity.from_str(made.recovery_key).to_public()
    )


def test_a_slot_that_leads_elsewhere_than_it_says_is_damage(made: Made) -> None:
    """With the keys one could make a slot that the next renewal seals to somebody else."""
    document, master = json.loads(made.content), made.master()
    stranger = str(pyrage.x25519.Identity.generate().to_public())
    (slot,) = (s for s in document["slots"] if s["type"] == "recovery")
    slot["recipient"] = sealing.seal_bytes(
        subkey(master.key, "recipient/v1/1"),
        stranger.encode(),
        [master.vault_id, 1, slot["id"]],
    )
    made.write(header_document.encode(document, master))
    with pytest.raises(VaultDamaged):
        made.recover()


def test_an_identity_that_was_not_sealed_under_the_master_key_is_refused(made: Made) -> None:
    document, master = json.loads(made.content), made.master()
    sealed = sealing.seal_bytes(master.key, b"x", "elsewhere")
    made.write(header_document.encode(document | {"document_identity": sealed}, master))
    with pytest.raises(VaultDamaged):
        made.open()


@pytest.mark.parametrize("payload", [b"not json", b"[]", b"{}", b"[" * 5000])
def test_slots_with_foreign_content_are_damage(made: Made, payload: bytes) -> None:
    opened = made.open()
    assert opened._secrets is not None
    ways = ((made.recovery_key, 1, "ct"), (opened._secrets.identity, 0, "master"))
    for identity, number, field in ways:
        recipient = pyrage.x25519.Identity.from_str(identity).to_public()
        document = json.loads(made.content)
        sealed = base64.b64encode(pyrage.encrypt(payload, [recipient])).decode()
        document["slots"][number][field] = sealed
        made.write(with_checksum(document))
        with pytest.raises(VaultDamaged):
            made.recover() if number else made.open()


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=300), st.from_regex(rb"\{.*", fullmatch=True)))
def test_any_bytes_are_told_apart_from_a_header(made: Made, content: bytes) -> None:
    made.write(content)
    with pytest.raises(VaultDamaged):
        made.open()


def test_vaults_of_version_0_1_0_open_with_both_keys_and_are_not_changed(tmp_path: Path) -> None:
    recovery_key = old_vault(tmp_path / "vault")
    opened = open_header(tmp_path / "vault", OLD_PASSPHRASE)
    recovered = open_with_recovery_key(tmp_path / "vault", recovery_key)
    assert opened.keys == recovered.keys
    assert opened.users == recovered.users == [("owner", "owner")]
    assert (opened.user_id, opened.user_name) == ("owner", "owner")
    assert (recovered.user_id, recovered.user_name) == ("", "")
    assert open_header(tmp_path / "vault", OLD_PASSPHRASE, "Owner").keys == opened.keys
    with pytest.raises(WrongPassphrase):
        open_header(tmp_path / "vault", OTHER)
    assert opened.signing_key == open_header(tmp_path / "vault", OLD_PASSPHRASE).signing_key
    for name in ("vault.hmv", "vault.hmv.prev"):
        now = (tmp_path / "vault" / name).read_bytes()
        assert now == (GOLDEN / "vault" / name).read_bytes()


def test_the_first_change_writes_an_old_vault_anew(tmp_path: Path) -> None:
    recovery_key = old_vault(tmp_path / "vault")
    opened = open_header(tmp_path / "vault", OLD_PASSPHRASE)
    opened.save_anchor(Anchor(3, "00ff"))
    document = json.loads((tmp_path / "vault" / "vault.hmv").read_bytes())
    assert document["v"] == 2
    assert document["slots"][0]["user_id"] == "owner"
    again = open_header(tmp_path / "vault", OLD_PASSPHRASE)
    assert again.keys == opened.keys
    assert again.signing_seed == opened.signing_seed
    assert again.anchor == Anchor(3, "00ff")
    assert again.recovery_recipient is None  # version 0.1.0 did not keep it
    recovered = open_with_recovery_key(tmp_path / "vault", recovery_key)
    assert recovered.keys == opened.keys
    assert recovered.recovery_recipient is not None
    with pytest.raises(WrongPassphrase):
        open_header(tmp_path / "vault", OTHER)


def fail_on(patch: pytest.MonkeyPatch, name: str, number: int) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, "from the disk")

    patch.setattr(os, name, fail)


def test_a_full_disk_makes_no_half_vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_on(monkeypatch, "fsync", errno.ENOSPC)
    with pytest.raises(DiskFull):
        create_header(tmp_path, PASSPHRASE, cost=QUICK)
    monkeypatch.undo()
    assert not header_exists(tmp_path)
    create_header(tmp_path, PASSPHRASE, cost=QUICK)  # what is left of the first try is no hindrance


def test_a_place_that_takes_no_files_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(VaultError, match="Check that you may write there"):
        create_header(tmp_path / "file" / "vault", PASSPHRASE, cost=QUICK)


def test_a_header_that_could_not_be_read_again_is_never_written(made: Made) -> None:
    with pytest.raises(VaultError, match="too large"):
        header_file.write_header(made.folder, b" " * (64 * 1024 + 1))
    assert made.path.read_bytes() == made.content
