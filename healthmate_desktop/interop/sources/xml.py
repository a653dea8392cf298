"""XML of public collections to elements, within the limits that hold for health documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.errors import UnreadableDocument
from healthmate_desktop.interop.ccda.xml import parse

if TYPE_CHECKING:
    from healthmate_desktop.interop.ccda.nodes import Node

_BROKEN = (
    "This XML file is damaged, larger than 100 MB, nested too deeply, or defines abbreviations of its own. "
    "It was left out. Download it again from its publisher."
)


def tree_of(content: bytes) -> Node:
    """A node that holds the roots. No entity is ever resolved. Raises UnreadableDocument."""
    try:
        return parse(content).root
    except UnreadableDocument as error:
        raise UnreadableDocument(_BROKEN) from error
