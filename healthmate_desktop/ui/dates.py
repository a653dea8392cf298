"""Days as they are said on the screen, in English whatever the system speaks."""

from __future__ import annotations

from datetime import date, datetime

from PySide6.QtCore import QDate, QLocale

_ENGLISH = QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom)


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
