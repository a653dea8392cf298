"""Open a backup of HealthMate without HealthMate. See README.txt beside this file.

    python open_backup.py BACKUP.hmb FOLDER [--recovery-key FILE | --passphrase FILE] [--plain]

Needs pyrage and sqlcipher3; with a passphrase also cryptography and argon2-cffi. Without an option it asks.
"""

from __future__ import annotations

import argparse
import base64
import getpass
import hashlib
import json
import sys
import tarfile
import unicodedata
from pathlib import Path

import pyrage


class CannotOpen(Exception):
    """Said to the person as it is."""


def main() -> int:
    options = _options()
    try:
        folder = Path(options.folder)
        with tarfile.open(options.backup) as outer:
            identities = _identities(json.loads(_member(outer, "vault.hmv")), options)
            folder.mkdir(mode=0o700)
            _save(outer, "contents.age", folder / "contents.age")
        _decrypt_file(folder / "contents.age", folder / "contents.tar", identities)
        lines = _unpack(folder, plain=options.plain)
    except (OSError, tarfile.TarError, KeyError, ValueError) as error:
        print(
            f"This is not a whole backup of HealthMate ({type(error).__name__}).", file=sys.stderr
        )
        return 1
    except CannotOpen as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Open a backup of HealthMate.")
    parser.add_argument("backup")
    parser.add_argument("folder", help="a new folder for what is in it")
    secret = parser.add_mutually_exclusive_group()
    secret.add_argument("--recovery-key", metavar="FILE")
    secret.add_argument("--passphrase", metavar="FILE")
    parser.add_argument(
        "--plain", action="store_true", help="also make a database that is not encrypted"
    )
    return parser.parse_args()


def _identities(header: dict, options: argparse.Namespace) -> list[str]:
    """Age identities that may open the contents."""
    if options.passphrase or not options.recovery_key:
        secret = _secret(options.passphrase, "Recovery key or passphrase: ")
        if not secret.upper().startswith("AGE-SECRET-KEY-1"):
            return [_by_passphrase(header, secret)]
    else:
        secret = _secret(options.recovery_key, "")
    key = "".join(secret.split()).upper()
    return [key, *_by_recovery_slot(header, key)]


def _secret(file: str | None, prompt: str) -> str:
    if file is None:
        return getpass.getpass(prompt)
    return Path(file).read_text(encoding="utf-8").rstrip("\r\n")


def _by_recovery_slot(header: dict, key: str) -> list[str]:
    for slot in header["slots"]:
        if slot["type"] == "recovery":
            try:
                opened = json.loads(_decrypt(base64.b64decode(slot["ct"]), [key]))
            except CannotOpen:
                continue
            return [opened["document_identity"]]
    return []


def _by_passphrase(header: dict, passphrase: str) -> str:
    """The vault's own identity. Each person who could sign in has a slot; one of them must fit."""
    from argon2.low_level import Type, hash_secret_raw

    secret = unicodedata.normalize("NFKD", passphrase).encode("utf-8", "surrogatepass")
    for slot in header["slots"]:
        if slot["type"] != "passphrase":
            continue
        kdf = slot["kdf"]
        salt = base64.b64decode(kdf["salt"])
        key = hash_secret_raw(secret, salt, kdf["t"], kdf["m"], kdf["p"], 32, Type.ID)
        master = _master_key(header, slot, key)
        if master is not None:
            return _document_identity(header, master)
    raise CannotOpen(
        "That passphrase does not open this backup. It has to be the one of the day it was made."
    )


def _master_key(header: dict, slot: dict, key: bytes) -> bytes | None:
    vault, epoch = header["vault_id"], header["epoch"]
    if "master" not in slot:  # as version 0.1.0 wrote it
        bound = {name: value for name, value in slot.items() if name not in ("nonce", "ct")}
        return _open(key, slot, [vault, epoch, bound])
    sealed = ("nonce", "ct", "master", "recipient")
    bound = {name: value for name, value in slot.items() if name not in sealed}
    content = _open(key, slot, [vault, bound])
    if content is None:
        return None
    identity = json.loads(content)["identity"]
    opened = json.loads(_decrypt(base64.b64decode(slot["master"]), [identity]))
    return base64.b64decode(opened["master_key"])


def _document_identity(header: dict, master: bytes) -> str:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    vault, epoch = header["vault_id"], header["epoch"]
    info = f"healthmate/doc/v1/{epoch}".encode()
    key = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(master)
    identity = _open(key, header["document_identity"], [vault, epoch, "document_identity"])
    if identity is None:
        raise CannotOpen(
            "The key file in this backup is damaged. Try the recovery key, or another backup."
        )
    return identity.decode("ascii")


def _open(key: bytes, sealed: dict, bound_to: object) -> bytes | None:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    context = json.dumps(
        bound_to, sort_keys=True, separators=(",", ":"), ensure_ascii=True
    ).encode()
    nonce, content = base64.b64decode(sealed["nonce"]), base64.b64decode(sealed["ct"])
    try:
        return AESGCM(key).decrypt(nonce, content, context)
    except InvalidTag:
        return None


def _decrypt(sealed: bytes, identities: list[str]) -> bytes:
    try:
        keys = [pyrage.x25519.Identity.from_str(identity) for identity in identities]
        return pyrage.decrypt(sealed, keys)
    except (pyrage.DecryptError, pyrage.IdentityError) as error:
        raise CannotOpen("That key does not open this backup, or the file is damaged.") from error


def _decrypt_file(sealed: Path, target: Path, identities: list[str]) -> None:
    """Piece by piece: a backup may be larger than the memory."""
    try:
        keys = [pyrage.x25519.Identity.from_str(identity) for identity in identities]
        pyrage.decrypt_file(str(sealed), str(target), keys)
    except (pyrage.DecryptError, pyrage.IdentityError) as error:
        raise CannotOpen("That key does not open this backup, or the file is damaged.") from error
    finally:
        sealed.unlink()


def _unpack(folder: Path, *, plain: bool) -> list[str]:
    with tarfile.open(folder / "contents.tar") as inner:
        manifest = json.loads(_member(inner, "manifest.json"))
        keys = json.loads(_member(inner, "keys.json"))
        for entry in manifest["inner"]:
            target = folder / Path(entry["name"]).name
            if _save(inner, entry["name"], target) != entry["sha256"]:
                raise CannotOpen(f"{entry['name']} is damaged in this backup.")
            if entry["name"].startswith("originals/"):
                _decrypt_file(target, target.with_suffix(""), [keys["document_identity"]])
    (folder / "contents.tar").unlink()
    if plain:
        _export(folder / "vault.db", folder / "records.db", keys["database_key"])
    found = manifest["contents"]
    people, documents = found["people"], found["documents"]
    return [
        f"Made {manifest['made_at']}: {people} people, {documents} documents, in {folder}.",
        f"vault.db is encrypted; its key is x'{keys['database_key']}'.",
    ]


def _export(database: Path, target: Path, key: str) -> None:
    from sqlcipher3 import dbapi2 as sqlcipher

    raw = sqlcipher.connect(str(database))
    raw.execute(f"PRAGMA key=\"x'{key}'\"")
    raw.execute("ATTACH ? AS plain KEY ''", (str(target),))
    raw.execute("SELECT sqlcipher_export('plain')").fetchall()
    raw.close()


def _save(tar: tarfile.TarFile, name: str, target: Path) -> str:
    """Write a part to a file; return its SHA-256."""
    source = tar.extractfile(name)
    if source is None:
        raise KeyError(name)
    digest = hashlib.sha256()
    with target.open("wb") as file:
        while piece := source.read(1 << 20):
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest()


def _member(tar: tarfile.TarFile, name: str) -> bytes:
    file = tar.extractfile(name)
    if file is None:
        raise KeyError(name)
    return file.read()


if __name__ == "__main__":
    sys.exit(main())
