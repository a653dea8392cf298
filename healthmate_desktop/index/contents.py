"""What stands in the library, without the texts themselves: titles by the page, headings, kinds and languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.ids import SourceId
from healthmate_desktop.index.tables import containing, one_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def titles_of(
    articles: Any, source_id: SourceId, words: Sequence[str], start: int, count: int
) -> tuple[int, list[tuple[str, str]]]:
    """How many articles of a source have all the words in their title, and id and title of `count` from `start`."""
    conditions = [one_of("source_id", [source_id]), *(containing("title", word) for word in words)]
    where = " AND ".join(conditions)
    found = articles.search().where(where).select(["id", "title"]).limit(count).offset(start)
    rows = found.to_arrow().to_pylist()
    return articles.count_rows(where), [(row["id"], row["title"]) for row in rows]


def position_of(articles: Any, source_id: SourceId, article_id: str) -> int:
    """The place of an article among those of its source, from 0; -1 where it is not there."""
    passed = 0
    search = articles.search().where(one_of("source_id", [source_id])).select(["id"])
    for batch in search.to_batches():
        at = batch.column("id").index(article_id).as_py()
        if at >= 0:
            return passed + int(at)
        passed += batch.num_rows
    return -1


def kinds_of(articles: Any) -> list[tuple[SourceId, str, str, int]]:
    """Of each source the kinds and languages of its articles, and how many there are of both."""
    found = articles.search().select(["source_id", "kind", "language"]).to_arrow()
    columns = ["source_id", "kind", "language"]
    groups = found.group_by(columns).aggregate([([], "count_all")]).to_pylist()
    return [
        (SourceId(row["source_id"]), row["kind"], row["language"], row["count_all"])
        for row in groups
    ]


def headings_of(passages: Any, article_id: str) -> list[tuple[int, int, str]]:
    """Page, start and path of headings of each passage of an article, in reading order."""
    search = passages.search().where(one_of("article_id", [article_id]))
    rows = search.select(["page", "start", "heading"]).to_arrow().to_pylist()
    return sorted((row["page"], row["start"], row["heading"]) for row in rows)
