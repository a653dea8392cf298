"""A vault with a real key file, originals and a backup, and what takes a backup apart and packs it up again.

As a program it puts a database under another key, so that a disk can be made to fail under it:

    python backup_builders.py FILE
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sys
import tarfile
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builders import finished
from sqlcipher3 import dbapi2 as sqlcipher
from storage_builders import a_document, a_patient

from healthmate_desktop.errors import VaultError
from healthmate_desktop.paths import resources_dir
from healthmate_desktop.security.age import recipient_of
from healthmate_desktop.security.header import create_header, open_header
from healthmate_desktop.security.kdf import FLOOR
from healthmate_desktop.security.originals import Sealer
from healthmate_desktop.security.streams import seal_stream, unseal_stream
from healthmate_desktop.storage import backup_format as form
from healthmate_desktop.storage.backup import Backups
from healthmate_desktop.storage.backup_format import Entry, KeyFileCopy, Streams
from healthmate_desktop.storage.backup_tar import END, header, padding
from healthmate_desktop.storage.engine import make_engine, open_keyed, rekey
from healthmate_desktop.storage.originals import Originals
from healthmate_desktop.storage.restoring import restore
from healthmate_desktop.storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from healthmate_desktop.domain.ids import PatientId
    from healthmate_desktop.domain.keys import VaultKeys
    from healthmate_desktop.storage.backup import Checked

PASSPHRASE = "tangerine ladder quiet violin"
MADE_AT = datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC)
SIZES = (10, 70_000)  # of the originals
STREAMS = Streams(seal_stream, unseal_stream)
GUIDES = resources_dir() / "standalone"
SPOIL = ("PRAGMA ignore_check_constraints=ON", "UPDATE user SET role = 'nobody'")
NOT_WHOLE, UNFIT = "not a whole backup", "does not fit together"

Member = tuple[str, bytes]


@dataclass(frozen=True)
class Home:
    """One computer: its data folder, and beside it `whole.hmb`, a backup of the vault."""

    folder: Path
    keys: VaultKeys
    recovery_key: str

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def vault(self) -> Path:
        return self.data / "vault"

    @property
    def file(self) -> Path:
        return self.folder / "whole.hmb"

    def copy(self, place: Path) -> Home:
        return replace(self, folder=Path(shutil.copytree(self.folder, place)))

    @contextmanager
    def open(self, **changes: object) -> Iterator[tuple[Vault, Backups]]:
        """`changes` are keys that are other ones by the time of a backup."""
        with closing(Vault.open(self.vault, self.keys)) as vault:
            now = replace(self.keys, **changes)  # type: ignore[arg-type]  # as given
            yield vault, Backups(vault, lambda: now, self._key_file, STREAMS, GUIDES)

    def originals(self, vault: Vault) -> Originals:
        sealer = Sealer(self.keys)
        return Originals(vault, sealer.seal, sealer.unseal, lambda: self.keys.epoch, lambda: sealer)

    def contents(self) -> dict[str, bytes]:
        with self.open() as (vault, _):
            originals = self.originals(vault)
            return {row.document_id: originals.get(row.document_id) for row in originals.all()}

    def restore(self, file: Path | None = None, now: datetime = MADE_AT) -> Checked:
        return finished(restore(file or self.file, self.data, unlock, STREAMS, now, nothing_more))

    def _key_file(self) -> KeyFileCopy:
        content = (self.vault / form.HEADER).read_bytes()
        return KeyFileCopy(content, (recipient_of(self.recovery_key),))


def unlock(folder: Path) -> VaultKeys:
    return open_header(folder, PASSPHRASE).keys


def nothing_more(_: Path) -> None:
    """What completes a restored vault here."""


def make_home(folder: Path) -> Home:
    keys, recovery_key = create_header(folder / "data" / "vault", PASSPHRASE, cost=FLOOR)
    home = Home(folder, keys, recovery_key)
    patient = a_patient()
    with closing(Vault.create(home.vault, keys)) as vault, vault.write() as tx:
        tx.patients.add(patient)
    with home.open() as (vault, backups):
        for size in SIZES:
            put_original(home, vault, patient.id, os.urandom(size))
        finished(backups.make(home.file, MADE_AT))
    return home


def put_original(home: Home, vault: Vault, patient_id: PatientId, content: bytes) -> str:
    document = a_document(patient_id)
    home.originals(vault).put(document, content)
    return document.id


def everything_in(folder: Path) -> dict[str, bytes | None]:
    """Each file with what is in it, and each folder; but for files that only say that someone is at work."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
        if path.suffix != ".lock"
    }


def tar_of(members: list[Member], made_at: int) -> bytes:
    parts = [header(name, len(content), made_at) + content for name, content in members]
    return b"".join(part + padding(len(part)) for part in parts) + END


def members_of(content: bytes) -> list[Member]:
    found: list[Member] = []
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        for info in tar:
            file = tar.extractfile(info)
            assert file is not None
            found.append((info.name, file.read()))
    return found


@dataclass
class Forgery:
    """A backup taken apart by someone who has the keys of the vault, to be packed again with its list made to fit."""

    keys: VaultKeys
    outer: list[Member]
    inner: list[Member]  # but for the list
    listed: dict[str, Any]  # what the list says
    made_at: int = int(MADE_AT.timestamp())
    before_listing: Callable[[bytes], bytes] = field(default=bytes)  # what becomes of the list
    after: list[Member] = field(default_factory=list)  # behind the list

    def __getitem__(self, name: str) -> bytes:
        return dict(self.inner)[name]

    def __setitem__(self, name: str, content: bytes) -> None:
        self.inner = [(other, content if other == name else before) for other, before in self.inner]

    @property
    def originals(self) -> list[str]:
        return [name for name, _ in self.inner if name.startswith("originals/")]

    def drop(self, name: str) -> None:
        self.inner = [member for member in self.inner if member[0] != name]

    def list_all(self) -> None:
        """Have the list say what is there."""
        for place, members in (("outer", self.outer), ("inner", self.inner)):
            self.listed[place] = [entry_of(*member) for member in members]

    def edit_database(self, work: Path, *statements: str) -> None:
        """As the program that made the backup would not; the list then says what is in it."""
        path, key = work / "edited.db", bytes.fromhex(json.loads(self[form.KEYS])["database_key"])
        path.write_bytes(self[form.DATABASE])
        with closing(open_keyed(path, key)) as raw:
            for statement in statements:
                raw.execute(statement).fetchall()
        self[form.DATABASE] = path.read_bytes()
        self.list_all()

    def write(self, file: Path) -> Path:
        document = {name: value for name, value in self.listed.items() if name != "mac"}
        document["mac"] = form._mac(document, self.keys)
        manifest = self.before_listing(json.dumps(document).encode())
        last = [(form.MANIFEST, manifest)] if manifest else []
        sealed = io.BytesIO()
        inner = tar_of([*self.inner, *last, *self.after], self.made_at)
        seal_stream(io.BytesIO(inner), sealed, self.keys.document_identity)
        file.write_bytes(tar_of([*self.outer, (form.CONTENTS, sealed.getvalue())], self.made_at))
        return file


def entry_of(name: str, content: bytes) -> dict[str, Any]:
    return asdict(Entry(name, len(content), hashlib.sha256(content).hexdigest()))


def taken_apart(home: Home) -> Forgery:
    *outer, (_, sealed) = members_of(home.file.read_bytes())
    opened = io.BytesIO()
    unseal_stream(io.BytesIO(sealed), opened, home.keys.document_identity)
    *inner, (_, listed) = members_of(opened.getvalue())
    return Forgery(home.keys, outer, inner, json.loads(listed))


OLD_KEY, NEW_KEY = b"o" * 32, b"n" * 32
ROWS = 300  # of a page each


def make_database(path: Path) -> None:
    path.touch()
    with closing(open_keyed(path, OLD_KEY)) as raw:
        raw.execute("PRAGMA journal_mode=WAL").fetchall()
        raw.execute("CREATE TABLE letter (text TEXT)")
        raw.executemany("INSERT INTO letter VALUES (?)", [("x" * 4000,)] * ROWS)


def rows_under(path: Path, key: bytes | bytearray) -> int:
    """0 where it does not open with this key."""
    with closing(open_keyed(path, key)) as raw, suppress(sqlcipher.DatabaseError):
        return int(raw.execute("SELECT count(*) FROM letter").fetchone()[0])
    return 0


def rekeyed(path: Path) -> dict[str, object]:
    """What the call said, which key it left us with, and how many rows can be read with it then."""
    key = bytearray(OLD_KEY)
    engine = make_engine(path, key)
    said = ""
    try:
        rekey(engine, path, key, NEW_KEY)
    except (sqlcipher.Error, VaultError) as error:
        said = type(error).__name__
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT count(*) FROM letter").scalar()
    engine.dispose()
    return {"said": said, "new": key == NEW_KEY, "rows": rows}


if __name__ == "__main__":
    print(json.dumps(rekeyed(Path(sys.argv[1]))))
