"""A made-up family to try the program with."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.services.importing import ImportService
    from healthmate_desktop.services.outcomes import FileOutcome, ImportProgress
    from healthmate_desktop.services.patients import PatientService

FAMILY_FILE = "family.toml"


@dataclass(frozen=True, slots=True)
class SampleQuestion:
    person: str
    question: str


def sample_questions(folder: Path) -> list[SampleQuestion]:
    """Questions that the sample documents answer."""
    return [SampleQuestion(q["person"], q["question"]) for q in _family(folder)["questions"]]


def install_samples(
    folder: Path, patients: PatientService, importing: ImportService
) -> Generator[ImportProgress, None, tuple[list[Patient], list[FileOutcome]]]:
    """Add the people of the sample family with their files; the first of them last, as the newest is shown first."""
    people: list[Patient] = []
    outcomes: list[FileOutcome] = []
    for person in reversed(_family(folder)["people"]):
        patient = patients.add(person["name"], person["birth_date"], person["sex"])
        people.insert(0, patient)
        files = [folder / name for name in person["files"]]
        outcomes += yield from importing.import_files(files, patient.id)
    return people, outcomes


def _family(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / FAMILY_FILE).read_text(encoding="utf-8"))
