"""A vault with raw keys, so that no passphrase has to be stretched, and the services on it."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyrage
import pytest
from builders import put
from fakes import FakeEmbedder, FakeReader, FakeWriter

from healthmate_desktop.composition import load_rules
from healthmate_desktop.domain.audit import AuditFilter
from healthmate_desktop.domain.ids import SessionId, UserId, new_id
from healthmate_desktop.domain.keys import VaultKeys
from healthmate_desktop.domain.sessions import FIRST_USER, Session, User
from healthmate_desktop.index.files import LibraryFiles
from healthmate_desktop.index.library import LibraryIndex
from healthmate_desktop.security.originals import Sealer
from healthmate_desktop.services.access import Access
from healthmate_desktop.services.assistant import AssistantService
from healthmate_desktop.services.documents import DocumentService
from healthmate_desktop.services.importing import ImportService
from healthmate_desktop.services.library import LibraryService
from healthmate_desktop.services.patients import PatientService
from healthmate_desktop.services.search import SearchService
from healthmate_desktop.storage.originals import Originals
from healthmate_desktop.storage.vault import Vault
from services.cut_imports import PAPERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from healthmate_desktop.domain.audit import AuditEvent
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.sessions import Role, Sees
    from healthmate_desktop.domain.triage import TriageRules


@dataclass(frozen=True)
class Room:
    """Everything a test of a use case may touch."""

    keys: VaultKeys
    vault: Vault
    access: Access
    originals: Originals
    index: LibraryIndex
    library_files: Path
    embedder: FakeEmbedder
    reader: FakeReader
    writer: FakeWriter
    rules: TriageRules
    patients: PatientService
    importing: ImportService
    documents: DocumentService
    library: LibraryService
    search: SearchService
    assistant: AssistantService

    def signed_in(self, role: Role, sees: Sees = "all", *, user: User | None = None) -> Room:
        """The same vault in the hands of someone else, who is new where no `user` is given."""
        if user is None:
            user = User(UserId(new_id()), f"User {new_id()}", role, sees)
            with self.vault.write() as tx:
                tx.users.add(user)
        session = a_session(user.id, role, sees)
        self.vault.act_as(session)
        return self._with(self.vault, session)

    def reopened(self) -> Room:
        """The vault as it is found at the next start; whatever was under way was cut off."""
        self.vault.close()
        vault = Vault.open(self.vault.folder, self.keys)
        vault.act_as(self.access.session)
        return self._with(vault, self.access.session)

    def events(self, action: str = "") -> list[AuditEvent]:
        """Oldest first."""
        with self.vault.read() as tx:
            found = tx.audit.events(AuditFilter(limit=10_000))
        return [event for event in reversed(found) if action in {"", event.action}]

    def _with(self, vault: Vault, session: Session) -> Room:
        access, originals = Access(vault, session), originals_of(vault, self.keys)
        search = SearchService(access, self.index, self.embedder)
        return replace(
            self,
            vault=vault,
            access=access,
            originals=originals,
            patients=PatientService(access),
            importing=ImportService(access, originals, self.reader, self.embedder),
            documents=DocumentService(vault, access, originals, self.reader),
            search=search,
            assistant=AssistantService(access, search, self.embedder, self.writer, self.rules),
        )


def a_session(user_id: str = FIRST_USER, role: Role = "owner", sees: Sees = "all") -> Session:
    return Session(SessionId(new_id()), UserId(user_id), "Someone", role, sees, datetime.now(UTC))


def originals_of(vault: Vault, keys: VaultKeys) -> Originals:
    sealer = Sealer(keys)
    return Originals(vault, sealer.seal, sealer.unseal, lambda: keys.epoch, lambda: sealer)


@pytest.fixture(scope="session")
def rules() -> TriageRules:
    return load_rules()


@pytest.fixture
def room(tmp_path: Path, rules: TriageRules) -> Iterator[Room]:
    identity = str(pyrage.x25519.Identity.generate())
    keys = VaultKeys(new_id(), os.urandom(32), identity, os.urandom(32))
    session = a_session()
    embedder, reader, writer = FakeEmbedder(), FakeReader(), FakeWriter()
    index, files = LibraryIndex(tmp_path / "library"), tmp_path / "library-files"
    with closing(Vault.create(tmp_path / "vault", keys)) as vault:
        vault.act_as(session)
        access = Access(vault, session)
        originals = originals_of(vault, keys)
        search = SearchService(access, index, embedder)
        yield Room(
            keys=keys,
            vault=vault,
            access=access,
            originals=originals,
            index=index,
            library_files=files,
            embedder=embedder,
            reader=reader,
            writer=writer,
            rules=rules,
            patients=PatientService(access),
            importing=ImportService(access, originals, reader, embedder),
            documents=DocumentService(vault, access, originals, reader),
            library=LibraryService(index, LibraryFiles(files), reader, embedder),
            search=search,
            assistant=AssistantService(access, search, embedder, writer, rules),
        )


@pytest.fixture
def ann(room: Room) -> Patient:
    return room.patients.add("Ann Example")


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Where a person's files lie before they are imported."""
    folder = tmp_path / "desk"
    folder.mkdir()
    return folder


@pytest.fixture
def papers(desk: Path) -> list[Path]:
    """Three files to be imported."""
    return put(desk, **PAPERS)
