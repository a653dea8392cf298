"""The files as they came, each sealed in `originals/<id>.age`; the database knows what each must be.

After a renewal of keys a file is `originals/<id>.<epoch>.age`, so that the one before it stays whole until its row
tells of the new one.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from healthmate_desktop.errors import NotFound, UnreadableDocument, VaultDamaged
from healthmate_desktop.storage.errors import disk_translated
from healthmate_desktop.storage.files import make_private_file, put_in_place
from healthmate_desktop.storage.free_space import check_room
from healthmate_desktop.storage.large_files import PIECE, lost, opened, unsealed, write_sealed
from healthmate_desktop.storage.tables import DOCUMENT, ORIGINAL

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.ids import DocumentId
    from healthmate_desktop.storage.backup_pipe import PipeReader
    from healthmate_desktop.storage.large_files import Source, Streams
    from healthmate_desktop.storage.transaction import Transaction
    from healthmate_desktop.storage.vault import Vault

T = TypeVar("T")
FOLDER = "originals"
LARGEST_WHOLE = 256 * 1024 * 1024  # bytes of a sealed file; larger ones come as streams only
LARGEST_HELD = 8 * 1024 * 1024  # where a stream does as well
_LARGE = "This file is too large to be opened as a whole. It is kept, and what was read from it is shown."


@dataclass(frozen=True, slots=True)
class Original:
    """What the row of an original says of its file."""

    document_id: str
    size: int
    sha256: str  # of the sealed bytes
    epoch: int

    @property
    def name(self) -> str:
        return file_name(self.document_id, self.epoch)


def file_name(document_id: str, epoch: int) -> str:
    return f"{document_id}.age" if epoch == 1 else f"{document_id}.{epoch}.age"


class Originals:
    """Keeps sealed files of one vault. `unseal` takes the epoch and raises VaultDamaged for what `seal` did not make.

    `epoch` tells which keys `seal` uses at the moment; `streams` does the same for files of any size.
    """

    def __init__(
        self,
        vault: Vault,
        seal: Callable[[bytes], bytes],
        unseal: Callable[[bytes, int], bytes],
        epoch: Callable[[], int],
        streams: Callable[[], Streams] | None = None,
    ) -> None:
        self._vault = vault
        self._seal = seal
        self._unseal = unseal
        self._epoch = epoch
        self._streams = streams

    def put(self, document: Document, content: bytes) -> None:
        """Keep the file and its document, both or neither. Durable when it returns.

        Not to be called inside a `write` block. Raises NotFound for a person out of reach, DiskFull or VaultError.
        """
        self._check_new(document)
        original = self._write_file(document.id, content)
        with self._vault.write() as tx:
            if original.epoch != self._epoch():  # renewed meanwhile: the older keys are soon gone
                self._remove_file(original)
                original = self._write_file(document.id, content)
            _add(tx, document, original)

    def put_stream(self, document: Document, file: BinaryIO) -> Generator[int, None, None]:
        """As `put`, for a file of any size: yield the bytes taken in. Closing the generator keeps nothing."""
        self._check_new(document)
        original = yield from self._write_large(document.id, file, document.size)
        with self._vault.write() as tx:
            if original.epoch != self._epoch():
                self._remove_file(original)
                file.seek(0)
                original = yield from self._write_large(document.id, file, document.size)
            _add(tx, document, original)

    @contextlib.contextmanager
    def open(self, document_id: DocumentId | str) -> Iterator[PipeReader]:
        """The file as a stream, to be read within the block. Raises as `get`, also while it is read."""
        with contextlib.ExitStack() as stack:
            original = self._reachable(document_id)
            while True:
                try:
                    sealed = stack.enter_context(self._sealed(original))
                    break
                except VaultDamaged:
                    again = self._reachable(document_id)
                    if again == original:
                        raise
                    original = again
            yield stack.enter_context(unsealed(sealed, original.epoch, self._streaming()))

    def check(self, document_id: DocumentId | str) -> None:
        """Open it from its beginning to its end. Raises as `get`."""
        with self.open(document_id) as stream:
            while stream.read(PIECE):
                pass

    def get(self, document_id: DocumentId | str) -> bytes:
        """Raises NotFound, also for a person out of reach, or VaultDamaged when it is not the file that was put.

        Raises UnreadableDocument for one that only `open` gives.
        """
        original = self._reachable(document_id)
        if original.size > LARGEST_WHOLE:
            raise UnreadableDocument(_LARGE)
        while True:
            try:
                return self.content(original)
            except VaultDamaged:
                again = self._reachable(document_id)
                if again == original:  # else it was sealed anew between the row and the file
                    raise
                original = again

    def all(self) -> list[Original]:
        """Of all people, whoever is signed in: for the care of the vault, not for showing."""
        with self._vault.connection(writing=False) as connection:
            rows = connection.execute(sa.select(ORIGINAL).order_by(ORIGINAL.c.document_id))
            return [_original(row) for row in rows]

    def content(self, original: Original) -> bytes:
        """Raises VaultDamaged."""
        try:
            with disk_translated(), self._path(original.name).open("rb") as file:
                sealed = file.read(original.size + 1)
        except FileNotFoundError as error:
            raise lost() from error
        if hashlib.sha256(sealed).hexdigest() != original.sha256:
            raise lost()
        return self._unseal(sealed, original.epoch)

    def reseal(self, original: Original) -> None:
        """Put it under the keys of the moment; the old file goes when the new one is surely there.

        Raises VaultDamaged for one that can't be opened, DiskFull or VaultError; the old file stays then.
        """
        renewed = self._renewed(original)
        with self._vault.write() as tx:
            owner = sa.select(DOCUMENT.c.patient_id).where(DOCUMENT.c.id == original.document_id)
            patient_id = tx.connection.execute(owner).scalar() or ""
            change = sa.update(ORIGINAL).where(ORIGINAL.c.document_id == original.document_id)
            if tx.connection.execute(change.values(_values(renewed))).rowcount:
                tx.audit.touch("original", original.document_id, "changed", patient_id)
            else:  # removed meanwhile
                original = renewed
        self._remove_file(original)

    def remove(self, document_id: DocumentId | str) -> None:
        """Does nothing for what is not there. Raises NotFound for a person out of reach."""
        with self._vault.write() as tx:
            patient_id = tx.documents.get(document_id).patient_id  # type: ignore[arg-type]
            original = self._row(tx.connection, document_id)
            if original is None:
                return
            gone = sa.delete(ORIGINAL).where(ORIGINAL.c.document_id == document_id)
            tx.connection.execute(gone)
            tx.audit.touch("original", document_id, "removed", patient_id)
        self._remove_file(original)

    def remove_deleted(self) -> None:
        """The files of documents that were deleted; again after a power cut, until all are gone."""
        with self._vault.connection(writing=False) as connection:
            deleted = sa.select(ORIGINAL, DOCUMENT.c.patient_id).join(
                DOCUMENT, DOCUMENT.c.id == ORIGINAL.c.document_id
            )
            rows = list(connection.execute(deleted.where(DOCUMENT.c.deleted_at.is_not(None))))
        for row in rows:
            self._remove_file(_original(row))
            with self._vault.write() as tx:
                gone = sa.delete(ORIGINAL).where(ORIGINAL.c.document_id == row.document_id)
                tx.connection.execute(gone)
                tx.audit.touch("original", row.document_id, "removed", row.patient_id)

    def reseal_file(self, path: Path, epoch: int) -> bool:
        """The same for a file that was set aside: whether it was sealed under the keys of `epoch`. Keeps its name.

        Raises DiskFull or VaultError; the file is as it was then.
        """
        try:
            with disk_translated():
                if path.stat().st_size > LARGEST_HELD:
                    self._reseal_large(path, epoch)
                    return True
                content = self._unseal(path.read_bytes(), epoch)
        except VaultDamaged:
            return False
        self._write(path, self._seal(content))
        return True

    def _reseal_large(self, path: Path, epoch: int) -> None:
        """Raises VaultDamaged; the file is as it was then."""
        streams, renewed = self._streaming(), path.with_name(f"{path.name}.renewed")
        with (
            self._vault.guarded(),
            path.open("rb") as file,
            unsealed(file, epoch, streams) as content,
        ):
            _finished(write_sealed(renewed, content, path.stat().st_size, streams))
        with self._vault.guarded():
            put_in_place(renewed, path)

    def _renewed(self, original: Original) -> Original:
        if original.size <= LARGEST_HELD:
            return self._write_file(original.document_id, self.content(original))
        streams = self._streaming()
        with (
            self._sealed(original) as sealed,
            unsealed(sealed, original.epoch, streams) as content,
        ):
            steps = self._write_large(original.document_id, content, original.size)
            return _finished(steps)

    def _check_new(self, document: Document) -> None:
        with self._vault.read() as tx:
            tx.patients.get(document.patient_id)
            if self._row(tx.connection, document.id) is not None:
                raise ValueError("an original is never replaced")

    def _sealed(self, original: Original) -> contextlib.AbstractContextManager[BinaryIO]:
        return opened(self._path(original.name), original.size, original.sha256)

    def _streaming(self) -> Streams:
        if self._streams is None:
            raise ValueError("made without streams")
        return self._streams()

    def _write_large(
        self, document_id: str, file: Source, size: int
    ) -> Generator[int, None, Original]:
        streams = self._streaming()
        path = self._path(file_name(document_id, streams.epoch))
        with self._vault.guarded():
            sealed_size, sha256 = yield from write_sealed(path, file, size, streams)
        return Original(document_id, sealed_size, sha256, streams.epoch)

    def _reachable(self, document_id: DocumentId | str) -> Original:
        with self._vault.read() as tx:
            tx.documents.get(document_id)  # type: ignore[arg-type]  # a DocumentId, as text
            original = self._row(tx.connection, document_id)
        if original is None:
            raise NotFound("The original of that document is not in these records.")
        return original

    @staticmethod
    def _row(connection: sa.Connection, document_id: str) -> Original | None:
        query = sa.select(ORIGINAL).where(ORIGINAL.c.document_id == document_id)
        row = connection.execute(query).one_or_none()
        return None if row is None else _original(row)

    def _write_file(self, document_id: str, content: bytes) -> Original:
        epoch, sealed = self._epoch(), self._seal(content)
        while epoch != self._epoch():  # the keys were renewed between the two
            epoch, sealed = self._epoch(), self._seal(content)
        original = Original(document_id, len(sealed), hashlib.sha256(sealed).hexdigest(), epoch)
        self._write(self._path(original.name), sealed)
        return original

    def _write(self, path: Path, sealed: bytes) -> None:
        folder = self._vault.folder / FOLDER
        draft = folder / f"{path.name}.new"  # there, since a draft that is left is set aside
        with self._vault.guarded(), disk_translated():
            folder.mkdir(mode=0o700, exist_ok=True)
            check_room(folder, len(sealed))
            try:
                make_private_file(draft, sealed)
                put_in_place(draft, path)
            except OSError:
                with contextlib.suppress(OSError):  # it would only fill the disk
                    draft.unlink(missing_ok=True)
                raise

    def _remove_file(self, original: Original) -> None:
        with disk_translated():
            self._path(original.name).unlink(missing_ok=True)

    def path(self, original: Original) -> Path:
        return self._path(original.name)

    def _path(self, name: str) -> Path:
        if not re.fullmatch(r"[0-9A-Za-z-]{1,64}(\.[0-9]{1,9})?\.age", name):
            raise NotFound("The original of that document is not in these records.")
        return self._vault.folder / FOLDER / name


def _values(original: Original) -> dict[str, Any]:
    return {
        "document_id": original.document_id,
        "sealed_size": original.size,
        "sealed_sha256": original.sha256,
        "epoch": original.epoch,
    }


def _original(row: sa.Row[Any]) -> Original:
    return Original(row.document_id, row.sealed_size, row.sealed_sha256, row.epoch)


def _add(tx: Transaction, document: Document, original: Original) -> None:
    tx.documents.add(document)
    tx.connection.execute(sa.insert(ORIGINAL).values(_values(original)))
    tx.audit.touch("original", document.id, "added", document.patient_id)


def _finished(steps: Generator[int, None, T]) -> T:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: T = end.value
            return found
