"""HealthMate's own add and search, in HealthMate's own environment."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from peer import DOCUMENTS, ask

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from healthmate_desktop.composition.commons import load_lay_words
from healthmate_desktop.documents.library_client import LibraryReader
from healthmate_desktop.index.files import LibraryFiles
from healthmate_desktop.index.library import LibraryIndex
from healthmate_desktop.inference.client import Engine
from healthmate_desktop.paths import models_dir
from healthmate_desktop.services.library import LibraryService
from healthmate_desktop.services.search import SearchService
from healthmate_desktop.services.steps import finished


def main() -> None:
    folder = Path(sys.argv[1])
    engine = Engine(models_dir())
    try:
        with tempfile.TemporaryDirectory() as place:
            index = LibraryIndex(Path(place) / "passages")
            files = LibraryFiles(Path(place) / "files")
            library = LibraryService(index, files, LibraryReader(), engine)
            started = time.perf_counter()
            finished(library.add([folder]))
            print(json.dumps({"seconds": time.perf_counter() - started}))
            search = SearchService(None, index, engine, load_lay_words)
            ask(
                lambda text: [
                    hit.passage.external_id for hit in search.search(text, None, k=DOCUMENTS)
                ],
                folder,
            )
    finally:
        engine.close()


if __name__ == "__main__":
    main()
