"""The recovery key, shown once, and its last letters typed back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLineEdit, QSizePolicy

from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import FieldError
from healthmate_desktop.ui.widgets.layout import Card, row
from healthmate_desktop.ui.widgets.text import Text

GROUP, IN_A_LINE = 6, 3  # letters, groups
CHECKED = GROUP  # the last group is typed back


def groups(recovery_key: str) -> list[str]:
    """In groups of six counted from the end, so that the last one is whole; the beginning stays in one piece."""
    beginning, dash, rest = recovery_key.rpartition("-")
    head = len(rest) % GROUP
    whole = [rest[at : at + GROUP] for at in range(head, len(rest), GROUP)]
    return [part for part in (beginning + dash + rest[:head],) if part] + whole


class RecoveryKeyStep(Card):
    """Nothing else can be done before the key was typed back; `verified` says that it was."""

    verified = Signal()

    def __init__(self, recovery_key: str, width: int) -> None:
        super().__init__(padding=Space.XXL, spacing=Space.S)
        self.setFixedWidth(width)
        self._key = recovery_key
        self.copy, self.save = Button("Copy", icon="copy"), Button("Save to a file", icon="export")
        self.copy.clicked.connect(self._on_copy)
        self.save.clicked.connect(self._on_save)
        self.done = Text("", "small", "text_soft")
        self.edit, self._error = QLineEdit(), FieldError()
        self.edit.setAccessibleName(f"Last {CHECKED} letters of the recovery key")
        self.edit.setMaxLength(CHECKED)
        self.edit.textEdited.connect(lambda _: self._say(""))
        self.edit.returnPressed.connect(self._on_submit)
        self.button = Button("I have it, open my records", "primary")
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self._on_submit)
        self.add(
            Text("Your recovery key", "heading"),
            Text(
                "It opens your records if the passphrase is lost. It is shown only now and kept nowhere. "
                "Write it down, or save it on a stick, away from this computer.",
                "body",
                "text_soft",
                wrap=True,
            ),
            _shown(recovery_key),
            row(self.copy, self.save, self.done, 0),
            Space.M,
            Text(f"Type its last {CHECKED} letters, to be sure that you have it", "label"),
            self.edit,
            self._error,
            Space.S,
            self.button,
        )
        self.setFocusProxy(self.edit)

    def show_error(self, message: str) -> None:
        """Say why it did not open; it can be tried again."""
        self._say(message)
        self.button.setEnabled(True)
        self.button.setText("Open my records")

    def _say(self, message: str) -> None:
        self.edit.setProperty("state", "error" if message else "")
        self.edit.style().polish(self.edit)
        self._error.say(message)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._key)
        self.done.say("Copied")

    def _on_save(self) -> None:
        dialog = QFileDialog(self, "Save the recovery key")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)  # keeps no list of recent files
        dialog.selectFile("recovery-key.txt")
        dialog.fileSelected.connect(self._on_place_chosen)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _on_place_chosen(self, name: str) -> None:
        try:
            Path(name).write_text(self._key + "\n", encoding="utf-8")
        except OSError:
            self._say("The key could not be saved there. Choose another place.")
        else:
            self.done.say("Saved")

    def _on_submit(self) -> None:
        if self.edit.text().strip().upper() != self._key[-CHECKED:].upper():
            self._say(
                f"Those are not the last {CHECKED} letters of the key. Look at its end and type them again."
            )
            return
        self.button.setEnabled(False)
        self.button.setText("Opening")
        self.verified.emit()


def _shown(recovery_key: str) -> Card:
    """The key in lines of whole groups, to be selected or read out."""
    first, *others = groups(recovery_key)
    lines = [others[at : at + IN_A_LINE] for at in range(0, len(others), IN_A_LINE)]
    words = Text("\n".join([first, *("   ".join(line) for line in lines)]), "strong", tabular=True)
    words.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    words.setAccessibleName(f"Recovery key: {recovery_key}")
    well = Card("desk", spacing=0)
    well.add(words)
    return well
