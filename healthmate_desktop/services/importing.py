"""Files in: each file is kept encrypted first, then read in a child, then made findable."""

from __future__ import annotations

import contextlib
import hashlib
import time
from dataclasses import dataclass, replace
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

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from healthmate_desktop.services.access import Access
    from healthmate_desktop.services.ports import Embedder, Originals, PageReader, Transaction

MOST_ATTEMPTS = 3  # a file that ends the program each time must not keep it from ever starting
GAVE_UP = (
    "Adding some files was tried three times and never came to its end. What was read is kept. "
    "Add the files that are missing again, one by one."
)

Status = Literal["imported", "duplicate", "unreadable", "unsupported"]


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file. `document_id` is "" where nothing was kept."""

    path: str
    status: Status
    kind: str
    document_id: str
    problems: tuple[Problem, ...]
    seconds: float


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
        self, paths: Sequence[Path], patient_id: PatientId
    ) -> Generator[ImportProgress, None, list[FileOutcome]]:
        """Import files and folders; one bad file never stops the rest.

        Closing the generator stops the work: files that are through stay, the one under way is kept and read
        again when it is next imported or at `resume`.
        """
        payload = {"patient_id": patient_id, "paths": [str(path.absolute()) for path in paths]}
        job = Job(JobId(new_id()), "import", payload=payload)
        with self._access.write(Action.ADD, patient_id) as tx:
            tx.jobs.add(job)
        return (yield from self._work(job, paths))

    def resume(self) -> Generator[ImportProgress, None, list[FileOutcome]]:
        """Go on after a lock or a power cut: read the files that were kept, then take in those still waiting."""
        outcomes: list[FileOutcome] = []
        if not self._access.session.may(Action.ADD):
            return outcomes
        with self._access.read(Action.ADD) as tx:
            waiting = tx.documents.unfinished()
            jobs = [job for job in tx.jobs.unfinished() if _is_ours(tx, job)]
        for done, document in enumerate(waiting):
            start = ImportProgress(done, len(waiting), document.name)
            yield from _watched(start, self._finish(document, time.monotonic()), outcomes)
        for job in jobs:
            outcomes += yield from self._again(job)
        return outcomes

    def suspend(self) -> None:
        """The vault is about to lock: work that is stopped from now on goes on after the next unlock."""
        self._suspended = True

    def _again(self, job: Job) -> Generator[ImportProgress, None, list[FileOutcome]]:
        """Files that are already in are passed over without a word."""
        if job.attempt >= MOST_ATTEMPTS:
            with self._access.write(Action.ADD) as tx:
                tx.jobs.update(replace(job, state="failed", error=GAVE_UP))
            return []
        job = replace(job, attempt=job.attempt + 1)
        with self._access.write(Action.ADD) as tx:
            tx.jobs.update(job)
        paths = [Path(path) for path in job.payload["paths"]]
        outcomes = yield from self._work(job, paths)
        return [outcome for outcome in outcomes if outcome.status != "duplicate"]

    def _work(
        self, job: Job, paths: Sequence[Path]
    ) -> Generator[ImportProgress, None, list[FileOutcome]]:
        patient_id = PatientId(job.payload["patient_id"])
        outcomes: list[FileOutcome] = []
        try:
            files = list(files_below(paths))
            for done, path in enumerate(files):
                start = ImportProgress(done, len(files), storable(path.name))
                steps = self._import_file(path, patient_id, time.monotonic())
                yield from _watched(start, steps, outcomes)
        except GeneratorExit:
            if not self._suspended:
                with contextlib.suppress(VaultError):  # closed under it: then it goes on later
                    self._forget(job)
            raise
        self._forget(job)
        return outcomes

    def _forget(self, job: Job) -> None:
        """Where its files lay is of no use any more."""
        with self._access.write(Action.ADD) as tx:
            tx.jobs.remove(job.id)

    def _import_file(
        self, path: Path, patient_id: PatientId, started: float
    ) -> Generator[tuple[int, int] | FileOutcome, None, None]:
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
            seconds = time.monotonic() - started
            yield FileOutcome(shown, "duplicate", _word(known.kind), known.id, (), seconds)
            return
        document = known or self._keep(storable(path.name), content, sha256, patient_id)
        yield from self._finish(document, started, content, shown)

    def _keep(self, name: str, content: bytes, sha256: str, patient_id: PatientId) -> Document:
        document = Document(
            id=DocumentId(new_id()),
            patient_id=patient_id,
            name=name,
            kind=None,
            size=len(content),
            sha256=sha256,
            added_at=datetime.now(UTC),
            state="importing",
        )
        self._originals.put(document, content)
        return document

    def _finish(
        self, document: Document, started: float, content: bytes | None = None, path: str = ""
    ) -> Generator[tuple[int, int] | FileOutcome, None, None]:
        path = path or document.name
        try:
            kind, problems = yield from self._read(
                document, content or self._originals.get(document.id)
            )
        except (DocumentError, NotFound, VaultDamaged) as error:  # the file is at fault, or lost
            failure = _failure(path, document.id, error, started)
            with self._access.write(Action.ADD) as tx:
                tx.documents.mark_unreadable(document.id, None, failure.problems)
            yield failure
        except (InferenceError, ChildDied, NotEnoughMemory) as error:  # kept, and read later
            yield _failure(path, document.id, error, started)
        else:
            seconds = time.monotonic() - started
            yield FileOutcome(path, "imported", _word(kind), document.id, problems, seconds)

    def _read(
        self, document: Document, content: bytes
    ) -> Generator[tuple[int, int], None, tuple[DocumentKind, tuple[Problem, ...]]]:
        read = yield from self._reader.read(content, document.name)
        like = Passage(PassageId(""), "person", document.id, document.name, "")
        passages = passages_of_pages(((page.number, page.text) for page in read.pages), like)
        vectors = embed_passages(self._embedder, passages)
        with self._access.write(Action.ADD) as tx:
            tx.documents.save_pages(document.id, read)
            tx.passages.add(document.patient_id, passages, vectors, EMBEDDER_NAME)
        return read.kind, read.problems


def _is_ours(tx: Transaction, job: Job) -> bool:
    """Whether it is an import for someone in the care of who is signed in; else it waits for its owner."""
    try:
        tx.patients.get(PatientId(job.payload["patient_id"]))
    except (NotFound, KeyError):
        return False
    return job.kind == "import"


def _watched(
    start: ImportProgress,
    steps: Generator[tuple[int, int] | FileOutcome, None, None],
    outcomes: list[FileOutcome],
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
