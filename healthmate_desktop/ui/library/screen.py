"""Library: the public sources that answers may quote, and their articles to read."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QScrollArea, QStackedWidget, QVBoxLayout

from healthmate_desktop.ui.library.adding import AddingStrip
from healthmate_desktop.ui.library.shelf import Shelf
from healthmate_desktop.ui.library.sources import SourcesCard, counted, today
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.drop_zone import DropZone
from healthmate_desktop.ui.widgets.feedback import Banner, EmptyState, words_of
from healthmate_desktop.ui.widgets.layout import Card, Header, page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QShowEvent

    from healthmate_desktop.domain.library import Source
    from healthmate_desktop.services.library import LibraryService
    from healthmate_desktop.ui.changes import Changes

_REST_MS = 200  # several changes at once are read once
_DETAIL = "Answers quote these and a person's documents, and nothing else"


class LibraryScreen(QStackedWidget):
    """The list of sources, or one of them opened. Needs no person."""

    def __init__(
        self,
        library: LibraryService,
        tasks: TaskRunner,
        changes: Changes,
        *,
        may_change: bool = True,
    ) -> None:
        super().__init__()
        self._may_change = may_change
        self._library, self._tasks, self._changes = library, tasks, changes
        self._known = False
        self._banner: Banner | None = None
        self.adding = AddingStrip(library, tasks, changes)
        self.shelf, self.card = Shelf(library, tasks), SourcesCard(may_change=may_change)
        self.empty = Card()
        self.empty.add(
            EmptyState(
                "library",
                "The library is empty",
                "Answers about health in general are quoted from it. The starter topics come by themselves; "
                "add guidelines, leaflets or collections of articles of your own.",
            )
        )
        self._notes = QVBoxLayout()
        self._overview = self._build()
        self.addWidget(self._overview)
        self.addWidget(self.shelf)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._read)
        changes.library_changed.connect(self._on_changed)
        self.card.read_pressed.connect(self._on_read)
        self.card.remove_pressed.connect(self._on_remove)
        self.shelf.left.connect(self._on_left)
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self._on_left, context=context)

    # --- for the shell ---

    def add(self, paths: Sequence[Path]) -> None:
        """Add files and folders, each as one source."""
        if paths and self._may_change:
            self.setCurrentWidget(self._overview)
            self.adding.add(paths)

    def open_article(self, article_id: str, page: int, start: int, length: int) -> None:
        """Open a page with `length` letters from `start` of its text lit; 0 lights none."""
        self.setCurrentWidget(self.shelf)
        self.shelf.open_article((article_id, page, start, length))

    # --- how it is made ---

    def _build(self) -> QScrollArea:
        files = Button("Add files", "secondary", "add-file")
        files.clicked.connect(lambda: self._choose(QFileDialog.FileMode.ExistingFiles))
        folder = Button("Add a folder", "secondary", "add-file")
        folder.clicked.connect(lambda: self._choose(QFileDialog.FileMode.Directory))
        zone = DropZone(
            "Drop files or folders here to add them",
            "PDF, Word and EPUB files, pictures of pages, web pages, Markdown and text. Downloads of MedlinePlus, "
            "MedQuAD, PubMed Central, DailyMed and openFDA, also zipped, and folders in BEIR layout. "
            "What you add must not be about a person: the library is not encrypted.",
        )
        zone.files_dropped.connect(self.add)
        self.card.hide()
        self.empty.hide()
        header = Header("Library", _DETAIL, files, folder)
        if not self._may_change:
            for part in (files, folder, zone):
                part.hide()
        return page(header, self.adding, self._notes, self.card, self.empty, zone, 0)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._known and not self._rest.isActive():
            self._read()

    # --- what is shown ---

    def _on_changed(self) -> None:
        self._known = False
        if self.isVisible() and not self._rest.isActive():
            self._rest.start()

    def _read(self) -> None:
        if not self.isVisible():  # it is read when it is next shown
            return
        self._tasks.run(
            self._library.sources, owner=self, lane=Lane.IO, on_success=self._show_sources
        )

    def _show_sources(self, sources: list[Source]) -> None:
        self._known = True
        self.card.setVisible(bool(sources))
        self.empty.setVisible(not sources)
        self.card.show_sources(sources, today())
        opened = self.shelf.source
        if opened is not None and opened.id not in {source.id for source in sources}:
            self.setCurrentWidget(self._overview)

    def _show_banner(self, banner: Banner | None) -> None:
        if self._banner is not None:
            self._notes.removeWidget(self._banner)
            self._banner.hide()
            self._banner.deleteLater()
        self._banner = banner
        if banner is not None:
            self._notes.addWidget(banner)
            self._overview.verticalScrollBar().setValue(0)

    # --- what is done ---

    def _choose(self, mode: QFileDialog.FileMode) -> None:
        dialog = QFileDialog(self, "Add to the library")
        dialog.setFileMode(mode)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)  # keeps no list of recent files
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: self.add([Path(name) for name in names]))
        dialog.open()

    def _on_read(self, source: Source) -> None:
        self.setCurrentWidget(self.shelf)
        self.shelf.open_source(source)
        self.shelf.setFocus()

    def _on_left(self) -> None:
        self.setCurrentWidget(self._overview)

    def _on_remove(self, source: Source) -> None:
        remove = Button(f"Remove {counted(source.articles)}", "danger", size="small")
        keep = Button("Keep it", "secondary", size="small")
        banner = Banner(
            "warn",
            f"Remove {source.title} from the library?",
            "New answers can't quote it any more. To have it back, add it again.",
            [keep, remove],
        )
        keep.clicked.connect(lambda: self._show_banner(None))
        remove.clicked.connect(lambda: remove.setEnabled(False))
        remove.clicked.connect(partial(self._remove, source))
        self._show_banner(banner)
        keep.setFocus()

    def _remove(self, source: Source) -> None:
        self._tasks.run(
            lambda: self._library.remove(source.id),
            owner=self,
            lane=Lane.VAULT,
            on_success=lambda _: self._show_banner(None),
            on_error=lambda error: self._show_banner(
                Banner("error", f"{source.title} was not removed", words_of(error))
            ),
            on_finished=self._changes.library_changed.emit,
        )
