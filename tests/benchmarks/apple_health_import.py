"""A made-up export of Apple Health into a vault by `healthmate-cli`: time, memory of each process, stop and resume.

    python tests/benchmarks/apple_health_import.py FOLDER [MEGABYTES]

Writes export.xml into FOLDER and a vault beside it. The import is stopped (Ctrl+C) while it is sealed and while it is
read, killed at the same places, then done; counts and sums of the vault must be those that were written.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from decimal import Context, Decimal, localcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from apple_health import Totals, write_export
from processes import PASSPHRASE, Shell

from healthmate_desktop.composition import create_vault
from healthmate_desktop.domain.records import RecordFilter
from healthmate_desktop.paths import Paths
from healthmate_desktop.security.header import open_header
from healthmate_desktop.security.kdf import FLOOR
from healthmate_desktop.services.day_records import each_once
from healthmate_desktop.storage.vault import Vault

if TYPE_CHECKING:
    from collections import Counter, defaultdict
    from collections.abc import Callable

MEGABYTES = 1024
LOOK = 0.05  # seconds between two looks at the processes


@dataclass
class Run:
    code: int = 0
    seconds: float = 0
    stopped: float = 0  # seconds from the signal to the end
    peaks: dict[str, int] = field(default_factory=dict)  # MB by process
    answer: str = ""


def run(
    shell: Shell, *words: str | Path, when: Callable[[int], bool] | None = None, by: int = 0
) -> Run:
    """`when` gets the bytes that were read and says whether the signal `by` is sent."""
    found, read, sent = Run(), [0], 0.0
    started = time.monotonic()
    command = shell.command(*words, "--json")
    process = subprocess.Popen(
        command,
        env=shell.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )

    def follow() -> None:
        for line in process.stderr or ():
            if line.endswith("bytes\n"):
                read[0] = int(line.split()[0].replace(",", ""))

    def gather() -> None:
        found.answer = process.stdout.read() if process.stdout else ""

    threads = [threading.Thread(target=work) for work in (follow, gather)]
    for thread in threads:
        thread.start()
    while process.poll() is None:
        look(process.pid, found.peaks)
        if when is not None and not sent and when(read[0]):
            sent = time.monotonic()
            process.send_signal(by)
        time.sleep(LOOK)
    found.code, found.seconds = process.returncode, time.monotonic() - started
    found.stopped = time.monotonic() - sent if sent else 0
    for thread in threads:
        thread.join()
    return found


def look(pid: int, peaks: dict[str, int]) -> None:
    try:
        main = psutil.Process(pid)
        for process in (main, *main.children(recursive=True)):
            line = process.cmdline()
            name = line[line.index("--child") + 1] if "--child" in line else "command"
            peaks[name] = max(peaks.get(name, 0), process.memory_info().rss // 2**20)
    except (psutil.Error, IndexError):
        return


def counted(data: Path) -> dict[str, Any]:
    totals = Totals()
    vault = Vault.open(data / "vault", open_header(data / "vault", PASSPHRASE).keys)
    counts: Counter[str] = totals.counts
    sums: defaultdict[str, Decimal] = totals.sums
    with vault.read() as tx, localcontext(Context(prec=100)):
        (person,) = tx.patients.all()
        for _, chunk in each_once(tx.samples.of_patient(person.id, RecordFilter())):
            counts[chunk.kind.type] += chunk.count
            sums[chunk.kind.type] += chunk.total
        for record in tx.records.of_patient(person.id, RecordFilter(type="Observation")):
            codes = [coding["code"] for coding in record.resource["code"]["coding"]]
            totals.panels += "85354-9" in codes
            totals.workouts += "HKWorkoutTypeIdentifier" in codes
            if not {"85354-9", "HKWorkoutTypeIdentifier"} & set(codes):
                counts[codes[-1]] += 1
                sums[codes[-1]] += record.resource["valueQuantity"]["value"]
    vault.close()
    return comparable(totals)


def comparable(totals: Totals) -> dict[str, Any]:
    sums = {name: str(value.normalize(Context(prec=100))) for name, value in totals.sums.items()}
    return {
        "counts": dict(totals.counts),
        "sums": {name: value for name, value in sums.items() if Decimal(value)},
        "panels": totals.panels,
        "workouts": totals.workouts,
    }


def main() -> int:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have it ignored
    folder, size = Path(sys.argv[1]), int(sys.argv[2] if sys.argv[2:] else MEGABYTES) * 2**20
    shell = Shell(folder / "computer").make()
    create_vault(Paths(shell.data), PASSPHRASE, cost=FLOOR)
    assert run(shell, "person", "add", "Ada Example").code == 0
    export = folder / "export.xml"
    with export.open("wb") as file:
        totals = write_export(file, size)
    originals = shell.data / "vault" / "originals"

    def sealing(_: int) -> bool:
        return any(path.stat().st_size > size / 4 for path in originals.glob("*.part"))

    for by, name in ((signal.SIGINT, "stopped"), (signal.SIGKILL, "killed")):
        for when, place in ((sealing, "sealed"), (lambda read: read > size / 2, "read")):
            done = run(shell, "import", export, "--accept-all", when=when, by=by)
            print(f"{name} while it is {place}: over in {done.stopped:.1f} s, code {done.code}")
    done = run(shell, "import", export, "--accept-all")
    print(f"{totals.size:,} bytes in {done.seconds:.0f} s; most memory in MB: {done.peaks}")
    (outcome,) = json.loads(done.answer)["files"]
    print("  ", outcome["status"], outcome["records"])
    same = counted(shell.data) == comparable(totals)
    print("   all counts and sums are equal" if same else "   DIFFERENT")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
