"""Where one can go in an open vault, and what of it a role may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.ui.widgets.feedback import EmptyState
from healthmate_desktop.ui.widgets.navigation import Place

if TYPE_CHECKING:
    from healthmate_desktop.domain.sessions import Session
    from healthmate_desktop.ui.widgets.buttons import Button

PLACES: tuple[tuple[tuple[Place, Action | None], ...], ...] = (  # and what each needs
    (
        (Place("today", "Today", "today", "Ctrl+1"), Action.VIEW),
        (Place("ask", "Ask", "ask", "Ctrl+2"), Action.ASK),
    ),
    (
        (Place("documents", "Documents", "document", "Ctrl+3"), Action.VIEW),
        (Place("library", "Library", "library", "Ctrl+4"), Action.VIEW),
    ),
    (
        (Place("settings", "Settings", "settings", "Ctrl+5"), None),
        (Place("safety", "Safety", "shield", "Ctrl+6"), None),
    ),
)
OF_A_PERSON = ("today", "ask", "documents")


def places_for(session: Session) -> list[list[Place]]:
    """Only those that the role can use; each keeps its keys."""
    groups = [
        [place for place, needs in group if needs is None or session.may(needs)] for group in PLACES
    ]
    return [group for group in groups if group]


def first_place(session: Session) -> str:
    """Where one comes in."""
    return "today" if session.may(Action.VIEW) else "safety"


def nobody_yet(session: Session, find: Button, add: Button) -> EmptyState:
    """For someone who has no records to open."""
    if session.sees == "assigned":
        words = "An owner of this vault gives people into your care. They are here as soon as that is done."
        title = "Nobody is in your care yet"
    else:
        words = "Someone whose role includes it adds the first person."
        title = "There is nobody here yet"
    actions = []
    if session.may(Action.ADD):
        actions.append(add)
    if session.sees == "assigned" and session.may(Action.EMERGENCY):
        actions.append(find)
    return EmptyState("person", title, words, actions)
