"""One id for all that a person's one action causes, in any thread and process."""

from __future__ import annotations

import contextlib
import time
from contextvars import copy_context
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from healthmate_desktop.errors import HealthMateError, Stopped
from healthmate_desktop.logs.events import Event
from healthmate_desktop.logs.values import is_id, places
from healthmate_desktop.logs.writing import current_action, log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from healthmate_desktop.logs.events import Word

P = ParamSpec("P")
T = TypeVar("T")


@contextlib.contextmanager
def action(what: Word) -> Iterator[str]:
    """Everything logged inside gets the same id, also in `carried` work and in children; the outcome is logged.

    An action inside another one belongs to it. Use it where the person's wish arrives, not inside a generator,
    whose caller would be inside too.
    """
    with _in_action(current_action.get() or _new_action()) as action_id:
        started = time.monotonic()
        try:
            yield action_id
        except (KeyboardInterrupt, GeneratorExit) as end:
            failed(what, end, ms=_since(started))
            raise
        except Exception as error:
            failed(what, error, ms=_since(started))
            raise
        log(Event.ACTION_DONE, what=what, ms=_since(started))


def failed(what: Word, error: BaseException, *, ms: int = 0) -> None:
    """Log how it ended: stopped, with an error that people are told of, or by a mistake of the program."""
    if isinstance(error, (Stopped, KeyboardInterrupt, GeneratorExit)):
        log(Event.ACTION_STOPPED, what=what, ms=ms)
    elif isinstance(error, HealthMateError):
        log(Event.ACTION_FAILED, what=what, error=error, ms=ms)
    else:
        log(Event.PROGRAM_BUG, what=what, error=error, place=places(error.__traceback__))


def carried(work: Callable[P, T]) -> Callable[P, T]:
    """The same work, belonging to the present action wherever it runs; to a new one where there is none."""
    context = copy_context()
    if not context.get(current_action):
        context.run(current_action.set, _new_action())

    def run(*arguments: P.args, **names: P.kwargs) -> T:
        return context.copy().run(work, *arguments, **names)

    return run


@contextlib.contextmanager
def go_on(action_id: object) -> Iterator[None]:
    """In a child: what is done for this message belongs to the action that sent it."""
    if not is_id(action_id):
        yield
        return
    with _in_action(str(action_id)):
        yield


@contextlib.contextmanager
def _in_action(action_id: str) -> Iterator[str]:
    token = current_action.set(action_id)
    try:
        yield action_id
    finally:
        with contextlib.suppress(ValueError):  # left in another context than it was entered in
            current_action.reset(token)


def _new_action() -> str:
    from healthmate_desktop.domain.ids import new_id

    return new_id()


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
