"""The earlier chats of a person, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from healthmate_desktop.ui.dates import day
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Size, Space
from healthmate_desktop.ui.widgets.feedback import EmptyState
from healthmate_desktop.ui.widgets.layout import Card, centred
from healthmate_desktop.ui.widgets.row_list import Row, RowList

if TYPE_CHECKING:
    from healthmate_desktop.domain.answers import Thread
    from healthmate_desktop.domain.ids import PatientId
    from healthmate_desktop.services.assistant import AssistantService


class EarlierChats(QStackedWidget):
    """Reads again each time it is opened. `chosen` carries the Thread."""

    chosen = Signal(object)

    def __init__(
        self, patient_id: PatientId, assistant: AssistantService, tasks: TaskRunner
    ) -> None:
        super().__init__()
        self._patient_id, self._assistant, self._tasks = patient_id, assistant, tasks
        self._threads: dict[str, Thread] = {}
        self.list = RowList("Earlier chats")
        self.list.chosen.connect(lambda key: self.chosen.emit(self._threads[key]))
        card = Card(padding=Space.S)
        card.add(self.list)
        holder = Card("clear", padding=0)
        holder.body.addLayout(centred(card, Size.READING_WIDTH + 2 * Space.XXL))
        holder.body.setContentsMargins(Space.XL, 0, Space.XL, Space.L)
        self.empty = EmptyState(
            "clock", "No earlier chats yet", "Questions and their answers are kept here, encrypted."
        )
        self.addWidget(holder)
        self.addWidget(self.empty)
        self.setFocusProxy(self.list)

    def read(self) -> None:
        """Read the list again; none of it is marked as open."""
        self._tasks.run(
            lambda: self._assistant.threads(self._patient_id),
            owner=self,
            lane=Lane.IO,
            on_success=self._show_threads,
        )

    def _show_threads(self, threads: list[Thread]) -> None:
        self._threads = {thread.id: thread for thread in threads}
        self.list.show_rows(
            [Row(t.id, t.title, f"Last on {day(t.updated_at)}", "ask") for t in threads]
        )
        self.list.choose("")
        self.setCurrentIndex(0 if threads else 1)
