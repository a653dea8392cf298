"""What one session can do with an open vault."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from healthmate_desktop import logs
from healthmate_desktop.composition.anchors import VaultAnchors
from healthmate_desktop.composition.backups import make_backup_service
from healthmate_desktop.composition.commons import load_lay_words, load_rules
from healthmate_desktop.composition.renewal import KeyRenewal
from healthmate_desktop.domain.ids import SessionId, new_id
from healthmate_desktop.domain.sessions import Session, UnlockNews
from healthmate_desktop.errors import DiskFull, VaultError, VaultReadOnly
from healthmate_desktop.logs import Event
from healthmate_desktop.paths import state_dir
from healthmate_desktop.security.anchor_file import AnchorFile
from healthmate_desktop.security.originals import Sealer
from healthmate_desktop.services.access import Access
from healthmate_desktop.services.assistant import AssistantService
from healthmate_desktop.services.audit import AuditService
from healthmate_desktop.services.columns import ColumnService
from healthmate_desktop.services.documents import DocumentService
from healthmate_desktop.services.drafts import DraftService
from healthmate_desktop.services.export import ExportService
from healthmate_desktop.services.importing import ImportService
from healthmate_desktop.services.keys import KeyService
from healthmate_desktop.services.patients import PatientService
from healthmate_desktop.services.policy import PolicyService
from healthmate_desktop.services.records import RecordService
from healthmate_desktop.services.review import ReviewService
from healthmate_desktop.services.search import SearchService
from healthmate_desktop.services.users import UserService, user_of
from healthmate_desktop.storage.audit_export import export_log
from healthmate_desktop.storage.files import writing_for_others
from healthmate_desktop.storage.free_space import disk_words
from healthmate_desktop.storage.log_lines import add_log_lines
from healthmate_desktop.storage.originals import Originals
from healthmate_desktop.storage.recovering import recover
from healthmate_desktop.storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from healthmate_desktop.composition.commons import Commons
    from healthmate_desktop.domain.sessions import FailedAttempt
    from healthmate_desktop.paths import Paths
    from healthmate_desktop.security.key_file import KeyFile
    from healthmate_desktop.services.backup import BackupService
    from healthmate_desktop.services.library import LibraryService
    from healthmate_desktop.storage.recovering import Recovered


@dataclass(frozen=True, slots=True)
class Services:
    """What a person can do with an open vault. Dropped whole on lock."""

    session: Session
    patients: PatientService
    importing: ImportService
    columns: ColumnService
    documents: DocumentService
    records: RecordService
    review: ReviewService
    export: ExportService
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


def build_services(
    paths: Paths,
    key_file: KeyFile,
    commons: Commons,
    *,
    failed_attempts: Sequence[FailedAttempt] = (),
) -> Services:
    """Open the vault for who holds this key file. Raises VaultError, or NotAllowed for who was removed."""
    vault = Vault.open(paths.vault, key_file.keys)
    with contextlib.ExitStack() as undo:
        undo.callback(vault.close)
        session = _begin_session(vault, key_file)
        anchors = VaultAnchors(vault, key_file, AnchorFile(state_dir(), key_file.keys.vault_id))
        recovered = recover(vault)
        access = Access(vault, session)
        _tell_log(vault, failed_attempts)
        services = _join(vault, key_file, commons, access, anchors, recovered, failed_attempts)
        undo.pop_all()
    logs.log(Event.VAULT_UNLOCKED)
    if recovered.quarantined or recovered.missing:
        lost, quarantined = recovered.missing, recovered.quarantined
        logs.log(Event.VAULT_RECOVERED, quarantined=quarantined, lost=lost)
    if anchors.older:
        logs.log(Event.VAULT_OLDER)
    logs.to_vault(partial(add_log_lines, vault))
    return services


def _begin_session(vault: Vault, key_file: KeyFile) -> Session:
    with vault.read() as tx:
        user = user_of(tx.users.all(), key_file.user_id)
    session = Session(
        SessionId(new_id()), user.id, user.name, user.role, user.sees, datetime.now(UTC)
    )
    vault.act_as(session, key_file.signing_seed)
    return session


def _tell_log(vault: Vault, failed_attempts: Sequence[FailedAttempt]) -> None:
    """The unlock, and the failed ones before it, of which nobody knows who it was."""
    try:
        with vault.write() as tx:
            for attempt in failed_attempts:
                at = attempt.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
                tx.audit.add("session.failed", details={"at": at, "kind": attempt.kind})
            tx.audit.add("session.opened")
    except (DiskFull, VaultReadOnly):  # the records stay readable
        return


def _join(  # noqa: PLR0913, PLR0917 - the parts of one vault
    vault: Vault,
    key_file: KeyFile,
    commons: Commons,
    access: Access,
    anchors: VaultAnchors,
    recovered: Recovered,
    failed_attempts: Sequence[FailedAttempt],
) -> Services:
    originals = _originals(vault, key_file)
    renewal = KeyRenewal(vault, originals, key_file)
    search = SearchService(access, commons.index, commons.engine, load_lay_words, commons.engine)
    importing = ImportService(access, originals, commons.reader, commons.engine)
    users = UserService(access, key_file)
    return Services(
        session=access.session,
        patients=PatientService(access),
        importing=importing,
        columns=ColumnService(access, originals, commons.reader, importing),
        documents=DocumentService(vault, access, originals, commons.reader),
        records=RecordService(access),
        review=ReviewService(access),
        export=ExportService(access, writing_for_others, originals, commons.reader),
        search=search,
        assistant=AssistantService(access, search, commons.engine, commons.engine, load_rules()),
        library=commons.library,
        users=users,
        keys=KeyService(access, key_file, renewal, by_recovery_key=not key_file.user_id),
        log=AuditService(vault, access, anchors, partial(export_log, vault)),
        backup=make_backup_service(vault, access, key_file),
        drafts=DraftService(access),
        policy=PolicyService(vault, access),
        news=_news(vault, users, anchors, recovered, failed_attempts),
        from_previous_header=key_file.from_previous,
        vault=vault,
        _lock=partial(_lock, vault, anchors),
    )


def _originals(vault: Vault, key_file: KeyFile) -> Originals:
    """With those of deleted documents gone, which a power cut may have kept."""

    def sealer() -> Sealer:
        return Sealer(key_file.keys)  # other keys after a renewal

    originals = Originals(
        vault,
        lambda content: sealer().seal(content),
        lambda sealed, epoch: sealer().unseal(sealed, epoch),
        lambda: key_file.keys.epoch,
        sealer,
    )
    with contextlib.suppress(VaultError):  # a full or failing disk: at the next start then
        originals.remove_deleted()
    return originals


def _news(
    vault: Vault,
    users: UserService,
    anchors: VaultAnchors,
    recovered: Recovered,
    failed_attempts: Sequence[FailedAttempt],
) -> UnlockNews:
    with vault.read() as tx:
        failed = tuple(tx.jobs.failed())
    return UnlockNews(
        failed_attempts=tuple(failed_attempts),
        older=anchors.older,
        unfinished=failed,
        set_aside=recovered.quarantined,
        disk_words=disk_words(vault.folder),
        emergencies=tuple(users.emergencies()),
    )


def _lock(vault: Vault, anchors: VaultAnchors) -> None:
    """The end of the session in the log, the end of the log in the anchors, and the vault is closed."""
    logs.log(Event.VAULT_LOCKED)
    logs.to_file()
    with contextlib.suppress(VaultError):  # a full or failing disk must not keep a vault open
        with vault.write() as tx:
            tx.audit.add("session.locked")
        if not anchors.older:  # else the warning would be gone before anyone answered it
            anchors.renew()
    vault.close()
