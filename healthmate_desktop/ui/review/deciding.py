"""What the person decides about proposals, carried out in the vault, one after the other, and put back."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from healthmate_desktop.ui.documents.record_words import values_counted
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.widgets.feedback import words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.domain.ids import DocumentId
    from healthmate_desktop.services.review import Decision, ReviewService
    from healthmate_desktop.ui.changes import Changes
    from healthmate_desktop.ui.review.edit_form import EditForm
    from healthmate_desktop.ui.review.items import Item


@dataclass(frozen=True, slots=True)
class Made:
    """A decision that is kept, in words, and whether what it decided counts."""

    decision: Decision
    words: str
    counts: bool


@dataclass(frozen=True, slots=True)
class _Step:
    work: Callable[[], Any]
    then: Callable[[Any], None]
    on_error: Callable[[Exception], None]


class Decisions(QObject):
    """Tells what becomes of each.

    `decided` carries an Item, before the vault has answered: keys may be pressed faster than that. `many_decided`
    and `put_back` carry what was Made, after. `kept` when it has answered, `failed` carries its error.
    """

    decided = Signal(object)
    many_decided = Signal(object)
    put_back = Signal(object)
    kept = Signal()
    failed = Signal(object)

    def __init__(
        self, review: ReviewService, tasks: TaskRunner, changes: Changes, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._review, self._tasks, self._changes = review, tasks, changes
        self._steps: deque[_Step] = deque()  # the first is under way
        self.made: list[Made] = []

    def begin(self) -> None:
        """Another document: what was decided of the one before stays."""
        self.made = []

    def tally(self, *, counts: bool) -> int:
        """How many count now, or were left out."""
        return sum(len(each.decision.decided) for each in self.made if each.counts is counts)

    def accept(self, item: Item) -> None:
        words = f"{item.said.whole} taken"
        self._decide(item, words, lambda: self._review.accept(item.record.id))

    def reject(self, item: Item) -> None:
        words = f"{item.said.whole} left out"
        self._decide(item, words, lambda: self._review.reject(item.record.id), counts=False)

    def take_instead(self, item: Item) -> None:
        """It counts, and what the records say otherwise does no longer."""
        words = f"{item.said.whole} taken instead of {item.rivals[0].said.value}"
        work = partial(self._review.replace, item.record.id, item.rival_ids)
        self._decide(item, words, work)

    def correct(self, item: Item, texts: dict[str, str], form: EditForm) -> None:
        """What is wrong with it is said in the form."""

        def keep(decision: Decision) -> None:
            self.made.append(Made(decision, f"{item.said.name} taken as corrected", True))
            self.decided.emit(item)

        form.show_busy()
        work = partial(self._review.correct, item.record.id, texts)
        self._do(_Step(work, keep, lambda error: form.show_error(words_of(error))))

    def accept_plain(self, document_id: DocumentId) -> None:
        self._decide_many(partial(self._review.accept_plain, document_id), counts=True)

    def reject_known(self, document_id: DocumentId) -> None:
        self._decide_many(partial(self._review.reject_known, document_id), counts=False)

    def undo(self) -> None:
        """Put the last decision back, once all are kept."""
        made, review = self.made, self._review

        def work() -> None:
            if made:
                review.put_back(made[-1].decision)

        def tell(_: object) -> None:
            if made:
                self.put_back.emit(made.pop())

        def fail(error: Exception) -> None:
            made.pop()  # it can't be put back another time either
            self.failed.emit(error)

        if made or self._steps:
            self._do(_Step(work, tell, fail))

    def _decide(
        self, item: Item, words: str, work: Callable[[], Decision], *, counts: bool = True
    ) -> None:
        def keep(decision: Decision) -> None:
            self.made.append(Made(decision, words, counts))

        self._do(_Step(work, keep, self.failed.emit))
        self.decided.emit(item)

    def _decide_many(self, work: Callable[[], Decision], *, counts: bool) -> None:
        def keep(decision: Decision) -> None:
            become = "taken" if counts else "left out"
            words = f"{values_counted(len(decision.decided))} {become}"
            self.made.append(Made(decision, words, counts))
            self.many_decided.emit(self.made[-1])

        self._do(_Step(work, keep, self.failed.emit))

    def _do(self, step: _Step) -> None:
        self._steps.append(step)
        if len(self._steps) == 1:
            self._run()

    def _run(self) -> None:
        step = self._steps[0]

        def succeed(result: Any) -> None:
            step.then(result)
            self.kept.emit()
            self._changes.records_changed.emit()

        self._tasks.run(
            step.work,
            owner=self,
            lane=Lane.IO,
            on_success=succeed,
            on_error=step.on_error,
            on_finished=self._go_on,
        )

    def _go_on(self) -> None:
        self._steps.popleft()
        if self._steps:
            self._run()
