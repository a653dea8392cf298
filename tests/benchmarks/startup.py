"""How long until the locked window is painted, against a bare QWidget program.

Run with `python tests/benchmarks/startup.py [ROUNDS]`. Both programs take turns, so that they share whatever else the
machine does; each time is from the start of the process to the end of the first paint. Needs no display.
On Linux only, for the place of the data.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 15
LARGEST_RATIO = 1.6
ROOT = Path(__file__).resolve().parents[2]

BARE = """
import os, sys, time
from PySide6.QtWidgets import QApplication, QWidget

class Window(QWidget):
    def paintEvent(self, event):
        print(time.monotonic(), flush=True)
        os._exit(0)

app = QApplication(sys.argv)
window = Window()
window.show()
app.exec()
"""
LOCKED = """
import os, sys, time
from healthmate_desktop import __main__ as program
sys.argv = ["healthmate"]

def watch(*arguments):  # called by PySide in the place of exec
    from PySide6.QtCore import QEvent, QObject, QTimer
    from PySide6.QtWidgets import QApplication

    class Painted(QObject):
        def eventFilter(self, watched, event):
            if event.type() == QEvent.Type.Paint:
                QTimer.singleShot(0, self.done)  # after the paint
            return False

        def done(self):
            print(time.monotonic(), flush=True)
            os._exit(0)

    painted = Painted()
    (window,) = (w for w in QApplication.topLevelWidgets() if w.isVisible())
    window.screen_shown.panel.installEventFilter(painted)
    QApplication.processEvents()
    window.update()
    while True:
        QApplication.processEvents()

import PySide6.QtWidgets
PySide6.QtWidgets.QApplication.exec = watch
program.main()
"""


def main() -> int:
    """Print the medians in milliseconds and their ratio; 1 when it is over the limit."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        vault = place / "HealthMate" / "vault"
        vault.mkdir(parents=True)
        (vault / "vault.db").touch()  # enough for the locked window
        environment = os.environ | {
            "XDG_DATA_HOME": folder,
            "PYTHONPYCACHEPREFIX": str(place / "compiled"),  # compiled once, as when installed
            "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        times: dict[str, list[float]] = {BARE: [], LOCKED: []}
        for number in range(rounds + 1):
            for program, found in times.items():
                took = seconds(program, environment)
                if number:  # the first compiles
                    found.append(took)
    bare, locked = (statistics.median(found) for found in times.values())
    result = {
        "bare_ms": round(bare * 1000),
        "locked_window_ms": round(locked * 1000),
        "ratio": round(locked / bare, 2),
        "largest_ratio": LARGEST_RATIO,
        "rounds": rounds,
    }
    print(json.dumps(result))
    return int(locked / bare > LARGEST_RATIO)


def seconds(program: str, environment: dict[str, str]) -> float:
    started = time.monotonic()
    answer = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=environment,
    )
    return float(answer.stdout) - started


if __name__ == "__main__":
    sys.exit(main())
