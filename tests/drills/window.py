"""The real window in a process of its own, off the screen, doing what it is told on its standard input.

`WindowProcess` is the near end. When it locks, the product replaces the process by a fresh one, which listens no more.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType

    from processes import Shell

    from drills.planted import DiskShell, Planted

PATIENCE = 90  # seconds for one step


class WindowProcess:
    """Started locked."""

    def __init__(self, shell: Shell, under: tuple[str, ...] = ()) -> None:
        from processes import ROOT

        environment = shell.environment(QT_QPA_PLATFORM="offscreen")
        environment["PYTHONPATH"] += f":{ROOT / 'tests'}"
        self._process = subprocess.Popen(
            [*under, sys.executable, "-m", "drills.window_driver", "--data-dir", str(shell.data)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=shell.folder,
            env=environment,
            text=True,
        )
        self._said: list[str] = []
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.pid = int(self._hear()["pid"])  # not that of what it runs under

    def __enter__(self) -> WindowProcess:
        return self

    def __exit__(self, *_: tuple[type[BaseException], BaseException, TracebackType]) -> None:
        self.quit()

    @property
    def errors(self) -> str:
        """What was written to standard error."""
        return "".join(self._said)

    def do(self, deed: str, *words: str) -> dict[str, Any]:
        self._say(deed, *words)
        answer = self._hear()
        assert answer.get("done") == deed, (answer, self.errors)
        return answer

    def lock(self) -> bool:
        """Whether it has become a plain program within two seconds; nothing is answered any more."""
        self._say("lock")
        threading.Event().wait(2.0)
        return "drills" not in self.command_line()

    def command_line(self) -> str:
        from pathlib import Path

        return Path(f"/proc/{self.pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()

    def quit(self) -> None:
        """The window that is there now is closed by the session's end."""
        if self._process.poll() is None:
            os.kill(self.pid, signal.SIGTERM)  # not what it runs under
        self._process.wait(timeout=30)
        self._listener.join(timeout=30)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            _stream(stream).close()

    def _say(self, *order: str) -> None:
        stream = _stream(self._process.stdin)
        stream.write(json.dumps(order) + "\n")
        stream.flush()

    def _hear(self) -> dict[str, Any]:
        stream = _stream(self._process.stdout)
        ready, _, _ = select.select([stream], [], [], PATIENCE)
        line = stream.readline() if ready else ""
        assert line, ("the window said nothing", self.errors)
        answer = json.loads(line)
        assert isinstance(answer, dict)
        return answer

    def _listen(self) -> None:
        for line in _stream(self._process.stderr):
            self._said.append(line)


def _stream(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


def used_in_the_window(
    shell: DiskShell, planted: Planted, passphrase: str, under: tuple[str, ...] = ()
) -> str:
    """Read, ask, copy, search, leave words half typed, lock, quit. Gives what was written to standard error."""
    with WindowProcess(shell, under) as window:
        window.do("unlock", passphrase, "owner")
        window.do("documents")
        window.do("ask", f"What was the sodium blood value, {planted.window_asked}?")
        window.do("copy", planted.copied)
        window.do("find", planted.finder)
        window.do("draft", f"{planted.draft} and then")
        window.do("places")
        assert window.lock(), window.command_line()
    return window.errors
