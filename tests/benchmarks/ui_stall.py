"""The longest gaps of a 5 ms timer of the window while sources are added, beside those while nothing happens.

    python tests/benchmarks/ui_stall.py PATH...

The library screen is shown on no display, with the real library, engine and reader in a folder of their own.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("LANCE_LOG", "error")
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from healthmate_desktop.composition import Commons
from healthmate_desktop.paths import Paths
from healthmate_desktop.settings import Settings
from healthmate_desktop.ui.changes import Changes
from healthmate_desktop.ui.library.screen import LibraryScreen
from healthmate_desktop.ui.tasks import Lane, TaskRunner

TICK_MS = 5
IDLE_MS = 5_000
LOOK_MS = 200
LONGEST_MS, RARE_MS = 100, 50  # worst, and the 99th percentile


class Ticks:
    """Remembers how long each tick of the window's thread was in coming."""

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps.append(1000 * (now - self._last))
        self._last = now

    def told(self, what: str) -> None:
        """Print what was seen, and begin anew."""
        gaps, self.gaps = np.array(self.gaps), []
        rare = float(np.percentile(gaps, 99))
        print(
            f"{what}: {len(gaps)} ticks, p99 {rare:.0f} ms (target {RARE_MS}), worst {gaps.max():.0f} ms "
            f"(target {LONGEST_MS}), {int((gaps > RARE_MS).sum())} over {RARE_MS}; load {os.getloadavg()[0]:.1f}",
            flush=True,
        )


def main() -> None:
    app = QApplication(sys.argv)
    with tempfile.TemporaryDirectory() as place:
        commons = Commons(Paths(Path(place)), Settings())
        runner = TaskRunner(lambda error: print(error, file=sys.stderr))
        screen = LibraryScreen(commons.library, commons.search(), runner, Changes())
        screen.resize(1366, 768)
        screen.show()
        ticks = Ticks()
        QTimer.singleShot(IDLE_MS, app.quit)
        app.exec()
        ticks.told("idle")
        look = QTimer(interval=LOOK_MS)
        look.timeout.connect(lambda: runner.busy or app.quit())
        look.start()
        runner.run(commons.index.count, owner=screen, lane=Lane.IO)
        app.exec()
        ticks.told("loading what the library needs, once")
        screen.add([Path(path).resolve() for path in sys.argv[1:]])
        app.exec()
        ticks.told(f"adding {commons.index.count():,} passages")
        commons.close()
        runner.shutdown()


if __name__ == "__main__":
    main()
