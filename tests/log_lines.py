"""The log of this process, made empty for a test and read back."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from healthmate_desktop import logs
from healthmate_desktop.logs.writing import Log, the_log

if TYPE_CHECKING:
    from pathlib import Path

Line = dict[str, Any]


class Lines:
    """What was logged since, as kept in the file outside the vault."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "events.log"
        self.forget()

    def forget(self) -> None:
        Log.__init__(the_log)
        self.path.unlink(missing_ok=True)
        logs.keep_in(self.path)

    def all(self) -> list[Line]:
        logs.flush()
        return read(self.path)

    def events(self) -> list[str]:
        return [line["event"] for line in self.all()]

    def only(self) -> Line:
        (line,) = self.all()
        return line


def read(path: Path) -> list[Line]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]


class Vault:
    """Takes lines as `add_log_lines` does."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []
        self.problem: Exception | None = None
        self.got = threading.Event()

    def add(self, lines: list[str]) -> None:
        if self.problem is not None:
            raise self.problem
        self.lines += map(json.loads, lines)
        self.got.set()

    def events(self) -> list[str]:
        return [line["event"] for line in self.lines]
