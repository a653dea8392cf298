"""What must hold after any fault: one passphrase and the recovery key open it, nothing is lost, broken or readable."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from builders import finished

from drills import sessions
from drills.sessions import (
    DRAFT,
    FILES,
    LETTER,
    MARK,
    NEW,
    NURSE,
    OLD,
    OTHERS,
    OWNER,
    QUESTION,
    Facts,
)
from healthmate_desktop.domain.ids import DocumentId
from healthmate_desktop.errors import HealthMateError, WrongPassphrase
from healthmate_desktop.paths import Paths

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from healthmate_desktop.composition import Services

Note = dict[str, Any]


def judged(folder: Path, notes: Sequence[Note]) -> list[str]:
    """What is wrong after a session, in words that begin with lost, corrupt, plaintext or keys; empty = nothing."""
    sessions.fake_home(folder)
    try:
        return [*_readable(folder), *_judged(folder, notes), *_readable(folder)]
    except HealthMateError as error:
        return [f"lost: {type(error).__name__} {error}"]


def foreign(notes: Sequence[Note]) -> list[str]:
    return [
        f"foreign: {note['kind']} {note['trace']}"
        for note in notes
        if note.get("ended") == "foreign"
    ]


def _judged(folder: Path, notes: Sequence[Note]) -> Iterator[str]:
    facts = Facts.of(folder)
    vault = Paths(folder / "data").vault
    opening = [word for word in (OLD, NEW) if _opens(vault, word)]
    if len(opening) != 1:
        yield f"keys: opened by {len(opening)} of the passphrases"
        return
    if _said(notes, "done", "passphrase") and opening != [NEW]:
        yield "lost: the new passphrase"
    if not _said(notes, "begun", "passphrase") and opening != [OLD]:
        yield "keys: the passphrase changed by itself"
    with closing(sessions.unlock(folder, opening[0])) as services:
        yield from _whole(services)
        finished(services.importing.resume())
        finished(services.keys.resume_renewal())
        yield from _kept(services, folder, facts, notes)
        yield from _whole(services)
        late = services.patients.add(f"{MARK} Late").id
        (outcome,) = finished(services.importing.import_files([_late(folder)], late))
    yield from _by_recovery_key(folder, notes, late, outcome.document_id)
    if _said(notes, "done", "user"):
        with closing(sessions.unlock(folder, OTHERS, NURSE)) as services:
            if [p.id for p in services.patients.all()] != [facts.rosa]:
                yield "lost: who is in the nurse's care"


def _opens(vault: Path, passphrase: str) -> bool:
    from healthmate_desktop.security.header import open_header

    try:
        open_header(vault, passphrase, OWNER)
    except WrongPassphrase:
        return False
    return True


def _whole(services: Services) -> Iterator[str]:
    report = services.documents.check()
    yield from (f"corrupt: {problem.where} {problem.message}" for problem in report.problems)
    log = finished(services.log.verify(deep=True))
    yield from (f"corrupt: log {problem}" for problem in log.problems)
    if services.news.older:
        yield "corrupt: taken for an older vault"


def _kept(services: Services, folder: Path, facts: Facts, notes: Sequence[Note]) -> Iterator[str]:
    yield from _documents_kept(services, folder, facts, notes)
    people = {patient.id: patient.name for patient in services.patients.all()}
    threads = services.assistant.threads(facts.rosa)
    turns = {turn.id for thread in threads for turn in services.assistant.turns(thread.id)}
    draft = services.drafts.get("ask", facts.rosa)

    def holds(note: Note) -> bool:
        match note.get("done"):
            case "person":
                return bool(people.get(note["id"]) == note["name"])
            case "question":
                return note["id"] in turns
            case "policy":
                return services.policy.get().idle_minutes == int(note["minutes"])
            case "draft":
                return draft == DRAFT
            case "backup":
                report = finished(services.backup.drill(folder / "copies" / "copy.hmb"))
                return bool(report.documents)
        return True

    yield from (f"lost: {note}" for note in notes if not holds(note))
    drafted = [note["number"] for note in notes if note.get("done") == "drafted"]
    if drafted and int(draft.rpartition(" ")[2]) < drafted[-1]:
        yield f"lost: {drafted[-1]} was drafted, {draft} is here"


def _documents_kept(
    services: Services, folder: Path, facts: Facts, notes: Sequence[Note]
) -> Iterator[str]:
    originals = services.documents._originals
    if originals.get(DocumentId(facts.letter)).decode() != LETTER:
        yield "lost: the first letter"
    documents = {document.id: document for document in services.documents.of_patient(facts.rosa)}
    wanted: dict[Any, str] = {n["id"]: n["name"] for n in notes if n.get("done") == "import"}
    for document_id, name in wanted.items():
        content = FILES[name] if name in FILES else (folder / "desk" / name).read_bytes()
        document = documents.get(document_id)
        if document is None or document.name != name or originals.get(document_id) != content:
            yield f"lost: {name}"
        elif document.state != ("unreadable" if name.endswith(".bin") else "ready"):
            yield f"lost: what was read from {name}: {document.state}"


def _by_recovery_key(
    folder: Path, notes: Sequence[Note], late: str, document_id: str
) -> Iterator[str]:
    """A second session, by the other key, finds what the first one after the fault did."""
    keys = [note["recovery_key"] for note in notes if note.get("recovery_key")]
    with closing(
        sessions.recover(folder, (keys or [Facts.of(folder).recovery_key])[-1])
    ) as services:
        if services.patients.get(late).name != f"{MARK} Late":  # type: ignore[arg-type]  # an id
            yield "lost: who was added after"
        if services.documents._originals.get(DocumentId(document_id)) != _late(folder).read_bytes():
            yield "lost: what was imported after"
        finished(services.assistant.ask(QUESTION, Facts.of(folder).rosa))
        log = finished(services.log.verify(deep=True))
        yield from (f"corrupt: log after {problem}" for problem in log.problems)


def _late(folder: Path) -> Path:
    path = folder / "desk" / "late.txt"
    path.write_text(f"{MARK} came late.", encoding="utf-8")
    return path


def _said(notes: Sequence[Note], kind: str, name: str) -> bool:
    return any(note.get(kind) == name for note in notes)


def _readable(folder: Path) -> Iterator[str]:
    for place in ("data", "home", "tmp", "copies"):
        for path in (folder / place).rglob("*"):
            if MARK.lower() in path.name.lower() or (
                path.is_file() and MARK.encode() in path.read_bytes()
            ):
                yield f"plaintext: in {path.relative_to(folder)}"


def judged_creation(folder: Path, notes: Sequence[Note]) -> list[str]:
    """A whole vault, or none and room for a new one."""
    from healthmate_desktop.composition import create_vault, open_vault, recover_vault, vault_exists
    from healthmate_desktop.security import kdf

    sessions.fake_home(folder)
    paths, problems, commons = Paths(folder / "empty"), [], sessions.FakeCommons()
    keys = [note["recovery_key"] for note in notes if note.get("done") == "create"]
    if not vault_exists(paths):
        problems += ["lost: the new vault"] * len(keys)
        keys = [create_vault(paths, OLD, cost=kdf.FLOOR)]
    with closing(open_vault(paths, OLD, commons)) as services:  # type: ignore[arg-type]  # a stand-in
        services.patients.add(MARK)
        problems += list(_whole(services))
    for key in keys:
        with closing(recover_vault(paths, key, commons)) as services:  # type: ignore[arg-type]
            problems += [] if services.patients.count() == 1 else ["lost: the first person"]
    return problems
