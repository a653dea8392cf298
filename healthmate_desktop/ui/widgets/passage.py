"""A passage of text with one span lit, scrolled to where it stands."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import (
    QFontMetricsF,
    QResizeEvent,
    QShowEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QTextBrowser

from healthmate_desktop.ui.theme import Role, Size, Space, Tone, active_theme
from healthmate_desktop.ui.widgets.accessibility import announce
from healthmate_desktop.ui.widgets.markdown import TextLine, markdown_lines, plain_lines
from healthmate_desktop.ui.widgets.text import whole

_LINE_HEIGHT = 122  # per cent of the face's own, which is 145 % of the size
_WIDEST = Size.READING_WIDTH + 2 * Space.XL


def _units(text: str) -> int:
    """The length as Qt counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


class PassageView(QTextBrowser):
    """Text that can be selected, in lines no wider than can be read; nothing in it is followed or loaded."""

    def __init__(self) -> None:
        super().__init__()
        self._heading = ""
        self._lines: list[TextLine] = []
        self._lit: tuple[int, int] | None = None
        self.setOpenLinks(False)
        self.setAcceptDrops(False)
        self.document().setDocumentMargin(Space.XL)
        self.setAccessibleName("Source text")

    def show_passage(
        self,
        text: str,
        lit: tuple[int, int] | None = None,
        *,
        heading: str = "",
        markdown: bool = False,
    ) -> None:
        """`lit` is start and end in `text`. A line break in `text` ends a paragraph."""
        self._heading, self._lit = heading, lit
        self._lines = markdown_lines(text) if markdown else plain_lines(text)
        marked = text[lit[0] : lit[1]] if lit else ""
        self.setAccessibleDescription(marked)
        self.verticalScrollBar().setValue(0)
        self._write()
        self.show_lit()
        if marked:
            announce(self, f"Source text, marked: {marked}")

    def show_lit(self) -> None:
        """Scroll the lit span to a third from the top."""
        if self._lit is None:
            return
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._position(self._lit[0]))
        bar = self.verticalScrollBar()
        top = self.cursorRect(cursor).top()
        bar.setValue(round(bar.value() + top - self.viewport().height() / 3))

    def show_place(self, at: int) -> None:
        """Scroll the line that the letter `at` of the text stands in to the top, and light nothing."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._position(at))
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + self.cursorRect(cursor).top() - Space.M)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            QTimer.singleShot(0, self, self._write)  # not while the style sheet walks the tree
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._centre()
        self.show_lit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self.show_lit)  # the first layout comes after the show

    def _centre(self) -> None:
        """The scroll bar stays at the edge: only the margins of the text grow."""
        root = self.document().rootFrame()
        style = root.frameFormat()
        side = max(Space.XL, (self.viewport().width() - _WIDEST) / 2 + Space.XL)
        if style.leftMargin() != side:
            style.setLeftMargin(side)
            style.setRightMargin(side)
            root.setFrameFormat(style)

    def _offset(self) -> int:
        return _units(self._heading) + 1 if self._heading else 0

    def _position(self, at: int) -> int:
        """Where the letter `at` of the text stands in what is shown, which has no marks."""
        position = self._offset()
        for line in self._lines:
            for run in line.runs:
                if at <= run.start + len(run.text):
                    return position + _units(run.text[: max(0, at - run.start)])
                position += _units(run.text)
            position += 1
        return position - 1

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
        for number, line in enumerate(self._lines):
            if number:
                cursor.insertBlock()
            self._write_line(cursor, line)
        self._mark()
        cursor.endEditBlock()
        self.verticalScrollBar().setValue(kept)

    def _write_line(self, cursor: QTextCursor, line: TextLine) -> None:
        if line.level:
            cursor.setBlockFormat(self._block(0, above=Space.M))
            role: Role = "heading" if line.level == 1 else "strong"
            for run in line.runs:
                cursor.insertText(whole(run.text), self._style(role, "text"))
            return
        empty = not any(run.text for run in line.runs)
        block = self._gap() if empty else self._block(Space.S)
        if line.runs[0].text.startswith("• "):  # its further lines stand under the first
            hang = QFontMetricsF(active_theme().font("body")).horizontalAdvance("• ")
            block.setLeftMargin(hang)
            block.setTextIndent(-hang)
        cursor.setBlockFormat(block)
        tone: Tone = "text_soft" if self._lit else "text"
        for run in line.runs:
            cursor.insertText(whole(run.text), self._style("strong" if run.bold else "body", tone))

    def _mark(self) -> None:
        if self._lit is None:
            return
        start, end = (self._position(at) for at in self._lit)
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        style, theme = QTextCharFormat(), active_theme()
        style.setBackground(theme.colour("lit"))
        style.setForeground(theme.colour("on_lit"))
        cursor.mergeCharFormat(style)

    def _block(self, below: int, above: int = 0) -> QTextBlockFormat:
        block = QTextBlockFormat()
        proportional = QTextBlockFormat.LineHeightTypes.ProportionalHeight
        block.setLineHeight(_LINE_HEIGHT, proportional.value)
        block.setTopMargin(above)
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
