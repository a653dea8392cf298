"""Joins work that pushes with work that pulls: one of the two runs on a thread of its own.

Sealing, unsealing and copying a database are single long calls; so that a generator can tell how far they are, and
stop them, they hand over what they do a piece at a time.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")
_MOST = 8  # pieces under way


class Left(Exception):
    """Nobody is at the other end of the pipe any more."""


class Pipe(Generic[T]):
    """From one thread to one other. `take` waits for a piece, `put` for room."""

    def __init__(self) -> None:
        self._pieces: deque[T] = deque()
        self._changed = threading.Condition()
        self._ended = self._left = False
        self._problem: BaseException | None = None

    def put(self, piece: T) -> None:
        """Raises Left when the taker has gone."""
        with self._changed:
            self._changed.wait_for(lambda: self._left or len(self._pieces) < _MOST)
            if self._left:
                raise Left
            self._pieces.append(piece)
            self._changed.notify_all()

    def end(self, problem: BaseException | None = None) -> None:
        """No piece comes after; the taker gets what is left, and then this problem."""
        with self._changed:
            self._ended, self._problem = True, problem
            self._changed.notify_all()

    def take(self) -> T | None:
        """None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._pieces)
            if self._pieces:
                piece = self._pieces.popleft()
                self._changed.notify_all()
                return piece
            if self._problem is not None:
                raise self._problem
            return None

    def leave(self) -> None:
        """Nothing is taken any more."""
        with self._changed:
            self._left = True
            self._pieces.clear()
            self._changed.notify_all()


class PipeWriter:
    """The end of a pipe of bytes that is written to."""

    def __init__(self, pipe: Pipe[bytes]) -> None:
        self._pipe = pipe

    def write(self, piece: bytes) -> None:
        if piece:
            self._pipe.put(piece)


class PipeReader:
    """The end of a pipe of bytes that is read from."""

    def __init__(self, pipe: Pipe[bytes]) -> None:
        self._pipe = pipe
        self._rest = memoryview(b"")

    def read(self, size: int) -> bytes:
        """Some of what comes next; none only at the end."""
        if not self._rest:
            self._rest = memoryview(self._pipe.take() or b"")
        piece = bytes(self._rest[:size])
        self._rest = self._rest[size:]
        return piece


@contextlib.contextmanager
def read_by(work: Callable[[PipeReader], None]) -> Iterator[PipeWriter]:
    """What is written in the block, `work` reads on a thread; leaving the block waits for its end and its error."""
    pipe: Pipe[bytes] = Pipe()
    problems: list[BaseException] = []

    def run() -> None:
        try:
            work(PipeReader(pipe))
        except BaseException as problem:  # noqa: BLE001 - raised where the block is
            problems.append(problem)
        finally:
            pipe.leave()

    thread = threading.Thread(target=run, name="backup-sealing")
    thread.start()
    try:
        yield PipeWriter(pipe)
        pipe.end()
    except Left:
        thread.join()
        if not problems:
            raise  # it is not for `work` to end before what it reads
    except BaseException:
        pipe.end(Left())
        raise
    finally:
        thread.join()
    if problems:
        raise problems[0]


@contextlib.contextmanager
def made_by(work: Callable[[Pipe[T]], None]) -> Iterator[Pipe[T]]:
    """What `work` puts into the pipe on a thread, the block takes; its error is raised by `take`."""
    pipe: Pipe[T] = Pipe()

    def run() -> None:
        problem: BaseException | None = None
        try:
            work(pipe)
        except BaseException as error:  # noqa: BLE001 - raised by `take`
            problem = error
        pipe.end(problem)

    thread = threading.Thread(target=run, name="backup-opening")
    thread.start()
    try:
        yield pipe
    finally:
        pipe.leave()
        thread.join()
