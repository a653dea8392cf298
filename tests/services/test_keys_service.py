"""Passphrases, the recovery key and the renewal of all keys, each confirmed first."""

from __future__ import annotations

import shutil
from collections import namedtuple
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from builders import finished, put

from healthmate_desktop.composition.renewal import KeyRenewal
from healthmate_desktop.domain.audit import AuditFilter
from healthmate_desktop.domain.ids import PatientId, new_id
from healthmate_desktop.domain.patients import Patient
from healthmate_desktop.errors import InvalidInput, NotAllowed, VaultError, WrongPassphrase
from healthmate_desktop.security.header import create_header, open_header, open_with_recovery_key
from healthmate_desktop.security.originals import Sealer
from healthmate_desktop.services.access import Access
from healthmate_desktop.services.importing import ImportService
from healthmate_desktop.services.keys import KeyService
from healthmate_desktop.storage.originals import Originals
from healthmate_desktop.storage.vault import Vault
from services.conftest import a_session
from services.staff import OTHER, PASSPHRASE, QUICK, THIRD, staff_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from healthmate_desktop.domain.sessions import Role
    from healthmate_desktop.security.key_file import KeyFile
    from services.conftest import Room
    from services.staff import Staff

pytestmark = [pytest.mark.integration, pytest.mark.security]
GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "vault-0.1.0"
OLD_PASSPHRASE = "tangerine ladder quiet violin"
Usage = namedtuple("Usage", "total used free")


class Nothing:
    """A renewal that was never begun."""

    under_way = False

    def begin(self) -> str | None:
        raise AssertionError("nobody asked for it")

    def steps(self) -> Generator[tuple[int, int], None, int]:
        raise AssertionError("nobody asked for it")


@pytest.fixture
def staff(room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Staff:
    return staff_of(room, tmp_path, monkeypatch)


def keys_of(staff: Staff, opened: KeyFile | None = None, *, recovered: bool = False) -> KeyService:
    slots = opened or staff.key_file
    return KeyService(staff.room.access, slots, Nothing(), by_recovery_key=recovered)


def opens(staff: Staff, passphrase: str) -> bool:
    try:
        open_header(staff.folder, passphrase)
    except WrongPassphrase:
        return False
    return True


def test_one_is_asked_again(staff: Staff) -> None:
    keys = keys_of(staff)
    keys.confirm(PASSPHRASE)
    for wrong in (OTHER, ""):
        with pytest.raises(WrongPassphrase):
            keys.confirm(wrong)


def test_a_passphrase_is_changed_by_who_knows_it(staff: Staff) -> None:
    keys = keys_of(staff)
    with pytest.raises(WrongPassphrase):
        keys.change_passphrase(OTHER, THIRD)
    with pytest.raises(InvalidInput):
        keys.change_passphrase(PASSPHRASE, "short")
    assert staff.room.events("passphrase.changed") == []
    keys.change_passphrase(PASSPHRASE, OTHER)
    assert (opens(staff, PASSPHRASE), opens(staff, OTHER)) == (False, True)
    (event,) = staff.room.events("passphrase.changed")
    assert dict(event.details) == {"user": "owner"}


def test_every_role_changes_its_own_passphrase(staff: Staff) -> None:
    added = staff.users.add("Bo", "auditor", "all", OTHER)
    room = staff.room.signed_in("auditor", user=added)
    keys = KeyService(
        room.access, open_header(staff.folder, OTHER, "Bo"), Nothing(), by_recovery_key=False
    )
    keys.change_passphrase(OTHER, THIRD)
    assert open_header(staff.folder, THIRD, "Bo").user_id == added.id
    assert open_header(staff.folder, PASSPHRASE, "owner").user_id == "owner"


def test_after_the_recovery_key_a_passphrase_is_set_once_without_the_old_one(staff: Staff) -> None:
    with pytest.raises(NotAllowed, match="present passphrase"):
        keys_of(staff).set_passphrase(OTHER)
    recovered = open_with_recovery_key(staff.folder, staff.recovery_key)
    keys = keys_of(staff, recovered, recovered=True)
    with pytest.raises(InvalidInput):
        keys.set_passphrase("short")
    keys.set_passphrase(OTHER)
    assert (opens(staff, PASSPHRASE), opens(staff, OTHER)) == (False, True)
    with pytest.raises(NotAllowed):
        keys.set_passphrase(THIRD)
    keys.change_passphrase(OTHER, THIRD)
    assert opens(staff, THIRD)


def test_a_new_recovery_key_takes_the_place_of_the_old_one(staff: Staff) -> None:
    keys = keys_of(staff)
    with pytest.raises(WrongPassphrase):
        keys.new_recovery_key(OTHER)
    assert open_with_recovery_key(staff.folder, staff.recovery_key)
    key = keys.new_recovery_key(PASSPHRASE)
    assert open_with_recovery_key(staff.folder, key).keys == staff.key_file.keys
    with pytest.raises(VaultError):
        open_with_recovery_key(staff.folder, staff.recovery_key)
    assert len(staff.room.events("recovery_key.renewed")) == 1
    assert key not in repr(staff.room.events())


def test_a_new_recovery_key_is_shown_also_when_the_log_can_not_take_it(
    staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12, 0))
    key = keys_of(staff).new_recovery_key(PASSPHRASE)
    assert open_with_recovery_key(staff.folder, key).keys == staff.key_file.keys
    assert staff.room.events("recovery_key.renewed") == []


@pytest.mark.parametrize("role", ["clinician", "assistant", "auditor"])
def test_keys_of_all_are_the_owners_matter(staff: Staff, role: Role) -> None:
    room = staff.room.signed_in(role)
    keys = KeyService(room.access, staff.key_file, Nothing(), by_recovery_key=False)
    with pytest.raises(NotAllowed):
        keys.new_recovery_key(PASSPHRASE)
    with pytest.raises(NotAllowed):
        finished(keys.renew(PASSPHRASE))
    assert open_with_recovery_key(staff.folder, staff.recovery_key)


class Renewable:
    """A vault under its own key file, with the renewal that the program uses."""

    def __init__(
        self, folder: Path, room: Room, role: Role = "owner", *, passphrase: str = PASSPHRASE
    ) -> None:
        self.key_file = open_header(folder, passphrase)
        self.vault = Vault.open(folder, self.key_file.keys)
        session = a_session(role=role)
        self.vault.act_as(session, self.key_file.signing_seed)
        self.access = Access(self.vault, session)
        self.originals = Originals(
            self.vault,
            lambda content: Sealer(self.key_file.keys).seal(content),
            lambda sealed, epoch: Sealer(self.key_file.keys).unseal(sealed, epoch),
            lambda: self.key_file.keys.epoch,
        )
        renewal = KeyRenewal(self.vault, self.originals, self.key_file)
        self.keys = KeyService(self.access, self.key_file, renewal, by_recovery_key=False)
        self.importing = ImportService(self.access, self.originals, room.reader, room.embedder)

    def documents(self) -> dict[str, bytes]:
        with self.vault.read() as tx:
            (ann,) = tx.patients.all()
            found = tx.documents.of_patient(ann.id)
        return {document.name: self.originals.get(document.id) for document in found}

    def close(self) -> None:
        self.vault.close()


@pytest.fixture
def place(tmp_path: Path, desk: Path, room: Room, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vault with three documents."""
    staff_of(room, tmp_path, monkeypatch)  # unlocking takes no time
    folder = tmp_path / "renewable"
    keys, recovery_key = create_header(folder, PASSPHRASE, cost=QUICK)
    (tmp_path / "recovery-key").write_text(recovery_key)
    Vault.create(folder, keys).close()
    with closing(Renewable(folder, room)) as renewable:
        ann = Patient(PatientId(new_id()), "Ann")
        with renewable.vault.write() as tx:
            tx.patients.add(ann)
        finished(renewable.importing.import_files(put(desk, a="one", b="two", c="three"), ann.id))
    return folder


WHOLE = {"a.txt": b"one", "b.txt": b"two", "c.txt": b"three"}


def test_all_keys_are_renewed_and_everything_opens_as_before(
    place: Path, room: Room, tmp_path: Path
) -> None:
    with closing(Renewable(place, room)) as vault:
        old = vault.key_file.keys
        with pytest.raises(WrongPassphrase):
            finished(vault.keys.renew(OTHER))
        assert vault.key_file.keys == old
        report = finished(vault.keys.renew(PASSPHRASE))
        assert (report.documents, report.recovery_key) == (3, None)
        new = vault.key_file.keys
        assert (new.epoch, new.renewing) == (2, None)
        assert new.database_key != old.database_key
        assert vault.documents() == WHOLE
        with vault.vault.read() as tx:
            event = next(e for e in tx.audit.events(AuditFilter()) if e.action == "keys.renewed")
        assert dict(event.details) == {"documents": 3}
        assert finished(vault.vault.verify(deep=True)).ok
    with closing(Renewable(place, room)) as again:
        assert again.documents() == WHOLE
    recovery_key = (tmp_path / "recovery-key").read_text()
    assert open_with_recovery_key(place, recovery_key).keys == new


@pytest.mark.parametrize("steps", [1, 2, 3, 4])
def test_a_renewal_that_was_put_off_is_finished_after_the_next_unlock(
    place: Path, room: Room, steps: int
) -> None:
    with closing(Renewable(place, room)) as vault:
        work = vault.keys.renew(PASSPHRASE)
        for _ in range(steps):
            next(work)
        work.close()
        assert vault.documents() == WHOLE
    with closing(Renewable(place, room)) as again:
        assert again.key_file.keys.renewing is not None
        assert again.documents() == WHOLE
        assert finished(again.keys.resume_renewal()).documents == 3
        assert again.key_file.keys.renewing is None
        assert again.documents() == WHOLE
        assert finished(again.keys.resume_renewal()).documents == 0


def test_without_a_renewal_under_way_there_is_nothing_to_go_on_with(staff: Staff) -> None:
    report = finished(keys_of(staff).resume_renewal())
    assert (report.documents, report.recovery_key) == (0, None)
    assert staff.room.events("keys.renewed") == []


@pytest.mark.parametrize("role", ["owner", "assistant"])
def test_a_recovery_key_that_nobody_saw_is_not_given_up(
    tmp_path: Path, room: Room, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    staff_of(room, tmp_path, monkeypatch)  # unlocking takes no time
    folder = shutil.copytree(GOLDEN / "vault", tmp_path / "old")  # whose recovery key can't be kept
    with closing(Renewable(folder, room, passphrase=OLD_PASSPHRASE)) as vault:
        vault.keys.change_passphrase(OLD_PASSPHRASE, PASSPHRASE)
        before = vault.documents()
        work = vault.keys.renew(PASSPHRASE)
        next(work)
        work.close()  # the window is gone before the key was shown
    with closing(Renewable(folder, room, role)) as again:
        if role == "owner":
            with pytest.raises(VaultError, match="Renew all keys once more"):
                finished(again.keys.resume_renewal())
        else:
            assert finished(again.keys.resume_renewal()).documents == 0
        assert again.key_file.keys.renewing is not None
    with closing(Renewable(folder, room)) as last:
        report = finished(last.keys.renew(PASSPHRASE))
        assert report.documents == 1
        assert report.recovery_key is not None
        assert last.key_file.keys.renewing is None
        assert last.documents() == before
    assert open_with_recovery_key(folder, report.recovery_key).keys == last.key_file.keys
    with pytest.raises(VaultError):
        open_with_recovery_key(folder, (GOLDEN / "recovery-key.txt").read_text().strip())
