"""What a search of the library may find."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from healthmate_desktop.domain.ids import SourceId


@dataclass(frozen=True, slots=True)
class Filters:
    """Which passages of the library a search may find; all of them unless told otherwise."""

    without: frozenset[SourceId] = frozenset()  # sources that are switched off
    only: frozenset[SourceId] = frozenset()  # these sources and no others; empty = all
    languages: tuple[str, ...] = ()  # en, es; a passage whose language is not known always passes


@dataclass(frozen=True, slots=True)
class Understood:
    """How a question was read when the library was searched."""

    language: str  # en, es, fr; "" = none stands out
    looked_up: str  # what full text looked for
    # what health texts call the same, each with its weight beside 1 for the words of `looked_up`
    added: Mapping[str, float] = field(default_factory=dict)


EVERYTHING = Filters()
