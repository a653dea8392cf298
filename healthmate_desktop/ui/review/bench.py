"""Where one proposal is decided: the list of them, the one that is looked at, and what to do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from healthmate_desktop.domain.corrections import fields_of
from healthmate_desktop.ui.documents.value_list import ValueList
from healthmate_desktop.ui.review.card import Fitting, ProposalCard
from healthmate_desktop.ui.review.edit_form import EditForm
from healthmate_desktop.ui.review.items import printed_words
from healthmate_desktop.ui.theme import Space, active_theme
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.layout import Rule, column, part_of, row
from healthmate_desktop.ui.widgets.text import Elided, KeyHint, Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtCore import SignalInstance

    from healthmate_desktop.ui.documents.value_list import ValueRow
    from healthmate_desktop.ui.review.items import Item

_WIDTH, _LARGEST_SCALE = 480, 1.125
_LIST = 168  # at the least


_UNSAVED = "Save what you changed first, or leave it."


class Bench(QFrame):
    """Signals carry the Item that is looked at; `edited` and `typed` also the words by field.

    `editing` tells whether there is a form now; `given_up` that what was typed in it is wanted no more.
    """

    looked_at = Signal(object)
    accepted = Signal(object)
    rejected = Signal(object)
    taken_instead = Signal(object)
    edited = Signal(object, dict)
    typed = Signal(object, dict)
    editing = Signal(bool)
    given_up = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "side")
        self._items: dict[str, Item] = {}
        self._looked_at = ""
        self._allowed = True
        self.back = Button("Leave for later", "plain", "left", size="small")
        self.back.setToolTip("Esc")
        self.title, self.name = Text("", "title"), Elided("", "body", "text_soft", middle=True)
        self.whose = Elided("", "small", "text_faint")
        self.list, self.card, self.form = ValueList("Values to check"), ProposalCard(), EditForm()
        self.list.setMinimumHeight(_LIST)
        self.accept, self.edit = Button("Accept", size="small"), Button("Edit", size="small")
        self.reject, self._reject_key = Button("Reject", size="small"), KeyHint("R")
        self._actions, self._saving = self._build_actions(), self.form.buttons()
        self._holder = QWidget()
        self._holder.setLayout(column(self.card, self.form, 0, margins=(0, 0, Space.S, 0)))
        self._scroll = Fitting(self._holder, "The value that is looked at")
        self._lay()
        self._connect()
        self._fit()
        self._show_form(shown=False)

    def show_items(self, items: Sequence[Item], rows: Sequence[ValueRow], at: str = "") -> None:
        """In this order; the first is looked at, or the one whose id is `at`."""
        self._items = {item.record.id: item for item in items}
        self.list.show_rows(rows)
        self._show_form(shown=False)
        self._go_to(at if at in self._items else next((row.key for row in rows if row.key), ""))

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
            if self._is_editing():
                self.given_up.emit()
            self._show_form(shown=False)
            self._go_to(keys[min(at, len(keys) - 1)] if keys else "")

    def edit_again(self, record_id: str, texts: Mapping[str, str]) -> None:
        """Go on with words that were being typed."""
        if record_id in self._items:
            self._go_to(record_id)
            self._on_edit()
            self.form.write(texts)

    def being_typed(self) -> tuple[str, Mapping[str, str]] | None:
        """What is changed in the form and not saved yet, with the id of its record."""
        changed = self._is_editing() and self.form.is_changed()
        return (self._looked_at, self.form.texts()) if changed else None

    def leave_form(self) -> bool:
        """Stop editing; False where nothing is edited."""
        if not self._is_editing():
            return False
        self._show_form(shown=False)
        self.list.setFocus()
        self.given_up.emit()
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
        parts: list[QWidget | int] = []
        for button, key in (
            (self.accept, KeyHint("A")),
            (self.edit, KeyHint("E")),
            (self.reject, self._reject_key),
        ):
            parts += [button, key, Space.S]
        return part_of(row(*parts, 0))

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
        self.back.clicked.connect(self._on_back)
        self.list.chosen.connect(self._look_at)
        self.card.instead_pressed.connect(self._on_instead)
        self.card.old_pressed.connect(lambda: self._tell(self.rejected))
        self.form.left.connect(self.leave_form)
        self.form.saved.connect(lambda texts: self._tell_form(self.edited, texts))
        self.form.typed.connect(lambda texts: self._tell_form(self.typed, texts))
        here = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for button, key, act in (
            (self.accept, Qt.Key.Key_A, lambda: self._tell(self.accepted)),
            (self.edit, Qt.Key.Key_E, self._on_edit),
            (self.reject, Qt.Key.Key_R, lambda: self._tell(self.rejected)),
        ):
            button.clicked.connect(act)
            QShortcut(QKeySequence(key), self, act, context=here)
        QShortcut(QKeySequence(Qt.Key.Key_U), self, self._on_instead, context=here)

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
        if self._holds_back():
            return
        item = self._items[key]
        self._looked_at = key
        self._show_form(shown=False)
        self.card.show_item(item)
        self.accept.setText("Keep both" if item.rivals else "Accept")
        for part in (self.reject, self._reject_key):
            part.setVisible(not item.rivals)  # it stands below the one that stays
        for button in (self.accept, self.edit, self.reject):
            button.setAccessibleName(f"{button.text()}: {item.said.whole}")
        may_edit = bool(fields_of(item.record.resource))
        self.edit.setEnabled(may_edit)
        self.edit.setToolTip("" if may_edit else "This kind of record can only be taken or left")
        self._fit_below()
        self.looked_at.emit(item)

    def _is_editing(self) -> bool:
        return self.form.isVisibleTo(self)

    def _holds_back(self) -> bool:
        """What was typed is not left by going elsewhere."""
        if not self._is_editing() or not self.form.is_changed():
            return False
        self.list.choose(self._looked_at)
        self.form.show_error(_UNSAVED)
        self.form.begin()
        return True

    def _show_form(self, *, shown: bool) -> None:
        if shown is not self._is_editing():
            self.editing.emit(shown)
        had_focus = self.form.isAncestorOf(self.focusWidget() or self)
        self.card.setVisible(not shown)
        self.form.setVisible(shown)
        self._actions.setVisible(not shown)
        self._saving.setVisible(shown)
        self._fit_below()
        if not shown and had_focus:
            self.list.setFocus()

    def _fit_below(self) -> None:
        """What is below the list takes as much as it needs; the row it belongs to stays in sight."""
        self._scroll.fit()
        index = QPersistentModelIndex(self.list.currentIndex())
        QTimer.singleShot(0, self, lambda: self.list.scrollTo(index))

    def _tell(self, signal: SignalInstance) -> None:
        item = self.current()
        if item is not None and self._allowed and not self._is_editing():
            signal.emit(item)

    def _on_back(self) -> None:
        if not self._holds_back():
            self.left.emit()

    def _on_instead(self) -> None:
        if self.card.instead is not None:
            self._tell(self.taken_instead)

    def _on_edit(self) -> None:
        item = self.current()
        if item is None or not self._allowed or not self.edit.isEnabled():
            return
        fields = fields_of(item.record.resource)
        self.form.show_fields(item.said.name, fields, printed_words(item))
        self._show_form(shown=True)
        self.form.begin()

    def _tell_form(self, signal: SignalInstance, texts: dict[str, str]) -> None:
        if (item := self.current()) is not None:
            signal.emit(item, texts)
