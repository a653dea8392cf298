"""Records of someone outside one's care, opened in an emergency: with a reason, for an hour, and not in secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QTimer, Signal
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QStackedWidget, QWidget

from healthmate_desktop.ui.dates import clock, day
from healthmate_desktop.ui.drafts import Spot
from healthmate_desktop.ui.person_list import PersonList
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import Banner, FieldError, words_of
from healthmate_desktop.ui.widgets.layout import column, part_of, row
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from datetime import date

    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.sessions import Grant
    from healthmate_desktop.services.users import UserService
    from healthmate_desktop.ui.drafts import Drafts

SHORTEST_NAME = 3  # letters, so that nobody leafs through the names
REASON = Spot("emergency.reason")
WHAT_IT_MEANS = (
    "For someone who is not in your care and needs help now. You can read their records for 60 minutes. "
    "It is written to the log with your name, and an owner of this vault is told, with your reason."
)


class EmergencyAccess(QStackedWidget):
    """Who, then why. `opened` carries the Patient and the Grant; `left` goes back."""

    opened = Signal(object, object)
    left = Signal()

    def __init__(self, users: UserService, tasks: TaskRunner, drafts: Drafts, today: date) -> None:
        super().__init__()
        self._users, self._tasks, self._drafts = users, tasks, drafts
        self._patient: Patient | None = None
        self.people = PersonList(
            users.others, tasks, today, nobody=_nobody, hint="Name", shortest=SHORTEST_NAME
        )
        self.people.chosen.connect(self._on_chosen)
        self.back = Button("Back", "quiet", size="small")
        self.back.clicked.connect(self.left)
        self.whose, self.reason = Text("", "heading", wrap=True), QPlainTextEdit()
        self.reason.setAccessibleName("Why you need these records now")
        self.reason.setPlaceholderText("As in: brought in unconscious, no one to ask")
        self.reason.setTabChangesFocus(True)
        self.reason.setAcceptDrops(False)
        self.reason.setFixedHeight(96)
        self._error = FieldError()
        self.reason.textChanged.connect(lambda: self._error.say(""))
        self.open = Button("Open for 60 minutes", "primary")
        self.open.clicked.connect(self._on_open)
        self.other = Button("Someone else", "quiet")
        self.other.clicked.connect(self.begin)
        self.addWidget(self._who())
        self.addWidget(self._why())
        drafts.keep(REASON, self.reason)

    def begin(self) -> None:
        """Ask for the name."""
        self.setCurrentIndex(0)
        self.setFocusProxy(self.people)
        self.people.look()
        self.people.setFocus()

    def _who(self) -> QWidget:
        box = column(
            Text("Open records in an emergency", "heading"),
            Text(WHAT_IT_MEANS, "small", "text_soft", wrap=True),
            spacing=Space.M,
        )
        box.addWidget(self.people, 1)
        box.addLayout(row(self.back, 0))
        return part_of(box)

    def _why(self) -> QWidget:
        return part_of(
            column(
                self.whose,
                Text(WHAT_IT_MEANS, "small", "text_soft", wrap=True),
                Space.XS,
                Text("Why you need these records now", "label"),
                self.reason,
                self._error,
                Space.XS,
                row(self.open, self.other, 0),
                0,
                spacing=Space.S,
            )
        )

    def _on_chosen(self, patient: Patient) -> None:
        self._patient = patient
        born = f", born {day(patient.birth_date)}" if patient.birth_date else ""
        self.whose.say(f"{patient.name}{born}")
        self.setCurrentIndex(1)
        self.setFocusProxy(self.reason)
        self.reason.setFocus()

    def _on_open(self) -> None:
        patient, reason = self._patient, self.reason.toPlainText()
        if patient is None:
            return
        if not reason.strip():
            self._error.say("Write first why you need these records now.")
            self.reason.setFocus()
            return
        self._show_busy(busy=True)
        self._tasks.run(
            lambda: self._users.open_in_emergency(patient.id, reason),
            owner=self,
            lane=Lane.IO,
            on_success=lambda grant: self._show_opened(patient, grant),
            on_error=self._show_error,
        )

    def _show_busy(self, *, busy: bool) -> None:
        for part in (self.reason, self.open, self.other):
            part.setEnabled(not busy)

    def _show_opened(self, patient: Patient, grant: Grant) -> None:
        self._drafts.forget(REASON)
        self.opened.emit(patient, grant)

    def _show_error(self, error: Exception) -> None:
        self._show_busy(busy=False)
        self._error.say(words_of(error))
        self.reason.setFocus()


class EmergencyBar(QFrame):
    """Above every screen of the records that were opened so. `over` when the hour is."""

    over = Signal()
    close_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "canvas")
        self._box = column(margins=(Space.L, Space.M, Space.L, Space.XS))
        self.setLayout(self._box)
        self._banner: Banner | None = None
        self._end = QTimer(self, singleShot=True)
        self._end.timeout.connect(self.over)
        self.hide()

    def show_grant(self, grant: Grant | None) -> None:
        """None: these records were not opened in an emergency."""
        self._end.stop()
        if self._banner is not None:
            self._box.removeWidget(self._banner)
            self._banner.hide()
            self._banner.deleteLater()
            self._banner = None
        if grant is not None and grant.until is not None:
            close = Button("Close these records", size="small")
            close.clicked.connect(self.close_pressed)
            self._banner = Banner(
                "warn",
                f"Opened in an emergency, until {clock(grant.until)}",
                "This is in the log, and an owner of this vault will read your reason.",
                [close],
            )
            self._box.addWidget(self._banner)
            left = QDateTime.currentDateTimeUtc().msecsTo(
                QDateTime.fromMSecsSinceEpoch(round(grant.until.timestamp() * 1000))
            )
            self._end.start(max(0, left))
        self.setVisible(self._banner is not None)


def _nobody(text: str) -> str:
    if len(text) < SHORTEST_NAME:
        return f"Type at least {SHORTEST_NAME} letters of the name."
    return f"Nobody outside your care is called \u201c{text}\u201d."
