"""Times of an export: `2024-03-01 08:00:00 +0100`, and as telephones of other locales write them.

Three to four million of them stand in a gigabyte, so days that were seen before are looked up.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from healthmate_desktop.domain.samples import SECOND

Moment = tuple[int, int]  # microseconds since 1970 in UTC, minutes east of it

_USUAL = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}", re.ASCII)
_ANY = re.compile(
    r"(\d{4})[-/.]?(\d\d)[-/.]?(\d\d)"
    r"(?:[T ]*(\D*?) ?(\d{1,2})[:.]?(\d\d)[:.]?(\d\d)(?:[.,](\d{1,6})\d*)? ?(\D*?))?"
    r" ?(Z|GMT|UTC|(?:GMT|UTC)?[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_MORNING = {
    "",
    "a",
    "am",
    "上午",
    "午前",
    "오전",
    "πμ",
    "ص",
    "قظ",
    "vorm",
    "fm",
    "de",
    "dop",
    "sa",
    "öö",
}
_EVENING = {
    "p",
    "pm",
    "下午",
    "午後",
    "오후",
    "μμ",
    "م",
    "بظ",
    "nachm",
    "em",
    "du",
    "odp",
    "ch",
    "ös",
}
_MOST_DAYS = 50_000
_EARLIEST, _LATEST = 1850, 2200
_BUDDHIST = 543  # years ahead
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - offsets are kept apart


class Times:
    """Reads times. Where one has no offset, `offset` is taken, and `without_offset` counts it."""

    def __init__(self) -> None:
        self.offset = 0
        self.without_offset = 0
        self._days: dict[str, Moment] = {}
        self._minutes = {f" {at // 60:02}:{at % 60:02}": at * 60 * SECOND for at in range(24 * 60)}
        self._seconds = {f":{at:02}": at * SECOND for at in range(61)}

    def read(self, text: str) -> Moment | None:
        """None for what is no time."""
        try:
            midnight, offset = self._days[text[:10] + text[19:]]
            return midnight + self._minutes[text[10:16]] + self._seconds[text[16:19]], offset
        except KeyError:
            return self._read_new(text)

    def _read_new(self, text: str) -> Moment | None:
        if not _USUAL.fullmatch(text):
            return self._read_other(text)
        minutes, seconds = self._minutes.get(text[10:16]), self._seconds.get(text[16:19])
        offset = _offset(text[20:])
        midnight = _midnight(int(text[:4]), int(text[5:7]), int(text[8:10]))
        if midnight is None or offset is None or minutes is None or seconds is None:
            return None
        if len(self._days) > _MOST_DAYS:
            self._days.clear()
        day = self._days[text[:10] + text[19:]] = (midnight - offset * 60 * SECOND, offset)
        return day[0] + minutes + seconds, offset

    def _read_other(self, text: str) -> Moment | None:
        found = _ANY.fullmatch(_plain(text[:60]))
        if found is None:
            return None
        year, month, day = int(found[1]), int(found[2]), int(found[3])
        midnight = _midnight(year, month, day)
        clock = _clock(found)
        offset = _offset(found[10]) if found[10] else self.offset
        if midnight is None or clock is None or offset is None:
            return None
        self.without_offset += not found[10]
        return midnight + clock - offset * 60 * SECOND, offset


def _plain(text: str) -> str:
    """Digits of any script as ASCII, spaces of any kind as one."""
    letters = (str(unicodedata.decimal(a)) if a.isdecimal() else a for a in text)
    return " ".join("".join(letters).split())


def _midnight(year: int, month: int, day: int) -> int | None:
    year = year - _BUDDHIST if year > _LATEST else year
    try:
        days = (dt.datetime(year, month, day) - _EPOCH).days  # noqa: DTZ001 - as _EPOCH
    except ValueError:
        return None
    return days * 86_400 * SECOND if _EARLIEST <= year <= _LATEST else None


def _clock(found: re.Match[str]) -> int | None:
    """Of the clock of 24 hours, or of 12 with a word before or after; None for one that can't be."""
    if found[5] is None:
        return 0
    hour, minute, second = int(found[5]), int(found[6]), int(found[7])
    word = (found[4] or found[9] or "").casefold().replace(".", "").replace(" ", "")
    if word in _EVENING and hour < 12:
        hour += 12
    elif word in _MORNING and word and hour == 12:
        hour = 0
    known = word in _MORNING or word in _EVENING or hour > 12
    if not known or hour > 23 or minute > 59 or second > 60:
        return None
    return ((hour * 60 + minute) * 60 + second) * SECOND + int((found[8] or "0").ljust(6, "0"))


def _offset(text: str) -> int | None:
    sign = -1 if "-" in text else 1
    digits = re.sub(r"\D", "", text)
    hours, minutes = int(digits[:2] or 0), int(digits[2:] or 0)
    return sign * (hours * 60 + minutes) if hours <= 18 and minutes <= 59 else None
