"""What is pressed."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from healthmate_desktop.ui import icons
from healthmate_desktop.ui.theme import Size, Space, active_theme
from healthmate_desktop.ui.widgets.layout import row

ButtonKind = Literal["primary", "secondary", "quiet", "plain", "danger", "chip", "segment"]
ButtonSize = Literal["normal", "small", "tall"]
_INK: dict[ButtonKind, str] = {"primary": "on_accent", "quiet": "accent_text", "danger": "error"}


class Button(QPushButton):
    """A button that says its result. Enter presses it as Space does.

    `flush` takes the padding away, for a link that lines up with text.
    """

    def __init__(
        self,
        text: str,
        kind: ButtonKind = "secondary",
        icon: str = "",
        *,
        size: ButtonSize = "normal",
        flush: bool = False,
    ) -> None:
        super().__init__(text)
        self._kind: ButtonKind = kind
        self._icon = icon
        self.setProperty("kind", kind)
        self.setProperty("small", "true" if size == "small" else "false")
        self.setProperty("tall", "true" if size == "tall" else "false")
        self.setProperty("flush", "true" if flush else "false")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCheckable(kind in ("chip", "segment"))
        self.setAutoDefault(True)
        self._show_icon()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.EnabledChange):
            self._show_icon()
        super().changeEvent(event)

    def _show_icon(self) -> None:
        if self._icon:
            size, gap = round((Size.ICON_SMALL + 2) * active_theme().text_scale), Space.XS
            tone = _INK.get(self._kind, "text_soft") if self.isEnabled() else "disabled"
            self.setIcon(icons.icon(self._icon, active_theme().hex(tone), size, gap))
            self.setIconSize(QSize(size + gap, size))


class RowButton(QPushButton):
    """A button that holds a layout, `line`. It reads as one control and is pressed as one.

    Fill `line`, then call `let_through` once.
    """

    def __init__(self, name: str, height: int = Size.ROW, *, checkable: bool = False) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self.setAccessibleName(name)
        self.setCheckable(checkable)
        self.setAutoDefault(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._height = height
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.line = row(spacing=Space.M, margins=(Space.M, 0, Space.M, 0))
        self.setLayout(self.line)

    def sizeHint(self) -> QSize:
        inside = self.line.sizeHint()
        return QSize(inside.width(), max(self._height, inside.height() + Space.S))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.line.minimumSize().width(), self.sizeHint().height())

    def let_through(self) -> None:
        """Children only draw; clicks belong to the button."""
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
