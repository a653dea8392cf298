"""`--data-dir` and `--json` may stand anywhere before a `--`."""

from __future__ import annotations

from pathlib import Path

import pytest

from healthmate_desktop.cli.main import _common_options
from healthmate_desktop.paths import default_data_dir

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "arguments",
    [
        ["--json", "--data-dir", "x", "vault", "check"],
        ["vault", "--data-dir=x", "check", "--json"],
        ["vault", "check", "--data-dir", "x", "--json"],
    ],
)
def test_common_options_stand_anywhere(arguments: list[str]) -> None:
    assert _common_options(arguments) == (["vault", "check"], Path("x").absolute(), True)


def test_without_them_the_platforms_folder_and_plain_words_are_meant() -> None:
    assert _common_options(["vault", "check"]) == (
        ["vault", "check"],
        default_data_dir().absolute(),
        False,
    )


def test_after_two_dashes_everything_is_text() -> None:
    rest, _, as_json = _common_options(["triage", "--", "--json", "--data-dir", "x"])
    assert rest == ["triage", "--", "--json", "--data-dir", "x"]
    assert not as_json


def test_data_dir_without_a_folder_is_left_to_be_refused() -> None:
    assert _common_options(["doctor", "--data-dir"])[0] == ["doctor", "--data-dir"]
