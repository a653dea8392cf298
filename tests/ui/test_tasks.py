"""Background work: order, threads, cancelling, errors, owners that die, and leaving."""

from __future__ import annotations

import gc
import itertools
import random
import sqlite3
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from healthmate_desktop.errors import HealthMateError
from healthmate_desktop.ui.tasks import Lane, Task, TaskRunner

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.ui

Settle = Callable[..., None]
GRACE_S = 5.0  # how long a step may take before the test is called stuck


def open_gate(gate: threading.Event) -> None:
    assert gate.wait(GRACE_S)


def test_the_result_comes_back_on_the_gui_thread(
    threaded_tasks: TaskRunner, settle: Settle
) -> None:
    owner, seen = QObject(), list[tuple[int, int]]()
    threaded_tasks.run(
        threading.get_ident,
        owner=owner,
        lane=Lane.IO,
        on_success=lambda worker: seen.append((worker, threading.get_ident())),
    )
    settle(threaded_tasks)
    ((worker, gui),) = seen
    assert worker != gui == threading.get_ident()


def test_updates_come_in_order_and_before_the_result(
    threaded_tasks: TaskRunner, settle: Settle
) -> None:
    owner, seen = QObject(), list[object]()

    def work() -> Iterator[int]:
        yield from range(500)
        return "done"  # type: ignore[return-value]  # the runner hands the return value on

    threaded_tasks.run(
        work,
        owner=owner,
        lane=Lane.MODEL,
        on_update=seen.append,
        on_success=seen.append,
        on_finished=lambda: seen.append("finished"),
    )
    settle(threaded_tasks)
    assert seen == [*range(500), "done", "finished"]


def test_a_cancelled_generator_stops_and_cleans_up_on_its_worker(
    threaded_tasks: TaskRunner, settle: Settle, qtbot: QtBot
) -> None:
    owner, seen, cleaned = QObject(), list[object](), list[str]()
    cancelled = threading.Event()

    def work() -> Iterator[int]:
        try:
            yield 1
            open_gate(cancelled)
            yield from itertools.count(2)
        finally:
            cleaned.append(threading.current_thread().name)

    task = threaded_tasks.run(
        work,
        owner=owner,
        lane=Lane.MODEL,
        on_update=seen.append,
        on_success=lambda _: seen.append("never"),
        on_finished=lambda: seen.append("finished"),
    )
    qtbot.waitUntil(lambda: seen == [1])
    task.cancel()
    cancelled.set()
    settle(threaded_tasks)
    assert seen == [1, "finished"]
    assert [name.startswith("model") for name in cleaned] == [True]


def test_work_cancelled_while_it_waits_is_never_called(
    threaded_tasks: TaskRunner, settle: Settle
) -> None:
    owner, ran, gate = QObject(), list[int](), threading.Event()
    threaded_tasks.run(lambda: open_gate(gate), owner=owner, lane=Lane.VAULT)
    queued = threaded_tasks.run(lambda: ran.append(1), owner=owner, lane=Lane.VAULT)
    queued.cancel()
    gate.set()
    settle(threaded_tasks)
    assert queued.cancelled
    assert ran == []


def test_an_error_goes_to_the_reporter_unless_it_is_handled(
    threaded_tasks: TaskRunner, settle: Settle, errors: list[Exception]
) -> None:
    owner, handled = QObject(), list[Exception]()

    def fail() -> None:
        raise HealthMateError("Wrong passphrase.")

    threaded_tasks.run(fail, owner=owner, lane=Lane.IO)
    threaded_tasks.run(fail, owner=owner, lane=Lane.IO, on_error=handled.append)
    settle(threaded_tasks)
    assert [str(e) for e in errors] == [str(e) for e in handled] == ["Wrong passphrase."]


def test_a_deleted_owner_hears_nothing_more_and_its_work_stops(
    threaded_tasks: TaskRunner, settle: Settle, qtbot: QtBot
) -> None:
    owner, seen = QWidget(), list[object]()
    gone = threading.Event()

    def work() -> Iterator[int]:
        yield 1
        open_gate(gone)
        yield from itertools.count(2)

    threaded_tasks.run(
        work,
        owner=owner,
        lane=Lane.IO,
        on_update=seen.append,
        on_finished=lambda: seen.append("finished"),
    )
    qtbot.waitUntil(lambda: seen == [1])
    shiboken6.delete(owner)
    gone.set()
    settle(threaded_tasks)
    assert seen == [1]


def test_two_jobs_of_a_narrow_lane_never_overlap(
    threaded_tasks: TaskRunner, settle: Settle
) -> None:
    owner, overlaps, inside = QObject(), list[bool](), threading.Lock()

    def work() -> None:
        overlaps.append(not inside.acquire(blocking=False))
        inside.release()

    for _ in range(200):
        threaded_tasks.run(work, owner=owner, lane=Lane.VAULT)
    settle(threaded_tasks)
    assert overlaps == [False] * 200


def test_a_wide_lane_runs_four_jobs_at_once(threaded_tasks: TaskRunner, settle: Settle) -> None:
    owner, together, met = QObject(), threading.Barrier(4), list[int]()
    for _ in range(4):
        threaded_tasks.run(
            lambda: together.wait(GRACE_S), owner=owner, lane=Lane.IO, on_success=met.append
        )
    settle(threaded_tasks)
    assert sorted(met) == [0, 1, 2, 3]


def test_a_lane_that_is_busy_does_not_hold_up_another(
    threaded_tasks: TaskRunner, settle: Settle, qtbot: QtBot
) -> None:
    owner, gate, seen = QObject(), threading.Event(), list[str]()
    threaded_tasks.run(lambda: open_gate(gate), owner=owner, lane=Lane.MODEL)
    threaded_tasks.run(lambda: "read", owner=owner, lane=Lane.IO, on_success=seen.append)
    qtbot.waitUntil(lambda: seen == ["read"])
    assert threaded_tasks.busy
    gate.set()
    settle(threaded_tasks)


def test_a_failing_callback_does_not_wedge_the_runner(
    threaded_tasks: TaskRunner, settle: Settle, qtbot: QtBot
) -> None:
    owner, seen = QObject(), list[int]()
    with qtbot.captureExceptions() as caught:
        threaded_tasks.run(lambda: 0, owner=owner, lane=Lane.IO, on_success=lambda n: 1 // n)
        settle(threaded_tasks)
        threaded_tasks.run(lambda: 7, owner=owner, lane=Lane.IO, on_success=seen.append)
        settle(threaded_tasks)
    assert [kind for kind, _, _ in caught] == [ZeroDivisionError]
    assert seen == [7]


def test_idle_is_said_once_when_the_last_task_is_done(
    threaded_tasks: TaskRunner, settle: Settle
) -> None:
    owner, said, gate = QObject(), list[bool](), threading.Event()
    threaded_tasks.idle.connect(lambda: said.append(threaded_tasks.busy))
    for _ in range(3):
        threaded_tasks.run(lambda: open_gate(gate), owner=owner, lane=Lane.IO)
    gate.set()
    settle(threaded_tasks)
    assert said == [False]


class SearchPanel(QWidget):
    """Latest query wins; older answers never reach the label."""

    def __init__(self, search: Callable[[str], str], tasks: TaskRunner) -> None:
        super().__init__()
        self._search, self._tasks = search, tasks
        self._task: Task | None = None
        self.query, self.result = QLineEdit(), QLabel()
        layout = QVBoxLayout(self)
        layout.addWidget(self.query)
        layout.addWidget(self.result)
        self.query.textChanged.connect(self._on_query)

    def _on_query(self, text: str) -> None:
        if self._task:
            self._task.cancel()
        self._task = self._tasks.run(
            lambda: self._search(text),
            owner=self,
            lane=Lane.IO,
            on_success=self.result.setText,
        )


def test_a_slow_old_answer_never_replaces_a_quick_new_one(
    threaded_tasks: TaskRunner, settle: Settle, qtbot: QtBot
) -> None:
    gate = threading.Event()

    def search(text: str) -> str:
        if text == "slow":
            open_gate(gate)
        return f"hits for {text}"

    panel = SearchPanel(search, threaded_tasks)
    qtbot.addWidget(panel)
    panel.query.setText("slow")
    panel.query.setText("fast")
    qtbot.waitUntil(lambda: panel.result.text() == "hits for fast")
    gate.set()
    settle(threaded_tasks)
    assert panel.result.text() == "hits for fast"


def test_a_panel_can_be_tested_without_threads(
    tasks: TaskRunner, settle: Settle, qtbot: QtBot
) -> None:
    panel = SearchPanel(str.upper, tasks)
    qtbot.addWidget(panel)
    QTest.keyClicks(panel.query, "ldl")
    settle(tasks)
    assert panel.result.text() == "LDL"


def test_quitting_stops_a_generator_that_would_never_end(
    errors: list[Exception], qtbot: QtBot
) -> None:
    runner, owner, quitting = TaskRunner(errors.append), QObject(), threading.Event()
    seen, closed = list[int](), list[bool]()

    def work() -> Iterator[int]:
        try:
            yield 1
            open_gate(quitting)
            yield from itertools.repeat(2)
        finally:
            closed.append(True)

    runner.run(work, owner=owner, lane=Lane.MODEL, on_update=seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    quitting.set()
    assert runner.shutdown()
    assert closed == [True]
    assert not runner.busy


@pytest.mark.usefixtures("qapp")
def test_stopping_says_when_work_is_still_going(errors: list[Exception]) -> None:
    runner, owner, gate = TaskRunner(errors.append), QObject(), threading.Event()
    runner.run(lambda: open_gate(gate), owner=owner, lane=Lane.MODEL)
    assert runner.stop_all(timeout_s=0.02) is False
    gate.set()
    assert runner.shutdown() is True


def test_stopping_from_inside_a_callback_is_safe(
    threaded_tasks: TaskRunner, settle: Settle
) -> None:
    owner, stopped = QObject(), list[bool]()
    for _ in range(5):
        threaded_tasks.run(
            lambda: 1,
            owner=owner,
            lane=Lane.IO,
            on_success=lambda _: stopped.append(threaded_tasks.stop_all()),
        )
    settle(threaded_tasks)
    assert stopped
    assert all(stopped)


def test_a_cancelled_import_leaves_nothing_half_saved(
    threaded_tasks: TaskRunner, settle: Settle, qtbot: QtBot, tmp_path: Path
) -> None:
    path, cancelled = tmp_path / "records.db", threading.Event()

    def count() -> int:
        db = sqlite3.connect(path)
        try:
            return int(db.execute("select count(*) from record").fetchone()[0])
        finally:
            db.close()

    def import_many() -> Iterator[int]:
        db = sqlite3.connect(path)
        try:
            db.execute("create table record(n)")
            with db:
                for n in itertools.count():
                    db.execute("insert into record values (?)", (n,))
                    yield n
                    if n == 2:
                        open_gate(cancelled)
        finally:
            db.close()

    owner, seen = QObject(), list[int]()
    task = threaded_tasks.run(import_many, owner=owner, lane=Lane.VAULT, on_update=seen.append)
    qtbot.waitUntil(lambda: 2 in seen)
    task.cancel()
    cancelled.set()
    settle(threaded_tasks)
    assert count() == 0


@pytest.mark.parametrize("seed", range(3))
def test_owners_that_die_at_random_do_no_harm(
    threaded_tasks: TaskRunner, settle: Settle, seed: int
) -> None:
    rng, owners, got = random.Random(seed), list[QObject](), list[object]()

    def work() -> Iterator[int]:
        yield from range(4)

    for n in range(600):
        owner = QWidget() if rng.random() < 0.5 else QObject()
        owners.append(owner)
        lane = rng.choice(list(Lane))
        task = threaded_tasks.run(
            work, owner=owner, lane=lane, on_update=got.append, on_success=got.append
        )
        if rng.random() < 0.2:
            task.cancel()
        if rng.random() < 0.3:
            victim = owners.pop(rng.randrange(len(owners)))
            shiboken6.delete(victim) if rng.random() < 0.5 else victim.deleteLater()
        if n % 200 == 0:
            settle(threaded_tasks)
            gc.collect()
    settle(threaded_tasks, 20_000)
    assert got


def test_an_owner_is_never_destroyed_on_a_worker(
    threaded_tasks: TaskRunner, settle: Settle
) -> None:
    killed_by: list[int] = []

    class Owner(QWidget):
        def start(self, n: int) -> None:
            def fail() -> None:
                raise HealthMateError(str(self))

            def steps() -> Iterator[str]:
                yield str(self)

            work: list[Callable[[], Any]] = [lambda: str(self), fail, steps]
            threaded_tasks.run(
                work[n % 3],
                owner=self,
                lane=list(Lane)[n % 3],
                on_update=self.note,
                on_success=self.note,
                on_error=self.note,
            )

        def note(self, _: object) -> None:
            pass

        def __del__(self) -> None:
            killed_by.append(threading.get_ident())

    for n in range(900):
        Owner().start(n)
        if n % 50 == 0:
            settle(threaded_tasks)
    settle(threaded_tasks, 20_000)
    gc.collect()
    assert len(killed_by) == 900
    assert set(killed_by) == {threading.get_ident()}
