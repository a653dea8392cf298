"""What the columns of a table hold, told by their heads, and which cell of a row stands in which column."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from healthmate_desktop.domain.measures.wordlists import spread
from healthmate_desktop.interop.pages.cells import Reading, read_cell
from healthmate_desktop.interop.pages.rows import Cell
from healthmate_desktop.interop.pages.words import plain, role_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.domain.measures.analytes import Vocabulary
    from healthmate_desktop.domain.measures.dates import Found
    from healthmate_desktop.domain.measures.ranges import Range
    from healthmate_desktop.interop.pages.cells import Style
    from healthmate_desktop.interop.pages.rows import Row, Token
    from healthmate_desktop.interop.pages.words import Role, Section

_FOREIGN: dict[str, Section] = spread(
    {
        "medications": (
            "medication|medications|drug|medicine|medicamento|medicament|medikament|wirkstoff|"
            "farmaco"
        ),
        "immunizations": "vaccine|vacuna|vaccin|impfstoff|immunization",
        "allergies": "substance|allergen|allergy|alergia|alergeno|allergene",
        "problems": "problem|diagnosis|diagnostico|diagnostic|diagnose|condition",
        "procedures": "procedure|procedimiento|prozedur",
    }
)
_APART = 400.0  # points between a cell and a column that can't belong together
_SHARED = 150.0  # what it costs to put two cells into one column


@dataclass(frozen=True, slots=True)
class Column:
    """`date` is that of all its values. If the column is a test, `test` is its head, with unit and ranges below it."""

    role: Role
    x0: float
    x1: float
    text: str = ""
    date: Found | None = None
    test: Cell | None = None
    unit: str = ""
    ranges: tuple[Range, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """The columns of a table, from left to right."""

    columns: tuple[Column, ...]

    @property
    def roles(self) -> set[Role]:
        return {column.role for column in self.columns}

    @property
    def of_dates(self) -> bool:
        """Whether values of several days stand side by side."""
        return any(column.date is not None and column.role == "value" for column in self.columns)

    @property
    def of_tests(self) -> bool:
        """Whether each column is a test, and each row a day."""
        return any(column.test is not None for column in self.columns)

    def place(self, cells: Sequence[Cell]) -> list[Column | None]:
        """The column of each cell. Order is kept: a cell never stands left of the one before it."""
        if self.of_dates:  # a value that slips into the next column has the wrong day
            edge = self.columns[-1].x1
            under = [cell for cell in cells if cell.x0 <= edge]
            return [*_aligned(under, self.columns), *[None] * (len(cells) - len(under))]
        if len(cells) == len(self.columns):
            return list(self.columns)
        return _aligned(cells, self.columns)

    def widened(self, cells: Sequence[Cell]) -> Head:
        """With columns as wide as the cells of a full row: a head may be centred, and what is below it not."""
        if self.place(cells) != list(self.columns):
            return self
        return Head(
            tuple(
                replace(column, x0=min(column.x0, cell.x0), x1=max(column.x1, cell.x1))
                for column, cell in zip(self.columns, cells, strict=True)
            )
        )

    def with_units(self, cells: Sequence[Cell], style: Style) -> Head | None:
        """With the units or ranges of a row below the tests; None if the row holds anything else."""
        columns = list(self.columns)
        found = 0
        for cell, column in zip(cells, _aligned(cells, self.columns), strict=True):
            reading = read_cell(cell.text, style)
            if (
                style.guess
                and reading.kind == "text"
                and len(cell.text) <= 8
                and " " not in cell.text
            ):
                reading = Reading("unit", cell.text, unit=cell.text)  # one that was misread
            if column is None or (column.test is None and reading.kind in {"text", "blank"}):
                continue
            place = self.columns.index(column)
            if column.test is not None and reading.kind == "unit":
                columns[place] = replace(columns[place], unit=reading.unit)
            elif column.test is not None and reading.kind == "range":
                columns[place] = replace(columns[place], ranges=reading.ranges)
            elif reading.kind not in {"blank", "flag"}:
                return None
            found += reading.kind in {"unit", "range"}
        return Head(tuple(columns)) if found else None

    def repeats(self) -> list[float]:
        """Where tables that stand side by side begin: the second and later columns of names."""
        names = [column.x0 for column in self.columns if column.role == "name"]
        values = [column.x0 for column in self.columns if column.role in {"value", "normal"}]
        if len(names) < 2 or not values or max(values) < names[-1]:
            return []
        return [start - 2.0 for start in names[1:]]

    def between(self, start: float, end: float) -> Head:
        return Head(tuple(column for column in self.columns if start <= column.x0 < end))


def head_of(row: Row, style: Style) -> Head | None:
    """The row as heads of columns; None where it is none."""
    columns: list[Column] = []
    for cell in (part for whole in row.cells for part in _heads(whole)):
        reading = read_cell(cell.text, style)
        role = role_of(cell.text)
        if reading.kind in {"value", "pair", "range", "words"} and not role:
            return None
        if (
            reading.kind == "date"
            and reading.date is not None
            and ":" not in cell.text.split(" ")[0]
        ):
            columns.append(Column("value", cell.x0, cell.x1, cell.text, reading.date))
        else:
            columns.append(Column(role, cell.x0, cell.x1, cell.text))
    told = [column for column in columns if column.role]
    dated = [column for column in columns if column.date is not None]
    names = [
        column
        for column in told
        if column.role in {"name", "value", "normal"} and column.date is None
    ]
    over_days = bool(dated) and columns[0].role in {"date", "name"} and columns[0].date is None
    if len(dated) > 1 and not names:
        over_days = True
        if columns[0].role not in {"date", ""} or columns[0].date is not None:
            columns.insert(0, Column("name", 0.0, columns[0].x0 - 1.0))  # its head is left empty
    if len(told) < 2 or 2 * len(told) < len(columns) or not (names or over_days):
        return None
    return _settled(columns, bool(dated))


def tests_of(row: Row, vocabulary: Vocabulary, style: Style) -> Head | None:
    """The row as names of tests over their values; None where it is none."""
    columns: list[Column] = []
    for cell in (part for whole in row.cells for part in _names(whole, vocabulary)):
        reading = read_cell(cell.text, style)
        if reading.kind in {"value", "pair", "words", "range"}:
            return None
        known = vocabulary.hint(cell.text, guess=False) is not None
        role = role_of(cell.text)
        columns.append(
            Column("value", cell.x0, cell.x1, cell.text, test=cell)
            if known
            else Column(role, cell.x0, cell.x1, cell.text)
        )
    known_count = sum(column.test is not None for column in columns)
    others = [column for column in columns if column.test is None]
    if known_count < 2 or len(others) > max(2, known_count // 2):
        return None
    return Head(tuple(columns))


def joined(upper: Head, row: Row, style: Style) -> Head | None:
    """Heads whose words go on in the next row. None if that row is no second line of heads."""
    lower = [(cell, role_of(cell.text)) for cell in row.cells]
    if not any(role for _, role in lower) or not all(role or _short(cell) for cell, role in lower):
        return None
    if any(
        read_cell(cell.text, style).kind in {"value", "pair", "range", "date"} for cell, _ in lower
    ):
        return None
    columns = list(upper.columns)
    for cell, role in lower:
        over = [
            place
            for place, column in enumerate(columns)
            if min(column.x1, cell.x1) > max(column.x0, cell.x0)
        ]
        if not over:
            columns.append(Column(role, cell.x0, cell.x1, cell.text))
            continue
        column = columns[over[0]]
        text = f"{column.text} {cell.text}"
        columns[over[0]] = Column(
            role_of(text) or column.role or role,
            *(min(column.x0, cell.x0), max(column.x1, cell.x1), text, column.date),
        )
    return _settled(
        sorted(columns, key=lambda column: column.x0), any(column.date for column in columns)
    )


def _heads(cell: Cell) -> list[Cell]:
    """A head cut before and after the word for unit, which is a column of its own: "Result Units"."""
    parts: list[list[Token]] = [[]]
    for token in cell.tokens:
        is_unit = role_of(token.text) == "unit"
        if parts[-1] and is_unit != (role_of(parts[-1][-1].text) == "unit"):
            parts.append([])
        parts[-1].append(token)
    roles = [role_of(" ".join(token.text for token in part)) for part in parts]
    return [Cell(tuple(part)) for part in parts] if len(parts) > 1 and all(roles) else [cell]


def _names(cell: Cell, vocabulary: Vocabulary) -> list[Cell]:
    """A cell cut into the names of tests that stand close together in it, if it holds nothing else."""
    tokens = cell.tokens
    best: list[list[Cell] | None] = [[]] + [None] * len(tokens)
    for end in range(1, len(tokens) + 1):
        for start in range(max(0, end - 6), end):
            before, part = best[start], Cell(tokens[start:end])
            if before is None or vocabulary.hint(part.text) is None:
                continue
            shorter = best[end]
            if shorter is None or len(before) + 1 < len(shorter):
                best[end] = [*before, part]
    return best[-1] or [cell]


def _short(cell: Cell) -> bool:
    return len(cell.text) <= 20 and not any(letter.isdigit() for letter in cell.text)


def _settled(columns: list[Column], dated: bool) -> Head | None:
    """Roles that follow from the others: over columns of days, the word "date" only labels the names."""
    roles = [column.role for column in columns]
    if dated and "name" not in roles and roles[0] in {"date", ""}:
        first = columns[0]
        columns = [Column("name", first.x0, first.x1, first.text), *columns[1:]]
        roles = [column.role for column in columns]
    if not {"name", "value", "normal"} & set(roles):
        return None
    return Head(tuple(columns))


def _aligned(cells: Sequence[Cell], columns: Sequence[Column]) -> list[Column | None]:
    """Order-keeping assignment with the least distance, by dynamic programming."""
    if not cells or not columns:
        return [None for _ in cells]
    costs = [[_distance(cell, column) for column in columns] for cell in cells]
    best = [list(costs[0])]
    came: list[list[int]] = [[-1] * len(columns)]
    for row in costs[1:]:
        previous = best[-1]
        line, origins = [], []
        for place, cost in enumerate(row):
            options = [
                (previous[before] + (_SHARED if before == place else 0.0), before)
                for before in range(place + 1)
            ]
            least, origin = min(options)
            line.append(least + cost)
            origins.append(origin)
        best.append(line)
        came.append(origins)
    place = min(range(len(columns)), key=lambda each: best[-1][each])
    chosen: list[Column | None] = []
    for number in range(len(cells) - 1, -1, -1):
        chosen.append(columns[place] if costs[number][place] < _APART else None)
        place = came[number][place]
    return chosen[::-1]


def _distance(cell: Cell, column: Column) -> float:
    gap = max(0.0, max(cell.x0, column.x0) - min(cell.x1, column.x1))
    centres = abs(cell.middle - (column.x0 + column.x1) / 2)
    edges = min(abs(cell.x0 - column.x0), abs(cell.x1 - column.x1), centres)
    return 2 * gap + 0.5 * edges


def foreign_head(row: Row) -> Section:
    """Heads of a table of medicines, vaccines and the like."""
    if len(row.cells) < 2 or any(letter.isdigit() for letter in row.text):
        return ""
    words = [plain(cell.text).split() for cell in row.cells]
    kinds = [_FOREIGN[each[0]] for each in words if each and len(each) <= 2 and each[0] in _FOREIGN]
    heads = sum(bool(role_of(cell.text)) for cell in row.cells) + len(kinds)
    return kinds[0] if kinds and 2 * heads >= len(row.cells) else ""
