"""The shields of this process and this computer, as they were found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from healthmate_desktop.ui.safety.banner_spot import BannerSpot
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.changing import Changing
from healthmate_desktop.ui.widgets.layout import Card, Rule, column, page, part_of, row
from healthmate_desktop.ui.widgets.section import SectionHeader
from healthmate_desktop.ui.widgets.text import Icon, Tag, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QShowEvent

    from healthmate_desktop.domain.sessions import Protection

_ABOUT = (
    "Your records are encrypted with or without these. They stand in the way of other programs on this computer, "
    "and of whoever gets hold of it while HealthMate is open."
)


class ProtectionsTab(QWidget):
    """Looked up each time it is shown."""

    def __init__(self, find: Callable[[], list[Protection]], tasks: TaskRunner) -> None:
        super().__init__()
        self._find, self._tasks = find, tasks
        self._said, self._list = BannerSpot(), Changing()
        self._head = SectionHeader("Protections")
        card = Card(padding=Space.L, spacing=Space.S)
        card.add(self._head, Text(_ABOUT, "small", "text_soft", wrap=True), self._list)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(page(self._said, card, 0))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tasks.run(
            self._find,
            owner=self,
            lane=Lane.IO,
            on_success=self._show,
            on_error=lambda error: self._said.say_failed(
                "The protections could not be looked up", error
            ),
        )

    def _show(self, found: Sequence[Protection]) -> None:
        self._said.clear()
        on = sum(protection.active for protection in found)
        self._head.say(f"{on} of {len(found)} are on")
        lines = column(spacing=Space.S)
        for protection in found:
            lines.addWidget(Rule())
            lines.addWidget(_line(protection))
        self._list.show_part(part_of(lines))


def _line(protection: Protection) -> QFrame:
    words = column(Text(protection.words, "label", wrap=True), spacing=0)
    if protection.detail:
        words.addWidget(Text(protection.detail, "small", "text_soft", wrap=True))
    sign = Icon("check", "accent_text") if protection.active else Icon("alert", "warn")
    line = row(sign, spacing=Space.M)
    line.addLayout(words, 1)
    line.addWidget(Tag("On", "accent") if protection.active else Tag("Not on", "warn"))
    frame = part_of(line)
    state = "on" if protection.active else "not on"
    frame.setAccessibleName(f"{protection.words}: {state}. {protection.detail}".strip())
    return frame
