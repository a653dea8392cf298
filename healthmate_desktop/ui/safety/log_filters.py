"""Which events of the log are shown: by whom, about whom, of which kind, how far back."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from healthmate_desktop.domain.audit import AuditFilter
from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.ui.safety.finder import PersonFinder
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.choice import Choice
from healthmate_desktop.ui.widgets.controls import Segments
from healthmate_desktop.ui.widgets.layout import Card, column, row
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from healthmate_desktop.domain.audit import Kind
    from healthmate_desktop.ui.gate import OpenVault
    from healthmate_desktop.ui.tasks import TaskRunner

KINDS: dict[Kind | Literal[""], str] = {
    "": "All",
    "change": "Changes",
    "view": "Looks",
    "sign_in": "Sign-ins",
    "safety": "Safety",
}
DAYS = {"": "Any time", "1": "Today", "7": "7 days", "30": "30 days", "365": "12 months"}
EVERYONE, ANYONE = ("", "Everyone"), ("", "Anyone")
ITSELF = ("system", "HealthMate itself")  # what no one signed in did
LONGEST = 28  # letters of a name on the button


class LogFilters(QFrame):
    """`changed` when another choice holds. Where no names of people may be seen, an id is typed instead."""

    changed = Signal()

    def __init__(
        self, vault: OpenVault, tasks: TaskRunner, now: Callable[[], datetime], *beside: QWidget
    ) -> None:
        """`beside` stands at the right of the first row."""
        super().__init__()
        self.setProperty("kind", "row")
        self._now = now
        self._person = EVERYONE
        self._by_name = vault.session.may(Action.VIEW)
        self.kind = Segments("Kind", list(KINDS.items()), "")
        self.who = Choice("Who", [ANYONE, ITSELF])
        self.days = Choice("When", list(DAYS.items()))
        self.whose = Button("", icon="person", size="small")
        self.person_id = QLineEdit()
        self.clear = Button("Clear the filters", "quiet", size="small")
        self.finder = PersonFinder(vault.patients, tasks, "Show")
        self._panel = self._make_panel()
        self._connect()
        first = row(self.kind, 0, *beside)
        second = row(self.who, self.days, self.whose, self.person_id, self.clear, 0)
        self.setLayout(column(first, second, self._panel, spacing=Space.S))
        self.whose.setVisible(self._by_name)
        self.person_id.setVisible(not self._by_name)
        self._show_state()

    def wanted(self) -> AuditFilter:
        """What is chosen; of that the newest."""
        kind = next(kind for kind in KINDS if kind == self.kind.current())
        return AuditFilter(
            user_id=self.who.current(),
            patient_id=self._person[0],
            kind=kind,
            since=self._since(),
        )

    def words(self) -> str:
        """What is chosen, "Looks, by Maya, in the last 7 days"; "" where nothing is."""
        parts = []
        if self.kind.current():
            parts.append(KINDS[self.wanted().kind])
        if self.who.current():
            parts.append(f"by {self.who.words()}")
        if self._person[0]:
            parts.append(f"of {self._person[1]}")
        if self.days.current():
            days = self.days.words()
            parts.append("today" if days == "Today" else f"in the last {days}")
        words = ", ".join(parts)
        return words[:1].upper() + words[1:]

    def offer_users(self, users: Mapping[str, str]) -> None:
        """Names of those who can or could sign in, by id."""
        names = sorted(users.items(), key=lambda item: item[1].casefold())
        self.who.offer([ANYONE, *names, ITSELF])

    def show_kind(self, kind: Kind) -> None:
        """Only this kind, and nothing else chosen, without the signal."""
        self._reset()
        self.kind.choose(kind)
        self._show_state()

    def _make_panel(self) -> Card:
        everyone = Button("Everyone", size="small")
        everyone.clicked.connect(lambda: self._choose_person(*EVERYONE))
        panel = Card()
        panel.add(row(Text("Whose records", "label"), 0, everyone), self.finder)
        panel.hide()
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(Qt.Key.Key_Escape), panel, self._on_panel_left, context=context)
        return panel

    def _connect(self) -> None:
        self.person_id.setPlaceholderText("Id of a person")
        self.person_id.setAccessibleName("Id of a person")
        self.person_id.setFixedWidth(360)
        self.person_id.setAcceptDrops(False)
        self.person_id.editingFinished.connect(self._on_id)
        for choice in (self.kind, self.who, self.days):
            choice.chosen.connect(lambda _: self._on_changed())
        self.whose.clicked.connect(self._on_whose)
        self.finder.found.connect(lambda found: self._choose_person(found.id, found.name))
        self.clear.clicked.connect(self._on_clear)

    def _since(self) -> datetime | None:
        """The midnight with which the days begin, where the person is."""
        if not (days := self.days.current()):
            return None
        today = self._now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        return (today - timedelta(days=int(days) - 1)).astimezone(UTC)

    def _show_state(self) -> None:
        name = self._person[1]
        shown = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}\u2026"
        self.whose.setText(f"Whose: {shown}".replace("&", "&&"))
        self.whose.setAccessibleName(f"Whose records: {name}")
        self.clear.setVisible(bool(self.words()))

    def _reset(self) -> None:
        self.kind.choose("")
        self.who.choose("")
        self.days.choose("")
        self.person_id.clear()
        self._person = EVERYONE
        self._panel.hide()

    # --- what is done ---

    def _on_changed(self) -> None:
        self._show_state()
        self.changed.emit()

    def _on_whose(self) -> None:
        self._panel.setVisible(self._panel.isHidden())
        if not self._panel.isHidden():
            self.finder.setFocus()

    def _on_panel_left(self) -> None:
        self._panel.hide()
        self.whose.setFocus()

    def _on_id(self) -> None:
        typed = self.person_id.text().strip()
        if typed != self._person[0]:
            self._person = (typed, typed) if typed else EVERYONE
            self._on_changed()

    def _choose_person(self, patient_id: str, name: str) -> None:
        self._on_panel_left()
        self._person = (patient_id, name)
        self._on_changed()

    def _on_clear(self) -> None:
        self._reset()
        self.who.setFocus()
        self._on_changed()
