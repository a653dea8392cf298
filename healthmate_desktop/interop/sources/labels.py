"""Labels of medicines: DailyMed's Structured Product Labeling as XML, and openFDA's records of the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.ids import SourceId
from healthmate_desktop.domain.library import Article
from healthmate_desktop.interop.sources.blocks import (
    FIRST_LEVEL,
    Script,
    inline,
    rows_as_lines,
    tidy,
)
from healthmate_desktop.interop.sources.dates import compact
from healthmate_desktop.interop.sources.licences import PUBLIC_DOMAIN
from healthmate_desktop.interop.sources.markup import node_of_html
from healthmate_desktop.interop.sources.xml import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.interop.ccda.nodes import Node

LISTING = "48780-1"  # the section that holds codes and packages and no prose
_MOST_NAMES = 4
_DEEPEST = 40
# Fields of openFDA that are no part of what a label says, or say it again for machines.
_NO_PROSE = frozenset(("id", "set_id", "version", "effective_time", "openfda"))
_SAID_AGAIN = ("_table", "spl_product_data_elements", "spl_indexing_data_elements")
_PREFIXES = ("spl_",)


def labels_of_xml(content: bytes) -> Iterator[Article]:
    """The label in an SPL file. Raises UnreadableDocument."""
    for document in tree_of(content).all("document"):
        if article := _label(document):
            yield article


def _label(document: Node) -> Article | None:
    script = Script()
    for part in document.all("component", "structuredBody", "component", "section"):
        _section(script, part, FIRST_LEVEL)
    if not script.text:
        return None
    kept = document.first("setId").get("root") or document.first("id").get("root")
    author = document.first("author", "assignedEntity", "representedOrganization", "name")
    return Article(
        id="",
        source_id=SourceId(""),
        title=_product_title(document),
        pages=(script.text,),
        external_id=kept,
        url=_address(kept),
        publisher=author.text,
        licence=PUBLIC_DOMAIN,
        published=compact(document.first("effectiveTime").get("value")),
        language=document.first("languageCode").code.partition("-")[0].casefold() or "en",
        kind="label",
    )


def _section(script: Script, section: Node, level: int) -> None:
    if section.first("code").code == LISTING or level > _DEEPEST:
        return
    title = inline(section.first("title"))
    if not title:
        said = section.first("code").get("displayName")
        known = not said.casefold().startswith("spl unclassified")
        title = said.removesuffix(" SECTION").removesuffix(" section").capitalize() if known else ""
    script.heading(level, title)
    below = level + bool(title)
    for text in section.all("text"):
        script.add(text, below)
    for part in section.all("component", "section"):
        _section(script, part, below)


def _product_title(document: Node) -> str:
    """Such as "Lipitor (atorvastatin calcium)"; a label's own title is a paragraph of law more often than a name."""
    brands: list[str] = []
    generics: list[str] = []
    for product in document.anywhere("manufacturedProduct", "manufacturedMedicine"):
        brands += [tidy(" ".join(name.pieces())) for name in product.all("name")]
        for kind in ("asEntityWithGeneric", "asEquivalentEntity"):
            generics += [inline(n) for n in product.all(kind, "genericMedicine", "name")]
    return (
        _named(brands, generics)
        or inline(document.first("title"))[:200]
        or document.first("code").get("displayName").capitalize()
        or "Drug label"
    )


def _named(brands: list[str], generics: list[str]) -> str:
    """Names that differ only in their letters' size are one."""
    brands = list({name.casefold(): name for name in reversed(brands) if name}.values())[::-1]
    generics = list({name.casefold(): name for name in reversed(generics) if name}.values())[::-1]
    names = ", ".join(name.title() if name.isupper() else name for name in brands[:_MOST_NAMES])
    known = {name.casefold() for name in brands}
    others = [name for name in generics if name.casefold() not in known][:_MOST_NAMES]
    if names and others:
        return f"{names} ({', '.join(others).lower()})"
    return names or ", ".join(others)


def label_of_record(record: dict[str, Any]) -> Article | None:
    """A label of openFDA, its sections in the order in which it gives them. None where it says nothing."""
    script = Script()
    for name, value in record.items():
        if name in _NO_PROSE or name.endswith(_SAID_AGAIN):
            continue
        texts = [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
        if any(text.strip() for text in texts):
            script.heading(FIRST_LEVEL, _section_name(name))
            for text in texts:
                script.paragraph(text)
            for html in _texts(record, name + "_table"):
                _tables(script, node_of_html(html))
    if not script.text:
        return None
    facts = record.get("openfda")
    known: dict[str, Any] = facts if isinstance(facts, dict) else {}
    kept = str(record.get("set_id") or record.get("id") or "")
    return Article(
        id="",
        source_id=SourceId(""),
        title=_named(_texts(known, "brand_name"), _texts(known, "generic_name"))
        or _title_of(record),
        pages=(script.text,),
        external_id=kept,
        url=_address(kept),
        publisher=next(iter(_texts(known, "manufacturer_name")), ""),
        licence="CC0-1.0",
        published=compact(str(record.get("effective_time") or "")),
        language="en",
        kind="label",
    )


def _tables(script: Script, html: Node) -> None:
    for table in html.anywhere("table"):
        for line in rows_as_lines(table):
            script.item(line)


def _texts(record: dict[str, Any], name: str) -> list[str]:
    value = record.get(name)
    return (
        [tidy(text) for text in value if isinstance(text, str)] if isinstance(value, list) else []
    )


def _section_name(field: str) -> str:
    for prefix in _PREFIXES:
        field = field.removeprefix(prefix)
    return field.replace("_", " ").capitalize()


def _title_of(record: dict[str, Any]) -> str:
    """Labels of products without an entry of their own begin their list of contents with the name."""
    listed = next(iter(_texts(record, "spl_product_data_elements")), "")
    return " ".join(listed.split()[:4]) or "Drug label"


def _address(set_id: str) -> str:
    return f"https://dailymed.nlm.nih.gov/dailymed/lookup.cfm?setid={set_id}" if set_id else ""
