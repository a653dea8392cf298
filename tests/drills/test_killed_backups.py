"""C6: a backup or a restore that is killed harms no vault and no older backup, and no part of one is taken for one."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from drills import copies, copies_judge, cuts, faults, judge
from drills.conftest import Vaults, keep_environment, make_cheap
from healthmate_desktop.composition import load_rules
from healthmate_desktop.errors import HealthMateError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from drills.conftest import Report
    from drills.stage import Ended, Stage

    House = tuple[Vaults, copies.Kept]
    Look = Callable[[Path, Ended], Iterator[str]]

pytestmark = [pytest.mark.security, pytest.mark.database]
COPIES = {"copy-rotated": 100, "copy-over": 20}
RESTORES = [(place, way) for place in ("over", "empty") for way in ("passphrase", "recovery")]
RESTORED = 25  # evenly, of each; and all the turns
TURNS = faults.NAMES + faults.REMOVALS + faults.SYNCS
few_and_all = pytest.mark.parametrize(
    "whole",
    [pytest.param(False, id="few"), pytest.param(True, id="all", marks=pytest.mark.slow)],
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Made in the place where copies of it are played with, for it knows where its backups go."""
    folder = tmp_path_factory.mktemp("house")
    with pytest.MonkeyPatch.context() as patch:
        keep_environment(patch)
        make_cheap(patch)
        kept = copies.prepare(folder / "vault")
    (folder / "vault").rename(folder / "template")
    return Vaults(folder / "template", folder / "vault"), kept


@pytest.fixture(autouse=True)
def _one_reading(cheap: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    """The rules of triage, which have no part in this, are read once for hundreds of unlocks."""
    read = "healthmate_desktop.composition.services.load_rules"
    monkeypatch.setattr(read, functools.cache(load_rules))


@pytest.mark.timeout(0)
@few_and_all
def test_c6_backup_killed(strace: Stage, house: House, report: Report, *, whole: bool) -> None:
    vaults, kept = house

    def look(folder: Path, ended: Ended) -> Iterator[str]:
        return copies_judge.judged_copy(folder, kept, ended.notes, report)

    for session, count in COPIES.items() if whole else [("copy-rotated", 0)]:
        every = all_cuts(strace, session, vaults, report)
        turns = turns_in(every, vaults.place / "copies")
        chosen = {*cuts.spread(every, count), *turns} if whole else few_of(turns)
        kill_each(strace, chosen, vaults, report, look)
    checked(report)


@pytest.mark.timeout(0)
@few_and_all
def test_c6_restore_killed(strace: Stage, house: House, report: Report, *, whole: bool) -> None:
    vaults, kept = house
    for place, way in RESTORES if whole else RESTORES[:1]:

        def look(folder: Path, ended: Ended, place: str = place, way: str = way) -> Iterator[str]:
            return copies_judge.judged_restore(folder, place, way, kept, ended.notes, report)

        every = all_cuts(strace, f"restore-{place}-{way}", vaults, report)
        turns = turns_in(every, copies.machine(vaults.place, place) / "data")
        chosen = {*cuts.spread(every, RESTORED), *turns} if whole else few_of(turns)
        kill_each(strace, chosen, vaults, report, look)
    checked(report)


def all_cuts(stage: Stage, session: str, vaults: Vaults, report: Report) -> list[cuts.Cut]:
    every, undisturbed = cuts.cuts_of(stage, session, vaults.fresh())
    assert undisturbed.notes[-1] == {"ended": "well"}
    report.count(calls=len(every))
    return every


def turns_in(every: list[cuts.Cut], folder: Path) -> list[cuts.Cut]:
    """The calls that give, take or settle a name right in this folder: with them a backup or a vault comes or goes."""
    near = {str(folder), *(cut.path for cut in every if Path(cut.path).parent == folder)}
    return [cut for cut in every if cut.call in TURNS and cut.path in near]


def few_of(turns: list[cuts.Cut]) -> set[cuts.Cut]:
    """Where a backup gets its name, or one vault makes room for the other; and the last."""
    return {cut for cut in turns if cut.call.startswith("rename")} | {turns[-1]}


def kill_each(
    stage: Stage, chosen: set[cuts.Cut], vaults: Vaults, report: Report, look: Look
) -> None:
    for cut in sorted(chosen, key=lambda cut: cut.place):
        folder = vaults.fresh()
        ended = cuts.cut_at(stage, cut, folder)
        report.count(points=1, killed=ended.killed)
        report.add(str(cut), judge.foreign(ended.notes) + found(look(folder, ended)))


def found(problems: Iterator[str]) -> list[str]:
    every: list[str] = []
    try:
        every.extend(problems)
    except HealthMateError as error:
        every.append(f"lost: {type(error).__name__} {error}")
    return every


def checked(report: Report) -> None:
    report.check("lost", "corrupt", "plaintext", "keys", "partial", "left", "foreign")
    missed = report.counts["points"] - report.counts["killed"]
    assert missed <= 0.02 * report.counts["points"]
