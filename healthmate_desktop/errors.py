"""What can go wrong in the world. `str(error)` is shown as it is: no health data, no paths, a next step.

Anything that is not a `HealthMateError` is a bug and travels up untouched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class HealthMateError(Exception):
    """Base of every error a person may read. `code` is what the command line prints."""

    code: ClassVar[str] = "error"
    details: Mapping[str, Any] = {}  # more for a program that reads the command line's answer


class InvalidInput(HealthMateError):
    """A value that a domain constructor or a command does not take."""

    code = "invalid_input"


class NotFound(HealthMateError):
    """An id that names nothing (any more)."""

    code = "not_found"


class Stopped(HealthMateError):
    """The person stopped the work."""

    code = "stopped"

    def __init__(self) -> None:
        super().__init__("Stopped. What was done so far is kept.")


class ChildDied(HealthMateError):
    """A child process ended, hung or broke the protocol in the middle of a request."""

    code = "child_died"


class VaultError(HealthMateError):
    code = "vault_error"


class VaultMissing(VaultError):
    code = "vault_missing"

    def __init__(self) -> None:
        super().__init__(
            "There are no records in this place yet. Make a new vault, or choose the folder where yours is kept."
        )


class VaultExists(VaultError):
    code = "vault_exists"

    def __init__(self) -> None:
        super().__init__(
            "There is already a vault in this place. Nothing was changed. Unlock it, or choose another folder."
        )


class WrongPassphrase(VaultError):
    code = "wrong_passphrase"

    def __init__(self) -> None:
        super().__init__(
            "That passphrase did not open these records. Nothing was changed. Check Caps Lock and try again."
        )


class VaultTooNew(VaultError):
    code = "vault_too_new"

    def __init__(self) -> None:
        super().__init__(
            "These records were saved by a newer HealthMate. Nothing was changed. "
            "Install the newer version to open them."
        )


class VaultDamaged(VaultError):
    code = "vault_damaged"


class VaultPlaintext(VaultError):
    code = "vault_plaintext"

    def __init__(self) -> None:
        super().__init__(
            "The database in this place is not encrypted, so HealthMate did not make it and will not open it. "
            "Nothing was changed. Restore a backup, or move that file away."
        )


class VaultBusy(VaultError):
    code = "vault_busy"

    def __init__(self) -> None:
        super().__init__(
            "These records are open in another HealthMate window or command. Close it there, then try again."
        )


class DiskFull(VaultError):
    code = "disk_full"

    def __init__(self) -> None:
        super().__init__(
            "The disk is full, so nothing new can be saved. Your records are safe. Free 200 MB, then try again."
        )


class LogBroken(VaultError):
    """The log, or a record it tells of, is not as it was written."""

    code = "log_broken"

    def __init__(self, problems: Sequence[str], *, events: int, deep: bool) -> None:
        self.details = {"ok": False, "events": events, "deep": deep, "problems": list(problems)}
        super().__init__(" ".join(problems))


class VaultReadOnly(VaultError):
    """A disk error or a full disk was met: records can be read, nothing is saved until the vault is opened anew."""

    code = "read_only"

    def __init__(self) -> None:
        super().__init__(
            "The disk reported an error, so nothing new is saved for now. What was saved before is safe. "
            "Lock, make room on the disk or copy the vault's folder to another disk, then unlock again."
        )


class NotAllowed(HealthMateError):
    """The role of who is signed in does not include this, or the person is not in their care."""

    code = "not_allowed"

    def __init__(
        self, message: str = "Your role does not include this. Ask an owner of this vault."
    ) -> None:
        super().__init__(message)


class TooManyAttempts(VaultError):
    """Wrong passphrases came too quickly; `seconds` is how long the next try has to wait."""

    code = "too_many_attempts"

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(
            f"Too many wrong passphrases. Nothing was changed. Wait {seconds} seconds, then try again."
        )


class DocumentError(HealthMateError):
    code = "document_error"


class UnreadableDocument(DocumentError):
    """The type is known, but this file can't be read: damaged, encrypted, empty, over a limit."""

    code = "unreadable"


class UnsupportedDocument(DocumentError):
    code = "unsupported"


class InferenceError(HealthMateError):
    code = "inference_error"


class WeightsMissing(InferenceError):
    code = "weights_missing"


class NotEnoughMemory(HealthMateError):
    code = "not_enough_memory"

    def __init__(self) -> None:
        super().__init__(
            "There is not enough free memory for this. Your records are safe. Close other programs, then try again."
        )
