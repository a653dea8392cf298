"""What the services need from the rooms below, each a narrow Protocol named after the need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from typing import BinaryIO

    import numpy as np
    import numpy.typing as npt

    from healthmate_desktop.domain.answers import Thread, Turn
    from healthmate_desktop.domain.audit import AuditEvent, AuditFilter, VerifyReport
    from healthmate_desktop.domain.documents import (
        BytesRead,
        Document,
        DocumentKind,
        Origin,
        Page,
        Problem,
        ReadDocument,
    )
    from healthmate_desktop.domain.ids import (
        DocumentId,
        JobId,
        PassageId,
        PatientId,
        RecordId,
        ThreadId,
        UserId,
    )
    from healthmate_desktop.domain.jobs import Job
    from healthmate_desktop.domain.keys import Anchor
    from healthmate_desktop.domain.passages import Passage
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.proposals import Resource
    from healthmate_desktop.domain.records import Record, RecordFilter, RecordState, Standing
    from healthmate_desktop.domain.samples import SampleChunk
    from healthmate_desktop.domain.sessions import Grant, User
    from healthmate_desktop.interop.tables import KnownColumns, Look
    from healthmate_desktop.services.library_ports import Library as Library  # noqa: PLC0414 - named here too

    Vectors = npt.NDArray[np.float32]


class Embedder(Protocol):
    """Turns text into unit vectors."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), 384), each row of length 1. Blocks; raises InferenceError or ChildDied."""
        ...


class Writer(Protocol):
    """A chat model that helps to choose evidence."""

    @property
    def name(self) -> str:
        """The weights' name, fit to show."""
        ...

    def stream(
        self, system: str, prompt: str, *, grammar: str = "", longest: int = 256
    ) -> Iterator[str]:
        """Yield pieces of the reply as they come; closing the iterator cancels.

        `grammar` is GBNF ("" = none), `longest` the most tokens to write. Raises InferenceError or ChildDied.
        """
        ...

    def likelihoods(self, texts: Sequence[str], question: str) -> list[float]:
        """Mean log-probability per token of `question` after each text, the higher the more likely."""
        ...


class Reranker(Protocol):
    """Reads question and passage together, which is slower and surer than comparing their vectors."""

    @property
    def reranks(self) -> bool:
        """Whether there are weights for it."""
        ...

    def rerank(self, question: str, texts: Sequence[str]) -> list[float]:
        """For each text the chance that it answers, 0 to 1. Raises InferenceError, NotEnoughMemory or ChildDied."""
        ...


class Stream(Protocol):
    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none only at the end."""
        ...


class PageReader(Protocol):
    """Reads untrusted bytes in a child process."""

    def read(
        self, content: bytes, name: str, columns: KnownColumns | None = None
    ) -> Generator[tuple[int, int], None, ReadDocument]:
        """Yield (pages read, pages in all) after each page; return the document. `columns` are those of tables.

        Closing the generator kills the child. Raises UnreadableDocument, UnsupportedDocument or ChildDied.
        """
        ...

    def unpack(self, content: bytes) -> Generator[tuple[str, bytes] | Problem, None, None]:
        """Name and bytes of each file in a ZIP, and why some were left out; nothing for what is one file, as Word's.

        Closing and raising as in `read`, also after a part of the files.
        """
        ...

    def read_export(
        self, stream: Stream, size: int
    ) -> Generator[BytesRead | SampleChunk, None, ReadDocument]:
        """A file of Apple Health of any size: yield its samples, and how far it is; what is returned has no pages.

        Closing and raising as in `read`; what the stream raises travels up.
        """
        ...

    def read_page(self, content: bytes, number: int) -> Page:
        """One page (from 1) with its words. Raises as `read`."""
        ...

    def look(self, content: bytes, name: str, columns: KnownColumns) -> list[Look]:
        """The tables of a file, each as it would be read. Raises as `read`."""
        ...

    def draw(self, content: bytes, page: int, width: int) -> bytes:
        """One page (from 1) as PNG, `width` pixels wide. Raises as `read`."""
        ...


class Originals(Protocol):
    """A person's files as they came, kept whole."""

    def put(self, document: Document, content: bytes) -> None:
        """Keep the file and its document, both or neither. Durable when it returns. Raises DiskFull or NotFound."""
        ...

    def put_stream(self, document: Document, file: BinaryIO) -> Generator[int, None, None]:
        """As `put`, for a file of any size: yield the bytes taken in. Closing the generator keeps nothing."""
        ...

    def get(self, document_id: DocumentId) -> bytes:
        """Raises NotFound, also for a person out of reach, VaultDamaged, or UnreadableDocument for a very large one."""
        ...

    def open(self, document_id: DocumentId) -> AbstractContextManager[Stream]:
        """The file as a stream. Raises as `get`, also while it is read."""
        ...

    def check(self, document_id: DocumentId) -> None:
        """Open it from its beginning to its end. Raises as `get`."""
        ...

    def remove_deleted(self) -> None:
        """The files of documents that were deleted."""
        ...


class PatientStore(Protocol):
    def add(self, patient: Patient) -> None: ...

    def get(self, patient_id: PatientId) -> Patient:
        """Raises NotFound."""
        ...

    def all(self) -> list[Patient]: ...

    def find(self, text: str, limit: int) -> list[Patient]:
        """Whose names or birth date begin with the words; without words, the newest."""
        ...

    def find_others(self, text: str, limit: int) -> list[Patient]:
        """The same among people out of the session's reach: their names and birth dates only."""
        ...

    def count(self) -> int: ...


class DocumentStore(Protocol):
    def add(self, document: Document) -> None: ...

    def get(self, document_id: DocumentId) -> Document:
        """Raises NotFound."""
        ...

    def of_patient(self, patient_id: PatientId) -> list[Document]:
        """Newest first."""
        ...

    def with_sha256(self, patient_id: PatientId, sha256: str) -> Document | None: ...

    def unfinished(self) -> list[Document]: ...

    def save_pages(self, document_id: DocumentId, read: ReadDocument) -> None:
        """Keep what was read and mark the document ready."""
        ...

    def mark_unreadable(
        self, document_id: DocumentId, kind: DocumentKind | None, problems: Sequence[Problem]
    ) -> None: ...

    def mark_waiting(self, document_id: DocumentId) -> None: ...

    def rename(self, document_id: DocumentId, name: str) -> None:
        """Raises NotFound."""
        ...

    def confirm_person(self, document_id: DocumentId) -> None:
        """Keep that whom it names is the person whose it is. Raises NotFound."""
        ...

    def assign(self, document_id: DocumentId, patient_id: PatientId) -> None:
        """Give it to another person, with its passages. Raises NotFound."""
        ...

    def remove(self, document_id: DocumentId) -> None:
        """Raises NotFound."""
        ...

    def origins(self, patient_id: PatientId) -> dict[DocumentId, Origin]: ...

    def of_import(self, import_id: str, patient_id: PatientId) -> list[Document]: ...

    def page(self, document_id: DocumentId, number: int) -> Page:
        """Raises NotFound."""
        ...


class RecordStore(Protocol):
    """What was read from documents, checked or not yet."""

    def add(self, records: Sequence[Record]) -> None:
        """In the order of their document. Raises NotFound."""
        ...

    def get(self, record_id: RecordId) -> Record:
        """Raises NotFound."""
        ...

    def of_patient(self, patient_id: PatientId, wanted: RecordFilter) -> list[Record]: ...

    def some(self, record_ids: Sequence[RecordId]) -> list[Record]: ...

    def standings(self, document_id: DocumentId) -> dict[RecordId, Standing]:
        """Of its proposals, those that need a look first."""
        ...

    def counts(self, patient_id: PatientId) -> dict[tuple[DocumentId, RecordState], int]: ...

    def twins(self, patient_id: PatientId, fingerprints: Sequence[str]) -> dict[str, Record]:
        """Accepted ones that say the same, by fingerprint."""
        ...

    def rivals(self, record: Record) -> list[Record]:
        """Accepted ones of the same thing and time that say something else."""
        ...

    def set_state(self, record_ids: Sequence[RecordId], state: RecordState) -> None: ...

    def change(self, record_id: RecordId, resource: Resource, fingerprint: str) -> None:
        """Raises NotFound."""
        ...

    def remove_of(self, document_id: DocumentId) -> None: ...

    def remove_proposed(self, document_id: DocumentId) -> None:
        """Those of a document that nobody has decided on."""
        ...

    def move_of(self, document_id: DocumentId, patient_id: PatientId) -> None:
        """Raises NotFound."""
        ...


class SampleStore(Protocol):
    """Readings by the thousand, of documents; they count and belong as their record does."""

    def add(
        self, document_id: DocumentId, record_id: RecordId, chunks: Sequence[SampleChunk]
    ) -> int:
        """Of one kind; say how many samples the document had already."""
        ...

    def remove_of(self, document_id: DocumentId) -> None: ...

    def of_patient(
        self, patient_id: PatientId, wanted: RecordFilter
    ) -> Iterator[tuple[DocumentId, SampleChunk]]:
        """Those that count, by kind and month. To be read to its end within the transaction."""
        ...

    def shared(self, record_id: RecordId, patient_id: PatientId) -> int:
        """How many samples of a record others that count have too."""
        ...


class PassageStore(Protocol):
    """A person's passages. Every query takes the person and finds no one else's."""

    def add(
        self, patient_id: PatientId, passages: Sequence[Passage], vectors: Vectors, embedder: str
    ) -> None: ...

    def get(self, ids: Sequence[PassageId]) -> list[Passage]: ...

    def count(self, document_id: DocumentId) -> int: ...

    def counts(self, patient_id: PatientId) -> dict[DocumentId, int]: ...

    def full_text(
        self, patient_id: PatientId, query: str, k: int
    ) -> list[tuple[PassageId, float]]: ...

    def nearest(
        self, patient_id: PatientId, vector: Vectors, k: int
    ) -> list[tuple[PassageId, float]]: ...

    def vectors(self, patient_id: PatientId, ids: Sequence[PassageId]) -> Vectors:
        """A row for each of `ids`; zeros where the person has no such passage."""
        ...


class ChatStore(Protocol):
    def add_thread(self, thread: Thread) -> None: ...

    def threads(self, patient_id: PatientId) -> list[Thread]:
        """Newest first."""
        ...

    def add_turn(self, turn: Turn) -> None: ...

    def turns(self, thread_id: ThreadId) -> list[Turn]: ...


class UserStore(Protocol):
    def add(self, user: User) -> None:
        """Raises InvalidInput for a name in use."""
        ...

    def update(self, user: User) -> None:
        """Raises NotFound."""
        ...

    def get(self, user_id: UserId) -> User:
        """Raises NotFound."""
        ...

    def all(self) -> list[User]:
        """With those who were removed."""
        ...


class GrantStore(Protocol):
    """Who was given into whose care. Knows no scope."""

    def add(self, grant: Grant) -> None:
        """Raises NotFound."""
        ...

    def end(self, grant_id: str) -> None:
        """Raises NotFound."""
        ...

    def of_user(self, user_id: UserId) -> list[Grant]:
        """Those that hold now."""
        ...

    def unseen(self) -> list[Grant]:
        """Opened in an emergency, and seen by no owner yet."""
        ...

    def mark_seen(self) -> None: ...


class JobStore(Protocol):
    """Work under way; that for a person, only where the person is in reach."""

    def add(self, job: Job) -> None:
        """Raises NotFound."""
        ...

    def update(self, job: Job) -> None:
        """Raises NotFound."""
        ...

    def unfinished(self) -> list[Job]: ...

    def failed(self) -> list[Job]:
        """For good, until they are removed."""
        ...

    def remove(self, job_id: JobId) -> None: ...


class DraftStore(Protocol):
    """Of who is signed in; without a person a draft belongs to none."""

    def save(self, place: str, patient_id: PatientId | None, text: str) -> None: ...

    def get(self, place: str, patient_id: PatientId | None) -> str: ...

    def remove(self, place: str, patient_id: PatientId | None) -> None: ...


class PreferenceStore(Protocol):
    def get(self, key: str, default: str) -> str: ...

    def set(self, key: str, value: str) -> None: ...


class Log(Protocol):
    """Who saw or changed what. Changes of rows tell of themselves."""

    def add(
        self,
        action: str,
        *,
        subject: str = "",
        patient_id: str = "",
        details: Mapping[str, str | int] | None = None,
    ) -> None: ...

    def events(self, wanted: AuditFilter) -> list[AuditEvent]:
        """Newest first."""
        ...


class Transaction(Protocol):
    @property
    def patients(self) -> PatientStore: ...
    @property
    def documents(self) -> DocumentStore: ...
    @property
    def passages(self) -> PassageStore: ...
    @property
    def records(self) -> RecordStore: ...
    @property
    def samples(self) -> SampleStore: ...
    @property
    def chats(self) -> ChatStore: ...
    @property
    def users(self) -> UserStore: ...
    @property
    def grants(self) -> GrantStore: ...
    @property
    def jobs(self) -> JobStore: ...
    @property
    def drafts(self) -> DraftStore: ...
    @property
    def preferences(self) -> PreferenceStore: ...
    @property
    def audit(self) -> Log: ...


class Vault(Protocol):
    """The open vault. Leaving a `write` block commits, an exception in it rolls back."""

    def read(self) -> AbstractContextManager[Transaction]: ...

    def write(self) -> AbstractContextManager[Transaction]: ...

    def check(self) -> list[str]:
        """What is wrong with the database, in words; empty = nothing. Reads all of it."""
        ...

    def verify(
        self, *, deep: bool, anchors: Sequence[Anchor] = ()
    ) -> Generator[int, None, VerifyReport]:
        """Yield how many events of the log were checked."""
        ...
