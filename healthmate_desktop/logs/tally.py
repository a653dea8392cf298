"""Counts what may come in floods."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Tally:
    """Tells of the 1st, 10th, 100th … of each key, always with how many came since it last told."""

    def __init__(self, tell: Callable[[Any, int], object]) -> None:
        self._tell = tell
        self._told: dict[Any, int] = {}
        self._seen: dict[Any, int] = {}
        self._guard = threading.RLock()  # an object taken down in here may be counted itself

    def add(self, key: Any, count: int = 1) -> None:
        with self._guard:
            told, before = self._told.get(key, 0), self._seen.get(key, 0)
            seen = self._seen[key] = before + count
            due = len(str(seen)) > len(str(before)) or not before
            if due:
                self._told[key] = seen
        if due:
            self._tell(key, seen - told)

    def close(self) -> None:
        """Tell of what was not told yet. Counting may go on after."""
        with self._guard:
            rest = {key: seen - self._told[key] for key, seen in self._seen.items()}
            self._told = dict(self._seen)
        for key, count in rest.items():
            if count:
                self._tell(key, count)
