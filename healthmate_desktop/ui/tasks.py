"""Run work off the GUI thread and bring its outcome back; the only module of ours that touches threads.

Work is a plain function, or a generator function when it has progress to report: each `yield` is one update and
one point where it can be stopped, `return` is the result.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from dataclasses import dataclass
from enum import Enum, auto
from inspect import isgenerator
from itertools import count
from typing import TYPE_CHECKING, Any

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from healthmate_desktop.logs.actions import carried, failed

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from concurrent.futures import Executor, Future


class Lane(Enum):
    """A queue of work and how many jobs it runs at once."""

    VAULT = ("vault", 1)  # long jobs that write: import, erase, change of passphrase
    LIBRARY = ("library", 1)  # sources being added, maybe for hours: no other work waits
    MODEL = ("model", 1)  # answers and embeddings: one request at a time
    IO = ("io", 4)  # reads, files, pages
    DRAFT = (
        "draft",
        1,
    )  # words being typed, and the closing of the vault after them: waits for no other work

    @property
    def width(self) -> int:
        return self.value[1]


class _News(Enum):
    UPDATE = auto()
    SUCCESS = auto()
    ERROR = auto()
    CANCELLED = auto()


_Outcome = tuple[int, _News, Any]


@dataclass(eq=False, slots=True)
class _Job:
    """What a worker sees. It must not lead to any QObject."""

    key: int
    work: Callable[[], Any] | None  # dropped before the outcome is posted, see `_work`
    stop: threading.Event


@dataclass(eq=False, slots=True)
class Task:
    """Handle on one job, for the GUI thread only. Keep it only to call `cancel()`."""

    owner: QObject
    on_success: Callable[[Any], None] | None
    on_update: Callable[[Any], None] | None
    on_error: Callable[[Exception], None]
    on_finished: Callable[[], None] | None
    stop: threading.Event
    future: Future[None] | None = None

    @property
    def cancelled(self) -> bool:
        return self.stop.is_set()

    def cancel(self) -> None:
        """Ask the work to stop; of its callbacks only `on_finished` still runs."""
        self.stop.set()


def _thread_pool(lane: Lane) -> Executor:
    from concurrent.futures import (
        ThreadPoolExecutor,
    )  # the locked window is there before it is needed

    return ThreadPoolExecutor(lane.width, thread_name_prefix=lane.value[0])


class TaskRunner(QObject):
    """Starts tasks and delivers their callbacks on the GUI thread, in order.

    `report_error` gets every error that a task does not handle itself.
    """

    idle = Signal()
    went_wrong = Signal(object)  # each error, before it is handled
    _posted = Signal()

    def __init__(
        self,
        report_error: Callable[[Exception], None],
        make_executor: Callable[[Lane], Executor] = _thread_pool,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._report_error = report_error
        self._make_executor = make_executor
        self._executors: dict[Lane, Executor] = {}  # each made when it is first needed
        self._keys = count()
        self._running: dict[int, Task] = {}
        self._inbox: deque[_Outcome] = deque()
        self._posted.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        return bool(self._running)

    def run(  # noqa: PLR0913 - four optional callbacks, all by keyword
        self,
        work: Callable[[], Any],
        *,
        owner: QObject,
        lane: Lane,
        on_success: Callable[[Any], None] | None = None,
        on_update: Callable[[Any], None] | None = None,
        on_error: Callable[[Exception], None] | None = None,
        on_finished: Callable[[], None] | None = None,
    ) -> Task:
        """Run `work` in `lane`. Callbacks run on the GUI thread and are dropped once `owner` is deleted."""
        job = _Job(next(self._keys), work, threading.Event())
        task = Task(
            owner, on_success, on_update, on_error or self._report_error, on_finished, job.stop
        )
        self._running[job.key] = task
        if lane not in self._executors:
            self._executors[lane] = self._make_executor(lane)
        task.future = self._executors[lane].submit(carried(self._work), job)
        return task

    def stop_all(self, timeout_s: float = 5.0) -> bool:
        """Cancel every task and wait for it; False if some work is still going.

        Call it before the vault locks: nothing may hold a connection after.
        """
        from concurrent.futures import wait

        deadline = time.monotonic() + timeout_s
        while self._running:
            for task in self._running.values():
                task.cancel()
            futures = [task.future for task in self._running.values() if task.future]
            wait(futures, max(0.0, deadline - time.monotonic()))
            self._deliver()
            if time.monotonic() >= deadline:
                break
        return not self._running

    def shutdown(self, timeout_s: float = 5.0) -> bool:
        """`stop_all`, then take no more work. Call once, when the app quits."""
        stopped = self.stop_all(timeout_s)
        for executor in self._executors.values():
            executor.shutdown(wait=stopped)
        return stopped

    # --- on a worker ---

    def _work(self, job: _Job) -> None:
        # `work` usually captures a widget, and so does the traceback of an error. The last reference to
        # either must die on the GUI thread, so the worker lets go of both before the outcome is heard of.
        try:
            outcome = [self._outcome(job)]
        finally:
            job.work = None
        self._inbox.append(outcome.pop())
        self._posted.emit()

    def _outcome(self, job: _Job) -> _Outcome:
        if job.stop.is_set() or job.work is None:
            return job.key, _News.CANCELLED, None
        try:
            result = job.work()
            if not isgenerator(result):
                return job.key, _News.SUCCESS, result
            return self._drain(job, result)
        except Exception as error:  # noqa: BLE001 - whatever it is, the GUI thread decides what it means
            failed("task", error)
            return job.key, _News.ERROR, error

    def _drain(self, job: _Job, steps: Generator[Any, Any, Any]) -> _Outcome:
        with contextlib.closing(steps):  # a stopped generator still runs its `finally`
            while not job.stop.is_set():
                try:
                    self._inbox.append((job.key, _News.UPDATE, next(steps)))
                except StopIteration as stop:
                    return job.key, _News.SUCCESS, stop.value
                self._posted.emit()
        return job.key, _News.CANCELLED, None

    # --- on the GUI thread ---

    def _deliver(self) -> None:
        for _ in range(len(self._inbox)):
            if not self._inbox:  # a callback ran `stop_all`, which delivered the rest
                return
            key, news, value = self._inbox.popleft()
            task = self._running[key]
            if news is _News.UPDATE:
                self._call(task, task.on_update, value)
            else:
                self._finish(key, task, news, value)

    def _call(self, task: Task, callback: Callable[[Any], None] | None, value: Any) -> None:
        if not shiboken6.isValid(task.owner):
            task.cancel()
        elif callback is not None and not task.cancelled:
            callback(value)

    def _finish(self, key: int, task: Task, news: _News, value: Any) -> None:
        del self._running[key]
        try:
            if news is _News.SUCCESS:
                self._call(task, task.on_success, value)
            elif news is _News.ERROR:
                self.went_wrong.emit(value)
                self._call(task, task.on_error, value)
        finally:
            if task.on_finished is not None and shiboken6.isValid(task.owner):
                task.on_finished()
            if not self._running:
                self.idle.emit()
