"""Saving what can still be read of a damaged table."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from healthmate_desktop.index.errors import LibraryDamaged, translated
from healthmate_desktop.index.tables import one_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from healthmate_desktop.domain.ids import SourceId


def rewrite(
    database: Any, name: str, schema: Any, keep: Iterable[SourceId], spare: Path
) -> tuple[Any, set[SourceId]]:
    """Write a table anew with the sources of `keep` that can be read. Return it, and those that can't.

    The old table is replaced in one step, unless it can't even be opened. `spare` is a folder for copies.
    """
    import pyarrow as pa

    spare.mkdir(parents=True)
    try:
        damaged = _open(database, name)
        lost = {source for source in keep if not _copied(damaged, source, schema, spare)}
        if damaged is None:
            database.drop_table(name, ignore_missing=True)
        reader = pa.RecordBatchReader.from_batches(schema, _batches(spare))
        table = database.create_table(name, reader, mode="overwrite")
    finally:
        shutil.rmtree(spare, ignore_errors=True)
    return table, lost


def _open(database: Any, name: str) -> Any:
    try:
        with translated():
            return database.open_table(name)
    except LibraryDamaged:
        return None


def _copied(table: Any, source: SourceId, schema: Any, spare: Path) -> bool:
    import pyarrow as pa

    if table is None:
        return False
    path = spare / source
    try:
        with translated(), pa.ipc.new_stream(path, schema) as file:
            for batch in table.search().where(one_of("source_id", [source])).to_batches():
                file.write_batch(batch.select(schema.names).cast(schema))
    except LibraryDamaged:
        path.unlink()
        return False
    return True


def _batches(spare: Path) -> Iterator[Any]:
    import pyarrow as pa

    for path in sorted(spare.iterdir()):
        with pa.ipc.open_stream(path) as file:
            yield from file
