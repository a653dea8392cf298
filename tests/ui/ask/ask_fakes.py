"""Made-up records, a small library and an assistant that answers from them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.answers import (
    NOTHING_FOUND,
    Answer,
    AnswerSentence,
    Citation,
    Place,
    Thread,
    Turn,
)
from healthmate_desktop.domain.documents import Box, Document, DocumentKind
from healthmate_desktop.domain.explaining import Explained, ExplainedPassage, Explanation, Why
from healthmate_desktop.domain.ids import (
    DocumentId,
    PatientId,
    SourceId,
    ThreadId,
    TurnId,
)
from healthmate_desktop.domain.library import Article, Source
from healthmate_desktop.domain.patients import Patient
from healthmate_desktop.domain.retrieval import EVERYTHING, Filters, Understood
from healthmate_desktop.domain.triage import Level, Number, Reason, Triage
from healthmate_desktop.errors import NotFound, UnreadableDocument
from healthmate_desktop.services.assistant import AssistantService, Searched
from healthmate_desktop.services.documents import DocumentService
from healthmate_desktop.services.library import LibraryService
from ui.page_png import png

if TYPE_CHECKING:
    import threading
    from collections.abc import Generator, Sequence

PERSON = Patient(PatientId("p"), "Rosa Harlow", date(1958, 2, 14))
WHEN = datetime(2026, 6, 3, 12, tzinfo=UTC)
REPORT = "Lakeside Clinic\nHaemoglobin A1c 51 mmol/mol\nSodium 139 mmol/L"
NOTES = "# Allergies\n\n- **Cashew nuts**: hives and wheezing in March 2021."
TOPIC = (
    "# HbA1c test\n\nThe HbA1c test shows the average blood sugar of three months.\n\nNo fasting."
)
AMBULANCE = Number("emergency", "Emergency", "112")
CRISIS = Number("crisis", "Crisis line", "116 123")
CALM = Triage(Level.NONE, (), "Nothing pressing was found.", (), ())


def triage_of(level: Level, *numbers: Number) -> Triage:
    reason = Reason("heart", "Possible heart attack", "chest pain")
    steps = ("Sit down and rest.",)
    return Triage(level, (reason,), "This can be serious.", steps, numbers)


def cited(shelf: str, document_id: str, title: str, text: str, quote: str) -> AnswerSentence:
    citation = Citation(
        passage_id="x",
        document_id=document_id,
        shelf="person" if shelf == "person" else "library",
        title=title,
        quote=quote,
        page=1,
        start=text.index(quote),
        url="" if shelf == "person" else "https://www.example.org/hba1c/",
    )
    return AnswerSentence(quote, (citation,))


FROM_REPORT = cited("person", "report", "report.pdf", REPORT, "Haemoglobin A1c 51 mmol/mol")
FROM_NOTES = cited(
    "person", "notes", "Allergies", NOTES, "**Cashew nuts**: hives and wheezing in March 2021."
)
FROM_TOPIC = cited(
    "library",
    "topic",
    "HbA1c test",
    TOPIC,
    "The HbA1c test shows the average blood sugar of three months.",
)
GONE = cited("library", "gone", "Gone", TOPIC, "No fasting.")


class FakeDocuments(DocumentService):
    def __init__(self) -> None:
        self.drawable = True

    def of_patient(self, patient_id: PatientId) -> list[Document]:
        return [
            Document(DocumentId(key), patient_id, name, kind, 1, key, WHEN, "ready", 2)
            for key, name, kind in (
                ("report", "report.pdf", DocumentKind.PDF),
                ("notes", "notes.md", DocumentKind.MARKDOWN),
            )
        ]

    def place(self, citation: Citation) -> Place:
        if citation.document_id == "report":
            return Place(citation, REPORT, (Box(40, 60, 200, 72),), 595, 842, 2)
        return Place(citation, NOTES, ())

    def picture(self, document_id: DocumentId, number: int, width: int) -> bytes:  # noqa: ARG002
        if not self.drawable:
            raise UnreadableDocument("This page can't be drawn. It is kept.")
        return png()


class FakeLibrary(LibraryService):
    def __init__(self, *titles: str) -> None:
        self.titles_kept = titles or ("Starter topics",)
        self.replaced: dict[str, str] = {}  # by the title of the newer copy
        self.topic = TOPIC

    def sources(self) -> list[Source]:
        published = date(2026, 3, 1)
        note = "Not reviewed by a clinician"
        return [
            Source(
                SourceId(title),
                "starter",
                title,
                "MIT",
                published,
                WHEN,
                4,
                1,
                "",
                note,
                replaced=tuple(
                    SourceId(older) for newer, older in self.replaced.items() if newer == title
                ),
            )
            for title in self.titles_kept
        ]

    def article(self, article_id: str) -> Article:
        if article_id != "topic":
            raise NotFound("This article is not in the library any more. Its source was removed.")
        return Article("topic", SourceId("Starter topics"), "HbA1c test", (self.topic,))

    def place(self, citation: Citation) -> Place:
        return Place(citation, self.article(citation.document_id).pages[0], ())


def document_named(name: str, patient_id: PatientId) -> Document:
    key = DocumentId(name.partition(".")[0])
    return Document(key, patient_id, name, DocumentKind.PDF, 1, key, WHEN, "ready", 2)


class FakeAssistant(AssistantService):
    """Says `sentences` after `found`; `gate` holds it before its first sentence, `error` ends it there."""

    def __init__(self) -> None:
        self.found = CALM
        self.sentences: Sequence[AnswerSentence] = (FROM_REPORT, FROM_TOPIC, FROM_NOTES)
        self.error: Exception | None = None
        self.gate: threading.Event | None = None
        self.asked: list[tuple[str, str | None]] = []
        self.filters: list[Filters] = []
        self.kept: list[Turn] = []
        self.public: tuple[ExplainedPassage, ...] = ()
        self.understood: Understood | None = None
        self.reasons: Sequence[tuple[str, Why, str]] = (
            ("report.pdf", Why.QUOTED, ""),
            ("eyes.pdf", Why.OUTSCORED, "The **eyes** are well."),
            ("letter.pdf", Why.RANKED_LOWER, ""),
            ("scan.pdf", Why.UNREADABLE, ""),
        )

    def triage(self, text: str, country: str = "") -> Triage:  # noqa: ARG002
        return triage_of(Level.EMERGENCY, AMBULANCE)

    def threads(self, patient_id: PatientId) -> list[Thread]:
        titles = dict.fromkeys(turn.question for turn in self.kept[:1])
        return [Thread(ThreadId("t"), patient_id, title, WHEN) for title in titles]

    def turns(self, thread_id: ThreadId) -> list[Turn]:  # noqa: ARG002
        return self.kept

    def explain(
        self,
        turn: Turn,
        patient_id: PatientId,
        document_id: DocumentId | None = None,  # noqa: ARG002
        filters: Filters = EVERYTHING,
    ) -> Explanation:
        self.filters.append(filters)
        if self.error is not None:
            raise self.error
        documents = tuple(
            Explained(document_named(name, patient_id), why, f"Words of {name}.", best=best)
            for name, why, best in self.reasons
        )
        return Explanation(
            turn.question, turn.asked_at, documents, self.public, understood=self.understood
        )

    def ask(
        self,
        question: str,
        patient_id: PatientId,  # noqa: ARG002
        *,
        thread_id: ThreadId | None = None,
        country: str = "",  # noqa: ARG002
        filters: Filters = EVERYTHING,
    ) -> Generator[Any, None, Turn]:
        self.asked.append((question, thread_id))
        self.filters.append(filters)
        yield self.found
        yield Searched(2, 5)
        if self.gate is not None:
            self.gate.wait(5)
        if self.error is not None:
            raise self.error
        yield from self.sentences
        note = "" if self.sentences else NOTHING_FOUND
        answer = Answer("both", tuple(self.sentences), self.found, "", note=note)
        turn = Turn(TurnId("u"), ThreadId("t"), question, answer, WHEN)
        self.kept.append(turn)
        return turn
