"""Files in: each file is kept encrypted first, then read in a child, then made findable."""

from __future__ import annotations

import contextlib
import hashlib
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from healthmate_desktop.domain.documents import Document, DocumentKind, Problem
from healthmate_desktop.domain.ids import DocumentId, JobId, PassageId, PatientId, new_id
from healthmate_desktop.domain.jobs import Job
from healthmate_desktop.domain.passages import Passage, passages_of_pages
from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.domain.text import storable
from healthmate_desktop.errors import (
    ChildDied,
    DocumentError,
    HealthMateError,
    InferenceError,
    NotEnoughMemory,
    NotFound,
    UnreadableDocument,
    UnsupportedDocument,
    VaultDamaged,
    VaultError,
)
from healthmate_desktop.services.embedding import EMBEDDER_NAME, embed_passages
from healthmate_desktop.services.files import file_content, files_below
from healthmate_desktop.services.proposing import keep_proposals
from healthmate_desktop.services.review import differs

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

    from healthmate_desktop.domain.documents import ReadDocument
    from healthmate_desktop.services.access import Access
    from healthmate_desktop.services.ports import Embedder, Originals, PageReader

    Steps = Generator[tuple[int, int] | "FileOutcome", None, None]

MOST_ATTEMPTS = 3  # a file that ends the program each time must not keep it from ever starting
GAVE_UP = (
    "Adding some files was tried three times and never came to its end. What was read is kept. "
    "Add the files that are missing again, one by one."
)
NEVER_READ = (
    "Reading this file was tried three times and never came to its end. It is kept. "
    "Add it again to try once more."
)

DONE = {"imported", "proposed"}
SOMEONE_ELSE = Problem("the person", "This file names someone else. Check whose records these are.")

Status = Literal["imported", "proposed", "duplicate", "unreadable", "unsupported"]


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file. `document_id` is "" where nothing was kept."""

    path: str
    status: Status
    kind: str
    document_id: str
    problems: tuple[Problem, ...]
    seconds: float
    records: Mapping[str, int] = field(default_factory=dict)  # by FHIR type


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """`done` of `total` files are through; of the one under way, `page` of `pages`."""

    done: int
    total: int
    name: str
    page: int = 0
    pages: int = 0
    outcome: FileOutcome | None = None  # set when the file is through


class ImportService:
    """Takes files of a person into the vault. What is under way is kept as a job, so that a power cut ends none."""

    def __init__(
        self, access: Access, originals: Originals, reader: PageReader, embedder: Embedder
    ) -> None:
        self._access = access
        self._originals = originals
        self._reader = reader
        self._embedder = embedder
        self._suspended = False

    def import_files(
        self, paths: Sequence[Path], patient_id: PatientId, *, accept_all: bool = False
    ) -> Generator[ImportProgress, None, list[FileOutcome]]:
        """Import files and folders; one bad file never stops the rest.

        Records that are found wait for a review, but for `accept_all`: then all count, except those already here.
        Closing the generator stops the work: files that are through stay, the one under way is kept and read
        again when it is next imported or at `resume`.
        """
        absolute = [str(path.absolute()) for path in paths]
        job = _job(patient_id, absolute, accept_all=accept_all)
        with self._access.write(Action.ADD, patient_id) as tx:
            for old in tx.jobs.failed():
                if old.kind == "import" and old.payload["patient_id"] == patient_id:
                    tx.jobs.remove(old.id)  # what it asks for is being done
            tx.jobs.add(job)
        return (yield from self._work(job))

    def resume(self) -> Generator[ImportProgress, None, list[FileOutcome]]:
        """Go on after a lock or a power cut: read the files that were kept, then take in those still waiting.

        Files that are already in are passed over without a word.
        """
        outcomes: list[FileOutcome] = []
        if not self._access.session.may(Action.ADD):
            return outcomes
        for job, waiting in self._left_over():
            outcomes += yield from self._again(job, waiting)
        return outcomes

    def suspend(self) -> None:
        """The vault is about to lock: work that is stopped from now on goes on after the next unlock."""
        self._suspended = True

    def _left_over(self) -> list[tuple[Job, list[Document]]]:
        """Imports that were cut off, each with its files that were kept and not read.

        Files whose import is over get a job of their own, one for each person, so that their starts are counted too.
        """
        with self._access.read(Action.ADD) as tx:
            jobs = [job for job in tx.jobs.unfinished() if job.kind == "import"]
            documents = tx.documents.unfinished()
        of_import: dict[str, Job] = {job.id: job for job in jobs}
        of_person = {job.payload["patient_id"]: job for job in jobs if not job.payload["paths"]}
        waiting: dict[str, list[Document]] = {job.id: [] for job in jobs}
        new: list[Job] = []
        for document in documents:
            job = of_import.get(document.import_id) or of_person.get(document.patient_id)
            if job is None:
                job = _job(document.patient_id, [], attempt=0)
                of_person[document.patient_id] = job
                new.append(job)
            waiting.setdefault(job.id, []).append(document)
        if new:
            with self._access.write(Action.ADD) as tx:
                for job in new:
                    tx.jobs.add(job)
        return [(job, waiting[job.id]) for job in jobs + new]

    def _again(
        self, job: Job, waiting: Sequence[Document]
    ) -> Generator[ImportProgress, None, list[FileOutcome]]:
        if job.attempt >= MOST_ATTEMPTS:
            with self._access.write(Action.ADD) as tx:
                for document in waiting:
                    tx.documents.mark_unreadable(document.id, None, (Problem("file", NEVER_READ),))
                tx.jobs.update(replace(job, state="failed", error=GAVE_UP))
            return []
        job = self._counted(job, job.attempt + 1)
        return (yield from self._work(job, waiting))

    def _work(
        self, job: Job, waiting: Sequence[Document] | None = None
    ) -> Generator[ImportProgress, None, list[FileOutcome]]:
        outcomes: list[FileOutcome] = []
        try:
            for start, steps in self._files(job, waiting):
                yield from _watched(start, steps, outcomes)
                if job.attempt > 1 and any(o.status in DONE for o in outcomes):
                    job = self._counted(job, 1)  # many files take many starts
        except (GeneratorExit, KeyboardInterrupt):
            with contextlib.suppress(VaultError, NotFound):  # closed under it, or out of reach now
                if self._suspended:
                    self._counted(job, 0)  # no fault of a file
                else:
                    self._forget(job)
            raise
        self._forget(job)
        return outcomes

    def _files(
        self, job: Job, waiting: Sequence[Document] | None
    ) -> Iterator[tuple[ImportProgress, Steps]]:
        """Each file of a job with the work on it; `waiting` is None for one that has just begun."""
        documents = waiting or ()
        for done, document in enumerate(documents):
            start = ImportProgress(done, len(documents), document.name)
            yield start, self._finish(document, job, time.monotonic())
        files = list(files_below(Path(path) for path in job.payload["paths"]))
        for done, path in enumerate(files):
            start = ImportProgress(done, len(files), storable(path.name))
            yield start, self._import_file(path, job, again=waiting is not None)

    def _counted(self, job: Job, attempt: int) -> Job:
        job = replace(job, attempt=attempt)
        with self._access.write(Action.ADD) as tx:
            tx.jobs.update(job)
        return job

    def _forget(self, job: Job) -> None:
        """Where its files lay is of no use any more."""
        with self._access.write(Action.ADD) as tx:
            tx.jobs.remove(job.id)

    def _import_file(self, path: Path, job: Job, *, again: bool) -> Steps:
        started = time.monotonic()
        patient_id = PatientId(job.payload["patient_id"])
        shown = storable(str(path))
        try:
            content = file_content(path)
        except UnreadableDocument as error:
            yield _failure(shown, "", error, started)
            return
        sha256 = hashlib.sha256(content).hexdigest()
        with self._access.read(Action.ADD) as tx:
            known = tx.documents.with_sha256(patient_id, sha256)
        if known is not None and known.state == "ready":
            if not again:
                seconds = time.monotonic() - started
                yield FileOutcome(shown, "duplicate", _word(known.kind), known.id, (), seconds)
            return
        document = known or self._keep(storable(path.name), content, sha256, job)
        yield from self._finish(document, job, started, content, shown)

    def _keep(self, name: str, content: bytes, sha256: str, job: Job) -> Document:
        document = Document(
            id=DocumentId(new_id()),
            patient_id=PatientId(job.payload["patient_id"]),
            name=name,
            kind=None,
            size=len(content),
            sha256=sha256,
            added_at=datetime.now(UTC),
            state="importing",
            import_id=job.id,
        )
        self._originals.put(document, content)
        return document

    def _finish(
        self,
        document: Document,
        job: Job,
        started: float,
        content: bytes | None = None,
        path: str = "",
    ) -> Steps:
        path = path or document.name
        accept_all = job.payload.get("accept_all", False)
        try:
            content = content or self._originals.get(document.id)
            read, records = yield from self._read(document, content, accept_all=accept_all)
        except (DocumentError, NotFound, VaultDamaged) as error:  # the file is at fault, or lost
            failure = _failure(path, document.id, error, started)
            with contextlib.suppress(NotFound), self._access.write(Action.ADD) as tx:
                tx.documents.mark_unreadable(document.id, None, failure.problems)
            yield failure
        except (InferenceError, ChildDied, NotEnoughMemory) as error:  # kept, and read later
            yield _failure(path, document.id, error, started)
        else:
            yield FileOutcome(
                path,
                "proposed" if records and not accept_all else "imported",
                _word(read.kind),
                document.id,
                read.problems,
                time.monotonic() - started,
                records,
            )

    def _read(
        self, document: Document, content: bytes, *, accept_all: bool
    ) -> Generator[tuple[int, int], None, tuple[ReadDocument, Mapping[str, int]]]:
        read = yield from self._reader.read(content, document.name)
        like = Passage(PassageId(""), "person", document.id, document.name, "")
        passages = passages_of_pages(((page.number, page.text) for page in read.pages), like)
        vectors = embed_passages(self._embedder, passages)
        with self._access.write(Action.ADD) as tx:
            document = tx.documents.get(document.id)  # someone else's by now, or deleted
            patient = tx.patients.get(document.patient_id)
            if any(differs(named, patient) for named in read.people):
                read = replace(read, problems=(*read.problems, SOMEONE_ELSE))
            tx.documents.save_pages(document.id, read)
            tx.passages.add(document.patient_id, passages, vectors, EMBEDDER_NAME)
            records = keep_proposals(tx, document, read.proposals, accept_all=accept_all)
        return read, records


def _job(patient_id: str, paths: list[str], *, attempt: int = 1, accept_all: bool = False) -> Job:
    payload = {"patient_id": patient_id, "paths": paths, "accept_all": accept_all}
    return Job(JobId(new_id()), "import", payload=payload, attempt=attempt)


def _watched(
    start: ImportProgress, steps: Steps, outcomes: list[FileOutcome]
) -> Generator[ImportProgress, None, None]:
    """Tell how one file gets on; its outcome also goes into `outcomes`."""
    yield start
    with contextlib.closing(steps):  # stopped here, the reader stops too
        for step in steps:
            if isinstance(step, FileOutcome):
                outcomes.append(step)
                yield replace(start, done=start.done + 1, outcome=step)
            else:
                page, pages = step
                yield replace(start, page=page, pages=pages)


def _failure(path: str, document_id: str, error: HealthMateError, started: float) -> FileOutcome:
    status: Status = "unsupported" if isinstance(error, UnsupportedDocument) else "unreadable"
    problem = Problem("file", str(error))
    return FileOutcome(path, status, "", document_id, (problem,), time.monotonic() - started)


def _word(kind: DocumentKind | None) -> str:
    return kind.value if kind else ""
