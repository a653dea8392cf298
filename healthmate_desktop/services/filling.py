"""Articles on their way into a source: cut into passages, embedded, and saved in batches that need no second time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.languages import language_of
from healthmate_desktop.domain.library import OWN_COPY, Source, first_day
from healthmate_desktop.domain.passages import passages_of
from healthmate_desktop.services.embedding import embed_passages, embed_titles

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from healthmate_desktop.domain.library import Article
    from healthmate_desktop.domain.passages import Passage
    from healthmate_desktop.services.library_ports import SourceDraft
    from healthmate_desktop.services.ports import Embedder

    Part = Callable[["Filling"], Iterator[Article]]

BATCH = 64  # passages embedded at once, so that an answer never waits long behind a long import
SAVED = 256  # passages after which the batch is saved: what a crash may cost
_MOST_NAMES = 50  # licences and publishers that are told apart


@dataclass(slots=True)
class Mark:
    """How far a source has come, kept beside each batch. All in it is JSON."""

    parts: int = 0  # that are through
    within: int = 0  # articles of the next one that were taken
    twins: int = 0  # articles left out because they are in the library
    newest: str = ""
    first: str = ""  # title of the first article
    licences: Counter[str] | None = None
    publishers: Counter[str] | None = None
    problems: tuple[Problem, ...] = ()  # of the parts that are through

    def as_json(self) -> dict[str, Any]:
        return {
            "parts": self.parts,
            "within": self.within,
            "twins": self.twins,
            "newest": self.newest,
            "first": self.first,
            "licences": dict(self.licences or {}),
            "publishers": dict(self.publishers or {}),
            "problems": [[problem.where, problem.message] for problem in self.problems],
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Mark:
        if not value:
            return cls()
        return cls(
            value["parts"],
            value["within"],
            value["twins"],
            value["newest"],
            value["first"],
            Counter(value["licences"]),
            Counter(value["publishers"]),
            tuple(Problem(where, message) for where, message in value["problems"]),
        )


class Filling:
    """Takes the articles of one source, part by part; goes on where an earlier one was cut off."""

    def __init__(
        self, draft: SourceDraft, embedder: Embedder, known: set[str] | None = None
    ) -> None:
        """`known` are the digests of articles that are not added again; without them all are added."""
        self._draft = draft
        self._embedder = embedder
        self._known = None if known is None else known | draft.digests
        self._waiting: list[Article] = []
        self._passages: list[Passage] = []
        self.mark = Mark.from_json(draft.mark)
        self.problems = list(self.mark.problems)
        self.share = 0.0  # of the part under way

    @property
    def done(self) -> int:
        return self._draft.articles + len(self._waiting)

    def take(self, parts: Sequence[Part]) -> Generator[None, None, None]:
        """Yields after each embedded batch, and after each part."""
        for number in range(self.mark.parts, len(parts)):
            skipped, self.share = self.mark.within, 0.0
            for place, article in enumerate(parts[number](self), 1):
                if place > skipped:
                    self.mark.within = place
                    yield from self._add(article)
            self.mark.parts, self.mark.within = number + 1, 0
            self.mark.problems = tuple(self.problems)
            self.share = 0.0
            yield
        yield from self._save()

    def described(self, source: Source, *, is_collection: bool) -> Source:
        """With what its articles say about their publisher, licence and date; one alone also gives its title."""
        licences = sorted(self.mark.licences or ())
        publishers = sorted(self.mark.publishers or ())
        alone = is_collection and self.done == 1
        return replace(
            source,
            title=self.mark.first if alone else source.title,
            licence=", ".join(licences[:4]) or source.licence,
            publisher=publishers[0] if len(publishers) == 1 else "",
            published=first_day(self.mark.newest) or source.published,
        )

    def next_id(self) -> str:
        """Of the article that comes next."""
        return f"{self._draft.source.id}.{self.done + 1}"

    def _add(self, article: Article) -> Generator[None, None, None]:
        if self._known is not None:
            digest = article.digest
            if digest in self._known:
                self.mark.twins += 1
                return
            self._known.add(digest)
        self._note(article)
        article = replace(article, id=article.id or self.next_id(), source_id=self._draft.source.id)
        article = replace(article, language=article.language or _language(article))
        self._waiting.append(replace(article, headings=()))
        self._passages += passages_of(article)
        if len(self._passages) >= SAVED:
            yield from self._save()

    def _note(self, article: Article) -> None:
        mark = self.mark
        mark.newest = max(mark.newest, article.published)
        mark.first = mark.first or article.title
        mark.licences = mark.licences or Counter()
        mark.publishers = mark.publishers or Counter()
        for counts, name in (
            (mark.licences, article.licence or OWN_COPY),
            (mark.publishers, article.publisher),
        ):
            if name and (name in counts or len(counts) < _MOST_NAMES):
                counts[name] += 1

    def _save(self) -> Generator[None, None, None]:
        """Embed what waits, and keep it with how far the source has come."""
        import numpy as np

        if not self._waiting:
            return
        made, titles = [], []
        for start in range(0, len(self._passages), BATCH):
            some = self._passages[start : start + BATCH]
            made.append(embed_passages(self._embedder, some))
            titles.append(embed_titles(self._embedder, some))
            if start + BATCH < len(self._passages):
                yield
        none = embed_passages(self._embedder, [])
        vectors, named = np.concatenate([none, *made]), np.concatenate([none, *titles])
        self._draft.add(self._waiting, self._passages, vectors, self.mark.as_json(), titles=named)
        self._waiting, self._passages = [], []
        yield


def _language(article: Article) -> str:
    """By its first words, where nobody says it."""
    return language_of(" ".join((article.title, *article.pages[:3]))) or ""
