"""Words to find on the page that is shown."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame

from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.accessibility import announce
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.layout import row
from healthmate_desktop.ui.widgets.section import SearchField
from healthmate_desktop.ui.widgets.text import Text

_REST_MS = 150
_FIELD = 240


class FindBar(QFrame):
    """`wanted` carries the words after each rest, `stepped` 1 or -1 for the next and the previous place, `left` Esc."""

    wanted = Signal(str)
    stepped = Signal(int)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "toolbar")
        self.setAccessibleName("Find in this document")
        self.field = SearchField("Find in this document", "Find in this document")
        self.field.setMinimumWidth(_FIELD // 2)
        self.field.setMaximumWidth(_FIELD)
        self.count = Text("", "small", "text_soft")
        self.back = Button("Previous", "plain", "left", size="small")
        self.next = Button("Next", "plain", "right", size="small")
        self.close_button = Button("Close", "plain", "close", size="small")
        self.back.setAccessibleName("Previous place found")
        self.next.setAccessibleName("Next place found")
        self.back.setToolTip("Shift Enter")
        self.next.setToolTip("Enter")
        self.close_button.setAccessibleName("Close the search in this document")
        self.close_button.setToolTip("Esc")
        self.back.clicked.connect(lambda: self.stepped.emit(-1))
        self.next.clicked.connect(lambda: self.stepped.emit(1))
        self.close_button.clicked.connect(self.left)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(lambda: self.wanted.emit(self.words()))
        self.field.edit.textEdited.connect(lambda _: self._rest.start())
        self.field.edit.installEventFilter(self)
        line = row(self.field, self.back, self.next, margins=(Space.L, Space.S, Space.M, Space.S))
        line.addWidget(self.count, 1)
        line.addWidget(self.close_button)
        self.setLayout(line)
        self.setFocusProxy(self.field)
        self.hide()

    def words(self) -> str:
        return self.field.edit.text().strip()

    def open(self, words: str = "") -> None:
        """Show it to be typed in, or with words that are known already."""
        self.show()
        if words:
            self.field.edit.setText(words)
        else:
            self.field.edit.setFocus()
            self.field.edit.selectAll()
        self.wanted.emit(self.words())

    def say(self, words: str) -> None:
        self.count.say(words)
        if words:
            announce(self, words)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field.edit and isinstance(event, QKeyEvent):
            pressed = event.type() == QEvent.Type.KeyPress
            if pressed and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self._on_enter(-1 if back else 1)
                return True
            if pressed and event.key() == Qt.Key.Key_Escape:
                self.left.emit()
                return True
        return False

    def _on_enter(self, step: int) -> None:
        """Whoever types and presses Enter at once means the first place of the new words."""
        if self._rest.isActive():
            self._rest.stop()
            self.wanted.emit(self.words())
        else:
            self.stepped.emit(step)
