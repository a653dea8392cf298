"""What the overview says about each part of the vault's safety."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from healthmate_desktop.domain.text import counted
from healthmate_desktop.ui.dates import day
from healthmate_desktop.ui.safety.figures import day_ahead, lately, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from healthmate_desktop.domain.audit import AuditEvent, VerifyReport
    from healthmate_desktop.domain.backups import BackupPlan
    from healthmate_desktop.domain.sessions import FailedAttempt, Grant, LockPolicy, Protection

DRILL_EVERY = timedelta(days=31)
LOOK_AHEAD = 31  # days in which the next backup is looked for


@dataclass(frozen=True, slots=True)
class State:
    """`look`: it needs a look. `step`: there is something to be done about it."""

    title: str
    detail: str = ""
    look: bool = False
    step: bool = True


def locking(policy: LockPolicy) -> State:
    idle = counted(policy.idle_minutes, "minute", "minutes")
    hours = counted(policy.session_hours, "hour", "hours")
    return State(
        f"Locks after {idle} without use",
        f"And at the latest {hours} after it was opened, or when the screen is locked.",
    )


def next_due(due: Callable[[datetime], bool], now: datetime) -> datetime | None:
    """`now` if one is due, else the end of the day on which it will be; None = not within a month."""
    if due(now):
        return now
    end = now.astimezone().replace(hour=23, minute=59, second=59)
    days = (end + timedelta(days=ahead) for ahead in range(LOOK_AHEAD))
    return next((day for day in days if due(day)), None)


def made(plan: BackupPlan, due: datetime | None, now: datetime) -> State:
    """When the last one was made, and the next is `due`."""
    if not plan.folder:
        if plan.last_backup is not None:
            title = f"The last backup was made {lately(plan.last_backup, now)}"
            return State(title, "Choose a folder, and they are made by themselves.", look=True)
        detail = "If this computer breaks or is stolen, the records on it are lost."
        return State("There is no backup yet", detail, look=True)
    if plan.last_problem:
        return State("The last backup was not made", plan.last_problem, look=True)
    if plan.last_backup is None:
        return State("There is no backup yet", "A folder is chosen. Make the first one.", look=True)
    title = f"The last backup was made {lately(plan.last_backup, now)}"
    if due is None:
        return State(title)
    return State(title, f"The next is due {day_ahead(due, now)}.", look=due <= now)


def folder(plan: BackupPlan) -> State:
    """Where backups go."""
    detail = plan.folder
    if plan.same_disk:
        detail = f"{plan.folder} is on this computer's own disk, and would be lost with it."
    return State("Backups go to this folder", detail, look=plan.same_disk)


def backup(plan: BackupPlan, due: datetime | None, now: datetime) -> State:
    """When and where, in one; what needs a look first."""
    state, place = made(plan, due, now), folder(plan)
    if state.look:
        return state
    words = place.detail if place.look else f"In {plan.folder}."
    return State(state.title, f"{words} {state.detail}".strip(), look=place.look)


def drill_due(plan: BackupPlan, now: datetime) -> bool:
    return plan.last_drill is None or now - plan.last_drill > DRILL_EVERY


def drill(plan: BackupPlan, now: datetime) -> State:
    if plan.last_backup is None:
        detail = "Once there is one, check each month that it opens."
        return State("No backup to check yet", detail, step=False)
    if plan.last_drill is None:
        detail = "Only a backup that was opened once is sure to open."
        return State("It was never checked that a backup opens", detail, look=True)
    title = f"A backup was opened and checked {lately(plan.last_drill, now)}"
    due = drill_due(plan, now)
    return State(title, "That is more than a month ago." if due else "", look=due)


def recovery(events: Sequence[AuditEvent]) -> State:
    """From the newest events about the safety of the vault; where none tells, the key is that of the set-up."""
    made = next((e for e in events if e.action in {"recovery_key.renewed", "keys.renewed"}), None)
    title = "The recovery key was made with the vault"
    if made is not None:
        all_keys = made.action == "keys.renewed"
        what = "All keys were renewed" if all_keys else "The recovery key was made anew"
        title = f"{what} on {day(made.at)}"
    detail = (
        "The recovery key opens everything if a passphrase is lost. Do you know where yours is?"
    )
    return State(title, detail)


def attempts(failed: Sequence[FailedAttempt]) -> State:
    if not failed:
        return State("No failed attempts to unlock", "Since the vault was opened before this time.")
    count = counted(len(failed), "failed attempt", "failed attempts")
    since = moment(min(attempt.at for attempt in failed))
    return State(
        f"{count} to unlock since {since}",
        "If that was not you, someone else tried. They did not get in.",
        look=True,
    )


def emergencies(opened: Sequence[Grant]) -> State:
    times = "once" if len(opened) == 1 else f"{len(opened):,} times"
    title = f"Records were opened in an emergency, {times}"
    return State(title, "See who did it, and why.", look=bool(opened))


def log(report: VerifyReport) -> State:
    if not report.ok:
        places = counted(len(report.problems), "place", "places")
        return State(f"The log does not fit in {places}", report.problems[0], look=True)
    entries = counted(report.events, "entry", "entries")
    return State("The log is whole", f"{entries}: none is missing, none was changed.")


def protections(found: Sequence[Protection]) -> State:
    on = sum(protection.active for protection in found)
    if on == len(found):
        return State(f"All {on} protections are on")
    detail = "See which are not, and what can be done about it."
    return State(f"{on} of {len(found)} protections are on", detail, look=True)
