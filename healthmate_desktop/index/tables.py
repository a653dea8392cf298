"""The tables of the library: their columns, their full-text index, and rows to domain values and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.ids import PassageId, SourceId
from healthmate_desktop.domain.library import Article
from healthmate_desktop.domain.passages import Passage

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    import numpy as np
    import numpy.typing as npt

    from healthmate_desktop.domain.retrieval import Filters

DIMENSIONS = 384
VECTORS = {"vector", "title_vector"}
STEMMED = {"es": "words_es", "fr": "words_fr"}  # columns of languages that have one of their own
PASSAGES = "passages"
ARTICLES = "articles"

# Words that say how something is asked, not what about: function words and the verbs of asking.
STOP_WORDS = """
    a about above after again against all also am among an and any are as at be because been before being
    below between both but by can cannot could did do does doing done down during each either else few for
    from further get give had has have having he her here hers him his how i if in into is it its just know
    least less like many may me might more most much must my near neither no nor not now of off often on once
    only or other others ought our ours out over own per please same several shall she should so some still
    such tell than that the their theirs them then there these they this those though through thus to too
    toward under until up upon use used using very via want was we well were what when where whether which
    while who whom whose why will with within without would yet you your yours
""".split()  # noqa: SIM905 - a list of single words is read more easily as text


def passages_schema() -> Any:
    import pyarrow as pa

    text = [
        pa.field(name, pa.string())
        for name in (
            "id",
            "source_id",
            "article_id",
            "title",
            "heading",
            "external_id",
            "url",
            "language",
            "words",
        )
    ]
    return pa.schema(
        [
            *text,
            *(pa.field(name, pa.string()) for name in STEMMED.values()),
            pa.field("page", pa.int32()),
            pa.field("start", pa.int32()),
            pa.field("vector", pa.list_(pa.float32(), DIMENSIONS)),
            pa.field("title_vector", pa.list_(pa.float16(), DIMENSIONS)),
        ]
    )


def articles_schema() -> Any:
    import pyarrow as pa

    text = [
        pa.field(name, pa.string())
        for name in (
            *("id", "source_id", "title", "external_id", "url", "file"),
            *("publisher", "licence", "published", "language", "kind", "digest"),
        )
    ]
    return pa.schema([*text, pa.field("pages", pa.list_(pa.string()))])


SCHEMAS: dict[str, Callable[[], Any]] = {PASSAGES: passages_schema, ARTICLES: articles_schema}


def index_words(table: Any, *, replace: bool = False) -> None:
    """BM25 over stemmed words: English for all passages, and once more for those in a language that has a column."""
    from lancedb.index import FTS

    there = set() if replace else {each.columns[0] for each in table.list_indices()}
    configs = {
        "words": FTS(language="English", custom_stop_words=STOP_WORDS),
        "words_es": FTS(language="Spanish"),
        "words_fr": FTS(language="French"),
    }
    for column, config in configs.items():
        if column not in there and column in table.schema.names:
            table.create_index(column, config=config, replace=replace)


def passage_batch(
    passages: Sequence[Passage],
    vectors: npt.NDArray[np.float32],
    titles: npt.NDArray[np.float32],
) -> Any:
    """Vectors of passages and of their titles, a row each; a row of zeros is a title that says nothing."""
    import pyarrow as pa

    for given in (vectors, titles):
        if given.shape != (len(passages), DIMENSIONS):
            raise ValueError(f"{len(passages)} passages came with vectors of shape {given.shape}")
    words = [_above(p.title, p.heading) + p.text for p in passages]
    columns = {
        "id": [p.id for p in passages],
        "source_id": [p.source_id for p in passages],
        "article_id": [p.document_id for p in passages],
        "title": [p.title for p in passages],
        "heading": [p.heading for p in passages],
        "external_id": [p.external_id for p in passages],
        "url": [p.url for p in passages],
        "language": [p.language for p in passages],
        "words": words,
        **{
            column: [
                text if p.language == code else None
                for p, text in zip(passages, words, strict=True)
            ]
            for code, column in STEMMED.items()
        },
        "page": [p.page for p in passages],
        "start": [p.start for p in passages],
        "vector": pa.FixedSizeListArray.from_arrays(
            pa.array(vectors.astype("float32").ravel()), DIMENSIONS
        ),
        "title_vector": pa.FixedSizeListArray.from_arrays(
            pa.array(titles.astype("float16").ravel()), DIMENSIONS
        ),
    }
    return pa.RecordBatch.from_pydict(columns, schema=passages_schema())


def article_batch(articles: Sequence[Article]) -> Any:
    import pyarrow as pa

    schema = articles_schema()
    columns = {
        name: [getattr(article, name) for article in articles]
        for name in schema.names
        if name != "pages"
    }
    columns["pages"] = [list(article.pages) for article in articles]
    return pa.RecordBatch.from_pydict(columns, schema=schema)


def batches_of(batches: Iterable[Any], schema: Any) -> Any:
    """A reader over batches, also over none."""
    import pyarrow as pa

    return pa.RecordBatchReader.from_batches(schema, batches)


def passage_of(row: dict[str, Any]) -> Passage:
    return Passage(
        id=PassageId(row["id"]),
        shelf="library",
        document_id=row["article_id"],
        title=row["title"],
        text=row["words"][len(_above(row["title"], row["heading"])) :],
        page=row["page"],
        start=row["start"],
        heading=row["heading"],
        source_id=SourceId(row["source_id"]),
        external_id=row["external_id"],
        url=row["url"],
        language=row.get("language", ""),
    )


def article_of(row: dict[str, Any]) -> Article:
    """Rows of older versions have fewer columns."""
    values = {name: value for name, value in row.items() if name != "digest"}
    return Article(
        **values | {"pages": tuple(row["pages"]), "source_id": SourceId(row["source_id"])}
    )


def add_missing(table: Any, name: str) -> None:
    """Give a table of an older version the columns that it lacks: text is empty, all else is not there."""
    import pyarrow as pa

    known = set(table.schema.names)
    missing = [field for field in SCHEMAS[name]() if field.name not in known]
    empty = [f.name for f in missing if f.type == pa.string() and f.name not in STEMMED.values()]
    if empty:
        table.add_columns(dict.fromkeys(empty, "''"))
    if rest := [field for field in missing if field.name not in empty]:
        table.add_columns(rest)


def rows_of(rows: Any, column: str) -> npt.NDArray[np.float32]:
    """A column of vectors; zeros where there is none."""
    import numpy as np

    found = np.zeros((rows.num_rows, DIMENSIONS), np.float32)
    if column in rows.column_names:
        for place, vector in enumerate(rows.column(column).to_numpy()):
            if vector is not None:
                found[place] = vector
    return found


def condition(filters: Filters) -> str:
    """In SQL; "" = whatever there is."""
    parts = []
    if filters.without:
        parts.append(f"NOT ({one_of('source_id', filters.without)})")
    if filters.only:
        parts.append(one_of("source_id", filters.only))
    if filters.languages:
        parts.append(one_of("language", (*filters.languages, "")))
    return " AND ".join(parts)


def one_of(column: str, values: Collection[str]) -> str:
    """An SQL condition."""
    return f"{column} IN ({', '.join(map(_quoted, values))})"


def containing(column: str, word: str) -> str:
    """An SQL condition: the word stands there, whatever its case."""
    return f"contains(lower({column}), {_quoted(word.lower())})"


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _above(title: str, heading: str) -> str:
    """What is looked through before the text itself. The title counts twice: most questions name their subject."""
    return f"{title}\n{title}\n{heading}\n"
