"""What the columns of a table of vaccinations hold, and the vaccine and date of each cell."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from healthmate_desktop.domain.measures.dates import Found, find_dates, parse_date
from healthmate_desktop.domain.measures.wordlists import words
from healthmate_desktop.interop.pages.words import plain, section_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from healthmate_desktop.interop.pages.cells import Style
    from healthmate_desktop.interop.pages.rows import Cell, Row, Token

Kind = Literal["name", "date", "lot", "site", "dose", "other"]

NO_SHOT = re.compile(
    r"not (?:yet )?(?:given|done|administered|vaccinated)|declin|refus|omitted|contra-?indicat|"
    r"deferred|postponed|missed|cancel|\bdue\b|planned|scheduled|booked|\bbook\b|\bnext\b|"
    r"recommended|appointment|exempt|immunity|tit(?:er|re)s?\b|antibod|serolog|\btests?\b|"
    r"mantoux|tuberculin|\bppd\b|igra\b|disease|illness|history of|invitation|reminder|expir|"
    r"rechazad|no aplicad|no administrad|pendiente|pr[oó]xim|cita\b|non (?:fait|administr)|"
    r"à faire|prochain|pr[eé]vu|rendez-vous|nicht (?:gegeben|verabreicht|geimpft)|abgelehnt|"
    r"verweigert|f[aä]llig|geplant|n[aä]chste|empfohlen|erkrank|termin\b|erinnerung",
    re.IGNORECASE,
)
_NO_HEAD = re.compile(
    r"\b(?:quantity|qty|stock|temperature|fridge|price|cost|licen[sc]ed|approved|recommended|"
    r"age groups?|interval|minimum|edition|doses left|empfohlen|recomendad[oa]|recommande)\b"
)
_OTHER_HEAD = re.compile(
    r"\b(?:next|due|expir\w*|exp|vis|by|provider|administrator|nurse|doctor|route|via|voie|"
    r"status|age|edad|alter|manufacturer|brand|maker|hersteller|fabricante|fabricant|comments?|"
    r"notes?|reaction|signature|clinic|birth|code|cvx|disease|against|printed|nachste|proxim\w*|"
    r"prochain\w*|ablauf|caduc\w*|unterschrift|firma|arzt|vencim\w*)\b"
)
_LOT_HEAD = re.compile(r"\b(?:lot|batch|charge|chargen|chargennr|lote|ch b)\b")
_SITE_HEAD = re.compile(
    r"\b(?:site|limb|arm|body part|korperstelle|stelle|sitio|lieu d injection)\b"
)
_DATE_HEAD = re.compile(
    r"(?:dates?|datum|fechas?|given|administered|impfdatum|verabreicht|geimpft|administrado)"
    r"(?: (?:s|of|de|la|le|du|der|des|am|on|given|administered|administracion|administration|"
    r"received|vaccination|vaccinated|vaccine|dose|immuni[sz]ation|shot|impfung|vacuna|vacunacion|"
    r"vaccin|aplicacion|and|time|dd|mm|yy|yyyy|m|d|y|mo|day|yr|tt|jj|jjjj|aaaa))*|"
    r"(?:vaccination|administration|dose|immuni[sz]ation|injection|shot|service) dates?"
)
_NAME_HEAD = re.compile(
    r"\b(?:vaccines?|vaccinations?|immuni[sz]ations?|impfstoffe?|impfung(?:en)?|schutzimpfung(?:en)?|"
    r"vaccins?|vacunas?)\b"
)
_ORDINALS = {
    word: number
    for number, each in enumerate(
        (
            "first|primera|premiere|erste",
            "second|segunda|deuxieme|zweite",
            "third|tercera|troisieme|dritte",
            "fourth|cuarta|quatrieme|vierte",
            "fifth|quinta|cinquieme|funfte",
        ),
        start=1,
    )
    for word in each.split("|")
}
_AROUND = r"(?:dose|doses|dosis|date|datum|fecha|shot|impfung|injection|vaccine|given|no|nr)"
_DOSE_HEAD = re.compile(
    rf"(?:{_AROUND} )*(?P<number>[1-9])(?:st|nd|rd|th|re|er|ere|e|eme|a|o)?(?: {_AROUND})*"
)
_BOOSTER_HEAD = re.compile(
    r"(?:boosters?|auffrischung(?:en)?|rappels?|refuerzos?)(?: (?:dose|date|dosis|\d))*"
)
_LIKE_A_DAY = re.compile(r"\d\S?[\W_]*[^\W_]{1,10}[\W_]+\d\S{1,3}")
_DOSE_COLUMN = words("dose|dosis|dose no|dose number|dose nr|series number|series|dose in series")
_NO_NAME = re.compile(
    r"^(?:date|name|born|d\.?o\.?b|birth|patient|doctor|dr\b|nurse|sign|next|page|printed|issued|"
    r"record|notes?\b|total|made|checked|reviewed|last|unterschrift|datum|fecha|firma|weight|"
    r"no\b|none|nil\b|unknown|not\b|keine|aucun|sin\b|ning[uú]n|height|visit|tel|phone|"
    r"comment|allerg|up to date)|[:?!]\s*\S",
    re.IGNORECASE,
)
_DOSE_IN_NAME = re.compile(
    r"(?:\bdosis|\bdose|#|\bnr\.?|\()\s*(?:no\.?\s*)?(?P<after>[1-9])\)?\s*$|"
    r"\b(?P<before>[1-9])(?:st|nd|rd|th|\.|re|ª|[èe]me)?\s*(?:dose|dosis)\b",
    re.IGNORECASE,
)
_LONGEST_NAME, _MOST_WORDS = 70, 9
_LONGEST_HEAD = 40


@dataclass(frozen=True, slots=True)
class Column:
    kind: Kind
    x0: float
    x1: float
    dose: int = 0


@dataclass(frozen=True, slots=True)
class Shot:
    """One vaccine on one day, as printed."""

    row: Row
    name: str
    date: Found  # its date is "" where it could not be read
    tokens: tuple[Token, ...]  # of the date's cell
    named_by: tuple[Token, ...] = ()
    dose: int = 0
    lot: str = ""
    site: str = ""
    named_above: bool = False
    columns_unsure: bool = False


def head_of_shots(row: Row, *, of_shots: bool) -> tuple[Column, ...]:
    """The columns, if the row heads a table of vaccines; none is of dates where it is no record of what was given.

    `of_shots`: the page says that it is about vaccinations.
    """
    if len(row.cells) < 2 or any(len(cell.text) > _LONGEST_HEAD for cell in row.cells):
        return ()
    kinds = [_kind_of(cell.text) for cell in row.cells]
    columns = tuple(
        Column(kind, cell.x0, cell.x1, dose)
        for cell, (kind, dose) in zip(row.cells, kinds, strict=True)
    )
    doses = [column.dose for column in columns if column.dose]
    if doses != list(range(1, len(doses) + 1)):  # ages, perhaps
        columns = tuple(replace(column, dose=0) for column in columns)
    if not any(column.kind == "name" for column in columns):
        first = columns[0]
        unnamed = of_shots and len(doses) > 1 and first.kind == "date" and first.x0 > 0
        return (Column("name", 0.0, max(0.0, first.x0 - 30)), *columns) if unnamed else ()
    said = plain(row.text)
    if _NO_HEAD.search(said):
        return tuple(replace(column, kind="other") for column in columns)
    dated = any(column.kind == "date" for column in columns)
    return columns if dated or _OTHER_HEAD.search(said) else ()


def _kind_of(head: str) -> tuple[Kind, int]:
    said = " ".join(str(_ORDINALS.get(word, word)) for word in plain(head).split())
    dose = _DOSE_HEAD.fullmatch(said)
    if dose is not None:
        return "date", int(dose["number"])
    kinds: tuple[tuple[re.Pattern[str], Kind], ...] = (
        (_OTHER_HEAD, "other"),
        (_LOT_HEAD, "lot"),
        (_SITE_HEAD, "site"),
    )
    for pattern, kind in kinds:
        if pattern.search(said):
            return kind, 0
    if _DATE_HEAD.fullmatch(said) or _BOOSTER_HEAD.fullmatch(said):
        return "date", 0
    if said in _DOSE_COLUMN:
        return "dose", 0
    return ("name" if _NAME_HEAD.search(said) else "other"), 0


class Table:
    """A table of vaccinations whose head was read."""

    def __init__(self, columns: tuple[Column, ...], style: Style) -> None:
        self.columns = columns
        self._style = style
        self._of_doses = any(column.dose for column in columns)
        self._above = ""  # the name in the rows above

    def ends_at(self, row: Row) -> bool:
        """Whether a row stands below the table."""
        if not re.search(r"\w", row.text):
            return False
        if len(row.cells) == 1 and (section_of(row.text) or len(row.text) > _LONGEST_NAME):
            return True
        first = row.cells[0]
        dates = [column.x0 for column in self.columns if column.kind == "date"]
        names = [column.x0 for column in self.columns if column.kind == "name"]
        if not dates or not names:
            return len(row.cells) == 1
        crosses = min(names) < min(dates) and first.x0 < min(dates) <= first.x1
        placed = first.tokens[0].box is not None
        return placed and crosses and self._column(first).kind == "name"

    def shots(self, row: Row) -> Iterator[Shot]:
        placed = self._placed(row)
        names = [cell for cell, column in placed if column.kind == "name"]
        name = self._name_of(names, row)
        if not is_name(name):
            return
        if NO_SHOT.search(name if self._of_doses else f"{name} {row.text}"):
            return
        unsure = self._is_unsure(row)
        for cell, column in placed:
            if column.kind != "date" or NO_SHOT.search(cell.text):
                continue
            for date in dates_in(cell.text, self._style) or self._unread(cell):
                yield Shot(
                    *(row, name, date, cell.tokens),
                    tuple(token for each in names for token in each.tokens),
                    0 if unsure else column.dose or self._dose(placed, name),
                    *(_of_kind(placed, "lot"), _of_kind(placed, "site")),
                    named_above=not names,
                    columns_unsure=unsure,
                )

    def _unread(self, cell: Cell) -> list[Found]:
        """A day that a scan has where a dose should be, and that can't be read."""
        hard = self._of_doses and cell.confidence < 1 and _LIKE_A_DAY.fullmatch(cell.text)
        return [Found(0, len(cell.text), "")] if hard else []

    def _name_of(self, names: Sequence[Cell], row: Row) -> str:
        """Of a row with a date alone that of the row above, where each row is a dose."""
        if names:
            self._above = " ".join(cell.text for cell in names)
            return self._above
        goes_on = not self._of_doses and (len(row.cells) > 1 or len(self.columns) == 2)
        return self._above if goes_on else ""

    def _placed(self, row: Row) -> list[tuple[Cell, Column]]:
        if len(row.cells) == len(self.columns):
            return list(zip(row.cells, self.columns, strict=True))
        return [(cell, self._column(cell)) for cell in row.cells]

    def _column(self, cell: Cell) -> Column:
        return min(self.columns, key=lambda column: _apart(cell, column))

    def _is_unsure(self, row: Row) -> bool:
        """In text without places a cell that is left out moves the ones behind it."""
        return row.tokens[0].box is None and len(row.cells) != len(self.columns)

    def _dose(self, placed: Sequence[tuple[Cell, Column]], name: str) -> int:
        said = re.fullmatch(
            r"#?\s*([1-9])(?:\s*(?:/|of|von|de)\s*\d|st|nd|rd|th|\.|ª|re)?",
            _of_kind(placed, "dose"),
        )
        return int(said[1]) if said is not None else dose_in(name)


def dose_in(name: str) -> int:
    """Which dose a name says it is, as in "MMR dose 2"; 0 where it says nothing."""
    found = _DOSE_IN_NAME.search(name)
    return int(found["after"] or found["before"]) if found is not None else 0


def dates_in(text: str, style: Style) -> list[Found]:
    whole = parse_date(text, style.order)
    return [whole] if whole is not None else list(find_dates(text, style.order))


def is_name(text: str) -> bool:
    """Whether it can be what a vaccine is called."""
    letters = sum(letter.isalpha() for letter in text)
    short = len(text) <= _LONGEST_NAME and len(text.split()) <= _MOST_WORDS
    dated = any(True for _ in find_dates(text))
    return letters >= 2 and short and not dated and _NO_NAME.search(text) is None


def _of_kind(placed: Sequence[tuple[Cell, Column]], kind: Kind) -> str:
    text = " ".join(cell.text for cell, column in placed if column.kind == kind)
    return text if re.search(r"\w", text) else ""


def _apart(cell: Cell, column: Column) -> float:
    gap = max(0.0, max(cell.x0, column.x0) - min(cell.x1, column.x1))
    middle = abs(cell.middle - (column.x0 + column.x1) / 2)
    return 2 * gap + min(abs(cell.x0 - column.x0), middle)
