"""MedQuAD: questions with answers from pages of the US health institutes, as XML or a record a line.

Each question is an article of its own, so that the same one is known again in either form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.ids import SourceId
from healthmate_desktop.domain.library import Article
from healthmate_desktop.interop.sources.blocks import tidy
from healthmate_desktop.interop.sources.xml import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LICENCE = "CC-BY-4.0"
_MOST_NAMES = 10

_PUBLISHERS = {
    "CancerGov": "National Cancer Institute",
    "GARD": "Genetic and Rare Diseases Information Center",
    "GHR": "Genetics Home Reference, National Library of Medicine",
    "MPlusHealthTopics": "MedlinePlus, National Library of Medicine",
    "NIDDK": "National Institute of Diabetes and Digestive and Kidney Diseases",
    "NINDS": "National Institute of Neurological Disorders and Stroke",
    "NIHSeniorHealth": "NIH SeniorHealth",
    "NHLBI": "National Heart, Lung, and Blood Institute",
    "CDC": "Centers for Disease Control and Prevention",
    "ADAM": "A.D.A.M. Medical Encyclopedia",
}


def answers_of_xml(content: bytes) -> Iterator[Article]:
    """Each question with an answer; many of the published files have none. Raises UnreadableDocument."""
    for document in tree_of(content).anywhere("Document"):
        names = [node.text for node in document.all("FocusAnnotations", "Synonyms", "Synonym")]
        for pair in document.all("QAPairs", "QAPair"):
            question = pair.first("Question")
            article = _article(
                question=question.text,
                answer="".join(pair.first("Answer").pieces()),
                external_id=_own_id(document.get("id"), pair.get("pid"), question.get("qid")),
                url=document.get("url"),
                source=document.get("source"),
                names=names,
            )
            if article:
                yield article


def answer_of_record(record: dict[str, Any]) -> Article | None:
    """None where the answer is missing."""
    names = record.get("synonyms")
    return _article(
        question=_said(record, "question"),
        answer=_said(record, "answer"),
        external_id=_said(record, "id"),
        url=_said(record, "url"),
        source=_said(record, "source"),
        names=[name for name in names if isinstance(name, str)] if isinstance(names, list) else [],
    )


def _article(  # noqa: PLR0913 - what both forms tell, by name
    *, question: str, answer: str, external_id: str, url: str, source: str, names: Sequence[str]
) -> Article | None:
    paragraphs = [tidy(part) for part in answer.replace("\r", "").split("\n\n")]
    text = "\n\n".join(filter(None, paragraphs))
    if not text:
        return None
    title = tidy(question).replace(" ?", "?") or "Question"
    known = [name for name in dict.fromkeys(map(tidy, names)) if name and name not in title]
    also = f"Also called: {', '.join(known[:_MOST_NAMES])}.\n\n" if known else ""
    return Article(
        id="",
        source_id=SourceId(""),
        title=title,
        pages=(also + text,),
        external_id=external_id,
        url=url,
        publisher=_PUBLISHERS.get(source, source),
        licence=LICENCE,
        language="en",
        kind="question",
    )


def _own_id(document: str, pair: str, question: str) -> str:
    return question or "-".join(filter(None, (document, pair)))


def _said(record: dict[str, Any], name: str) -> str:
    value = record.get(name)
    return value.strip() if isinstance(value, str) else ""
