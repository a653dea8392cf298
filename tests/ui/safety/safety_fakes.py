"""The services behind the safety screens, in memory, and a desk with those screens on it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QScrollArea, QWidget

from healthmate_desktop.domain.audit import AuditEvent, AuditFilter, VerifyReport, kind_of
from healthmate_desktop.domain.backups import BackupFile, BackupPlan, BackupProgress, BackupReport
from healthmate_desktop.domain.ids import UserId
from healthmate_desktop.domain.sessions import (
    Grant,
    LockPolicy,
    Protection,
    Role,
    Sees,
    Session,
    UnlockNews,
    User,
)
from healthmate_desktop.errors import InvalidInput, WrongPassphrase
from healthmate_desktop.services.audit import AuditService
from healthmate_desktop.services.backup import BackupService
from healthmate_desktop.services.keys import KeyService, RenewalReport
from healthmate_desktop.services.policy import PolicyService
from healthmate_desktop.services.users import UserService
from healthmate_desktop.ui.changes import Changes
from healthmate_desktop.ui.safety.log_list import LogList
from healthmate_desktop.ui.safety.new_passphrase import PassphraseAdvice
from healthmate_desktop.ui.safety.screen import SafetyScreen
from healthmate_desktop.ui.widgets.buttons import Button
from ui.session_fakes import SIX_WORDS, session, strength
from ui.window_desk import words_in
from ui.window_fakes import PASSPHRASE, RECOVERY_KEY, ROSA, TOMAS, FakeVault

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Generator, Sequence
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from healthmate_desktop.domain.ids import PatientId
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.ui.gate import OpenVault
    from healthmate_desktop.ui.tasks import TaskRunner

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
NEW = "seven brown ducks by the lake"
ENOUGH = 12  # letters of a passphrase
MAYA = User(UserId("owner"), "Maya", "owner")
COLE = User(UserId("cole"), "Dr Cole", "clinician", "assigned")
ADA = User(UserId("ada"), "Ada", "auditor")
GONE = User(UserId("gone"), "Piet", "assistant", active=False)


def event(seq: int, action: str, **more: str) -> AuditEvent:
    """A minute after the one before it."""
    at = NOW - timedelta(days=2) + timedelta(minutes=seq)
    who, patient = more.get("who", MAYA.id), more.get("patient", "")
    return AuditEvent(seq, at, who, "session", action, more.get("subject", ""), patient)


class Users(UserService):
    """`opened` are the emergencies that no owner has seen yet."""

    def __init__(self, users: Sequence[User] = (MAYA,)) -> None:
        self.users = list(users)
        self.given: list[Grant] = []
        self.opened: list[Grant] = []
        self.passphrases: list[str] = []
        self.failure: Exception | None = None

    def all(self) -> list[User]:
        return list(self.users)

    def add(self, name: str, role: Role, sees: Sees, passphrase: str) -> User:
        self._fail()
        if len(passphrase) < ENOUGH:
            raise InvalidInput("This passphrase is too short. Use at least 12 characters.")
        user = User(UserId(name.casefold()), name, role, sees)
        self.passphrases.append(passphrase)
        self.users.append(user)
        return user

    def change(self, user_id: UserId, *, role: Role, sees: Sees) -> User:
        self._fail()
        return self._put(replace(self._of(user_id), role=role, sees=sees))

    def remove(self, user_id: UserId) -> None:
        self._fail()
        self._put(replace(self._of(user_id), active=False))

    def grants(self, user_id: UserId) -> list[Grant]:
        return [grant for grant in self.given if grant.user_id == user_id]

    def assign(self, user_id: UserId, patient_id: PatientId) -> Grant:
        self._fail()
        self.given.append(Grant(f"{user_id}-{patient_id}", user_id, patient_id, NOW))
        return self.given[-1]

    def end_grant(self, grant_id: str) -> None:
        self._fail()
        self.given = [grant for grant in self.given if grant.id != grant_id]

    def emergencies(self) -> list[Grant]:
        return list(self.opened)

    def mark_emergencies_seen(self) -> None:
        self._fail()
        self.opened = []

    def _of(self, user_id: UserId) -> User:
        return next(user for user in self.users if user.id == user_id)

    def _put(self, changed: User) -> User:
        self.users = [changed if user.id == changed.id else user for user in self.users]
        return changed

    def _fail(self) -> None:
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure


class Keys(KeyService):
    """`originals` are to be renewed; `renewed_key` is a recovery key that had to be made with them."""

    def __init__(self) -> None:
        self.passphrase = PASSPHRASE
        self.originals = 3
        self.renewed_key: str | None = None
        self.renewals = 0
        self.failure: Exception | None = None

    def change_passphrase(self, old: str, new: str) -> None:
        self.confirm(old)
        if len(new) < ENOUGH:
            raise InvalidInput("This passphrase is too short. Use at least 12 characters.")
        self.passphrase = new

    def new_recovery_key(self, passphrase: str) -> str:
        self.confirm(passphrase)
        if self.failure is not None:
            raise self.failure
        return RECOVERY_KEY

    def renew(self, passphrase: str) -> Generator[tuple[int, int], None, RenewalReport]:
        self.confirm(passphrase)
        for done in range(self.originals + 1):
            yield done, self.originals
            if self.failure is not None:
                raise self.failure
        self.renewals += 1
        return RenewalReport(self.originals, self.renewed_key)

    def confirm(self, passphrase: str) -> None:
        if passphrase != self.passphrase:
            raise WrongPassphrase


class Log(AuditService):
    """`kept` is the oldest first. `asked` are the filters it was read with."""

    def __init__(self, kept: Sequence[AuditEvent] = ()) -> None:
        self.kept = list(kept)
        self.asked: list[AuditFilter] = []
        self.checks: list[bool] = []  # whether each was deep
        self.problems: tuple[str, ...] = ()
        self.exported: list[str] = []
        self.failure: Exception | None = None

    def events(self, wanted: AuditFilter) -> list[AuditEvent]:
        self._fail()
        self.asked.append(wanted)
        return [e for e in reversed(self.kept) if _fits(e, wanted)][: wanted.limit]

    def verify(self, *, deep: bool) -> Generator[int, None, VerifyReport]:
        self.checks.append(deep)
        yield len(self.kept)
        self._fail()
        return VerifyReport(len(self.kept), deep, self.problems)

    def export(self, file: Path) -> int:
        self._fail()
        self.exported.append(file.name)
        return len(self.kept)

    def _fail(self) -> None:
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure


def _fits(event: AuditEvent, wanted: AuditFilter) -> bool:
    return (
        wanted.user_id in {"", event.user_id}
        and wanted.patient_id in {"", event.patient_id}
        and wanted.kind in {"", kind_of(event.action)}
        and (wanted.since is None or event.at >= wanted.since)
        and (wanted.before is None or event.seq < wanted.before)
    )


class Backup(BackupService):
    """One is due a day after the last, once there is a folder."""

    def __init__(self) -> None:
        self.kept = BackupPlan()
        self.files: list[BackupFile] = []
        self.checked: list[str] = []
        self.refused: Exception | None = None  # why no folder is taken
        self.failure: Exception | None = None
        self.hold: threading.Event | None = None  # what the work waits for

    def plan(self) -> BackupPlan:
        return self.kept

    def choose_folder(self, folder: str) -> None:
        if self.refused is not None:
            raise self.refused
        self.kept = replace(self.kept, folder=folder)

    def due(self, now: datetime) -> bool:
        last = self.kept.last_backup
        return bool(self.kept.folder) and (last is None or now - last >= timedelta(days=1))

    def make(self, file: Path | None = None) -> Generator[BackupProgress, None, BackupReport]:
        assert file is None
        report = yield from self._work("Writing", f"{self.kept.folder}/new.hmb")
        self.files.insert(0, BackupFile(report.file, report.made_at, report.size))
        self.kept = replace(self.kept, last_backup=report.made_at)
        return report

    def drill(self, file: Path) -> Generator[BackupProgress, None, BackupReport]:
        report = yield from self._work("Checking", str(file))
        self.checked.append(file.name)
        self.kept = replace(self.kept, last_drill=NOW)
        return report

    def existing(self) -> list[BackupFile]:
        return list(self.files)

    def _work(self, words: str, file: str) -> Generator[BackupProgress, None, BackupReport]:
        yield BackupProgress(0, 0, words)
        if self.hold is not None:
            self.hold.wait(5)
        yield BackupProgress(1_500_000_000, 3_000_000_000, words)
        if self.failure is not None:
            raise self.failure
        return BackupReport(file, NOW, 3_000_000_000, 2, 12, 340)


class Policy(PolicyService):
    def __init__(self) -> None:
        self.policy = LockPolicy()
        self.failure: Exception | None = None

    def get(self) -> LockPolicy:
        return self.policy

    def set(self, policy: LockPolicy) -> None:
        if self.failure is not None:
            raise self.failure
        self.policy = policy


SHIELDS = [
    Protection("private_files", "Files can be opened by your account only.", active=True),
    Protection("swap_encrypted", "Memory on the disk is encrypted.", False, "Turn swap off."),
]


@dataclass
class Behind:
    """What is behind the screens, and who is signed in."""

    who: Session = field(default_factory=lambda: session("owner", name="owner"))
    people: Sequence[Patient] = (ROSA, TOMAS)
    news: UnlockNews = field(default_factory=UnlockNews)
    users: Users = field(default_factory=lambda: Users((MAYA, COLE, ADA, GONE)))
    keys: Keys = field(default_factory=Keys)
    log: Log = field(default_factory=Log)
    backup: Backup = field(default_factory=Backup)
    policy: Policy = field(default_factory=Policy)
    shields: Callable[[], list[Protection]] = lambda: list(SHIELDS)

    def opened(self) -> OpenVault:
        vault = FakeVault(people=self.people, who=self.who, news=self.news)
        return replace(
            vault.opened(),
            users=self.users,
            keys=self.keys,
            log=self.log,
            backup=self.backup,
            policy=self.policy,
            protections=self.shields,
        )


def as_role(role: Role) -> Session:
    return session(role, name="owner")


class SafetyDesk:
    """The screen in a window, and the few things a test does with it again and again."""

    def __init__(self, behind: Behind, tasks: TaskRunner, qtbot: QtBot) -> None:
        self.behind, self._tasks, self._qtbot = behind, tasks, qtbot
        self.changes = Changes()
        advice = PassphraseAdvice(lambda: SIX_WORDS, strength)
        self.screen = SafetyScreen(behind.opened(), tasks, self.changes, advice, clock=lambda: NOW)
        self.screen.resize(1134, 768)
        qtbot.addWidget(self.screen)
        with qtbot.waitActive(self.screen):
            self.screen.show()
            self.screen.activateWindow()
        self.settle()

    def settle(self) -> None:
        self._qtbot.waitUntil(lambda: not self._tasks.busy)
        QApplication.processEvents()  # what just came up gets its place

    def tab(self, key: str) -> None:
        """Go there with the mouse."""
        self.press(f"Safety: {key}")

    def button(self, name: str) -> Button:
        """The one that can be pressed now, by what a screen reader says of it or by its text."""
        found = [
            button
            for button in self.screen.findChildren(Button)
            if button.isVisible() and name in {button.text(), button.accessibleName()}
        ]
        assert len(found) == 1, (name, [b.text() for b in self._buttons()])
        return found[0]

    def press(self, name: str) -> None:
        self.click(self.button(name))

    def click(self, widget: QWidget) -> None:
        """With the mouse, where the window is; what has to be scrolled to is brought into sight."""
        for area in self.screen.findChildren(QScrollArea):
            if area.isAncestorOf(widget):
                area.ensureWidgetVisible(widget)
        handle = self.screen.windowHandle()
        assert handle is not None
        at = widget.mapTo(self.screen, widget.rect().center())
        QTest.mouseClick(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
        self.settle()

    def write(self, field: QWidget, words: str) -> None:
        """With the keyboard."""
        field.setFocus()
        QTest.keyClicks(field, words)

    def key(self, key: Qt.Key) -> None:
        """To whatever has the focus."""
        focus = self.screen.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, key)
        self.settle()

    def words(self) -> str:
        return words_in(self.screen)

    def log(self) -> list[str]:
        """The entries of the log that are listed, as a screen reader says them."""
        lists = self.screen.findChildren(LogList)
        return [entry.sentence() for shown in lists for entry in shown.entries.entries]

    def reads(self, words: str) -> None:
        """Wait until `words` can be read."""
        self._qtbot.waitUntil(lambda: words in self.words())

    def choose_file(self, name: str) -> QFileDialog.FileMode:
        """In the dialog that is open, by its name; what can be chosen there."""
        dialog = self.screen.findChild(QFileDialog)
        assert isinstance(dialog, QFileDialog)
        mode = dialog.fileMode()
        dialog.fileSelected.emit(name)
        dialog.close()
        self.settle()
        return mode

    def names(self) -> list[str]:
        """What the buttons say that can be seen."""
        return [button.text() for button in self._buttons()]

    def _buttons(self) -> list[Button]:
        return [button for button in self.screen.findChildren(Button) if button.isVisible()]
