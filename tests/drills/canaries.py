"""Planted words of 128 bits that can be read aloud, drawn and found by OCR, and the search for them in any shape."""

from __future__ import annotations

import base64
import mmap
import os
import random
import re
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

SYLLABLES = [
    c + v + e for c in "bdfgkmnprstvwz" for v in "aeou" for e in ("n", "r", "s", "m", "d")
][:256]
ZLIB_STARTS = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
LONGEST_INFLATED = 1 << 20
PART = 64 << 20  # bytes looked at in one go
MARGIN = 4096  # more than the longest shape


def words(count: int, seed: int) -> list[str]:
    """Unique, made of 16 syllables of eight bits each."""
    chance = random.Random(seed)
    made = ["".join(chance.choices(SYLLABLES, k=16)).capitalize() for _ in range(count)]
    assert len(set(made)) == count
    return made


def shapes(word: str) -> Iterator[bytes]:
    """How a word may lie on a disk, but for compression."""
    for text in (word, word.lower(), word.upper()):
        raw = text.encode()
        yield raw
        yield text.encode("utf-16-le")
        yield text.encode("utf-16-be")
        yield raw.hex().encode()
    raw = word.encode()
    yield raw.hex().upper().encode()
    for shift in range(3):  # what stands before it moves it within groups of three bytes
        inner = base64.b64encode(b"\0" * shift + raw)
        yield inner[4 if shift else 0 : -4]


def forms_of(planted: Iterable[str]) -> dict[bytes, str]:
    return {form: word for word in planted for form in shapes(word)}


def seen_in(content: bytes, forms: Mapping[bytes, str]) -> set[str]:
    """Which words are in some bytes, also in what can be inflated there."""
    found = {word for form, word in forms.items() if form in content}
    for match in ZLIB_STARTS.finditer(content):
        inner = _inflated(content[match.start() : match.start() + LONGEST_INFLATED])
        if len(inner) > 16:
            found |= {word for form, word in forms.items() if form in inner}
    return found


def seen_on(image: Path, forms: Mapping[bytes, str]) -> set[str]:
    """Which words are anywhere in a raw image, deleted files and journal included; holes are left out."""
    found: set[str] = set()
    with image.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        for start, end in _data(file.fileno(), len(whole)):
            for part in range(start, end, PART):
                found |= seen_in(whole[part : min(end, part + PART + MARGIN)], forms)
    return found


def seen_below(
    folder: Path, forms: Mapping[bytes, str], planted: Iterable[str]
) -> set[tuple[str, str]]:
    """Each file below a folder, and the word that is in it or in its name."""
    found = set()
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        found |= {(name, word) for word in planted if word.lower() in name.lower()}
        if path.is_file() and not path.is_symlink():
            found |= {(name, word) for word in seen_in(path.read_bytes(), forms)}
    return found


def _data(file: int, size: int) -> Iterator[tuple[int, int]]:
    end = 0
    while end < size:
        try:
            start = os.lseek(file, end, os.SEEK_DATA)
        except OSError:  # nothing but a hole
            return
        end = os.lseek(file, start, os.SEEK_HOLE)
        yield start, end


def _inflated(content: bytes) -> bytes:
    machine = zlib.decompressobj(wbits=47)  # zlib or gzip, as its start says
    try:
        return machine.decompress(content, LONGEST_INFLATED)
    except zlib.error:
        return b""
