"""P4: two seconds after the lock, no process of the window holds any of 5,000 words, or a key."""

from __future__ import annotations

import os
import re
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from builders import finished
from processes import PASSPHRASE, Shell

from drills import sessions
from drills.window import WindowProcess
from healthmate_desktop.composition import create_vault, open_vault
from healthmate_desktop.domain.answers import Answer, Thread, Turn
from healthmate_desktop.domain.documents import Document
from healthmate_desktop.domain.ids import DocumentId, ThreadId, TurnId, new_id
from healthmate_desktop.paths import Paths
from healthmate_desktop.security.header import open_header
from healthmate_desktop.security.kdf import FLOOR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.conftest import Report
    from healthmate_desktop.composition import Services

pytestmark = [
    pytest.mark.security,
    pytest.mark.integration,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        sys.platform != "linux" or os.geteuid() != 0, reason="reading another process takes root"
    ),
]

MARK = "Zq7k"
TOTAL, NAMES, ASKED, PER_QUESTION = 5000, 1500, 1500, 10
PAGES = 5
FORMS = [re.compile(f"{MARK}([0-9]{{5}})x".encode())]
WIDE = re.compile(b"".join(c.encode("utf-16-le") for c in MARK) + rb"((?:[0-9]\0){5})x\0")
READABLE_SMALL = 1 << 24  # bytes read at once
MARGIN = 256


def word(number: int) -> str:
    return f"{MARK}{number:05d}x"


@dataclass(frozen=True)
class Seen:
    """In the memory of a process and of all below it."""

    words: set[int]
    keys: set[str]
    processes: int


def look(pid: int, keys: dict[bytes, str]) -> Seen:
    process = psutil.Process(pid)
    family = [process, *process.children(recursive=True)]
    words: set[int] = set()
    found: set[str] = set()
    for one in family:
        for part in memory_of(one.pid):
            words |= {int(match[1]) for match in FORMS[0].finditer(part)}
            words |= {int(match[1].replace(b"\0", b"")) for match in WIDE.finditer(part)}
            found |= {name for key, name in keys.items() if key in part}
    return Seen(words, found, len(family))


def memory_of(pid: int) -> Iterator[bytes]:
    """Everything that can be written to, and what is mapped besides."""
    regions = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8", errors="replace")
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in regions.splitlines():
            span, rights, *_ = line.split()
            start, end = (int(part, 16) for part in span.split("-"))
            if "r" not in rights or line.endswith(("[vvar]", "[vsyscall]", "[vvar_vclock]")):
                continue
            for place in range(start, end, READABLE_SMALL):
                try:
                    memory.seek(place)
                    yield memory.read(min(end - place, READABLE_SMALL + MARGIN))
                except OSError:  # gone meanwhile, or never there
                    break


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, starter_library: Path) -> Shell:
    import shutil

    shell = Shell(tmp_path).make()
    for name, value in shell.environment().items():
        if name.startswith(("HOME", "XDG_", "TMPDIR")):
            monkeypatch.setenv(name, value)
    create_vault(Paths(shell.data), PASSPHRASE, cost=FLOOR)
    shutil.copytree(starter_library, shell.data / "library")
    commons: Any = sessions.FakeCommons()
    with closing(open_vault(Paths(shell.data), PASSPHRASE, commons)) as services:
        fill(services, shell.folder)
    return shell


def fill(services: Services, folder: Path) -> None:
    """One person's list of documents, a long chat, and a paper that is all planted words."""
    rosa = services.patients.add(f"Rosa {word(0)}").id
    now, triage = datetime.now(UTC), services.assistant.triage("A question")
    with services.vault.write() as tx:
        for number in range(1, NAMES):
            key = DocumentId(new_id())
            tx.documents.add(
                Document(
                    key, rosa, f"{word(number)}.txt", None, 1, f"{number:064x}", now, "unreadable"
                )
            )
        thread, later = ThreadId(new_id()), now + timedelta(hours=1)  # stays the newest
        tx.chats.add_thread(Thread(thread, rosa, word(NAMES), later))
        for start in range(NAMES, NAMES + ASKED, PER_QUESTION):
            question = " ".join(word(start + n) for n in range(PER_QUESTION))
            answer = Answer("none", (), triage, "", note="Nothing.")
            tx.chats.add_turn(Turn(TurnId(new_id()), thread, question, answer, later))
    rest = range(NAMES + ASKED, TOTAL)
    share = len(rest) // PAGES
    pages = [" ".join(word(n) for n in rest[i * share : (i + 1) * share]) for i in range(PAGES)]
    paper = folder / "paper.txt"
    paper.write_text("\f".join(pages), encoding="utf-8")
    finished(services.importing.import_files([paper], rosa))


def keys_of(shell: Shell) -> dict[bytes, str]:
    """Raw, and as the texts in which they are passed on."""
    file = open_header(Paths(shell.data).vault, PASSPHRASE, "owner")
    raw = {
        "database key": file.keys.database_key,
        "audit key": file.keys.audit_key,
        "signing seed": file.signing_seed or b"",
    }
    for name in ("_master", "master"):
        master = getattr(file, name, None)
        key = getattr(master, "key", master)
        if isinstance(key, bytes | bytearray):
            raw["master key"] = bytes(key)
    assert all(len(key) == 32 for key in raw.values()), raw.keys()
    assert "master key" in raw
    forms = {key: name for name, key in raw.items()}
    forms |= {key.hex().encode(): f"{name}, hex" for name, key in raw.items()}
    forms |= {key.hex().upper().encode(): f"{name}, HEX" for name, key in raw.items()}
    identity = file.keys.document_identity
    forms |= {identity.encode(): "document identity", PASSPHRASE.encode(): "passphrase"}
    forms |= {identity.encode("utf-16-le"): "document identity, wide"}
    return forms | {PASSPHRASE.encode("utf-16-le"): "passphrase, wide"}


def test_p4_memory_after_lock(shell: Shell, report: Report) -> None:
    keys = keys_of(shell)
    with WindowProcess(shell) as window:
        window.do("unlock", PASSPHRASE, "owner")
        window.do("documents", "paper.txt")
        window.do("ask", f"What is {word(TOTAL - 1)}?")
        window.do("chat")
        before = look(window.pid, keys)
        replaced = window.lock()
        after = look(window.pid, keys)
        command = window.command_line()
    report.count(
        words=TOTAL,
        before=len(before.words),
        keys_before=len(before.keys),
        processes=before.processes,
        processes_after=after.processes,
        after=len(after.words),
    )
    report.add("words", [f"left: {word(number)}" for number in sorted(after.words)])
    report.add("keys", [f"left: {name}" for name in sorted(after.keys)])
    report.check("left")
    assert len(before.words) > 0.97 * TOTAL, len(before.words)  # else nothing would be proven
    assert {"database key", "document identity"} <= before.keys
    assert replaced, command
    assert "healthmate" in command
