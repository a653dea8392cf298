"""What a file made to harm is, and what more than one format needs to make them."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MEGABYTE = 1024 * 1024

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCTYPE = f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>'


@dataclass(frozen=True)
class Bomb:
    """`reads` names what is tried in a limited process besides the reader; `says` is what it has to tell."""

    make: Callable[[], bytes]
    name: str = "file"
    reads: str = ""
    says: str = ""
    slow: bool = False


def keep(
    kept: dict[str, Bomb],
    title: str,
    name: str = "file",
    reads: str = "",
    says: str = "",
    *,
    slow: bool = False,
) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    def kept_as(make: Callable[[], bytes]) -> Callable[[], bytes]:
        kept[title] = Bomb(make, name, reads, says, slow)
        return make

    return kept_as


def flate(unit: bytes, times: int, bits: int = 15) -> bytes:
    """Many copies of `unit`, compressed a piece at a time so that the test itself stays small."""
    packer = zlib.compressobj(9, zlib.DEFLATED, bits)
    pieces = [packer.compress(unit * 1000) for _ in range(times // 1000)]
    return b"".join(pieces) + packer.flush()
