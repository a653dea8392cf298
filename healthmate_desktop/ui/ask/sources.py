"""Which sources of the library the next questions are looked for in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu

from healthmate_desktop.domain.retrieval import Filters
from healthmate_desktop.ui.tasks import Lane, Task, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.domain.ids import SourceId
    from healthmate_desktop.domain.library import Source
    from healthmate_desktop.services.library import LibraryService
    from healthmate_desktop.ui.changes import Changes

_LONGEST = 60  # letters of a title that the menu shows
_PRESSING = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class SourcesChoice(Button):
    """Says "Sources: 3 of 4"; pressed it offers a check box for each. Hidden where there is nothing to choose from.

    What is left out is remembered as long as this button lives, also when a newer copy takes its place, and forgotten
    with a source that is removed.
    """

    def __init__(self, library: LibraryService, tasks: TaskRunner, changes: Changes) -> None:
        super().__init__("", "plain", "choose", size="small")
        self._library, self._tasks = library, tasks
        self._sources: Sequence[Source] = ()
        self._without: set[SourceId] = set()
        self._reading: Task | None = None
        about = "Which sources of the library your next questions are looked for in"
        self.setToolTip(about)
        self.setAccessibleDescription(about)
        self.clicked.connect(self._on_pressed)
        changes.library_changed.connect(self._read)
        self.hide()
        self._read()

    def filters(self) -> Filters:
        """For the next question."""
        return Filters(without=frozenset(self._without))

    def left_out(self) -> tuple[str, ...]:
        """The titles of the sources that are not looked in."""
        return tuple(source.title for source in self._sources if source.id in self._without)

    def _read(self) -> None:
        if self._reading is not None:  # what is read now is newer
            self._reading.cancel()
        self._reading = self._tasks.run(
            self._library.sources, owner=self, lane=Lane.IO, on_success=self._show_sources
        )

    def _show_sources(self, sources: Sequence[Source]) -> None:
        self._sources, self._reading = sources, None
        several = len(sources) > 1
        self._without |= {each.id for each in sources if self._without & set(each.replaced)}
        self._without &= {source.id for source in sources} if several else set()
        self._say()
        self.setVisible(several)

    def _say(self) -> None:
        total = len(self._sources)
        count = f"{total - len(self._without)} of {total}" if self._without else "all"
        self.setText(f"Sources: {count}")
        self.setAccessibleName(self.text())

    def _on_pressed(self) -> None:
        menu = _Menu(self)
        for source in self._sources:
            title = source.title
            shown = title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1]}\u2026"
            action = QAction(shown.replace("&", "&&"), menu, checkable=True)
            action.setToolTip(title)
            action.setChecked(source.id not in self._without)
            action.toggled.connect(lambda on, key=source.id: self._on_toggled(key, looked_in=on))
            menu.addAction(action)
        above = QPoint(0, menu.sizeHint().height() + Space.L)
        menu.popup(self.mapToGlobal(self.rect().topLeft()) - above)
        menu.setActiveAction(menu.actions()[0])

    def _on_toggled(self, key: SourceId, *, looked_in: bool) -> None:
        if looked_in:
            self._without.discard(key)
        elif key in {source.id for source in self._sources}:  # not removed while the menu was open
            self._without.add(key)
        self._say()


class _Menu(QMenu):
    """Stays open while boxes are checked; Escape, or a press beside it, closes it."""

    def __init__(self, button: SourcesChoice) -> None:
        super().__init__(button)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("Sources to look in")
        self.setToolTipsVisible(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self.activeAction()
        if action is not None and event.key() in _PRESSING:
            action.trigger()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        action = self.actionAt(event.position().toPoint())
        if action is not None:
            action.trigger()
        else:
            super().mouseReleaseEvent(event)
