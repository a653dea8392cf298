"""The key file, open: who can sign in, and how passphrases, the recovery key and all keys are changed."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from healthmate_desktop.domain.sessions import check_user_name
from healthmate_desktop.errors import InvalidInput, NotFound, VaultError, WrongPassphrase
from healthmate_desktop.security import age, renewal
from healthmate_desktop.security.header_document import (
    MOST_USERS,
    VERSION,
    anchor_of,
    encode,
    keys_of,
)
from healthmate_desktop.security.header_file import whole_header, write_header
from healthmate_desktop.security.kdf import Cost, calibrate
from healthmate_desktop.security.passphrase import check_passphrase
from healthmate_desktop.security.sealing import KEY_LENGTH, Json, Master
from healthmate_desktop.security.slots import (
    PASSPHRASE,
    RECOVERY,
    Secrets,
    new_secrets,
    open_passphrase_slot,
    passphrase_slot,
    recovery_slot,
    same_name,
    slot_recipient,
    user_of,
)

if TYPE_CHECKING:
    from pathlib import Path

    from healthmate_desktop.domain.keys import Anchor, VaultKeys


class SavedOnce(VaultError):
    """The change is in effect, but not, or not surely, in both copies of the key file."""

    code = "saved_once"

    def __init__(self) -> None:
        super().__init__(
            "The change is in effect, but the disk reported an error before its second copy was saved. "
            "Your records are safe. Make room on the disk or check it; the copy is saved when you lock."
        )


@dataclass(frozen=True, slots=True)
class Found:
    """What was read; `rejected` is a newest copy that someone without the keys had changed."""

    content: bytes = field(repr=False)
    from_previous: bool = False
    rejected: bytes | None = field(default=None, repr=False)


class KeyFile:
    """Owned by the one process that holds the vault's lock. Changes are durable when a method returns.

    Each change is written twice, so that what it took away is in neither copy; only an anchor is written once.
    Without `cost` a new passphrase is made as costly as this computer bears, which takes about two seconds.
    Every change raises DiskFull or VaultError; the key file then opens as before, unless it is SavedOnce.
    """

    def __init__(
        self,
        folder: Path,
        document: Json,
        master: Master,
        found: Found,
        user: tuple[str, Secrets] | None = None,
    ) -> None:
        """`document` may be newer than what was found; `user` is who signed in, None by recovery key."""
        self.user_id = user[0] if user else ""
        self._secrets = user[1] if user else None
        self._folder = folder
        self._found = found
        self._sound = {found.content}  # what the newest copy may hold
        self._copy_due = found.from_previous
        self._adopt(document, master)

    @property
    def from_previous(self) -> bool:
        """The newest copy was missing or damaged, so a passphrase changed since is the old one."""
        return self._found.from_previous

    @property
    def keys(self) -> VaultKeys:
        return self._keys

    @property
    def user_name(self) -> str:
        """Of who signed in; "" by recovery key."""
        return dict(self.users).get(self.user_id, "")

    @property
    def signing_seed(self) -> bytes | None:
        return self._secrets.signing_seed if self._secrets else None

    @property
    def signing_key(self) -> bytes | None:
        """Public, 32 bytes."""
        return self._secrets.signing_key if self._secrets else None

    @property
    def users(self) -> list[tuple[str, str]]:
        """Ids and names of those who can sign in."""
        return [(user_of(slot), slot["label"]) for slot in self._slots(PASSPHRASE)]

    @property
    def anchor(self) -> Anchor | None:
        return anchor_of(self._document)

    @property
    def recovery_recipient(self) -> str | None:
        """To whom a backup can be sealed for the recovery key; None where version 0.1.0 did not keep it."""
        found = [slot_recipient(slot, self._master) for slot in self._slots(RECOVERY)]
        return next((recipient for recipient in found if recipient), None)

    def confirm(self, passphrase: str) -> None:
        """Ask again who signed in. Takes about a second. Raises WrongPassphrase, always when it was by recovery key."""
        for slot in self._slots(PASSPHRASE):
            if user_of(slot) == self.user_id and open_passphrase_slot(
                self._keys.vault_id, self._master.epoch, slot, passphrase
            ):
                return
        raise WrongPassphrase

    def change_passphrase(self, user_id: str, new: str, *, cost: Cost | None = None) -> bytes:
        """Return the user's public signing key, which is another one if it was not them who changed it.

        After the recovery key opened the vault, it is this user who is signed in from now on.
        Raises InvalidInput for a weak passphrase, NotFound or NotEnoughMemory.
        """
        name = dict(self.users).get(user_id)
        if name is None:
            raise NotFound("This person can't sign in to this vault. Nothing was changed.")
        check_passphrase(new, context=[name])
        own = user_id == self.user_id and self._secrets is not None
        secrets = new_secrets(self.signing_seed if own else None)
        slot = self._new_slot((user_id, name), new, secrets, cost)
        self._save(
            self._document
            | {
                "slots": [
                    slot if old["type"] == PASSPHRASE and user_of(old) == user_id else old
                    for old in self._document["slots"]
                ]
            }
        )
        if user_id == self.user_id or not self.user_id:
            self.user_id, self._secrets = user_id, secrets
        return secrets.signing_key

    def add_user(
        self, user_id: str, name: str, passphrase: str, *, cost: Cost | None = None
    ) -> bytes:
        """Return the user's public signing key. Raises InvalidInput for a weak passphrase or a name in use."""
        check_user_name(name)
        if any(user_id == other or same_name(name, label) for other, label in self.users):
            raise InvalidInput(
                "Someone already signs in with this name. Nothing was changed. Choose another name."
            )
        if len(self.users) >= MOST_USERS:
            raise InvalidInput(
                f"Up to {MOST_USERS} people can sign in to a vault. Nothing was changed. "
                "Remove someone who no longer needs to, then add this person."
            )
        check_passphrase(passphrase, context=[name])
        secrets = new_secrets()
        slot = self._new_slot((user_id, name), passphrase, secrets, cost)
        with contextlib.suppress(SavedOnce):  # they can sign in, so they must be listed
            self._save(self._document | {"slots": [*self._document["slots"], slot]})
        return secrets.signing_key

    def remove_user(self, user_id: str) -> None:
        """Who knows an older key file and passphrase still opens the vault until its keys are renewed.

        Raises NotFound, or InvalidInput for the last one.
        """
        users = [user for user, _ in self.users]
        if user_id not in users:
            raise NotFound("This person can't sign in to this vault. Nothing was changed.")
        if len(users) == 1:
            raise InvalidInput(
                "This is the last person who can sign in. Nothing was changed. Add someone else first."
            )
        left = [
            slot
            for slot in self._document["slots"]
            if slot["type"] != PASSPHRASE or user_of(slot) != user_id
        ]
        self._save(self._document | {"slots": left})

    def new_recovery_key(self) -> str:
        """To be shown once; the old one opens nothing from now on."""
        identity = age.new_identity()
        slot = recovery_slot(self._keys, self._master, age.recipient_of(identity))
        others = [old for old in self._document["slots"] if old["type"] != RECOVERY]
        document = self._document | {"slots": [*others, slot]}
        with contextlib.suppress(SavedOnce):  # it must be shown, the old one may be gone
            self._save(renewal.without_recovery_key(document, self._master))
        return identity

    def begin_renewal(self) -> tuple[VaultKeys, str | None]:
        """A new master key and document identity; `keys.renewing` are the older ones, until `finish_renewal`.

        The second value is a recovery key to be shown once, where the old one could not be kept. What was begun is
        gone on with. Raises InvalidInput where a passphrase must be changed first.
        """
        if self._keys.renewing is None:
            self._check_renewable()
            master = Master(self._keys.vault_id, self._master.epoch + 1, os.urandom(KEY_LENGTH))
            document = renewal.begun(self._document, self._master, master, self._keys)
            self._save(document, master)
        self._write_due_copy()
        return self._keys, renewal.recovery_key_to_show(self._document, self._master)

    def finish_renewal(self) -> VaultKeys:
        """Once nothing is under the older keys; they are in neither copy of the key file then."""
        if self._keys.renewing is not None:
            self._save(renewal.finished(self._document, self._master, self._keys))
        self._write_due_copy()
        return self._keys

    def save_anchor(self, anchor: Anchor) -> None:
        """A place in the log that must be there at the next unlock. Does nothing where it is saved already."""
        if anchor != self.anchor or self._copy_due:
            self._save(
                self._document | {"anchor": {"seq": anchor.seq, "mac": anchor.mac}},
                twice=False,
            )

    def _slots(self, kind: str) -> list[Json]:
        return [slot for slot in self._document["slots"] if slot["type"] == kind]

    def _new_slot(
        self, user: tuple[str, str], passphrase: str, secrets: Secrets, cost: Cost | None
    ) -> Json:
        return passphrase_slot(self._master, user, passphrase, secrets, cost or calibrate())

    def _check_renewable(self) -> None:
        for slot in self._slots(PASSPHRASE):
            if "recipient" not in slot:
                raise InvalidInput(
                    f"The passphrase of {slot['label']} was set by an older HealthMate and can't take new keys. "
                    "Nothing was changed. Change this passphrase first, then renew the keys."
                )

    def _save(self, document: Json, master: Master | None = None, *, twice: bool = True) -> None:
        master = master or self._master
        document = document | {"v": VERSION, "gen": self._document["gen"] + 1}
        content = encode(document, master)
        self._check_nobody_else_wrote()
        try:
            write_header(self._folder, content, sound=self._sound)
        except VaultError as error:
            self._sound.add(content)
            if whole_header(self._folder) != content:
                raise
            self._copy_due = True
            self._adopt(document, master)
            raise SavedOnce from error
        self._sound = {content}
        self._copy_due |= twice
        self._adopt(document, master)
        with contextlib.suppress(SavedOnce):  # what it still holds goes at the next save
            self._write_due_copy()

    def _write_due_copy(self) -> None:
        """Raises SavedOnce."""
        if not self._copy_due:
            return
        try:
            write_header(self._folder, encode(self._document, self._master), sound=self._sound)
        except VaultError as error:
            raise SavedOnce from error
        self._copy_due = False

    def _adopt(self, document: Json, master: Master) -> None:
        self._document, self._master = document, master
        self._keys = keys_of(document, master)

    def _check_nobody_else_wrote(self) -> None:
        """So that a change made since the unlock is not undone. Raises VaultError."""
        newest = whole_header(self._folder)
        if newest is not None and newest not in {*self._sound, self._found.rejected}:
            raise VaultError(
                "The key file was changed by another HealthMate in the meantime. Nothing was saved here. "
                "Lock, then unlock again."
            )
