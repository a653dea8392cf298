"""The articles of a file whose collection is known, one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from healthmate_desktop.interop.sources.detecting import Collection
from healthmate_desktop.interop.sources.labels import label_of_record, labels_of_xml
from healthmate_desktop.interop.sources.medlineplus import topic_of_record, topics_of_xml
from healthmate_desktop.interop.sources.medquad import answer_of_record, answers_of_xml
from healthmate_desktop.interop.sources.papers import abstracts_of, papers_of
from healthmate_desktop.interop.sources.records import records_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from healthmate_desktop.domain.documents import Problem
    from healthmate_desktop.domain.library import Article

_OF_XML: dict[Collection, Callable[[bytes], Iterator[Article]]] = {
    Collection.MEDLINEPLUS: topics_of_xml,
    Collection.MEDQUAD: answers_of_xml,
    Collection.PAPERS: papers_of,
    Collection.ABSTRACTS: abstracts_of,
    Collection.DAILYMED: labels_of_xml,
}
_OF_RECORD: dict[Collection, Callable[[dict[str, Any]], Article | None]] = {
    Collection.MEDLINEPLUS: topic_of_record,
    Collection.MEDQUAD: answer_of_record,
    Collection.OPENFDA: label_of_record,
}


def read_collection(
    collection: Collection, pieces: Iterable[bytes], *, is_xml: bool
) -> Iterator[Article | Problem]:
    """`pieces` are the bytes of the file. JSON is read piece by piece. Raises UnreadableDocument."""
    if is_xml:
        yield from _OF_XML[collection](b"".join(pieces))
        return
    for record in records_of(pieces):
        if isinstance(record, dict):
            if article := _OF_RECORD[collection](record):
                yield article
        else:
            yield record
