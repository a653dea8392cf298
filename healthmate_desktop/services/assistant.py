"""Ask: emergency rules first, then evidence from the person's documents and the library, then an answer of quotes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from healthmate_desktop.domain import evidence
from healthmate_desktop.domain.answers import (
    NOTHING_FOUND,
    Answer,
    AnswerSentence,
    Route,
    Thread,
    Timing,
    Turn,
)
from healthmate_desktop.domain.explaining import (
    Explanation,
    Weighed,
    explained,
    explained_library,
    of_someone_else,
)
from healthmate_desktop.domain.ids import ThreadId, TurnId, new_id
from healthmate_desktop.domain.questions import asks_for_own_fact, is_about, wanted_words
from healthmate_desktop.domain.retrieval import EVERYTHING, Filters
from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.domain.text import storable
from healthmate_desktop.domain.triage import Level
from healthmate_desktop.errors import (
    ChildDied,
    InferenceError,
    InvalidInput,
    NotEnoughMemory,
    NotFound,
)
from healthmate_desktop.services.embedding import embed_question
from healthmate_desktop.services.search import DEPTH

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from healthmate_desktop.domain.ids import DocumentId, PatientId
    from healthmate_desktop.domain.passages import Hit, Passage
    from healthmate_desktop.domain.retrieval import Understood
    from healthmate_desktop.domain.triage import Triage, TriageRules
    from healthmate_desktop.services.access import Access
    from healthmate_desktop.services.ports import Embedder, Writer
    from healthmate_desktop.services.search import SearchService

LONGEST_QUESTION = 4000  # characters
PASSAGES = 8  # taken from each shelf
OPINIONS = 8  # best sentences that the model is asked about


@dataclass(frozen=True, slots=True)
class Searched:
    """What the answer is being made from."""

    documents: int
    articles: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and about whom."""

    question: str
    patient_id: PatientId
    name: str
    filters: Filters  # of the library

    @property
    def own_fact(self) -> bool:
        return asks_for_own_fact(self.question, self.name)


class AssistantService:
    """Answers questions and keeps the conversation in the vault."""

    def __init__(
        self,
        access: Access,
        search: SearchService,
        embedder: Embedder,
        writer: Writer | None,
        rules: TriageRules,
    ) -> None:
        self._access = access
        self._search = search
        self._embedder = embedder
        self._writer = writer
        self._rules = rules

    def triage(self, text: str, country: str = "") -> Triage:
        return self._rules.triage(text, country)

    def threads(self, patient_id: PatientId) -> list[Thread]:
        with self._access.read(Action.ASK, patient_id) as tx:
            return tx.chats.threads(patient_id)

    def turns(self, thread_id: ThreadId) -> list[Turn]:
        with self._access.read(Action.ASK) as tx:
            return tx.chats.turns(thread_id)

    def ask(
        self,
        question: str,
        patient_id: PatientId,
        *,
        thread_id: ThreadId | None = None,
        country: str = "",
        filters: Filters = EVERYTHING,
    ) -> Generator[Triage | Searched | AnswerSentence, None, Turn]:
        """Yield the triage, what was searched, and each sentence as it is settled; return the turn, already kept.

        Closing the generator drops the question. Raises InvalidInput, InferenceError, ChildDied or NotEnoughMemory.
        """
        question = storable(question.strip())
        if not question or len(question) > LONGEST_QUESTION:
            raise InvalidInput(f"A question has between 1 and {LONGEST_QUESTION} letters.")
        started = time.monotonic()
        triage = self._rules.triage(question, country)
        triaged = time.monotonic() - started
        yield triage  # before the vault or a model is touched, whatever is wrong with them
        asked = self._asked(question, patient_id, filters)
        passages = [] if _is_crisis(triage) else self._passages(asked)
        retrieved = time.monotonic() - started - triaged
        yield Searched(_count(passages, "person"), _count(passages, "library"))
        sentences: list[AnswerSentence] = []
        first = 0.0
        for sentence in self._sentences(asked, passages):
            first = first or time.monotonic() - started
            sentences.append(sentence)
            yield sentence
        answer = Answer(
            route=_route(triage, sentences),
            sentences=tuple(sentences),
            triage=triage,
            weights=self._writer.name if self._writer and sentences else "",
            seconds=Timing(triaged, retrieved, first, time.monotonic() - started),
            note="" if sentences or triage.level is Level.EMERGENCY else NOTHING_FOUND,
        )
        return self._keep(question, answer, patient_id, thread_id)

    def explain(
        self,
        turn: Turn,
        patient_id: PatientId,
        document_id: DocumentId | None = None,
        filters: Filters = EVERYTHING,
    ) -> Explanation:
        """Why each document of the person, or this one, did or did not contribute to an answer that was kept.

        With them the passages of the library that were read.

        Its question is searched again. Raises NotFound, InferenceError, ChildDied or NotEnoughMemory.
        """
        with self._access.read(Action.ASK, patient_id) as tx:
            documents = tx.documents.of_patient(patient_id)
            if document_id is not None:
                wanted = tx.documents.get(document_id)
                owner = tx.patients.get(wanted.patient_id)
                documents = [wanted]
                if owner.id != patient_id:
                    other = of_someone_else(wanted, owner.name)
                    return Explanation(turn.question, turn.asked_at, (other,))
            passages = tx.passages.counts(patient_id)
        weighed = self._weighed(turn, patient_id, filters)
        found = explained(documents, passages, turn.answer, turn.asked_at, weighed)
        public = tuple(explained_library(turn.answer, weighed))
        return Explanation(
            turn.question, turn.asked_at, tuple(found), public, understood=weighed.understood
        )

    def _weighed(self, turn: Turn, patient_id: PatientId, filters: Filters) -> Weighed:
        """All that the question finds now, by the same steps as an answer takes."""
        if _is_crisis(turn.answer.triage):
            return Weighed(searched=False)
        asked = self._asked(turn.question, patient_id, filters)
        own, public, understood = self._hits(asked, 2 * DEPTH)
        read = [hit.passage for hit in own[:PASSAGES] + public]
        scored = self._scored(asked, read)
        chosen = self._chosen(asked.question, scored)
        return Weighed(own, PASSAGES, scored, chosen, library=public, understood=understood)

    def _asked(self, question: str, patient_id: PatientId, filters: Filters = EVERYTHING) -> Asked:
        with self._access.read(Action.ASK, patient_id) as tx:
            return Asked(question, patient_id, tx.patients.get(patient_id).name, filters)

    def _passages(self, asked: Asked) -> list[Passage]:
        own, public, _ = self._hits(asked, PASSAGES)
        return [hit.passage for hit in own + public]

    def _hits(self, asked: Asked, own: int) -> tuple[list[Hit], list[Hit], Understood | None]:
        """At most `own` of the person, and those of the library, and how it was asked, unless it cannot know."""
        vector = embed_question(self._embedder, asked.question)
        theirs = self._search.person_hits(asked.question, vector, asked.patient_id, own)
        if asked.own_fact:
            return theirs, [], None
        understood, public = self._search.library_found(
            asked.question, vector, PASSAGES, asked.filters
        )
        return theirs, public, understood

    def _sentences(
        self, asked: Asked, passages: Sequence[Passage]
    ) -> Generator[AnswerSentence, None, None]:
        scored = self._scored(asked, passages)
        for item in self._chosen(asked.question, scored):
            yield AnswerSentence(item.candidate.text, (evidence.citation_of(item.candidate),))

    def _scored(self, asked: Asked, passages: Sequence[Passage]) -> list[evidence.Scored]:
        candidates = evidence.candidates_of(passages)
        if not candidates:
            return []
        question = asked.question
        dense = self._nearness(question, candidates)
        personal = is_about(question, asked.name)
        wanted = wanted_words(question, asked.name, self._search.meanings(question))
        scored = evidence.score(question, candidates, dense, wanted, personal=personal)
        unheard = self._search.unheard(
            evidence.missing(wanted, scored),
            asked.patient_id,
            own_only=asked.own_fact,
            filters=asked.filters,
        )
        return evidence.doubted(question, scored, len(unheard))

    def _chosen(self, question: str, scored: list[evidence.Scored]) -> list[evidence.Scored]:
        if not evidence.passes_gate(scored):
            return []
        return evidence.choose(self._with_opinion(question, scored[:OPINIONS]))

    def _nearness(self, question: str, candidates: Sequence[evidence.Candidate]) -> list[float]:
        """Cosine of the question and each sentence; a person's own also without the name of its file."""
        own = [i for i, c in enumerate(candidates) if c.passage.shelf == "person"]
        texts = [evidence.shown_to_embedder(candidate) for candidate in candidates]
        vectors = self._embedder.embed([question, *texts, *(candidates[i].text for i in own)])
        near: list[float] = (vectors[1:] @ vectors[0]).tolist()
        for i, alone in zip(own, near[len(candidates) :], strict=True):
            near[i] = max(near[i], alone)
        return near[: len(candidates)]

    def _with_opinion(self, question: str, scored: list[evidence.Scored]) -> list[evidence.Scored]:
        asked = [item for item in scored if evidence.wants_opinion(item)]
        if self._writer is None or len(asked) < 2:
            return scored
        texts = [evidence.shown_to_embedder(item.candidate) for item in asked]
        try:
            return evidence.with_opinion(scored, self._writer.likelihoods(texts, question))
        except (InferenceError, ChildDied, NotEnoughMemory):  # evidence stands without the model
            return scored

    def _keep(
        self, question: str, answer: Answer, patient_id: PatientId, thread_id: ThreadId | None
    ) -> Turn:
        now = datetime.now(UTC)
        with self._access.write(Action.ASK, patient_id) as tx:
            if thread_id is not None and thread_id not in {
                thread.id for thread in tx.chats.threads(patient_id)
            }:
                raise NotFound("That chat is not this person's. Ask in a new one.")
            if thread_id is None:
                thread_id = ThreadId(new_id())
                tx.chats.add_thread(Thread(thread_id, patient_id, question[:80], now))
            turn = Turn(TurnId(new_id()), thread_id, question, answer, now)
            tx.chats.add_turn(turn)
        return turn


def _is_crisis(triage: Triage) -> bool:
    """Self-harm and poisoning are for people, not for passages about doses."""
    return triage.level is Level.EMERGENCY and any(n.kind != "emergency" for n in triage.numbers)


def _count(passages: Sequence[Passage], shelf: str) -> int:
    return len({passage.document_id for passage in passages if passage.shelf == shelf})


def _route(triage: Triage, sentences: Sequence[AnswerSentence]) -> Route:
    if triage.level is Level.EMERGENCY:
        return "emergency"
    shelves = {citation.shelf for sentence in sentences for citation in sentence.citations}
    if shelves == {"person", "library"}:
        return "both"
    if shelves == {"person"}:
        return "documents"
    return "library" if shelves else "none"
