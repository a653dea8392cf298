"""Adds to the library, and looks what is found in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builders import finished

if TYPE_CHECKING:
    from pathlib import Path

    from healthmate_desktop.domain.library import Source
    from healthmate_desktop.domain.passages import Hit
    from healthmate_desktop.services.library import SourceOutcome
    from services.conftest import Room


def add(room: Room, *paths: Path) -> list[SourceOutcome]:
    return finished(room.library.add(paths))


def add_one(room: Room, path: Path) -> Source:
    (outcome,) = add(room, path)
    assert outcome.source is not None, outcome
    return outcome.source


def found(room: Room, query: str) -> list[Hit]:
    return room.search.search(query, None, scope="library")
