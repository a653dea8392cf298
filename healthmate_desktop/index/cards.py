"""The list of sources: a small JSON file each, whose arrival makes the source visible."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.ids import SourceId
from healthmate_desktop.domain.library import Source

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_ENDING = ".json"
_REPLACING = "replacing"


class SourceCards:
    """Readable without LanceDB, which takes a second to import. Raises OSError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, source: Source, *, replacing: Collection[SourceId] = ()) -> None:
        """Durable when it returns; whole or not at all. From then on those that it replaces are not listed."""
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = self._folder / f"{source.id}.new"
        values = asdict(source) | ({_REPLACING: sorted(replacing)} if replacing else {})
        del values["replaced"]  # read from the other
        with draft.open("w", encoding="utf-8") as file:
            json.dump(values, file, default=str, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path(source.id))

    def ids(self) -> set[SourceId]:
        return {source.id for source in self.all()}

    def all(self) -> list[Source]:
        """Oldest first. A card that can't be read is listed too, so that its source can be removed."""
        found = [self._read(SourceId(path.stem)) for path in self._folder.glob(f"*{_ENDING}")]
        replaced = {source_id for source in found for source_id in source.replaced}
        sources = [source for source in found if source.id not in replaced]
        return sorted(sources, key=lambda source: (source.added_at, source.id))

    def remove_replaced(self) -> None:
        """Delete the cards that are not listed any more."""
        listed = self.ids()
        for path in self._folder.glob(f"*{_ENDING}"):
            if path.stem not in listed:
                path.unlink(missing_ok=True)

    def remove(self, source_id: SourceId) -> None:
        self._path(source_id).unlink(missing_ok=True)

    def _path(self, source_id: SourceId) -> Path:
        return self._folder / f"{source_id}{_ENDING}"

    def _read(self, source_id: SourceId) -> Source:
        path = self._path(source_id)
        try:
            values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            published = values["published"]
            replaced = tuple(SourceId(each) for each in values.pop(_REPLACING, []))
            return Source(
                **values
                | {
                    "published": date.fromisoformat(published) if published else None,
                    "added_at": _moment(values["added_at"]),
                    "replaced": replaced,
                }
            )
        except (ValueError, KeyError, TypeError):
            return Source(
                id=source_id,
                kind="file",
                title="Damaged source",
                licence="",
                published=None,
                added_at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
                passages=0,
                articles=0,
                sha256="",
                note="Remove it and add it again.",
            )


def _moment(text: str) -> datetime:
    """A time without a zone, which no version should write, is taken as UTC: times have to be comparable."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
