"""M2: whatever is asked about one person, nothing of another comes back."""

from __future__ import annotations

import random
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from builders import finished

from drills import sessions
from drills.sessions import NURSE, OTHERS
from healthmate_desktop.domain.answers import Citation
from healthmate_desktop.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from drills.conftest import Report, Vaults
    from healthmate_desktop.composition import Services

pytestmark = [pytest.mark.security, pytest.mark.database]
PEOPLE, ASSIGNED = 24, 8
SHARED = (
    "sodium",
    "potassium",
    "ferritin",
    "blood pressure",
)  # words that stand in everybody's papers


@dataclass
class Shelf:
    """What belongs to one person, by id."""

    id: Any
    name: str
    words: str  # stand in their papers alone
    documents: set[str] = field(default_factory=set)
    passages: set[str] = field(default_factory=set)
    threads: set[Any] = field(default_factory=set)


@pytest.fixture
def folder(vaults: Vaults) -> Path:
    return vaults.fresh()


@pytest.fixture
def shelves(folder: Path) -> list[Shelf]:
    made = []
    with closing(sessions.unlock(folder)) as services:
        user = services.users.add(NURSE, "clinician", "assigned", OTHERS)
        for number in range(PEOPLE):
            made.append(a_shelf(services, folder, number))
            if number < ASSIGNED:
                services.users.assign(user.id, made[-1].id)
    return made


def a_shelf(services: Services, folder: Path, number: int) -> Shelf:
    shelf = Shelf(None, f"Surname{number:02d} Given{number:02d}", f"specialword{number:02d}")
    shelf.id = services.patients.add(shelf.name).id
    for part in range(2):
        path = folder / "desk" / f"paper-{number}-{part}.txt"
        path.write_text(
            f"{shelf.words} report {part}. The {SHARED[part]} value of {shelf.words} was {number}{part}.\f"
            f"Second page: {SHARED[2 + part]} {shelf.words} {number}.",
            encoding="utf-8",
        )
        (outcome,) = finished(services.importing.import_files([path], shelf.id))
        shelf.documents.add(outcome.document_id)
    for word in SHARED:
        for hit in services.search.search(f"{shelf.words} {word}", shelf.id, scope="person", k=50):
            shelf.passages.add(hit.passage.id)
    shelf.threads.add(
        finished(services.assistant.ask(f"What was the {SHARED[0]} value?", shelf.id)).thread_id
    )
    return shelf


@pytest.mark.timeout(0)
@pytest.mark.parametrize(
    "queries", [pytest.param(150, id="few"), pytest.param(2000, id="all", marks=pytest.mark.slow)]
)
def test_m2_other_people(folder: Path, shelves: list[Shelf], report: Report, queries: int) -> None:
    """Half by an owner, who sees everyone but one person at a time; half by a nurse with eight people in care."""
    for name, passphrase in (("owner", sessions.OLD), (NURSE, OTHERS)):
        with closing(sessions.unlock(folder, passphrase, name)) as services:
            chance = random.Random(queries)
            asking = queries_of(services, shelves, chance, assigned=name == NURSE)
            for _ in range(queries // 2):
                kind, foreign = next(asking)
                report.count(queries=1, **{kind.replace(" ", "_"): 1})
                report.add(name, [f"foreign: {kind}: {one}" for one in foreign])
    report.check("foreign")


def queries_of(
    services: Services, shelves: list[Shelf], chance: random.Random, *, assigned: bool
) -> Iterator[tuple[str, list[str]]]:
    """What was tried, and what of another person came back."""
    cared = shelves[:ASSIGNED] if assigned else shelves
    while True:
        one = chance.choice(cared)
        other = chance.choice([s for s in shelves if s is not one])
        words = f"{other.words} {chance.choice(SHARED)}"
        yield "search", searched(services, one, words)
        yield "ask", asked(services, one, f"What was the {words} value?")
        yield "lists", listed(services, one)
        if assigned:
            outside = chance.choice(shelves[ASSIGNED:])
            yield from ((kind, reached(work)) for kind, work in by_id(services, outside, chance))
            yield "find", found(services, outside)
            hits = outside_search(services, outside)
            yield "search outside", hits
        else:
            yield "chat of", mixed_thread(services, one, other)


def searched(services: Services, one: Shelf, words: str) -> list[str]:
    hits = services.search.search(words, one.id, scope="person", k=50)
    assert hits
    return [hit.passage.id for hit in hits if hit.passage.document_id not in one.documents]


def asked(services: Services, one: Shelf, question: str) -> list[str]:
    turn = finished(services.assistant.ask(question, one.id))
    one.threads.add(turn.thread_id)
    cited = [c.document_id for sentence in turn.answer.sentences for c in sentence.citations]
    return [document for document in cited if document not in one.documents]


def listed(services: Services, one: Shelf) -> list[str]:
    documents = {d.id for d in services.documents.of_patient(one.id)}
    threads = {t.id for t in services.assistant.threads(one.id)}
    assert documents == one.documents
    return [*documents - one.documents, *threads - one.threads]


def by_id(
    services: Services, outside: Shelf, chance: random.Random
) -> list[tuple[str, Callable[[], object]]]:
    document: Any = chance.choice(sorted(outside.documents))
    passage: Any = chance.choice(sorted(outside.passages))
    thread = chance.choice(sorted(outside.threads))
    citation = Citation(passage, document, "person", "paper", "report", 1, 0)

    def passages() -> object:
        with services.vault.read() as tx:
            return tx.passages.get([passage])

    def nearest() -> object:
        with services.vault.read() as tx:
            vector = sessions.FakeEngine().embed([outside.words])[0]
            return [
                *tx.passages.nearest(outside.id, vector, 9),
                *tx.passages.full_text(outside.id, outside.words, 9),
            ]

    return [
        ("person", lambda: services.patients.get(outside.id)),
        ("documents", lambda: services.documents.of_patient(outside.id)),
        ("page", lambda: services.documents.page(document, 1)),
        ("picture", lambda: services.documents.picture(document, 1, 50)),
        ("place", lambda: services.documents.place(citation)),
        ("chat", lambda: services.assistant.turns(thread)),
        ("chats", lambda: services.assistant.threads(outside.id)),
        ("passage", passages),
        ("nearest", nearest),
        ("original", lambda: services.documents._originals.get(document)),
        ("ask outside", lambda: finished(services.assistant.ask(outside.words, outside.id))),
        ("draft", lambda: services.drafts.get("ask", outside.id)),
    ]


def reached(work: Callable[[], object]) -> list[str]:
    try:
        got = work()
    except NotFound:
        return []
    return [type(got).__name__] if got else []


def found(services: Services, outside: Shelf) -> list[str]:
    everyone = {p.id for p in services.patients.all()} | {
        p.id for p in services.patients.find("Surname", 100)
    }
    named = [p.id for p in services.patients.find(outside.name)]
    return [outside.id for people in (everyone, named) if outside.id in people]


def outside_search(services: Services, outside: Shelf) -> list[str]:
    try:
        hits = services.search.search(outside.words, outside.id, scope="person")
    except NotFound:
        return []
    return [hit.passage.id for hit in hits]


def mixed_thread(services: Services, one: Shelf, other: Shelf) -> list[str]:
    """A question about one person in a chat about another must not join the two."""
    thread = min(other.threads)
    try:
        turn = finished(services.assistant.ask(f"{one.words} value?", one.id, thread_id=thread))
    except (NotFound, InvalidInput):
        return []
    return [f"a turn of one person in the chat of another: {turn.id}"]
