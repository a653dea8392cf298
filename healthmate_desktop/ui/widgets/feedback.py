"""What the app tells: banners, progress, and empty places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QProgressBar

from healthmate_desktop.errors import HealthMateError
from healthmate_desktop.ui.theme import Size, Space, Tone
from healthmate_desktop.ui.widgets.accessibility import announce
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.layout import beside, column, fill, row
from healthmate_desktop.ui.widgets.text import Elided, Icon, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QShowEvent

BannerKind = Literal["info", "warn", "error"]
_INK: dict[BannerKind, Tone] = {"info": "text", "warn": "on_warn_soft", "error": "on_error_soft"}
_SIGN: dict[BannerKind, tuple[str, Tone]] = {
    "info": ("info", "accent_text"),
    "warn": ("alert", "warn"),
    "error": ("alert", "error"),
}


class Banner(QFrame):
    """One message and its next step, above what it is about. Read out once, when it comes up."""

    def __init__(
        self, kind: BannerKind, title: str, detail: str = "", actions: Sequence[Button] = ()
    ) -> None:
        super().__init__()
        self._announced = False
        self.setProperty("kind", f"banner-{kind}")
        self.setAccessibleName(f"{title}. {detail}" if detail else title)
        words = column(Text(title, "strong", _INK[kind], wrap=True), spacing=Space.XXS)
        if detail:
            words.addWidget(Text(detail, "small", _INK[kind], wrap=True))
        sign = Icon(*_SIGN[kind])
        line = row(sign, spacing=Space.M, margins=(Space.L, Space.M, Space.L, Space.M))
        line.setAlignment(sign, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        fill(line, *actions)
        self.setLayout(line)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._announced:
            self._announced = True
            announce(self, self.accessibleName())


def words_of(error: Exception) -> str:
    """What is said about an error: a known one in its own words, of any other only its type, for it may hold data."""
    if isinstance(error, HealthMateError):
        return str(error)
    return (
        "Something went wrong that HealthMate did not expect. Your records are safe. "
        f"({type(error).__name__})"
    )


class ProgressRow(QFrame):
    """Long work: what, how far in whole things, and a way to stop. What is done stays done."""

    stop_pressed = Signal()

    def __init__(self, title: str, detail: str = "", done: int = 0, total: int = 0) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self.title = Elided(title, "label")
        self.bar, self.detail = QProgressBar(), Text("", "small", "text_soft", wrap=True)
        self.bar.setTextVisible(False)
        self.stop = Button("Stop", "plain", "stop", size="small")
        self.stop.setAccessibleName(f"Stop: {title}")
        self.stop.setToolTip("What is done so far is kept")
        self.stop.clicked.connect(self._on_stop)
        head = row(self.title, self.stop)
        self.setLayout(column(head, self.bar, Space.XXS, self.detail, spacing=Space.XS))
        self.advance(done, total, detail)

    def advance(self, done: int, total: int, detail: str) -> None:
        """A `total` of 0 means not known yet: then there are words and no bar."""
        self.bar.setVisible(total > 0)
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(min(done, total))
        self.bar.setAccessibleName(f"{self.title.accessibleName()}, {done} of {total}")
        self.detail.say(detail)
        self.detail.setVisible(bool(detail))

    def _on_stop(self) -> None:
        self.stop.setEnabled(False)
        self.stop.setText("Stopping")
        self.stop_pressed.emit()


class EmptyState(QFrame):
    """An empty place says what belongs here and offers the first step."""

    _WIDTH = 440

    def __init__(self, icon: str, title: str, detail: str, actions: Sequence[Button] = ()) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        heading = Text(title, "heading", wrap=True)
        text = Text(detail, "body", "text_soft", wrap=True)
        for words in (heading, text):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            words.setFixedWidth(self._WIDTH)
        box = column(0, spacing=Space.S, margins=(Space.L, Space.XXL, Space.L, Space.XXL))
        fill(box, row(0, Icon(icon, "text_faint", 40), 0), Space.XXS)
        fill(box, row(0, heading, 0), row(0, text, 0), Space.S, row(0, *actions, 0), 0)
        self.setLayout(box)


class FieldError(QFrame):
    """What is wrong with the field above it: sign, sentence, and nothing that moves when there is no error."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self._words = Text("", "label", "error", wrap=True)
        self.setLayout(beside(Icon("alert", "error", Size.ICON), self._words))
        self.hide()

    def say(self, message: str) -> None:
        """Show `message` and have it read out; an empty one hides the line."""
        self._words.say(message)
        self.setAccessibleName(message)
        self.setVisible(bool(message))
        if message:
            announce(self, message)

    def text(self) -> str:
        return self._words.accessibleName()
