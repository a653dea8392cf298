"""The fields of a proposal, to put right what was read wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit

from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import FieldError
from healthmate_desktop.ui.widgets.layout import column, part_of, row
from healthmate_desktop.ui.widgets.text import KeyHint, Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from healthmate_desktop.domain.corrections import Field

_HALVES = {"value", "unit", "range0", "date"}


class EditForm(QFrame):
    """`saved` and `typed` carry the words by key, `left` says that it was thought better of."""

    saved = Signal(dict)
    typed = Signal(dict)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self.edits: dict[str, QLineEdit] = {}
        self._name = ""
        self._before: dict[str, str] = {}
        self._printed = Text("", "small", "text_soft", wrap=True)
        self._printed.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._fields = QFrame()
        self._error = FieldError()
        self.save = Button("Save and accept", "primary", size="small")
        self.leave = Button("Leave it", size="small")
        self.save.clicked.connect(self._on_save)
        self.leave.clicked.connect(self.left)
        self._box = column(self._printed, self._fields, self._error, spacing=Space.S)
        self.setLayout(self._box)
        here = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence("Ctrl+Return"), self, self._on_save, context=here)

    def buttons(self) -> QFrame:
        """To stand where they are always seen."""
        return part_of(row(self.save, KeyHint("Enter"), self.leave, KeyHint("Esc"), 0))

    def show_fields(self, name: str, fields: Sequence[Field], printed: str) -> None:
        """`name` is what is edited, for whoever can't see it; `printed` the words it was read from."""
        self._name = name
        self.edits = {}
        self._before = {field.key: field.text for field in fields}
        self._printed.say(printed)
        self._printed.setVisible(bool(printed))
        grid, fresh = QGridLayout(), QFrame()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(Space.XXS)
        line, side, several = 0, 0, "range1" in self._before
        for field in fields:
            half = field.key in _HALVES and not (several and field.key == "range0")
            if not half and side:
                line, side = line + 2, 0
            label, edit = Text(field.label, "caption", "text_soft"), self._edit(field)
            label.setContentsMargins(0, Space.S if line else 0, 0, 0)
            span = 1 if half else 2
            grid.addWidget(label, line, side, 1, span)
            grid.addWidget(edit, line + 1, side, 1, span)
            line, side = (line, 1) if half and not side else (line + 2, 0)
        fresh.setProperty("kind", "row")
        fresh.setLayout(grid)
        self._box.replaceWidget(self._fields, fresh)
        self._fields.hide()
        self._fields.deleteLater()
        self._fields = fresh
        self.show_error("")

    def begin(self) -> None:
        """At the value, which is what was read wrong most often."""
        keys = [*(key for key in self.edits if key in {"value", "part0", "dose"}), *self.edits]
        first = self.edits[keys[0]]
        first.setFocus()
        first.selectAll()

    def texts(self) -> dict[str, str]:
        return {key: edit.text() for key, edit in self.edits.items()}

    def is_changed(self) -> bool:
        return self.texts() != self._before

    def write(self, texts: Mapping[str, str]) -> None:
        """What was being typed before."""
        for key in texts.keys() & self.edits.keys():
            self.edits[key].setText(texts[key])

    def show_busy(self) -> None:
        self.save.setEnabled(False)

    def show_error(self, message: str) -> None:
        self.save.setEnabled(True)
        self._error.say(message)

    def _edit(self, field: Field) -> QLineEdit:
        edit = QLineEdit(field.text)
        edit.setAccessibleName(f"{field.label} of {self._name}")
        edit.setAcceptDrops(False)
        edit.returnPressed.connect(self._on_save)
        edit.textEdited.connect(self._on_typed)
        self.edits[field.key] = edit
        return edit

    def _on_typed(self) -> None:
        self._error.say("")
        self.typed.emit(self.texts())

    def _on_save(self) -> None:
        if self.save.isEnabled():
            self.saved.emit(self.texts())
