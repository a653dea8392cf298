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
    from pathlib import Path

_ENDING = ".json"


class SourceCards:
    """Readable without LanceDB, which takes a second to import. Raises OSError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, source: Source) -> None:
        """Durable when it returns; whole or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = self._folder / f"{source.id}.new"
        with draft.open("w", encoding="utf-8") as file:
            json.dump(asdict(source), file, default=str, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path(source.id))

    def ids(self) -> set[SourceId]:
        return {SourceId(path.stem) for path in self._folder.glob(f"*{_ENDING}")}

    def all(self) -> list[Source]:
        """Oldest first. A card that can't be read is listed too, so that its source can be removed."""
        sources = [self._read(source_id) for source_id in self.ids()]
        return sorted(sources, key=lambda source: (source.added_at, source.id))

    def remove(self, source_id: SourceId) -> None:
        self._path(source_id).unlink(missing_ok=True)

    def _path(self, source_id: SourceId) -> Path:
        return self._folder / f"{source_id}{_ENDING}"

    def _read(self, source_id: SourceId) -> Source:
        path = self._path(source_id)
        try:
            values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            published = values["published"]
            return Source(
                **values
                | {
                    "published": date.fromisoformat(published) if published else None,
                    "added_at": _moment(values["added_at"]),
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
