"""Pieces of HTML that come inside of other formats, such as the summaries of MedlinePlus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from healthmate_desktop.interop.ccda.nodes import Node

if TYPE_CHECKING:
    from collections.abc import Mapping

_DEEPEST = 200


class _Builder:
    def __init__(self) -> None:
        self.root = Node("div")
        self._open = [self.root]
        self._too_deep = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if len(self._open) > _DEEPEST:
            self._too_deep += 1
            return
        kept = tuple(w for name in ("colspan", "rowspan") if name in attributes
                     for w in (name, attributes[name]))  # fmt: skip
        node = Node(tag, kept)
        self._open[-1].add(node)
        self._open.append(node)

    def end(self, _tag: str) -> None:
        if self._too_deep:
            self._too_deep -= 1
        elif len(self._open) > 1:
            self._open.pop()

    def data(self, text: str) -> None:
        self._open[-1].add(text)

    def close(self) -> None:
        return None


def node_of_html(html: str) -> Node:
    """Never fails: what is no HTML is text."""
    builder = _Builder()
    if html.strip():
        parser = etree.HTMLParser(target=builder, recover=True, no_network=True, encoding="utf-8")
        try:
            parser.feed(html.encode("utf-8", "replace"))
            parser.close()
        except etree.XMLSyntaxError:
            pass
    return builder.root
