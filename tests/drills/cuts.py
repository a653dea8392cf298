"""Kill points told apart by thread and file: strace counts the calls of each thread by itself.

For sessions that work on several threads, as making and restoring a backup do. A call is known by its name, the first
path it names and its number among those in its thread.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills import faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from drills.stage import Ended, Stage

MARK = "begun-or-ended"
_CALL = re.compile(r'^(\d+) +(\w+)\([^"]*?(?:\d<|")(/[^>"]+)[>"]')


@dataclass(frozen=True)
class Cut:
    """The `number`-th call of its name on `path` in a thread; `place` is its own among those between the marks."""

    session: str
    call: str
    path: str
    number: int
    place: int

    def __str__(self) -> str:
        names = "/".join(self.path.split("/")[-2:])
        return f"{self.session}: {self.call} {names} {self.number} (call {self.place})"


@contextlib.contextmanager
def counted(folder: Path) -> Iterator[None]:
    """What a session does in this block is what can be cut; the marks change nothing on the disk."""
    _mark(folder)
    yield
    _mark(folder)


def _mark(folder: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        (folder / MARK).rmdir()


def cuts_of(stage: Stage, session: str, folder: Path) -> tuple[list[Cut], Ended]:
    """Play a session undisturbed and write down the calls between its marks, each that can be told apart."""
    log = folder / "calls"
    words = ("-y", "-o", str(log), "-e", "trace=" + ",".join(faults.KILLED))
    ended = faults._traced(stage, session, folder, *words)
    cuts: list[Cut] = []
    numbers = Counter[tuple[str, ...]]()
    seen: set[tuple[str, str, int]] = set()
    marks = place = 0
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        if not (match := _CALL.match(line)):
            continue
        _, call, path = match.groups()
        if path.endswith(MARK):
            marks += 1
            continue
        place += marks == 1
        numbers[match.groups()] += 1
        number = numbers[match.groups()]
        if (call, path, number) not in seen:  # else an earlier thread would be met first
            seen.add((call, path, number))
            if marks == 1:
                cuts.append(Cut(session, call, path, number, place))
    assert marks == 2
    return cuts, ended


def cut_at(stage: Stage, cut: Cut, folder: Path) -> Ended:
    """The process is killed before this call happens."""
    inject = f"inject={cut.call}:signal=KILL:when={cut.number}"
    words = ("-o", "/dev/null", "-P", cut.path, "-e", f"trace={cut.call}", "-e", inject)
    return faults._traced(stage, cut.session, folder, *words)


def spread(cuts: Sequence[Cut], count: int) -> list[Cut]:
    """`count` of them, evenly from first to last; all if there are fewer."""
    count = min(count, len(cuts))
    return [cuts[i * len(cuts) // count] for i in range(count)]
