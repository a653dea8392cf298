"""The people in one user's care: who they are, one more, one less."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.text import counted
from healthmate_desktop.ui.dates import day
from healthmate_desktop.ui.safety.banner_spot import BannerSpot
from healthmate_desktop.ui.safety.figures import clock
from healthmate_desktop.ui.safety.finder import PersonFinder
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.changing import Changing
from healthmate_desktop.ui.widgets.layout import Card, Rule, column, fill, part_of
from healthmate_desktop.ui.widgets.section import Line, SectionHeader
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.domain.ids import UserId
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.sessions import Grant, User
    from healthmate_desktop.services.patients import PatientService
    from healthmate_desktop.services.users import UserService


@dataclass(frozen=True, slots=True)
class _Care:
    grants: list[Grant]
    names: dict[str, str]  # of the people, by id


class AssignedCard(Card):
    """Each press holds at once."""

    def __init__(self, users: UserService, patients: PatientService, tasks: TaskRunner) -> None:
        super().__init__(padding=Space.L, spacing=Space.M)
        self._users, self._patients, self._tasks = users, patients, tasks
        self._user: User | None = None
        self._head = SectionHeader("People assigned")
        self._said, self._list = BannerSpot(), Changing()
        self.finder = PersonFinder(patients, tasks, "Assign")
        self.finder.found.connect(self._on_assign)
        title = Text("Assign someone", "label")
        self.add(self._head, self._said, self._list, Rule(), title, self.finder)

    def show_user(self, user: User) -> None:
        """Read who is in the care of `user`."""
        self._user = user
        self._said.clear()
        self._list.show_part(None)
        self._head.say("")
        self._read(user.id)

    def _read(self, user_id: UserId) -> None:
        self._tasks.run(
            lambda: self._find(user_id),
            owner=self,
            lane=Lane.IO,
            on_success=self._show,
            on_error=partial(self._said.say_failed, "It could not be looked up who is assigned"),
        )

    def _find(self, user_id: UserId) -> _Care:
        """Off the GUI thread."""
        grants = self._users.grants(user_id)
        wanted = {grant.patient_id for grant in grants}
        people = self._patients.all() if wanted else []
        return _Care(grants, {patient.id: patient.name for patient in people})

    def _show(self, care: _Care) -> None:
        self._head.say(counted(len(care.grants), "person", "people") if care.grants else "")
        lines = column(spacing=0)
        for grant in sorted(care.grants, key=lambda grant: _name(care, grant).casefold()):
            fill(lines, Rule(), self._line(care, grant))
        if not care.grants:
            words = "Nobody yet, so they see no records at all. Assign the first person below."
            lines.addWidget(Text(words, "small", "text_soft", wrap=True))
        self._list.show_part(part_of(lines))
        self.finder.leave_out({grant.patient_id for grant in care.grants if grant.until is None})

    def _line(self, care: _Care, grant: Grant) -> Line:
        name = _name(care, grant)
        back = Button("Take back", "plain", size="small")
        back.setAccessibleName(f"Take back {name}")
        back.clicked.connect(lambda: self._do(lambda: self._users.end_grant(grant.id)))
        since = f"Since {day(grant.since)}"
        if grant.until is not None:
            since = f"Opened in an emergency, until {clock(grant.until)}"
        return Line("person", name, since, back)

    def _on_assign(self, patient: Patient) -> None:
        user = self._user
        if user is not None:
            self._do(lambda: self._users.assign(user.id, patient.id))

    def _do(self, change: Callable[[], Any]) -> None:
        user = self._user
        if user is None:
            return
        self._said.clear()
        self._tasks.run(
            change,
            owner=self,
            lane=Lane.IO,
            on_success=lambda _: self._read(user.id),
            on_error=partial(self._said.say_failed, "That was not changed"),
        )


def _name(care: _Care, grant: Grant) -> str:
    return care.names.get(grant.patient_id, grant.patient_id)
