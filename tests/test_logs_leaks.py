"""P5: ten thousand errors that carry a person's words leave none of them in the log or on the terminal."""

from __future__ import annotations

import base64
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.security, pytest.mark.integration]

HERE = Path(__file__).resolve().parent


def planted(count: int) -> list[str]:
    """Names that nothing else contains, such as Wilgaro Vandimuse 4f03."""
    chance = random.Random(5)
    parts = ["wil", "ga", "ro", "van", "di", "mu", "se", "ket", "lor", "by", "sen", "tha"]

    def name() -> str:
        return "".join(chance.choices(parts, k=4)).capitalize()

    return [f"{name()} {name()} {chance.randrange(16**4):04x}" for _ in range(count)]


def shapes(words: str) -> set[bytes]:
    """As they are, in pieces, and as programs write text that is not meant to be read."""
    first, second, _ = words.split()
    found = {first, second, words, words.replace(" ", "")}
    found |= {text.lower() for text in found} | {text.upper() for text in found}
    forms = {text.encode() for text in found}
    forms |= {text.encode("utf-16-le") for text in found} | {
        text.encode().hex().encode() for text in found
    }
    return forms | {base64.b64encode(words.encode())[4:-4]}


@pytest.mark.parametrize(
    "count", [500, pytest.param(10_000, marks=[pytest.mark.slow, pytest.mark.timeout(600)])]
)
def test_no_planted_word_is_ever_written_down(tmp_path: Path, count: int) -> None:
    words = planted(40)
    done = subprocess.run(
        [sys.executable, str(HERE / "log_leaks.py"), str(tmp_path), str(count), *words],
        env={**os.environ, "PYTHONPATH": str(HERE.parent), "HEALTHMATE_LOG_LEVEL": "debug"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert told.keys() == {"events.log", "vault lines"}
    assert min(content.count(b"\n") for content in told.values()) > 50  # it was indeed logged
    for event in (
        b"program.bug",
        b"action.failed",
        b"thread.bug",
        b"native.output",
        b"log.refused",
    ):
        assert event in told["vault lines"]
    seen = {**told, "standard output": done.stdout, "standard error": done.stderr}
    hits = [
        (place, text)
        for place, content in seen.items()
        for text in words
        if any(form in content for form in shapes(text))
    ]
    lines = sum(content.count(b"\n") for content in told.values())
    print(f"errors={count} lines={lines} hits={len(hits)}")
    assert hits == []
    assert set(done.stderr.splitlines()) <= {
        b"Qt stopped the program.",
        b"HealthMate stopped by a mistake of its own: ValueError. Your records are safe.",
        b"HealthMate stopped by a mistake of its own: Revealing. Your records are safe.",
    }


def test_the_search_finds_what_is_there() -> None:
    words = planted(1)[0]
    for content in (
        words,
        words.upper(),
        words.split()[1],
        words.encode().hex(),
        words[:-5].lower(),
    ):
        assert any(form in b"...\n" + content.encode() + b"..." for form in shapes(words))
    assert not any(form in b"nothing of the kind" for form in shapes(words))
