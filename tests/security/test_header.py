from __future__ import annotations

import base64
import errno
import json
import os
import random
from typing import TYPE_CHECKING, Any

import pyrage
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from healthmate_desktop.errors import (
    DiskFull,
    HealthMateError,
    InvalidInput,
    VaultDamaged,
    VaultError,
    VaultExists,
    VaultMissing,
    VaultTooNew,
    WrongPassphrase,
)
from healthmate_desktop.security import header, header_file, kdf, slots
from healthmate_desktop.security.header import (
    OpenedHeader,
    create_header,
    header_exists,
    open_header,
    open_with_recovery_key,
)
from healthmate_desktop.security.kdf import Cost
from healthmate_desktop.security.slots import WrongRecoveryKey, canonical, subkey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from healthmate_desktop.domain.keys import VaultKeys

pytestmark = pytest.mark.security
PASSPHRASE = "seven green kettles"
QUICK = Cost(8, 1, 1)


@pytest.fixture(scope="module", autouse=True)
def _cheap_unlocks() -> Iterator[None]:
    """Thousands of unlocks below; the real floor is held to in test_kdf."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "FLOOR", QUICK)
        yield


class Made:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys, self.recovery_key = create_header(folder, PASSPHRASE, cost=QUICK)
        self.path, self.previous = folder / "vault.hmv", folder / "vault.hmv.prev"
        self.content = self.path.read_bytes()

    def write(self, content: bytes) -> None:
        """Both copies, so that nothing sound is left to fall back to."""
        self.path.write_bytes(content)
        self.previous.write_bytes(content)


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path / "vault")


def with_checksum(document: dict[str, Any]) -> bytes:
    """What someone without the keys, but with this source, could write."""
    return canonical(document | {"checksum": header._checksum(document)})


def test_the_passphrase_and_the_recovery_key_open_the_same_keys(made: Made) -> None:
    assert open_header(made.folder, PASSPHRASE) == OpenedHeader(made.keys)
    assert open_with_recovery_key(made.folder, made.recovery_key) == OpenedHeader(made.keys)
    typed = " ".join(made.recovery_key[i : i + 6] for i in range(0, 74, 6)).lower() + "\n"
    assert open_with_recovery_key(made.folder, typed) == OpenedHeader(made.keys)


def test_keys_are_sound_and_of_this_vault_only(made: Made, tmp_path: Path) -> None:
    other = Made(tmp_path / "other")
    assert len(made.keys.database_key) == 32
    assert made.keys.document_identity.startswith("AGE-SECRET-KEY-1")
    assert made.keys.vault_id != other.keys.vault_id
    assert made.keys.database_key != other.keys.database_key
    assert made.recovery_key != made.keys.document_identity


def test_the_file_is_private_canonical_small_and_holds_no_key(made: Made) -> None:
    document = json.loads(made.content)
    assert made.content == canonical(document)
    assert len(made.content) < 64 * 1024
    assert set(document) >= {"format", "v", "vault_id", "gen", "slots", "document_identity", "mac"}
    for path in (made.path, made.previous):
        assert path.stat().st_mode & 0o777 == 0o600
    assert made.folder.stat().st_mode & 0o777 == 0o700
    for secret in (made.keys.database_key.hex(), made.keys.document_identity, PASSPHRASE):
        assert secret.encode() not in made.content
    assert made.keys.database_key.hex() not in repr(made.keys)


def test_age_and_the_recovery_key_are_enough_without_this_program(made: Made) -> None:
    (slot,) = (s for s in json.loads(made.content)["slots"] if s["type"] == "recovery")
    identity = pyrage.x25519.Identity.from_str(made.recovery_key)
    payload = json.loads(pyrage.decrypt(base64.b64decode(slot["ct"]), [identity]))
    assert payload["database_key"] == made.keys.database_key.hex()
    assert payload["document_identity"] == made.keys.document_identity
    master = base64.b64decode(payload["master_key"])
    assert subkey(master, "db/v1/1") == made.keys.database_key
    assert subkey(master, "audit/v1") != made.keys.database_key


def test_wrong_passphrase_keeps_the_vault_locked(made: Made) -> None:
    for wrong in ("", PASSPHRASE + " ", PASSPHRASE.upper(), "another long sentence"):
        with pytest.raises(WrongPassphrase):
            open_header(made.folder, wrong)
    assert made.path.read_bytes() == made.content


def test_recovery_keys_of_other_vaults_and_slips_of_the_pen_do_not_open_it(made: Made) -> None:
    with pytest.raises(WrongRecoveryKey, match="other records") as caught:
        open_with_recovery_key(made.folder, str(pyrage.x25519.Identity.generate()))
    assert caught.value.code == "wrong_recovery_key"
    slip = made.recovery_key[:-1] + ("Q" if made.recovery_key[-1] != "Q" else "P")
    for key in (slip, made.recovery_key[:-1], "", "hello"):
        with pytest.raises(InvalidInput, match="letter by letter"):
            open_with_recovery_key(made.folder, key)


def test_a_weak_passphrase_makes_no_vault(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        create_header(tmp_path / "vault", "password1234")
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
    with pytest.raises(VaultMissing):
        open_header(tmp_path, PASSPHRASE)


def test_records_without_their_key_file_are_called_damaged_not_missing(tmp_path: Path) -> None:
    (tmp_path / "vault.db").write_bytes(b"records")
    with pytest.raises(VaultDamaged, match="key file of this vault is missing"):
        open_header(tmp_path, PASSPHRASE)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"\0" * 2000),
        lambda path: path.write_bytes(b"[1, 2]"),
        lambda path: path.write_bytes(path.read_bytes()[:-20]),
        lambda path: path.write_bytes(path.read_bytes().replace(b'"ct":"', b'"ct":"A', 1)),
        lambda path: path.write_bytes(path.read_bytes() + b" " * 70_000),
        lambda path: (path.unlink(), path.mkdir()),
    ],
)
def test_a_lost_or_damaged_header_opens_from_its_previous_copy_and_says_so(
    made: Made, spoil: Callable[[Path], object]
) -> None:
    spoil(made.path)
    assert open_header(made.folder, PASSPHRASE) == OpenedHeader(made.keys, from_previous=True)
    assert open_with_recovery_key(made.folder, made.recovery_key).from_previous
    with pytest.raises(WrongPassphrase):
        open_header(made.folder, "another long sentence")


def test_a_newer_vault_is_refused_and_its_older_copy_is_not_used(made: Made) -> None:
    made.path.write_bytes(canonical({"format": "healthmate-vault", "v": 2}))
    with pytest.raises(VaultTooNew):
        open_header(made.folder, PASSPHRASE)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["slots"].pop(),
        lambda d: d["slots"].reverse(),
        lambda d: d["slots"].append({"id": "x", "type": "passkey"}),
        lambda d: d["slots"][1].update(label="someone else"),
        lambda d: d.update(gen=7),
        lambda d: d.update(extra=1),
        lambda d: d["document_identity"].update(nonce="AAAAAAAAAAAAAAAA"),
        lambda d: d.update(mac="AAAA"),
        lambda d: d.update(mac="not base64!"),
        lambda d: d.update(format="other"),
        lambda d: d.update(v=0),
        lambda d: d.update(v=True),
        lambda d: d.update(slots={}),
        lambda d: d["slots"].__setitem__(0, 1),
        lambda d: d["slots"][0]["kdf"].update(alg="md5"),
        lambda d: d["slots"][0]["kdf"].update(m=2**60),
        lambda d: d["slots"][0]["kdf"].update(salt="AAAA"),
        lambda d: d["slots"][0].update(nonce="AAAA"),
    ],
)
def test_changes_by_someone_without_the_keys_are_reported(
    made: Made, change: Callable[[dict[str, Any]], object]
) -> None:
    document = json.loads(made.content)
    change(document)
    made.write(with_checksum(document))
    with pytest.raises(VaultDamaged):
        open_header(made.folder, PASSPHRASE)


def test_another_vaults_slots_do_not_open_this_one(made: Made, tmp_path: Path) -> None:
    other = Made(tmp_path / "other")
    mine, foreign = json.loads(made.content), json.loads(other.content)
    made.write(with_checksum(mine | {"slots": foreign["slots"]}))
    with pytest.raises(WrongPassphrase):  # sealed to the other vault's id
        open_header(made.folder, PASSPHRASE)
    with pytest.raises(VaultDamaged):
        open_with_recovery_key(made.folder, other.recovery_key)
    made.write(with_checksum(mine | {"document_identity": foreign["document_identity"]}))
    with pytest.raises(VaultDamaged):
        open_with_recovery_key(made.folder, made.recovery_key)


def test_an_identity_that_was_not_sealed_under_the_master_key_is_refused(made: Made) -> None:
    document = json.loads(made.content)
    (slot,) = (s for s in document["slots"] if s["type"] == "recovery")
    identity = pyrage.x25519.Identity.from_str(made.recovery_key)
    payload = json.loads(pyrage.decrypt(base64.b64decode(slot["ct"]), [identity]))
    master = slots.Master(base64.b64decode(payload["master_key"]), 1)
    unsigned = {k: v for k, v in document.items() if k not in {"mac", "checksum"}}
    sealed = slots.seal_bytes(master.key, b"x", "elsewhere")
    made.write(header.encode(unsigned | {"document_identity": sealed}, master))
    with pytest.raises(VaultDamaged):
        open_header(made.folder, PASSPHRASE)


@pytest.mark.parametrize("payload", [b"not json", b"[]", b"{}", b"[" * 5000])
def test_a_recovery_slot_with_foreign_content_is_damage(made: Made, payload: bytes) -> None:
    document = json.loads(made.content)
    recipient = pyrage.x25519.Identity.from_str(made.recovery_key).to_public()
    sealed = base64.b64encode(pyrage.encrypt(payload, [recipient])).decode()
    document["slots"][1]["ct"] = sealed
    made.write(with_checksum(document))
    with pytest.raises(VaultDamaged):
        open_with_recovery_key(made.folder, made.recovery_key)


def mutated(content: bytes, chance: random.Random) -> bytes:
    changed, place = bytearray(content), chance.randrange(len(content))
    match chance.randrange(4):
        case 0:
            changed[place] = chance.randrange(256)
        case 1:
            del changed[place : place + chance.randrange(1, 30)]
        case 2:
            alphabet = b'{}[]",:0123456789abcdefAB=+/-.eE\\u\xff\x00'
            changed[place:place] = bytes(chance.choices(alphabet, k=chance.randrange(1, 20)))
        case _:
            changed[place:] = b"[" * chance.randrange(1, 60_000)
    return bytes(changed)


def opened_or_known_error(open_it: Callable[[], OpenedHeader], keys: VaultKeys) -> str:
    """Any other exception fails the test, and so does any other key."""
    try:
        opened = open_it()
    except HealthMateError as error:
        return error.code
    assert opened.keys == keys
    return "opened"


def test_two_thousand_damaged_headers_never_surprise(made: Made) -> None:
    chance = random.Random(3)
    seen: dict[str, int] = {}
    for _ in range(2000):
        made.write(mutated(made.content, chance))
        code = opened_or_known_error(lambda: open_header(made.folder, PASSPHRASE), made.keys)
        seen[code] = seen.get(code, 0) + 1
    assert seen["vault_damaged"] > 1900
    assert "wrong_passphrase" not in seen  # damage is never blamed on the person


def test_two_thousand_forged_headers_never_surprise(made: Made) -> None:
    """Values changed inside a well-formed header with a fresh checksum: deeper than bit rot gets."""
    chance = random.Random(4)
    seen: dict[str, int] = {}
    odd: list[Any] = [None, True, -1, 0, 2**70, 1.5, "", "A", "\ud800", [], {}, [[]], "AAAA" * 9]
    for _ in range(2000):
        document = json.loads(made.content)
        spot: Any = document
        while True:
            key = chance.choice(list(spot) if isinstance(spot, dict) else range(len(spot)))
            if not isinstance(spot[key], (dict, list)) or not spot[key] or chance.random() < 0.2:
                break
            spot = spot[key]
        if isinstance(spot[key], str) and chance.random() < 0.4:
            spot[key] = mutated(spot[key].encode(), chance).decode(errors="replace")
        else:
            spot[key] = chance.choice(odd)
        made.write(with_checksum(document)[: 64 * 1024])
        for open_it in (
            lambda: open_header(made.folder, PASSPHRASE),
            lambda: open_with_recovery_key(made.folder, made.recovery_key),
        ):
            code = opened_or_known_error(open_it, made.keys)
            seen[code] = seen.get(code, 0) + 1
    assert (
        {"vault_damaged", "wrong_passphrase"}
        <= set(seen)
        <= {
            "vault_damaged",
            "wrong_passphrase",
            "wrong_recovery_key",
            "vault_too_new",
            "opened",  # the same value again
        }
    )


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=300), st.from_regex(rb"\{.*", fullmatch=True)))
def test_any_bytes_are_told_apart_from_a_header(made: Made, content: bytes) -> None:
    made.write(content)
    with pytest.raises(VaultDamaged):
        open_header(made.folder, PASSPHRASE)


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


@pytest.mark.parametrize("call", ["replace", "fsync"])
def test_power_lost_while_a_new_header_is_written_leaves_an_older_one(
    made: Made, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    for works in range(4):
        done = 0
        real = getattr(os, call)

        def fail(*args: Any, done_before: int = works, run: Any = real) -> object:
            nonlocal done
            done += 1
            if done > done_before:
                raise OSError(errno.EIO, "power")
            return run(*args)

        with monkeypatch.context() as patch:
            patch.setattr(os, call, fail)
            try:
                header_file.write_header(made.folder, made.content)
            except VaultError:
                assert works < 4
        assert open_header(made.folder, PASSPHRASE) == OpenedHeader(made.keys)
        assert made.previous.read_bytes() == made.content
