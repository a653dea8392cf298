"""Someone new who can sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLineEdit

from healthmate_desktop.domain.sessions import check_user_name
from healthmate_desktop.errors import InvalidInput
from healthmate_desktop.ui.safety.confirming import FIELD_WIDTH
from healthmate_desktop.ui.safety.roles import RoleChoice
from healthmate_desktop.ui.safety.work import busy_words
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import FieldError, words_of
from healthmate_desktop.ui.widgets.layout import Card, Rule, column, row
from healthmate_desktop.ui.widgets.section import SectionHeader
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from healthmate_desktop.domain.sessions import User
    from healthmate_desktop.services.users import UserService
    from healthmate_desktop.ui.safety.new_passphrase import PassphraseAdvice

_FIRST = "Tell it to them yourself and not in a message. Once signed in, they change it under Safety, Locking."


class UserForm(Card):
    """`added` carries the User; `left` says that it was thought better of."""

    added = Signal(object)
    left = Signal()

    def __init__(self, users: UserService, tasks: TaskRunner, advice: PassphraseAdvice) -> None:
        super().__init__(padding=Space.L, spacing=Space.M)
        self._users, self._tasks = users, tasks
        self.name, self._name_error = QLineEdit(), FieldError()
        self.name.setAccessibleName("Name to sign in with")
        self.name.setAcceptDrops(False)
        self.name.setMaxLength(60)
        self.name.textEdited.connect(lambda _: self._show_name_error(""))
        self.role = RoleChoice("clinician", "all")
        self.passphrase = advice.fields("Their first passphrase", tasks)
        self.name.returnPressed.connect(self.passphrase.setFocus)
        self.passphrase.submitted.connect(self._on_chosen)
        self.button, self.leave = Button("Add them", "primary"), Button("Leave as it is")
        self.button.clicked.connect(self._on_add)
        self.leave.clicked.connect(self._on_left)
        fields = QFrame()
        fields.setProperty("kind", "row")
        fields.setFixedWidth(FIELD_WIDTH)
        name = column(Text("Name", "label"), self.name, self._name_error, spacing=Space.S)
        fields.setLayout(name)
        secret = QFrame()
        secret.setProperty("kind", "row")
        secret.setFixedWidth(FIELD_WIDTH)
        words = Text(_FIRST, "small", "text_soft", wrap=True)
        heading = column(Text("Their first passphrase", "strong"), words, spacing=0)
        secret.setLayout(column(heading, self.passphrase, spacing=Space.M))
        self.add(SectionHeader("Add someone"), row(fields, 0), self.role)
        self.add(Rule(), row(secret, 0), row(self.button, self.leave, 0))
        self.setFocusProxy(self.name)

    def reset(self) -> None:
        """Forget what was typed."""
        self.name.clear()
        self.passphrase.clear()
        self._show_name_error("")
        self._show_busy(busy=False)

    def _show_name_error(self, message: str) -> None:
        self.name.setProperty("state", "error" if message else "")
        self.name.style().polish(self.name)
        self._name_error.say(message)

    def _show_busy(self, *, busy: bool) -> None:
        for part in (self.name, self.role, self.passphrase, self.button, self.leave):
            part.setEnabled(not busy)
        self.button.setText(busy_words(self._tasks, "Adding") if busy else "Add them")

    def _on_add(self) -> None:
        if self._checked_name():
            self.passphrase.submit()

    def _checked_name(self) -> str:
        """Empty where something is amiss, which is then said at the field."""
        name = self.name.text().strip()
        try:
            check_user_name(name)
        except InvalidInput as error:
            missing = "Type the name they will sign in with."
            self._show_name_error(str(error) if name else missing)
            self.name.setFocus()
            return ""
        return name

    def _on_chosen(self, passphrase: str) -> None:
        if not (name := self._checked_name()):
            return
        role, sees = self.role.role(), self.role.whose()
        self._show_busy(busy=True)
        self._tasks.run(
            lambda: self._users.add(name, role, sees, passphrase),
            owner=self,
            lane=Lane.VAULT,
            on_success=self._show_added,
            on_error=self._show_error,
        )

    def _show_added(self, user: User) -> None:
        self.reset()
        self.added.emit(user)

    def _show_error(self, error: Exception) -> None:
        """A name in use and a weak passphrase say so themselves; it stands at the last field."""
        self._show_busy(busy=False)
        self.passphrase.show_error(words_of(error))

    def _on_left(self) -> None:
        self.reset()
        self.left.emit()
