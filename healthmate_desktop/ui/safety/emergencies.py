"""Records that were opened in an emergency, until an owner has seen them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from healthmate_desktop.ui.safety.banner_spot import BannerSpot
from healthmate_desktop.ui.safety.figures import moment, until
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.changing import Changing
from healthmate_desktop.ui.widgets.layout import Card, Rule, column, fill, part_of
from healthmate_desktop.ui.widgets.section import SectionHeader
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from healthmate_desktop.domain.sessions import Grant
    from healthmate_desktop.services.users import UserService


@dataclass(frozen=True, slots=True)
class Emergencies:
    """What was opened, and the names of who and whose by their ids."""

    grants: Sequence[Grant]
    users: Mapping[str, str]
    people: Mapping[str, str]


class EmergenciesCard(Card):
    """Hidden where there are none."""

    def __init__(self, users: UserService, tasks: TaskRunner) -> None:
        super().__init__(padding=Space.L, spacing=Space.S)
        self._users, self._tasks = users, tasks
        self.button = Button("I have seen these", icon="check")
        self.button.clicked.connect(self._on_seen)
        self._said, self._list = BannerSpot(), Changing()
        self.add(SectionHeader("Opened in an emergency", "", self.button), self._said, self._list)
        self.hide()

    def show_grants(self, found: Emergencies) -> None:
        lines = column(spacing=Space.S)
        for grant in sorted(found.grants, key=lambda grant: grant.since, reverse=True):
            who = found.users.get(grant.user_id, grant.user_id)
            whose = found.people.get(grant.patient_id, grant.patient_id)
            times = moment(grant.since) if grant.until is None else until(grant.since, grant.until)
            title = Text(f"{who} opened the records of {whose}", "label", wrap=True)
            when = Text(times, "small", "text_soft", wrap=True)
            reason = Text(f"Reason: {grant.reason}", "small", wrap=True)
            fill(lines, Rule(), column(title, when, reason, spacing=0))
        self._list.show_part(part_of(lines))
        self.setVisible(bool(found.grants))

    def _on_seen(self) -> None:
        self._said.clear()
        self.button.setEnabled(False)
        self._tasks.run(
            self._users.mark_emergencies_seen,
            owner=self,
            lane=Lane.IO,
            on_success=lambda _: self.hide(),
            on_error=partial(self._said.say_failed, "It was not noted that you have seen these"),
            on_finished=lambda: self.button.setEnabled(True),
        )
