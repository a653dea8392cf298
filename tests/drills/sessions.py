"""What is played while faults happen: whole sessions with real keys, store and services, and stand-ins for the models.

The passphrase is stretched at a small cost here, as thousands of unlocks follow; the calls to the system are the same.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builders import finished
from fakes import FakeEmbedder, FakeReader

from healthmate_desktop.errors import HealthMateError
from healthmate_desktop.paths import Paths

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from drills.board import Board
    from healthmate_desktop.composition import Services
    from healthmate_desktop.domain.ids import PassageId, PatientId

OWNER, NURSE = "owner", "nurse"
OLD, NEW, OTHERS = (
    "tangerine ladder quiet violin",
    "walnut anchor purple sky",
    "copper lake morning bread",
)
MARK = "Zq7Marlinspike"  # stands in every name and text; seen in clear on the disk it is a leak
LETTER = (
    f"{MARK} letter. The sodium value was 141 mmol/L.\fSecond page. The ferritin value was 9 ug/L."
)
FILES: dict[str, bytes] = {
    f"{MARK}-short.txt": f"{MARK} note. Potassium was 4.4 mmol/L in May.".encode(),
    f"{MARK}-long.txt": "\f".join(
        f"{MARK} page {page}. " + " ".join(f"Value {n} was {n * page}." for n in range(120))
        for page in range(1, 5)
    ).encode(),
    f"{MARK}-unread.bin": b"UNKNOWN " + MARK.encode() * 3000,
}
QUESTION = f"What was the sodium value of {MARK}?"
DRAFT = f"{MARK} half a question"


class FakeEngine(FakeEmbedder):
    """An engine without a chat model and a reranker."""

    name = ""
    reranks = False

    def likelihoods(self, texts: Sequence[str], question: str) -> list[float]:  # noqa: ARG002
        return [-1.0] * len(texts)

    def close(self) -> None: ...


class EmptyLibrary:
    """Public sources: none."""

    def full_text(self, *_: object, **__: object) -> list[tuple[PassageId, float]]:
        return []

    def candidates(self, *_: object, **__: object) -> tuple[Any, dict[PassageId, float]]:
        return ([], [], []), {}


class FakeCommons:
    """In the place of composition.Commons: no child process, no weights, no library."""

    def __init__(self) -> None:
        self.engine, self.reader, self.index = FakeEngine(), FakeReader(), EmptyLibrary()
        self.library = None

    def close(self) -> None: ...


def make_unlocking_cheap() -> None:
    """For this process: what a passphrase costs has no part in these proofs."""
    from healthmate_desktop.security import kdf

    kdf.FLOOR = kdf.Cost(8, 1, 1)


def warm() -> None:
    """Load all that a session loads, so that its calls begin with the session itself."""
    import numpy as np  # noqa: F401
    import sqlalchemy  # noqa: F401

    make_unlocking_cheap()
    folder = Path(os.environ["DRILL_WARM"])
    prepare(folder)
    shutil.rmtree(folder)


def fake_home(folder: Path) -> None:
    """Whatever is kept outside the data folder lies in this run's own folder."""
    for name in ("CACHE", "CONFIG", "DATA", "STATE"):
        os.environ[f"XDG_{name}_HOME"] = str(folder / "home" / name.lower())
    os.environ["HOME"], os.environ["TMPDIR"] = str(folder / "home"), str(folder / "tmp")


def unlock(folder: Path, passphrase: str = OLD, name: str = OWNER) -> Services:
    from healthmate_desktop.composition import open_vault

    commons: Any = FakeCommons()
    return open_vault(Paths(folder / "data"), passphrase, commons, name=name)


def recover(folder: Path, recovery_key: str) -> Services:
    from healthmate_desktop.composition import recover_vault

    commons: Any = FakeCommons()
    return recover_vault(Paths(folder / "data"), recovery_key, commons)


@dataclass(frozen=True)
class Facts:
    """What was there before the session began."""

    recovery_key: str
    rosa: PatientId
    letter: str

    @staticmethod
    def of(folder: Path) -> Facts:
        return Facts(**json.loads((folder / "facts.json").read_text(encoding="utf-8")))


def prepare(folder: Path) -> Facts:
    """A vault with a person, a letter and a chat, and files on a desk to be imported."""
    from healthmate_desktop.composition import create_vault
    from healthmate_desktop.security import kdf

    for name in ("desk", "first", "tmp", "home", "copies"):
        (folder / name).mkdir(parents=True)
    fake_home(folder)
    for name, content in FILES.items():
        (folder / "desk" / name).write_bytes(content)
    (folder / "first" / f"{MARK}-letter.txt").write_text(LETTER, encoding="utf-8")
    recovery_key = create_vault(Paths(folder / "data"), OLD, cost=kdf.FLOOR)
    with closing(unlock(folder)) as services:
        rosa = services.patients.add(f"{MARK} Rosa").id
        (letter,) = finished(services.importing.import_files([folder / "first"], rosa))
        finished(services.assistant.ask(QUESTION, rosa))
    shutil.rmtree(folder / "first")  # what is on the disk in clear is the desk alone
    facts = Facts(recovery_key, rosa, letter.document_id)
    (folder / "facts.json").write_text(json.dumps(facts.__dict__), encoding="utf-8")
    return facts


class Play:
    """One session: each finished step is told, and a step that met a known error too."""

    def __init__(self, folder: Path, board: Board) -> None:
        self.folder, self.board, self.facts = folder, board, Facts.of(folder)
        fake_home(folder)
        board.write(begun="unlock")
        self.services = unlock(folder)
        board.write(done="unlock")

    def step(self, name: str, work: Callable[[], Mapping[str, Any] | None]) -> None:
        self.board.write(begun=name)
        try:
            told = work() or {}
        except HealthMateError as error:
            self.board.write(failed=name, code=error.code, message=str(error))
        else:
            self.board.write(done=name, **told)

    def person(self, name: str) -> None:
        full = f"{MARK} {name}"
        self.step("person", lambda: {"id": self.services.patients.add(full).id, "name": full})

    def file(self, name: str) -> None:
        def work() -> Mapping[str, Any] | None:
            path = self.folder / "desk" / name
            (outcome,) = finished(self.services.importing.import_files([path], self.facts.rosa))
            return {"id": outcome.document_id, "name": name, "status": outcome.status}

        self.step("import", work)

    def policy(self, minutes: int) -> None:
        from healthmate_desktop.domain.sessions import LockPolicy

        def work() -> Mapping[str, Any]:
            self.services.policy.set(LockPolicy(idle_minutes=minutes))
            return {"minutes": minutes}

        self.step("policy", work)

    def question(self) -> None:
        def work() -> Mapping[str, Any]:
            turn = finished(self.services.assistant.ask(QUESTION, self.facts.rosa))
            return {
                "id": turn.id,
                "thread": turn.thread_id,
                "sentences": len(turn.answer.sentences),
            }

        self.step("question", work)

    def draft(self) -> None:
        self.step("draft", lambda: self.services.drafts.save("ask", self.facts.rosa, DRAFT))

    def passphrase(self) -> None:
        self.step("passphrase", lambda: self.services.keys.change_passphrase(OLD, NEW))

    def user(self) -> None:
        def work() -> Mapping[str, Any]:
            user = self.services.users.add(NURSE, "clinician", "assigned", OTHERS)
            self.services.users.assign(user.id, self.facts.rosa)
            return {"id": user.id}

        self.step("user", work)

    def look(self) -> None:
        def work() -> Mapping[str, Any]:
            rosa = self.facts.rosa
            assert self.services.patients.get(rosa).name == f"{MARK} Rosa"
            assert self.services.assistant.threads(rosa)
            (first,) = [
                d for d in self.services.documents.of_patient(rosa) if d.id == self.facts.letter
            ]
            assert first.state == "ready"
            return {}

        self.step("look", work)

    def lock(self) -> None:
        self.step("lock", self.services.close)


def plain(folder: Path, board: Board) -> None:
    """Unlock, four changes of records, three imports, a question, a draft, a new passphrase, a new user, lock."""
    play = Play(folder, board)
    play.person("Ben")
    play.policy(30)
    for name in FILES:
        play.file(name)
    play.person("Cleo")
    play.question()
    play.draft()
    play.passphrase()
    play.user()
    play.look()
    play.lock()


def backup(folder: Path, board: Board) -> None:
    """Between two changes, everything is copied into one file."""
    play = Play(folder, board)
    play.person("Ben")
    place = folder / "copies" / "copy.hmb"
    play.step("backup", lambda: {"file": finished(play.services.backup.make(place)).file})
    play.person("Cleo")
    play.look()
    play.lock()


def renewal(folder: Path, board: Board) -> None:
    """Between two changes, all keys are renewed."""
    play = Play(folder, board)
    play.file(f"{MARK}-short.txt")

    def work() -> Mapping[str, Any]:
        report = finished(play.services.keys.renew(OLD))
        return {"documents": report.documents, "recovery_key": report.recovery_key}

    play.step("renewal", work)
    play.person("Cleo")
    play.look()
    play.lock()


def creation(folder: Path, board: Board) -> None:
    """A vault is made in an empty place."""
    from healthmate_desktop.composition import create_vault
    from healthmate_desktop.security import kdf

    fake_home(folder)
    board.write(begun="create")
    key = create_vault(Paths(folder / "empty"), OLD, cost=kdf.FLOOR)
    board.write(done="create", recovery_key=key)


def load(folder: Path, board: Board) -> None:
    """Three threads that write and read without end, until the process is killed. For C3."""
    facts = Facts.of(folder)
    fake_home(folder)
    services = unlock(folder)
    board.write(done="unlock")
    threads = [
        threading.Thread(target=_repeat, args=(board, work, services, folder, facts), daemon=True)
        for work in (_load_people, _load_documents, _load_drafts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _repeat(
    board: Board,
    work: Callable[[Services, Path, Facts, int], Mapping[str, Any]],
    services: Services,
    folder: Path,
    facts: Facts,
) -> None:
    number = 0
    while True:
        number += 1
        try:
            board.write(**work(services, folder, facts, number))
        except Exception as error:  # noqa: BLE001 - nothing fails here, so anything is told
            board.write(ended="foreign", kind=type(error).__name__, trace=str(error))
            return


def _load_people(
    services: Services, _folder: Path, _facts: Facts, number: int
) -> Mapping[str, Any]:
    name = f"{MARK} person {os.getpid()} {number}"
    patient = services.patients.add(name)
    if number % 5 == 0:
        services.vault.sign_checkpoint()
    return {"done": "person", "id": patient.id, "name": name}


def _load_documents(
    services: Services, folder: Path, facts: Facts, number: int
) -> Mapping[str, Any]:
    name = f"{MARK}-{os.getpid()}-{number}.txt"
    path = folder / "desk" / name
    path.write_text(f"{MARK} {name}: value {number}. " * (number % 40 + 1), encoding="utf-8")
    (outcome,) = finished(services.importing.import_files([path], facts.rosa))
    return {"done": "import", "id": outcome.document_id, "name": name, "status": outcome.status}


def _load_drafts(
    services: Services, _folder: Path, facts: Facts, _number: int
) -> Mapping[str, Any]:
    number = time.monotonic_ns()  # later kills of one vault go on counting
    text = f"{MARK} draft {number}"
    services.drafts.save("ask", facts.rosa, text)
    assert services.drafts.get("ask", facts.rosa) == text
    assert services.patients.get(facts.rosa).name
    finished(services.assistant.ask(f"{QUESTION} {number}", facts.rosa))
    services.documents.of_patient(facts.rosa)
    return {"done": "drafted", "number": number}


SESSIONS: dict[str, Callable[[Path, Board], None]] = {
    "plain": plain,
    "backup": backup,
    "renewal": renewal,
    "creation": creation,
    "load": load,
}
