"""Asking the table of passages: by words, by meaning, and both at once with what ranking needs of each passage.

Rows are known by their addresses, which LanceDB has at hand: 200 passages among 100,000 are fetched in 11 ms by
address and in 19 by id (docs/decisions/0022). An address holds for one version of the table.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from healthmate_desktop.index.tables import STEMMED, VECTORS, passage_of, passages_schema, rows_of
from healthmate_desktop.index.vector_index import tuned

if TYPE_CHECKING:
    import numpy.typing as npt

    from healthmate_desktop.domain.ids import PassageId
    from healthmate_desktop.domain.passages import Passage
    from healthmate_desktop.domain.retrieval import Understood

    Vectors = npt.NDArray[np.float32]
    # passages, their vectors and those of their titles; scores by words
    Candidates = tuple[tuple[list[Passage], Vectors, Vectors], dict[PassageId, float]]

LONGEST_QUERY = 4000  # characters that full-text search looks at
_ADDRESS = "_rowid"


def by_words(table: Any, asked: Understood, k: int, where: str) -> Any:
    """A search for the best `k` by BM25, for Spanish and French among passages that are known to be in it."""
    from lancedb.query import BooleanQuery, MatchQuery, Occur

    column = STEMMED.get(asked.language, "words")
    if column not in table.schema.names:  # an older version, on a full disk
        column = "words"
    match: Any = MatchQuery(asked.looked_up[:LONGEST_QUERY], column)
    if asked.added:
        more = [MatchQuery(words, column, boost=weight) for words, weight in asked.added.items()]
        match = BooleanQuery([(Occur.SHOULD, each) for each in (match, *more)])
    return _among(table.search(match, query_type="fts"), where).limit(k)


def by_meaning(table: Any, vector: Vectors, k: int, where: str) -> Any:
    """A search for the `k` nearest; in a large table it misses some three in a thousand of the best ten."""
    search = tuned(table.search(vector, "vector"), k, table.count_rows())
    return _among(search, where).limit(k)


def both(table: Any, near: Any, words: Any) -> Candidates:
    """What two searches of one version find, the nearest first. The searches run side by side."""
    with ThreadPoolExecutor(1) as helper:
        also = helper.submit(_scores, words, "_score")
        rows = dict.fromkeys(_scores(near, "_distance"))
        bm25 = also.result()
    addresses = list(rows | dict.fromkeys(bm25))
    found, there = _fetched(table, addresses)
    scores = {
        passage.id: bm25[address]
        for passage, address in zip(found[0], there, strict=True)
        if address in bm25
    }
    return found, scores


def _among(search: Any, where: str) -> Any:
    return search.where(where, prefilter=True) if where else search


def _scores(search: Any, column: str) -> dict[int, float]:
    """By address, best first."""
    rows = search.select([column]).with_row_id(True).to_arrow()
    return dict(zip(rows[_ADDRESS].to_pylist(), rows[column].to_pylist(), strict=True))


def _fetched(table: Any, addresses: list[int]) -> tuple[Any, list[int]]:
    """In the order of the addresses. A passage's own vector stands for that of a title that says nothing."""
    known = set(table.schema.names) - set(STEMMED.values())
    columns = [name for name in passages_schema().names if name in known]
    rows = table.take_row_ids(addresses).select(columns).with_row_id().to_arrow()
    place = {address: row for row, address in enumerate(rows[_ADDRESS].to_pylist())}
    there = [address for address in addresses if address in place]  # all, unless the table changed
    rows = rows.take(np.array([place[address] for address in there], np.int64))
    vectors, titles = rows_of(rows, "vector"), rows_of(rows, "title_vector")
    titles = np.where(titles.any(axis=1, keepdims=True), titles, vectors)
    texts = rows.drop_columns([name for name in rows.column_names if name in VECTORS])
    return ([passage_of(row) for row in texts.to_pylist()], vectors, titles), there
