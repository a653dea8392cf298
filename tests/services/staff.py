"""A key file beside the vault of a test, and the services that change both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from healthmate_desktop.domain.sessions import FIRST_USER, User
from healthmate_desktop.security import kdf, key_file
from healthmate_desktop.security.header import create_header, open_header
from healthmate_desktop.services.users import UserService

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from healthmate_desktop.security.key_file import KeyFile
    from services.conftest import Room

PASSPHRASE = "seven green kettles"
OTHER, THIRD = "mijn opa had twee ezels", "nine blue teapots sing"
QUICK = kdf.Cost(8, 1, 1)  # what a passphrase costs has no part in these tests


@dataclass(frozen=True)
class Staff:
    room: Room
    folder: Path
    recovery_key: str
    key_file: KeyFile
    users: UserService

    def as_owner(self) -> Staff:
        """The owner is signed in again, after someone else was."""
        room = self.room.signed_in("owner", user=User(FIRST_USER, "owner", "owner"))
        users = UserService(room.access, self.key_file)
        return Staff(room, self.folder, self.recovery_key, self.key_file, users)


def staff_of(room: Room, folder: Path, patch: pytest.MonkeyPatch) -> Staff:
    patch.setattr(kdf, "FLOOR", QUICK)
    patch.setattr(key_file, "calibrate", lambda: QUICK)
    place = folder / "keys"
    _, recovery_key = create_header(place, PASSPHRASE, cost=QUICK)
    opened = open_header(place, PASSPHRASE)
    return Staff(room, place, recovery_key, opened, UserService(room.access, opened))
