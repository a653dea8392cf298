"""The vocabulary that ships with the program."""

from __future__ import annotations

from functools import cache

from healthmate_desktop.domain.measures.analytes import Vocabulary
from healthmate_desktop.paths import resources_dir


@cache
def shipped() -> Vocabulary:
    folder = resources_dir() / "analytes"
    names, codes = (
        (folder / name).read_text(encoding="utf-8") for name in ("names.tsv", "codes.tsv")
    )
    return Vocabulary.parse(names, codes)
