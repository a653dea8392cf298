"""The roles of who can sign in, said in a sentence each, and the choice of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame

from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.controls import Segments
from healthmate_desktop.ui.widgets.layout import Card, Rule, column, part_of, row
from healthmate_desktop.ui.widgets.section import SectionHeader
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from healthmate_desktop.domain.sessions import Role, Sees

ROLES: dict[Role, tuple[str, str]] = {
    "owner": (
        "Owner",
        "Does everything: records, who can sign in, keys, backups and the log. There is always at least one.",
    ),
    "clinician": (
        "Clinician",
        "Reads and adds records, asks questions, takes records out, and can open a person's records in an emergency.",
    ),
    "assistant": ("Assistant", "Reads and adds records, and nothing else."),
    "auditor": ("Auditor", "Reads and checks the log, and sees no records."),
}
SEES: dict[Sees, str] = {"all": "All people", "assigned": "Only people assigned to them"}


def sees_words(role: Role, sees: Sees) -> str:
    """Whose records someone sees."""
    if role == "auditor":
        return "Sees no records"
    return "Sees all people" if sees == "all" else "Sees only people assigned to them"


def can_be_limited(role: Role) -> bool:
    """Owners look after everyone, and auditors see nobody."""
    return role in {"clinician", "assistant"}


class RoleChoice(QFrame):
    """A role with its sentence, and whose records go with it."""

    def __init__(self, role: Role, sees: Sees) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self.roles = Segments("Role", [(key, words[0]) for key, words in ROLES.items()], role)
        self.sees = Segments("Sees", list(SEES.items()), sees)
        self._sentence = Text("", "small", "text_soft", wrap=True)
        self._whose = part_of(column(Text("Sees", "label"), row(self.sees, 0), spacing=Space.S))
        role_line = row(self.roles, 0)
        parts = (Text("Role", "label"), role_line, self._sentence, Space.XS, self._whose)
        self.setLayout(column(*parts, spacing=Space.S))
        self.roles.chosen.connect(self._on_role)
        self._on_role(role)
        self.setFocusProxy(self.roles)

    def role(self) -> Role:
        return next(role for role in ROLES if role == self.roles.current())

    def whose(self) -> Sees:
        chosen = next(sees for sees in SEES if sees == self.sees.current())
        return chosen if can_be_limited(self.role()) else "all"

    def _on_role(self, _key: str) -> None:
        self._sentence.say(ROLES[self.role()][1])
        self._whose.setVisible(can_be_limited(self.role()))


def roles_card() -> Card:
    """All of them, to be read."""
    card = Card(padding=Space.L, spacing=Space.S)
    card.add(SectionHeader("What each role may do"))
    for name, sentence in ROLES.values():
        words = Text(sentence, "small", "text_soft", wrap=True)
        card.add(Rule(), column(Text(name, "label"), words, spacing=0))
    return card
