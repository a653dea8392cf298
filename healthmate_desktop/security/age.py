"""Files and keys in the age format, which the standard `age` tool opens too. Identities and recipients are text."""

from __future__ import annotations

from typing import Any

from healthmate_desktop.errors import InvalidInput


def new_identity() -> str:
    """A secret: AGE-SECRET-KEY-1..., 74 characters."""
    import pyrage

    return str(pyrage.x25519.Identity.generate())


def recipient_of(identity: str) -> str:
    """What can be sealed to, age1..., and opens nothing. Raises ValueError for what is no identity."""
    return str(_identity(identity).to_public())


def seal_to(recipients: list[str], content: bytes) -> bytes:
    """An age file that any of their identities opens."""
    import pyrage

    keys = [pyrage.x25519.Recipient.from_str(recipient) for recipient in recipients]
    return bytes(pyrage.encrypt(content, keys))


def open_with(identity: str, sealed: bytes) -> bytes | None:
    """What was sealed, whole; None for another identity and for what is damaged."""
    import pyrage

    try:
        return bytes(pyrage.decrypt(sealed, [_identity(identity)]))
    except pyrage.DecryptError:
        return None


def typed_recovery_key(text: str) -> str:
    """The identity, as people type it: in groups, in small letters. Raises InvalidInput."""
    identity = "".join(text.split()).upper()
    try:
        recipient_of(identity)
    except ValueError as error:
        raise InvalidInput(
            "That is not a whole recovery key. It starts with AGE-SECRET-KEY-1 and has 74 characters; "
            "check it letter by letter."
        ) from error
    return identity


def _identity(text: str) -> Any:
    import pyrage

    try:
        return pyrage.x25519.Identity.from_str(text)
    except pyrage.IdentityError as error:
        raise ValueError("no age identity") from error
