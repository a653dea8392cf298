"""Plays sessions, each in a child of one warm process, so that a fault point costs no start.

Run as a program: orders come in and answers go out as JSON lines. A child stands still until it is told to go on, so
that it can be traced from its first step.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ended:
    """How a session went: killed, or to its end. `notes` is what it said on the board."""

    killed: bool
    status: int
    notes: list[dict[str, Any]]


class Stage:
    """The near end of the warm process."""

    def __init__(self, warm: Path) -> None:
        """`warm` is where a first vault is made and dropped, so that all is loaded."""
        environment = {
            **{name: value for name, value in os.environ.items() if "COVERAGE" not in name},
            "DRILL_WARM": str(warm),
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "drills.stage"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *_: tuple[type[BaseException], BaseException, TracebackType]) -> None:
        _stream(self._process.stdin).close()
        self._process.wait(timeout=60)
        _stream(self._process.stdout).close()

    def call(self, session: str, folder: Path) -> int:
        """A child that will play `session` in `folder`; it waits for `go`."""
        from drills.board import Board

        Board(folder / "board").close()  # made before any fault can reach the child
        return int(self._ask({"session": session, "folder": str(folder)})["pid"])

    def go(self, folder: Path) -> Ended:
        """Let it play to its end, whatever that is."""
        self.start()
        return self.end(folder)

    def start(self) -> None:
        self._say({"go": True})

    def end(self, folder: Path) -> Ended:
        from drills.board import Board

        status = int(self._hear()["status"])
        board = Board(folder / "board")
        notes = board.notes()
        board.close()
        return Ended(
            os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, status, notes
        )

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        self._say(order)
        return self._hear()

    def _say(self, order: dict[str, Any]) -> None:
        stream = _stream(self._process.stdin)
        stream.write(json.dumps(order) + "\n")
        stream.flush()

    def _hear(self) -> dict[str, Any]:
        answer = json.loads(_stream(self._process.stdout).readline())
        assert isinstance(answer, dict)
        return answer


def _stream(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


def main() -> None:
    """The far end: fork a child for each order."""
    from drills import copies, sessions, thirty  # noqa: F401 - loaded before the first child

    sessions.warm()
    while line := sys.stdin.readline():
        order = json.loads(line)
        waiting, release = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(release)
            _play(order, waiting)
        os.close(waiting)
        _answer(pid=pid)
        assert json.loads(sys.stdin.readline()) == {"go": True}
        os.write(release, b"!")
        _, status = os.waitpid(pid, 0)
        os.close(release)
        _answer(status=status)


def _answer(**answer: int) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _play(order: dict[str, str], waiting: int) -> None:
    """Never returns."""
    from drills import copies, sessions, thirty
    from drills.board import Board
    from healthmate_desktop.errors import HealthMateError

    folder = Path(order["folder"])
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    os.chdir(folder)
    board = Board(folder / "board")
    os.read(waiting, 1)
    try:
        {**sessions.SESSIONS, **copies.SESSIONS, **thirty.SESSIONS}[order["session"]](folder, board)
    except HealthMateError as error:
        board.write(ended="known", code=error.code, message=str(error))
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is told
        board.write(
            ended="foreign", kind=type(error).__name__, trace=traceback.format_exc()[-4000:]
        )
    else:
        board.write(ended="well")
    os._exit(0)


if __name__ == "__main__":
    main()
