"""`columns`: a table that is not sure is shown, told of, read, and the next one like it is not asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from processes import Shell

pytestmark = pytest.mark.integration

EARLY = "Date,Test,Result,Unit\n03/04/2024,Sodium,141,mmol/L\n04/04/2024,Potassium,4.2,mmol/L\n"


@pytest.fixture(scope="module")
def unsure(shell: Shell) -> str:
    """A table whose dates can be read in two ways."""
    labs = shell.folder / "labs.csv"
    labs.write_text(EARLY, encoding="utf-8")
    (imported,) = answer(shell, "import", labs)["files"]
    assert imported["status"] == "proposed"
    return str(imported["document_id"])


@pytest.fixture(scope="module")
def said(shell: Shell, unsure: str) -> dict[str, Any]:
    words = ("--order", "DMY", "--role", "4=unit", "--accept-all")
    return answer(shell, "columns", "set", unsure, *words)


def answer(shell: Shell, *words: str | Path) -> dict[str, Any]:
    ran = shell.run(*words)
    assert ran.code == 0, ran.out
    return ran.json


def days(shell: Shell) -> list[str]:
    return [record["effective"] for record in answer(shell, "records", "list")["records"]]


def test_a_table_is_shown_with_what_is_not_clear(shell: Shell, unsure: str) -> None:
    (table,) = answer(shell, "columns", "show", unsure)["tables"]
    assert (table["sure"], table["not_told"], table["from"]) == (False, ["order"], "guessed")
    assert table["questions"] == ["Is the day or the month first in these dates?"]
    assert table["columns"][1] == {"column": 2, "heading": "Test", "role": "name"}
    assert table["first_rows"][1]["cells"] == ["03/04/2024", "Sodium", "141", "mmol/L"]
    assert table["first_results"][0]["value"] == "141 mmol/L"
    shown = shell.run_plain("columns", "show", unsure)
    assert "? Is the day or the month first in these dates?" in shown.out


def test_what_is_said_is_read_and_the_next_one_is_not_asked_about(
    shell: Shell, said: dict[str, Any]
) -> None:
    assert said["records"] == {"Observation": 2}
    following = shell.folder / "next.csv"
    following.write_text(EARLY.replace("2024", "2025"), encoding="utf-8")
    (imported,) = answer(shell, "import", following, "--accept-all")["files"]
    assert imported["status"] == "imported"
    assert days(shell) == ["2024-04-03", "2024-04-04", "2025-04-03", "2025-04-04"]


def test_what_is_remembered_is_listed_and_forgotten(shell: Shell, said: dict[str, Any]) -> None:
    assert said
    (kept,) = answer(shell, "columns", "list")["tables"]
    assert answer(shell, "columns", "forget", kept["key"]) == {"forgotten": kept["key"]}


def test_nonsense_is_refused_in_words(shell: Shell, unsure: str) -> None:
    ran = shell.run("columns", "set", unsure, "--role", "2=nonsense")
    assert "A role is given as 2=name" in ran.json["error"]["message"]
    ran = shell.run("columns", "set", unsure, "--table", "2")
    assert "no such table" in ran.json["error"]["message"]
