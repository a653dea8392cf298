"""What the plan for backups tells a person: what went wrong last, until it is put right."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from builders import finished

from healthmate_desktop.composition.backups import make_backup_service
from healthmate_desktop.errors import VaultError
from healthmate_desktop.security.header import create_header, open_header
from healthmate_desktop.services.access import Access
from healthmate_desktop.services.backup import DRILLED, FOLDER, LAST, BackupService
from healthmate_desktop.storage.vault import Vault
from services.conftest import a_session
from services.staff import PASSPHRASE, QUICK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from healthmate_desktop.domain.sessions import Session

pytestmark = pytest.mark.integration


class Place:
    """A vault beside its key file, which can be found again as the next start finds it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._session: Session = a_session()
        self._key_file = open_header(folder, PASSPHRASE)
        self.open()

    def open(self) -> BackupService:
        self.vault = Vault.open(self._folder, self._key_file.keys)
        self.vault.act_as(self._session, self._key_file.signing_seed)
        access = Access(self.vault, self._session)
        self.backup = make_backup_service(self.vault, access, self._key_file)
        return self.backup

    def close(self) -> None:
        self.vault.close()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setattr("healthmate_desktop.security.kdf.FLOOR", QUICK)
    keys, _ = create_header(tmp_path / "vault", PASSPHRASE, cost=QUICK)
    Vault.create(tmp_path / "vault", keys).close()
    with closing(Place(tmp_path / "vault")) as place:
        yield place


@pytest.fixture
def stick(tmp_path: Path, place: Place) -> Path:
    """The chosen folder."""
    folder = tmp_path / "stick"
    folder.mkdir()
    place.backup.choose_folder(str(folder))
    return folder


def test_why_a_backup_failed_is_told_until_one_succeeds(place: Place, stick: Path) -> None:
    stick.rmdir()  # pulled out
    with pytest.raises(VaultError, match="Plug in the disk") as failed:
        finished(place.backup.make())
    assert not stick.exists()  # nor is there a file of its name
    place.close()
    backup = place.open()
    assert backup.plan().last_problem == str(failed.value)
    assert backup.plan().last_backup is None
    assert backup.due(datetime.now(UTC))
    stick.mkdir()
    report = finished(backup.make())
    assert (backup.plan().last_problem, backup.plan().last_backup) == ("", report.made_at)


def test_a_backup_that_a_power_cut_ended_is_told_until_one_succeeds(
    place: Place, stick: Path
) -> None:
    work = place.backup.make()
    next(work)
    place.close()
    backup = place.open()
    work.close()  # the process is gone, and can't write any more
    assert "cut off" in backup.plan().last_problem
    assert backup.existing() == []
    report = finished(backup.make())
    assert [file.path for file in backup.existing()] == [report.file]
    assert backup.plan().last_problem == ""
    with place.vault.read() as tx:
        assert tx.jobs.unfinished() == []
    assert list(stick.iterdir()) == [stick / report.file]


def test_times_that_can_not_be_read_count_as_never(place: Place, stick: Path) -> None:
    with place.vault.write() as tx:
        for key in (LAST, DRILLED):
            tx.preferences.set(key, "of a later version")
        assert tx.preferences.get(FOLDER, "") == str(stick)
    plan = place.backup.plan()
    assert (plan.last_backup, plan.last_drill) == (None, None)
    assert place.backup.due(datetime.now(UTC))
