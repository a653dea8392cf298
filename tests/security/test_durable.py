"""A small file is replaced whole, in the right order, or not at all."""

from __future__ import annotations

import errno
import os
import stat
import sys
from typing import TYPE_CHECKING

import pytest

from healthmate_desktop.security.durable import replace_file
from security.faults import CALLS, Disk, Killed, faulty

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.security, pytest.mark.unit]


def test_the_content_is_on_the_disk_before_its_name_and_its_name_before_it_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    for name in CALLS:
        monkeypatch.setattr(os, name, noted(calls, name))
    replace_file(tmp_path / "file", b"new")
    assert calls[1:] == ["open", "write", "fsync", "close", "replace", "open", "fsync", "close"]


def noted(calls: list[str], name: str) -> object:
    real = getattr(os, name)

    def call(*arguments: object, **named: object) -> object:
        calls.append(name)
        return real(*arguments, **named)

    return call


def test_a_file_is_private_whatever_was_there(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o644)
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"kept")
    (tmp_path / "file.new").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "file").symlink_to(tmp_path / "elsewhere")
    replace_file(tmp_path / "file", b"new")
    assert (tmp_path / "elsewhere").read_bytes() == b"kept"
    assert (tmp_path / "file").read_bytes() == b"new"
    assert not (tmp_path / "file").is_symlink()


def test_a_write_that_takes_only_a_part_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, content: write(file, bytes(content[:7])))
    replace_file(tmp_path / "file", bytes(range(256)))
    assert (tmp_path / "file").read_bytes() == bytes(range(256))


@pytest.mark.parametrize("torn", [False, True])
def test_a_kill_at_any_call_leaves_the_old_content_or_the_new(tmp_path: Path, torn: bool) -> None:
    path = tmp_path / "file"
    counting = Disk()
    with faulty(counting):
        replace_file(path, b"first one")
    seen = []
    for point in range(1, counting.done + 1):
        replace_file(path, b"old")
        with faulty(Disk(kill_at=point, torn=torn)), pytest.raises(Killed):
            replace_file(path, b"new content")
        seen.append(path.read_bytes())
    assert set(seen) == {b"old", b"new content"}
    assert seen == sorted(seen, key=seen.index)


def test_an_error_of_the_disk_travels_up(tmp_path: Path) -> None:
    with (
        faulty(Disk(fail_at=3, number=errno.ENOSPC)),
        pytest.raises(OSError, match="from the disk"),
    ):
        replace_file(tmp_path / "file", b"new")
    assert not (tmp_path / "file").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no folders to open there")
@pytest.mark.parametrize(("system", "syncs"), [("linux", 2), ("win32", 1)])
def test_the_name_is_made_durable_where_the_system_has_a_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, syncs: int
) -> None:
    calls: list[str] = []
    monkeypatch.setattr(os, "fsync", noted(calls, "fsync"))
    monkeypatch.setattr(sys, "platform", system)
    replace_file(tmp_path / "file", b"new")
    assert len(calls) == syncs
