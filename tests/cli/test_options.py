"""`--data-dir`, `--user` and `--json` may stand anywhere before a `--`."""

from __future__ import annotations

from pathlib import Path

import pytest

from healthmate_desktop.cli.main import _common_options
from healthmate_desktop.cli.output import Context
from healthmate_desktop.paths import Paths, default_data_dir

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "arguments",
    [
        ["--json", "--data-dir", "x", "vault", "--user", "Ana", "check"],
        ["vault", "--data-dir=x", "--user=Ana", "check", "--json"],
        ["vault", "check", "--data-dir", "x", "--json", "--user", "Ana"],
    ],
)
def test_common_options_stand_anywhere(arguments: list[str]) -> None:
    context = Context(Paths(Path("x").absolute()), as_json=True, user="Ana")
    assert _common_options(arguments) == (["vault", "check"], context)


def test_without_them_the_platforms_folder_and_plain_words_are_meant() -> None:
    context = Context(Paths(default_data_dir().absolute()), as_json=False)
    assert _common_options(["vault", "check"]) == (["vault", "check"], context)


def test_after_two_dashes_everything_is_text() -> None:
    rest, context = _common_options(["triage", "--", "--json", "--data-dir", "x", "--user", "Ana"])
    assert rest == ["triage", "--", "--json", "--data-dir", "x", "--user", "Ana"]
    assert not context.as_json
    assert not context.user


@pytest.mark.parametrize("option", ["--data-dir", "--user"])
def test_an_option_without_its_word_is_left_to_be_refused(option: str) -> None:
    assert _common_options(["doctor", option])[0] == ["doctor", option]
