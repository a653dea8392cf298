"""A passphrase being chosen: what helps with it, and the fields for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from healthmate_desktop.ui.unlock.new_passphrase import NewPassphraseFields

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.ui.gate import Strength
    from healthmate_desktop.ui.tasks import TaskRunner


@dataclass(frozen=True, slots=True)
class PassphraseAdvice:
    """Both are called off the GUI thread: they read a list of words."""

    suggest: Callable[[], str]  # six words drawn at random
    strength: Callable[[str], Strength]

    def fields(self, name: str, tasks: TaskRunner) -> NewPassphraseFields:
        """Of which `name` is the first one's for a screen reader; what stands above them says it to the others."""
        fields = NewPassphraseFields(self.suggest, self.strength, tasks)
        fields.first.edit.setAccessibleName(name)
        return fields
