"""How many threads llama.cpp should use just now."""

from __future__ import annotations

_EVERY = 32  # evaluations between two trials of the slower choice, times how much slower it was
_NEWEST = 0.2  # share of the newest time in a running mean
_AT_MOST = 2.5  # times the mean that one evaluation may count


class Pace:
    """Chooses between one thread for each core and a single one, by the time that each took lately.

    llama.cpp's threads wait for each other many times a token. While other programs use the cores, that waiting
    made two threads 20 to 60 times slower than one (measured: 1 to 4 tokens/s against 80); alone on the
    machine, two are a third faster. Trials of the slower choice cost at most about 1/32 of the time.
    """

    def __init__(self, cores: int) -> None:
        self._choices = (cores, 1) if cores > 1 else (1,)
        self._seconds: dict[int, float] = {}
        self._wait = 0.0  # evaluations until the next trial

    def threads(self) -> int:
        for choice in self._choices:
            if choice not in self._seconds:
                return choice
        if self._wait > 0:
            return self._best()
        return max(self._choices, key=self._seconds.__getitem__)

    def took(self, threads: int, seconds: float) -> None:
        """`seconds` per token, of an evaluation with this many threads."""
        if len(self._seconds) < len(self._choices) or threads != self._best():
            self._seconds[threads] = seconds
        else:  # one slow token may be chance
            before = self._seconds[threads]
            newest = min(seconds, _AT_MOST * before)
            self._seconds[threads] = before + _NEWEST * (newest - before)
        if self._wait > 0:
            self._wait -= 1
        elif len(self._seconds) == len(self._choices):
            self._wait = _EVERY * max(self._seconds.values()) / min(self._seconds.values())

    def _best(self) -> int:
        return min(self._choices, key=self._seconds.__getitem__)
