"""Children may die at any moment: one clear sentence or none at all, and the next try works."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

import psutil
import pytest
from builders import finished

from healthmate_desktop.errors import HealthMateError
from healthmate_desktop.services.outcomes import DONE
from journeys.conftest import a_pdf, child_pids

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from healthmate_desktop.domain.patients import Patient
    from journeys.conftest import Home

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL"),
]

PAGES = [f"Page {number}: potassium was 4.{number} mmol/L." for number in range(1, 10)]


@pytest.fixture
def rosa(home: Home) -> Patient:
    return home.services.patients.add("Rosa")


def kill_only(room: str) -> None:
    (pid,) = child_pids(room)
    os.kill(pid, signal.SIGKILL)


def engine_pid(home: Home) -> int:
    """Of an engine that has its weights in memory."""
    home.commons.engine.embed(["start"])
    home.commons.engine.likelihoods(["Water is wet."], "Is water wet?")
    (pid,) = child_pids("engine")
    return pid


def killed_in_the_middle(pid: int, work: Callable[[], object]) -> None:
    """Do the work while the child stands still, and then kill the child. Raises what the work raises."""
    problems: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except HealthMateError as error:
            problems.append(error)

    os.kill(pid, signal.SIGSTOP)
    worker = threading.Thread(target=run)
    worker.start()
    worker.join(timeout=0.5)  # it waits for a child that does not answer
    assert worker.is_alive()
    os.kill(pid, signal.SIGKILL)
    worker.join(timeout=100)
    assert not worker.is_alive()
    assert problems == []


def test_reader_killed_while_it_reads_is_told_and_the_next_try_works(
    home: Home, rosa: Patient, tmp_path: Path
) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(a_pdf(*PAGES))
    work = home.services.importing.import_files([path], rosa.id)
    outcome = None
    killed = False
    for step in work:
        if step.page == 1:
            kill_only("reader")
            killed = True
        outcome = step.outcome
    assert killed
    assert outcome is not None
    if outcome.status not in DONE:  # nine small pages may have been on their way already
        assert outcome.status == "unreadable"
        (problem,) = outcome.problems
        assert "could not be read" in problem.message
    (again,) = finished(home.services.importing.import_files([path], rosa.id))
    assert again.status in {*DONE, "duplicate"}
    assert again.document_id == outcome.document_id
    (document,) = home.services.documents.of_patient(rosa.id)
    assert (document.state, document.page_count) == ("ready", len(PAGES))
    assert child_pids("reader") == []


class ReaderKiller(threading.Thread):
    """Kills the next reader as soon as it is there."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.killed: list[int] = []
        self.called_off = threading.Event()
        self.start()

    def run(self) -> None:
        while not self.killed and not self.called_off.wait(0.002):
            for pid in child_pids("reader"):
                os.kill(pid, signal.SIGKILL)
                self.killed.append(pid)


@pytest.mark.parametrize("job", ["read", "read a page", "draw"])
def test_reader_killed_before_it_answers_is_told_and_the_next_try_works(
    home: Home, job: str
) -> None:
    content, reader = a_pdf(*PAGES), home.commons.reader
    work: Callable[[], object] = {
        "read": lambda: finished(reader.read(content, "letter.pdf")),
        "read a page": lambda: reader.read_page(content, 9),
        "draw": lambda: reader.draw(content, 9, 3000),
    }[job]
    killer = ReaderKiller()
    with pytest.raises(HealthMateError) as told:
        work()
    killer.called_off.set()
    killer.join()
    assert killer.killed
    assert str(told.value).endswith(".")
    assert not any(psutil.pid_exists(pid) for pid in killer.killed)
    assert work()


def test_stopping_an_import_ends_its_reader(home: Home, rosa: Patient, tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(a_pdf(*PAGES))
    work = home.services.importing.import_files([path], rosa.id)
    for step in work:
        if step.page == 1:
            break
    (pid,) = child_pids("reader")
    work.close()
    assert not psutil.pid_exists(pid)
    (outcome,) = finished(home.services.importing.resume())
    assert outcome.status in DONE


def test_engine_killed_while_a_file_is_made_findable_is_replaced_unseen(
    home: Home, rosa: Patient, tmp_path: Path
) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Potassium was 4.4 mmol/L in May.", encoding="utf-8")
    outcomes: list[str] = []

    def work() -> None:
        done = finished(home.services.importing.import_files([path], rosa.id))
        outcomes.extend(outcome.status for outcome in done)

    pid = engine_pid(home)
    killed_in_the_middle(pid, work)
    assert outcomes == ["proposed"]
    assert not psutil.pid_exists(pid)
    (hit, *_) = home.services.search.search("potassium", rosa.id, scope="person")
    assert hit.passage.text == "Potassium was 4.4 mmol/L in May."


def test_engine_killed_in_the_middle_of_a_question_is_replaced_unseen(
    home: Home, rosa: Patient, tmp_path: Path
) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("The potassium result was 4.4 mmol/L in May.", encoding="utf-8")
    finished(home.services.importing.import_files([path], rosa.id))
    quotes: list[str] = []

    def work() -> None:
        turn = finished(home.services.assistant.ask("What was my potassium result?", rosa.id))
        quotes.extend(sentence.text for sentence in turn.answer.sentences)

    pid = engine_pid(home)
    killed_in_the_middle(pid, work)
    assert quotes == ["The potassium result was 4.4 mmol/L in May."]
    assert child_pids("engine") != [pid]
    assert len(home.services.assistant.threads(rosa.id)) == 1


def test_file_that_kills_every_reader_is_told_and_does_not_stop_the_others(
    home: Home, rosa: Patient, tmp_path: Path
) -> None:
    (tmp_path / "a.pdf").write_bytes(a_pdf(*PAGES))
    (tmp_path / "b.txt").write_text("Sodium was 141 mmol/L.", encoding="utf-8")
    statuses = {}
    for step in home.services.importing.import_files([tmp_path], rosa.id):
        if step.name == "a.pdf" and step.page == 1:
            kill_only("reader")
        if step.outcome:
            statuses[step.name] = step.outcome.status
    assert statuses["b.txt"] in DONE
    assert child_pids("reader") == []
