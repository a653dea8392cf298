"""What one session can do with an open vault."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from healthmate_desktop.composition.anchors import VaultAnchors
from healthmate_desktop.composition.commons import load_rules
from healthmate_desktop.composition.renewal import KeyRenewal
from healthmate_desktop.domain.ids import SessionId, new_id
from healthmate_desktop.domain.sessions import Session, UnlockNews
from healthmate_desktop.errors import DiskFull, VaultError
from healthmate_desktop.paths import state_dir
from healthmate_desktop.security.anchor_file import AnchorFile
from healthmate_desktop.services.access import Access
from healthmate_desktop.services.assistant import AssistantService
from healthmate_desktop.services.audit import AuditService
from healthmate_desktop.services.backup import BackupService
from healthmate_desktop.services.documents import DocumentService
from healthmate_desktop.services.drafts import DraftService
from healthmate_desktop.services.importing import ImportService
from healthmate_desktop.services.keys import KeyService
from healthmate_desktop.services.library import LibraryService
from healthmate_desktop.services.patients import PatientService
from healthmate_desktop.services.policy import PolicyService
from healthmate_desktop.services.search import SearchService
from healthmate_desktop.services.users import UserService, user_of
from healthmate_desktop.storage.originals import Originals
from healthmate_desktop.storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from healthmate_desktop.composition.commons import Commons
    from healthmate_desktop.domain.sessions import FailedAttempt
    from healthmate_desktop.paths import Paths
    from healthmate_desktop.security.key_file import KeyFile


@dataclass(frozen=True, slots=True)
class Services:
    """What a person can do with an open vault. Dropped whole on lock."""

    session: Session
    patients: PatientService
    importing: ImportService
    documents: DocumentService
    search: SearchService
    assistant: AssistantService
    library: LibraryService
    users: UserService
    keys: KeyService
    log: AuditService
    backup: BackupService
    drafts: DraftService
    policy: PolicyService
    news: UnlockNews
    from_previous_header: bool
    vault: Vault
    _lock: Callable[[], None]

    def close(self) -> None:
        """Lock: nothing of the vault can be reached after. Safe to call twice."""
        self._lock()
