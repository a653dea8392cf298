"""Find a person among thousands: over the window, with the keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QColor, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.ui.emergency_access import EmergencyAccess
from healthmate_desktop.ui.person_list import PersonList
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space, active_theme
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.layout import Card, column, part_of, row
from healthmate_desktop.ui.widgets.text import KeyHint, Text

if TYPE_CHECKING:
    from datetime import date

    from healthmate_desktop.ui.drafts import Drafts
    from healthmate_desktop.ui.gate import OpenVault

WIDTH, HEIGHT = 600, 560
_VEIL = 190  # of 255: what is below is seen to be there, and not read


class FindPerson(QWidget):
    """`chosen` carries the Patient, `opened` also the Grant of an emergency. Esc or a press beside it closes it."""

    chosen = Signal(object)
    opened = Signal(object, object)
    add_wanted = Signal()
    closed = Signal()

    def __init__(
        self, vault: OpenVault, tasks: TaskRunner, drafts: Drafts, today: date, window: QWidget
    ) -> None:
        super().__init__(window)
        self._vault, self._tasks, self._drafts, self._today = vault, tasks, drafts, today
        self._window = window
        session = vault.session
        self.people = PersonList(vault.patients.find, tasks, today, nobody=self._nobody)
        self.people.chosen.connect(self.chosen)
        self.count = Text("", "small", "text_faint")
        self.add = Button("Add a person", "quiet", "plus", size="small")
        self.add.clicked.connect(self.add_wanted)
        self.may_emergency = session.may(Action.EMERGENCY) and session.sees == "assigned"
        self.to_emergency = Button(
            "Not in your list? Open in an emergency", "quiet", "alert", size="small"
        )
        self.to_emergency.clicked.connect(self._on_emergency)
        self.emergency: EmergencyAccess | None = None
        self._pages, self._card = QStackedWidget(), Card("floating", padding=Space.L)
        self._pages.addWidget(self._finding())
        self._card.add(self._pages)
        self._card.setParent(self)
        QShortcut(
            QKeySequence(Qt.Key.Key_Escape),
            self,
            self._on_escape,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )
        window.installEventFilter(self)
        self.setFocusProxy(self.people)

    def open(self) -> None:
        """Show it over the window, with the people one may see."""
        self._place()
        self.show()
        self.raise_()
        self.people.setFocus()
        self.people.look()
        self._tasks.run(
            self._vault.patients.count,
            owner=self,
            lane=Lane.IO,
            on_success=self._show_count,
            on_error=lambda _: None,  # the search says what is wrong
        )

    def _finding(self) -> QWidget:
        head = row(Text("Find a person", "heading"), self.count, 0, KeyHint("Esc"), spacing=Space.M)
        box = column(head, spacing=Space.M)
        box.addWidget(self.people, 1)
        box.addLayout(row(self.add, 0, self.to_emergency))
        page = part_of(box)
        self.add.setVisible(self._vault.session.may(Action.ADD))
        self.to_emergency.setVisible(self.may_emergency)
        return page

    def _show_count(self, count: int) -> None:
        where = " in your care" if self._vault.session.sees == "assigned" else ""
        self.count.say(f"1 person{where}" if count == 1 else f"{count:,} people{where}")

    def _nobody(self, text: str) -> str:
        where = " in your care" if self._vault.session.sees == "assigned" else ""
        if not text:
            return f"There is nobody{where or ' here'} yet."
        return f"Nobody{where} is called \u201c{text}\u201d or was born then. Try fewer letters."

    def _on_emergency(self) -> None:
        if self.emergency is None:
            self.emergency = EmergencyAccess(
                self._vault.users, self._tasks, self._drafts, self._today
            )
            self.emergency.opened.connect(self.opened)
            self.emergency.left.connect(self._on_emergency_left)
            self._pages.addWidget(self.emergency)
        self.emergency.people.field.edit.setText(self.people.field.edit.text())
        self._pages.setCurrentWidget(self.emergency)
        self.emergency.begin()

    def _on_emergency_left(self) -> None:
        self._pages.setCurrentIndex(0)
        self.people.setFocus()

    def _on_escape(self) -> None:
        if self._pages.currentIndex():
            self._on_emergency_left()
        else:
            self.closed.emit()

    # --- over the window ---

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._card.geometry().contains(event.position().toPoint()):
            self.closed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        veil = QColor(active_theme().colour("canvas"))
        veil.setAlpha(_VEIL)
        QPainter(self).fillRect(self.rect(), veil)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, N802 - as Qt calls it
        """Tab stays in here."""
        stops = [
            part
            for part in self._card.findChildren(QWidget)
            if part.isVisible()
            and part.isEnabled()
            and part.focusPolicy() & Qt.FocusPolicy.TabFocus
            and part.focusProxy() is None
        ]
        stops.sort(key=lambda part: _reading_order(part, self))
        now = self.focusWidget()
        at = stops.index(now) if now in stops else -1
        if stops:
            stops[(at + (1 if next else -1)) % len(stops)].setFocus(
                Qt.FocusReason.TabFocusReason if next else Qt.FocusReason.BacktabFocusReason
            )
        return True

    def _place(self) -> None:
        self.setGeometry(self._window.rect())
        width = min(WIDTH, self.width() - 2 * Space.XL)
        height = min(HEIGHT, self.height() - 2 * Space.XL)
        top = max(Space.XL, min(96, (self.height() - height) // 2))
        self._card.setGeometry((self.width() - width) // 2, top, width, height)


def _reading_order(part: QWidget, inside: QWidget) -> tuple[int, int]:
    at = part.mapTo(inside, QPoint(0, 0))
    return at.y(), at.x()
