"""Who can sign in: a list, one of them opened, and someone new."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QScrollArea, QStackedWidget

from healthmate_desktop.domain.text import counted
from healthmate_desktop.ui.safety.banner_spot import BannerSpot
from healthmate_desktop.ui.safety.emergencies import Emergencies, EmergenciesCard
from healthmate_desktop.ui.safety.roles import ROLES, can_be_limited, roles_card, sees_words
from healthmate_desktop.ui.safety.state_line import StateLine
from healthmate_desktop.ui.safety.user_form import UserForm
from healthmate_desktop.ui.safety.user_page import UserPage
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.changing import Changing
from healthmate_desktop.ui.widgets.layout import Card, Rule, column, fill, page, part_of, row
from healthmate_desktop.ui.widgets.section import SectionHeader
from healthmate_desktop.ui.widgets.text import Elided, Icon, Tag, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QShowEvent
    from PySide6.QtWidgets import QHBoxLayout

    from healthmate_desktop.domain.sessions import User
    from healthmate_desktop.ui.gate import OpenVault
    from healthmate_desktop.ui.safety.new_passphrase import PassphraseAdvice

SHARED_KEY = (
    "Whoever can sign in and knows how could get round their role and read everything. "
    "When someone leaves, remove them here, then renew all keys."
)
_ALONE = "Only you can sign in. Add someone to give them a passphrase of their own; the log then says who did what."


@dataclass(frozen=True, slots=True)
class _Found:
    users: list[User]
    emergencies: Emergencies


class UsersTab(QStackedWidget):
    """`tab_wanted` carries the key of another tab."""

    tab_wanted = Signal(str)

    def __init__(self, vault: OpenVault, tasks: TaskRunner, advice: PassphraseAdvice) -> None:
        super().__init__()
        self._vault, self._tasks = vault, tasks
        self._said, self.list = BannerSpot(), UsersCard(vault.session.user_id)
        self.form = UserForm(vault.users, tasks, advice)
        self.form.hide()
        self.emergencies = EmergenciesCard(vault.users, tasks)
        self.opened = UserPage(vault.users, vault.patients, tasks)
        self._overview = self._build()
        self.addWidget(self._overview)
        self.addWidget(self.opened)
        self.list.add_pressed.connect(self._on_add)
        self.list.open_pressed.connect(self._on_open)
        self.form.added.connect(self._on_added)
        self.form.left.connect(self._on_form_left)
        self.opened.left.connect(self._on_left)
        self.opened.removed.connect(self._on_removed)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._read()

    def _build(self) -> QScrollArea:
        line = StateLine("key", "All staff share one vault key", "Renew all keys")
        line.say("All staff share one vault key", SHARED_KEY)
        line.button.clicked.connect(lambda: self.tab_wanted.emit("recovery"))
        shared = Card(padding=Space.L, spacing=0)
        shared.add(line)
        parts = (self._said, self.emergencies, self.list, self.form, shared, roles_card(), 0)
        return page(*parts)

    # --- what is shown ---

    def _read(self) -> None:
        self._tasks.run(
            self._find,
            owner=self,
            lane=Lane.IO,
            on_success=self._show,
            on_error=partial(self._said.say_failed, "It could not be looked up who can sign in"),
        )

    def _find(self) -> _Found:
        """Off the GUI thread."""
        users, grants = self._vault.users.all(), self._vault.users.emergencies()
        people = self._vault.patients.all() if grants else []
        names: dict[str, str] = {patient.id: patient.name for patient in people}
        found = Emergencies(grants, {user.id: user.name for user in users}, names)
        return _Found(users, found)

    def _show(self, found: _Found) -> None:
        self.list.show_users(found.users)
        self.emergencies.show_grants(found.emergencies)

    # --- what is done ---

    def _on_add(self) -> None:
        self._said.clear()
        self.list.add_button.hide()
        self.form.show()
        self.form.setFocus()
        self._overview.ensureWidgetVisible(self.form.name)

    def _on_form_left(self) -> None:
        self.form.hide()
        self.list.add_button.show()
        self.list.add_button.setFocus()

    def _on_added(self, user: User) -> None:
        self._on_form_left()
        self._read()
        detail = f"{user.name} signs in with this name and the passphrase you chose."
        if can_be_limited(user.role) and user.sees == "assigned":
            assign = Button("Assign people", size="small")
            assign.clicked.connect(lambda: self._on_open(user))
            self._said.say(
                "info",
                f"{user.name} can sign in",
                f"{detail} They see nobody until you assign people to them.",
                assign,
            )
        else:
            self._said.say("info", f"{user.name} can sign in", detail)

    def _on_open(self, user: User) -> None:
        self._said.clear()
        self.opened.show_user(user)
        self.setCurrentWidget(self.opened)
        self.opened.setFocus()

    def _on_left(self) -> None:
        self.setCurrentWidget(self._overview)
        self._read()

    def _on_removed(self, user: User) -> None:
        self._on_left()
        renew = Button("Renew now", size="small")
        renew.clicked.connect(lambda: self.tab_wanted.emit("recovery"))
        self._said.say(
            "warn",
            f"{user.name} was removed",
            "They can't sign in here any more. Renew all keys now, so that nothing they know opens these records.",
            renew,
        )


class UsersCard(Card):
    """One row for each. `open_pressed` carries the User."""

    add_pressed = Signal()
    open_pressed = Signal(object)

    def __init__(self, own_id: str) -> None:
        super().__init__(padding=Space.L, spacing=Space.S)
        self._own_id = own_id
        self.add_button = Button("Add someone", "primary", "plus")
        self.add_button.clicked.connect(self.add_pressed)
        self._head = SectionHeader("Who can sign in", "", self.add_button)
        self._list = Changing()
        self.add(self._head, self._list)

    def show_users(self, users: Sequence[User]) -> None:
        active = [user for user in users if user.active]
        removed = len(users) - len(active)
        gone = f", {counted(removed, 'was', 'were')} removed" if removed else ""
        self._head.say(f"{counted(len(active), 'person', 'people')}{gone}")
        lines = column(spacing=0)
        for user in sorted(active, key=lambda user: user.name.casefold()):
            fill(lines, Rule(), self._line(user))
        if len(active) == 1:
            fill(lines, Rule(), Space.S, Text(_ALONE, "small", "text_soft", wrap=True))
        self._list.show_part(part_of(lines))

    def _line(self, user: User) -> QHBoxLayout:
        change = Button("Change or remove", "quiet", size="small")
        change.setAccessibleName(f"Change or remove {user.name}")
        change.clicked.connect(lambda: self.open_pressed.emit(user))
        words = column(
            Elided(user.name, "label"),
            Elided(sees_words(user.role, user.sees), "small", "text_soft"),
            spacing=0,
        )
        line = row(Icon("person"), spacing=Space.M, margins=(0, Space.S, 0, Space.S))
        line.addLayout(words, 1)
        if user.id == self._own_id:
            line.addWidget(Tag("You", "accent"))
        fill(line, Tag(ROLES[user.role][0]), change)
        return line
