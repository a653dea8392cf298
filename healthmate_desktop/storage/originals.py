"""The files as they came, each sealed in `originals/<id>.age`; the database knows what each must be."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import sqlalchemy as sa

from healthmate_desktop.errors import NotFound, VaultDamaged
from healthmate_desktop.storage.errors import disk_translated
from healthmate_desktop.storage.files import make_private_file, put_in_place
from healthmate_desktop.storage.tables import ORIGINAL

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from healthmate_desktop.storage.vault import Vault


class Originals:
    """Keeps sealed files of one vault. `unseal` raises VaultDamaged for what `seal` did not make."""

    def __init__(
        self,
        vault: Vault,
        seal: Callable[[bytes], bytes],
        unseal: Callable[[bytes], bytes],
    ) -> None:
        self._vault = vault
        self._seal = seal
        self._unseal = unseal

    def put(self, document_id: str, content: bytes) -> None:
        """Durable when it returns. Not to be called inside a `write` block. Raises DiskFull."""
        sealed = self._seal(content)
        path = self._path(document_id)
        draft = path.with_name(path.name + ".new")
        with disk_translated():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            make_private_file(draft, sealed)
            put_in_place(draft, path)
        row = {
            "document_id": document_id,
            "sealed_size": len(sealed),
            "sealed_sha256": hashlib.sha256(sealed).hexdigest(),
        }
        with self._vault.connection(writing=True) as connection:
            connection.execute(sa.delete(ORIGINAL).where(ORIGINAL.c.document_id == document_id))
            connection.execute(sa.insert(ORIGINAL).values(row))

    def get(self, document_id: str) -> bytes:
        """Raises NotFound, or VaultDamaged when the file is gone or is not the one that was put."""
        query = sa.select(ORIGINAL).where(ORIGINAL.c.document_id == document_id)
        with self._vault.connection(writing=False) as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("The original of that document is not in these records.")
        try:
            with disk_translated(), self._path(document_id).open("rb") as file:
                sealed = file.read(row.sealed_size + 1)
        except FileNotFoundError as error:
            raise _lost() from error
        if hashlib.sha256(sealed).hexdigest() != row.sealed_sha256:
            raise _lost()
        return self._unseal(sealed)

    def remove(self, document_id: str) -> None:
        """Does nothing for what is not there."""
        with self._vault.connection(writing=True) as connection:
            connection.execute(sa.delete(ORIGINAL).where(ORIGINAL.c.document_id == document_id))
        with disk_translated():
            self._path(document_id).unlink(missing_ok=True)

    def _path(self, document_id: str) -> Path:
        if not re.fullmatch(r"[0-9A-Za-z-]{1,64}", document_id):
            raise NotFound("The original of that document is not in these records.")
        return self._vault.folder / "originals" / f"{document_id}.age"


def _lost() -> VaultDamaged:
    return VaultDamaged(
        "The original of this document is missing, or it is not the file that was kept here. "
        "What was read from it is still here. Restore a backup to get the file back."
    )
