"""What the person decides about proposals, carried out in the vault."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from healthmate_desktop.domain.ids import DocumentId
from healthmate_desktop.errors import InvalidInput
from healthmate_desktop.ui.review.correcting import corrected
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.widgets.feedback import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from healthmate_desktop.services.review import ReviewService
    from healthmate_desktop.ui.changes import Changes
    from healthmate_desktop.ui.review.edit_form import EditForm
    from healthmate_desktop.ui.review.items import Item


class Decisions(QObject):
    """Tells what becomes of each.

    `decided` carries an Item and whether it counts from now on, before the vault has answered: keys may be pressed
    faster than that. `many_decided` carries how many and the same, after. `kept` when it has answered, `failed`
    carries its error.
    """

    decided = Signal(object, bool)
    many_decided = Signal(int, bool)
    kept = Signal()
    failed = Signal(object)

    def __init__(
        self, review: ReviewService, tasks: TaskRunner, changes: Changes, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._review, self._tasks, self._changes = review, tasks, changes

    def accept(self, item: Item) -> None:
        self.decided.emit(item, True)
        self._do(lambda: self._review.accept([item.record.id]))

    def reject(self, item: Item) -> None:
        self.decided.emit(item, False)
        self._do(lambda: self._review.reject([item.record.id]))

    def take_instead(self, item: Item) -> None:
        """It counts, and what the records say otherwise does no longer."""
        rivals = [rival.id for rival in item.rival_records]

        def change() -> None:
            self._review.accept([item.record.id])
            self._review.reject(rivals)

        self.decided.emit(item, True)
        self._do(change)

    def correct(self, item: Item, texts: dict[str, str], form: EditForm) -> None:
        """What is wrong with it is said in the form."""
        record = item.record
        try:
            resource = corrected(record.resource, texts, keep_codes=not record.spot.page)
        except InvalidInput as error:
            form.show_error(str(error))
            return
        form.show_busy()
        self._do(
            lambda: self._review.correct(record.id, resource),
            lambda _: self.decided.emit(item, True),
            lambda error: form.show_error(words_of(error)),
        )

    def accept_plain(self, document_id: str) -> None:
        self._do(
            lambda: self._review.accept_plain(DocumentId(document_id)),
            lambda count: self.many_decided.emit(count, True),
        )

    def reject_all(self, items: Sequence[Item]) -> None:
        ids = [item.record.id for item in items]
        self._do(
            partial(self._review.reject, ids),
            lambda _: self.many_decided.emit(len(ids), False),
        )

    def _do(
        self,
        work: Callable[[], Any],
        then: Callable[[Any], None] = lambda _: None,
        on_error: Callable[[Exception], None] | None = None,
    ) -> None:
        def succeed(result: Any) -> None:
            then(result)
            self.kept.emit()
            self._changes.records_changed.emit()

        self._tasks.run(
            work,
            owner=self,
            lane=Lane.IO,
            on_success=succeed,
            on_error=on_error or self.failed.emit,
        )
