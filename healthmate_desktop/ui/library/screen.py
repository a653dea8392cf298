"""Library: the public sources that answers may quote, and their articles to read."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QScrollArea, QStackedWidget, QVBoxLayout

from healthmate_desktop.domain.text import counted
from healthmate_desktop.services.shelf import Described
from healthmate_desktop.ui.dates import today
from healthmate_desktop.ui.library.adding import AddingStrip
from healthmate_desktop.ui.library.article import Spot
from healthmate_desktop.ui.library.bringing import BringYourOwn, drop_zone
from healthmate_desktop.ui.library.shelf import Shelf
from healthmate_desktop.ui.library.sources import SourcesCard
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import Banner, EmptyState, words_of
from healthmate_desktop.ui.widgets.layout import Card, Header, page
from healthmate_desktop.ui.widgets.section import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from PySide6.QtGui import QShowEvent

    from healthmate_desktop.domain.library import Source
    from healthmate_desktop.services.library import LibraryService
    from healthmate_desktop.services.search import SearchService
    from healthmate_desktop.ui.changes import Changes

_REST_MS = 200  # several changes at once are read once
_DETAIL = "Answers quote these and a person's documents, and nothing else"
_BRING = "Bring your own"
_WHERE = "Where the official downloads are, what each gives, how large it is and how to add it"


class LibraryScreen(QStackedWidget):
    """The list of sources, one of them opened, or where to find more. Needs no person."""

    def __init__(
        self,
        library: LibraryService,
        search: SearchService,
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
        self._keep: Button | None = None  # of a banner that asks
        self.adding = AddingStrip(library, tasks, changes)
        self.shelf = Shelf(library, search, tasks)
        self.card = SourcesCard(may_change=may_change)
        self.bringing = BringYourOwn()
        self.empty = self._build_empty()
        self._notes = QVBoxLayout()
        self._overview = self._build()
        for part in (self._overview, self.shelf, self.bringing):
            self.addWidget(part)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._read)
        self._connect(changes)

    # --- for the shell ---

    def add(self, paths: Sequence[Path]) -> None:
        """Add files and folders, each as one source."""
        if paths and self._may_change:
            self.setCurrentWidget(self._overview)
            self.adding.add(paths)

    def open_article(self, article_id: str, page: int, start: int, length: int) -> None:
        """Open a page with `length` letters from `start` of its text lit; 0 lights none."""
        self.setCurrentWidget(self.shelf)
        self.shelf.open_article(Spot(article_id, page, start, length))

    # --- how it is made ---

    def _connect(self, changes: Changes) -> None:
        changes.library_changed.connect(self._on_changed)
        self.card.read_pressed.connect(self._on_read)
        self.card.refresh_pressed.connect(self._on_refresh)
        self.card.remove_pressed.connect(self._on_remove)
        self.shelf.left.connect(self._on_left)
        self.bringing.left.connect(self._on_left)
        self.bringing.zone.files_dropped.connect(self.add)
        self.bringing.files_pressed.connect(self._on_files)
        self.bringing.folder_pressed.connect(self._on_folder)
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self._on_escape, context=context)

    def _build_empty(self) -> Card:
        card = Card()
        bring = Button(_BRING, "secondary", "open")
        bring.clicked.connect(self._on_bring)
        card.add(
            EmptyState(
                "library",
                "The library is empty",
                "Answers about health in general are quoted from it. The starter topics come by themselves. "
                "Bring your own says where good downloads are, MedlinePlus first; leaflets of your clinic can be "
                "dropped below.",
                [bring] if self._may_change else [],
            )
        )
        return card

    def _build(self) -> QScrollArea:
        files = Button("Add files", "secondary", "add-file")
        files.clicked.connect(self._on_files)
        folder = Button("Add a folder", "secondary", "add-file")
        folder.clicked.connect(self._on_folder)
        self._bring = Button(_BRING, "quiet", size="small")
        self._bring.clicked.connect(self._on_bring)
        self._more = Card()
        self._more.add(Line("open", "Looking for more?", _WHERE, self._bring))
        zone = drop_zone()
        zone.files_dropped.connect(self.add)
        self.card.hide()
        self.empty.hide()
        header = Header("Library", _DETAIL, files, folder)
        if not self._may_change:
            for part in (files, folder, zone, self._more):
                part.hide()
        return page(header, self.adding, self._notes, self.card, self.empty, self._more, zone, 0)

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
            self._read_sources,
            owner=self,
            lane=Lane.IO,
            on_update=self._show_sources,
            on_success=self._show_sources,
        )

    def _read_sources(self) -> Generator[list[Described], None, list[Described]]:
        """Off the GUI thread: what they are, and then what they are about, for which the library has to be opened."""
        if not self._known:
            yield [Described(source) for source in self._library.sources()]
        return self._library.described()

    def _show_sources(self, described: list[Described]) -> None:
        self._known = True
        sources = [each.source for each in described]
        self.card.setVisible(bool(sources))
        self.empty.setVisible(not sources)
        self._more.setVisible(bool(sources) and self._may_change)
        self.card.show_sources(described, today())
        opened = self.shelf.source
        if opened is not None and opened.id not in {source.id for source in sources}:
            self._on_left()

    def _show_banner(self, banner: Banner | None) -> None:
        if self._banner is not None:
            self._notes.removeWidget(self._banner)
            self._banner.hide()
            self._banner.deleteLater()
        self._banner, self._keep = banner, None
        if banner is not None:
            self._notes.addWidget(banner)
            self._overview.verticalScrollBar().setValue(0)

    # --- what is done ---

    def _on_files(self) -> None:
        self._choose(QFileDialog.FileMode.ExistingFiles, self.add)

    def _on_folder(self) -> None:
        self._choose(QFileDialog.FileMode.Directory, self.add)

    def _choose(self, mode: QFileDialog.FileMode, use: Callable[[list[Path]], None]) -> None:
        dialog = QFileDialog(self, "Add to the library")
        dialog.setFileMode(mode)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)  # keeps no list of recent files
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: use([Path(name) for name in names]))
        dialog.open()

    def _on_read(self, source: Source) -> None:
        self.setCurrentWidget(self.shelf)
        self.shelf.open_source(source)
        self.shelf.setFocus()

    def _on_bring(self) -> None:
        self.bringing.show_top()
        self.setCurrentWidget(self.bringing)
        self.bringing.setFocus()

    def _on_left(self) -> None:
        """Back to the list, where it was left."""
        opened = self.shelf.source if self.currentWidget() is self.shelf else None
        from_bringing = self.currentWidget() is self.bringing
        self.setCurrentWidget(self._overview)
        if opened is not None:
            self.card.go_to(opened)
        elif from_bringing:
            self._bring.setFocus()

    def _on_escape(self) -> None:
        if self.currentWidget() is self._overview:
            if self._keep is not None:
                self._keep.click()
        elif self.currentWidget() is not self.shelf or not self.shelf.step_back():
            self._on_left()

    def _ask(self, source: Source, banner: Banner, keep: Button) -> None:
        """`keep` is what Escape presses too: nothing is done, and the keyboard goes back to the source."""
        self._show_banner(banner)
        self._keep = keep
        keep.clicked.connect(lambda: self._show_banner(None))
        keep.clicked.connect(lambda: self.card.go_to(source))

    def _on_refresh(self, source: Source) -> None:
        file, folder = (
            Button("Choose a file", size="small"),
            Button("Choose a folder", size="small"),
        )
        keep = Button("Not now", "plain", size="small")
        banner = Banner(
            "info",
            f"Put a newer copy in the place of {source.title}",
            "Download it again from where it came from, then choose it here. "
            "The copy you have stays in use until the newer one has been read.",
            [keep, file, folder],
        )
        modes = (QFileDialog.FileMode.ExistingFile, QFileDialog.FileMode.Directory)
        for button, mode in zip((file, folder), modes, strict=True):
            button.clicked.connect(
                lambda _=False, mode=mode: self._choose(mode, partial(self._refresh, source))
            )
        self._ask(source, banner, keep)
        file.setFocus()

    def _refresh(self, source: Source, paths: Sequence[Path]) -> None:
        self._show_banner(None)
        self.adding.add(paths, replacing=source)

    def _on_remove(self, source: Source) -> None:
        remove = Button(
            f"Remove {counted(source.articles, 'article', 'articles')}", "danger", size="small"
        )
        keep = Button("Keep it", "secondary", size="small")
        banner = Banner(
            "warn",
            f"Remove {source.title} from the library?",
            "New answers can't quote it any more. To have it back, add it again.",
            [keep, remove],
        )
        remove.clicked.connect(lambda: remove.setEnabled(False))
        remove.clicked.connect(partial(self._remove, source))
        self._ask(source, banner, keep)
        keep.setFocus()

    def _remove(self, source: Source) -> None:
        self._tasks.run(
            lambda: self._library.remove(source.id),
            owner=self,
            lane=Lane.IO,  # not after hours of adding
            on_success=lambda _: self._show_banner(None),
            on_error=lambda error: self._show_banner(
                Banner("error", f"{source.title} was not removed", words_of(error))
            ),
            on_finished=self._changes.library_changed.emit,
        )
