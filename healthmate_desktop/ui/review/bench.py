"""Where one proposal is decided: the list of them, the one that is looked at, and what to do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from healthmate_desktop.ui.documents.value_list import ValueList
from healthmate_desktop.ui.review.card import Fitting, ProposalCard
from healthmate_desktop.ui.review.correcting import fields_of
from healthmate_desktop.ui.review.edit_form import EditForm
from healthmate_desktop.ui.theme import Space, active_theme
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.layout import Rule, column, row
from healthmate_desktop.ui.widgets.text import Elided, KeyHint, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import SignalInstance

    from healthmate_desktop.ui.documents.value_list import ValueRow
    from healthmate_desktop.ui.review.items import Item

_WIDTH, _LARGEST_SCALE = 480, 1.125
_LIST = 168  # at the least


class Bench(QFrame):
    """Signals carry the Item that is looked at; `edited` also the words by field."""

    looked_at = Signal(object)
    accepted = Signal(object)
    rejected = Signal(object)
    taken_instead = Signal(object)
    edited = Signal(object, dict)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "side")
        self._items: dict[str, Item] = {}
        self._allowed = True
        self.back = Button("Leave for later", "plain", "left", size="small")
        self.back.setToolTip("Esc")
        self.title, self.name = Text("", "title"), Elided("", "body", "text_soft", middle=True)
        self.whose = Elided("", "small", "text_faint")
        self.list, self.card, self.form = ValueList("Values to check"), ProposalCard(), EditForm()
        self.list.setMinimumHeight(_LIST)
        self.accept, self.edit = Button("Accept", size="small"), Button("Edit", size="small")
        self.reject = Button("Reject", size="small")
        self._actions, self._saving = self._build_actions(), self.form.buttons()
        self._holder = QWidget()
        self._holder.setLayout(column(self.card, self.form, 0, margins=(0, 0, Space.S, 0)))
        self._scroll = Fitting(self._holder, "The value that is looked at")
        self._lay()
        self._connect()
        self._fit()
        self._show_form(shown=False)

    def show_items(self, items: Sequence[Item], rows: Sequence[ValueRow]) -> None:
        """In this order; the first is looked at."""
        self._items = {item.record.id: item for item in items}
        self.list.show_rows(rows)
        self._show_form(shown=False)
        self._go_to(next((row.key for row in rows if row.key), ""))

    def take(self, item: Item) -> None:
        """It is decided; the next one is looked at."""
        keys = [row.key for row in self.list.rows() if row.key]
        at = keys.index(item.record.id) if item.record.id in keys else -1
        was_current = self.list.current() == item.record.id
        self._items.pop(item.record.id, None)
        if at >= 0:
            self.list.take(item.record.id)
            keys.pop(at)
        if was_current:
            self._show_form(shown=False)
            self._go_to(keys[min(at, len(keys) - 1)] if keys else "")

    def leave_form(self) -> bool:
        """Stop editing; False where nothing is edited."""
        if not self.form.isVisibleTo(self):
            return False
        self._show_form(shown=False)
        self.list.setFocus()
        return True

    def current(self) -> Item | None:
        return self._items.get(self.list.current())

    def allow(self, *, allowed: bool) -> None:
        """Whether anything can be decided now."""
        self._allowed = allowed
        for part in (self.list, self._scroll, self._actions, self._saving):
            part.setEnabled(allowed)

    # --- how it is made ---

    def _build_actions(self) -> QFrame:
        bar = QFrame()
        bar.setProperty("kind", "row")
        parts: list[QWidget | int] = []
        for button, key in ((self.accept, "A"), (self.edit, "E"), (self.reject, "R")):
            parts += [button, KeyHint(key), Space.S]
        bar.setLayout(row(*parts, 0))
        return bar

    def _lay(self) -> None:
        head = column(
            row(self.back, 0),
            column(self.title, self.name, self.whose, spacing=0, margins=(Space.S, 0, Space.S, 0)),
            spacing=Space.S,
            margins=(Space.M, Space.M, Space.M, Space.S),
        )
        box = column(head, spacing=0)
        listed = row(self.list, margins=(Space.S, 0, Space.XS, Space.S))
        box.addLayout(listed, 1)
        box.addWidget(Rule())
        below = column(
            self._scroll,
            self._actions,
            self._saving,
            spacing=Space.S,
            margins=(Space.XL, Space.M, Space.M, Space.M),
        )
        box.addLayout(below)
        self.setLayout(box)
        self.list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusProxy(self.list)

    def _connect(self) -> None:
        self.back.clicked.connect(self.left)
        self.list.chosen.connect(self._look_at)
        self.card.instead_pressed.connect(lambda: self._tell(self.taken_instead))
        self.form.left.connect(self.leave_form)
        self.form.saved.connect(self._on_saved)
        here = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for button, key, act in (
            (self.accept, Qt.Key.Key_A, lambda: self._tell(self.accepted)),
            (self.edit, Qt.Key.Key_E, self._on_edit),
            (self.reject, Qt.Key.Key_R, lambda: self._tell(self.rejected)),
        ):
            button.clicked.connect(act)
            QShortcut(QKeySequence(key), self, act, context=here)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            QTimer.singleShot(0, self, self._fit)  # not while the style sheet walks the tree
        super().changeEvent(event)

    def _fit(self) -> None:
        self.setFixedWidth(round(_WIDTH * min(active_theme().text_scale, _LARGEST_SCALE)))
        self._scroll.fit()

    # --- what is looked at ---

    def _go_to(self, key: str) -> None:
        self.list.choose(key)
        if key:
            self._look_at(key)

    def _look_at(self, key: str) -> None:
        item = self._items[key]
        self._show_form(shown=False)
        self.card.show_item(item)
        self.accept.setText("Keep both" if item.rivals else "Accept")
        for button in (self.accept, self.edit, self.reject):
            button.setAccessibleName(f"{button.text()}: {item.said.whole}")
        may_edit = bool(fields_of(item.record.resource))
        self.edit.setEnabled(may_edit)
        self.edit.setToolTip("" if may_edit else "This kind of record can only be taken or left")
        self._scroll.fit()
        self.looked_at.emit(item)

    def _show_form(self, *, shown: bool) -> None:
        had_focus = self.form.isAncestorOf(self.focusWidget() or self)
        self.card.setVisible(not shown)
        self.form.setVisible(shown)
        self._actions.setVisible(not shown)
        self._saving.setVisible(shown)
        self._scroll.fit()
        if not shown and had_focus:
            self.list.setFocus()

    def _tell(self, signal: SignalInstance) -> None:
        item = self.current()
        if item is not None and self._allowed and not self.form.isVisibleTo(self):
            signal.emit(item)

    def _on_edit(self) -> None:
        item = self.current()
        if item is None or not self._allowed or not self.edit.isEnabled():
            return
        self.form.show_fields(item.said.name, fields_of(item.record.resource))
        self._show_form(shown=True)
        self.form.begin()

    def _on_saved(self, texts: dict[str, str]) -> None:
        if (item := self.current()) is not None:
            self.edited.emit(item, texts)
