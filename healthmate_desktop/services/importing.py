"""Files in: each file is kept encrypted first, then read in a child, then made findable."""

from __future__ import annotations

import contextlib
import hashlib
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from healthmate_desktop.domain.documents import (
    BytesRead,
    Document,
    DocumentKind,
    Problem,
)
from healthmate_desktop.domain.ids import DocumentId, JobId, PassageId, PatientId, new_id
from healthmate_desktop.domain.passages import Passage, passages_of_pages
from healthmate_desktop.domain.proposals import THE_PERSON
from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.domain.text import storable
from healthmate_desktop.errors import (
    ChildDied,
    DocumentError,
    InferenceError,
    NotEnoughMemory,
    NotFound,
    UnreadableDocument,
    VaultDamaged,
    VaultError,
)
from healthmate_desktop.services.columns import kept_columns
from healthmate_desktop.services.embedding import EMBEDDER_NAME, embed_passages
from healthmate_desktop.services.files import file_content, files_below
from healthmate_desktop.services.health_exports import (
    HealthExports,
    is_health_export,
    keep_series,
    sha256_of,
)
from healthmate_desktop.services.import_journal import MOST_ATTEMPTS, ImportJournal, new_job
from healthmate_desktop.services.outcomes import (
    DONE,
    FileOutcome,
    ImportProgress,
    duplicate,
    failed,
    left_out,
)
from healthmate_desktop.services.parts import DEEPEST, attachments_of, members_of
from healthmate_desktop.services.proposing import keep_proposals
from healthmate_desktop.services.review import differs

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

    from healthmate_desktop.domain.documents import ReadDocument
    from healthmate_desktop.domain.jobs import Job
    from healthmate_desktop.interop.tables import KnownColumns
    from healthmate_desktop.services.access import Access
    from healthmate_desktop.services.health_exports import Series
    from healthmate_desktop.services.ports import Embedder, Originals, PageReader

    Steps = Generator[tuple[int, int] | FileOutcome, None, bool]
    Inner = list[tuple[Document, bytes]]

STOPPED = "Reading this file was stopped. It is kept. Try again to have it read."
SOMEONE_ELSE = Problem(THE_PERSON, "This file names someone else. Check whose records these are.")


class _LeftOut(Exception):  # it is thrown into the work on a file, and never leaves it
    pass


class ImportService:
    """Takes files of a person into the vault. What is under way is kept as a job, so that a power cut ends none."""

    def __init__(
        self, access: Access, originals: Originals, reader: PageReader, embedder: Embedder
    ) -> None:
        self._access = access
        self._originals = originals
        self._reader = reader
        self._embedder = embedder
        self._exports = HealthExports(access, originals, reader)
        self._journal = ImportJournal(access)
        self._suspended = False
        self._left_out: set[tuple[JobId, int]] = set()

    def import_files(
        self, paths: Sequence[Path], patient_id: PatientId, *, accept_all: bool = False
    ) -> Generator[ImportProgress, None, list[FileOutcome]]:
        """Import files and folders; one bad file never stops the rest.

        Records that are found wait for a review, but for `accept_all`: then all count, except those already here, and
        who asked for it vouches for them, also where a file names someone else or a doubt stands with a value.
        Closing the generator stops the work: files that are through stay, the one under way is kept and read
        again when it is next imported or at `resume`.
        """
        return (yield from self.work(self.begin(paths, patient_id, accept_all=accept_all)))

    def begin(
        self, paths: Sequence[Path], patient_id: PatientId, *, accept_all: bool = False
    ) -> Job:
        """Note at once what is to be imported, so that nothing which happens before `work` loses it."""
        job = new_job(patient_id, [str(path.absolute()) for path in paths], accept_all=accept_all)
        with self._journal.beginning(job) as tx:
            for old in tx.jobs.failed():
                if old.kind == "import" and old.payload["patient_id"] == patient_id:
                    tx.jobs.remove(old.id)  # what it asks for is being done
        return job

    def begin_again(self, document_ids: Sequence[DocumentId]) -> Job:
        """Let files of one person that are kept and could not be read have another try. Raises NotFound."""
        with self._access.read(Action.ADD) as tx:
            patient_id = tx.documents.get(document_ids[0]).patient_id
        job = new_job(patient_id, [], documents=document_ids)
        with self._journal.beginning(job) as tx:
            for document_id in document_ids:
                tx.documents.mark_waiting(document_id)
        return job

    def work(self, job: Job) -> Generator[ImportProgress, None, list[FileOutcome]]:
        """Do what was begun; see `import_files`."""
        waiting = None
        if again := job.payload.get("documents"):
            with self._access.read(Action.ADD) as tx:
                waiting = [d for d in tx.documents.unfinished() if d.id in again]
        return (yield from self._work(job, waiting))

    def leave_out(self, job: Job, number: int) -> None:
        """Pass over one file of the work, counted from 0 as its progress counts, also while it is being read."""
        self._left_out.add((job.id, number))

    def drop(self, job: Job) -> None:
        """What was begun is not wanted any more, before there was any work on it. A lock is no such wish."""
        if not self._suspended:
            self._journal.forget(job)

    def given_up(self) -> list[Job]:
        """Imports that were tried too often, each with why."""
        return self._journal.given_up()

    def resume(self) -> Generator[ImportProgress, None, list[FileOutcome]]:
        """Go on after a lock or a power cut: read the files that were kept, then take in those still waiting.

        Files that are already in are passed over without a word.
        """
        outcomes: list[FileOutcome] = []
        if not self._access.session.may(Action.ADD):
            return outcomes
        for job, waiting in self._journal.left_over():
            outcomes += yield from self._again(job, waiting)
        return outcomes

    def suspend(self) -> None:
        """The vault is about to lock: work that is stopped from now on goes on after the next unlock."""
        self._suspended = True

    def _again(
        self, job: Job, waiting: Sequence[Document]
    ) -> Generator[ImportProgress, None, list[FileOutcome]]:
        if job.attempt >= MOST_ATTEMPTS:
            self._journal.give_up(job, waiting)
            return []
        job = self._journal.counted(job, job.attempt + 1)
        return (yield from self._work(job, waiting))

    def _work(
        self, job: Job, waiting: Sequence[Document] | None = None
    ) -> Generator[ImportProgress, None, list[FileOutcome]]:
        outcomes: list[FileOutcome] = []
        try:
            for start, steps in self._files(job, waiting):
                yield from self._watched(job, start, steps, outcomes)
                if job.attempt > 1 and any(o.status in DONE for o in outcomes):
                    job = self._journal.counted(job, 1)  # many files take many starts
        except (GeneratorExit, KeyboardInterrupt):
            with contextlib.suppress(VaultError, NotFound):  # closed under it, or out of reach now
                if self._suspended:
                    self._journal.counted(job, 0)  # no fault of a file
                else:
                    self._journal.forget(job)
            raise
        finally:
            self._journal.ended(job)
        self._journal.forget(job)
        return outcomes

    def _watched(
        self, job: Job, start: ImportProgress, steps: Steps, outcomes: list[FileOutcome]
    ) -> Generator[ImportProgress, None, None]:
        """Tell how one file gets on; its outcome also goes into `outcomes`."""
        yield start
        key = (job.id, start.done)
        if key in self._left_out:
            steps = _passed_over(start.name)
        with contextlib.closing(steps):  # stopped here, the reader stops too
            step = next(steps, None)
            while step is not None:
                if isinstance(step, FileOutcome):
                    outcomes.append(step)
                    yield replace(start, done=start.done + 1, outcome=step)
                    step = next(steps, None)  # there are files in it
                    continue
                page, pages = step
                of_bytes = isinstance(step, BytesRead)
                yield replace(start, page=page, pages=pages, of_bytes=of_bytes)
                step = steps.throw(_LeftOut()) if key in self._left_out else next(steps, None)

    def _files(
        self, job: Job, waiting: Sequence[Document] | None
    ) -> Iterator[tuple[ImportProgress, Steps]]:
        """Each file of a job with the work on it; `waiting` is None for one that has just begun."""
        documents = waiting or ()
        names = tuple(document.name for document in documents)
        for done, document in enumerate(documents):
            start = ImportProgress(done, len(documents), document.name, names=names)
            yield start, self._finish(document, job, time.monotonic())
        files = list(files_below(Path(path) for path in job.payload["paths"]))
        names = tuple(storable(path.name) for path in files)
        for done, path in enumerate(files):
            start = ImportProgress(done, len(files), names[done], names=names)
            yield start, self._import_file(path, job, again=waiting is not None)

    def _import_file(self, path: Path, job: Job, *, again: bool) -> Steps:
        started = time.monotonic()
        shown = storable(str(path))
        if is_health_export(path):
            return (yield from self._import_export(path, job, again=again))
        try:
            content = file_content(path)
        except UnreadableDocument as error:
            yield failed(shown, "", error, started)
            return False
        if (yield from self._import_members(shown, content, job, again=again)):
            return False
        return (yield from self._take_in(shown, content, job, started, again=again))

    def _import_members(self, shown: str, content: bytes, job: Job, *, again: bool) -> Steps:
        """Each file of a ZIP as a document of its own; False for any other file.

        The ZIP itself is kept only for what could not be taken out of it.
        """
        problems: list[Problem] = []
        found = False
        for each in members_of(self._reader, content):
            found = True
            if isinstance(each, Problem):
                problems.append(each)
                continue
            name, inner = each
            taking = self._take_in(
                f"{shown}/{storable(name)}", inner, job, time.monotonic(), again=again
            )
            if (yield from taking):
                return True  # the rest is not wanted
        if problems:
            yield from self._keep_archive(shown, content, job, problems, again=again)
        return found

    def _keep_archive(
        self, shown: str, content: bytes, job: Job, problems: Sequence[Problem], *, again: bool
    ) -> Iterator[FileOutcome]:
        """What could not be taken out of it is not lost with it."""
        started = time.monotonic()
        document = _new_document(shown, len(content), hashlib.sha256(content).hexdigest(), job)
        known = self._known(document.sha256, job)
        if known is None:
            self._originals.put(document, content)
        elif again and known.state != "importing":
            return
        document = known or document
        with self._access.write(Action.ADD) as tx:
            tx.documents.mark_unreadable(document.id, DocumentKind.ARCHIVE, problems)
        for problem in problems:
            path = f"{shown}/{problem.where}" if problem.where else shown
            seconds = time.monotonic() - started
            yield FileOutcome(path, "unreadable", "", document.id, (problem,), seconds)

    def _take_in(
        self, shown: str, content: bytes, job: Job, started: float, *, again: bool
    ) -> Steps:
        """Keep a file and read it; True where the person did not wait for that."""
        document = _new_document(shown, len(content), hashlib.sha256(content).hexdigest(), job)
        known = self._known(document.sha256, job)
        if known is not None and known.state == "ready":
            if not again:
                yield duplicate(shown, known, started)
            return False
        if known is None:
            self._originals.put(document, content)
        return (yield from self._finish(known or document, job, started, content, shown))

    def _known(self, sha256: str, job: Job) -> Document | None:
        with self._access.read(Action.ADD) as tx:
            return tx.documents.with_sha256(PatientId(job.payload["patient_id"]), sha256)

    def _import_export(self, path: Path, job: Job, *, again: bool) -> Steps:
        """The same for a file of Apple Health, which is never held whole."""
        started, shown = time.monotonic(), storable(str(path))
        try:
            sha256, size = yield from sha256_of(path)
            known = self._known(sha256, job)
            if known is not None and known.state == "ready":
                if not again:
                    yield duplicate(shown, known, started)
                return False
            document = known or _new_document(shown, size, sha256, job)
            document = replace(document, kind=DocumentKind.APPLE_HEALTH)
            if known is None:
                yield from self._exports.keep(document, path)
        except UnreadableDocument as error:
            yield failed(shown, "", error, started)
        except _LeftOut:
            yield left_out(shown, started)
        else:
            return (yield from self._finish(document, job, started, path=shown))
        return False

    def _finish(
        self,
        document: Document,
        job: Job,
        started: float,
        content: bytes | None = None,
        path: str = "",
    ) -> Steps:
        """Read it, then what is attached to it; True where the person did not wait for that."""
        waiting = [(document, content, path or document.name, 0)]
        for each, each_content, each_path, depth in waiting:
            inner: Inner | None = [] if depth < DEEPEST else None
            steps = self._finish_one(each, job, started, each_content, each_path, inner)
            if (yield from steps):
                return True
            started = time.monotonic()
            for attached, its_content in inner or ():
                waiting.append((attached, its_content, f"{each_path}/{attached.name}", depth + 1))
        return False

    def _finish_one(  # noqa: PLR0913, PLR0917 - what `_finish` knows of it
        self,
        document: Document,
        job: Job,
        started: float,
        content: bytes | None,
        path: str,
        inner: Inner | None,
    ) -> Steps:
        accept_all = job.payload.get("accept_all", False)
        try:
            if document.kind is not DocumentKind.APPLE_HEALTH:
                content = content or self._originals.get(document.id)
            read, records = yield from self._read(
                document, content, accept_all=accept_all, inner=inner
            )
        except (DocumentError, NotFound, VaultDamaged) as error:  # the file is at fault, or lost
            failure = failed(path, document.id, error, started)
            with contextlib.suppress(NotFound), self._access.write(Action.ADD) as tx:
                tx.documents.mark_unreadable(document.id, document.kind, failure.problems)
            yield failure
        except _LeftOut:
            self._take_back(document, job)
            yield left_out(path, started)
            return True
        except (InferenceError, ChildDied, NotEnoughMemory) as error:  # kept, and read later
            yield failed(path, document.id, error, started)
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
        return False

    def _take_back(self, document: Document, job: Job) -> None:
        """A file that came with this work goes; one that was here before stays, not read."""
        with contextlib.suppress(NotFound), self._access.write(Action.ADD) as tx:
            if document.import_id == job.id:
                tx.documents.remove(document.id)
            else:
                tx.documents.mark_unreadable(
                    document.id, document.kind, (Problem("file", STOPPED),)
                )
        self._originals.remove_deleted()

    def read_again(
        self, document_id: DocumentId, columns: KnownColumns, *, accept_all: bool = False
    ) -> Generator[tuple[int, int], None, Mapping[str, int]]:
        """Read a file that is here by what a person said of its columns. What was decided on before stays.

        Yields and raises as a PageReader; the former reading holds until this one is whole.
        """
        with self._access.read(Action.ADD) as tx:
            document = tx.documents.get(document_id)
        content = self._originals.get(document_id)
        steps = self._read(document, content, accept_all=accept_all, columns=columns)
        _, records = yield from steps
        return records

    def _read(
        self,
        document: Document,
        content: bytes | None,
        *,
        accept_all: bool,
        columns: KnownColumns | None = None,
        inner: Inner | None = None,
    ) -> Generator[tuple[int, int], None, tuple[ReadDocument, Mapping[str, int]]]:
        """`inner` takes the files attached to it, which are kept before it is through."""
        series: list[Series] = []
        if content is None:
            read, series = yield from self._exports.read(document)
        else:
            if columns is None:
                with self._access.read(Action.ADD) as tx:
                    columns = kept_columns(tx)
            read = yield from self._reader.read(content, document.name, columns)
            if inner is not None:
                inner += self._keep_attached(document, read)
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
            records += keep_series(tx, document, series, accept_all=accept_all)
        return read, records

    def _keep_attached(
        self, document: Document, read: ReadDocument
    ) -> Iterator[tuple[Document, bytes]]:
        for name, content in attachments_of(read.proposals):
            sha256 = hashlib.sha256(content).hexdigest()
            with self._access.read(Action.ADD) as tx:
                known = tx.documents.with_sha256(document.patient_id, sha256)
            if known is not None and known.state == "ready":
                continue
            attached = known or replace(
                document,
                id=DocumentId(new_id()),
                name=name,
                kind=None,
                size=len(content),
                sha256=sha256,
                added_at=datetime.now(UTC),
            )
            if known is None:
                self._originals.put(attached, content)
            yield attached, content


def _passed_over(name: str) -> Steps:
    yield left_out(name, time.monotonic())
    return True


def _new_document(path: str, size: int, sha256: str, job: Job) -> Document:
    return Document(
        id=DocumentId(new_id()),
        patient_id=PatientId(job.payload["patient_id"]),
        name=PurePath(path).name,
        kind=None,
        size=size,
        sha256=sha256,
        added_at=datetime.now(UTC),
        state="importing",
        import_id=job.id,
    )


def _word(kind: DocumentKind | None) -> str:
    return kind.value if kind else ""
