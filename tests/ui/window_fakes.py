"""A vault that is only a few lists, for tests of the window: people, documents, chats and a library."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from healthmate_desktop.domain.backups import BackupProgress, BackupReport
from healthmate_desktop.domain.documents import Document, DocumentKind, Origin, Page, Problem
from healthmate_desktop.domain.ids import (
    DocumentId,
    JobId,
    PatientId,
    SourceId,
    ThreadId,
    new_id,
)
from healthmate_desktop.domain.jobs import Job
from healthmate_desktop.domain.library import Source
from healthmate_desktop.domain.patients import Patient, Sex
from healthmate_desktop.domain.retrieval import EVERYTHING, Filters
from healthmate_desktop.domain.sessions import LockPolicy, Session, UnlockNews
from healthmate_desktop.domain.triage import Level, Number, Reason, Triage
from healthmate_desktop.errors import HealthMateError, InvalidInput, NotFound, WrongPassphrase
from healthmate_desktop.services.assistant import AssistantService
from healthmate_desktop.services.documents import DocumentService, ImportCount, Listed
from healthmate_desktop.services.importing import ImportService
from healthmate_desktop.services.library import LibraryProgress, LibraryService
from healthmate_desktop.services.outcomes import FileOutcome, ImportProgress, Status
from healthmate_desktop.services.patients import PatientService
from healthmate_desktop.services.search import SearchService
from healthmate_desktop.services.shelf import PAGE, Described, Titles
from healthmate_desktop.ui.gate import Gate, OpenVault
from ui.columns.column_fakes import FakeColumns
from ui.export.export_fakes import FakeExport
from ui.record_fakes import FakeRecords, FakeReview
from ui.session_fakes import (
    SIX_WORDS,
    FakeBackup,
    FakeDrafts,
    FakeKeys,
    FakeLog,
    FakePolicy,
    FakeUsers,
    session,
    strength,
)

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Generator, Sequence

    from healthmate_desktop.domain.answers import Citation, Place, Thread, Turn

WHEN = datetime(2026, 6, 3, 12, tzinfo=UTC)
ROSA = Patient(PatientId("rosa"), "Rosa Harlow", date(1958, 2, 14), "female")
TOMAS = Patient(PatientId("tomas"), "Tomas Harlow", date(1956, 7, 9), "male")
PASSPHRASE = "violet kettle on the moon"
RECOVERY_KEY = "AGE-SECRET-KEY-1" + "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE"
NUMBERS = {"": "112", "US": "911"}


def document(
    name: str, state: Literal["importing", "ready", "unreadable"] = "ready", owner: Patient = ROSA
) -> Document:
    problems = (Problem("file", "It is damaged. Print it to a new PDF."),)
    return Document(
        DocumentId(name),
        owner.id,
        name,
        DocumentKind.TEXT,
        1,
        name,
        WHEN,
        state,
        1,
        problems if state == "unreadable" else (),
    )


class FakePatients(PatientService):
    def __init__(self, people: Sequence[Patient]) -> None:
        self.people = list(people)
        self.searched: list[str] = []

    def add(self, name: str, birth_date: date | None = None, sex: Sex = "") -> Patient:
        if not name.strip():
            raise InvalidInput("A person needs a name.")
        patient = Patient(PatientId(new_id()), name.strip(), birth_date, sex)
        self.people.append(patient)
        return patient

    def all(self) -> list[Patient]:
        return list(self.people)

    def get(self, patient_id: PatientId) -> Patient:
        for patient in self.people:
            if patient.id == patient_id:
                return patient
        raise NotFound("This person is not here.")

    def find(self, text: str, limit: int = 50) -> list[Patient]:
        self.searched.append(text)
        wanted = [
            p for p in self.people if text.casefold() in f"{p.name} {p.birth_date}".casefold()
        ]
        return wanted[:limit]

    def count(self) -> int:
        return len(self.people)


class FakeDocuments(DocumentService):
    def __init__(self) -> None:
        self.kept: list[Document] = []
        self.texts: dict[str, str] = {}  # what `find` looks through
        self.origins: dict[str, Origin] = {}
        self.values_of_imports = (0, 0)  # in all, and accepted
        self.failure: Exception | None = None
        self.change_failure: Exception | None = None  # of the next deletion or giving away

    def of_patient(self, patient_id: PatientId) -> list[Document]:
        if self.failure is not None:
            raise self.failure
        return [d for d in self.kept if d.patient_id == patient_id]

    def listed(self, patient_id: PatientId) -> list[Listed]:
        documents = self.of_patient(patient_id)
        return [Listed(each, self.origins.get(each.id, Origin())) for each in documents]

    def count_of_import(self, import_id: str, patient_id: PatientId) -> ImportCount:
        ids = {d.id for d in self.of_patient(patient_id) if d.import_id == import_id}
        return ImportCount(len(ids), *self.values_of_imports)

    def page(self, document_id: DocumentId, number: int) -> Page:
        return Page(number, f"The text of {document_id}", 0, 0)

    def picture(self, document_id: DocumentId, number: int, width: int) -> bytes:
        raise NotImplementedError

    def find(self, patient_id: PatientId, words: str) -> list[Document]:
        return [d for d in self.of_patient(patient_id) if words in self.texts.get(d.id, "")]

    def rename(self, document_id: DocumentId, name: str) -> None:
        if not name.strip():
            raise InvalidInput("A document needs a name of up to 200 letters.")
        self._change(document_id, name=name.strip())

    def assign(self, document_id: DocumentId, patient_id: PatientId) -> None:
        self._fail()
        self._change(document_id, patient_id=patient_id)

    def remove(self, document_id: DocumentId) -> None:
        self._fail()
        self.kept = [d for d in self.kept if d.id != document_id]

    def undo_import(self, import_id: str, patient_id: PatientId) -> int:
        before = len(self.kept)
        gone = (import_id, patient_id)
        self.kept = [d for d in self.kept if (d.import_id, d.patient_id) != gone]
        return before - len(self.kept)

    def _change(self, document_id: DocumentId, **values: Any) -> None:
        self.kept = [replace(d, **values) if d.id == document_id else d for d in self.kept]

    def _fail(self) -> None:
        failure, self.change_failure = self.change_failure, None
        if failure is not None:
            raise failure


class FakeImporting(ImportService):
    """Files whose name begins with "bad" can't be read. `steps` says how far an import goes before it is held."""

    def __init__(self, documents: FakeDocuments) -> None:
        self._documents = documents
        self.asked: list[tuple[list[str], str]] = []
        self.failure: Exception | None = None
        self.left_over = 0
        self.ended: list[str] = []  # how each import ended
        self.begun: list[Job] = []
        self.again: list[list[DocumentId]] = []
        self.left_out: list[tuple[JobId, int]] = []
        self.dropped: list[JobId] = []
        self.failed: list[Job] = []
        self.not_begun: Exception | None = None  # why nothing can be noted
        self.hold: threading.Semaphore | None = None  # each file waits for one more

    def import_files(
        self, paths: Sequence[Path], patient_id: PatientId, *, accept_all: bool = False
    ) -> Generator[ImportProgress, None, list[FileOutcome]]:
        return (yield from self.work(self.begin(paths, patient_id, accept_all=accept_all)))

    def begin(
        self, paths: Sequence[Path], patient_id: PatientId, *, accept_all: bool = False
    ) -> Job:
        assert not accept_all  # in the window a person looks first
        if self.not_begun is not None:
            raise self.not_begun
        self.asked.append(([path.name for path in paths], patient_id))
        payload = {"patient_id": patient_id, "paths": [str(path) for path in paths]}
        self.begun.append(Job(JobId(new_id()), "import", payload=payload))
        return self.begun[-1]

    def begin_again(self, document_ids: Sequence[DocumentId]) -> Job:
        self.again.append(list(document_ids))
        return self.begin([Path(key.replace("bad", "good")) for key in document_ids], ROSA.id)

    def leave_out(self, job: Job, number: int) -> None:
        self.left_out.append((job.id, number))

    def drop(self, job: Job) -> None:
        self.dropped.append(job.id)

    def given_up(self) -> list[Job]:
        return list(self.failed)

    def work(self, job: Job) -> Generator[ImportProgress, None, list[FileOutcome]]:
        paths, patient_id = [Path(path) for path in job.payload["paths"]], job.payload["patient_id"]
        outcomes = []
        names = tuple(path.name for path in paths)
        try:
            for done, path in enumerate(paths):
                yield ImportProgress(done, len(paths), path.name, names=names)
                if self.failure is not None:
                    raise self.failure
                if self.hold is not None:
                    assert self.hold.acquire(timeout=5)
                outcomes.append(self._outcome(path, patient_id))
                if (job.id, done) in self.left_out:
                    outcomes[-1] = FileOutcome(str(path), "left_out", "", "", (), 0)
                yield ImportProgress(
                    done + 1, len(paths), path.name, outcome=outcomes[-1], names=names
                )
            self.ended.append("done")
        except GeneratorExit:
            self.ended.append("stopped")
            raise
        return outcomes

    def resume(self) -> Generator[ImportProgress, None, list[FileOutcome]]:
        for done in range(self.left_over):
            yield ImportProgress(done, self.left_over, f"left-{done}.pdf")
        return []

    def _outcome(self, path: Path, patient_id: PatientId) -> FileOutcome:
        owner = Patient(patient_id, "Whoever")
        known = any(d.name == path.name for d in self._documents.of_patient(patient_id))
        status: Status = "duplicate" if known else "imported"
        if path.name.startswith("bad"):
            status = "unreadable"
        if not known:
            state: Literal["ready", "unreadable"] = (
                "ready" if status == "imported" else "unreadable"
            )
            self._documents.kept.append(document(path.name, state, owner))
        problems = (
            (Problem("file", "It is damaged. It is kept."),) if status == "unreadable" else ()
        )
        return FileOutcome(str(path), status, "text", path.name, problems, 0.1)


class FakeAssistant(AssistantService):
    def __init__(self) -> None:
        self.chats: list[Thread] = []
        self.asked: list[tuple[str, str, str]] = []

    def triage(self, text: str, country: str = "") -> Triage:  # noqa: ARG002
        number = Number("emergency", "Emergency", NUMBERS.get(country, "112"))
        reason = Reason("heart", "Possible heart attack", "chest pain")
        steps = ("Sit down and keep still.", "Unlock the door.")
        return Triage(Level.EMERGENCY, (reason,), "Do not wait.", steps, (number,))

    def threads(self, patient_id: PatientId) -> list[Thread]:
        return [thread for thread in self.chats if thread.patient_id == patient_id]

    def turns(self, thread_id: ThreadId) -> list[Turn]:  # noqa: ARG002
        return []

    def ask(
        self,
        question: str,
        patient_id: PatientId,
        *,
        thread_id: ThreadId | None = None,  # noqa: ARG002
        country: str = "",
        filters: Filters = EVERYTHING,  # noqa: ARG002
    ) -> Generator[Any, None, Turn]:
        self.asked.append((question, patient_id, country))
        yield self.triage(question, country)
        raise WrongPassphrase  # no answer is needed here, only that one was asked for


class FakeLibrary(LibraryService):
    def __init__(self) -> None:
        self.kept: list[Source] = []
        self.added: list[str] = []
        self.topics = 0  # of the starter set, still to be put in
        self.failure: Exception | None = None

    def sources(self) -> list[Source]:
        return list(self.kept)

    def described(self) -> list[Described]:
        return [Described(source) for source in self.kept]

    def titles(
        self,
        source_id: SourceId,  # noqa: ARG002
        words: str = "",  # noqa: ARG002
        start: int = 0,
        count: int = PAGE,  # noqa: ARG002
    ) -> Titles:
        return Titles(0, start, ())

    def place(self, citation: Citation) -> Place:
        raise NotImplementedError

    def add(
        self,
        paths: Sequence[Path],
        *,
        replacing: SourceId | None = None,  # noqa: ARG002
    ) -> Generator[LibraryProgress, None, list[Any]]:
        self.added += [path.name for path in paths]
        yield LibraryProgress("", 0, 0)
        return []

    def install_starter(self, folder: Path) -> Generator[LibraryProgress, None, None]:  # noqa: ARG002
        if self.failure is not None:
            raise self.failure
        for done in range(self.topics):
            yield LibraryProgress("Starter topics", done + 1, self.topics)
        if self.topics:
            self.kept = [starter(self.topics)]


class FakeSearch(SearchService):
    def __init__(self) -> None:
        pass


def starter(articles: int) -> Source:
    note = "Not reviewed by a clinician"
    key = SourceId("s")
    return Source(key, "starter", "Starter topics", "MIT", None, WHEN, 9, articles, "", note)


@dataclass
class FakeVault:
    """What is behind a gate, and what was done to it."""

    people: Sequence[Patient] = (ROSA,)
    exists: bool = True
    older_header: bool = False
    failure: Exception | None = None  # of the next unlocking or making
    tried: list[str] = field(default_factory=list)
    closed: int = 0
    warmed: int = 0
    names: list[str] = field(default_factory=lambda: ["owner"])
    waits: list[int] = field(default_factory=list)  # what `wait` says, one after the other
    who: Session = field(default_factory=session)
    news: UnlockNews = field(default_factory=UnlockNews)
    outside: Sequence[Patient] = ()
    policy: LockPolicy = field(default_factory=LockPolicy)
    steps: int = 3  # of restoring a backup
    restore_with: Callable[[Path, str], Generator[BackupProgress, None, BackupReport]] | None = None
    before_close: Callable[[], None] | None = None
    not_forgotten: HealthMateError | None = None  # why the next new start fails
    forgotten: int = 0  # how often a fresh process would have been started

    def __post_init__(self) -> None:
        self.patients = FakePatients(self.people)
        self.documents = FakeDocuments()
        self.importing = FakeImporting(self.documents)
        self.columns = FakeColumns()
        self.assistant = FakeAssistant()
        self.library = FakeLibrary()
        self.records = FakeRecords()
        self.review = FakeReview(self.records, self.documents, self.patients)
        self.export = FakeExport()
        self.drafts = FakeDrafts()
        self.users = FakeUsers(self.who, self.patients, self.outside)
        self.keys, self.log, self.backup = FakeKeys(), FakeLog(), FakeBackup()
        self.lock_policy = FakePolicy(self.policy)
        self.restored: list[tuple[str, str]] = []

    def gate(self) -> Gate:
        return Gate(
            exists=lambda: self.exists,
            names=lambda: self.names,
            wait=lambda: self.waits.pop(0) if self.waits else 0,
            create=self._create,
            unlock=self._unlock,
            recover=self._recover,
            restore=self.restore_with or self._restore,
            suggest=lambda: SIX_WORDS,
            strength=strength,
            close=self._close,
            forget=self._forget,
        )

    def opened(self) -> OpenVault:
        return OpenVault(
            patients=self.patients,
            importing=self.importing,
            columns=self.columns,
            documents=self.documents,
            records=self.records,
            review=self.review,
            export=self.export,
            assistant=self.assistant,
            library=self.library,
            search=FakeSearch(),
            session=self.who,
            users=self.users,
            keys=self.keys,
            log=self.log,
            backup=self.backup,
            drafts=self.drafts,
            policy=self.lock_policy,
            protections=list,
            news=self.news,
            from_previous_header=self.older_header,
            weights="SmolLM2-135M-Instruct",
            warm_up=self._warm,
        )

    def _create(self, passphrase: str) -> str:
        self._fail(passphrase)
        if len(passphrase) < 12:
            raise InvalidInput("This passphrase is too short. Use at least 12 characters.")
        self.exists = True
        return RECOVERY_KEY

    def _unlock(self, passphrase: str, name: str) -> OpenVault:
        self._fail(passphrase)
        known = len(self.names) < 2 or name in self.names
        if passphrase != PASSPHRASE or not known:
            raise WrongPassphrase
        return self.opened()

    def _recover(self, recovery_key: str) -> OpenVault:
        self._fail(recovery_key)
        if "".join(recovery_key.split()).upper() != RECOVERY_KEY:
            raise InvalidInput("That is not a whole recovery key. Check it letter by letter.")
        return self.opened()

    def _restore(self, file: Path, secret: str) -> Generator[BackupProgress, None, BackupReport]:
        for done in range(self.steps):
            yield BackupProgress(done, self.steps, "Checking")
        self._fail(secret)
        self.restored.append((file.name, secret))
        self.exists = True
        return BackupReport(str(file), WHEN, 1, 3, 1, 9)

    def _close(self) -> None:
        if self.before_close is not None:
            self.before_close()
        self.closed += 1

    def _forget(self) -> None:
        failure, self.not_forgotten = self.not_forgotten, None
        if failure is not None:
            raise failure
        self.forgotten += 1

    def _warm(self) -> None:
        self.warmed += 1

    def _fail(self, secret: str) -> None:
        self.tried.append(secret)
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure
