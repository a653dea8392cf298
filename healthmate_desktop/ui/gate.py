"""What the window gets from outside: the ways to a vault, and what is behind the door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from healthmate_desktop.domain.backups import BackupProgress, BackupReport
    from healthmate_desktop.domain.sessions import Protection, Session, UnlockNews
    from healthmate_desktop.services.assistant import AssistantService
    from healthmate_desktop.services.audit import AuditService
    from healthmate_desktop.services.backup import BackupService
    from healthmate_desktop.services.columns import ColumnService
    from healthmate_desktop.services.documents import DocumentService
    from healthmate_desktop.services.drafts import DraftService
    from healthmate_desktop.services.export import ExportService
    from healthmate_desktop.services.importing import ImportService
    from healthmate_desktop.services.keys import KeyService
    from healthmate_desktop.services.library import LibraryService
    from healthmate_desktop.services.patients import PatientService
    from healthmate_desktop.services.policy import PolicyService
    from healthmate_desktop.services.records import RecordService
    from healthmate_desktop.services.review import ReviewService
    from healthmate_desktop.services.search import SearchService
    from healthmate_desktop.services.users import UserService


@dataclass(frozen=True, slots=True)
class OpenVault:
    """The services of an open vault, for the session of one person. Called off the GUI thread only."""

    patients: PatientService
    importing: ImportService
    columns: ColumnService
    documents: DocumentService
    records: RecordService
    review: ReviewService
    export: ExportService
    assistant: AssistantService
    library: LibraryService
    search: SearchService
    session: Session
    users: UserService
    keys: KeyService
    log: AuditService
    backup: BackupService
    drafts: DraftService
    policy: PolicyService
    protections: Callable[[], list[Protection]]
    news: UnlockNews
    from_previous_header: bool
    weights: str  # name of the chat weights, "" where there are none
    warm_up: Callable[[], None]  # loads the models


class Strength(Protocol):
    """How long a passphrase holds; the words are fit to show."""

    @property
    def bits(self) -> float: ...

    @property
    def words(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Gate:
    """`create` takes a passphrase and gives the recovery key; it, `unlock` and `recover` take about a second.

    All but `exists` and `forget` are called off the GUI thread.
    """

    exists: Callable[[], bool]
    names: Callable[[], list[str]]  # of those who can sign in; [] where nothing can be read
    wait: Callable[[], int]  # seconds until the next passphrase may be tried
    create: Callable[[str], str]
    unlock: Callable[[str, str], OpenVault]  # passphrase, name; "" where only one can sign in
    recover: Callable[[str], OpenVault]  # with the recovery key
    restore: Callable[[Path, str], Generator[BackupProgress, None, BackupReport]]
    suggest: Callable[[], str]  # a new passphrase of six words
    strength: Callable[[str], Strength]
    close: Callable[[], None]  # closes the vault and ends the children; safe to call twice
    forget: Callable[[], None]  # replaces this process by a fresh, locked one; on the GUI thread
