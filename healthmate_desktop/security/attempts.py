"""Wrong passphrases at the locked window: the pause after them, and what to tell of them after the next right one.

Hygiene, not protection: the file is readable and may be deleted. What protects is the cost of a guess, see `kdf`.
"""

from __future__ import annotations

import contextlib
import json
import math
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, get_args

from healthmate_desktop.domain.sessions import AttemptKind, FailedAttempt
from healthmate_desktop.security.durable import replace_file

if TYPE_CHECKING:
    from pathlib import Path

_KINDS: dict[str, AttemptKind] = {kind: kind for kind in get_args(AttemptKind)}
FREE = 3  # tries without a pause
PAUSES = (2, 5, 15, 30, 60, 120, 240, 480, 900)  # seconds before the next ones; then the last
KEPT = 1000  # attempts that are told of
LARGEST = 256 * 1024  # bytes of the file


def pause_after(failures: int) -> int:
    """Seconds."""
    if failures < FREE:
        return 0
    return PAUSES[min(failures - FREE, len(PAUSES) - 1)]


@dataclass(frozen=True, slots=True)
class _State:
    failures: int = 0
    last: datetime | None = None  # moved when the clock was set back
    attempts: tuple[FailedAttempt, ...] = ()


class Attempts:
    """Counts in the file at `path`. Trouble with the disk never keeps anyone out: then it counts in memory."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unsaved: _State | None = None

    def wait(self, now: datetime) -> int:
        """Seconds until the next try; at most 900 from the first call on, whatever the clock did."""
        state = self._load()
        pause = pause_after(state.failures)
        if state.last is None or not pause:
            return 0
        if now < state.last:
            self._save(replace(state, last=now))
            return pause
        passed = (now - state.last).total_seconds()
        return max(0, math.ceil(pause - passed))

    def failed(self, now: datetime, what: AttemptKind) -> None:
        """`now` with its time zone."""
        state = self._load()
        attempts = (*state.attempts, FailedAttempt(now, what))[-KEPT:]
        self._save(_State(state.failures + 1, now, attempts))

    def succeeded(self) -> list[FailedAttempt]:
        """Those since the last success, oldest first, but no more than the last 1,000. Counting begins anew."""
        attempts = list(self._load().attempts)
        try:
            self._path.unlink(missing_ok=True)
            self._unsaved = None
        except OSError:
            self._unsaved = _State()
        return attempts

    def _load(self) -> _State:
        if self._unsaved is not None:
            return self._unsaved
        try:
            with self._path.open("rb") as file:
                return _state(json.loads(file.read(LARGEST)))
        except (OSError, ValueError, KeyError, TypeError, RecursionError, OverflowError):
            return _State()

    def _save(self, state: _State) -> None:
        content = {
            "failures": state.failures,
            "last": state.last.isoformat() if state.last else None,
            "attempts": [[attempt.at.isoformat(), attempt.kind] for attempt in state.attempts],
        }
        self._unsaved = state
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_file(self._path, json.dumps(content).encode("ascii"))
            self._unsaved = None


def _state(stored: Any) -> _State:
    """Raises ValueError, KeyError or TypeError for anything that `_save` does not write."""
    failures = stored["failures"]
    if type(failures) is not int or failures < 0:
        raise ValueError("no count")
    attempts = tuple(FailedAttempt(_time(at), _KINDS[kind]) for at, kind in stored["attempts"])
    last = stored["last"]
    return _State(failures, None if last is None else _time(last), attempts[-KEPT:])


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.utcoffset() is None:
        raise ValueError("no time zone")
    return time
