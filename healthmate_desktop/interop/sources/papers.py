"""Articles of journals as JATS XML, which PubMed Central gives, and abstracts as PubMed gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.domain.ids import SourceId
from healthmate_desktop.domain.library import Article
from healthmate_desktop.interop.ccda.nodes import NOTHING
from healthmate_desktop.interop.sources.blocks import FIRST_LEVEL, Script, inline
from healthmate_desktop.interop.sources.dates import joined
from healthmate_desktop.interop.sources.licences import licence_of
from healthmate_desktop.interop.sources.xml import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.interop.ccda.nodes import Node

_SHARED = frozenset(
    ("sub-article", "response")
)  # reviews and replies that come inside of an article
_EARLIEST_FIRST = ("epub", "pub", "electronic", "ppub", "print", "collection", "epub-ppub", "")
_THREE_LETTERS = {"eng": "en", "spa": "es", "fre": "fr", "ger": "de", "por": "pt", "ita": "it"}


def papers_of(content: bytes) -> Iterator[Article]:
    """Every article of a JATS file, also of a set. Raises UnreadableDocument."""
    for node in tree_of(content).anywhere("article"):
        if article := _paper(node):
            yield article


def _paper(node: Node) -> Article | None:
    meta = node.first("front", "article-meta")
    script = Script()
    for abstract in meta.all("abstract"):
        title = inline(abstract.first("title"))
        script.heading(FIRST_LEVEL, title or "Abstract")
        _add_all(script, abstract, FIRST_LEVEL + 1)
    _add_all(script, node.first("body"), FIRST_LEVEL)
    for floating in ("floats-group", "floats-wrap"):
        _add_all(script, node.first(floating), FIRST_LEVEL)
    title = inline(meta.first("title-group", "article-title"))
    if not script.text or not title:
        return None
    ids = _ids(meta)
    return Article(
        id="",
        source_id=SourceId(""),
        title=title,
        pages=(script.text,),
        external_id=ids.get("pmc") or ids.get("doi") or ids.get("pmid") or "",
        url=_address(ids),
        publisher=_publisher(node.first("front", "journal-meta")),
        licence=_licence(meta),
        published=_published(meta),
        language=node.get("lang").partition("-")[0].casefold() or "en",
        kind="paper",
    )


def _add_all(script: Script, node: Node, level: int) -> None:
    for part in node.children:
        if part.tag != "title" and part.tag not in _SHARED:
            holder = type(node)("div")
            holder.add(part)
            script.add(holder, level)


def _ids(meta: Node) -> dict[str, str]:
    ids = {}
    for node in meta.all("article-id"):
        kind = node.get("pub-id-type")
        if kind in {"pmc", "pmcid"}:
            ids["pmc"] = "PMC" + node.text.upper().removeprefix("PMC")
        else:
            ids.setdefault(kind, node.text)
    return ids


def _address(ids: dict[str, str]) -> str:
    if "pmc" in ids:
        return f"https://www.ncbi.nlm.nih.gov/pmc/articles/{ids['pmc']}/"
    if "doi" in ids:
        return f"https://doi.org/{ids['doi']}"
    return f"https://pubmed.ncbi.nlm.nih.gov/{ids['pmid']}/" if "pmid" in ids else ""


def _publisher(journal: Node) -> str:
    name = next(
        (n.text for n in journal.anywhere("journal-title", "abbrev-journal-title") if n.text), ""
    )
    house = journal.first("publisher", "publisher-name").text
    return ", ".join(dict.fromkeys(part for part in (name, house) if part))


def _licence(meta: Node) -> str:
    found = list(meta.anywhere("license", "license_ref", "licence"))
    texts = [f"{node.get('href')} {node.text}" for node in found]
    for node in found:
        texts += [link.get("href") for link in node.anywhere("ext-link", "uri")]
        texts.append(node.get("license-type").replace("-", " "))
    texts += [node.text for node in meta.anywhere("copyright-statement")]
    return licence_of(*texts)


def _published(meta: Node) -> str:
    """When it came out first, in the order in which journals publish."""
    found: dict[str, str] = {}
    for node in meta.all("pub-date"):
        kind = node.get("pub-type") or node.get("date-type") or node.get("publication-format")
        said = joined(*(node.first(part).text for part in ("year", "month", "day")))
        found.setdefault(kind, said)
    known = [found[kind] for kind in _EARLIEST_FIRST if found.get(kind)]
    return next(iter(known or [said for said in found.values() if said]), "")


def abstracts_of(content: bytes) -> Iterator[Article]:
    """Every abstract of a PubMed file; records without one are left out. Raises UnreadableDocument."""
    for node in tree_of(content).anywhere("MedlineCitation"):
        if article := _abstract(node):
            yield article


def _abstract(citation: Node) -> Article | None:
    paper = citation.first("Article")
    script = Script()
    for part in paper.all("Abstract", "AbstractText"):
        script.heading(FIRST_LEVEL, part.get("Label").capitalize())
        script.paragraph(inline(part))
    title = inline(paper.first("ArticleTitle")).rstrip(".")
    if not script.text or not title:
        return None
    pmid = citation.first("PMID").text
    date = (
        paper.first("ArticleDate") or paper.first("Journal", "JournalIssue", "PubDate") or NOTHING
    )
    return Article(
        id="",
        source_id=SourceId(""),
        title=title,
        pages=(script.text,),
        external_id=pmid,
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid.isdigit() else "",
        publisher=paper.first("Journal", "Title").text,
        licence=licence_of(paper.first("Abstract", "CopyrightInformation").text),
        published=joined(*(date.first(part).text for part in ("Year", "Month", "Day")))
        or joined(date.first("MedlineDate").text[:4]),
        language=_THREE_LETTERS.get(paper.first("Language").text, ""),
        kind="abstract",
    )
