"""Runs `healthmate-cli` as a person or a script would: a process of its own, in folders of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[1]
PASSPHRASE = "tangerine ladder quiet violin"
CLI = (
    sys.executable,
    "-c",
    "import sys; from healthmate_desktop.__main__ import cli; sys.exit(cli())",
)
PATIENCE = 110  # seconds for one command on a busy machine


@dataclass(frozen=True)
class Ran:
    """What a finished command left behind."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """A JSON object a line."""
        found = [json.loads(line) for line in self.out.splitlines()]
        assert all(isinstance(item, dict) for item in found)
        return found

    @property
    def json(self) -> dict[str, Any]:
        """The one JSON object that was printed."""
        (item,) = self.lines
        return item

    @property
    def error(self) -> str:
        """The code of the known error that ended the command."""
        assert self.code == 1, self
        (name, error), *others = self.json.items()
        assert (name, others, set(error)) == ("error", [], {"code", "message"})
        assert error["message"].endswith(".")
        return str(error["code"])


@dataclass(frozen=True)
class Shell:
    """One person's computer, as far as the program can tell."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def temporary(self) -> Path:
        return self.folder / "tmp"

    def make(self) -> Shell:
        for place in (self.home, self.temporary):
            place.mkdir(parents=True)
        self.passphrase_file().write_text(PASSPHRASE + "\n", encoding="utf-8")
        return self

    def passphrase_file(self) -> Path:
        return self.folder / "passphrase"

    def environment(self, **changes: str) -> dict[str, str]:
        places = {"HOME": self.home, "TMPDIR": self.temporary, "TEMP": self.temporary}
        for name in ("CACHE", "CONFIG", "DATA", "STATE"):
            places[f"XDG_{name}_HOME"] = self.home / name.lower()
        hushed = {"CI", "ORT_DISABLE_TELEMETRY"}  # they would hide what the program itself must do
        return {
            **{name: value for name, value in os.environ.items() if name not in hushed},
            **{name: str(place) for name, place in places.items()},
            "PYTHONPATH": str(ROOT),
            "HEALTHMATE_PASSPHRASE_FILE": str(self.passphrase_file()),
            **changes,
        }

    def command(self, *arguments: str | Path) -> list[str]:
        return [*CLI, *map(str, arguments), "--data-dir", str(self.data)]

    def run(self, *arguments: str | Path, under: tuple[str, ...] = (), **changes: str) -> Ran:
        """Run a command with `--json`; `under` comes before it, as strace does."""
        return self.run_plain(*arguments, "--json", under=under, **changes)

    def run_plain(self, *arguments: str | Path, under: tuple[str, ...] = (), **changes: str) -> Ran:
        return self._ran(arguments, under, changes)

    def run_with(self, changes: Mapping[str, str], *arguments: str | Path) -> Ran:
        """Run a command with `--json` in a changed environment."""
        return self._ran((*arguments, "--json"), (), changes)

    def _ran(
        self, arguments: Sequence[str | Path], under: Sequence[str], changes: Mapping[str, str]
    ) -> Ran:
        done = subprocess.run(
            [*under, *self.command(*arguments)],
            cwd=self.folder,
            env=self.environment(**changes),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))
