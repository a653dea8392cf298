"""What stands beside the conversation: the source of one sentence, or why other documents are not in an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from healthmate_desktop.ui.ask.panel import NARROW, WIDE, SourcePanel
from healthmate_desktop.ui.ask.why import WhyPanel
from healthmate_desktop.ui.widgets.layout import row

if TYPE_CHECKING:
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.services.assistant import AssistantService
    from healthmate_desktop.services.documents import DocumentService
    from healthmate_desktop.services.library import LibraryService
    from healthmate_desktop.ui.ask.turn import TurnView
    from healthmate_desktop.ui.tasks import TaskRunner


class Beside(QFrame):
    """One of the two, or neither. The two open signals carry id, page, and start and length of the words."""

    open_document = Signal(str, int, int, int)
    open_article = Signal(str, int, int, int)

    def __init__(
        self,
        patient: Patient,
        assistant: AssistantService,
        documents: DocumentService,
        library: LibraryService,
        tasks: TaskRunner,
    ) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self.source = SourcePanel(patient.id, documents, library, tasks)
        self.why = WhyPanel(patient, assistant, tasks)
        self.source.open_document.connect(self.open_document)
        self.source.open_article.connect(self.open_article)
        self.why.open_document.connect(self.open_document)
        self.why.open_article.connect(self.open_article)
        self.setLayout(row(self.source, self.why, spacing=0))

    def follow(self, turn: TurnView) -> None:
        """Open what is asked for in this turn."""
        turn.opened.connect(lambda index: self._open_source(turn, index))
        turn.why_pressed.connect(lambda: self._open_why(turn))

    def fit(self, *, wide: bool) -> None:
        for panel in (self.source, self.why):
            panel.setFixedWidth(WIDE if wide else NARROW)

    def leave(self) -> bool:
        """Close what is open, and go back to where it was opened; whether anything was."""
        opened = next((p for p in (self.why, self.source) if p.isVisible()), None)
        if opened is not None:
            opened.leave()
        return opened is not None

    def dismiss(self) -> None:
        """Close and forget the turn, which may be about to go."""
        self.source.dismiss()
        self.why.dismiss()

    def _open_source(self, turn: TurnView, index: int) -> None:
        self.why.dismiss()
        self.source.open(turn, index)

    def _open_why(self, turn: TurnView) -> None:
        self.source.dismiss()
        self.why.open(turn)
