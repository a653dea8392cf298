"""Tables in memory, looked at as the reader child looks at them, and what was said of them."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import TYPE_CHECKING

from healthmate_desktop.documents.grids import load_vocabulary
from healthmate_desktop.errors import InvalidInput, NotFound
from healthmate_desktop.interop.tables import KnownColumns, Look, TableMapping, look_at
from healthmate_desktop.services.columns import ColumnService

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from healthmate_desktop.domain.ids import DocumentId


class FakeColumns(ColumnService):
    """`texts` are the tables of each document by name. `failure` is that of the next call."""

    def __init__(self) -> None:
        self.texts: dict[str, dict[str, str]] = {}
        self.names: dict[str, str] = {}
        self.remembered: list[TableMapping] = []
        self.saved: dict[str, dict[int, TableMapping]] = {}
        self.looks = 0
        self.failure: Exception | None = None

    def put(self, document_id: str, **tables: str) -> None:
        self.texts[document_id] = tables

    def name_of(self, document_id: DocumentId) -> str:
        return self.names.get(document_id, f"{document_id}.csv")

    def look(
        self, document_id: DocumentId, said: Mapping[int, TableMapping] | None = None
    ) -> list[Look]:
        self._fail()
        self.looks += 1
        known = KnownColumns(dict(said or {}), self.remembered)
        return [
            look_at(number, name.strip("_"), _rows(text), known, load_vocabulary())
            for number, (name, text) in enumerate(self.texts[document_id].items(), 1)
        ]

    def save(
        self,
        document_id: DocumentId,
        said: Mapping[int, TableMapping],
        *,
        accept_all: bool = False,  # noqa: ARG002 - the window never does
    ) -> Generator[tuple[int, int], None, Mapping[str, int]]:
        self._fail()
        for look in self.look(document_id, said):
            if look.number in said and look.mapping.questions:
                raise InvalidInput(look.mapping.questions[0])
        yield 1, 1
        self.saved[document_id] = dict(said)
        self.remembered = [replace(each, date="") for each in said.values()]
        return {"Observation": 1}

    def kept(self) -> list[TableMapping]:
        return list(self.remembered)

    def forget(self, key: str) -> None:
        self._fail()
        left = [mapping for mapping in self.remembered if mapping.key != key]
        if len(left) == len(self.remembered):
            raise NotFound("Nothing is remembered of such a table.")
        self.remembered = left

    def _fail(self) -> None:
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure


def _rows(text: str) -> list[tuple[int, tuple[str, ...]]]:
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    return list(enumerate(map(tuple, csv.reader(text.splitlines(), delimiter=delimiter)), 1))
