"""What do the columns mean? The table as it is, the choices over it, and what would be read by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from healthmate_desktop.domain.ids import DocumentId
from healthmate_desktop.services.columns import Answer, Role, answered
from healthmate_desktop.ui.columns.asking import Asking
from healthmate_desktop.ui.columns.preview import Preview
from healthmate_desktop.ui.columns.remembered import Remembered
from healthmate_desktop.ui.columns.table import ColumnsTable
from healthmate_desktop.ui.columns.words import table_name
from healthmate_desktop.ui.tasks import Lane, Task, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.accessibility import announce
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.choice import Choice
from healthmate_desktop.ui.widgets.feedback import Banner, EmptyState, words_of
from healthmate_desktop.ui.widgets.layout import Header, column, page, refill, row
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.services.columns import ColumnService, Look, TableMapping
    from healthmate_desktop.ui.changes import Changes
    from healthmate_desktop.ui.gate import OpenVault

_REST_MS = 250  # several choices in a row are read once
_NO_TABLE = (
    "No table in this document has columns to tell of. One that HealthMate wrote itself is understood "
    "without a word."
)


class ColumnsScreen(QFrame):
    """`left` asks for the documents; `done` carries the id of the document that was read anew."""

    left = Signal()
    done = Signal(str)

    def __init__(self, vault: OpenVault, tasks: TaskRunner, changes: Changes) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self._columns: ColumnService = vault.columns
        self._tasks, self._changes = tasks, changes
        self._document_id = DocumentId("")
        self._looks: dict[int, Look] = {}
        self._said: dict[int, TableMapping] = {}
        self._number = 0  # of the table that is shown
        self._task: Task | None = None
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._read_again)
        self.header = Header("What do the columns mean?")
        self.tables = Choice("Table", [("0", "")], "0")
        self.table, self.asking, self.preview = ColumnsTable(), Asking(), Preview()
        self.remembered = Remembered()
        self.hint = Text("", "small", "text_soft", wrap=True)
        self.leave = Button("Leave it for now")
        self.nothing = Button("It holds no results")
        self.save = Button("Read it like this", "primary")
        self._notes, self._stack = column(spacing=0), QStackedWidget()
        self._blank, self._body, self._foot = QFrame(), QFrame(), QFrame()
        self._end: QWidget = self._blank
        self._lay()
        self._connect()

    def open(self, document_id: str) -> None:
        """Ask about the tables of a document."""
        self._document_id = DocumentId(document_id)
        self._looks, self._said, self._number = {}, {}, 0
        self._rest.stop()
        self._show_part(self._blank)
        key = self._document_id
        self._read(lambda: (self._columns.name_of(key), self._columns.look(key)), self._show_tables)
        self._read_kept()

    # --- how it is made ---

    def _lay(self) -> None:
        for part in (self._blank, self._body):
            part.setProperty("kind", "row")
            self._stack.addWidget(part)
        head = row(spacing=Space.M)
        head.addWidget(self.header, 1)
        head.addWidget(self.tables)
        area = page(
            head,
            self._notes,
            self.table,
            self.asking,
            self.preview,
            self.remembered,
            0,
            spacing=Space.M,
        )
        self._body.setLayout(column(area, spacing=0))
        self._foot.setProperty("kind", "footer")
        foot = row(spacing=Space.M, margins=(Space.XL, Space.M, Space.XL, Space.M))
        foot.addWidget(self.hint, 1)
        foot.addWidget(self.leave)
        foot.addWidget(self.nothing)
        foot.addWidget(self.save)
        self._foot.setLayout(foot)
        box = column(spacing=0)
        box.addWidget(self._stack, 1)
        box.addWidget(self._foot)
        self.setLayout(box)

    def _connect(self) -> None:
        self.table.chosen.connect(self._on_role)
        self.asking.said.connect(self._on_said)
        self.tables.chosen.connect(self._on_table)
        self.remembered.forget.connect(self._on_forget)
        self.leave.clicked.connect(self.left)
        self.nothing.clicked.connect(self._on_nothing)
        self.save.clicked.connect(self._on_save)
        here = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.left.emit, context=here)

    # --- what is shown ---

    def _read(self, look: Callable[[], Any], show: Callable[[Any], None]) -> None:
        """Only the newest answer is shown."""
        if self._task is not None:
            self._task.cancel()
        self._task = self._tasks.run(
            look, owner=self, lane=Lane.IO, on_success=show, on_error=self._show_unopened
        )

    def _read_again(self) -> None:
        """The tables by what is said so far."""
        document_id, said = self._document_id, dict(self._said)
        self._read(lambda: self._columns.look(document_id, said), self._refresh)

    def _show_unopened(self, error: Exception) -> None:
        self._show_end("alert", "This table could not be opened", words_of(error))

    def _show_tables(self, found: tuple[str, list[Look]]) -> None:
        name, looks = found
        self.header.say(name)
        self._looks = {look.number: look for look in looks}
        if not looks:
            self._show_end("check", "There is nothing to say", _NO_TABLE)
            return
        unsure = next((look for look in looks if not look.is_sure), looks[0])
        self.tables.offer([(str(look.number), table_name(look)) for look in looks])
        self.tables.setVisible(len(looks) > 1)
        self.tables.choose(str(unsure.number))
        self._show_part(self._body)
        self._show_table(unsure.number)

    def _show_table(self, number: int) -> None:
        self._number = number
        look = self._looks[number]
        self.table.show_table(look, look.mapping.roles)
        self._show_look(look)
        if self.table.choices:
            self.table.choices[0].setFocus()

    def _refresh(self, looks: list[Look]) -> None:
        """By what was just said; the choices stay as they are."""
        self._looks = {look.number: look for look in looks}
        if self._number in self._looks:
            self._show_look(self._looks[self._number])

    def _show_look(self, look: Look) -> None:
        self.asking.show_asks(look)
        self.preview.show_look(look)
        questions = look.mapping.questions
        if questions:
            self._say(Banner("warn", "Something is not clear yet", "\n".join(questions)))
        elif look.origin == "kept":
            self._say(Banner("info", "These columns were read as you said before"))
        elif not look.is_sure:
            self._say(Banner("info", "Look whether these columns were taken as they are meant"))
        else:
            self._say()
        self.hint.say(_hint(look))
        self.save.setEnabled(not questions)

    def _read_kept(self) -> None:
        self._tasks.run(
            self._columns.kept,
            owner=self,
            lane=Lane.IO,
            on_success=self.remembered.show_kept,
        )

    def _show_part(self, part: QWidget) -> None:
        self._stack.setCurrentWidget(part)
        self._foot.setVisible(part is self._body)

    def _show_end(self, icon: str, title: str, detail: str) -> None:
        back = Button("Back to documents", "secondary")
        back.clicked.connect(self.left)
        if self._end is not self._blank:
            self._stack.removeWidget(self._end)
            self._end.deleteLater()
        self._end = EmptyState(icon, title, detail, [back])
        self._stack.addWidget(self._end)
        self._show_part(self._end)
        back.setFocus()
        announce(self, f"{title}. {detail}")

    def _say(self, *banners: Banner) -> None:
        refill(self._notes, *banners)

    # --- what is said ---

    def _on_table(self, key: str) -> None:
        self._show_table(int(key))

    def _on_role(self, at: int, role: Role) -> None:
        self._answer(Answer(roles={at: role}))

    def _on_nothing(self) -> None:
        """Leave all columns out, to be seen before it is saved."""
        look = self._looks[self._number]
        self.table.show_table(look, [Role.IGNORED] * len(look.mapping.roles))
        self._answer(Answer(roles=dict.fromkeys(range(len(look.mapping.roles)), Role.IGNORED)))

    def _on_said(self, ask: str, answer: str) -> None:
        said: dict[str, Any] = {ask: answer}
        self._answer(Answer(**said))

    def _answer(self, answer: Answer) -> None:
        look = self._looks[self._number]
        before = self._said.get(self._number) or answered(look, Answer())
        mapping = answered(look, answer, before)
        if mapping == before:
            return
        self._said[self._number] = mapping
        self.save.setEnabled(False)
        self.preview.wait()
        self._rest.start()

    def _on_save(self) -> None:
        self.save.setEnabled(False)
        document_id, said = self._document_id, dict(self._said)
        if self._number not in said:  # it was looked at, and is right
            said[self._number] = answered(self._looks[self._number], Answer())
        self.hint.say("The document is read like this now.")
        self._tasks.run(
            lambda: self._columns.save(document_id, said),
            owner=self,
            lane=Lane.VAULT,
            on_success=lambda _: self._on_saved(document_id),
            on_error=self._on_not_saved,
        )

    def _on_saved(self, document_id: str) -> None:
        self._changes.documents_changed.emit()
        self._changes.records_changed.emit()
        announce(self, "The document was read anew")
        self.done.emit(document_id)

    def _on_not_saved(self, error: Exception) -> None:
        self._say(Banner("error", "The document was not read like this", words_of(error)))
        self.hint.say("What was read before is as it was.")
        self.save.setEnabled(True)

    def _on_forget(self, key: str) -> None:
        self._tasks.run(
            lambda: self._columns.forget(key),
            owner=self,
            lane=Lane.IO,
            on_finished=self._read_kept,
            on_error=lambda error: self._say(
                Banner("error", "It is still remembered", words_of(error))
            ),
        )


def _hint(look: Look) -> str:
    if look.can_be_kept:
        return (
            "What you say is kept in the vault: the next table with the same headings is read without asking. "
            "Values you accepted stay."
        )
    return "This table has no headings, so what you say holds for this document alone. Values you accepted stay."
