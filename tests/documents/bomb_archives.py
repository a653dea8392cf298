"""Archives made to harm."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from functools import partial

from bomb_kinds import MEGABYTE, Bomb, flate, keep
from honest_files import zipped

ARCHIVES: dict[str, Bomb] = {}
_bomb = partial(keep, ARCHIVES)


@_bomb("zip: 1,000 to 1", "a.zip", "zip", "hundred times")
def _zip_ratio() -> bytes:
    return zipped([("zeros.txt", bytes(30 * MEGABYTE))])


@_bomb("zip: more than 1 GB in all", "a.zip", "zip", "more than 1 GB", slow=True)
def _zip_total() -> bytes:
    return zipped((f"{number}.txt", bytes(60 * MEGABYTE)) for number in range(20))


@_bomb("zip: parts over one another", "a.zip", "zip", "damaged|more than 1 GB")
def _zip_overlap() -> bytes:
    """Each entry of the list points to the one part there is."""
    packed = flate(bytes(1000), 20_000, -15)
    crc = zlib.crc32(bytes(20_000_000))
    local = (
        struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 8, 0, 0, crc, len(packed), 20_000_000, 1, 0)
        + b"a"
        + packed
    )
    listed = b"".join(
        struct.pack(
            "<4sHHHHHHIIIHHHHHII",
            b"PK\1\2",
            20,
            20,
            0,
            8,
            0,
            0,
            crc,
            len(packed),
            20_000_000,
            4,
            0,
            0,
            0,
            0,
            0,
            0,
        )
        + b"%04d" % number
        for number in range(9999)
    )
    return (
        local
        + listed
        + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 9999, 9999, len(listed), len(local), 0)
    )


@_bomb("zip: 100,000 entries", "a.zip", "zip", "10,000 files", slow=True)
def _zip_entries() -> bytes:
    return zipped(((f"{number}", b"") for number in range(100_000)), zipfile.ZIP_STORED)


@_bomb("zip: names that lead out", "a.zip", "zip", "leads out")
def _zip_slip() -> bytes:
    names = ("../../evil.txt", "/etc/evil", "C:\\evil.txt", "a/../../evil.txt", "..\\evil.txt")
    return zipped((name, b"evil") for name in names)


@_bomb("zip: a link", "a.zip", "zip", "link")
def _zip_link() -> bytes:
    info = zipfile.ZipInfo("letter.txt")
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zipped([(info, b"/etc/passwd")])


@_bomb("zip: 12 archives in one another", "a.zip", "zip", "too deep")
def _zip_deep() -> bytes:
    content = b"letter"
    for _ in range(12):
        content = zipped([("inner.zip", content)])
    return content


@_bomb("zip: 100 times 100 archives", "a.zip", "zip", "too deep")
def _zip_wide() -> bytes:
    inner = zipped([("zeros.txt", bytes(900_000))])
    middle = zipped((f"{number}.zip", inner) for number in range(100))
    return zipped((f"{number}.zip", middle) for number in range(100))


@_bomb("zip: a size that is not true", "a.zip", "zip", "damaged")
def _zip_lie() -> bytes:
    content = zipped([("a.txt", bytes(50 * MEGABYTE))])
    return content.replace(struct.pack("<I", 50 * MEGABYTE), struct.pack("<I", 1000))


@_bomb("zip: packed with bzip2", "a.zip", "zip", "does not know")
def _zip_bzip2() -> bytes:
    return zipped([("a.txt", bytes(20 * MEGABYTE))], zipfile.ZIP_BZIP2)


@_bomb("zip: 9,000 times the same name", "a.zip", "zip")
def _zip_names() -> bytes:
    content = zipped((f"{number:05}.txt", b"x") for number in range(9000))
    return re.sub(rb"\d{5}\.txt", b"00000.txt", content)


@_bomb("zip: names that read backwards", "a.zip", "zip")
def _zip_rtlo() -> bytes:
    return zipped([("letter\u202etxt.exe", b"MZ"), ("a\u0000b\u200f.txt", b"x")])


@_bomb("zip: a list that is no list", "a.zip", "zip", "damaged")
def _zip_list() -> bytes:
    return zipped([("a.txt", b"x")]).replace(b"PK\1\2", b"PK\1\3")
