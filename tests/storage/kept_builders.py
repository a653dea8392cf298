"""A vault with originals under real keys, for tests that hurt it; as a program, what is done to it and cut off.

    python kept_builders.py put|renew FOLDER

FOLDER holds the vault, its keys, the keys before them, and the files to be put.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlcipher3 import dbapi2 as sqlcipher
from storage_builders import a_document, a_patient, some_keys

from healthmate_desktop.domain.ids import DocumentId, PatientId, new_id
from healthmate_desktop.domain.keys import OlderKeys, VaultKeys
from healthmate_desktop.errors import VaultError
from healthmate_desktop.security.age import new_identity
from healthmate_desktop.security.originals import Sealer
from healthmate_desktop.storage.engine import open_keyed
from healthmate_desktop.storage.originals import Originals
from healthmate_desktop.storage.recovering import recover
from healthmate_desktop.storage.renewal import renew
from healthmate_desktop.storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parents[2]
CALLS = ("pwrite64", "write", "fsync", "fdatasync", "rename", "unlink", "ftruncate", "mkdir")
PATIENCE = 60  # seconds for one child on a busy machine
SIZES = (0, 1, 5_000, 70_000, 200_000)  # of originals; age seals in steps of 64 KiB


@dataclass
class Seals:
    """Real sealing, with keys that can be renewed."""

    keys: VaultKeys

    def originals(self, vault: Vault) -> Originals:
        return Originals(
            vault,
            lambda content: Sealer(self.keys).seal(content),
            lambda sealed, epoch: Sealer(self.keys).unseal(sealed, epoch),
            lambda: self.keys.epoch,
            lambda: Sealer(self.keys),
        )

    def begin(self) -> None:
        """Make new keys, as `KeyFile.begin_renewal` does."""
        now = self.keys
        self.keys = replace(
            now,
            database_key=os.urandom(32),
            document_identity=new_identity(),
            epoch=now.epoch + 1,
            renewing=OlderKeys(now.epoch, now.database_key, now.document_identity),
        )

    def finish(self) -> None:
        self.keys = replace(self.keys, renewing=None)


def real_keys() -> VaultKeys:
    return some_keys(document_identity=new_identity())


@dataclass(frozen=True)
class Kept:
    """The folder of one test: `vault/`, the keys, and what was put."""

    folder: Path

    @property
    def vault(self) -> Path:
        return self.folder / "vault"

    def seals(self) -> Seals:
        return Seals(_keys_from(json.loads((self.folder / "keys.json").read_text())))

    def save(self, seals: Seals) -> None:
        text = json.dumps(asdict(seals.keys), default=bytes.hex)
        (self.folder / "keys.json").write_text(text)

    def wanted(self) -> dict[str, bytes]:
        """What each document that was put in before must be."""
        return {path.name: path.read_bytes() for path in (self.folder / "wanted").iterdir()}

    def copy(self, place: Path) -> Kept:
        shutil.rmtree(place, ignore_errors=True)
        return Kept(Path(shutil.copytree(self.folder, place)))

    @contextmanager
    def open(self, seals: Seals) -> Iterator[tuple[Vault, Originals]]:
        vault = Vault.open(self.vault, seals.keys)
        try:
            yield vault, seals.originals(vault)
        finally:
            vault.close()

    def opens(self, key: bytes) -> bool:
        """Whether the database opens with this key, without anything of ours."""
        raw = open_keyed(self.vault / "vault.db", key)
        try:
            raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlcipher.DatabaseError:
            return False
        else:
            return True
        finally:
            raw.close()

    def run(self, what: str, *under: str) -> subprocess.CompletedProcess[str]:
        """Do `what` in a child; `under` comes before it, as strace does."""
        return subprocess.run(
            [*under, sys.executable, __file__, what, str(self.folder)],
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )


# Without what measures coverage: on a disk that is made to fail, it would fail at the end of the child, and say so.
ENVIRONMENT = {name: value for name, value in os.environ.items() if "COVERAGE" not in name} | {
    "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]),
    "PYTHONDONTWRITEBYTECODE": "1",
}


def make_kept(folder: Path, sizes: Sequence[int] = SIZES) -> Kept:
    """A vault with an original of each size, closed."""
    (folder / "wanted").mkdir(parents=True)
    kept, seals = Kept(folder), Seals(real_keys())
    patient = a_patient()
    with closing(Vault.create(kept.vault, seals.keys)) as vault:
        with vault.write() as tx:
            tx.patients.add(patient)
        originals = seals.originals(vault)
        for size in sizes:
            document = a_document(patient.id)
            content = os.urandom(size)
            originals.put(document, content)
            (folder / "wanted" / document.id).write_bytes(content)
    (folder / "patient").write_text(patient.id)
    kept.save(seals)
    return kept


def strace_works() -> bool:
    if shutil.which("strace") is None:
        return False
    done = subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, check=False)
    return done.returncode == 0


def points_of(kept: Kept, what: str, calls: Sequence[str] = CALLS) -> list[tuple[str, int]]:
    """Each call that `what` makes to change something on the disk: its name, and which of that name it is."""
    log = kept.folder / "calls"
    done = kept.run(what, *_strace(str(log), calls))
    assert done.returncode == 0, done.stderr
    points: list[tuple[str, int]] = []
    for line in log.read_text(errors="replace").splitlines():
        name = line.split(None, 1)[-1].partition("(")[0]
        if name in calls:
            points.append((name, 1 + sum(call == name for call, _ in points)))
    return points


def run_killed(kept: Kept, what: str, call: str, number: int) -> subprocess.CompletedProcess[str]:
    inject = f"inject={call}:signal=KILL:when={number}"
    done = kept.run(what, *_strace(os.devnull, [call]), "-e", inject)
    assert done.returncode in {-9, 137}, (call, number, done)
    return done


def run_failing(
    kept: Kept, what: str, calls: Sequence[str], error: str, number: int
) -> subprocess.CompletedProcess[str]:
    """Each of `calls` fails, from the one of that number on."""
    inject = f"inject={','.join(calls)}:error={error}:when={number}+"
    return kept.run(what, *_strace(os.devnull, calls), "-e", inject)


def spread(points: Sequence[tuple[str, int]], count: int) -> list[tuple[str, int]]:
    """`count` of them, evenly from the first to the last, or all."""
    step = max(1, len(points) / count)
    return [points[int(number * step)] for number in range(min(count, len(points)))]


def _strace(log: str, calls: Sequence[str]) -> list[str]:
    return ["strace", "-f", "-qq", "-o", log, "-e", f"trace={','.join(calls)}"]


def _keys_from(saved: dict[str, Any]) -> VaultKeys:
    older = saved.pop("renewing")
    for part in (saved, older or {}):
        for name in part.keys() & {"database_key", "audit_key"}:
            part[name] = bytes.fromhex(part[name])
    return VaultKeys(**saved, renewing=OlderKeys(**older) if older else None)


def _tell(*words: str) -> bool:
    """Whether it could be told: a disk that fails may have taken this way too."""
    try:
        sys.stdout.write(" ".join(words) + "\n")  # in one piece: the whole line or nothing
        sys.stdout.flush()
    except OSError:
        return False
    return True


def put_some(kept: Kept) -> None:
    """Put three and remove one of the old ones, and tell of each on standard output as soon as it is done."""
    seals = kept.seals()
    patient_id = PatientId((kept.folder / "patient").read_text())
    with kept.open(seals) as (vault, originals):
        recover(vault)
        old = originals.all()[0].document_id
        for _ in range(3):
            document = a_document(patient_id, id=DocumentId(new_id()))
            originals.put(document, document.id.encode() * 100)
            _tell("put", document.id)
        if _tell("removing", old):
            originals.remove(old)
            _tell("removed", old)


def renew_all(kept: Kept) -> None:
    seals = kept.seals()
    with kept.open(seals) as (vault, originals):
        recover(vault)
        for _ in renew(vault, originals, seals.keys):
            pass


if __name__ == "__main__":
    try:
        {"put": put_some, "renew": renew_all}[sys.argv[1]](Kept(Path(sys.argv[2])))
    except VaultError as known:
        _tell("error", known.code)
