"""What must hold after a backup or a restore was killed: see C6 in the README.

Each function yields what is wrong, in words that begin with lost, corrupt, plaintext, keys, partial or left.
"""

from __future__ import annotations

import re
import shutil
from contextlib import closing
from typing import TYPE_CHECKING

from builders import finished

from drills import judge, sessions
from drills.copies import OLDER, Contents, Kept, contents, machine, secret_of, tree
from drills.sessions import NEW, OLD
from healthmate_desktop.composition import restore_vault, vault_exists
from healthmate_desktop.domain.audit import AuditFilter
from healthmate_desktop.domain.backups import to_keep
from healthmate_desktop.paths import Paths
from healthmate_desktop.storage.backup_format import time_in_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from drills.conftest import Report
    from drills.judge import Note
    from healthmate_desktop.composition import Services

LEFT = re.compile(
    r"(?:.*\.new|backup\.work|vault\.restoring|restore\.json.*|.*-(?:journal|wal|shm))"
)


def left(folder: Path) -> list[Path]:
    """What only stands on the disk while something is under way."""
    return [path for path in sorted(folder.rglob("*")) if LEFT.fullmatch(path.name)]


def _nothing_left(folder: Path, when: str) -> Iterator[str]:
    for path in left(folder):
        yield f"left: {path.relative_to(folder)} after {when}"


def _holds(services: Services, wanted: Contents, *, may_be_older: bool = False) -> Iterator[str]:
    if contents(services) != wanted:
        yield "lost: a mixture, or not all of it"
    for problem in judge._whole(services):
        if not (may_be_older and services.news.older and "older" in problem):
            yield problem


def _opens_with_both(
    home: Path, passphrase: str, recovery_key: str, wanted: Contents, *, may_be_older: bool = False
) -> Iterator[str]:
    opening = [w for w in (OLD, NEW) if judge._opens(home / "data" / "vault", w)]
    if opening != [passphrase]:
        yield f"keys: opened by {len(opening)} of the passphrases, or by the wrong one"
        return
    with closing(sessions.unlock(home, passphrase)) as services:
        yield from _holds(services, wanted, may_be_older=may_be_older)
    with closing(sessions.recover(home, recovery_key)) as services:
        yield from _holds(services, wanted, may_be_older=may_be_older)


def _restores(
    file: Path, scratch: Path, passphrase: str, kept: Kept, wanted: Contents
) -> Iterator[str]:
    """On another computer, with nothing but this file."""
    shutil.rmtree(scratch, ignore_errors=True)
    (scratch / "tmp").mkdir(parents=True)
    sessions.fake_home(scratch)
    finished(restore_vault(Paths(scratch / "data"), file, passphrase))
    yield from _opens_with_both(scratch, passphrase, kept.recovery_key, wanted)
    yield from judge._readable(scratch)
    shutil.rmtree(scratch)


# --- making


def judged_copy(folder: Path, kept: Kept, notes: Sequence[Note], report: Report) -> Iterator[str]:
    """After a backup was killed; `report` counts what the kill left."""
    copies, made = folder / "copies", [n["file"] for n in notes if n.get("done") == "backup"]
    yield from judge._readable(folder)
    draft = bool(list(copies.glob("*.new")))
    report.count(drafts=draft, work=(folder / "data" / "vault" / "backup.work").exists())
    sessions.fake_home(folder)
    with closing(sessions.unlock(folder, NEW)) as services:
        yield from _holds(services, kept.live)
        listed = {file.path: file.made_at for file in services.backup.existing()}
        plan = services.backup.plan()
        vault_id = services.vault._log_keys.vault_id
    yield from _nothing_left(folder / "data", "it was opened")
    yield from _listed(folder, kept, listed, vault_id)
    new = new_ones(folder, kept)
    report.count(finished=len(new), told=bool(plan.last_problem))
    if plan.last_backup != kept.last and not new:
        yield "lost: a backup that is said to have been made"
    if made and ([str(path) for path in new] != made or plan.last_problem):
        yield "lost: the backup that was made"
    if draft and not plan.last_problem:
        yield "lost: that the backup was cut off"
    for path in new:
        yield from _restores(path, folder / "scratch", NEW, kept, kept.live)
    yield from _older_open(folder, kept)
    yield from _next_copy(folder, kept)


def new_ones(folder: Path, kept: Kept) -> list[Path]:
    """Files that bear the name of a backup and were not there before."""
    found = tree(folder / "copies")
    return [
        folder / "copies" / name
        for name, digest in found.items()
        if name.endswith(".hmb") and kept.backups.get(name) != digest
    ]


def _listed(folder: Path, kept: Kept, listed: dict[str, datetime], vault_id: str) -> Iterator[str]:
    """All that were there, or when there is a newer one all that are to stay; and nothing else."""
    found = tree(folder / "copies")
    times = {
        name: time
        for name in {*kept.backups, *found}
        if name.endswith(".hmb") and (time := time_in_name(name, vault_id))
    }
    newer = set(times) - set(kept.backups)
    stay = to_keep(list(times.values())) if newer else set(times.values())
    for name, time in times.items():
        if time in stay and str(folder / "copies" / name) not in listed:
            yield f"lost: {name} is not listed"
    for path in listed:
        name = path.rpartition("/")[2]
        if name not in times or (name in kept.backups and found[name] != kept.backups[name]):
            yield f"partial: {name} is listed"


def _older_open(folder: Path, kept: Kept) -> Iterator[str]:
    """The one that is listed last, and the one with a name of its own unless it was replaced."""
    untouched = [
        name
        for name, digest in sorted(tree(folder / "copies").items())
        if kept.backups.get(name) == digest
    ]
    if not untouched:
        yield "lost: every older backup"
        return
    for name in {untouched[0], untouched[-1]}:
        yield from _restores(folder / "copies" / name, folder / "scratch", OLD, kept, kept.older)


def _next_copy(folder: Path, kept: Kept) -> Iterator[str]:
    """It works, and nothing is left of the one that was killed."""
    sessions.fake_home(folder)
    with closing(sessions.unlock(folder, NEW)) as services:
        report = finished(services.backup.make())
        listed = services.backup.existing()
        plan = services.backup.plan()
        if plan.last_problem or plan.last_backup != report.made_at:
            yield f"lost: the next backup: {plan.last_problem}"
        if not listed or listed[0].path != report.file:
            yield "lost: the next backup is not listed"
        if len(listed) != len(to_keep([file.made_at for file in listed])):
            yield "left: backups that are not to stay"
        finished(services.backup.drill(folder / "copies" / report.file))
        if [job for job in _jobs(services) if job == "backup"]:
            yield "left: a job"
    yield from _opens_with_both(folder, NEW, kept.recovery_key, kept.live)
    yield from _nothing_left(folder, "the next backup")
    yield from judge._readable(folder)


def _jobs(services: Services) -> list[str]:
    with services.vault.read() as tx:
        return [job.kind for job in tx.jobs.unfinished()]


# --- restoring


def judged_restore(
    folder: Path, place: str, way: str, kept: Kept, notes: Sequence[Note], report: Report
) -> Iterator[str]:
    """After a restore was killed; `place` and `way` as in `copies.SESSIONS`."""
    home, done = machine(folder, place), any(note.get("done") == "restore" for note in notes)
    sessions.fake_home(home)
    data = home / "data"
    yield from judge._readable(folder)
    yield from judge._readable(folder / "other")
    if tree(folder / "copies") != kept.backups:
        yield "lost: a backup was changed"
    yield from _old_one_kept(folder, place, kept)
    report.count(
        drafts=(data / "vault.restoring").exists(), in_swap=(data / "restore.json").exists()
    )
    there = vault_exists(Paths(data))
    if not there and (done or place == "over"):
        yield "lost: there is no vault"
    if not there and list(data.glob("vault*")):
        yield f"left: {sorted(path.name for path in data.glob('vault*'))}"
    if there:
        yield from _old_or_new(home, place, kept, report, done=done)
    yield from _nothing_left(data, "it was opened")
    yield from _next_restore(folder, home, way, kept, there=there)


def _old_one_kept(folder: Path, place: str, kept: Kept) -> Iterator[str]:
    """To the byte, in its place or, by the name that says so, beside it; exactly once."""
    data = folder / "data"
    found = [path for path in sorted(data.glob("vault*")) if tree(path) == kept.vault]
    if len(found) != 1:
        yield f"lost: the vault that was there is there {len(found)} times"
    elif found[0].name != "vault" and (
        place != "over" or not found[0].name.startswith("vault.replaced-")
    ):
        yield f"lost: the vault that was there is called {found[0].name}"


def _old_or_new(home: Path, place: str, kept: Kept, report: Report, *, done: bool) -> Iterator[str]:
    data = home / "data"
    restored = judge._opens(data / "vault", OLD)
    replaced = sorted(data.glob("vault.replaced-*"))
    report.count(**{"new" if restored else "old": 1})
    if (done or place == "empty") and not restored:
        yield "lost: what was restored"
    if len(replaced) != (restored and place == "over"):
        yield f"lost: {len(replaced)} vaults that were replaced"
    if restored:
        yield from _opens_with_both(home, OLD, kept.recovery_key, kept.older, may_be_older=not done)
        yield from _told(home, report, done=done)
    else:
        yield from _opens_with_both(home, NEW, kept.recovery_key, kept.live)
    for path in replaced:
        scratch = home / "scratch"
        shutil.rmtree(scratch, ignore_errors=True)
        shutil.copytree(path, scratch / "data" / "vault")
        (scratch / "tmp").mkdir()
        sessions.fake_home(scratch)
        yield from _opens_with_both(scratch, NEW, kept.recovery_key, kept.live)
        shutil.rmtree(scratch)
        sessions.fake_home(home)


def _told(home: Path, report: Report, *, done: bool) -> Iterator[str]:
    """That it was restored is in the log, and warns of nothing; after a kill it may warn, until it is accepted."""
    with closing(sessions.unlock(home, OLD)) as services:
        actions = [event.action for event in services.log.events(AuditFilter(kind="safety"))]
        in_log, older = "vault.restored" in actions, services.news.older
        report.count(warned=older)
        if not in_log or (done and older):
            yield "lost: that it was restored"
        if older:
            services.log.accept_older()
    with closing(sessions.unlock(home, OLD)) as services:
        if services.news.older:
            yield "corrupt: taken for an older vault for ever"


def _next_restore(folder: Path, home: Path, way: str, kept: Kept, *, there: bool) -> Iterator[str]:
    data = home / "data"
    before = len(list(data.glob("vault.replaced-*")))
    secret = secret_of(way, kept.recovery_key)
    finished(restore_vault(Paths(data), folder / "copies" / OLDER, secret))
    yield from _opens_with_both(home, OLD, kept.recovery_key, kept.older)
    with closing(sessions.unlock(home, OLD)) as services:
        actions = [event.action for event in services.log.events(AuditFilter(kind="safety"))]
        if services.news.older or "vault.restored" not in actions:
            yield "lost: that it was restored at last"
    if len(list(data.glob("vault.replaced-*"))) != before + there:
        yield "lost: a vault that was replaced"
    yield from _nothing_left(home, "the next restore")
    yield from judge._readable(home)
