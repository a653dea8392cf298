"""The sidebar: whose records these are, where to go, and the lock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QFrame, QVBoxLayout

from healthmate_desktop.ui.theme import Size, Space, active_theme
from healthmate_desktop.ui.widgets.buttons import Button, RowButton
from healthmate_desktop.ui.widgets.layout import beside, column, row
from healthmate_desktop.ui.widgets.roving import Roving
from healthmate_desktop.ui.widgets.text import Avatar, Elided, Icon, KeyHint, Tag, Text

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to go; `shortcut` as Qt writes it, "Ctrl+1"."""

    key: str
    label: str
    icon: str
    shortcut: str


@dataclass(frozen=True, slots=True)
class Person:
    """Whose records are shown: monogram, name, a second line, and which of the monogram colours is theirs."""

    initials: str
    name: str
    detail: str
    index: int


def _spoken(shortcut: str) -> str:
    return shortcut.replace("+", " ")


class NavItem(RowButton):
    """One place in the sidebar, with how many things wait there."""

    def __init__(self, place: Place) -> None:
        super().__init__(place.label, Size.NAV_ITEM, checkable=True)
        self._label = place.label
        self.setToolTip(f"{place.label} ({_spoken(place.shortcut)})")
        self._icon, self._text = Icon(place.icon), Elided(place.label, "label", "text_soft")
        self._count = Tag("", "accent")
        self._count.hide()
        self.line.addWidget(self._icon)
        self.line.addWidget(self._text, 1)
        self.line.addWidget(self._count)
        self.toggled.connect(self._on_toggled)
        self.let_through()

    def show_count(self, waiting: int) -> None:
        self._count.setText(str(waiting))
        self._count.setVisible(waiting > 0)
        self.setAccessibleName(f"{self._label}, {waiting} waiting" if waiting else self._label)

    def _on_toggled(self, on: bool) -> None:
        self._icon.tint("accent_text" if on else "text_soft")
        self._text.tint("text" if on else "text_soft")


class PersonSwitcher(RowButton):
    """Whose records are open, at the top of every screen; pressed, it offers another person."""

    def __init__(self) -> None:
        super().__init__("")
        self._avatar = Avatar("", 0)
        self._nobody = Icon("person", size=36)
        self._name, self._detail = Elided("", "label"), Elided("", "caption", "text_faint")
        self.line.setContentsMargins(Space.S, 0, Space.S, 0)
        self.line.addWidget(self._avatar)
        self.line.addWidget(self._nobody)
        self.line.addLayout(column(0, self._name, self._detail, 0, spacing=0), 1)
        self.line.addWidget(Icon("choose", "text_faint", Size.ICON_SMALL))
        self.let_through()
        self.show_person(None)

    def show_person(self, person: Person | None) -> None:
        self._avatar.setVisible(person is not None)
        self._nobody.setVisible(person is None)
        if person is None:
            self.setAccessibleName("No person yet. Add a person")
            self._name.say("No person yet")
            self._detail.say("Add a person")
            return
        self.setAccessibleName(f"Records of {person.name}. Change person")
        self._avatar.show_person(person.initials, person.index)
        self._name.say(person.name)
        self._detail.say(person.detail)


class NavRail(QFrame):
    """Always as wide as its words: no icon stands alone, and nothing hides behind a hover.

    Hide it while the vault is locked: its shortcuts then sleep as well.
    """

    chosen = Signal(str)
    person_pressed = Signal()
    find_pressed = Signal()
    lock_pressed = Signal()
    switch_pressed = Signal()

    def __init__(self, groups: Sequence[Sequence[Place]], current: str) -> None:
        super().__init__()
        self.setProperty("kind", "sidebar")
        self.setAccessibleName("Places")
        self._fit()
        self._items: dict[str, NavItem] = {}
        self.person = PersonSwitcher()
        self.person.setToolTip("Change person (Ctrl P finds one)")
        self.person.clicked.connect(self.person_pressed)
        self._box = column(
            self.person, Space.L, spacing=Space.XXS, margins=(Space.M, Space.M, Space.M, Space.M)
        )
        self._add_places(groups, current)
        self._box.addStretch(1)
        self._box.addLayout(self._footer())
        self.setLayout(self._box)
        QShortcut(QKeySequence("Ctrl+P"), self, self.find_pressed.emit)
        QShortcut(QKeySequence("Ctrl+L"), self, self.lock_pressed.emit)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self._fit()
        super().changeEvent(event)

    def show_place(self, key: str) -> None:
        """Mark `key` as the place one is at, without the signal."""
        self._items[key].setChecked(True)

    def show_count(self, key: str, waiting: int) -> None:
        self._items[key].show_count(waiting)

    def _fit(self) -> None:
        """Half as fast as the text: the words still fit, and the screen keeps its room."""
        self.setFixedWidth(round(Size.SIDEBAR * (1 + active_theme().text_scale) / 2))

    def _add_places(self, groups: Sequence[Sequence[Place]], current: str) -> None:
        buttons, roving = QButtonGroup(self), Roving(self)
        for number, group in enumerate(groups):
            if number:
                self._box.addSpacing(Space.L)
            for place in group:
                item = NavItem(place)
                buttons.addButton(item)
                item.setChecked(place.key == current)
                item.clicked.connect(lambda _=False, key=place.key: self.chosen.emit(key))
                roving.add(item)
                QShortcut(QKeySequence(place.shortcut), self, item.click)
                self._box.addWidget(item)
                self._items[place.key] = item

    def show_user(self, name: str, role: str) -> None:
        """Who is signed in; where only one can, nobody needs to be told."""
        self.user.say(f"Signed in as {name}, {role}")
        self.signed_in.show()

    def _footer(self) -> QVBoxLayout:
        lock = Button("Lock", "plain", "lock", size="small")
        lock.setToolTip("Lock now (Ctrl L)")
        lock.clicked.connect(self.lock_pressed)
        kept = Text("Kept on this computer", "caption", "text_faint", wrap=True)
        state = beside(Icon("shield", "accent_text", Size.ICON_SMALL), kept)
        state.setContentsMargins(Space.M, 0, 0, 0)
        keys = row(lock, 0, KeyHint("Ctrl L"), margins=(Space.XS, 0, Space.M, 0))
        return column(self._signed_in(), state, keys, spacing=Space.XS)

    def _signed_in(self) -> QFrame:
        self.signed_in, self.user = QFrame(), Text("", "caption", "text_soft", wrap=True)
        self.signed_in.setProperty("kind", "row")
        self.switch = Button("Switch user", "plain", "people", size="small")
        self.switch.setToolTip("Lock, so that someone else can sign in")
        self.switch.clicked.connect(self.switch_pressed)
        who = beside(Icon("person", "text_soft", Size.ICON_SMALL), self.user)
        who.setContentsMargins(Space.M, 0, 0, 0)
        keys = row(self.switch, 0, margins=(Space.XS, 0, Space.M, 0))
        self.signed_in.setLayout(column(who, keys, Space.XS, spacing=Space.XS))
        self.signed_in.hide()
        return self.signed_in
