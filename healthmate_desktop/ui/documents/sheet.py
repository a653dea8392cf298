"""One page to look at: its picture with the words lit, or its text where it has none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSizeF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QLabel, QStackedWidget

from healthmate_desktop.errors import HealthMateError
from healthmate_desktop.ui.documents.paper import Paper, rects_of
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.layout import column, part_of
from healthmate_desktop.ui.widgets.page_view import PageView
from healthmate_desktop.ui.widgets.passage import PassageView
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.domain.answers import Place
    from healthmate_desktop.domain.documents import Box, Word

OPENING = "Opening the page"
PICTURE_WIDTH = 1600  # pixels: sharp at the widest pane, still readable at the largest zoom


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page, made ready off the GUI thread. `lit` is start and end in `text`, `size` and `boxes` are in points."""

    name: str  # read out
    text: str
    lit: tuple[int, int] | None = None
    boxes: tuple[Box, ...] = ()
    size: tuple[float, float] = (0.0, 0.0)
    image: QImage | None = None
    note: str = ""  # why the text stands in for the picture
    markdown: bool = False
    words: tuple[Word, ...] = ()  # of `text`, with their places in the picture


def sheet_of(place: Place, name: str, *, markdown: bool) -> Sheet:
    """The page a citation stands on, without its picture; an empty quote lights nothing."""
    start, quote = place.citation.start, place.citation.quote
    return Sheet(
        name=name,
        text=place.text,
        lit=(start, start + len(quote)) if quote else None,
        boxes=place.boxes,
        size=(place.width, place.height),
        markdown=markdown,
    )


def cut(sheet: Sheet, start: int, end: int) -> Sheet:
    """Only so much of its text; what is lit ends with it."""
    lit = (sheet.lit[0] - start, min(sheet.lit[1], end) - start) if sheet.lit else None
    return replace(sheet, text=sheet.text[start:end], lit=lit)


def with_picture(sheet: Sheet, draw: Callable[[], bytes]) -> Sheet:
    """With the picture that `draw` makes; where that fails the text stands in and says why."""
    if not sheet.size[0]:
        return sheet
    try:
        image = QImage.fromData(draw())
    except HealthMateError as error:
        return replace(sheet, note=f"This is the text of the page, without its picture. {error}")
    return replace(sheet, image=image)


class SheetView(QStackedWidget):
    """Shows one sheet, or words while there is none."""

    def __init__(self, widest: int = 760, page: PageView | None = None) -> None:
        """`page` where it has to be more than one to look at."""
        super().__init__()
        self.page, self.passage = page or PageView(widest), PassageView()
        self._words = Text("", "body", "text_soft", wrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._words.setContentsMargins(Space.XL, Space.HUGE, Space.XL, Space.XL)
        self._note = Text("", "small", "text_faint", wrap=True)
        self._note.setContentsMargins(Space.XL, Space.M, Space.XL, 0)
        self._desk = QFrame()
        self._desk.setProperty("kind", "desk")
        self._desk.setLayout(column(self.page))
        self._paper = part_of(column(self._note, self.passage, spacing=0))
        for part in (self._words, self._desk, self._paper):
            self.addWidget(part)

    @property
    def has_picture(self) -> bool:
        return self.currentWidget() is self._desk

    @property
    def has_page(self) -> bool:
        """Whether a page is shown, as a picture or as text."""
        return self.currentWidget() is not self._words

    def message(self) -> str:
        """The words that stand in place of a page."""
        shown: QLabel = self._words
        return shown.accessibleName() if self.currentWidget() is shown else ""

    def show_message(self, words: str) -> None:
        self._words.say(words)
        self.setCurrentWidget(self._words)

    def show_sheet(self, sheet: Sheet) -> None:
        if sheet.image is None or sheet.image.isNull():
            self._note.say(sheet.note)
            self._note.setVisible(bool(sheet.note))
            self.setCurrentWidget(self._paper)
            self.passage.show_passage(sheet.text, sheet.lit, markdown=sheet.markdown)
            self.setFocusProxy(self.passage)
            return
        self.setCurrentWidget(self._desk)
        self.page.show_page(sheet.image, QSizeF(*sheet.size), rects_of(sheet.boxes), sheet.name)
        if isinstance(self.page, Paper):
            self.page.show_words(sheet.text, sheet.words)
        self.setFocusProxy(self.page)
