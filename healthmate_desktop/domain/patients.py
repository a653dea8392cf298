"""The people whose records a vault keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from healthmate_desktop.errors import InvalidInput

if TYPE_CHECKING:
    from datetime import date

    from healthmate_desktop.domain.ids import PatientId

Sex = Literal[
    "", "female", "male", "other", "unknown"
]  # FHIR R4 administrative-gender; "" = not said


@dataclass(frozen=True, slots=True)
class Patient:
    id: PatientId
    name: str
    birth_date: date | None = None
    sex: Sex = ""

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > 200:
            raise InvalidInput("A person needs a name of up to 200 letters.")
        if self.sex not in get_args(Sex):
            raise InvalidInput("Sex is one of female, male, other or unknown, or left out.")
