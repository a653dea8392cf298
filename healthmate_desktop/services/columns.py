"""What the columns of a person's tables mean: asked once, kept in the vault, and used for the next file like it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.documents import DocumentKind
from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.errors import InvalidInput, NotFound
from healthmate_desktop.interop.tables import (
    MOST_KEPT,
    KnownColumns,
    Look,
    Role,
    Shape,
    TableMapping,
    shape_of,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from healthmate_desktop.domain.ids import DocumentId
    from healthmate_desktop.interop.tables.asking import Ask
    from healthmate_desktop.services.access import Access
    from healthmate_desktop.services.importing import ImportService
    from healthmate_desktop.services.ports import Originals, PageReader, Transaction

__all__ = [
    "TABLES",
    "Answer",
    "ColumnService",
    "Look",
    "Role",
    "Shape",
    "TableMapping",
    "answered",
    "kept_columns",
]

TABLES = {DocumentKind.TABLE, DocumentKind.SHEET}
_PREFERENCE = "columns"
_MOST_TEXT = 1_000_000  # letters of all that is kept
_NO_TABLE = "There is no such table in this document. Nothing was changed."
_WRONG = (
    "This can't be read as a date, a mark or a time zone, so nothing was changed. Say it again."
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person says of one table. What is None stays as it is."""

    roles: Mapping[int, Role] | None = None  # by the place of the column, from 0
    order: str | None = None
    mark: str | None = None
    date: str | None = None
    zone: str | None = None


def answered(look: Look, answer: Answer, before: TableMapping | None = None) -> TableMapping:
    """What is taken of a table, or was said `before`, with what a person says now. Raises InvalidInput."""
    before = before or look.mapping
    roles = list(before.roles)
    for at, role in (answer.roles or {}).items():
        if not 0 <= at < len(roles):
            raise InvalidInput("This table has no such column. Nothing was changed.")
        roles[at] = role
    said: dict[str, Any] = {
        name: value
        for name in ("order", "mark", "date", "zone")
        if (value := getattr(answer, name)) is not None
    }
    shape = shape_of(roles, before.headings)
    made = replace(before, roles=tuple(roles), shape=shape, confidence=1.0, questions=(), **said)
    if not made.is_possible():
        raise InvalidInput(_WRONG)
    return made


def kept_columns(tx: Transaction) -> KnownColumns:
    """What was said of earlier tables; what can't be understood any more is passed over."""
    return KnownColumns(kept=_kept(tx))


def _kept(tx: Transaction) -> list[TableMapping]:
    """The one last used first."""
    try:
        rows = json.loads(tx.preferences.get(_PREFERENCE, "[]"))
        return [TableMapping.from_json(row) for row in rows][:MOST_KEPT]
    except (ValueError, TypeError, InvalidInput):
        return []


def _keep(tx: Transaction, mappings: Sequence[TableMapping]) -> None:
    """The newest first, as many as there is room for."""
    rows: list[str] = []
    for mapping in mappings[:MOST_KEPT]:
        rows.append(json.dumps(mapping.as_json()))
        if sum(map(len, rows)) > _MOST_TEXT:
            rows.pop()
            break
    tx.preferences.set(_PREFERENCE, f"[{','.join(rows)}]")


class ColumnService:
    """Shows a table as it would be read, takes what a person says of it, and reads it by that."""

    def __init__(
        self, access: Access, originals: Originals, reader: PageReader, importing: ImportService
    ) -> None:
        self._access = access
        self._originals = originals
        self._reader = reader
        self._importing = importing

    def name_of(self, document_id: DocumentId) -> str:
        """Of the document. Raises NotFound."""
        with self._access.read(Action.VIEW) as tx:
            return tx.documents.get(document_id).name

    def look(
        self, document_id: DocumentId, said: Mapping[int, TableMapping] | None = None
    ) -> list[Look]:
        """The tables of a document by what is `said` of them, and kept. Raises NotFound or UnreadableDocument."""
        with self._access.read(Action.VIEW) as tx:
            document = tx.documents.get(document_id)
            known = replace(kept_columns(tx), said=dict(said or {}))
        self._access.note_look(document.patient_id)
        return self._reader.look(self._originals.get(document_id), document.name, known)

    def save(
        self,
        document_id: DocumentId,
        said: Mapping[int, TableMapping],
        *,
        accept_all: bool = False,
    ) -> Generator[tuple[int, int], None, Mapping[str, int]]:
        """Read a document by what is `said`, and keep that for the next one with the same headings.

        Yields (pages read, pages in all) and returns how many records of each type wait now. Raises InvalidInput
        for what leaves a question open; then nothing is changed.
        """
        self._access.session.require(Action.ADD)
        looks = {look.number: look for look in self.look(document_id, said)}
        for number in said:
            if number not in looks:
                raise NotFound(_NO_TABLE)
            if questions := looks[number].mapping.questions:
                raise InvalidInput(f"{questions[0]} Nothing was changed.")
        with self._access.read(Action.ADD) as tx:
            known = replace(kept_columns(tx), said=dict(said))
        records = yield from self._importing.read_again(document_id, known, accept_all=accept_all)
        self._remember(
            [
                _lasting(mapping, looks[number].asks)
                for number, mapping in said.items()
                if looks[number].can_be_kept
            ]
        )
        return records

    def kept(self) -> list[TableMapping]:
        """What is remembered, the newest first."""
        with self._access.read(Action.VIEW) as tx:
            return _kept(tx)

    def forget(self, key: str) -> None:
        """Ask again at the next table with these headings. Raises NotFound."""
        with self._access.write(Action.ADD) as tx:
            before = _kept(tx)
            left = [mapping for mapping in before if mapping.key != key]
            if len(left) == len(before):
                raise NotFound("Nothing is remembered of such a table.")
            _keep(tx, left)

    def _remember(self, new: Sequence[TableMapping]) -> None:
        if not new:
            return
        with self._access.write(Action.ADD) as tx:
            known = {mapping.key: mapping for mapping in (*new, *_kept(tx))}
            known |= {mapping.key: mapping for mapping in new}
            _keep(tx, list(known.values()))


def _lasting(mapping: TableMapping, asks: Sequence[Ask]) -> TableMapping:
    """Without what belongs to its file: a date, and what the file told by itself, which the next one tells too."""
    return replace(
        mapping,
        date="",
        order=mapping.order if "order" in asks else "",
        mark=mapping.mark if "mark" in asks else "",
        zone=mapping.zone if "zone" in asks else "",
    )
