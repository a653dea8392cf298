"""The made-up family is put in through the same door as everyone else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from builders import finished

from healthmate_desktop.paths import resources_dir
from healthmate_desktop.services.samples import install_samples, sample_questions

if TYPE_CHECKING:
    from pathlib import Path

    from services.conftest import Room

pytestmark = pytest.mark.integration

FAMILY = """
[[people]]
name = "Rosa"
birth_date = 1958-02-14
sex = "female"
files = ["rosa/a.txt", "rosa/b.txt"]

[[people]]
name = "Tomas"
birth_date = 1956-07-09
sex = "male"
files = ["tomas/c.txt"]

[[questions]]
person = "Rosa"
question = "What was it?"
"""


def a_family(folder: Path) -> Path:
    for name in ("rosa/a.txt", "rosa/b.txt", "tomas/c.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"Content of {name}.", encoding="utf-8")
    (folder / "family.toml").write_text(FAMILY, encoding="utf-8")
    return folder


def test_people_are_added_with_their_files(room: Room, tmp_path: Path) -> None:
    folder = a_family(tmp_path / "family")
    people, outcomes = finished(install_samples(folder, room.patients, room.importing))
    assert [(p.name, str(p.birth_date), p.sex) for p in people] == [
        ("Rosa", "1958-02-14", "female"),
        ("Tomas", "1956-07-09", "male"),
    ]
    assert room.patients.find("")[0].name == "Rosa"  # with whom the window opens
    assert [outcome.status for outcome in outcomes] == ["imported"] * 3
    rosa, tomas = ({d.name for d in room.documents.of_patient(p.id)} for p in people)
    assert (rosa, tomas) == ({"a.txt", "b.txt"}, {"c.txt"})


def test_progress_of_each_file_can_be_watched(room: Room, tmp_path: Path) -> None:
    steps = list(install_samples(a_family(tmp_path / "family"), room.patients, room.importing))
    assert [s.outcome.status for s in steps if s.outcome] == ["imported"] * 3


def test_questions_name_people_of_the_family(tmp_path: Path) -> None:
    (question,) = sample_questions(a_family(tmp_path))
    assert (question.person, question.question) == ("Rosa", "What was it?")


def test_family_that_ships_can_be_asked_about() -> None:
    questions = sample_questions(resources_dir() / "sample")
    assert len({question.person for question in questions}) == 3
    assert all(question.question.endswith("?") for question in questions)
