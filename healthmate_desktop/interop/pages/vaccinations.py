"""Vaccinations proposed from vaccination records: tables of doses, tables with one row a dose, and plain lines.

Only what names a vaccine and a day that is past: what is due, planned or declined is none, nor is a schedule.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from healthmate_desktop.domain.measures.dates import Found, find_dates
from healthmate_desktop.domain.proposals import Proposal, Spot
from healthmate_desktop.interop.pages.observations import HARD, HARD_TO_READ
from healthmate_desktop.interop.pages.rows import boxes_of_tokens
from healthmate_desktop.interop.pages.told import PROSE, doubts_of_date
from healthmate_desktop.interop.pages.vaccination_tables import (
    NO_SHOT,
    Shot,
    Table,
    dose_in,
    head_of_shots,
)
from healthmate_desktop.interop.pages.vaccine_names import CVX, vaccine_of
from healthmate_desktop.interop.pages.words import section_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from healthmate_desktop.domain.proposals import NamedPerson, Resource
    from healthmate_desktop.interop.pages.cells import Style
    from healthmate_desktop.interop.pages.rows import Row

UNKNOWN = "HealthMate does not know a vaccine of this name. Compare it with the page."
ABOVE = "The name of the vaccine stands in a row above. Compare it with the page."
NO_DAY = "The day of this vaccination could not be read. Compare it with the page."
COLUMNS = "The columns of this row could not be told apart. Compare it with the page."
BEFORE_BIRTH = "This day is before the day of birth on the page."

_ABOUT = re.compile(
    r"\b(?:vaccin|immuni[sz]ation|impf(?:ung|ausweis|pass|buch|nachweis|bescheinigung|ungen)|vacun)",
    re.IGNORECASE,
)
_NO_RECORD = re.compile(
    r"schedule|recommend|leaflet|information (?:sheet|statement)|campaign|programme|advice|"
    r"impfkalender|calendrier|calendario|empfehlung|recomenda|recommand|merkblatt|folleto|d[eé]pliant",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"\b(?:due|upcoming|planned|next|future|overdue|needed|missing|appointments?|f[aä]llig|"
    r"geplant|n[aä]chste|ausstehend|pr[oó]xim|pendientes?|prochain|[aà] (?:faire|venir))",
    re.IGNORECASE,
)
_LONGEST_HEAD = 80
_BULLET = re.compile(r"^\s*(?:[-*•‣▪·○●◦\u2013+]|\d{1,2}[.)])\s+|[*_`|]")
_YEAR_AT_END = re.compile(r"(?<![\d/.\u2013-])(?P<year>(?:19|20)\d\d)\s*\.?\s*$")
_LABEL = re.compile(
    r"^\s*(?:vaccinations?|immuni[sz]ations?|vaccines?|impfungen|vaccins?|vacunas)\s*:\s*",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"[\s,;:.()/&\u2013-]+|\b(?:and|given|on|in|am|im|le|el|en|date|received|administered|was|und|y|et|"
    r"dose|dosis|\d(?:st|nd|rd|th)?|boosters?)\b",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?:[\s,;:.()/-]|\b(?:lot|batch|charge|lote)\b\W*(?:no\.?|nr\.?)?\W*[\w-]+|\bleft\b|\bright\b|"
    r"\barm\b|\bdeltoid\b|\bthigh\b|\bi\.?m\b|\bs\.?c\b|\bboosters?\b|\b(?:dose|dosis|#)\s*\d\b|\bgiven\b|"
    r"\b(?:at|by)\s[^\d]{2,60}$)*",
    re.IGNORECASE,
)
_EDGES = " \t,;:.-\u2013()/&"


def vaccinations_in(
    pages: Sequence[Sequence[Row]],
    style: Style,
    people: Sequence[NamedPerson] = (),
    used: Collection[tuple[int, int]] = (),
) -> Iterator[tuple[Proposal, Row]]:
    """Each vaccination with the row that it stands in."""
    births = {person.birth_date for person in people if person.birth_date}
    born = births.pop() if len(births) == 1 else ""
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    reader = _Reader(style, named=bool(people))
    for rows in pages:
        for row in rows:
            if (row.page, row.number) in used:
                continue
            for shot, doubts in reader.read(row):
                if shot.date.date <= tomorrow:
                    yield _proposal(shot, born, doubts), row


class _Reader:
    """Reads row by row, and keeps what the rows above said of those below."""

    def __init__(self, style: Style, *, named: bool) -> None:
        self._style = style
        self._named = named  # whether the pages say whom they are about
        self._about = False  # vaccinations
        self._closed = False  # below a heading of what is due, or of another part
        self._table: Table | None = None

    def read(self, row: Row) -> Iterator[tuple[Shot, list[str]]]:
        columns = head_of_shots(row, of_shots=self._about)
        if columns:
            self._table = Table(columns, self._style)
            return
        self._open(row)
        if self._closed:
            return
        if self._table is not None and self._table.ends_at(row):
            self._table = None
        if self._table is not None:
            for shot in self._table.shots(row):
                yield shot, []
            return
        for shot in self._shots_in_line(row):
            yield shot, [PROSE]

    def _open(self, row: Row) -> None:
        """What a heading says of the rows below it."""
        long = len(row.text) > _LONGEST_HEAD or len(row.cells) > 2
        if long or row.text[-1] in ".,;?!" or _has_date(row.text):
            return
        section = section_of(row.text.strip("# :"))
        if section in {"", "immunizations"} and _ABOUT.search(row.text):
            self._about = True
            of_nobody = not self._named and _NO_RECORD.search(row.text) is not None
            self._closed = of_nobody or _AHEAD.search(row.text) is not None
        elif section and (len(row.cells) == 1 or row.text.endswith(":")):
            self._about, self._table = False, None
            self._closed = section in {"plan", "family"}
        elif _AHEAD.search(row.text) and len(row.cells) == 1 and len(row.text.split()) <= 4:
            self._closed = True

    def _shots_in_line(self, row: Row) -> Iterator[Shot]:
        text = _BULLET.sub(" ", row.text)
        if NO_SHOT.search(text) or len(text) > 300:
            return
        about = self._about or _ABOUT.search(text) is not None
        label = _LABEL.match(text)
        name, at = "", label.end() if label is not None else 0
        dates = _dates_of(text, self._style) if about else list(find_dates(text, self._style.order))
        if not dates:
            return
        tail = text[dates[-1].end :]
        if len(dates) == 1 and not _words_in(text[at : dates[0].start]):  # the day comes first
            behind, comma, tail = tail.partition(",")
            name = self._name_before(behind)
            tail = comma + tail
        if _TAIL.fullmatch(tail) is None:
            return
        for date in dates:
            before = text[at : date.start]
            name, at = self._name_before(before) or ("" if _words_in(before) else name), date.end
            known = vaccine_of(name) if name else None
            on_a_day = len(date.date) == 10
            if known is None or not (self._about or (on_a_day and (about or known.only))):
                continue
            yield Shot(row, name, date, row.tokens, dose=dose_in(before.rstrip(_EDGES)))

    def _name_before(self, text: str) -> str:
        """The name of a vaccine that a stretch of text is, and nothing else but small words."""
        name = re.sub(
            r"\s+(?:given|received|administered|on|in|am|le|el|date)\W*$", "", text.strip(_EDGES)
        ).strip(_EDGES.replace("(", "").replace(")", ""))
        name = re.sub(r"^(?:and|und|y|et)\s+", "", re.sub(r"^[^\w]+", "", name))
        return name if vaccine_of(name) is not None else ""


def _words_in(text: str) -> bool:
    return bool(_BETWEEN.sub("", text))


def _has_date(text: str) -> bool:
    return any(True for _ in find_dates(text))


def _dates_of(text: str, style: Style) -> list[Found]:
    """With a year alone at the end of a line."""
    dates = list(find_dates(text, style.order))
    year = _YEAR_AT_END.search(text) if not dates else None
    return [Found(year.start(), year.end(), year["year"])] if year is not None else dates


def _proposal(shot: Shot, born: str, doubts: list[str]) -> Proposal:
    known = vaccine_of(shot.name)
    code: Resource = {"text": shot.name}
    if known is not None and known.code:
        code = {"coding": [{"system": CVX, "code": known.code}]} | code
    resource: Resource = {
        "resourceType": "Immunization",
        "status": "completed",
        "vaccineCode": code,
    }
    date = " ".join(token.text for token in shot.tokens)
    if shot.date.date:
        resource["occurrenceDateTime"] = shot.date.date
    else:
        resource["occurrenceString"] = date
    if shot.lot:
        resource["lotNumber"] = shot.lot
    if shot.site:
        resource["site"] = {"text": shot.site}
    if shot.dose:
        resource["protocolApplied"] = [{"doseNumberPositiveInt": shot.dose}]
    spot = Spot(f"row {shot.row.number}", shot.row.page, boxes_of_tokens(shot.tokens))
    text = f"{shot.name} {date}" if shot.tokens != shot.row.tokens else date
    doubts = [*doubts, *_doubts_of(shot, born, known=known is not None)]
    return Proposal(resource, spot, text, tuple(dict.fromkeys(doubts)))


def _doubts_of(shot: Shot, born: str, *, known: bool) -> Iterator[str]:
    if any(token.confidence < HARD_TO_READ for token in (*shot.named_by, *shot.tokens)):
        yield HARD
    if not shot.date.date:
        yield NO_DAY
    if not known:
        yield UNKNOWN
    if shot.named_above:
        yield ABOVE
    if shot.columns_unsure:
        yield COLUMNS
    yield from doubts_of_date(shot.date)
    if born and shot.date.date < born[: len(shot.date.date)]:
        yield BEFORE_BIRTH
