"""Each file made to harm is refused or bounded, with a message a person understands, and leaves nothing behind."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from bombs import BOMBS

from healthmate_desktop.children import child_environment
from healthmate_desktop.documents import limits
from healthmate_desktop.documents.client import Reader
from healthmate_desktop.errors import DocumentError

if TYPE_CHECKING:
    from bomb_kinds import Bomb

pytestmark = pytest.mark.security

HERE = Path(__file__).parent
SECONDS = 60
READ_BY_US = {title: bomb for title, bomb in BOMBS.items() if bomb.reads}
QUICK = [title for title, bomb in READ_BY_US.items() if not bomb.slow]
SLOW = [title for title, bomb in READ_BY_US.items() if bomb.slow]


def test_there_are_at_least_forty() -> None:
    assert len(BOMBS) >= 40


def _read_in_a_limited_process(bomb: Bomb) -> dict[str, object]:
    """Runs in a folder of its own, which has to stay empty; the process is killed if it goes over its limits."""
    program = [sys.executable, str(HERE / "bombs.py"), bomb.reads]
    environment = {name: value for name, value in child_environment().items() if name[:3] != "COV"}
    ended = subprocess.run(
        program,
        input=bomb.make(),
        capture_output=True,
        check=False,
        timeout=SECONDS,
        env=environment,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    told: dict[str, object] = json.loads(ended.stdout)
    return told


def _check(bomb: Bomb) -> None:
    told = _read_in_a_limited_process(bomb)
    messages = told["told"]
    assert isinstance(messages, list)
    assert isinstance(told["megabytes"], int)
    assert told["megabytes"] < limits.ADDRESS_SPACE / 1024 / 1024
    if bomb.says:
        wanted = bomb.says.split("|")
        assert any(words in message for words in wanted for message in messages), messages


@pytest.mark.parametrize("title", QUICK)
def test_bombs_are_refused_or_bounded_where_they_are_read(title: str) -> None:
    _check(BOMBS[title])


@pytest.mark.slow
@pytest.mark.parametrize("title", SLOW)
def test_large_bombs_are_refused_or_bounded_where_they_are_read(title: str) -> None:
    _check(BOMBS[title])


def _outcome(content: bytes, name: str) -> tuple[int, str]:
    """How much text came, or what a person was told instead."""
    reading = Reader().read(content, name)
    try:
        while True:
            next(reading)
    except StopIteration as end:
        return sum(
            len(page.text) for page in end.value.pages
        ), "Read, with nothing that could be put into words."
    except DocumentError as error:
        return 0, str(error)


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize("title", BOMBS)
def test_bombs_cost_the_reader_one_file(
    title: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = BOMBS[title]
    content = bomb.make()
    monkeypatch.chdir(tmp_path)
    started = time.monotonic()
    letters, message = _outcome(content, bomb.name)
    assert letters <= limits.LONGEST_TEXT
    assert letters or len(message) > 40
    assert time.monotonic() - started < 2 * SECONDS
    assert list(tmp_path.iterdir()) == []
    assert psutil.Process().children() == []
