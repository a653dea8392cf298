"""How the first rows would be read, as records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame

from healthmate_desktop.domain.facts import facts_of
from healthmate_desktop.domain.text import counted
from healthmate_desktop.ui.documents.record_words import when_words
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.layout import Card, column, part_of, refill
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from healthmate_desktop.domain.facts import Facts
    from healthmate_desktop.domain.proposals import Proposal
    from healthmate_desktop.services.columns import Look

_MOST_DOUBTS = 2  # of one record


class Preview(QFrame):
    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self.title = Text("How the first rows are read", "heading")
        self.count = Text("", "small", "text_soft", wrap=True)
        self._card = Card(padding=Space.L, spacing=Space.S)
        self.setLayout(column(self.title, self.count, self._card, spacing=Space.XS))

    def wait(self) -> None:
        self.count.say("Reading once more by what you said.")

    def show_look(self, look: Look) -> None:
        """Of one table; what was shown before goes."""
        refill(self._card.body, *map(_record, look.preview))
        self._card.setVisible(bool(look.preview))
        self.count.say(_count_words(look))


def _count_words(look: Look) -> str:
    if not look.results:
        return "Nothing can be read out of this table like this."
    said = f"{counted(look.results, 'result', 'results')} in the first rows"
    return f"{said}, {look.doubtful:,} with something to look at" if look.doubtful else said


def _record(proposal: Proposal) -> QFrame:
    said = said_words(facts_of(proposal.resource))
    lines = [Text(said, "label", wrap=True)]
    doubts = " ".join(proposal.doubts[:_MOST_DOUBTS])
    if doubts:
        lines.append(Text(doubts, "small", "warn", wrap=True))
    return part_of(column(*lines, spacing=0))


def said_words(facts: Facts) -> str:
    """As "3 Apr 2024, Glucose: 5.4 mmol/L (3.9 - 5.6)"; a blood pressure with both its numbers."""
    limits = f" ({facts.range_text})" if facts.range_text else ""
    when = when_words(facts.effective) if facts.effective else "No date"
    return f"{when}, {facts.display}: {facts.value}{limits}"
