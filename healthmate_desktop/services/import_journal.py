"""What is noted in the vault of imports under way, so that a lock, a kill or a power cut ends none of them."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.ids import JobId, PatientId, new_id
from healthmate_desktop.domain.jobs import Job
from healthmate_desktop.domain.sessions import Action

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.services.access import Access
    from healthmate_desktop.services.ports import Transaction

MOST_ATTEMPTS = 3  # a file that ends the program each time must not keep it from ever starting
GAVE_UP = (
    "Adding some files was tried three times and never came to its end. What was read is kept. "
    "Add the files that are missing again, one by one."
)
NEVER_READ = (
    "Reading this file was tried three times and never came to its end. It is kept. "
    "Add it again to try once more."
)


class ImportJournal:
    """One job for each import, from before its first file until after its last."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._begun: dict[JobId, Job] = {}  # in this session, and not over yet

    @contextlib.contextmanager
    def beginning(self, job: Job) -> Iterator[Transaction]:
        """Note it, together with what else is written; it is known to be under way before `left_over` can see it."""
        self._begun[job.id] = job
        try:
            with self._access.write(Action.ADD, PatientId(job.payload["patient_id"])) as tx:
                tx.jobs.add(job)
                yield tx
        except BaseException:
            self.ended(job)
            raise

    def counted(self, job: Job, attempt: int) -> Job:
        job = replace(job, attempt=attempt)
        with self._access.write(Action.ADD) as tx:
            tx.jobs.update(job)
        return job

    def ended(self, job: Job) -> None:
        """Nothing works on it any more in this session; what is noted of it stays."""
        self._begun.pop(job.id, None)

    def forget(self, job: Job) -> None:
        """Where its files lay is of no use any more."""
        self.ended(job)
        with self._access.write(Action.ADD) as tx:
            tx.jobs.remove(job.id)

    def give_up(self, job: Job, waiting: Sequence[Document]) -> None:
        """It was tried too often: its files that were kept are marked, and it stays to be told of."""
        problems = (Problem("file", NEVER_READ),)
        with self._access.write(Action.ADD) as tx:
            for document in waiting:
                tx.documents.mark_unreadable(document.id, document.kind, problems)
            tx.jobs.update(replace(job, state="failed", error=GAVE_UP))

    def given_up(self) -> list[Job]:
        with self._access.read(Action.ADD) as tx:
            return [job for job in tx.jobs.failed() if job.kind == "import"]

    def left_over(self) -> list[tuple[Job, list[Document]]]:
        """Imports that were cut off, each with its files that were kept and not read.

        Files whose import is over get a job of their own, one for each person, so that their starts are counted too.
        """
        with self._access.read(Action.ADD) as tx:
            unfinished = [job for job in tx.jobs.unfinished() if job.kind == "import"]
            documents = [d for d in tx.documents.unfinished() if not self._is_begun(d)]
        jobs = [job for job in unfinished if job.id not in self._begun]
        of_import: dict[str, Job] = {job.id: job for job in jobs}
        of_person = {job.payload["patient_id"]: job for job in jobs if not job.payload["paths"]}
        waiting: dict[str, list[Document]] = {job.id: [] for job in jobs}
        new: list[Job] = []
        for document in documents:
            job = of_import.get(document.import_id) or of_person.get(document.patient_id)
            if job is None:
                job = new_job(document.patient_id, [], attempt=0)
                of_person[document.patient_id] = job
                new.append(job)
            waiting.setdefault(job.id, []).append(document)
        if new:
            with self._access.write(Action.ADD) as tx:
                for job in new:
                    tx.jobs.add(job)
        return [(job, waiting[job.id]) for job in jobs + new]

    def _is_begun(self, document: Document) -> bool:
        again = (job.payload.get("documents", ()) for job in list(self._begun.values()))
        return document.import_id in self._begun or any(document.id in ids for ids in again)


def new_job(
    patient_id: str,
    paths: list[str],
    *,
    attempt: int = 1,
    accept_all: bool = False,
    documents: Sequence[str] = (),
) -> Job:
    """`documents` are those that are kept already and read once more."""
    payload: dict[str, object] = {
        "patient_id": patient_id,
        "paths": paths,
        "accept_all": accept_all,
        "documents": list(documents),
    }
    return Job(JobId(new_id()), "import", payload=payload, attempt=attempt)
