"""Places, the shape of a step, and running a command so that a person sees that it goes on."""

from __future__ import annotations

import os
import re
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STATE = VENV / "setup-state.json"
LOG = VENV / "setup.log"
HEARTBEAT = 15.0  # seconds between two signs of life
AGAIN = "Then start the same command again; it goes on from here."

_PASSWORD = re.compile(r"://[^/\s@]+@")
_REASONS = (  # what a log says, what a person is told, what mends it
    (
        r"No space left on device",
        "The disk is full.",
        f"Free about 6 GB. {AGAIN}",
    ),
    (
        r"Failed to resolve|name resolution|NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|Could not connect",
        "The packages could not be fetched.",
        f"Check the internet connection. {AGAIN}",
    ),
    (
        r"No matching distribution found|Could not find a version",
        "A package is not to be had for this computer or this Python.",
        "Try the other Python of 3.11 and 3.12: python3.11 installer/bootstrap.py run",
    ),
)


class StepFailed(Exception):
    """Says in one sentence what failed; `mend` is the line that helps."""

    def __init__(self, message: str, mend: str) -> None:
        super().__init__(message)
        self.mend = mend


@dataclass(frozen=True, eq=False)
class Step:
    """Work to be done once, and again when `fingerprint` changes. Doing it twice does no harm."""

    name: str
    title: str
    work: Callable[[], None]
    fingerprint: Callable[[], str]
    clean_up: Callable[[], None] = lambda: None


def venv_program(name: str) -> str:
    folder, suffix = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
    return str(VENV / folder / (name + suffix))


def say(line: str) -> None:
    print(f"      {line}", flush=True)


def run_logged(
    command: Sequence[str], *, failure: str, environment: Mapping[str, str] | None = None
) -> None:
    """Run `command` without input, its output in the log and its latest line shown now and then. Raises StepFailed."""
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"\n$ {_PASSWORD.sub('://', ' '.join(command))}\n")
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
        )
        lines: list[str] = []
        reader = threading.Thread(target=_keep, args=(process.stdout, log, lines), daemon=True)
        reader.start()
        code = wait_showing(process, lambda: condensed(lines[-1] if lines else ""))
        reader.join()
    if code:
        raise explained(failure, "\n".join(lines[-60:]))


def wait_showing(process: subprocess.Popen[str], latest: Callable[[], str]) -> int:
    """Wait for the end; say every HEARTBEAT seconds how long it has been and the latest line. Ends it on Ctrl-C."""
    began = time.monotonic()
    try:
        while True:
            try:
                return process.wait(HEARTBEAT)
            except subprocess.TimeoutExpired:
                say(f"{time.monotonic() - began:4.0f} s  {latest()[:90]}".rstrip())
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        raise


def condensed(line: str) -> str:
    """One endless line of pip names all packages; how many they are says as much."""
    if line.startswith("Installing collected packages: "):
        return f"Installing {line.count(',') + 1} packages"
    return line


def explained(failure: str, output: str) -> StepFailed:
    for pattern, reason, mend in _REASONS:
        if re.search(pattern, output):
            return StepFailed(f"{failure} {reason}", mend)
    return StepFailed(failure, f"Look at the end of the log, mend what it names. {AGAIN}")


def _keep(stream: IO[str], log: IO[str], lines: list[str]) -> None:
    with stream:
        for raw in stream:
            line = _PASSWORD.sub("://", raw.rstrip())
            log.write(line + "\n")
            log.flush()
            if line.strip():
                lines.append(line.strip())
