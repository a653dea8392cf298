"""What a process finished, told through shared memory: no call of its own, nothing a kill or a full disk could lose."""

from __future__ import annotations

import json
import mmap
import struct
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

SIZE = 1 << 20
_USED = struct.Struct(">Q")

Note = dict[str, Any]


class Board:
    """Notes in a mapped file. The length is written last, so that a reader sees whole notes only."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(SIZE))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), SIZE)
        self._lock = threading.Lock()

    def write(self, **note: Any) -> None:
        line = json.dumps(note).encode() + b"\n"
        with self._lock:
            start = _USED.size + self._used()
            self._map[start : start + len(line)] = line
            _USED.pack_into(self._map, 0, start + len(line) - _USED.size)

    def notes(self) -> list[Note]:
        lines = self._map[_USED.size : _USED.size + self._used()].splitlines()
        return [json.loads(line) for line in lines]

    def close(self) -> None:
        self._map.close()

    def _used(self) -> int:
        return int(_USED.unpack_from(self._map, 0)[0])
