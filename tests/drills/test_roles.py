"""M1: who may do what with whose records, against a table that was written by hand and not taken from the product."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from builders import finished

from drills import sessions
from healthmate_desktop.domain.audit import AuditFilter
from healthmate_desktop.domain.ids import new_id
from healthmate_desktop.domain.sessions import Grant, LockPolicy
from healthmate_desktop.errors import NotAllowed, NotFound, WrongPassphrase

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from drills.conftest import Report, Vaults
    from healthmate_desktop.composition import Services
    from healthmate_desktop.domain.sessions import Role, Sees

pytestmark = [pytest.mark.security, pytest.mark.database]

# one line an operation: whether the role includes it
ROLES = ("owner", "clinician", "assistant", "auditor")
WITH_A_PERSON = """
see in the list      yes  yes  yes  no
look up by id        yes  yes  yes  no
find by name         yes  yes  yes  no
list documents       yes  yes  yes  no
read a page          yes  yes  yes  no
draw a page          yes  yes  yes  no
see a cited place    yes  yes  yes  no
search               yes  yes  yes  no
import a file        yes  yes  yes  no
ask                  yes  yes  no   no
list chats           yes  yes  no   no
read a chat          yes  yes  no   no
"""
WITHOUT_A_PERSON = """
add a person         yes  yes  yes  no
list users           yes  no   no   yes
add a user           yes  no   no   no
change a user        yes  no   no   no
remove a user        yes  no   no   no
see grants           yes  no   no   no
assign a person      yes  no   no   no
end a grant          yes  no   no   no
open in emergency    yes  yes  no   no
find others          yes  yes  no   no
new recovery key     yes  no   no   no
renew all keys       yes  no   no   no
make a backup        yes  no   no   no
check a backup       yes  no   no   no
choose backup place  yes  no   no   no
change the policy    yes  no   no   no
read the log         yes  no   no   yes
check the log        yes  no   no   yes
export the log       yes  no   no   yes
accept an older one  yes  no   no   no
"""
# who sees everyone reaches each of these; who sees those assigned reaches the ones in CARE
STATES = ("granted", "emergency", "ended", "expired", "never")
CARE = {"granted", "emergency"}


@dataclass(frozen=True)
class Someone:
    """In the staff."""

    name: str
    role: Role
    sees: Sees

    @property
    def passphrase(self) -> str:
        return f"{self.name} has a long passphrase"


STAFF = [
    Someone("ann", "owner", "all"),
    Someone("bob", "clinician", "all"),
    Someone("cem", "clinician", "assigned"),
    Someone("dan", "assistant", "all"),
    Someone("eve", "assistant", "assigned"),
    Someone("fay", "auditor", "all"),
]
GONE = Someone("gus", "clinician", "all")
PEOPLE = 50
PER_STATE = 2  # people of each state that every user tries


@dataclass(frozen=True)
class Person:
    """One of the vault, and what is kept for them."""

    id: Any
    name: str
    document: Any
    thread: Any
    citation: Any


@dataclass
class Clinic:
    """A vault with staff and people; `cares[user][person id]` is the state of the care between them."""

    folder: Path
    people: list[Person]
    cares: dict[str, dict[str, str]]


@pytest.fixture
def clinic(vaults: Vaults) -> Clinic:
    folder = vaults.fresh()
    with closing(sessions.unlock(folder)) as services:
        people = [a_person(services, folder, number) for number in range(PEOPLE)]
        cares: dict[str, dict[str, str]] = {}
        for someone in [*STAFF, GONE]:
            user = services.users.add(someone.name, someone.role, someone.sees, someone.passphrase)
            cares[someone.name] = give_care(services, user.id, people, len(cares))
            if someone is GONE:
                services.users.remove(user.id)
    for someone in STAFF:  # emergencies are opened by themselves, where the role may
        if someone.sees == "assigned" and someone.role == "clinician":
            with closing(sessions.unlock(folder, someone.passphrase, someone.name)) as services:
                for person in people:
                    if cares[someone.name].get(person.id) == "emergency":
                        services.users.open_in_emergency(person.id, "Found lying on the floor")
    return Clinic(folder, people, cares)


def a_person(services: Services, folder: Path, number: int) -> Person:
    name = f"Person {number:02d} Uniquename{number:02d}"
    patient = services.patients.add(name)
    path = folder / "desk" / f"{number}.txt"
    path.write_text(f"The value of uniqueword{number:02d} was {number}.", encoding="utf-8")
    (outcome,) = finished(services.importing.import_files([path], patient.id))
    turn = finished(
        services.assistant.ask(f"What was the value of uniqueword{number:02d}?", patient.id)
    )
    citations = [c for s in turn.answer.sentences for c in s.citations]
    assert citations
    return Person(patient.id, name, outcome.document_id, turn.thread_id, citations[0])


def give_care(services: Services, user_id: Any, people: list[Person], turn: int) -> dict[str, str]:
    """Other people for each user, so that one's care is never another's by chance."""
    cares, start, now = {}, turn * 7, datetime.now(UTC)
    for place, state in enumerate(s for s in STATES for _ in range(PER_STATE)):
        person = people[(start + place) % PEOPLE]
        cares[person.id] = state
        if state in {"granted", "ended"}:
            grant = services.users.assign(user_id, person.id)
            if state == "ended":
                services.users.end_grant(grant.id)
        elif state == "expired":
            since = now - timedelta(minutes=61)
            grant = Grant(
                new_id(), user_id, person.id, since, since + timedelta(minutes=60), "An old one"
            )
            with services.vault.write() as tx:
                tx.grants.add(grant)
    return cares


def table(text: str) -> dict[str, dict[str, bool]]:
    rows = {}
    for line in text.strip().splitlines():
        name, *answers = [part for part in line.split("  ") if part]
        rows[name.strip()] = {
            role: answer.strip() == "yes" for role, answer in zip(ROLES, answers, strict=True)
        }
    return rows


def person_deeds(
    services: Services, clinic: Clinic, person: Person
) -> dict[str, Callable[[], bool]]:
    """Each tries one operation and says whether the person's records were reached."""
    path = clinic.folder / "desk" / "again.txt"

    def imported() -> bool:
        path.write_text(f"Another page {new_id()}.", encoding="utf-8")
        return bool(finished(services.importing.import_files([path], person.id))[0].document_id)

    def searched() -> bool:
        word = f"uniqueword{person.name[7:9]}"
        hits = services.search.search(word, person.id, scope="person")
        return any(hit.passage.document_id == person.document for hit in hits)

    return {
        "see in the list": lambda: person.id in {p.id for p in services.patients.all()},
        "look up by id": lambda: services.patients.get(person.id).name == person.name,
        "find by name": lambda: (
            [p.id for p in services.patients.find(person.name[10:])] == [person.id]
        ),
        "list documents": lambda: bool(services.documents.of_patient(person.id)),
        "read a page": lambda: bool(services.documents.page(person.document, 1).text),
        "draw a page": lambda: bool(services.documents.picture(person.document, 1, 100)),
        "see a cited place": lambda: bool(services.documents.place(person.citation).text),
        "search": searched,
        "import a file": imported,
        "ask": lambda: bool(finished(services.assistant.ask("Any value?", person.id)).id),
        "list chats": lambda: bool(services.assistant.threads(person.id)),
        "read a chat": lambda: bool(services.assistant.turns(person.thread)),
    }


def other_deeds(
    services: Services, someone: Someone, clinic: Clinic
) -> dict[str, Callable[[], object]]:
    """Undone where they would change what comes after; the keys are not really renewed."""
    never = next(
        p for p in clinic.people if clinic.cares[someone.name].get(p.id, "never") == "never"
    )
    mate = f"mate {someone.name}"
    copies = clinic.folder / f"copies-{someone.name}"
    copies.mkdir()
    copy = copies / "copy.hmb"

    def user(name: str) -> Any:
        with services.vault.read() as tx:
            return next(u for u in tx.users.all() if u.name == name and u.active)

    def grant() -> Any:
        with services.vault.read() as tx:
            return tx.grants.of_user(user("bob").id)[0]

    def checked() -> object:
        some = next(clinic.folder.glob("copies-*/*.hmb"), copy)
        return finished(services.backup.drill(some))

    def renewed() -> object:
        services.keys.confirm(someone.passphrase)
        return finished(services.keys.renew(someone.passphrase))

    return {
        "add a person": lambda: services.patients.add("Somebody New"),
        "list users": services.users.all,
        "add a user": lambda: services.users.add(mate, "assistant", "all", "seven boats on a pond"),
        "change a user": lambda: services.users.change(
            user("dan").id, role="assistant", sees="all"
        ),
        "remove a user": lambda: services.users.remove(
            user(mate).id if services.session.role == "owner" else user("eve").id
        ),
        "see grants": lambda: services.users.grants(user("cem").id),
        "assign a person": lambda: services.users.assign(user("bob").id, never.id),
        "end a grant": lambda: services.users.end_grant(grant().id),
        "open in emergency": lambda: services.users.open_in_emergency(
            never.id, "Fell down the stairs"
        ),
        "find others": lambda: services.users.others("Person"),
        "new recovery key": lambda: services.keys.new_recovery_key(someone.passphrase),
        "renew all keys": renewed,
        "make a backup": lambda: finished(services.backup.make(copy)),
        "check a backup": checked,
        "choose backup place": lambda: services.backup.choose_folder(str(copies)),
        "change the policy": lambda: services.policy.set(LockPolicy(idle_minutes=20)),
        "read the log": lambda: services.log.events(AuditFilter()),
        "check the log": lambda: finished(services.log.verify(deep=False)),
        "export the log": lambda: services.log.export(copies / "log.jsonl"),
        "accept an older one": services.log.accept_older,
    }


def may(someone: Someone, state: str, row: dict[str, bool]) -> bool:
    return row[someone.role] and (someone.sees == "all" or state in CARE)


def tried(deed: Callable[[], object]) -> str:
    """done, refused, or what else came of it."""
    try:
        return "refused" if deed() is False else "done"
    except (NotAllowed, NotFound):
        return "refused"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        return f"{type(error).__name__} {error}"


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_m1_roles_all(clinic: Clinic, report: Report) -> None:
    for someone in STAFF:
        try_all(clinic, someone, PER_STATE, report)
    for name in ("gus", "GUS"):
        with pytest.raises(WrongPassphrase):
            sessions.unlock(clinic.folder, GONE.passphrase, name)
        report.count(cases=1)
    with pytest.raises(WrongPassphrase):
        sessions.unlock(clinic.folder, GONE.passphrase, "")
    report.count(cases=1)
    report.check("wrong")
    assert report.counts["cases"] >= 300


def test_m1_roles_few(clinic: Clinic, report: Report) -> None:
    try_all(clinic, STAFF[2], 1, report)
    report.check("wrong")


def try_all(clinic: Clinic, someone: Someone, per_state: int, report: Report) -> None:
    cares = clinic.cares[someone.name]
    if someone.role != "clinician":  # cannot open one
        cares = {person_id: state for person_id, state in cares.items() if state != "emergency"}
    with closing(sessions.unlock(clinic.folder, someone.passphrase, someone.name)) as services:
        assert (services.session.role, services.session.sees) == (someone.role, someone.sees)
        for state in STATES:
            chosen = [p for p in clinic.people if cares.get(p.id) == state][:per_state]
            for person in chosen:
                for name, row in table(WITH_A_PERSON).items():
                    deed = person_deeds(services, clinic, person)[name]
                    note(
                        report, someone, f"{name} ({state})", may(someone, state, row), tried(deed)
                    )
        deeds = other_deeds(services, someone, clinic)
        for name, row in table(WITHOUT_A_PERSON).items():
            note(report, someone, name, row[someone.role], tried(deeds[name]))
        unknown = set(deeds) ^ set(table(WITHOUT_A_PERSON))
        assert not unknown


def note(report: Report, someone: Someone, what: str, wanted: bool, came: str) -> None:
    report.count(cases=1, granted=came == "done")
    if came != ("done" if wanted else "refused"):
        report.add(f"{someone.name} ({someone.role}, {someone.sees})", [f"wrong: {what}: {came}"])
