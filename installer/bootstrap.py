"""One command from a fresh checkout to a running program: `run` starts HealthMate, `test` runs its tests.

Standard library only, and readable by older Pythons, so that they can say which Python is needed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SUPPORTED = ((3, 11), (3, 12))
USAGE = """\
python3 installer/bootstrap.py run [arguments of healthmate]
python3 installer/bootstrap.py test [arguments of pytest]

Sets everything up the first time (10 to 20 minutes), then starts HealthMate or its tests.
Stopped half-way, it goes on there when it is started again. Only .venv, models and the
cache for built wheels are written; HEALTHMATE_WHEELS names another folder for that cache."""


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in ("run", "test"):
        print(USAGE)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    if sys.version_info[:2] not in SUPPORTED:
        return start_again_with(other_python(), arguments)
    from steps import set_up

    failed = set_up(for_tests=arguments[0] == "test")
    if failed:
        return failed
    return run(arguments[1:]) if arguments[0] == "run" else test(arguments[1:])


def other_python() -> str | None:
    """A Python on the search path that HealthMate runs on; it is tried, since a shim may lead nowhere."""
    for major, minor in SUPPORTED:
        for folder in os.get_exec_path():
            path = shutil.which(f"python{major}.{minor}", path=folder)
            if path and subprocess.call([path, "-c", ""], stderr=subprocess.DEVNULL) == 0:
                return path
    return None


def start_again_with(python: str | None, arguments: list[str]) -> int:
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if python is None:
        print(f"HealthMate needs Python 3.11 or 3.12; this is {here}, and no other was found.")
        print("Install one of them, then run: python3.12 installer/bootstrap.py " + arguments[0])
        return 2
    print(f"This is Python {here}; going on with {python}.", flush=True)
    return hand_over([python, str(Path(__file__).resolve()), *arguments])


def run(arguments: list[str]) -> int:
    from steps import venv_program

    shown = sys.platform != "linux" or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    if shown:
        return hand_over([venv_program("healthmate"), *arguments])
    print(
        "There is no screen here, so the demonstration runs in the terminal instead of the window."
    )
    return hand_over([venv_program("healthmate-cli"), "demo"])


def test(arguments: list[str]) -> int:
    from steps import ROOT, venv_program

    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.chdir(ROOT)
    coverage = ["--cov", "--cov-report=term:skip-covered"]
    return hand_over([venv_program("python"), "-m", "pytest", *coverage, *arguments])


def hand_over(command: list[str]) -> int:
    """Become `command`, so that signals and the exit code are its own."""
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606  # the arguments are a list, no shell is wanted
    return subprocess.call(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
