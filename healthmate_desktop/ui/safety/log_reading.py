"""The log, to be read: filters, the list, and what stands behind the chosen entry."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.ui.dates import short_day
from healthmate_desktop.ui.safety.actions import (
    NOT_BY_WHO_IS_SIGNED_IN,
    codes_of,
    icon_of,
    words_of_action,
    words_of_details,
)
from healthmate_desktop.ui.safety.banner_spot import BannerSpot
from healthmate_desktop.ui.safety.log_filters import ITSELF, LogFilters
from healthmate_desktop.ui.safety.log_list import Entry, LogHead, LogList
from healthmate_desktop.ui.tasks import Lane, Task, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.changing import Changing
from healthmate_desktop.ui.widgets.feedback import EmptyState
from healthmate_desktop.ui.widgets.layout import Card, column
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from PySide6.QtGui import QShowEvent

    from healthmate_desktop.domain.audit import AuditEvent, AuditFilter
    from healthmate_desktop.ui.changes import Changes
    from healthmate_desktop.ui.gate import OpenVault


@dataclass(frozen=True, slots=True)
class Names:
    """By id. Of people only where the role sees records; an id without a name is shown itself."""

    users: Mapping[str, str]
    people: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Page:
    entries: list[Entry]
    names: Names
    more: bool


class LogReading(QFrame):
    """Read anew each time it is shown. `check_wanted` asks for the other view."""

    check_wanted = Signal()

    def __init__(
        self,
        vault: OpenVault,
        tasks: TaskRunner,
        changes: Changes,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self._vault, self._tasks = vault, tasks
        self._task: Task | None = None
        self._names: Names | None = None
        self._shown: AuditFilter | None = None
        self.check = Button("Check and export", icon="shield", size="small")
        self.check.clicked.connect(self.check_wanted)
        self.filters = LogFilters(vault, tasks, now, self.check)
        self.list, self._head = LogList(), LogHead()
        self._said, self._none = BannerSpot(), Changing()
        self._facts = Text("", "caption", "text_faint", wrap=True)
        self._facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        card = Card(padding=Space.XS, spacing=0)
        card.add(self._head, self._none)
        card.body.addWidget(self.list, 1)
        box = column(self.filters, self._said, spacing=Space.M)
        box.addWidget(card, 1)
        box.addWidget(self._facts)
        self.setLayout(box)
        self._facts.hide()
        self._none.hide()
        self.filters.changed.connect(self._read)
        self.list.entries.more_wanted.connect(self._read_more)
        self.list.chosen.connect(self._show_facts)
        changes.patients_changed.connect(self._forget_names)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._forget_names()
        self._read()

    # --- what is read ---

    def _forget_names(self) -> None:
        self._names = None

    def _read(self) -> None:
        self._shown = self.filters.wanted()
        self._start(self._shown, self._show)

    def _read_more(self) -> None:
        if self._shown is not None and self.list.entries.entries:
            oldest = self.list.entries.entries[-1].seq
            self._start(replace(self._shown, before=oldest), self._show_more)

    def _start(self, wanted: AuditFilter, show: Callable[[_Page], None]) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = self._tasks.run(
            partial(_find, self._vault, wanted, self._names),
            owner=self,
            lane=Lane.IO,
            on_success=show,
            on_error=self._show_error,
        )

    # --- what is shown ---

    def _show(self, page: _Page) -> None:
        self._said.clear()
        self._facts.hide()
        if self._names is None:
            self._names = page.names
            self.filters.offer_users(page.names.users)
        self.list.entries.show(page.entries, more=page.more)
        self.list.scrollToTop()
        self._none.show_part(None if page.entries else self._empty())
        for part, wanted in (
            (self.list, bool(page.entries)),
            (self._head, bool(page.entries)),
            (self._none, not page.entries),
        ):
            part.setVisible(wanted)

    def _show_more(self, page: _Page) -> None:
        self.list.entries.add(page.entries, more=page.more)

    def _show_error(self, error: Exception) -> None:
        self.list.entries.give_up()
        self._said.say_failed("The log could not be read", error)

    def _empty(self) -> QWidget:
        words = self.filters.words()
        if not words:
            return EmptyState(
                "log", "The log is empty", "Who sees or changes what is written here as it happens."
            )
        clear = Button("Clear the filters")
        clear.clicked.connect(self.filters.clear.click)
        return EmptyState("search", "Nothing in the log fits", f"Looked for: {words}.", [clear])

    def _show_facts(self, entry: Entry) -> None:
        self._facts.say(entry.facts)
        self._facts.show()


def _find(vault: OpenVault, wanted: AuditFilter, names: Names | None) -> _Page:
    """Off the GUI thread."""
    names = names or _find_names(vault)
    events = vault.log.events(wanted)
    entries = [entry_of(event, names) for event in events]
    return _Page(entries, names, len(events) == wanted.limit)


def _find_names(vault: OpenVault) -> Names:
    users: dict[str, str] = {
        user.id: user.name if user.active else f"{user.name} (removed)"
        for user in vault.users.all()
    }
    people: dict[str, str] = {}
    if vault.session.may(Action.VIEW):
        people = {patient.id: patient.name for patient in vault.patients.all()}
    return Names(users, people)


def entry_of(event: AuditEvent, names: Names) -> Entry:
    """An event in words."""
    users = {**names.users, ITSELF[0]: ITSELF[1]}
    who = users.get(event.user_id, event.user_id)
    return Entry(
        event.seq,
        short_day(event.at),
        f"{event.at.astimezone():%H:%M:%S}",
        words_of_action(event.action),
        words_of_details(event, users),
        "Not known" if event.action in NOT_BY_WHO_IS_SIGNED_IN else who,
        names.people.get(event.patient_id, event.patient_id),
        icon_of(event.action),
        " \u00b7 ".join(codes_of(event)),
    )
