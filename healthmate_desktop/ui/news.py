"""What is told right after unlocking: short, the worst first, and never more than three banners."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from healthmate_desktop.ui.dates import day_and_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.domain.jobs import Job, JobKind
    from healthmate_desktop.domain.sessions import FailedAttempt, UnlockNews
    from healthmate_desktop.ui.widgets.feedback import BannerKind

    Told = tuple[BannerKind, str]  # words whose first sentence is the title

MOST = 3
HONEST = 2  # wrong attempts that anyone makes
OLDER_HEADER = (
    "The newest key file of this vault is damaged, so the one before it was used. All records are here. "
    "If the passphrase was changed lately, the old one holds. Make a backup now."
)
_JOBS: dict[JobKind, str] = {
    "import": "Adding files did not finish",
    "backup": "A backup was not made",
    "renewal": "Renewing the keys did not finish",
}


def told_of(
    news: UnlockNews, *, older_header: bool, may_look_into_log: bool, now: datetime | None = None
) -> list[Told]:
    """The banners; where there are too many, the last one holds the rest."""
    now = now or datetime.now(UTC)
    told: list[Told] = []
    if news.disk_words:
        told.append(("error", news.disk_words))
    if news.failed_attempts:
        told.append(_attempts(news.failed_attempts, now))
    if news.emergencies:
        told.append(("warn", _emergencies(len(news.emergencies))))
    if older_header:
        told.append(("warn", OLDER_HEADER))
    if news.unfinished:
        told.append(("warn", _unfinished(news.unfinished)))
    if news.set_aside:
        told.append(("warn", _set_aside(news.set_aside, may_look_into_log)))
    return _merged(told)


def _merged(told: list[Told]) -> list[Told]:
    if len(told) <= MOST:
        return told
    shown, rest = told[: MOST - 1], told[MOST - 1 :]
    lines = "\n".join(words for _, words in rest)
    return [*shown, ("warn", f"{len(rest)} more things to know. {lines}")]


def _attempts(attempts: Sequence[FailedAttempt], now: datetime) -> Told:
    count, since = len(attempts), min(attempt.at for attempt in attempts)
    when = day_and_time(since, now)
    title = f"1 failed attempt, {when}" if count == 1 else f"{count} failed attempts since {when}"
    keys = sum(attempt.kind == "recovery_key" for attempt in attempts)
    what = "a wrong passphrase" if not keys else "a wrong recovery key"
    if 0 < keys < count:
        what = "a wrong passphrase or recovery key"
    words = (
        f"{title}. Someone typed {what} here, and it stayed locked. If it was not you, find out who was at this "
        "computer."
    )
    return "info" if count <= HONEST else "warn", words


def _emergencies(count: int) -> str:
    times = "once" if count == 1 else f"{count} times"
    return (
        f"Records were opened in an emergency, {times}. Read in Safety who it was and why, and say that you have seen "
        "it."
    )


def _unfinished(jobs: Sequence[Job]) -> str:
    by_kind = {job.kind: job for job in jobs}
    lines = "\n".join(". ".join(words_of_job(job)) for job in by_kind.values())
    return lines if len(by_kind) == 1 else f"Some work did not finish. {lines}"


def words_of_job(job: Job) -> tuple[str, str]:
    """Of work that did not finish: what, and why or what to do."""
    return _JOBS[job.kind], job.error or "What was saved before is safe. Try it again."


def _set_aside(count: int, may_look_into_log: bool) -> str:
    what = "1 unknown file was" if count == 1 else f"{count} unknown files were"
    where = "The log says when. " if may_look_into_log else ""
    return (
        f"{what} found among the records and moved aside. Nothing was deleted: it lies in the folder quarantine, "
        f"beside the records. {where}Your records are safe."
    )
