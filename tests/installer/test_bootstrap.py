"""Set-up goes on where it stopped, says what failed in one sentence, and costs nothing the second time."""

from __future__ import annotations

import ast
import importlib
import os
import re
import stat
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

pytestmark = [
    pytest.mark.unit,
    pytest.mark.skipif(os.name == "nt", reason="scripts of a POSIX shell"),
]

ROOT = Path(__file__).resolve().parents[2]
INSTALLER = ROOT / "installer"


Load = Callable[[str], ModuleType]


@pytest.fixture
def part(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Load:
    """Loads a module of the installer, working in a folder of the test instead of the checkout."""
    monkeypatch.syspath_prepend(str(INSTALLER))
    names = ["steps_run", "steps_system", "steps_llama", "steps_python", "steps", "bootstrap"]
    places = {"VENV": tmp_path, "LOG": tmp_path / "setup.log", "STATE": tmp_path / "state.json"}
    modules = {name: importlib.import_module(name) for name in names}
    for module in modules.values():
        for place, path in places.items():
            monkeypatch.setattr(module, place, path, raising=False)
    monkeypatch.setattr(modules["steps_llama"], "BUILD_LOG", tmp_path / "build.log")
    return lambda name: modules[name]


class Rehearsal:
    """The step runner with three steps of its own; `done` collects the names of those that ran."""

    def __init__(self, part: Load, monkeypatch: pytest.MonkeyPatch) -> None:
        self.steps, self.run = part("steps"), part("steps_run")
        self.done: list[str] = []
        self.marks = {"first": "1", "second": "1", "third": "1"}
        self._patch = monkeypatch
        self.with_steps("first", "second", "third")
        self.venv_answers(True)

    def with_steps(self, *steps: Any) -> None:
        made = [self.step(step) if isinstance(step, str) else step for step in steps]
        self._patch.setattr(self.steps, "system_steps", lambda: made[:1])
        self._patch.setattr(self.steps, "python_steps", lambda **_: made[1:])

    def step(self, name: str) -> Any:
        return self.run.Step(
            name, name.title(), lambda: self.done.append(name), lambda: self.marks[name]
        )

    def failing(self, name: str, clean_up: Callable[[], None] = lambda: None) -> Any:
        def fail() -> None:
            raise self.run.StepFailed("The oven is cold.", "Light it.")

        return self.run.Step(name, name.title(), fail, lambda: "1", clean_up)

    def venv_answers(self, answers: bool) -> None:
        self._patch.setattr(self.steps, "venv_answers", lambda: answers)

    def set_up(self) -> int:
        code: int = self.steps.set_up(for_tests=False)
        return code


@pytest.fixture
def rehearsal(part: Load, monkeypatch: pytest.MonkeyPatch) -> Rehearsal:
    return Rehearsal(part, monkeypatch)


def test_second_start_does_nothing_and_says_nothing(
    rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rehearsal.set_up() == 0
    assert "[3/3] Third" in capsys.readouterr().out
    assert rehearsal.set_up() == 0
    assert rehearsal.done == ["first", "second", "third"]
    assert capsys.readouterr().out == ""


def test_a_step_is_done_again_when_what_it_depends_on_changed(rehearsal: Rehearsal) -> None:
    rehearsal.set_up()
    rehearsal.marks["second"] = "2"
    rehearsal.set_up()
    assert rehearsal.done == ["first", "second", "third", "second"]


def test_after_a_failure_it_goes_on_at_the_failed_step(
    rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    rehearsal.with_steps("first", rehearsal.failing("second"), "third")
    assert rehearsal.set_up() == 1
    assert "The oven is cold.\nLight it." in capsys.readouterr().out
    rehearsal.with_steps("first", "second", "third")
    assert rehearsal.set_up() == 0
    assert rehearsal.done == ["first", "second", "third"]


def test_a_background_build_is_ended_when_a_step_fails(rehearsal: Rehearsal) -> None:
    ended: list[str] = []
    rehearsal.with_steps("first", rehearsal.failing("second", lambda: ended.append("build")))
    rehearsal.set_up()
    assert ended == ["build"]


@pytest.mark.parametrize("content", ["", "[1, 2]", "{"])
def test_damaged_state_only_means_that_all_is_looked_at_again(
    rehearsal: Rehearsal, content: str
) -> None:
    rehearsal.set_up()
    rehearsal.steps.STATE.write_text(content)
    assert rehearsal.set_up() == 0
    assert rehearsal.done == ["first", "second", "third"] * 2


def test_environment_that_does_not_answer_makes_all_steps_run_again(rehearsal: Rehearsal) -> None:
    rehearsal.set_up()
    rehearsal.venv_answers(False)
    rehearsal.set_up()
    assert rehearsal.done == ["first", "second", "third"] * 2


def test_failed_command_is_explained_and_its_output_kept_without_passwords(part: Load) -> None:
    run = part("steps_run")
    script = "print('from https://me:secret@host/x'); print('No space left on device'); raise SystemExit(3)"
    with pytest.raises(run.StepFailed, match=r"It did not work\. The disk is full\.") as failure:
        run.run_logged([sys.executable, "-c", script], failure="It did not work.")
    assert failure.value.mend.startswith("Free about 6 GB.")
    log = run.LOG.read_text()
    assert "from https://host/x" in log
    assert log.count("secret") == 0


def test_long_command_shows_that_it_goes_on(
    part: Load, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = part("steps_run")
    monkeypatch.setattr(run, "HEARTBEAT", 0.05)
    script = "import time; print('Collecting one', flush=True); time.sleep(0.5)"
    run.run_logged([sys.executable, "-c", script], failure="It did not work.")
    assert "s  Collecting one" in capsys.readouterr().out


def test_packages_being_installed_are_counted(part: Load) -> None:
    condensed = part("steps_run").condensed
    assert condensed("Installing collected packages: a, b, c") == "Installing 3 packages"
    assert condensed("Downloading a.whl (2 MB)") == "Downloading a.whl (2 MB)"


def test_build_shows_how_far_the_compiler_is(part: Load) -> None:
    llama = part("steps_llama")
    llama.BUILD_LOG.write_text("Collecting it\n")
    assert llama.progress() == "preparing the build"
    llama.BUILD_LOG.write_text("  [1/193] g++ a.c\n  [50/193] g++ b.c\nb.c: a warning\n")
    assert llama.progress() == "50 of 193 files built"


def test_a_folder_that_cannot_be_written_is_a_sentence_too(
    rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise PermissionError(13, "Permission denied")

    rehearsal.with_steps("first", rehearsal.run.Step("second", "Wheels", fail, lambda: "1"))
    assert rehearsal.set_up() == 1
    assert "Wheels: [Errno 13] Permission denied." in capsys.readouterr().out


def test_without_rights_the_one_line_to_run_is_printed(
    part: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = part("steps_system")
    monkeypatch.setattr(system, "missing_packages", lambda: ["tesseract-ocr", "cmake"])
    monkeypatch.setattr(system, "apt_prefix", lambda: None)
    with pytest.raises(part("steps_run").StepFailed) as failure:
        system.install_debian()
    assert (
        "sudo apt-get update && sudo apt-get install -y tesseract-ocr cmake\n" in failure.value.mend
    )


def test_python_that_fits_is_found_behind_a_shim_that_leads_nowhere(
    part: Load, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bootstrap = part("bootstrap")
    for folder, script in (("shim", "#!/bin/sh\nexit 127\n"), ("real", "#!/bin/sh\nexit 0\n")):
        program = tmp_path / folder / "python3.11"
        program.parent.mkdir()
        program.write_text(script)
        program.chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{tmp_path / 'shim'}{os.pathsep}{tmp_path / 'real'}")
    assert bootstrap.other_python() == str(tmp_path / "real" / "python3.11")


def test_without_a_python_that_fits_the_command_to_run_instead_is_said(
    part: Load, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bootstrap = part("bootstrap")
    monkeypatch.setattr(bootstrap, "SUPPORTED", ())
    assert bootstrap.main(["test"]) == 2
    assert "python3.12 installer/bootstrap.py test" in capsys.readouterr().out


def test_wheel_is_taken_only_for_this_python_and_computer(part: Load) -> None:
    llama = part("steps_llama")
    here = llama.sysconfig.get_platform().replace("-", "_").replace(".", "_")
    assert llama.fits(f"llama_cpp_python-1-py3-none-{here}.whl")
    assert not llama.fits("llama_cpp_python-1-py3-none-plan9_vax.whl")
    assert not llama.fits(f"llama_cpp_python-1-cp39-cp39-{here}.whl")


def test_wheels_lie_where_the_environment_says(
    part: Load, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    llama = part("steps_llama")
    monkeypatch.delenv("HEALTHMATE_WHEELS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert llama.wheel_folder() == tmp_path / "healthmate" / "wheels"
    monkeypatch.setenv("HEALTHMATE_WHEELS", str(tmp_path / "mine"))
    assert llama.wheel_folder() == tmp_path / "mine"


def test_a_wrong_word_prints_how_to_use_it() -> None:
    answer = subprocess.run(
        [sys.executable, str(INSTALLER / "bootstrap.py"), "instal"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 2
    assert "python3 installer/bootstrap.py run" in answer.stdout


def test_bootstrap_can_be_read_by_pythons_that_are_too_old() -> None:
    source = (INSTALLER / "bootstrap.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 7))
    first = [
        node for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert {name for node in first for name in [ast.unparse(node)] if "steps" in name} == set()


def test_set_up_needs_nothing_that_is_not_there_yet() -> None:
    parts = [INSTALLER / "bootstrap.py", *INSTALLER.glob("steps*.py")]
    ours = {file.stem for file in parts}
    for file in parts:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names | ours


def test_every_dependency_has_a_pinned_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + [
        name for extra in project["optional-dependencies"].values() for name in extra
    ]
    pins = re.findall(r"^([\w.-]+)==[\w.+]+$", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    pinned = {re.sub(r"[-_.]+", "-", name).lower() for name in pins}
    for requirement in wanted:
        name = re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0]
        assert re.sub(r"[-_.]+", "-", name).lower() in pinned, requirement
