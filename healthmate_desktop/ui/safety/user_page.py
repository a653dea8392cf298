"""One who can sign in: role, whose records they see, and their removal."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from healthmate_desktop.ui.safety.assigned import AssignedCard
from healthmate_desktop.ui.safety.banner_spot import BannerSpot
from healthmate_desktop.ui.safety.roles import RoleChoice, can_be_limited
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.changing import Changing
from healthmate_desktop.ui.widgets.layout import Card, page, row
from healthmate_desktop.ui.widgets.section import SectionHeader
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from healthmate_desktop.domain.sessions import User
    from healthmate_desktop.services.patients import PatientService
    from healthmate_desktop.services.users import UserService

_REMOVAL = "They can't sign in any more from then on. Their name stays in the log, and what they saved in the records."


class UserPage(QWidget):
    """`left` goes back to the list; `removed` carries the User who was."""

    left = Signal()
    removed = Signal(object)

    def __init__(self, users: UserService, patients: PatientService, tasks: TaskRunner) -> None:
        super().__init__()
        self._users, self._tasks = users, tasks
        self._user: User | None = None
        back = Button("All who can sign in", "plain", "left", size="small")
        back.clicked.connect(self.left)
        self._said, self._choice = BannerSpot(), Changing()
        self._head = SectionHeader("What they may do")
        self.save = Button("Save the role", "primary")
        self.save.clicked.connect(self._on_save)
        note = Text("A change holds from their next unlock.", "small", "text_faint")
        role = Card(padding=Space.L, spacing=Space.M)
        role.add(self._head, self._choice, row(self.save, Space.S, note, 0))
        self.assigned = AssignedCard(users, patients, tasks)
        self.remove = Button("Remove", "danger", "delete")
        self.remove.clicked.connect(self._on_remove)
        removal = Card(padding=Space.L, spacing=Space.S)
        words = Text(_REMOVAL, "small", "text_soft", wrap=True)
        removal.add(SectionHeader("No longer with you?", "", self.remove), words)
        self._name = Text("", "heading", wrap=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        head = row(back, Space.S, self._name)
        head.setStretch(2, 1)
        self._page = page(head, self._said, role, self.assigned, removal, 0)
        box.addWidget(self._page)
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.left.emit, context=context)
        self.setFocusProxy(back)

    def show_user(self, user: User) -> None:
        """Open on `user`."""
        self._said.clear()
        self._show(user)
        self._page.verticalScrollBar().setValue(0)

    def _show(self, user: User) -> None:
        self._user = user
        self._name.say(user.name)
        self._choice.show_part(RoleChoice(user.role, user.sees))
        limited = can_be_limited(user.role) and user.sees == "assigned"
        self.assigned.setVisible(limited)
        if limited:
            self.assigned.show_user(user)

    def _on_save(self) -> None:
        user, choice = self._user, self._choice.part
        if user is None or not isinstance(choice, RoleChoice):
            return
        role, sees = choice.role(), choice.whose()
        self._show_busy(busy=True)
        self._tasks.run(
            lambda: self._users.change(user.id, role=role, sees=sees),
            owner=self,
            lane=Lane.IO,
            on_success=self._show_saved,
            on_error=partial(self._said.say_failed, "The role was not changed"),
            on_finished=partial(self._show_busy, busy=False),
        )

    def _show_saved(self, user: User) -> None:
        self._show(user)
        self._said.say("info", "Saved", f"It holds from the next unlock of {user.name}.")

    def _on_remove(self) -> None:
        user = self._user
        if user is None:
            return
        self._page.verticalScrollBar().setValue(0)
        self._said.ask(
            f"Remove {user.name}?",
            "They can't sign in any more. Since they knew a passphrase, renew all keys afterwards.",
            "Keep them",
            f"Remove {user.name}",
            lambda: self._remove(user),
        )

    def _remove(self, user: User) -> None:
        self._show_busy(busy=True)
        self._tasks.run(
            lambda: self._users.remove(user.id),
            owner=self,
            lane=Lane.VAULT,
            on_success=lambda _: self.removed.emit(user),
            on_error=partial(self._said.say_failed, f"{user.name} was not removed"),
            on_finished=partial(self._show_busy, busy=False),
        )

    def _show_busy(self, *, busy: bool) -> None:
        for button in (self.save, self.remove):
            button.setEnabled(not busy)
