"""What is done and what is planned: moods and states of statements that ask for something."""

from __future__ import annotations

PLANNED = frozenset(("INT", "RQO", "PRMS", "PRP", "ARQ", "APT", "SLOT"))
_INTENTS = {"RQO": "order", "PRP": "proposal", "ARQ": "proposal"}
REQUEST_STATUSES = {
    "active": "active",
    "new": "active",
    "normal": "active",
    "completed": "completed",
    "held": "on-hold",
    "suspended": "on-hold",
    "aborted": "revoked",
    "cancelled": "revoked",
    "nullified": "entered-in-error",
}


def intent_of(mood: str) -> str:
    """FHIR's intent; what is meant to be done is a plan."""
    return _INTENTS.get(mood.upper(), "plan")
