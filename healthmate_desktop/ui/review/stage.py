"""What a review shows: the check itself, the form that asks whose it is, or what there is to do after it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from healthmate_desktop.ui.documents.record_words import values_counted
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.accessibility import announce
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import Banner, EmptyState
from healthmate_desktop.ui.widgets.layout import column, refill

NOTHING = (
    "Values that are read from a document wait here, beside the page, until you have looked at them. "
    "Until then they count nowhere."
)


class Ending(EmptyState):
    """Nothing is left to do here; what comes next."""

    def __init__(self, icon: str, title: str, detail: str) -> None:
        self.back = Button("Back to documents")
        self.undo, self.following = (
            Button("Undo the last"),
            Button("Check the next document", "primary"),
        )
        self.undo.setToolTip("Ctrl+Z")
        super().__init__(icon, title, detail, [self.undo, self.back, self.following])
        self._said = f"{title}. {detail}"

    def offer(self, *, undo: bool, following: bool) -> None:
        self.undo.setVisible(undo)
        self.following.setVisible(following)
        (self.following if following else self.back).setFocus()
        announce(self, self._said)


class Stage(QFrame):
    """`checking` tells whether the check is shown now. The buttons of an ending are its other signals."""

    checking = Signal(bool)
    left = Signal()
    undo_pressed = Signal()
    next_pressed = Signal()

    def __init__(self, check: QWidget) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self._notes, self._stack = column(spacing=Space.S), QStackedWidget()
        self._check, self._blank = check, QFrame()
        self._end: QWidget = self._blank
        for part in (self._blank, check):
            part.setProperty("kind", "row")
            self._stack.addWidget(part)
        box = column(self._notes, spacing=0)
        box.addWidget(self._stack, 1)
        self.setLayout(box)
        self.say()

    def shown(self) -> QWidget:
        return self._end if self._stack.currentWidget() is self._end else self._check

    def clear(self) -> None:
        self._show(self._blank)

    def show_check(self) -> None:
        self._stack.setCurrentWidget(self._check)
        self.checking.emit(True)

    def say(self, *banners: Banner) -> None:
        """Above the check: what has to be known or answered first; nothing takes it away."""
        margin = Space.L if banners else 0
        self._notes.setContentsMargins(margin, margin, margin, margin)
        refill(self._notes, *banners)

    def show_end(self, ending: Ending, *, undo: bool, following: bool) -> None:
        ending.back.clicked.connect(self.left)
        ending.undo.clicked.connect(self.undo_pressed)
        ending.following.clicked.connect(self.next_pressed)
        self.show_form(ending)
        ending.offer(undo=undo, following=following)

    def show_form(self, form: QWidget) -> None:
        """In the place of all that was shown."""
        if self._end is not self._blank:
            self._stack.removeWidget(self._end)
            self._end.deleteLater()
        self._end = form
        self._stack.addWidget(form)
        self._show(form)

    def _show(self, part: QWidget) -> None:
        self.say()
        self._stack.setCurrentWidget(part)
        self.checking.emit(False)


def done_words(taken: int, aside: int) -> str:
    """What became of a document's values, for its end."""
    said = f"{values_counted(taken)} {'is' if taken == 1 else 'are'} in the records now"
    if not aside:
        return f"{said}."
    return (
        f"{said}, {aside:,} left out. What you left out stays with its document and counts nowhere."
    )
