"""An import of thirty files that is killed again and again loses none of them, and keeps none twice."""

from __future__ import annotations

import os
import random
import select
import shutil
import signal
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from builders import finished

from drills import judge, sessions, thirty

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from drills.conftest import Report
    from drills.stage import Ended, Stage

pytestmark = [pytest.mark.security, pytest.mark.database]
LATEST = 0.7  # of the time an import takes that nobody disturbs


@dataclass(frozen=True)
class Moments:
    """When to kill: anywhere up to the latest, in seconds."""

    chance: random.Random
    latest: float


@pytest.mark.timeout(0)
@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize(
    "kills", [pytest.param(3, id="few"), pytest.param(100, id="all", marks=pytest.mark.slow)]
)
def test_import_killed_at_random_moments(
    stage: Stage, tmp_path: Path, report: Report, kills: int
) -> None:
    template, place = tmp_path / "template", tmp_path / "vault"
    sessions.prepare(template)
    thirty.write(template)
    begun = time.monotonic()
    wanted = whole(stage, template, tmp_path / "whole")
    moments = Moments(random.Random(kills), LATEST * (time.monotonic() - begun))
    killed = 0
    while killed < kills:
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(template, place)
        ended = None
        while killed < kills and (ended := started(stage, place, moments)).killed:
            killed += 1
            report.count(killed=1, told=sum(note["done"] == "file" for note in ended.notes))
            report.add(f"kill {killed}", list(after(place)))
        if ended is None or ended.killed:
            ended = started(stage, place)
        report.count(vaults=1)
        report.add(f"after kill {killed}", judge.foreign(ended.notes) + list(judged(place, wanted)))
        if report.problems:
            break
    report.check("lost", "twice", "corrupt", "foreign")


def whole(stage: Stage, template: Path, place: Path) -> list[tuple[object, ...]]:
    """What an import gives that nobody disturbs."""
    shutil.copytree(template, place)
    assert not started(stage, place).killed
    with closing(thirty.unlock(place)) as services:
        found = thirty.kept(services, place)
    assert len(found) > len(sessions.FILES)
    assert any(records for *_, records in found)
    return list(found)


def started(stage: Stage, folder: Path, moments: Moments | None = None) -> Ended:
    """An import that ends by itself, or is killed after a while."""
    (folder / "board").unlink(missing_ok=True)
    pid = stage.call("thirty", folder)
    handle = os.pidfd_open(pid)
    stage.start()
    if moments is not None:
        select.select([handle], [], [], moments.chance.uniform(0.05, moments.latest))
        with suppress(ProcessLookupError):  # it came to its end before
            signal.pidfd_send_signal(handle, signal.SIGKILL)
    os.close(handle)
    return stage.end(folder)


def after(folder: Path) -> Iterator[str]:
    """What must hold right after a kill, before anything goes on: all that is listed opens."""
    with closing(thirty.unlock(folder)) as services:
        report = services.documents.check()
        yield from (f"corrupt: {problem.where} {problem.message}" for problem in report.problems)


def judged(folder: Path, wanted: list[tuple[object, ...]]) -> Iterator[str]:
    """What is wrong once the import was let go on to its end."""
    with closing(thirty.unlock(folder)) as services:
        found: list[tuple[object, ...]] = list(thirty.kept(services, folder))
        yield from (f"lost: {each}" for each in wanted if each not in found)
        yield from (f"twice: {each}" for each in found if found.count(each) > wanted.count(each))
        with services.vault.read() as tx:
            left = [*tx.jobs.unfinished(), *tx.documents.unfinished()]
        yield from (f"lost: still under way: {each}" for each in left)
        log = finished(services.log.verify(deep=True))
        yield from (f"corrupt: log {problem}" for problem in log.problems)
        sealed = list((folder / "data" / "vault" / "originals").rglob("*.age"))
        if len(sealed) != len(services.documents.of_patient(sessions.Facts.of(folder).rosa)):
            yield f"twice: {len(sealed)} sealed files"
