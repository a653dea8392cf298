"""Who is signed in and what they may do. The services ask here before they touch a record."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Literal, get_args

from healthmate_desktop.domain.ids import SessionId, UserId
from healthmate_desktop.errors import InvalidInput, NotAllowed

if TYPE_CHECKING:
    from datetime import datetime

    from healthmate_desktop.domain.jobs import Job

Role = Literal["owner", "clinician", "assistant", "auditor"]
AttemptKind = Literal["passphrase", "recovery_key"]
Sees = Literal["all", "assigned"]  # which people: everyone, or those they were given
FIRST_USER = UserId("owner")  # who made the vault; the author of rows of version 0.1.0


class Action(Enum):
    """What can be done; the value is the words for it."""

    VIEW = "see records"
    ADD = "add people and documents"
    ASK = "ask questions"
    EXPORT = "take records out"
    EMERGENCY = "open a person's records in an emergency"
    LIBRARY = "change the library"
    USERS = "manage who can sign in"
    KEYS = "renew keys and the recovery key"
    BACKUP = "make and check backups"
    SETTINGS = "change how this vault locks and is backed up"
    LOG = "read the log"


_EVERYTHING = frozenset(Action)
MAY: dict[Role, frozenset[Action]] = {
    "owner": _EVERYTHING,
    "clinician": frozenset(
        {Action.VIEW, Action.ADD, Action.ASK, Action.EXPORT, Action.EMERGENCY, Action.LIBRARY}
    ),
    "assistant": frozenset({Action.VIEW, Action.ADD}),
    "auditor": frozenset({Action.LOG}),
}


@dataclass(frozen=True, slots=True)
class User:
    """Someone who can sign in."""

    id: UserId
    name: str  # typed to sign in; stands readable in the key file
    role: Role
    sees: Sees = "all"
    active: bool = True  # False: removed; kept because the log names them

    def __post_init__(self) -> None:
        check_user_name(self.name)
        if self.role not in get_args(Role):
            raise InvalidInput("A role is one of owner, clinician, assistant or auditor.")
        if self.sees not in get_args(Sees):
            raise InvalidInput("A person in the staff sees all people, or those assigned to them.")


@dataclass(frozen=True, slots=True)
class Session:
    """One unlock by one person; what the services and the store go by."""

    id: SessionId
    user_id: UserId
    user_name: str
    role: Role
    sees: Sees
    started_at: datetime

    def may(self, action: Action) -> bool:
        return action in MAY[self.role]

    def require(self, action: Action) -> None:
        """Raises NotAllowed."""
        if not self.may(action):
            raise NotAllowed(
                f"Your role, {self.role}, does not include this: {action.value}. Ask an owner of this vault."
            )


@dataclass(frozen=True, slots=True)
class Grant:
    """A person given into the care of a user: for good, or opened in an emergency for a time with a reason."""

    id: str
    user_id: UserId
    patient_id: str
    since: datetime
    until: datetime | None = None  # None = until it is taken back
    reason: str = ""  # of an emergency; "" = given by an owner


def check_user_name(name: str) -> None:
    """Raises InvalidInput."""
    if not name.strip() or name != name.strip() or len(name) > 60 or not name.isprintable():
        raise InvalidInput(
            "A name to sign in with has 1 to 60 letters and no spaces around it. Choose another one."
        )


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """A wrong passphrase or recovery key while the vault was locked. What was typed is not kept."""

    at: datetime
    kind: AttemptKind


@dataclass(frozen=True, slots=True)
class LockPolicy:
    """When an open vault locks by itself. Kept in the vault."""

    idle_minutes: int = 15
    session_hours: int = 12

    def __post_init__(self) -> None:
        if not 5 <= self.idle_minutes <= 60:
            raise InvalidInput("The time without use before locking is between 5 and 60 minutes.")
        if not 1 <= self.session_hours <= 24:
            raise InvalidInput("The longest time unlocked is between 1 and 24 hours.")


@dataclass(frozen=True, slots=True)
class UnlockNews:
    """What the person should hear of right after unlocking."""

    failed_attempts: tuple[FailedAttempt, ...] = ()
    older: bool = False  # older than the vault last used on this computer
    unfinished: tuple[Job, ...] = ()  # work that failed for good
    set_aside: int = 0  # unknown files moved to quarantine/
    disk_words: str = ""  # a full or failing disk, in a sentence
    emergencies: tuple[Grant, ...] = ()  # records opened in an emergency, not yet seen by an owner


@dataclass(frozen=True, slots=True)
class Protection:
    """One shield of this process or computer, for `doctor` and the Protections page."""

    key: str
    words: str
    active: bool
    detail: str = ""  # why it is not, or what to do
