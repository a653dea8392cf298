"""The list of documents, what of it is shown, and what waits for a check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal

from healthmate_desktop.ui.documents.listing import (
    SORTS,
    Entry,
    filters_for,
    is_shown,
    row_of,
    sorted_by,
)
from healthmate_desktop.ui.documents.side import ListSide
from healthmate_desktop.ui.review.waiting import WaitingNote
from healthmate_desktop.ui.tasks import Lane, Task, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.choice import Choice
from healthmate_desktop.ui.widgets.layout import column, part_of, row
from healthmate_desktop.ui.widgets.row_list import RowList
from healthmate_desktop.ui.widgets.section import SearchField
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from healthmate_desktop.services.review import Waiting

_REST_MS = 250  # between the last letter and the search in texts
_SHORTEST = 2  # letters that are looked for in texts


class DocumentsSide(ListSide):
    """`chosen` carries the id of a document. Names are looked through at once, texts off the GUI thread."""

    chosen = Signal(str)
    add_pressed = Signal()
    check_pressed = Signal()

    def __init__(self, find: Callable[[str], list[str]], tasks: TaskRunner) -> None:
        self._find, self._tasks = find, tasks
        self._entries: list[Entry] = []  # in the order chosen
        self._in_text: list[str] = []  # ids, the best first
        self._task: Task | None = None
        self._chosen = ""
        self.list = RowList("Documents")
        self.search = SearchField("Find by name or text", "Find documents by name or text")
        self.filter, self.sort = Choice("Show", filters_for([])), Choice("Sort", SORTS, "date")
        self.note, self._none = WaitingNote(narrow=True), Text("", "small", "text_soft", wrap=True)
        self.clear = Button("Show all", "quiet", size="small", flush=True)
        self._count = Text("", "caption", "text_faint", wrap=True)
        add = Button("Add", "secondary", "add-file", size="small")
        add.setAccessibleName("Add files")
        head = row(Text("Documents", "title"), 0, add, margins=(Space.S, 0, Space.S, 0))
        words = (self._none, row(self.clear, 0), 0)
        self._nothing = part_of(column(*words, margins=(Space.S, 0, Space.S, 0)))
        self.export = Button("Export\u2026", "quiet", "export", size="small")
        self.export.setToolTip("Records or files into a file outside of HealthMate (Ctrl+E)")
        foot = column(row(self.export, 0), self._count, margins=(Space.S, 0, Space.S, 0))
        parts = (self.note, self._nothing, self.list, foot)
        choices = column(row(self.filter, 0), row(self.sort, 0), spacing=Space.XS)
        super().__init__(head, self.search, choices, *parts)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._look)
        add.clicked.connect(self.add_pressed)
        self.note.pressed.connect(self.check_pressed)
        self.list.chosen.connect(self._on_chosen)
        self.search.edit.textChanged.connect(self._on_typed)
        self.filter.chosen.connect(lambda _: self._show_rows())
        self.sort.chosen.connect(self._on_sorted)
        self.clear.clicked.connect(self.show_all)
        self._show_rows()

    def show_documents(self, entries: Sequence[Entry], waiting: Sequence[Waiting]) -> None:
        self._entries = sorted_by(entries, self.sort.current())
        self.note.say(waiting)
        self.filter.offer(filters_for(entries))
        count = "1 document" if len(entries) == 1 else f"{len(entries):,} documents"
        self._count.say(f"{count}, {'' if len(entries) == 1 else 'all '}encrypted")
        self._show_rows()

    def choose(self, document_id: str) -> None:
        """Show it as the one that is open."""
        self._chosen = document_id
        self.list.choose(document_id)

    def first(self) -> str:
        """The id of the document at the top, "" where none is shown."""
        return next((row.key for row in self.list.rows()), "")

    def show_all(self) -> None:
        """Without search and filter."""
        self.search.edit.clear()
        self.filter.choose("")
        self._show_rows()

    def words_in_text(self, document_id: str) -> str:
        """The words that were looked for, where this document was found by them in its text."""
        return self.search.edit.text().strip() if document_id in self._in_text else ""

    def _on_typed(self) -> None:
        self._in_text = []
        if self._task is not None:
            self._task.cancel()
        self._rest.stop()
        if len(self.search.edit.text().strip()) >= _SHORTEST:
            self._rest.start()
        self._show_rows()

    def _look(self) -> None:
        words = self.search.edit.text().strip()
        self._task = self._tasks.run(
            lambda: self._find(words), owner=self, lane=Lane.IO, on_success=self._show_found
        )

    def _show_found(self, ids: list[str]) -> None:
        self._in_text = ids
        self._show_rows()

    def _show_rows(self) -> None:
        words, chosen = self.search.edit.text().casefold().split(), self.filter.current()
        passed = [entry for entry in self._entries if is_shown(entry, chosen)]
        named = [e for e in passed if all(word in e.name for word in words)]
        rows = [entry.row for entry in named]
        if self._in_text:
            by_name = {entry.document.id for entry in named}
            known: dict[str, Entry] = {entry.document.id: entry for entry in passed}
            others = [known[key] for key in self._in_text if key in known and key not in by_name]
            rows += [row_of(entry, by_text=True) for entry in others]
        self.list.show_rows(rows)
        self.list.choose(self._chosen)
        self._say_none(nothing=not rows and bool(self._entries))

    def _on_sorted(self, key: str) -> None:
        self._entries = sorted_by(self._entries, key)
        self._show_rows()

    def _say_none(self, *, nothing: bool) -> None:
        words, chosen = self.search.edit.text().strip(), self.filter.current()
        said = []
        if words:
            said.append(f"No document has \u201c{words}\u201d in its name or text.")
        if chosen:
            said.append(f"Only these are shown: {self.filter.words()}.")
        self._none.say(" ".join(said))
        self._nothing.setVisible(nothing)
        self.list.setVisible(not nothing)

    def _on_chosen(self, key: str) -> None:
        self._chosen = key
        self.chosen.emit(key)
