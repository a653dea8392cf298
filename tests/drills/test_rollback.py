"""A3: a whole data folder put back as it was before is noticed each time; where none was, nothing is said."""

from __future__ import annotations

import random
import shutil
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from builders import finished
from processes import PASSPHRASE, Shell

from drills import sessions
from healthmate_desktop.composition import create_vault, open_vault
from healthmate_desktop.domain.sessions import LockPolicy
from healthmate_desktop.paths import Paths
from healthmate_desktop.security.kdf import FLOOR

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from drills.conftest import Report
    from healthmate_desktop.composition import Services

pytestmark = [pytest.mark.security, pytest.mark.integration]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """What this process does with the vault, and what commands do, is on the same computer."""
    shell = Shell(tmp_path).make()
    for name, value in shell.environment().items():
        if name.startswith(("HOME", "XDG_", "TMPDIR")):
            monkeypatch.setenv(name, value)
    create_vault(Paths(shell.data), PASSPHRASE, cost=FLOOR)
    return shell


def unlock(shell: Shell) -> Services:
    commons: Any = sessions.FakeCommons()
    return open_vault(Paths(shell.data), PASSPHRASE, commons)


def deeds(services: Services, folder: Path, chance: random.Random) -> list[Callable[[], object]]:
    def person() -> None:
        services.patients.add(f"Person {chance.random()}")

    def file() -> None:
        path = folder / "paper.txt"
        path.write_text(f"The value was {chance.random()}.", encoding="utf-8")
        patient = services.patients.add("Somebody")
        finished(services.importing.import_files([path], patient.id))

    def question() -> None:
        people = services.patients.find("", 1)
        if people:
            finished(services.assistant.ask(f"What was {chance.random()}?", people[0].id))

    def policy() -> None:
        services.policy.set(LockPolicy(idle_minutes=chance.randint(5, 60)))

    return [person, file, question, policy, services.users.all]


def use(shell: Shell, chance: random.Random, copy: Path | None = None, *, at: int = -1) -> None:
    """A session of a few deeds. After the `at`-th, the data folder is copied while the vault is open."""
    with closing(unlock(shell)) as services:
        assert not services.news.older
        for number in range(chance.randint(1, 4)):
            if copy is not None and number == at:
                shutil.copytree(shell.data, copy)
            chance.choice(deeds(services, shell.folder, chance))()


@pytest.mark.timeout(0)
@pytest.mark.parametrize(
    "rounds", [pytest.param(1, id="few"), pytest.param(50, id="all", marks=pytest.mark.slow)]
)
def test_a3_put_back(shell: Shell, report: Report, rounds: int) -> None:
    chance = random.Random(rounds)
    copy = shell.folder / "copy"
    for number in range(rounds):
        while_open = bool(chance.getrandbits(1))
        use(shell, chance, copy if while_open else None, at=0)
        if not while_open:
            shutil.copytree(shell.data, copy)
        use(shell, chance)
        report.count(untouched=1, silent=silent(shell))
        shutil.rmtree(shell.data)
        shutil.move(copy, shell.data)
        said = warned(shell)
        report.count(rollbacks=1, warned=all(said.values()))
        report.add(
            f"round {number}, open {while_open}",
            [f"missed: {way}" for way, yes in said.items() if not yes],
        )
        with closing(unlock(shell)) as services:
            services.log.accept_older()
    report.add(
        "untouched", ["false: a warning"] * (report.counts["untouched"] - report.counts["silent"])
    )
    report.check("missed", "false")


def warned(shell: Shell) -> dict[str, bool]:
    """By each way, in turn: that one was warned must not silence the next."""
    check = shell.run("vault", "check")
    log = shell.run("audit", "verify")
    with closing(unlock(shell)) as services:
        older = services.news.older
    with closing(unlock(shell)) as services:
        still = services.news.older
    return {
        "vault check": check.code == 0
        and not check.json["ok"]
        and "older" in check.out + check.err,
        "audit verify": log.code == 1 and log.json["error"]["code"] == "log_broken",
        "window": older,
        "window again": still,
    }


def silent(shell: Shell) -> bool:
    check, log = shell.run("vault", "check"), shell.run("audit", "verify")
    return (
        check.code == 0
        and check.json["ok"]
        and log.code == 0
        and "older" not in check.err + log.err
    )
