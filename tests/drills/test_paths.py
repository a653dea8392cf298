"""P2: every file, folder and piece of shared memory that any process makes or opens for writing is on a list."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest

from drills import faults
from drills.planted import DiskShell, Planted, by_commands
from drills.window import used_in_the_window

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from drills.conftest import Report

pytestmark = [
    pytest.mark.security,
    pytest.mark.integration,
    pytest.mark.slow,
    pytest.mark.timeout(0),
    pytest.mark.skipif(
        not faults.strace_works(), reason="strace is not installed or may not trace here"
    ),
]

NAMING = "creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mknod,mknodat,memfd_create"
CALLS = f"openat,open,{NAMING}"
OPENED = re.compile(r'open(?:at)?\((?:(?:AT_FDCWD|\d+)(?:<([^>]*)>)?, )?"([^"]*)", ([A-Z_|]+)')
MADE = re.compile(rf"(?:{NAMING.replace(',', '|')})\((.*)\) =")
NAMED = re.compile(r'(?:(?:AT_FDCWD|\d+)(?:<([^>]*)>)?, )?"([^"]*)"')
WRITING = {"O_CREAT", "O_WRONLY", "O_RDWR", "O_TMPFILE"}
ID = "[0-9a-f-]{36}"
# below the computer's folder, as regular expressions
ALLOWED = (
    r"data",
    r"data/(events\.log(\.\w+)?|state\.json(\.new)?|settings\.json(\.new)?)",
    r"data/vault(\.new|\.restoring|\.replaced-[\w-]+)?",
    r"data/vault[\w.-]*/(vault\.(hmv|hmv\.prev|lock|db|db-wal|db-shm|db-journal)|originals|quarantine|[\w.-]*lock)",
    r"data/vault[\w.-]*/vault\.(hmv|hmv\.prev|db)\.(new|draft)(-wal|-shm|-journal)?",
    rf"data/vault[\w.-]*/(originals|quarantine)/{ID}(\.\d+)?\.age(\.new)?",
    # a backup is put together, or taken apart, from encrypted copies in the vault's own folder
    r"data/vault[\w.-]*/backup\.work(/(vault\.hmv|(vault|copy)\.db(-journal|-wal|-shm)?))?",
    r"data/restore\.(lock|json(\.new)?)",  # what the folders are called while they are swapped
    r"data/library(/.*)?",
    r"copies/[\w.-]+",
    r"home/state/HealthMate(/anchors(/[\w-]+\.json(\.new)?)?)?",
    r"home/state",
    r"(home|tmp)",
)
OUTSIDE = (r"/dev/(null|tty|pts/\d+)", r"/proc/self/[\w/]+", r"/proc/\d+/[\w/]+")


@dataclass(frozen=True)
class Made:
    """A path, and the call that made or opened it."""

    path: str
    call: str


def made_in(log: Path) -> Iterator[Made]:
    for call in log.read_text(encoding="utf-8", errors="replace").splitlines():
        if " = -1 " in call or "resumed>" in call:
            continue
        if match := OPENED.search(call):
            if WRITING & set(match[3].split("|")):
                yield Made(_joined(match[1], match[2]), call)
        elif match := MADE.search(call):
            yield from (Made(_joined(part[1], part[2]), call) for part in NAMED.finditer(match[1]))


def _joined(folder: str | None, path: str) -> str:
    return os.path.normpath(PurePosixPath(folder or "", path))


def is_allowed(made: Made, shell: DiskShell) -> bool:
    below = os.path.relpath(made.path, shell.folder)
    return (
        any(re.fullmatch(pattern, below) for pattern in ALLOWED)
        or any(re.fullmatch(pattern, made.path) for pattern in OUTSIDE)
        or "__pycache__" in made.path  # of the program itself
    )


def test_p2_paths(tmp_path: Path, report: Report, starter_library: Path) -> None:
    planted, log = Planted(), tmp_path / "calls"
    shell = DiskShell(tmp_path / "computer", tmp_path / "hand").make()
    strace = ("strace", "-f", "--seccomp-bpf", "-y", "-A", "-o", str(log), "-e", f"trace={CALLS}")
    by_commands(shell, planted, starter_library, under=strace)
    used_in_the_window(shell, planted, "walnut anchor quiet sky", under=strace)
    found = {made.path: made for made in made_in(log)}
    assert any("originals" in path for path in found)
    assert any(path.endswith(".hmb") or ".hmb" in path for path in found)
    report.count(paths=len(found))
    report.add(
        "",
        [f"others: {m.path} ({m.call[:150]})" for m in found.values() if not is_allowed(m, shell)],
    )
    report.check("others")
