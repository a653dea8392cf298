"""Stops the check of a document that says it is about someone else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.ui.dates import day
from healthmate_desktop.ui.documents.record_words import person_words
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import Banner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.proposals import NamedPerson


class StrangerBanner(Banner):
    """`mine`, `give` and `leave` are its answers."""

    def __init__(self, strangers: Sequence[NamedPerson], patient: Patient) -> None:
        self.mine = Button(f"It is {patient.name}'s all the same", size="small")
        self.give = Button("Give it to someone else", size="small")
        self.leave = Button("Leave it", size="small")
        born = f", born {day(patient.birth_date)}" if patient.birth_date else ""
        super().__init__(
            "warn",
            f"This says it is about {' and about '.join(map(person_words, strangers))}",
            f"You are in the records of {patient.name}{born}. Nothing of it is taken before you say whose it is.",
            [self.mine, self.give, self.leave],
        )
