"""What an open vault does by itself once it is unlocked: unseen while there is nothing to do, and never in the way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.paths import resources_dir
from healthmate_desktop.ui.jobs import ImportStrip, backup_step
from healthmate_desktop.ui.news import words_of_job
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.widgets.feedback import words_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from healthmate_desktop.domain.backups import BackupProgress
    from healthmate_desktop.domain.jobs import Job
    from healthmate_desktop.services.backup import BackupService
    from healthmate_desktop.services.library import LibraryProgress
    from healthmate_desktop.services.outcomes import ImportProgress
    from healthmate_desktop.ui.changes import Changes
    from healthmate_desktop.ui.gate import OpenVault


def begin_upkeep(vault: OpenVault, strip: ImportStrip, tasks: TaskRunner, changes: Changes) -> None:
    """One after the other: keys that were being renewed, files that wait, a backup that is due."""
    may = vault.session.may
    _renew(vault, strip)
    if may(Action.VIEW):
        tasks.run(vault.warm_up, owner=strip, lane=Lane.MODEL)
        _keep_indexed(vault, strip, changes)
        _add_starter(vault, strip, changes)
        _read_left_over(vault, strip)
    if may(Action.BACKUP):
        _back_up(vault.backup, strip)


def _read_left_over(vault: OpenVault, strip: ImportStrip) -> None:
    """What is given up by that is said at once, and what was before, when the vault was opened."""
    told = {job.id for job in vault.news.unfinished}

    def work() -> Generator[ImportProgress, None, list[Job]]:
        yield from vault.importing.resume()
        given_up = vault.importing.given_up() if vault.session.may(Action.ADD) else []
        return [job for job in given_up if job.id not in told]

    def tell(given_up: list[Job]) -> None:
        for job in given_up[:1]:  # whatever the number, there is one thing to do
            strip.say("warn", *words_of_job(job))

    strip.run("Reading what was left unfinished", work, quiet=True, on_success=tell)


def _renew(vault: OpenVault, strip: ImportStrip) -> None:
    """Not to be stopped: between two sets of keys nothing is gained."""

    def step_of(step: tuple[int, int]) -> tuple[int, int, str]:
        return *step, "{} of {} originals".format(*step)

    strip.run_unseen(
        "Renewing the keys of this vault",
        vault.keys.resume_renewal,
        lane=Lane.VAULT,
        step_of=step_of,
        on_error=lambda error: strip.say("warn", "The keys are not renewed yet", words_of(error)),
        stops=False,
    )


def _add_starter(vault: OpenVault, strip: ImportStrip, changes: Changes) -> None:
    def step_of(step: LibraryProgress) -> tuple[int, int, str]:
        return step.done, step.total, f"{step.done} of {step.total} topics"

    strip.run_unseen(
        "Putting the starter topics into the library",
        lambda: vault.library.install_starter(resources_dir() / "library"),
        lane=Lane.IO,
        step_of=step_of,
        on_error=lambda _: None,  # the library shows what it has; the next unlock tries again
        on_finished=changes.library_changed.emit,
    )


def _keep_indexed(vault: OpenVault, strip: ImportStrip, changes: Changes) -> None:
    """After each change of the library, the starter topics' at the start being the first."""
    under_way: list[bool] = []

    def begin() -> None:
        if under_way:
            return
        under_way.append(True)
        strip.run_unseen(
            "Making the library quick to search",
            vault.library.index,
            lane=Lane.IO,
            step_of=lambda _: (0, 0, "You can search meanwhile"),
            on_error=lambda _: None,
            on_finished=under_way.clear,
        )

    changes.library_changed.connect(begin)


def _back_up(backup: BackupService, strip: ImportStrip) -> None:
    def work() -> Generator[BackupProgress, None, None]:
        if backup.due(datetime.now(UTC)):
            yield from backup.make()

    strip.run_unseen(
        "Making today\u2019s backup",
        work,
        lane=Lane.VAULT,
        step_of=backup_step,
        on_error=lambda error: strip.say("warn", "No backup was made", words_of(error)),
    )
