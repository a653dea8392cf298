"""An exported log can be checked by anyone, without a key, and shows what was changed in it."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from healthmate_desktop.paths import resources_dir

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from composition.conftest import House

pytestmark = [pytest.mark.security, pytest.mark.integration]

Lines = list[dict[str, Any]]


@pytest.fixture
def log(house: House, tmp_path: Path) -> Path:
    target = tmp_path / "log.jsonl"
    with closing(house.open()) as services:
        services.log.export(target)
    return target


def checked(log: Path, *words: str) -> tuple[int, str]:
    program = resources_dir() / "standalone" / "verify_log.py"
    done = subprocess.run(
        [sys.executable, program, log, *words], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_a_whole_log_passes(log: Path) -> None:
    code, said = checked(log)
    assert code == 0, said
    assert "whole and in order" in said
    assert "owner signed with" in said
    assert "not signed" not in said


def test_whose_key_it_is_can_be_asked(log: Path) -> None:
    assert checked(log, "--key", f"owner={'00' * 32}")[0] == 1


def edit(lines: Lines) -> None:
    lines[5]["event"][4] = "patient.viewed"


def remove(lines: Lines) -> None:
    del lines[5]


def swap(lines: Lines) -> None:
    lines[5], lines[6] = lines[6], lines[5]


def double(lines: Lines) -> None:
    lines.insert(5, lines[5])


def forge(lines: Lines) -> None:
    signature = next(line for line in lines if "signature" in line)
    signature["signature"] = "00" * 64


def move(lines: Lines) -> None:
    at = next(at for at, line in enumerate(lines) if "signature" in line)
    lines.insert(at - 2, lines.pop(at))


def empty(lines: Lines) -> None:
    del lines[1:]


@pytest.mark.parametrize("change", [edit, remove, swap, double, forge, move, empty])
def test_a_changed_log_does_not(log: Path, change: Callable[[Lines], None]) -> None:
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    change(lines)
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    log.write_text(text, encoding="utf-8")
    assert checked(log)[0] == 1


def test_what_is_no_log_is_said(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("no log\n", encoding="utf-8")
    code, said = checked(tmp_path / "x")
    assert (code, "not an exported log" in said) == (1, True)
