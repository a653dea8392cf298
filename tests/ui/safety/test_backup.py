"""Backups: chosen, made, checked, and what is said when it does not work."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QFileDialog

from healthmate_desktop.domain.backups import BackupFile, BackupPlan
from healthmate_desktop.errors import DiskFull, InvalidInput, VaultDamaged
from healthmate_desktop.ui.safety.backup import BackupTab
from ui.safety.safety_fakes import NOW, Behind, SafetyDesk

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.tasks import TaskRunner

pytestmark = [pytest.mark.ui, pytest.mark.security]

STICK = "/media/stick"


def made(days_ago: float) -> BackupFile:
    at = NOW - timedelta(days=days_ago)
    return BackupFile(f"{STICK}/healthmate-{days_ago}.hmb", at, 340_000_000)


@pytest.fixture
def stick(behind: Behind) -> Behind:
    """Two backups on a stick, the newer one of this morning."""
    last = made(0.1)
    behind.backup.kept = BackupPlan(STICK, last.made_at, NOW - timedelta(days=3))
    behind.backup.files = [made(2), last]
    return behind


def show(show_safety: Callable[[Behind], SafetyDesk], behind: Behind) -> SafetyDesk:
    safety = show_safety(behind)
    safety.tab("Backup")
    return safety


def test_the_first_step_is_a_folder_on_another_disk(safety: SafetyDesk) -> None:
    safety.tab("Backup")
    assert "There is no backup yet" in safety.words()
    assert "Backups in this folder" not in safety.words()
    safety.press("Choose a folder")
    assert safety.choose_file(STICK) == QFileDialog.FileMode.Directory
    assert safety.behind.backup.kept.folder == STICK
    assert STICK in safety.words()
    assert "None yet. Press Back up now to make the first." in safety.words()


def test_a_folder_that_is_not_taken_says_why(safety: SafetyDesk) -> None:
    safety.behind.backup.refused = InvalidInput("That folder is the vault itself. Choose another.")
    safety.tab("Backup")
    safety.press("Choose a folder")
    safety.choose_file("/vault")
    assert "That folder was not taken" in safety.words()
    assert "Choose another." in safety.words()
    safety.press("Close")
    assert "That folder was not taken" not in safety.words()


def test_a_backup_is_made_and_counted_in(
    show_safety: Callable[[Behind], SafetyDesk], stick: Behind
) -> None:
    safety = show(show_safety, stick)
    safety.press("Back up now")
    words = safety.words()
    assert "The backup is made, and it opens" in words
    assert "new.hmb, 3.0 GB: 2 people, 12 documents and 340 entries of the log" in words
    assert "3, the newest first" in words
    assert "The next is due tomorrow." in words


def test_a_backup_that_failed_says_why_and_can_be_tried_again(
    show_safety: Callable[[Behind], SafetyDesk], stick: Behind
) -> None:
    stick.backup.failure = DiskFull()
    safety = show(show_safety, stick)
    safety.press("Back up now")
    assert "No backup was made" in safety.words()
    assert "The disk is full" in safety.words()
    stick.backup.failure = None
    safety.press("Back up now")
    assert "The backup is made, and it opens" in safety.words()


def test_a_backup_is_checked_from_the_list(
    show_safety: Callable[[Behind], SafetyDesk], stick: Behind
) -> None:
    safety = show(show_safety, stick)
    safety.press("Check that the backup of 1 June 2026, 12:00 opens".replace("12:00", local_noon()))
    assert stick.backup.checked == ["healthmate-2.hmb"]
    assert "This backup opens" in safety.words()


def local_noon() -> str:
    return f"{NOW.astimezone():%H:%M}"


def test_the_newest_is_checked_and_the_check_is_remembered(
    show_safety: Callable[[Behind], SafetyDesk], stick: Behind
) -> None:
    stick.backup.kept = replace(stick.backup.kept, last_drill=NOW - timedelta(days=40))
    safety = show(show_safety, stick)
    assert "That is more than a month ago." in safety.words()
    safety.press("Check the newest")
    assert stick.backup.checked == ["healthmate-0.1.hmb"]
    assert "A backup was opened and checked today" in safety.words()
    assert "That is more than a month ago." not in safety.words()


def test_a_backup_from_elsewhere_that_does_not_open_says_so(
    show_safety: Callable[[Behind], SafetyDesk], stick: Behind
) -> None:
    stick.backup.failure = VaultDamaged("A part of this backup is damaged. Use another one.")
    safety = show(show_safety, stick)
    safety.press("Check another file")
    safety.choose_file("/elsewhere/old.hmb")
    assert "old.hmb does not open" in safety.words()
    assert "Use another one." in safety.words()
    assert "/elsewhere" not in safety.words()


def test_backups_on_the_own_disk_need_a_look(
    show_safety: Callable[[Behind], SafetyDesk], stick: Behind
) -> None:
    stick.backup.kept = replace(stick.backup.kept, same_disk=True)
    safety = show_safety(stick)
    assert "is on this computer's own disk, and would be lost with it" in safety.words()
    safety.tab("Backup")
    assert "is on this computer's own disk, and would be lost with it" in safety.words()
    assert "Needs a look" in safety.words()


def test_a_stick_that_is_not_there_is_looked_for_again(
    show_safety: Callable[[Behind], SafetyDesk], stick: Behind
) -> None:
    files, stick.backup.files = stick.backup.files, []
    safety = show(show_safety, stick)
    assert "No backup was found there." in safety.words()
    assert not safety.button("Check the newest").isEnabled()
    stick.backup.files = files
    safety.press("Look again")
    assert "2, the newest first" in safety.words()
    assert safety.button("Check the newest").isEnabled()


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (BackupPlan(last_backup=NOW), "Choose a folder, and they are made by themselves."),
        (BackupPlan(STICK), "A folder is chosen. Make the first one."),
        (BackupPlan(STICK, last_problem="The stick is full."), "The stick is full."),
        (BackupPlan(STICK, NOW - timedelta(days=2)), "The next is due now."),
        (BackupPlan(STICK, NOW - timedelta(hours=23)), "The next is due later today."),
        (BackupPlan(STICK, NOW, NOW), "The next is due tomorrow."),
        (BackupPlan(STICK, NOW), "It was never checked that a backup opens"),
    ],
)
def test_the_overview_says_how_backups_stand(
    show_safety: Callable[[Behind], SafetyDesk], behind: Behind, plan: BackupPlan, said: str
) -> None:
    behind.backup.kept = plan
    assert said in show_safety(behind).words()


def test_many_backups_are_not_all_listed(
    show_safety: Callable[[Behind], SafetyDesk], stick: Behind
) -> None:
    stick.backup.files = [made(day) for day in range(1, 21)]
    assert "20, the newest first, of which 12 are shown" in show(show_safety, stick).words()


def test_nothing_is_known_when_the_vault_can_not_be_read(
    show_safety: Callable[[Behind], SafetyDesk], stick: Behind
) -> None:
    def broken() -> BackupPlan:
        raise VaultDamaged("The database is damaged. Restore a backup.")

    stick.backup.plan = broken  # type: ignore[method-assign]
    safety = show(show_safety, stick)
    assert "The backups could not be looked up" in safety.words()
    assert "The database is damaged." in safety.words()


# --- while it goes on ---


@pytest.fixture
def busy(stick: Behind, threaded_tasks: TaskRunner, qtbot: QtBot, light: None) -> SafetyDesk:  # noqa: ARG001
    """A backup is being made and waits."""
    stick.backup.hold = threading.Event()
    safety = SafetyDesk(stick, threaded_tasks, qtbot)
    safety.screen.open_tab("backup")
    safety.settle()
    safety.button("Back up now").click()
    safety.reads("Making a backup")
    return safety


def test_only_one_thing_goes_on_and_one_can_go_on_working(busy: SafetyDesk) -> None:
    busy.reads("You can go on working.")
    tab = busy.screen.tabs["backup"]
    assert isinstance(tab, BackupTab)
    assert not busy.button("Back up now").isEnabled()
    assert not busy.button("Check the newest").isEnabled()
    tab.drill.check_pressed.emit(f"{STICK}/other.hmb")
    busy.screen.open_tab("overview")
    busy.screen.open_tab("backup")
    assert busy.behind.backup.hold is not None
    busy.behind.backup.hold.set()
    busy.reads("The backup is made, and it opens")
    busy.settle()
    assert busy.behind.backup.checked == []
    assert busy.button("Back up now").isEnabled()


def test_a_backup_can_be_stopped(busy: SafetyDesk) -> None:
    busy.button("Stop: Making a backup").click()
    assert busy.behind.backup.hold is not None
    busy.behind.backup.hold.set()
    busy.settle()
    assert "No backup was made. The backups before it are as they were." in busy.words()
    assert len(busy.behind.backup.files) == 2
    assert busy.button("Back up now").isEnabled()
