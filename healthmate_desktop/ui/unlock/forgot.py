"""What a lost passphrase means, and the ways that are left."""

from __future__ import annotations

from PySide6.QtCore import Signal

from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.unlock.page import WIDTH
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.layout import Card, Rule, column, row
from healthmate_desktop.ui.widgets.text import Text


class ForgotPanel(Card):
    """Calm, and without a promise that cannot be kept."""

    key_wanted = Signal()
    restore_wanted = Signal()
    left = Signal()

    def __init__(self, *, several: bool) -> None:
        super().__init__(padding=Space.XXL, spacing=Space.M)
        self.setFixedWidth(WIDTH)
        self.key, self.restore = Button("Use it", size="small"), Button("Restore", size="small")
        self.key.setAccessibleName("Use the recovery key")
        self.restore.setAccessibleName("Restore a backup")
        self.key.clicked.connect(self.key_wanted)
        self.restore.clicked.connect(self.restore_wanted)
        self.back = Button("Try the passphrase again", "quiet", size="small")
        self.back.clicked.connect(self.left)
        self._lay(several=several)
        self.setFocusProxy(self.key)

    def _lay(self, *, several: bool) -> None:
        self.add(
            Text("If the passphrase is lost", "heading"),
            Text(
                "It is kept nowhere, so nobody can look it up or reset it. That is what keeps your records closed to "
                "others. Nothing is deleted, however often you try.",
                "body",
                "text_soft",
                wrap=True,
            ),
            Rule(),
        )
        self._way(
            "The recovery key",
            "The long key that was shown once when this vault was made. It opens everything, and you choose a new "
            "passphrase.",
            self.key,
        )
        if several:
            self._way(
                "An owner of this vault",
                "They can remove your sign-in and add it again with a new passphrase.",
            )
        self._way(
            "A backup",
            "It opens with the passphrase that held when it was made, which you may remember.",
            self.restore,
        )
        self.add(
            Text(
                "With none of these the records stay closed, to you as well.",
                "small",
                "text_soft",
                wrap=True,
            ),
            row(0, self.back, 0),
        )

    def _way(self, title: str, detail: str, *trailing: Button) -> None:
        line = row(spacing=Space.L)
        words = (Text(title, "label"), Text(detail, "small", "text_soft", wrap=True))
        line.addLayout(column(*words, spacing=Space.XXS), 1)
        for button in trailing:
            line.addWidget(button)
        self.add(line, Rule())
