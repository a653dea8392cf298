"""What a web page or a Markdown file says about itself: publisher, licence, date, address and language."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from healthmate_desktop.interop.sources.dates import free
from healthmate_desktop.interop.sources.licences import licence_of

if TYPE_CHECKING:
    from healthmate_desktop.domain.library import Article

_HEAD = 200_000  # letters that are looked at
_MOST_TAGS = 2000
_PUBLISHER = ("dc.publisher", "dcterms.publisher", "citation_publisher", "og:site_name", "publisher",
              "application-name", "author")  # fmt: skip
_LICENCE = ("dc.rights", "dcterms.license", "dcterms.rights", "license", "licence", "copyright")
_DATE = ("article:modified_time", "dcterms.modified", "dc.date.modified", "last-modified",
         "citation_publication_date", "article:published_time", "dcterms.issued", "dc.date", "dcterms.date",
         "date")  # fmt: skip
_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^([A-Za-z_-]{2,20}):[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)


class _Facts(HTMLParser):
    """Collects what `meta`, `link` and `html` say."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self.language = ""
        self._tags = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tags += 1
        if self._tags > _MOST_TAGS:
            return
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given.get("lang", "")
        elif tag == "meta":
            name = given.get("name") or given.get("property") or given.get("http-equiv") or ""
            self.said.setdefault(name.casefold(), given.get("content", "").strip())
        elif tag in {"link", "a"}:
            for kind in given.get("rel", "").casefold().split():
                self.links.setdefault(kind, given.get("href", "").strip())


def told_by_html(article: Article, html: str) -> Article:
    """The article with what its page says."""
    page = _Facts()
    page.feed(html[:_HEAD])
    return replace(
        article,
        publisher=_first(page.said, _PUBLISHER),
        licence=licence_of(
            page.links.get("license", ""), *(page.said.get(n, "") for n in _LICENCE)
        ),
        published=next(filter(None, (free(page.said.get(name, "")) for name in _DATE)), ""),
        url=page.links.get("canonical") or page.said.get("og:url", ""),
        language=page.language.partition("-")[0].casefold()[:3],
    )


def told_by_markdown(article: Article, text: str) -> Article:
    """The article with what the front matter of its file says."""
    head = _FRONT_MATTER.match(text)
    said = {m[1].casefold(): m[2].strip("\"'") for m in _FIELD.finditer(head[1])} if head else {}
    licence = said.get("license") or said.get("licence") or ""
    return replace(
        article,
        publisher=_first(said, ("publisher", "organisation", "organization", "author")),
        licence=licence_of(licence) or (licence if len(licence) <= 40 else ""),
        published=free(_first(said, ("updated", "modified", "date"))),
        url=_first(said, ("url", "source", "link")),
        language=_first(said, ("language", "lang")).partition("-")[0].casefold()[:3],
    )


def _first(said: dict[str, str], names: tuple[str, ...]) -> str:
    return next((said[name] for name in names if said.get(name)), "")
