"""Where backups go: a place that takes none is told, a disk that fails harms nothing, and the right ones are kept."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from backup_builders import MADE_AT, Home, everything_in, make_home, members_of, tar_of
from builders import finished

from healthmate_desktop.domain.keys import OlderKeys
from healthmate_desktop.errors import DiskFull, HealthMateError, VaultError
from healthmate_desktop.storage import backup_format as form
from healthmate_desktop.storage.backup import CHECKING, COPYING, WORK
from healthmate_desktop.storage.backup_files import sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from healthmate_desktop.domain.backups import BackupProgress
    from healthmate_desktop.storage.backup import Checked

pytestmark = [pytest.mark.security, pytest.mark.database]
DRIVE_GONE = "folder for backups is not there"
CANNOT_WRITE = "could not be written in that place"
CANNOT_READ = "does not give this backup back"
NO_BACKUP = "There is no such backup"
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return make_home(tmp_path_factory.mktemp("template") / "home")


@pytest.fixture
def home(template: Home, tmp_path: Path) -> Home:
    return template.copy(tmp_path / "home")


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def named(folder: Path, home: Home, made_at: datetime) -> Path:
    return folder / form.file_name(home.keys.vault_id, made_at)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def failing(work: Generator[object, None, object], words: str) -> None:
    with pytest.raises(HealthMateError, match=words):
        finished(work)


# --- a place that takes none


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("none", DRIVE_GONE),
        ("whole.hmb", DRIVE_GONE),
        ("n" * 300, CANNOT_WRITE),
        ("data/vault", "inside the vault"),
        ("data/vault/originals", "inside the vault"),
        ("way in", "inside the vault"),
    ],
)
def test_a_place_that_takes_no_backup_is_told(home: Home, place: str, words: str) -> None:
    (home.folder / "way in").symlink_to(home.vault / "originals")
    before = everything_in(home.data)
    with home.open() as (_, backups):
        with pytest.raises(HealthMateError, match=words):
            backups.check_folder(home.folder / place)
        failing(backups.make(home.folder / place / "my.hmb", MADE_AT), words)
    assert everything_in(home.data).keys() == before.keys()


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@linux_only
def test_a_folder_that_may_not_be_written_to_is_told(home: Home) -> None:
    with (
        home.open() as (_, backups),
        as_nobody(),
        pytest.raises(VaultError, match=CANNOT_WRITE),
    ):
        backups.check_folder(Path("/usr"))


@linux_only
def test_one_disk_that_would_take_both_is_told(home: Home) -> None:
    with home.open() as (_, backups):
        assert backups.on_same_disk(home.folder)
        assert not backups.on_same_disk(Path("/proc"))
        assert not backups.on_same_disk(home.folder / "none")


@linux_only
def test_a_share_that_knows_no_settling_of_names_takes_backups() -> None:
    sync_folder(Path("/proc"))  # answers EINVAL
    with pytest.raises(FileNotFoundError):
        sync_folder(Path("/proc/none"))


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("none.hmb", NO_BACKUP),
        ("data", NO_BACKUP),
        ("pipe", NO_BACKUP),
        ("n" * 300, CANNOT_READ),
        pytest.param("/proc/self/mem", CANNOT_READ, marks=linux_only),
    ],
)
def test_what_can_not_be_read_is_told(home: Home, place: str, words: str) -> None:
    """The memory of this process is a file whose first byte can't be read, as on a disk that breaks."""
    if place == "pipe":
        os.mkfifo(home.folder / place)
    before = everything_in(home.data)
    with home.open() as (_, backups):
        failing(backups.check(home.folder / place), words)
    with pytest.raises(HealthMateError, match=words):
        home.restore(home.folder / place)
    assert everything_in(home.data).keys() == before.keys()


# --- full disks, and broken ones


def test_too_little_room_is_told_before_anything_is_written(home: Home, stick: Path) -> None:
    free = shutil.disk_usage(stick).free
    with home.open() as (vault, backups):
        with vault.connection(writing=True) as connection:
            connection.exec_driver_sql("UPDATE original SET sealed_size = ?", (free,))
        with pytest.raises(DiskFull):
            next(backups.make(stick, MADE_AT))
    assert names(stick) == []
    before = everything_in(home.data)
    os.truncate(home.file, free)
    with pytest.raises(DiskFull):
        home.restore()
    assert everything_in(home.data) == before


@linux_only
def test_a_disk_that_takes_no_file_of_this_size_is_told(home: Home, stick: Path) -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with home.open() as (_, backups):
        resource.setrlimit(resource.RLIMIT_FSIZE, (home.file.stat().st_size - 20_000, hard))
        try:
            failing(backups.make(stick, MADE_AT), CANNOT_WRITE)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert names(stick) == []
        finished(backups.make(stick, MADE_AT))


@pytest.mark.parametrize(
    ("part", "number", "words"),
    [
        ("stick/{id}.new", errno.ENOSPC, "disk is full"),
        ("stick/{id}.new", errno.EIO, CANNOT_WRITE),
        ("stick", errno.EIO, CANNOT_WRITE),
        ("home/data/vault/backup.work/vault.hmv", errno.ENOSPC, "disk is full"),
    ],
)
def test_a_disk_that_fails_under_way_leaves_nothing_half(
    home: Home,
    stick: Path,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    number: int,
    words: str,
) -> None:
    broken = stick.parent / part.format(id=f"healthmate-{home.keys.vault_id}")
    settle = os.fsync

    def fail(handle: int) -> None:
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(handle), broken.stat()):
                raise OSError(number, "from the disk")
        settle(handle)

    with home.open() as (vault, backups):
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", fail)
            failing(backups.make(stick, MADE_AT), words)
        assert set(names(stick)) <= {named(stick, home, MADE_AT).name}
        assert not (home.vault / WORK).exists()
        assert not vault.read_only
        assert finished(backups.make(stick, MADE_AT)).report.documents == 2


def act_at(
    work: Generator[BackupProgress, None, Checked], words: str, act: Callable[[], object]
) -> Generator[BackupProgress, None, Checked]:
    """The same work, with `act` done once, as soon as it says these words."""
    while True:
        try:
            progress = next(work)
        except StopIteration as end:
            checked: Checked = end.value
            return checked
        yield progress
        if progress.words == words:
            act()
            words = ""


@pytest.mark.parametrize("words", [COPYING, CHECKING, "the last"])
def test_a_drive_that_is_pulled_out_is_told(home: Home, stick: Path, words: str) -> None:
    with home.open() as (_, backups):
        steps = sum(1 for _ in backups.make(stick, MADE_AT))
        work = backups.make(stick, MADE_AT + timedelta(days=1))
        if words == "the last":
            for _ in range(steps):
                next(work)
            shutil.rmtree(stick)
        else:
            work = act_at(work, words, lambda: shutil.rmtree(stick))
        failing(work, DRIVE_GONE)
    assert not (home.vault / WORK).exists()
    assert len(home.contents()) == 2


# --- a backup that does not pass its check


@pytest.mark.parametrize("other", ["damaged", "older"])
def test_a_backup_that_does_not_read_back_is_set_aside_and_never_counts(
    home: Home, stick: Path, other: str
) -> None:
    draft = stick / f"healthmate-{home.keys.vault_id}.new"
    content = home.file.read_bytes()  # of this vault, but not what was written
    if other == "damaged":
        content = content[:-2000] + bytes([content[-2000] ^ 1]) + content[-1999:]
    foreign = {"mine.hmb.bad", f"healthmate-{'0' * 8}-20260101T000000Z.hmb.bad"}
    for name in foreign:
        (stick / name).touch()
    with home.open() as (_, backups):
        for day in (1, 2):
            work = backups.make(stick, MADE_AT + timedelta(days=day))
            failing(
                act_at(work, CHECKING, lambda: draft.write_bytes(content)),
                "not a whole backup" if other == "damaged" else "does not fit together",
            )
        assert backups.existing(stick) == []
        assert backups.thin_out(stick) == 0
    newest = named(stick, home, MADE_AT + timedelta(days=2)).name
    assert set(names(stick)) == foreign | {f"{newest}.bad"}


# --- which are there, and which stay


@linux_only
def test_only_backups_of_this_vault_are_listed(home: Home, stick: Path) -> None:
    whole = home.file.read_bytes()
    wanted = [named(stick, home, MADE_AT - timedelta(days=days)) for days in (0, 3, 40)]
    for path in wanted:
        path.write_bytes(whole)
    own = home.keys.vault_id
    others = [named(stick, home, MADE_AT - timedelta(days=days)) for days in range(100, 105)]
    others[0].write_bytes(b"my notes")
    others[1].mkdir()
    others[2].symlink_to(wanted[0])
    others[3].symlink_to("none")
    os.mkfifo(others[4])  # reading it would never end
    key_file = json.dumps({"vault_id": own[:8] + "-another", "epoch": 1}).encode()
    members = members_of(whole)
    members[1] = (form.HEADER, key_file)
    named(stick, home, MADE_AT - timedelta(days=9)).write_bytes(tar_of(members, 0))
    for name in (
        f"healthmate-{own}.new",
        f"{wanted[0].name}.bad",
        "holiday.hmb",
        f"healthmate-{own[:8]}-20261301T000000Z.hmb",
        form.file_name("0" * 36, MADE_AT),
    ):
        (stick / name).write_bytes(whole)
    before = names(stick)
    with home.open() as (_, backups):
        found = backups.existing(stick)
        assert [file.path for file in found] == [str(path) for path in wanted]
        assert {file.size for file in found} == {len(whole)}
        assert backups.existing(stick / "none") == []
        assert backups.thin_out(stick) == 0
    assert names(stick) == before


def days_before(count: int) -> list[datetime]:
    return [MADE_AT - timedelta(days=day) for day in range(count)]


def on(*days: str) -> list[datetime]:
    return [datetime.fromisoformat(day).replace(tzinfo=UTC) for day in days]


@pytest.mark.parametrize(
    ("made", "kept"),
    [
        pytest.param(
            [*days_before(40), MADE_AT - timedelta(hours=9)],  # the last day is a Sunday
            [*days_before(8), MADE_AT - timedelta(days=14), MADE_AT - timedelta(days=21)],
            id="each day",
        ),
        pytest.param(
            on("2026-01-05", "2026-01-01", "2025-12-31", "2025-12-29", "2025-12-28", "2025-06-01"),
            on("2026-01-05", "2026-01-01", "2025-12-31", "2025-12-29", "2025-12-28", "2025-06-01"),
            id="seldom, and none is lost",
        ),
        pytest.param(
            on(*(f"2026-03-{day:02}" for day in range(2, 9)), "2026-01-01", "2025-12-29"),
            on(*(f"2026-03-{day:02}" for day in range(2, 9)), "2026-01-01"),
            id="one week has days of two years",
        ),
        pytest.param(
            on("2026-03-01T06:00", "2026-03-01T07:00", "2026-03-01T23:59"),
            on("2026-03-01T23:59"),
            id="many on a day",
        ),
        pytest.param([], [], id="none"),
    ],
)
def test_seven_days_and_four_weeks_stay(
    home: Home, stick: Path, made: list[datetime], kept: list[datetime]
) -> None:
    for time in made:
        os.link(home.file, named(stick, home, time))
    (stick / "holiday.hmb").write_bytes(b"not ours")
    with home.open() as (_, backups):
        assert backups.thin_out(stick) == len(made) - len(kept)
        left = [file.made_at for file in backups.existing(stick)]
    assert left == sorted(kept, reverse=True)
    assert (stick / "holiday.hmb").exists()


# --- of which vault, and when


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"vault_id": "another"}, "belongs to another vault"),
        ({"epoch": 2}, "before the keys of this vault were renewed"),
    ],
)
def test_a_backup_that_can_not_be_checked_from_here_is_told(
    home: Home, changes: dict[str, object], words: str
) -> None:
    with home.open(**changes) as (_, backups):
        failing(backups.check(home.file), words)


def test_none_is_made_while_keys_are_renewed(home: Home, stick: Path) -> None:
    with home.open(renewing=OlderKeys(1, b"", "")) as (_, backups):
        failing(backups.make(stick, MADE_AT), "being renewed")
    assert names(stick) == []


def test_one_is_made_or_checked_at_a_time(home: Home, stick: Path) -> None:
    (home.vault / WORK).mkdir()
    (home.vault / WORK / "left").touch()  # by one that was cut off
    with home.open() as (_, backups):
        backups.clear_away()
        assert not (home.vault / WORK).exists()
        making = backups.make(stick, MADE_AT)
        next(making)
        failing(backups.check(home.file), "Another backup is being made or checked")
        making.close()
        assert names(stick) == []
        assert finished(backups.check(home.file)).report.size == home.file.stat().st_size
