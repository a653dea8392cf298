"""The keys of an open vault, as handed from the key slots to the store. Never logged, never shown."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class VaultKeys:
    """`audit_key` stays when the others are renewed, so that the log can be checked from its beginning."""

    vault_id: str
    database_key: bytes = field(repr=False)  # 32 bytes, SQLCipher's raw key
    document_identity: str = field(repr=False)  # AGE-SECRET-KEY-1..., opens the originals
    audit_key: bytes = field(repr=False)  # 32 bytes, HMAC key of the log
    epoch: int = 1  # how often the keys were renewed, plus one
    renewing: OlderKeys | None = None  # while a renewal is under way


@dataclass(frozen=True, slots=True)
class OlderKeys:
    """What is being replaced: the database and each original are under these or under the new ones."""

    epoch: int
    database_key: bytes = field(repr=False)
    document_identity: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place in the log that must still be there: a cut or older copy of the vault lacks it."""

    seq: int  # 0 = the log was empty
    mac: str  # hex, as in the log
