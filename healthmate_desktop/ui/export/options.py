"""What is to be exported: the kind of file, and of it which sections, which period and which paper."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple, cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit

from healthmate_desktop.domain.summary import TITLES, Paper, Period, SectionKey
from healthmate_desktop.errors import InvalidInput
from healthmate_desktop.services.export import (
    ALL_SECTIONS,
    WITH_SECTIONS,
    ExportFormat,
    ExportOrder,
)
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.controls import CheckBox, Segments
from healthmate_desktop.ui.widgets.feedback import FieldError
from healthmate_desktop.ui.widgets.layout import Card, Rule, column, part_of, row
from healthmate_desktop.ui.widgets.section import SectionHeader
from healthmate_desktop.ui.widgets.text import Text

_DATE_WIDTH = 200
_IN_A_ROW = 5


class Kind(NamedTuple):
    """A kind of file as it is offered."""

    title: str
    detail: str
    file: str  # the name that is proposed; it names nobody


KINDS: dict[ExportFormat, Kind] = {
    "pdf": Kind(
        "To print",
        "A summary as PDF, to read, print or take to a visit: each value with its date and the document it is from.",
        "health-summary.pdf",
    ),
    "ips": Kind(
        "For a clinic",
        "An International Patient Summary, which programs of clinics in many countries can read.",
        "patient-summary.json",
    ),
    "fhir": Kind(
        "All records",
        "Everything that was accepted, as FHIR R4. Nothing is lost: HealthMate and others can take it in again.",
        "records.json",
    ),
    "csv": Kind(
        "Table",
        "A table as CSV for a spreadsheet, a record a line. HealthMate can take it in again.",
        "records.csv",
    ),
    "originals": Kind(
        "Original files",
        "The files themselves as they were added, in one ZIP, with a list of them.",
        "originals.zip",
    ),
}
_PERIOD = (
    "Leave both empty for everything. Allergies, problems, medications still taken, and what has no date "
    "are included whatever the period."
)


class Options(Card):
    """`changed` when another kind was chosen."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__(spacing=Space.S)
        kinds = [(form, kind.title) for form, kind in KINDS.items()]
        self.form = Segments("What to export", kinds, "pdf")
        self.form.chosen.connect(lambda _: self._on_form())
        self._detail = Text("", "small", "text_soft", wrap=True)
        self.boxes: dict[SectionKey, CheckBox] = {
            key: CheckBox(title, on=True) for key, title in TITLES.items()
        }
        self.every, self.none = Button("All", size="small"), Button("None", size="small")
        self.every.setAccessibleName("Choose all sections")
        self.none.setAccessibleName("Choose no section")
        self.every.clicked.connect(lambda: self._tick(on=True))
        self.none.clicked.connect(lambda: self._tick(on=False))
        self.since, self.until = _date_edit("First day"), _date_edit("Last day")
        self._error = FieldError()
        self.paper = Segments("Paper", [("a4", "A4"), ("letter", "Letter")], "a4")
        self._sections, self._period, self._papers = self._parts()
        self.add(SectionHeader("What to export"), row(self.form, 0), self._detail)
        self.add(self._sections, self._period)
        self.setFocusProxy(self.form)
        self._on_form()

    def order(self) -> ExportOrder:
        """What was chosen. Raises InvalidInput, which is shown here."""
        form = cast("ExportFormat", self.form.current())
        self._error.say("")
        try:
            period = Period(_day(self.since), _day(self.until)) if form != "originals" else Period()
            sections = frozenset(key for key, box in self.boxes.items() if box.isChecked())
            return ExportOrder(
                form,
                sections if form in WITH_SECTIONS else ALL_SECTIONS,
                period,
                cast("Paper", self.paper.current()),
            )
        except InvalidInput as error:
            self._error.say(str(error))
            raise

    def _parts(self) -> tuple[QFrame, QFrame, QFrame]:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.L)
        for at, box in enumerate(self.boxes.values()):
            grid.addWidget(box, at // _IN_A_ROW, at % _IN_A_ROW)
        head = row(Text("Sections", "label"), self.every, self.none, 0, spacing=Space.M)
        papers = part_of(column(Text("Paper", "label"), self.paper, spacing=Space.XS))
        dates = row(
            column(Text("From", "label"), self.since, spacing=Space.XS),
            column(Text("To", "label"), self.until, spacing=Space.XS),
            papers,
            0,
            spacing=Space.L,
        )
        words = Text(_PERIOD, "small", "text_soft", wrap=True)
        return (
            part_of(column(Rule(), Space.XS, head, grid, spacing=Space.XS)),
            part_of(column(Rule(), Space.XS, dates, words, self._error, spacing=Space.XS)),
            papers,
        )

    def _on_form(self) -> None:
        form = cast("ExportFormat", self.form.current())
        self._detail.say(KINDS[form].detail)
        self._sections.setVisible(form in WITH_SECTIONS)
        self._period.setVisible(form != "originals")
        self._papers.setVisible(form == "pdf")
        self._error.say("")
        self.changed.emit()

    def _tick(self, *, on: bool) -> None:
        for box in self.boxes.values():
            box.setChecked(on)


def _date_edit(name: str) -> QLineEdit:
    edit = QLineEdit()
    edit.setAccessibleName(f"{name}: year, month, day")
    edit.setPlaceholderText("As in 2024-01-31")
    edit.setAcceptDrops(False)
    edit.setFixedWidth(_DATE_WIDTH)
    return edit


def _day(edit: QLineEdit) -> date | None:
    try:
        return date.fromisoformat(edit.text().strip()) if edit.text().strip() else None
    except ValueError as error:
        edit.setFocus()
        raise InvalidInput("Write each day as year, month, day: 2024-01-31.") from error
