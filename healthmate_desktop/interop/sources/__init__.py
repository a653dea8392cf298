"""Public medical sources to articles: each format in a module of its own, all told by content."""

from __future__ import annotations

from healthmate_desktop.interop.sources.detecting import Collection, collection_of
from healthmate_desktop.interop.sources.reading import read_collection

__all__ = ["Collection", "collection_of", "read_collection"]
