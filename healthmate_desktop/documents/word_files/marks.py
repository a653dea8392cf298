"""What styles and lists of a Word file put before a paragraph."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from healthmate_desktop.documents.encodings import XmlStep

_OFF = ("0", "false", "off", "none")


def is_on(attributes: Mapping[str, str]) -> bool:
    return attributes.get("val", "1") not in _OFF


def level_of(attributes: Mapping[str, str]) -> int:
    """From 0; 9 and all that is no number means none."""
    said = attributes.get("val", "")
    return min(9, int(said)) if said.isdecimal() and len(said) < 5 else 9


class Styles:
    """For each paragraph style: the level of its heading (from 0; 9 = none) and its list."""

    def __init__(self) -> None:
        self.levels: dict[str, int] = {}
        self.lists: dict[str, str] = {}
        self.titles: set[str] = set()
        self._here = ""

    def step(self, step: XmlStep) -> None:
        kind, name, attributes = step
        if kind != "start":
            return
        if name == "style":
            self._here = attributes.get("styleId", "")
        elif name == "basedOn":
            base = attributes.get("val", "")
            self.levels.setdefault(self._here, self.levels.get(base, 9))
            if base in self.lists:
                self.lists.setdefault(self._here, self.lists[base])
        elif name == "outlineLvl":
            self.levels[self._here] = level_of(attributes)
        elif name == "numId":
            self.lists[self._here] = attributes.get("val", "")
        elif name == "name" and attributes.get("val", "").lower() == "title":
            self.titles.add(self._here)
            self.levels[self._here] = 0


class Lists:
    """The marks of lists: "- " for signs, and running numbers for all that counts."""

    def __init__(self) -> None:
        self._signs: set[tuple[str, str]] = set()  # abstract list and level
        self._starts: dict[tuple[str, str], int] = {}
        self._abstract: dict[str, str] = {}  # of a list
        self._here = self._level = self._list = ""
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)  # of an abstract list

    def step(self, step: XmlStep) -> None:
        kind, name, attributes = step
        if kind != "start":
            return
        value = attributes.get("val", "")
        if name == "abstractNum":
            self._here = attributes.get("abstractNumId", "")
        elif name == "lvl":
            self._level = attributes.get("ilvl", "0")[:1]
        elif name == "numFmt" and value in ("bullet", "none"):
            self._signs.add((self._here, self._level))
        elif name == "start" and value.isdecimal() and len(value) < 7:
            self._starts[self._here, self._level] = int(value)
        elif name == "num":
            self._list = attributes.get("numId", "")
        elif name == "abstractNumId":
            self._abstract[self._list] = value

    def mark(self, number: str, level: str) -> str:
        """What stands before the next paragraph of the list. Number "0" takes a paragraph out of its style's list."""
        if not number or number == "0":
            return ""
        key = (self._abstract.get(number, number), level)
        if key in self._signs or number not in self._abstract:
            return "- "
        counts = self._counts[key[0]]
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        counts[level] += 1
        return f"{self._starts.get(key, 1) + counts[level] - 1}. "
