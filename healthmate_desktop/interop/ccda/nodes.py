"""The elements of a document as plain values: names without namespace, text in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

STATEMENTS = frozenset(
    (
        "act",
        "encounter",
        "observation",
        "observationMedia",
        "organizer",
        "procedure",
        "substanceAdministration",
        "supply",
    )
)
_FEW = 64
_LINKS = frozenset(("entry", "entryRelationship", "component"))


class Node:
    """One element. A missing one is `NOTHING`, which is false, so that paths need no checks."""

    __slots__ = ("_by_tag", "attributes", "parts", "tag")

    def __init__(self, tag: str, attributes: tuple[str, ...] = ()) -> None:
        self.tag = tag
        self.attributes = attributes  # name, value, name, value: there may be two million of these
        self.parts: Sequence[Node | str] = ()
        self._by_tag: dict[str, list[Node]] | None = None

    def __bool__(self) -> bool:
        return bool(self.tag)

    def get(self, name: str) -> str:
        """The attribute without blanks around it, or an empty string."""
        attributes = self.attributes
        for at in range(0, len(attributes), 2):
            if attributes[at] == name:
                return attributes[at + 1].strip()
        return ""

    def add(self, part: Node | str) -> None:
        """While it is built, before anything is asked of it."""
        if isinstance(self.parts, list):
            self.parts.append(part)
        else:
            self.parts = [part]

    @property
    def children(self) -> list[Node]:
        return [part for part in self.parts if isinstance(part, Node)]

    def all(self, *path: str) -> Iterator[Node]:
        """Every element at the end of this path, in order."""
        for child in self._of(path[0]):
            if len(path) == 1:
                yield child
            else:
                yield from child.all(*path[1:])

    def _of(self, tag: str) -> list[Node]:
        """Those with many children are asked by each of them, so these are sorted once. Not while it is built."""
        if len(self.parts) <= _FEW:
            return [part for part in self.parts if isinstance(part, Node) and part.tag == tag]
        if self._by_tag is None:
            self._by_tag = {}
            for child in self.children:
                self._by_tag.setdefault(child.tag, []).append(child)
        return self._by_tag.get(tag, [])

    def first(self, *path: str) -> Node:
        return next(self.all(*path), NOTHING)

    @property
    def code(self) -> str:
        return self.get("code")

    @property
    def null(self) -> str:
        """Why a value is missing (a code such as UNK); empty where it is there."""
        return self.get("nullFlavor")

    @property
    def templates(self) -> frozenset[str]:
        return frozenset(child.get("root") for child in self.all("templateId"))

    @property
    def text(self) -> str:
        """All text in it, runs of blanks made one."""
        return " ".join("".join(self.pieces()).split())

    def pieces(self) -> Iterator[str]:
        for part in self.parts:
            if isinstance(part, Node):
                yield from part.pieces()
            else:
                yield part

    def anywhere(self, *tags: str) -> Iterator[Node]:
        """Every element below of these names, from top to bottom."""
        for child in self.children:
            if child.tag in tags:
                yield child
            yield from child.anywhere(*tags)

    def statements(self) -> Iterator[tuple[str, Node]]:
        """The clinical statements directly in this one, each with the code of how it belongs to it."""
        for link in self.children:
            if link.tag in _LINKS:
                for child in link.children:
                    if child.tag in STATEMENTS:
                        yield link.get("typeCode").upper(), child


NOTHING = Node("")
