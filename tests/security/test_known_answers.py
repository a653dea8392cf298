"""Published answers of each primitive, and key files that must open as long as their format is promised."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import unicodedata
from typing import TYPE_CHECKING, Any

import pyrage
import pytest
from argon2.low_level import Type, core, ffi
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from healthmate_desktop.domain.keys import OlderKeys
from healthmate_desktop.security import kdf
from healthmate_desktop.security.header import open_header, open_with_recovery_key, sign_in_names
from healthmate_desktop.security.kdf import FLOOR, Cost, derive_key
from healthmate_desktop.security.sealing import subkey
from security.made import GOLDEN, age_opened

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.security
HEADERS = GOLDEN.parent / "header-v2"
KNOWN: dict[str, dict[str, Any]] = json.loads((HEADERS / "keys.json").read_text(encoding="utf-8"))
each_header = pytest.mark.parametrize("name", KNOWN)


def test_argon2id_answers_as_in_rfc_9106() -> None:
    """Section 5.3; with a secret and associated data, which this program does not use."""
    secrets = {"pwd": b"\1" * 32, "salt": b"\2" * 16, "secret": b"\3" * 8, "ad": b"\4" * 12}
    kept = {name: ffi.new("uint8_t[]", value) for name, value in secrets.items()}
    lengths = {f"{name}len": len(value) for name, value in secrets.items()}
    answer = ffi.new("uint8_t[]", 32)
    costs = {"t_cost": 3, "m_cost": 32, "lanes": 4, "threads": 4}
    asked = {"version": 0x13, "out": answer, "outlen": 32} | kept | lengths | costs
    assert core(ffi.new("argon2_context *", asked), Type.ID.value) == 0
    expected = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
    assert bytes(ffi.buffer(answer)).hex() == expected


@pytest.mark.parametrize(
    ("passes", "memory", "lanes", "passphrase", "salt", "key"),
    [
        (2, 65536, 1, "password", "somesalt", "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"),
        (2, 256, 1, "password", "somesalt", "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"),
        (2, 256, 2, "password", "somesalt", "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037"),
        (1, 65536, 1, "password", "somesalt", "f6a5adc1ba723dddef9b5ac1d464e180fcd9dffc9d1cbf76cca2fed795d9ca98"),
        (4, 65536, 1, "password", "somesalt", "9025d48e68ef7395cca9079da4c4ec3affb3c8911fe4f86d1a2520856f63172c"),
        (2, 65536, 1, "differentpassword", "somesalt",
         "0b84d652cf6b0c4beaef0dfe278ba6a80df6696281d7e0d2891b817d8c458fde"),
        (2, 65536, 1, "password", "diffsalt", "bdf32b05ccc42eb15d58fd19b1f856b113da1e9a5874fdcc544308565aa8141c"),
    ],
)  # fmt: skip
def test_a_passphrase_becomes_the_key_that_argon2s_authors_publish(
    monkeypatch: pytest.MonkeyPatch,
    passes: int,
    memory: int,
    lanes: int,
    passphrase: str,
    salt: str,
    key: str,
) -> None:
    monkeypatch.setattr(kdf, "FLOOR", Cost(8, 1, 1))
    assert derive_key(passphrase, salt.encode(), Cost(memory, passes, lanes)).hex() == key


@pytest.mark.parametrize("passphrase", ["plain words", "Übergrößenträger ﬁ", "我奶奶有两只猫", ""])
def test_another_implementation_gives_the_same_key(passphrase: str) -> None:
    salt = hashlib.sha256(passphrase.encode()).digest()[:16]
    other = Argon2id(salt=salt, length=32, iterations=3, lanes=1, memory_cost=FLOOR.memory)
    plain = unicodedata.normalize("NFKD", passphrase).encode()
    assert derive_key(passphrase, salt, FLOOR) == other.derive(plain)


def hkdf(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869, written down again."""
    key = hmac.new(salt or bytes(32), secret, hashlib.sha256).digest()
    result = block = b""
    for number in range(1, -(-length // 32) + 1):
        block = hmac.new(key, block + info + bytes([number]), hashlib.sha256).digest()
        result += block
    return result[:length]


@pytest.mark.parametrize(
    ("secret", "salt", "info", "expected"),
    [
        (b"\x0b" * 22, bytes(range(13)), bytes(range(0xF0, 0xFA)),
         "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"),
        (bytes(range(0x50)), bytes(range(0x60, 0xB0)), bytes(range(0xB0, 0x100)),
         ("b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
          "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87")),
        (b"\x0b" * 22, b"", b"",
         "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"),
    ],
)  # fmt: skip
def test_hkdf_answers_as_in_rfc_5869(
    secret: bytes, salt: bytes, info: bytes, expected: str
) -> None:
    assert hkdf(secret, salt, info, len(expected) // 2).hex() == expected


@pytest.mark.parametrize("label", ["db/v1/1", "audit/v1", "slots-mac/v1", "doc/v1/7"])
def test_keys_for_one_purpose_are_made_by_hkdf(label: str) -> None:
    master = hashlib.sha256(label.encode()).digest()
    assert subkey(master, label) == hkdf(master, b"", b"healthmate/" + label.encode(), 32)


KEY, NONCE = (
    bytes.fromhex("feffe9928665731c6d6a8f9467308308" * 2),
    bytes.fromhex("cafebabefacedbaddecaf888"),
)
PLAIN = bytes.fromhex(
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"
)
SEALED = (
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
)


@pytest.mark.parametrize(
    ("key", "nonce", "plain", "bound_to", "sealed"),
    [
        (bytes(32), bytes(12), b"", "", "530f8afbc74536b9a963b4f1c4cb738b"),
        (bytes(32), bytes(12), bytes(16), "", "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"),
        (KEY, NONCE, PLAIN, "", SEALED + "b094dac5d93471bdec1a502270e3cc6c"),
        (KEY, NONCE, PLAIN[:60], "feedfacedeadbeeffeedfacedeadbeefabaddad2",
         SEALED[:120] + "76fc6ece0f4e1768cddf8853bb2d551b"),
    ],
)  # fmt: skip
def test_aes_256_gcm_answers_as_its_authors_publish(
    key: bytes, nonce: bytes, plain: bytes, bound_to: str, sealed: str
) -> None:
    """Test cases 13 to 16 of the paper that proposed GCM to NIST."""
    assert AESGCM(key).encrypt(nonce, plain, bytes.fromhex(bound_to)).hex() == sealed
    assert AESGCM(key).decrypt(nonce, bytes.fromhex(sealed), bytes.fromhex(bound_to)) == plain


@each_header
def test_every_kind_of_key_file_opens_with_each_of_its_keys(name: str, tmp_path: Path) -> None:
    known = KNOWN[name]
    (tmp_path / "vault.hmv").write_bytes((HEADERS / f"{name}.hmv").read_bytes())
    people = known["people"]
    assert sign_in_names(tmp_path) == [person["name"] for person in people]
    ways = [open_header(tmp_path, person["passphrase"], person["name"]) for person in people]
    for opened, person in zip(ways, people, strict=True):
        assert (opened.user_id, opened.user_name) == (person["id"], person["name"])
        assert opened.signing_key == bytes.fromhex(person["signing_key"])
    for opened in [*ways, open_with_recovery_key(tmp_path, known["recovery_key"])]:
        keys = opened.keys
        assert (keys.vault_id, keys.epoch) == (known["vault_id"], known["epoch"])
        assert keys.database_key.hex() == known["database_key"]
        assert keys.document_identity == known["document_identity"]
        assert keys.audit_key.hex() == known["audit_key"]
        assert keys.renewing == older_of(known)
        assert (opened.anchor and [opened.anchor.seq, opened.anchor.mac]) == known.get("anchor")


def older_of(known: dict[str, Any]) -> OlderKeys | None:
    if "older" not in known:
        return None
    older = known["older"]
    key = bytes.fromhex(older["database_key"])
    return OlderKeys(older["epoch"], key, older["document_identity"])


@each_header
def test_a_key_file_can_be_opened_by_hand(name: str) -> None:
    """As the decisions tell the format, with other libraries and none of this program's code."""
    known = KNOWN[name]
    document = json.loads((HEADERS / f"{name}.hmv").read_bytes())
    unsummed = without(document, "checksum")
    assert hashlib.sha256(canonical(unsummed)).hexdigest() == document["checksum"]
    slots = {slot.get("user_id", "recovery"): slot for slot in document["slots"]}
    masters = [by_hand(slots["recovery"]["ct"], known["recovery_key"])]
    for person in known["people"]:
        slot = slots[person["id"]]
        secrets = json.loads(
            opened(passphrase_key(person["passphrase"], slot), slot, bound(document, slot))
        )
        seed = Ed25519PrivateKey.from_private_bytes(base64.b64decode(secrets["signing_seed"]))
        assert seed.public_key().public_bytes_raw().hex() == person["signing_key"]
        masters.append(by_hand(slot["master"], secrets["identity"]))
    assert len(set(masters)) == 1
    master, epoch = masters[0], document["epoch"]
    assert labelled(master, f"db/v1/{epoch}").hex() == known["database_key"]
    expected = hmac.new(
        labelled(master, "slots-mac/v1"), canonical(without(unsummed, "mac")), hashlib.sha256
    )
    assert base64.b64decode(document["mac"]) == expected.digest()
    part = opened(
        labelled(master, f"doc/v1/{epoch}"),
        document["document_identity"],
        [document["vault_id"], epoch, "document_identity"],
    )
    assert part.decode() == known["document_identity"]


def by_hand(sealed: str, identity: str) -> bytes:
    return base64.b64decode(age_opened(identity, sealed)["master_key"])


def labelled(master: bytes, label: str) -> bytes:
    return hkdf(master, b"", b"healthmate/" + label.encode(), 32)


def bound(document: dict[str, Any], slot: dict[str, Any]) -> list[Any]:
    return [document["vault_id"], without(slot, "nonce", "ct", "master", "recipient")]


def passphrase_key(passphrase: str, slot: dict[str, Any]) -> bytes:
    cost, salt = slot["kdf"], base64.b64decode(slot["kdf"]["salt"])
    way = Argon2id(
        salt=salt, length=32, iterations=cost["t"], lanes=cost["p"], memory_cost=cost["m"]
    )
    return way.derive(unicodedata.normalize("NFKD", passphrase).encode())


def opened(key: bytes, sealed: dict[str, Any], bound_to: list[Any]) -> bytes:
    nonce, content = base64.b64decode(sealed["nonce"]), base64.b64decode(sealed["ct"])
    return AESGCM(key).decrypt(nonce, content, canonical(bound_to))


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def without(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def test_the_recipient_in_a_slot_is_that_of_its_identity() -> None:
    known, document = KNOWN["fresh"], json.loads((HEADERS / "fresh.hmv").read_bytes())
    (slot,) = (slot for slot in document["slots"] if slot["type"] == "recovery")
    master = by_hand(slot["ct"], known["recovery_key"])
    place = [document["vault_id"], 1, slot["id"]]
    found = opened(labelled(master, "recipient/v1/1"), slot["recipient"], place).decode()
    assert found == str(pyrage.x25519.Identity.from_str(known["recovery_key"]).to_public())
