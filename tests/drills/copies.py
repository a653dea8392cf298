"""What is played and prepared for C6: a vault with backups of many days, one made, or one put in a vault's place."""

from __future__ import annotations

import hashlib
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from builders import finished

from drills import sessions
from drills.cuts import counted
from drills.sessions import FILES, MARK, NEW, OLD, QUESTION, Facts
from healthmate_desktop.composition import restore_vault
from healthmate_desktop.paths import Paths
from healthmate_desktop.security import kdf

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from drills.board import Board
    from healthmate_desktop.composition import Services

OLDER = "older.hmb"  # of before the passphrase was changed and the last papers came
DAYS_AGO = (37, 30, 23, 16, 9, 8, 7, 6, 5, 4, 3, 2, 1)  # more than stay after the next one
LATE: dict[str, bytes] = {
    f"{MARK}-late.txt": f"{MARK} late. Ferritin was 12 ug/L.".encode(),
    f"{MARK}-picture.bin": b"UNKNOWN " + MARK.encode() * 40_000,
}

Contents = dict[str, Any]


@dataclass(frozen=True)
class Kept:
    """What was there before anything was killed. Files by name, with their SHA-256."""

    recovery_key: str
    live: Contents
    older: Contents
    last: datetime  # backup, as the vault says
    vault: dict[str, str]
    backups: dict[str, str]


def contents(services: Services) -> Contents:
    """All that a person would miss."""
    people = services.patients.all()
    originals = services.documents._originals
    return {
        "people": {person.id: person.name for person in people},
        "documents": {
            paper.id: (paper.name, paper.state, _sha256(originals.get(paper.id)))
            for person in people
            for paper in services.documents.of_patient(person.id)
        },
        "turns": [
            (turn.id, turn.question, len(turn.answer.sentences))
            for person in people
            for thread in services.assistant.threads(person.id)
            for turn in services.assistant.turns(thread.id)
        ],
    }


def tree(folder: Path) -> dict[str, str]:
    """Each file below, but for the lock, which holds nothing."""
    return {
        str(path.relative_to(folder)): _sha256(path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file() and path.name != "vault.lock"
    }


def prepare(folder: Path) -> Kept:
    """A vault that has changed since its backups were made, and its passphrase too."""
    facts = sessions.prepare(folder)
    copies = folder / "copies"
    (folder / "other" / "tmp").mkdir(parents=True)
    for name, content in LATE.items():
        (folder / "desk" / name).write_bytes(content)
    with closing(sessions.unlock(folder)) as services:
        _import(services, folder, facts, *FILES)
        services.backup.choose_folder(str(copies))
        older = contents(services)
        finished(services.backup.make(copies / OLDER))
        for days in DAYS_AGO:
            made_at = datetime.now(UTC) - timedelta(days=days)
            finished(services.backup._files.make(copies, made_at))
        services.patients.add(f"{MARK} Later")
        _import(services, folder, facts, *LATE)
        finished(services.assistant.ask(QUESTION, facts.rosa))
        slots: Any = services.keys._slots
        slots.change_passphrase(services.session.user_id, NEW, cost=kdf.FLOOR)
        live, last = contents(services), services.backup.plan().last_backup
    assert last
    assert (len(older["documents"]), len(live["documents"])) == (4, 6)
    vault = tree(folder / "data" / "vault")
    return Kept(facts.recovery_key, live, older, last, vault, tree(copies))


def _import(services: Services, folder: Path, facts: Facts, *names: str) -> None:
    papers = [folder / "desk" / name for name in names]
    finished(services.importing.import_files(papers, facts.rosa))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# --- played


def _copying(name: str = "") -> Callable[[Path, Board], None]:
    """Into the chosen folder, where too old ones are removed after; or over a file that is there."""

    def play(folder: Path, board: Board) -> None:
        sessions.fake_home(folder)
        services = sessions.unlock(folder, NEW)
        with counted(folder):
            report = finished(services.backup.make(folder / "copies" / name if name else None))
            board.write(done="backup", file=report.file)
        services.close()

    return play


def machine(folder: Path, place: str) -> Path:
    """The computer that is restored on: with the vault in the way, or another one, with nothing."""
    return folder if place == "over" else folder / "other"


def secret_of(way: str, recovery_key: str) -> str:
    return recovery_key if way == "recovery" else OLD


def _restoring(place: str, way: str) -> Callable[[Path, Board], None]:
    def play(folder: Path, board: Board) -> None:
        home = machine(folder, place)
        sessions.fake_home(home)
        secret = secret_of(way, Facts.of(folder).recovery_key)
        with counted(folder):
            finished(restore_vault(Paths(home / "data"), folder / "copies" / OLDER, secret))
            board.write(done="restore")

    return play


SESSIONS: dict[str, Callable[[Path, Board], None]] = {
    "copy-rotated": _copying(),
    "copy-over": _copying(OLDER),
    **{
        f"restore-{place}-{way}": _restoring(place, way)
        for place in ("over", "empty")
        for way in ("passphrase", "recovery")
    },
}
