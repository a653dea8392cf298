"""A passage of text with one span lit, scrolled to where it stands."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextBrowser

from healthmate_desktop.ui.theme import Role, Space, Tone, active_theme
from healthmate_desktop.ui.widgets.accessibility import announce
from healthmate_desktop.ui.widgets.text import whole

_LINE_HEIGHT = 122  # per cent of the face's own, which is 145 % of the size


def _units(text: str) -> int:
    """The length as Qt counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


class PassageView(QTextBrowser):
    """Plain text that can be selected; nothing in it is followed or loaded."""

    def __init__(self) -> None:
        super().__init__()
        self._heading, self._text = "", ""
        self._lit: tuple[int, int] | None = None
        self.setOpenLinks(False)
        self.setAcceptDrops(False)
        self.document().setDocumentMargin(Space.XL)
        self.setAccessibleName("Source text")

    def show_passage(
        self, text: str, lit: tuple[int, int] | None = None, *, heading: str = ""
    ) -> None:
        """`lit` is start and end in `text`. A line break in `text` ends a paragraph."""
        self._heading, self._text, self._lit = heading, text, lit
        marked = text[lit[0] : lit[1]] if lit else ""
        self.setAccessibleDescription(marked)
        self._write()
        self.show_lit()
        if marked:
            announce(self, f"Source text, marked: {marked}")

    def show_lit(self) -> None:
        """Scroll the lit span to a third from the top."""
        if self._lit is None:
            return
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._offset() + _units(self._text[: self._lit[0]]))
        bar = self.verticalScrollBar()
        top = self.cursorRect(cursor).top()
        bar.setValue(round(bar.value() + top - self.viewport().height() / 3))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            QTimer.singleShot(0, self, self._write)  # not while the style sheet walks the tree
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.show_lit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self.show_lit)  # the first layout comes after the show

    def _offset(self) -> int:
        return _units(self._heading) + 1 if self._heading else 0

    def _write(self) -> None:
        kept = self.verticalScrollBar().value()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()  # one layout at the end: half a text must not be scrolled in
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.removeSelectedText()
        if self._heading:
            cursor.setBlockFormat(self._block(Space.XS))
            cursor.insertText(whole(self._heading), self._style("strong", "text"))
            cursor.insertBlock()
        tone: Tone = "text_soft" if self._lit else "text"
        for number, paragraph in enumerate(self._text.split("\n")):
            if number:
                cursor.insertBlock()
            cursor.setBlockFormat(self._block(Space.S) if paragraph else self._gap())
            cursor.insertText(whole(paragraph), self._style("body", tone))
        self._mark()
        cursor.endEditBlock()
        self.verticalScrollBar().setValue(kept)

    def _mark(self) -> None:
        if self._lit is None:
            return
        start, end = (self._offset() + _units(self._text[:at]) for at in self._lit)
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        style, theme = QTextCharFormat(), active_theme()
        style.setBackground(theme.colour("lit"))
        style.setForeground(theme.colour("on_lit"))
        cursor.mergeCharFormat(style)

    def _block(self, below: int) -> QTextBlockFormat:
        block = QTextBlockFormat()
        proportional = QTextBlockFormat.LineHeightTypes.ProportionalHeight
        block.setLineHeight(_LINE_HEIGHT, proportional.value)
        block.setBottomMargin(below)
        return block

    def _gap(self) -> QTextBlockFormat:
        """An empty paragraph is air, not a line."""
        block = QTextBlockFormat()
        fixed = QTextBlockFormat.LineHeightTypes.FixedHeight
        block.setLineHeight(Space.XS, fixed.value)
        return block

    def _style(self, role: Role, tone: Tone) -> QTextCharFormat:
        style, theme = QTextCharFormat(), active_theme()
        style.setFont(theme.font(role))
        style.setForeground(theme.colour(tone))
        return style
