"""A place in a screen for one message about what stands below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.changing import Changing
from healthmate_desktop.ui.widgets.feedback import Banner, BannerKind, words_of

if TYPE_CHECKING:
    from collections.abc import Callable


class BannerSpot(Changing):
    """Empty and hidden most of the time; a new message takes the place of the one before."""

    def __init__(self) -> None:
        super().__init__()
        self.hide()

    def say(
        self, kind: BannerKind, title: str, detail: str = "", *actions: Button, close: bool = True
    ) -> None:
        """Each of `actions` also takes the message away."""
        buttons = list(actions)
        if close:
            buttons.append(Button("Close", "plain", "close", size="small"))
            buttons[-1].setAccessibleName(f"Close: {title}")
        for button in buttons:
            button.clicked.connect(self.clear)
        self.show_part(Banner(kind, title, detail, buttons))
        self.show()

    def say_failed(self, title: str, error: Exception) -> None:
        self.say("error", title, words_of(error))

    def ask(self, title: str, detail: str, no: str, yes: str, act: Callable[[], None]) -> None:
        """A question before something that is not taken back; the focus is on `no`."""
        stay, go = Button(no, size="small"), Button(yes, "danger", size="small")
        self.say("warn", title, detail, stay, go, close=False)
        go.clicked.connect(act)
        stay.setFocus()

    def clear(self) -> None:
        """Take the message away."""
        self.show_part(None)
        self.hide()
