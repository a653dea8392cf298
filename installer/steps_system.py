"""What the operating system has to bring: OCR, a C++ compiler for llama.cpp, the libraries Qt draws with."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys

from steps_run import AGAIN, ROOT, Step, StepFailed, run_logged, say

DEBIAN = [
    "tesseract-ocr",
    "tesseract-ocr-eng",
    "g++",
    "cmake",
    "ninja-build",
    "libegl1",
    "libgl1",
    "libxkbcommon0",
    "libxkbcommon-x11-0",
    "libdbus-1-3",
    "libfontconfig1",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-shape0",
    "libxcb-xinerama0",
]
PROGRAMS = {"tesseract": "Tesseract OCR", "cmake": "CMake", "c++": "a C++ compiler"}
HELP = {
    "darwin": "xcode-select --install; brew install tesseract cmake",
    "win32": "Follow installer/windows/README.md",
}
ROOM = 4_000_000_000  # bytes; a finished .venv takes 2.6 GB with the processor-only PyTorch


def system_steps() -> list[Step]:
    return [Step("system", "System packages", install, lambda: " ".join(DEBIAN))]


def install() -> None:
    if shutil.disk_usage(ROOT).free < ROOM:
        raise StepFailed("There are less than 4 GB free on this disk.", f"Free some room. {AGAIN}")
    if shutil.which("dpkg-query") and shutil.which("apt-get"):
        install_debian()
    else:
        check_programs()


def install_debian() -> None:
    missing = missing_packages()
    if not missing:
        say("all there")
        return
    prefix = apt_prefix()
    if prefix is None:
        line = f"sudo apt-get update && sudo apt-get install -y {' '.join(missing)}"
        raise StepFailed(
            "Some system packages are missing, and installing them needs an administrator.",
            f"Run this line, then start the same command again:\n\n  {line}\n",
        )
    say("installing " + " ".join(missing))
    apt = [*prefix, "apt-get", "-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::Retries=3"]
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    failure = "The system packages could not be installed."
    run_logged([*apt, "update"], failure=failure, environment=quiet)
    run_logged(
        [*apt, "install", "-y", "--no-install-recommends", *missing],
        failure=failure,
        environment=quiet,
    )


def missing_packages() -> list[str]:
    wanted = list(DEBIAN)
    if importlib.util.find_spec("ensurepip") is None:  # Debian keeps it in a package of its own
        wanted.append(f"python3.{sys.version_info.minor}-venv")
    answer = subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n", *wanted],
        capture_output=True,
        text=True,
        check=False,
    )
    installed = {
        line.split()[0] for line in answer.stdout.splitlines() if line.endswith(" installed")
    }
    return [name for name in wanted if name not in installed]


def apt_prefix() -> list[str] | None:
    """What to put before apt-get, or None when it would have to ask for a password."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if (
        sudo
        and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return [sudo, "-n", "--preserve-env=DEBIAN_FRONTEND"]
    return None


def check_programs() -> None:
    missing = [what for program, what in PROGRAMS.items() if not found(program)]
    if missing:
        raise StepFailed(
            f"Not found on this computer: {', '.join(missing)}.",
            HELP.get(sys.platform, "Follow installer/linux/README.md") + f"\n{AGAIN}",
        )


def found(program: str) -> bool:
    if program == "c++" and os.name == "nt":
        return True  # the Visual C++ compiler is not on the search path; CMake finds it
    return shutil.which(program) is not None
