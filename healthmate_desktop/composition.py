"""Build the product's parts and join them by hand: what the window and the command line both start from."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from healthmate_desktop.documents.client import Reader
from healthmate_desktop.domain.triage import TriageRules
from healthmate_desktop.errors import VaultExists
from healthmate_desktop.index.files import LibraryFiles
from healthmate_desktop.index.library import LibraryIndex
from healthmate_desktop.inference.client import Engine
from healthmate_desktop.paths import models_dir, resources_dir
from healthmate_desktop.security.header import (
    create_header,
    header_exists,
    open_header,
)
from healthmate_desktop.security.originals import seal, unseal
from healthmate_desktop.services.assistant import AssistantService
from healthmate_desktop.services.documents import DocumentService
from healthmate_desktop.services.importing import ImportService
from healthmate_desktop.services.library import LibraryService
from healthmate_desktop.services.patients import PatientService
from healthmate_desktop.services.search import SearchService
from healthmate_desktop.storage.errors import disk_translated
from healthmate_desktop.storage.originals import Originals
from healthmate_desktop.storage.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path

    from healthmate_desktop.domain.keys import VaultKeys
    from healthmate_desktop.paths import Paths
    from healthmate_desktop.security.kdf import Cost
    from healthmate_desktop.settings import Settings


class Commons:
    """What needs no vault: the children and the public library. One for the life of the program."""

    def __init__(self, paths: Paths, settings: Settings) -> None:
        self.engine = Engine(models_dir(), settings.weights)
        self.reader = Reader()
        self.index = LibraryIndex(paths.library / "passages")
        self.library = LibraryService(
            self.index, LibraryFiles(paths.library / "files"), self.reader, self.engine
        )

    def close(self) -> None:
        self.engine.close()


@dataclass(frozen=True, slots=True)
class Services:
    """What a person can do with an open vault. Dropped whole on lock."""

    patients: PatientService
    importing: ImportService
    documents: DocumentService
    search: SearchService
    assistant: AssistantService
    library: LibraryService
    vault: Vault
    from_previous_header: bool

    def close(self) -> None:
        """Lock: nothing of the vault can be reached after."""
        self.vault.close()


def vault_exists(paths: Paths) -> bool:
    return header_exists(paths.vault)


def load_rules() -> TriageRules:
    rules = resources_dir() / "rules"
    return TriageRules.parse(
        (rules / "emergency.toml").read_text(encoding="utf-8"),
        (rules / "numbers.toml").read_text(encoding="utf-8"),
    )


def create_vault(paths: Paths, passphrase: str, *, cost: Cost | None = None) -> str:
    """Make an empty vault and return its recovery key, which is kept nowhere.

    It is made beside its place and moved there whole, so that a power cut leaves a vault or none.
    Raises InvalidInput, VaultExists, DiskFull, NotEnoughMemory or VaultError.
    """
    if vault_exists(paths):
        raise VaultExists
    draft = paths.data / "vault.new"
    try:
        with disk_translated():
            paths.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(mode=0o700)
        keys, recovery_key = create_header(draft, passphrase, cost=cost)
        Vault.create(draft, keys).close()
        with disk_translated():
            _move_folder(draft, paths.vault)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return recovery_key


def _move_folder(draft: Path, place: Path) -> None:
    """Durable when it returns. Raises VaultExists where something is in the way."""
    try:
        os.replace(draft, place)  # noqa: PTH105 - onto an empty folder too
    except OSError as error:
        if error.errno in {errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR}:
            raise VaultExists from error
        raise
    if sys.platform != "win32":  # Windows can't open a folder, and writes names in order
        folder = os.open(place.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def open_vault(paths: Paths, passphrase: str, commons: Commons) -> Services:
    """Raises VaultError, also WrongPassphrase, VaultMissing and VaultBusy."""
    opened = open_header(paths.vault, passphrase)
    return build_services(paths, opened.keys, commons, from_previous_header=opened.from_previous)


def build_services(
    paths: Paths, keys: VaultKeys, commons: Commons, *, from_previous_header: bool = False
) -> Services:
    vault = Vault.open(paths.vault, keys)
    originals = Originals(
        vault,
        partial(seal, identity=keys.document_identity),
        partial(unseal, identity=keys.document_identity),
    )
    search = SearchService(vault, commons.index, commons.engine)
    return Services(
        patients=PatientService(vault),
        importing=ImportService(vault, originals, commons.reader, commons.engine),
        documents=DocumentService(vault, originals, commons.reader),
        search=search,
        assistant=AssistantService(vault, search, commons.engine, commons.engine, load_rules()),
        library=commons.library,
        vault=vault,
        from_previous_header=from_previous_header,
    )
