"""What needs no vault: the children, the public library, the rules."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from healthmate_desktop.documents.client import Reader
from healthmate_desktop.documents.library_client import LibraryReader
from healthmate_desktop.domain.lay_words import LayWords
from healthmate_desktop.domain.triage import TriageRules
from healthmate_desktop.index.files import LibraryFiles
from healthmate_desktop.index.library import LibraryIndex
from healthmate_desktop.inference.client import Engine
from healthmate_desktop.paths import models_dir, resources_dir
from healthmate_desktop.services.library import LibraryService
from healthmate_desktop.services.search import SearchService

if TYPE_CHECKING:
    from healthmate_desktop.paths import Paths
    from healthmate_desktop.settings import Settings


class Commons:
    """One for the life of the program."""

    def __init__(self, paths: Paths, settings: Settings) -> None:
        self.engine = Engine(models_dir(), settings.weights)
        self.reader = Reader()
        self.index = LibraryIndex(paths.library / "passages")
        files = LibraryFiles(paths.library / "files")
        self.library = LibraryService(self.index, files, LibraryReader(), self.engine)

    def search(self) -> SearchService:
        """Over the library alone."""
        return SearchService(None, self.index, self.engine, load_lay_words, self.engine)

    def close(self) -> None:
        self.engine.close()


@functools.cache
def load_lay_words() -> LayWords:
    table = resources_dir() / "words" / "lay_words.tsv"
    return LayWords.parse(table.read_text(encoding="utf-8"))


def load_rules() -> TriageRules:
    rules = resources_dir() / "rules"
    return TriageRules.parse(
        (rules / "emergency.toml").read_text(encoding="utf-8"),
        (rules / "numbers.toml").read_text(encoding="utf-8"),
    )
