"""An export that only writes down what was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.services.export import ExportReport, ExportService

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from healthmate_desktop.domain.documents import Problem
    from healthmate_desktop.domain.ids import PatientId
    from healthmate_desktop.services.export import ExportOrder


class FakeExport(ExportService):
    """`failure` is that of the next export, `problems` what it could not write."""

    def __init__(self) -> None:
        self.asked: list[tuple[PatientId, ExportOrder, Path]] = []
        self.failure: Exception | None = None
        self.problems: tuple[Problem, ...] = ()
        self.steps = 1

    def export(
        self, patient_id: PatientId, order: ExportOrder, file: Path
    ) -> Generator[tuple[int, int], None, ExportReport]:
        self.asked.append((patient_id, order, file))
        for done in range(self.steps):
            yield done, self.steps
        if self.failure is not None:
            raise self.failure
        return ExportReport(12, 3, 0, self.problems)
