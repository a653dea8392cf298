"""What a reader of the library is shown besides the texts: what each source is good for, its titles, its headings."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from healthmate_desktop.domain.library import Heading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from healthmate_desktop.domain.ids import SourceId
    from healthmate_desktop.domain.library import Source

PAGE = 100  # titles that are read at once


@dataclass(frozen=True, slots=True)
class Described:
    """A source with the kinds and languages of its articles, those of most articles first; "" is not known."""

    source: Source
    kinds: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    bytes: int = 0  # about, on the disk; 0 = not known


@dataclass(frozen=True, slots=True)
class Title:
    """Of an article."""

    article_id: str
    words: str


@dataclass(frozen=True, slots=True)
class Titles:
    """Some of the `total` titles that were asked for, from the one at `start`."""

    total: int
    start: int
    titles: tuple[Title, ...]


def described(
    sources: Sequence[Source],
    counts: Iterable[tuple[SourceId, str, str, int]],
    sizes: Mapping[SourceId, int],
) -> list[Described]:
    kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
    languages: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for source_id, kind, language, count in counts:
        kinds[source_id][kind] += count
        languages[source_id][language] += count
    return [
        Described(s, _most_first(kinds[s.id]), _most_first(languages[s.id]), sizes.get(s.id, 0))
        for s in sources
    ]


def sizes_of(
    sources: Sequence[Source], originals: Mapping[str, int], index: int
) -> dict[SourceId, int]:
    """The files that were kept of each, by name, and its part of the index, which nobody can tell but by passages."""
    kept: Counter[str] = Counter()
    for name, size in originals.items():
        kept[name.rpartition(".")[0] or name] += size
    passages = max(1, sum(source.passages for source in sources))
    return {s.id: kept[s.id] + round(index * s.passages / passages) for s in sources}


def outline_of(passages: Iterable[tuple[int, int, str]]) -> list[Heading]:
    """The headings over passages (page, start, path of headings), each where its first passage begins."""
    outline: list[Heading] = []
    above: list[str] = []
    for page, start, path in passages:
        names = path.split(" > ") if path else []
        same = next(
            (n for n, (a, b) in enumerate(zip(above, names, strict=False)) if a != b),
            min(len(above), len(names)),
        )
        outline += [
            Heading(page, start, level + 1, names[level]) for level in range(same, len(names))
        ]
        above = names
    return outline


def _most_first(counts: Counter[str]) -> tuple[str, ...]:
    return tuple(name for name, _ in counts.most_common())
