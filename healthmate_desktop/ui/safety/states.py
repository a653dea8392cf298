"""What the overview says about each part of the vault's safety."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from healthmate_desktop.ui.dates import day
from healthmate_desktop.ui.safety.figures import counted, day_ahead, lately, moment

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
    """`look`: it needs a look."""

    title: str
    detail: str = ""
    look: bool = False


def locking(policy: LockPolicy) -> State:
    idle = counted(policy.idle_minutes, "minute", "minutes")
    hours = counted(policy.session_hours, "hour", "hours")
    return State(
        f"Locks after {idle} without use",
        f"And at the latest {hours} after it was opened, or when the screen is locked.",
    )


def days_to_backup(due: Callable[[datetime], bool], now: datetime) -> int | None:
    """In how many days the next one is due; 0 = now, None = not within a month."""
    days = range(LOOK_AHEAD + 1)
    return next((ahead for ahead in days if due(now + timedelta(days=ahead))), None)


def next_backup(days: int | None, now: datetime) -> str:
    """As in "The next is due tomorrow."."""
    if days is None:
        return ""
    return f"The next is due {day_ahead(days, now) if days else 'now'}."


def made(plan: BackupPlan, days: int | None, now: datetime) -> State:
    """When the last one was made; `days` until the next one, from `days_to_backup`."""
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
    return State(title, next_backup(days, now), look=days == 0)


def folder(plan: BackupPlan) -> State:
    """Where backups go."""
    detail = plan.folder
    if plan.same_disk:
        detail = f"{plan.folder} is on this computer's own disk, and would be lost with it."
    return State("Backups go to this folder", detail, look=plan.same_disk)


def backup(plan: BackupPlan, days: int | None, now: datetime) -> State:
    """When and where, in one; what needs a look first."""
    state, place = made(plan, days, now), folder(plan)
    if state.look:
        return state
    words = place.detail if place.look else f"In {plan.folder}."
    return State(state.title, f"{words} {state.detail}".strip(), look=place.look)


def drill_due(plan: BackupPlan, now: datetime) -> bool:
    return plan.last_drill is None or now - plan.last_drill > DRILL_EVERY


def drill(plan: BackupPlan, now: datetime) -> State:
    if plan.last_backup is None:
        return State("No backup to check yet", "Once there is one, check each month that it opens.")
    if plan.last_drill is None:
        detail = "Only a backup that was opened once is sure to open."
        return State("It was never checked that a backup opens", detail, look=True)
    title = f"A backup was opened and checked {lately(plan.last_drill, now)}"
    due = drill_due(plan, now)
    return State(title, "That is more than a month ago." if due else "", look=due)


def recovery(events: Sequence[AuditEvent]) -> State:
    """From the newest events about the safety of the vault; where none tells, the key is that of the set-up."""
    made = next((e for e in events if e.action in {"recovery_key.renewed", "keys.renewed"}), None)
    detail = "It opens everything if a passphrase is lost. Do you know where it is?"
    if made is not None and made.action == "recovery_key.renewed":
        return State(f"The recovery key was made anew on {day(made.at)}", detail)
    return State("The recovery key was made with the vault", detail)


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
    count = counted(len(opened), "person's records were", "times records were")
    return State(f"{count} opened in an emergency", "See who did it, and why.", look=bool(opened))


def log(report: VerifyReport) -> State:
    if not report.ok:
        places = counted(len(report.problems), "place", "places")
        return State(f"The log does not fit in {places}", report.problems[0], look=True)
    entries = counted(report.events, "entry", "entries")
    return State("The log is whole", f"{entries}: none is missing, none was changed.")


def protections(found: Sequence[Protection]) -> State:
    off = [protection for protection in found if not protection.active]
    if not off:
        return State(f"All {len(found)} protections are on")
    names = " ".join(protection.words for protection in off[:2])
    more = f" And {len(off) - 2} more." if len(off) > 2 else ""
    title = f"{len(found) - len(off)} of {len(found)} protections are on"
    return State(title, f"Not on: {names}{more}", look=True)
