"""What is said above a table whose columns are not sure, and the way to say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.domain.documents import (
    COLUMNS_AS_BEFORE,
    UNSURE_COLUMNS,
    has_unsure_columns,
)
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import Banner

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.domain.documents import Document

_MOST = 3  # questions that are named


def columns_banner(
    document: Document, say: Callable[[str], None], *, may_say: bool
) -> Banner | None:
    """None where nothing has to be known of its columns. `say` takes the id of the document."""
    if has_unsure_columns(document):
        asked = [
            f"{problem.where.capitalize()}: {problem.message.removeprefix(UNSURE_COLUMNS).strip()}"
            for problem in document.problems
            if problem.message.startswith(UNSURE_COLUMNS)
        ]
        more = [f"And {len(asked) - _MOST} more."] if len(asked) > _MOST else []
        words = "\n".join([*asked[:_MOST], *more])
        return Banner(
            "warn", UNSURE_COLUMNS, words, _buttons(document, say, "Say what they mean", may_say)
        )
    if any(problem.message == COLUMNS_AS_BEFORE for problem in document.problems):
        rest = [p for p in document.problems if p.message != COLUMNS_AS_BEFORE]
        words = "\n".join(f"{p.where.capitalize()}: {p.message}" for p in rest[:_MOST])
        return Banner(
            "warn" if rest else "info",
            COLUMNS_AS_BEFORE,
            words,
            _buttons(document, say, "Look at them", may_say),
        )
    return None


def _buttons(
    document: Document, say: Callable[[str], None], words: str, may_say: bool
) -> list[Button]:
    if not may_say:
        return []
    button = Button(words, size="small")
    button.setAccessibleName(f"{words}: the columns of {document.name}")
    button.clicked.connect(lambda: say(document.id))
    return [button]
