"""The ways from one screen to a spot in another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from healthmate_desktop.ui.ask.screen import AskScreen
from healthmate_desktop.ui.columns.screen import ColumnsScreen
from healthmate_desktop.ui.documents.screen import DocumentsScreen
from healthmate_desktop.ui.library.screen import LibraryScreen
from healthmate_desktop.ui.review.screen import ReviewScreen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget

    from healthmate_desktop.domain.answers import Thread


class Ways(QObject):
    """`screens` are those of now, `go` shows a place."""

    def __init__(
        self,
        screens: Callable[[], Mapping[str, QWidget]],
        go: Callable[[str], None],
        owner: QWidget,
    ) -> None:
        super().__init__(owner)
        self._screens, self._go = screens, go

    def ask(self, question: str) -> None:
        self._go("ask")
        if isinstance(ask := self._screens().get("ask"), AskScreen):
            ask.ask(question)

    def open_thread(self, thread: Thread) -> None:
        self._go("ask")
        if isinstance(ask := self._screens().get("ask"), AskScreen):
            ask.open_thread(thread)

    def new_chat(self) -> None:
        if isinstance(ask := self._screens().get("ask"), AskScreen):
            self._go("ask")
            ask.new_chat()

    def open_document(
        self, document_id: str, page: int = 1, start: int = 0, length: int = 0
    ) -> None:
        self._go("documents")
        if isinstance(documents := self._screens().get("documents"), DocumentsScreen):
            documents.open_at(document_id, page, start, length)

    def review(self, document_id: str) -> None:
        """Check what was read from a document."""
        self._go("review")
        if isinstance(review := self._screens().get("review"), ReviewScreen):
            review.open(document_id)

    def columns(self, document_id: str) -> None:
        """Say what the columns of a table mean."""
        self._go("columns")
        if isinstance(columns := self._screens().get("columns"), ColumnsScreen):
            columns.open(document_id)

    def open_article(self, article_id: str, page: int, start: int, length: int) -> None:
        self._go("library")
        if isinstance(library := self._screens().get("library"), LibraryScreen):
            library.open_article(article_id, page, start, length)
