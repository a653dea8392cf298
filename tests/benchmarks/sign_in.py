"""Whether the time of a refusal tells if there is someone of that name: wrong passphrase against unknown name.

Run with `python tests/benchmarks/sign_in.py [ROUNDS]`. All ways take turns, at the cost of a new vault on this machine.
The processor's time is compared, which whatever else the computer does changes little; the quickest times are printed
too, also of a right passphrase, and of the second person's without a name.
"""

from __future__ import annotations

import contextlib
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from healthmate_desktop.errors import WrongPassphrase
from healthmate_desktop.security.header import create_header, open_header
from healthmate_desktop.security.kdf import calibrate

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 15
LARGEST_DIFFERENCE = 0.05
PASSPHRASE, OTHER = "tangerine ladder quiet violin", "mijn opa had twee ezels"


def main() -> int:
    """Print the times in seconds and the difference; 1 when it is over the limit."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    cost = calibrate()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        create_header(folder, PASSPHRASE, name="Anna", cost=cost)
        open_header(folder, PASSPHRASE).add_user("u2", "Bert", OTHER, cost=cost)
        ways: dict[str, Callable[[], object]] = {
            "wrong_passphrase": lambda: open_header(folder, "another long sentence", "Anna"),
            "unknown_name": lambda: open_header(folder, "another long sentence", "Carla"),
            "right": lambda: open_header(folder, PASSPHRASE, "Anna"),
            "second_without_a_name": lambda: open_header(folder, OTHER),
        }
        times: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
        for _ in range(rounds):
            for way, attempt in ways.items():
                times[way].append(seconds(attempt))
    quickest = {way: round(min(found)[0], 4) for way, found in times.items()}
    busy = {way: statistics.median(cpu for _, cpu in found) for way, found in times.items()}
    difference = abs(busy["unknown_name"] / busy["wrong_passphrase"] - 1)
    result = {"seconds": quickest, "processor": {way: round(cpu, 4) for way, cpu in busy.items()}}
    print(json.dumps({**result, "difference": round(difference, 4), "rounds": rounds}))
    return int(difference > LARGEST_DIFFERENCE)


def seconds(attempt: Callable[[], object]) -> tuple[float, float]:
    """As a clock tells, and of the processor."""
    started, busy = time.perf_counter(), time.process_time()
    with contextlib.suppress(WrongPassphrase):
        attempt()
    return time.perf_counter() - started, time.process_time() - busy


if __name__ == "__main__":
    sys.exit(main())
