"""Faults at chosen system calls, by strace: a kill before the call happens, or an error from that call on."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from drills.stage import Ended, Stage

WRITES = (
    "write",
    "pwrite64",
    "writev",
    "pwritev",
    "sendfile",
    "copy_file_range",
    "ftruncate",
    "fallocate",
)
NAMES = ("rename", "renameat", "renameat2", "link", "linkat", "mkdir", "mkdirat", "symlink")
SYNCS = ("fsync", "fdatasync")
REMOVALS = ("unlink", "unlinkat", "rmdir")
KILLED = WRITES + NAMES + SYNCS + REMOVALS
NO_SPACE = WRITES + NAMES
BAD_DISK = WRITES + NAMES + SYNCS + REMOVALS
_CALL = re.compile(r"^(?:(\d+) +)?(\w+)\(")


@dataclass(frozen=True)
class Point:
    """The `number`-th call of its name in a thread; `before` is how often a thread had made each until then."""

    session: str
    call: str
    number: int
    place: int  # among all calls of the session
    before: Counter[str] = field(compare=False, hash=False)


def strace_works() -> bool:
    if shutil.which("strace") is None:
        return False
    done = subprocess.run(
        ["strace", "-o", "/dev/null", "true"], capture_output=True, check=False, timeout=60
    )
    return done.returncode == 0


def points_of(stage: Stage, session: str, folder: Path) -> tuple[list[Point], Ended]:
    """Play a session undisturbed and write down its calls, each that can be told apart: strace counts by thread."""
    log = folder / "calls"
    ended = _traced(stage, session, folder, "-o", str(log), "-e", "trace=" + _known(KILLED))
    points: list[Point] = []
    counts = Counter[tuple[str, ...]]()
    most = Counter[str]()
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        if match := _CALL.match(line):
            counts[match.groups()] += 1
            call, number = match[2], counts[match.groups()]
            if number > most[call]:  # else another thread would be met first
                points.append(Point(session, call, number, len(points), most.copy()))
                most[call] = number
    return points, ended


def kill_at(stage: Stage, point: Point, folder: Path) -> Ended:
    inject = f"inject={point.call}:signal=KILL:when={point.number}"
    return _traced(
        stage, point.session, folder, "-o", "/dev/null", "-e", f"trace={point.call}", "-e", inject
    )


def fail_from(stage: Stage, point: Point, folder: Path, error: str, calls: Sequence[str]) -> Ended:
    """Every one of `calls` fails from this point on, as on a disk that is full or broken."""
    words = ["-o", "/dev/null", "-e", "trace=" + _known(calls)]
    for call in _known(calls).split(","):
        words += ["-e", f"inject={call}:error={error}:when={point.before[call] + 1}+"]
    return _traced(stage, point.session, folder, *words)


def spread(points: Sequence[Point], count: int, calls: Collection[str] = KILLED) -> list[Point]:
    """`count` of them, evenly from first to last; all if there are fewer."""
    fit = [point for point in points if point.call in calls]
    if len(fit) <= count:
        return fit
    return [fit[i * len(fit) // count] for i in range(count)]


def _traced(stage: Stage, session: str, folder: Path, *words: str) -> Ended:
    pid = stage.call(session, folder)
    with subprocess.Popen(
        ["strace", "-f", "-p", str(pid), *words], stderr=subprocess.PIPE, text=True
    ) as strace:
        assert strace.stderr is not None
        assert "attached" in strace.stderr.readline()
        ended = stage.go(folder)
        strace.stderr.read()
    return ended


def _known(calls: Sequence[str]) -> str:
    """Names that strace does not know on this machine would end it."""
    return ",".join(calls)
