"""Backups and large files in the age format, piece by piece: only a little of one is in memory at a time."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Protocol, TypeVar

from healthmate_desktop.errors import VaultDamaged

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")


class Source(Protocol):
    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none only at the end."""
        ...


class Target(Protocol):
    def write(self, piece: bytes, /) -> object:
        """Take all of it."""
        ...


def seal_stream(
    source: Source, target: Target, identity: str, recipients: Sequence[str] = ()
) -> None:
    """Encrypt to the age identity (AGE-SECRET-KEY-1...) and to other recipients (age1...).

    What the source or the target raises travels up.
    """
    import pyrage

    to = [pyrage.x25519.Identity.from_str(identity).to_public()]
    to += [pyrage.x25519.Recipient.from_str(recipient) for recipient in dict.fromkeys(recipients)]
    ends = _Ends(source, target)
    try:
        pyrage.encrypt_io(ends, ends, to)
    except (pyrage.EncryptError, OSError):
        ends.check()
        raise
    ends.check()  # the library drops what the last writes raise


def unseal_stream(source: Source, target: Target, identity: str) -> None:
    """Decrypt; the target may have got a beginning when this fails.

    Raises VaultDamaged for what is cut short, changed or sealed to others. What the source or the target raises
    travels up.
    """
    import pyrage

    opener = pyrage.x25519.Identity.from_str(identity)
    ends = _Ends(source, target)
    try:
        pyrage.decrypt_io(ends, ends, [opener])
    except (pyrage.DecryptError, OSError) as error:
        ends.check()
        raise VaultDamaged(
            "This is damaged, not whole, or sealed with other keys. Nothing was changed. Try another backup."
        ) from error
    ends.check()


class _Ends:
    """Both ends of a stream, remembering what one of them raised: the library turns it into text, or loses it."""

    def __init__(self, source: Source, target: Target) -> None:
        self._source = source
        self._target = target
        self._problem: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        return self._kept(lambda: self._source.read(size))

    def write(self, piece: bytes) -> int:
        self._kept(lambda: self._target.write(piece))
        return len(piece)

    def flush(self) -> None:
        """The library asks for it; who opened the target does it."""

    def check(self) -> None:
        if self._problem is not None:
            raise self._problem

    def _kept(self, call: Callable[[], T]) -> T:
        """What it raises is kept for `check`. The library gets a plain error: an interrupted call it tries for ever."""
        if self._problem is not None:
            raise OSError(errno.EIO, "the other end failed before")
        try:
            return call()
        except BaseException as problem:
            self._problem = problem
            raise OSError(errno.EIO, "the other end failed") from problem
