"""What the person has to know wherever they are in the window: above every screen until it is closed."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame

from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import Banner, BannerKind
from healthmate_desktop.ui.widgets.layout import column

MOST = 3  # at once; the oldest gives way


class Notices(QFrame):
    """Empty and hidden most of the time. The same words are never there twice."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "canvas")
        self._banners: dict[str, Banner] = {}
        self._box = column(margins=(Space.L, Space.M, Space.L, Space.XS))
        self.setLayout(self._box)
        self.hide()

    def say(self, kind: BannerKind, words: str, *actions: Button) -> None:
        """The first sentence becomes the title; a pressed action also closes it."""
        if words in self._banners:
            return
        title, _, detail = words.partition(". ")
        close = Button("Close", "plain", "close", size="small")
        close.setAccessibleName(f"Close: {title}")
        close.clicked.connect(lambda: self._drop(words))
        for action in actions:
            action.clicked.connect(lambda: self._drop(words))
        banner = Banner(kind, title.removesuffix("."), detail, [*actions, close])
        self._banners[words] = banner
        self._box.addWidget(banner)
        for old in list(self._banners)[:-MOST]:
            self._drop(old)
        self.show()

    def clear(self) -> None:
        for words in list(self._banners):
            self._drop(words)

    def _drop(self, words: str) -> None:
        if (
            banner := self._banners.pop(words, None)
        ) is None:  # an action led elsewhere, which cleared
            return
        self._box.removeWidget(banner)
        banner.hide()
        banner.deleteLater()
        self.setVisible(bool(self._banners))
