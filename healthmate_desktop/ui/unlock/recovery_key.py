"""The recovery key, shown once, and two of its groups typed back."""

from __future__ import annotations

import secrets
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QSizePolicy, QWidget

from healthmate_desktop.ui.clipboard import copy_secret
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import FieldError
from healthmate_desktop.ui.widgets.layout import Card, column, row
from healthmate_desktop.ui.widgets.text import Text
from healthmate_desktop.ui.widgets.unlock import mark

GROUP, IN_A_LINE = 6, 3  # letters, groups
ASKED = 2  # groups to type back


def groups(recovery_key: str) -> list[str]:
    """In groups of six counted from the end, so that the last one is whole; the beginning stays in one piece."""
    beginning, dash, rest = recovery_key.rpartition("-")
    head = len(rest) % GROUP
    whole = [rest[at : at + GROUP] for at in range(head, len(rest), GROUP)]
    return [part for part in (beginning + dash + rest[:head],) if part] + whole


class RecoveryKeyStep(Card):
    """Nothing else can be done before two groups were typed back; `verified` says that they were."""

    verified = Signal()

    def __init__(
        self,
        recovery_key: str,
        width: int,
        result: str = "I have it, open my records",
        asked: tuple[int, int] | None = None,
    ) -> None:
        """`asked` are the numbers of the groups to type back, from 1; by chance where they are not given."""
        super().__init__(padding=Space.XXL, spacing=Space.S)
        self.setFixedWidth(width)
        self._key = recovery_key
        self.asked = asked or _two_of(len(groups(recovery_key)) - 1)
        self.copy, self.save = Button("Copy", icon="copy"), Button("Save to a file", icon="export")
        self.copy.clicked.connect(self._on_copy)
        self.save.clicked.connect(self._on_save)
        self.done = Text("", "small", "text_soft", wrap=True)
        self.edits = tuple(self._make_edit(number) for number in self.asked)
        self._error = FieldError()
        self.button = Button(result, "primary")
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self._on_submit)
        self._lay()
        self.setFocusProxy(self.edits[0])

    def show_error(self, message: str) -> None:
        """Say why it did not open; it can be tried again."""
        self._error.say(message)
        self.button.setEnabled(True)
        self.button.setText("Open my records")

    def _make_edit(self, number: int) -> QLineEdit:
        edit = QLineEdit()
        edit.setAccessibleName(f"Group {number} of the recovery key")
        edit.setMaxLength(GROUP)
        edit.setAcceptDrops(False)
        edit.textEdited.connect(lambda _: self._say_wrong(""))
        edit.returnPressed.connect(self._on_submit)
        return edit

    def _lay(self) -> None:
        line = row(self.copy, self.save, spacing=Space.S)
        line.addWidget(self.done, 1)
        fields = row(spacing=Space.L)
        for number, edit in zip(self.asked, self.edits, strict=True):
            fields.addLayout(column(Text(f"Group {number}", "label"), edit, spacing=Space.XS), 1)
        self.add(
            Text("Your recovery key", "heading"),
            Text(
                "It opens your records if the passphrase is lost, for anyone who has it. It is shown only now and kept "
                "nowhere. Write it down by hand: a printer may keep a copy. A file belongs on a stick, away from this "
                "computer.",
                "body",
                "text_soft",
                wrap=True,
            ),
            _shown(self._key),
            line,
            Space.S,
            Text("Type two of its groups, to be sure that you have it", "label"),
            fields,
            self._error,
            Space.S,
            self.button,
        )

    def _say_wrong(self, message: str, *which: QLineEdit) -> None:
        for edit in self.edits:
            mark(edit, message if edit in which else "")
        self._error.say(message)

    def _on_copy(self) -> None:
        copy_secret(self._key)
        self.done.say("Copied, for 30 seconds")

    def _on_save(self) -> None:
        dialog = QFileDialog(self, "Save the recovery key on a stick")
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
            self._say_wrong("The key could not be saved there. Choose another place.")
        else:
            self.done.say("Saved. Who reads that file can open everything")

    def _on_submit(self) -> None:
        whole = groups(self._key)
        wrong = [
            (number, edit)
            for number, edit in zip(self.asked, self.edits, strict=True)
            if "".join(edit.text().split()).upper() != whole[number].upper()
        ]
        if wrong:
            numbers = " and ".join(str(number) for number, _ in wrong)
            what = f"group {numbers}" if len(wrong) == 1 else f"groups {numbers}"
            message = f"That is not {what} of the key. Look at it and type it again."
            self._say_wrong(message, *(edit for _, edit in wrong))
            wrong[0][1].setFocus()
            wrong[0][1].selectAll()
            return
        self.button.setEnabled(False)
        self.button.setText("Opening")
        self.verified.emit()


def _two_of(count: int) -> tuple[int, int]:
    """Two different numbers from 1 to `count`, in order."""
    first, second = sorted(secrets.SystemRandom().sample(range(1, count + 1), ASKED))
    return first, second


def _shown(recovery_key: str) -> QWidget:
    """The key in lines of whole groups, each with its number, to be selected or read out."""
    first, *others = groups(recovery_key)
    lines = [others[at : at + IN_A_LINE] for at in range(0, len(others), IN_A_LINE)]
    numbered = [
        f"{at * IN_A_LINE + 1}\u2013{at * IN_A_LINE + len(line)}" for at, line in enumerate(lines)
    ]
    words = Text("\n".join([first, *("   ".join(line) for line in lines)]), "strong", tabular=True)
    words.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    words.setAccessibleName(f"Recovery key: {recovery_key}")
    numbers = Text("\n".join([" ", *numbered]), "strong", "text_faint", tabular=True)
    numbers.setAccessibleName("Numbers of the groups")
    well = Card("desk", spacing=0)
    line = row(words, 0, numbers, spacing=Space.L)
    well.add(line)
    return well
