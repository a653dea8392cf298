"""Whether lay words help the starter topics to be found: python tests/benchmarks/lay_words.py"""

from __future__ import annotations

import sys
import tempfile
import tomllib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from healthmate_desktop.composition.commons import load_lay_words
from healthmate_desktop.documents.library_client import LibraryReader
from healthmate_desktop.domain.lay_words import LayWords
from healthmate_desktop.index.files import LibraryFiles
from healthmate_desktop.index.library import LibraryIndex
from healthmate_desktop.inference.client import Engine
from healthmate_desktop.paths import models_dir, resources_dir
from healthmate_desktop.services.library import LibraryService
from healthmate_desktop.services.search import SearchService
from healthmate_desktop.services.steps import finished


def main() -> None:
    table = Path(__file__).with_name("lay_questions.toml")
    questions = tomllib.loads(table.read_text(encoding="utf-8"))["questions"]
    with tempfile.TemporaryDirectory() as place:
        engine = Engine(models_dir())
        index = LibraryIndex(Path(place) / "passages")
        library = LibraryService(
            index, LibraryFiles(Path(place) / "files"), LibraryReader(), engine
        )
        finished(library.install_starter(resources_dir() / "library"))
        for name, words in (("with lay words", load_lay_words), ("without", lambda: LayWords([]))):
            search = SearchService(None, index, engine, words)
            places = [place_of(search, text, topics) for text, *topics in questions]
            first, third = sum(p == 1 for p in places), sum(p <= 3 for p in places)
            print(f"{name}: first {first}, among three {third}, of {len(questions)}")
        engine.close()


def place_of(search: SearchService, question: str, topics: list[str]) -> int:
    """From 1, of the first right topic; 99 = not found."""
    found = [hit.passage.external_id for hit in search.search(question, None, k=10)]
    return next((n for n, topic in enumerate(found, 1) if topic in topics), 99)


if __name__ == "__main__":
    main()
