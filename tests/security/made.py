"""A vault's key file as the tests make it, and what someone without the keys could do to it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyrage

from healthmate_desktop.security.header import create_header, open_header, open_with_recovery_key
from healthmate_desktop.security.header_document import checksum
from healthmate_desktop.security.kdf import Cost
from healthmate_desktop.security.sealing import Master, canonical

if TYPE_CHECKING:
    import random

    from healthmate_desktop.security.key_file import KeyFile

PASSPHRASE = "seven green kettles"
OTHER, THIRD = "mijn opa had twee ezels", "nine blue teapots sing"
QUICK = Cost(8, 1, 1)  # where `cheap_unlocks` allows it

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "vault-0.1.0"
OLD_PASSPHRASE = "tangerine ladder quiet violin"


class Made:
    """A fresh key file of one person, in both its copies."""

    def __init__(self, folder: Path, cost: Cost = QUICK) -> None:
        self.folder = folder
        self.keys, self.recovery_key = create_header(folder, PASSPHRASE, cost=cost)
        self.path, self.previous = folder / "vault.hmv", folder / "vault.hmv.prev"
        self.content = self.path.read_bytes()

    def write(self, content: bytes) -> None:
        """Both copies, so that nothing sound is left to fall back to."""
        self.path.write_bytes(content)
        self.previous.write_bytes(content)

    def open(self, passphrase: str = PASSPHRASE, name: str = "") -> KeyFile:
        return open_header(self.folder, passphrase, name)

    def recover(self) -> KeyFile:
        return open_with_recovery_key(self.folder, self.recovery_key)

    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.path.read_bytes())
        return found

    def master(self) -> Master:
        """As the recovery key opens it, without the code under test."""
        document = self.document()
        (slot,) = (slot for slot in document["slots"] if slot["type"] == "recovery")
        payload = age_opened(self.recovery_key, slot["ct"])
        key = base64.b64decode(payload["master_key"])
        return Master(document["vault_id"], document["epoch"], key)


def old_vault(folder: Path) -> str:
    """The key file that version 0.1.0 wrote, in `folder`; return its recovery key."""
    folder.mkdir()
    for name in ("vault.hmv", "vault.hmv.prev"):
        (folder / name).write_bytes((GOLDEN / "vault" / name).read_bytes())
    return (GOLDEN / "recovery-key.txt").read_text().strip()


def age_opened(identity: str, sealed: str) -> dict[str, Any]:
    """With nothing but age."""
    opener = pyrage.x25519.Identity.from_str(identity)
    found: dict[str, Any] = json.loads(pyrage.decrypt(base64.b64decode(sealed), [opener]))
    return found


def with_checksum(document: dict[str, Any]) -> bytes:
    """What someone without the keys, but with this source, could write."""
    return canonical(document | {"checksum": checksum(document)})


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Changed at one place: overwritten, cut out, put in, or ended in a deep nest; never the same."""
    while True:
        changed, place = bytearray(content), chance.randrange(len(content))
        match chance.randrange(5):
            case 0:
                changed[place] = chance.randrange(256)
            case 1:
                changed[place] ^= 1 << chance.randrange(8)
            case 2:
                del changed[place : place + chance.randrange(1, 30)]
            case 3:
                alphabet = b'{}[]",:0123456789abcdefAB=+/-.eE\\u\xff\x00'
                changed[place:place] = bytes(chance.choices(alphabet, k=chance.randrange(1, 20)))
            case _:
                changed[place:] = b"[" * chance.randrange(1, 60_000)
        if changed != content:
            return bytes(changed)


ODD: list[Any] = [None, True, -1, 0, 2**70, 1.5, "", "A", "\ud800", [], {}, [[]], "AAAA" * 9]


def forged(content: bytes, chance: random.Random) -> bytes:
    """One value changed inside a well-formed header, with a fresh checksum: deeper than bit rot gets."""
    while True:
        document = json.loads(content)
        spot: Any = document
        while True:
            key = chance.choice(list(spot) if isinstance(spot, dict) else range(len(spot)))
            if not isinstance(spot[key], (dict, list)) or not spot[key] or chance.random() < 0.2:
                break
            spot = spot[key]
        if isinstance(spot[key], str) and spot[key] and chance.random() < 0.4:
            spot[key] = mutated(spot[key].encode(), chance).decode(errors="replace")
        elif isinstance(spot[key], list) and chance.random() < 0.5:
            spot[key] = spot[key][::-1][chance.randrange(2) :]
        else:
            spot[key] = chance.choice(ODD)
        changed = with_checksum(document)
        if changed != content:
            return changed
