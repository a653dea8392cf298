"""Who can sign in, what they may do, and whose records are in their care."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from healthmate_desktop.domain.ids import PatientId, UserId, new_id
from healthmate_desktop.domain.sessions import Action, Grant, Role, Sees, User
from healthmate_desktop.domain.text import storable
from healthmate_desktop.errors import HealthMateError, InvalidInput, NotAllowed, NotFound

if TYPE_CHECKING:
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.services.access import Access
    from healthmate_desktop.services.key_ports import KeySlots
    from healthmate_desktop.services.ports import Transaction

EMERGENCY_LASTS = timedelta(minutes=60)
SHORTEST_REASON, LONGEST_REASON = 5, 500  # letters


class UserService:
    """Users live in two places: their row tells what they may do, their key slot lets them in."""

    def __init__(self, access: Access, slots: KeySlots) -> None:
        self._access = access
        self._slots = slots

    def all(self) -> list[User]:
        """With those who were removed, since the log names them."""
        session = self._access.session
        action = Action.LOG if session.may(Action.LOG) else Action.USERS
        with self._access.read(action) as tx:
            return tx.users.all()

    def add(self, name: str, role: Role, sees: Sees, passphrase: str) -> User:
        """Takes about a second. Raises InvalidInput for a weak passphrase or a name in use."""
        self._access.session.require(Action.USERS)
        user = User(UserId(new_id()), storable(name.strip()), role, sees)
        with contextlib.ExitStack() as undo:
            with self._access.write(Action.USERS) as tx:
                tx.users.add(user)
                self._slots.add_user(user.id, user.name, passphrase)  # if it fails, the row goes
                undo.callback(self._forget_slot, user.id)
            undo.pop_all()  # the row is saved
        return user

    def change(self, user_id: UserId, *, role: Role, sees: Sees) -> User:
        """Raises InvalidInput where no owner would be left, or NotFound for one who was removed."""
        with self._access.write(Action.USERS) as tx:
            user = tx.users.get(user_id)
            if not user.active:
                raise NotFound("This person can't sign in any more. Add them anew.")
            changed = User(user.id, user.name, role, sees)
            if user.role == "owner" and role != "owner":
                _check_owner_is_left(tx, user_id)
            tx.users.update(changed)
        return changed

    def remove(self, user_id: UserId) -> None:
        """They can't sign in any more; their name stays in the log. Raises InvalidInput for the last owner."""
        with self._access.write(Action.USERS) as tx:
            user = tx.users.get(user_id)
            if user.role == "owner":
                _check_owner_is_left(tx, user_id)
            tx.users.update(User(user.id, user.name, user.role, user.sees, active=False))
            for grant in tx.grants.of_user(user_id):
                tx.grants.end(grant.id)
            with contextlib.suppress(NotFound):  # gone already, when a power cut came between
                self._slots.remove_user(user_id)

    def grants(self, user_id: UserId) -> list[Grant]:
        """The people in this user's care."""
        with self._access.read(Action.USERS) as tx:
            return tx.grants.of_user(user_id)

    def assign(self, user_id: UserId, patient_id: PatientId) -> Grant:
        grant = Grant(new_id(), user_id, patient_id, datetime.now(UTC))
        with self._access.write(Action.USERS, patient_id) as tx:
            tx.users.get(user_id)
            tx.grants.add(grant)
        return grant

    def end_grant(self, grant_id: str) -> None:
        with self._access.write(Action.USERS) as tx:
            tx.grants.end(grant_id)

    def others(self, text: str, limit: int = 20) -> list[Patient]:
        """People outside one's care, by name, to be opened in an emergency. Raises NotAllowed."""
        with self._access.read(Action.EMERGENCY) as tx:
            return tx.patients.find_others(text, limit)

    def open_in_emergency(self, patient_id: PatientId, reason: str) -> Grant:
        """For 60 minutes; logged, and the owners are told at their next unlock. Raises InvalidInput or NotAllowed."""
        reason = storable(reason.strip())
        if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
            raise InvalidInput(
                f"Write why in {SHORTEST_REASON} to {LONGEST_REASON} letters. An owner of this vault will read it."
            )
        now = datetime.now(UTC)
        session = self._access.session
        grant = Grant(new_id(), session.user_id, patient_id, now, now + EMERGENCY_LASTS, reason)
        with self._access.write(Action.EMERGENCY) as tx:
            tx.grants.add(grant)
            tx.audit.add(
                "grant.emergency_opened",
                subject=f"access_grant/{grant.id}",
                patient_id=patient_id,
                details={"minutes": int(EMERGENCY_LASTS.total_seconds() // 60)},
            )
        return grant

    def emergencies(self) -> list[Grant]:
        """Opened in an emergency and not yet seen by an owner."""
        if not self._access.session.may(Action.USERS):
            return []
        with self._access.read(Action.USERS) as tx:
            return tx.grants.unseen()

    def mark_emergencies_seen(self) -> None:
        with self._access.write(Action.USERS) as tx:
            tx.grants.mark_seen()

    def _forget_slot(self, user_id: UserId) -> None:
        """What opens for nobody would keep the name from being used again."""
        with contextlib.suppress(HealthMateError):
            self._slots.remove_user(user_id)


def _check_owner_is_left(tx: Transaction, user_id: UserId) -> None:
    owners = [u for u in tx.users.all() if u.role == "owner" and u.active and u.id != user_id]
    if not owners:
        raise InvalidInput(
            "This is the last owner. Make someone else an owner first, so that the vault can still be looked after."
        )


def user_of(users: list[User], user_id: str) -> User:
    """Who is signing in. Without an id, by recovery key, it is the first owner. Raises NotAllowed."""
    for user in users:
        if user.active and (user.id == user_id or (not user_id and user.role == "owner")):
            return user
    raise NotAllowed("You can no longer sign in here. Ask an owner of this vault.")
