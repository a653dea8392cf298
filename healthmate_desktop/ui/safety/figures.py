"""Moments, sizes and counts as they are said on the safety screens."""

from __future__ import annotations

from datetime import UTC, datetime

from healthmate_desktop.ui.dates import day

_UNITS = ("kB", "MB", "GB", "TB")


def now() -> datetime:
    return datetime.now(UTC)


def moment(when: datetime) -> str:
    """As in "3 June 2026, 18:02", where the person is."""
    return f"{day(when)}, {clock(when)}"


def lately(when: datetime, now: datetime) -> str:
    """As in "today at 18:02", "yesterday at 18:02" or "on 3 June 2026"."""
    days = (now.astimezone().date() - when.astimezone().date()).days
    if days in (0, 1):
        return f"{'yesterday' if days else 'today'} at {clock(when)}"
    return f"on {day(when)}"


def clock(when: datetime) -> str:
    """As in "18:02"."""
    return f"{when.astimezone():%H:%M}"


def day_ahead(when: datetime, now: datetime) -> str:
    """As in "now", "later today", "tomorrow" or "on 5 June 2026"."""
    if when <= now:
        return "now"
    days = (when.astimezone().date() - now.astimezone().date()).days
    return ("later today", "tomorrow")[days] if days < 2 else f"on {day(when)}"


def until(start: datetime, end: datetime) -> str:
    """As in "3 June 2026, 18:02 until 19:02"; with its day where that is another one."""
    same_day = start.astimezone().date() == end.astimezone().date()
    return f"{moment(start)} until {clock(end) if same_day else moment(end)}"


def size(count: int) -> str:
    """Of a file: "340 MB", "1.2 GB"."""
    amount, unit = count / 1000, _UNITS[0]
    for unit in _UNITS:
        if round(amount) < 1000 or unit == _UNITS[-1]:
            break
        amount /= 1000
    if unit == "kB":
        return f"{max(1, round(amount))} kB"
    return f"{amount:.1f} {unit}" if amount < 10 else f"{round(amount)} {unit}"
