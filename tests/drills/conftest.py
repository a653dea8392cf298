"""What the drills share: the warm stage, vaults to be hurt, and a line that is printed for each drill."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from drills import faults, sessions
from drills.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_SHOWN = 20


@dataclass
class Report:
    """Counts of one drill, printed when it ends, and what went wrong."""

    name: str
    counts: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def count(self, **more: int) -> None:
        for name, number in more.items():
            self.counts[name] = self.counts.get(name, 0) + number

    def add(self, where: str, problems: list[str]) -> None:
        """Each problem counts under its first word."""
        for problem in problems:
            self.count(**{problem.partition(":")[0]: 1})
            self.problems.append(f"{where}: {problem}")

    def check(self, *zero: str) -> None:
        """Nothing went wrong; the names in `zero` are shown even so."""
        for name in zero:
            self.counts.setdefault(name, 0)
        assert not self.problems, "\n".join(self.problems[:MOST_SHOWN])

    def __str__(self) -> str:
        return f"{self.name}: " + " ".join(f"{name}={n}" for name, n in self.counts.items())


@pytest.fixture
def report(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Iterator[Report]:
    made = Report(request.node.name.removeprefix("test_"))
    yield made
    with capsys.disabled():
        print(f"\n{made}")


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_environment(monkeypatch)


def keep_environment(patch: pytest.MonkeyPatch) -> None:
    """What a drill sets for its vaults is taken back after it."""
    for name in (
        "HOME",
        "TMPDIR",
        *(f"XDG_{n}_HOME" for n in ("CACHE", "CONFIG", "DATA", "STATE")),
    ):
        patch.setenv(name, os.environ.get(name, ""))


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unlocking costs nothing in this process, see `sessions`."""
    make_cheap(monkeypatch)


def make_cheap(patch: pytest.MonkeyPatch) -> None:
    from healthmate_desktop.security import kdf

    patch.setattr(kdf, "FLOOR", kdf.Cost(8, 1, 1))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    if sys.platform != "linux":
        pytest.skip("a process that is forked warm, and traced, is a matter for Linux")
    with Stage(tmp_path_factory.mktemp("warm") / "vault") as ready:
        yield ready


@pytest.fixture
def strace(stage: Stage) -> Stage:
    """The stage, where its children can be traced."""
    if not faults.strace_works():
        pytest.skip("strace is not installed or may not trace here")
    return stage


@dataclass
class Vaults:
    """Fresh copies of one prepared vault."""

    template: Path
    place: Path

    def fresh(self) -> Path:
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.copytree(self.template, self.place)
        return self.place


@pytest.fixture
def vaults(tmp_path: Path, cheap: None) -> Vaults:  # noqa: ARG001
    sessions.prepare(tmp_path / "template")
    return Vaults(tmp_path / "template", tmp_path / "vault")
