"""All files made to harm, each by a small function in the module of its format.

Run as a program it reads one such file from standard input under the limits of the reader child, and tells what came.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from bomb_archives import ARCHIVES
from bomb_dicom import DICOM
from bomb_kinds import MEGABYTE, Bomb
from bomb_office import OFFICE
from bomb_pictures import PICTURES
from bomb_texts import TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterator

BOMBS: dict[str, Bomb] = {**PICTURES, **ARCHIVES, **TEXTS, **OFFICE, **DICOM}


# A limited process to read one in


def read_here(reads: str, content: bytes) -> Iterator[str]:
    """What a person would be told, and nothing of what was read."""
    from healthmate_desktop.documents import archives, dicom, sheets, word_files
    from healthmate_desktop.domain.documents import Problem
    from healthmate_desktop.errors import DocumentError

    def found() -> Iterator[object]:
        if reads == "zip":
            yield from archives.members(content)
        elif reads == "docx":
            for aligned in (False, True):
                yield from word_files.read_word(content, aligned=aligned).problems
        elif reads == "dicom":
            yield from dicom.read_dicom(content)
            yield dicom.draw_dicom(content, 100)
        else:
            for sheet in (
                [sheets.read_csv(content)] if reads == "csv" else sheets.read_workbook(content)
            ):
                yield from sheet.rows
                yield from sheet.problems

    try:
        for each in found():
            if isinstance(each, Problem):
                yield each.message
    except DocumentError as error:
        yield str(error)


def _main() -> NoReturn:
    import psutil

    from healthmate_desktop.documents import limits

    limits.limit_process()
    told = sorted(set(read_here(sys.argv[1], sys.stdin.buffer.read())))
    peak = psutil.Process().memory_info().rss // MEGABYTE  # libraries keep what they were given
    if sys.platform == "linux":
        status = Path("/proc/self/status").read_text(encoding="ascii")
        peak = int(status.partition("VmHWM:")[2].split()[0]) // 1024
    os.write(1, json.dumps({"told": told, "megabytes": peak}).encode())
    os._exit(0)  # nothing may be written, not even what was covered


if __name__ == "__main__":
    _main()
