"""Days as they are said on the screen, in English whatever the system speaks."""

from __future__ import annotations

from datetime import date, datetime

from PySide6.QtCore import QDate, QLocale

_ENGLISH = QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom)


def today() -> date:
    """Where the person is."""
    return datetime.now().astimezone().date()


def day(moment: date | datetime) -> str:
    """As in "3 June 2026"; a moment counts where the person is."""
    return _said(moment, "d MMMM yyyy")


def long_day(moment: date | datetime) -> str:
    """As in "Wednesday 3 June 2026"."""
    return _said(moment, "dddd d MMMM yyyy")


def short_day(moment: date | datetime) -> str:
    """As in "3 Jun 2026", where there is little room."""
    return _said(moment, "d MMM yyyy")


def month(moment: date | datetime) -> str:
    """As in "June 2026"; a moment counts where the person is."""
    return _said(moment, "MMMM yyyy")


def _said(moment: date | datetime, how: str) -> str:
    local = moment.astimezone().date() if isinstance(moment, datetime) else moment
    return _ENGLISH.toString(QDate(local.year, local.month, local.day), how)


def clock(moment: datetime) -> str:
    """As in "14:02", where the person is."""
    return moment.astimezone().strftime("%H:%M")


def day_and_time(moment: datetime, now: datetime) -> str:
    """As in "today 14:02", "Tuesday 14:02" within the last days, else "3 June 2026, 14:02"."""
    then, today = moment.astimezone().date(), now.astimezone().date()
    if then == today:
        return f"today {clock(moment)}"
    if 0 < (today - then).days < 7:
        return f"{_said(moment, 'dddd')} {clock(moment)}"
    return f"{day(moment)}, {clock(moment)}"
