"""What the services need of the keys of a vault and of the noted ends of its log, each a narrow Protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Generator

    from healthmate_desktop.domain.keys import Anchor


class KeySlots(Protocol):
    """The ways to the vault's keys. Each call for a passphrase takes about a second."""

    def confirm(self, passphrase: str) -> None:
        """Raises WrongPassphrase."""
        ...

    def change_passphrase(self, user_id: str, new: str) -> object:
        """Raises InvalidInput or NotFound."""
        ...

    def add_user(self, user_id: str, name: str, passphrase: str) -> object:
        """Raises InvalidInput."""
        ...

    def remove_user(self, user_id: str) -> None:
        """Raises InvalidInput or NotFound."""
        ...

    def new_recovery_key(self) -> str: ...


class Renewal(Protocol):
    """New keys for everything; what was begun can be gone on with."""

    @property
    def under_way(self) -> bool: ...

    def begin(self) -> str | None:
        """A recovery key to be shown, where the old one could not be kept; the same again until the end."""
        ...

    def steps(self) -> Generator[tuple[int, int], None, int]:
        """Yield (originals done, in all); return how many there are."""
        ...


class Anchors(Protocol):
    """Ends of the log that were noted outside of it."""

    def known(self) -> list[Anchor]: ...

    def renew(self) -> None: ...
