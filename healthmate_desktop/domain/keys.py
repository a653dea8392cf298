"""The keys of an open vault, as handed from the key slots to the store. Never logged, never shown."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class VaultKeys:
    vault_id: str
    database_key: bytes = field(repr=False)  # 32 bytes, SQLCipher's raw key
    document_identity: str = field(repr=False)  # AGE-SECRET-KEY-1..., opens the originals
