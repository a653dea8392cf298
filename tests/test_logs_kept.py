"""Where lines of the log are kept, and that nothing that goes wrong there reaches who logs."""

from __future__ import annotations

import errno
import os
import random
import stat
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from log_lines import Lines, Vault, read

from healthmate_desktop import logs
from healthmate_desktop.errors import DiskFull, VaultReadOnly
from healthmate_desktop.logs import Event, log
from healthmate_desktop.logs.file import LARGEST, append
from healthmate_desktop.logs.writing import AT_ONCE, MOST_WAITING, Log, the_log

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.security, pytest.mark.unit]

NAME = "Wilhelmina Vandenberg"


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[Lines]:
    made = Lines(tmp_path)
    yield made
    logs.to_file()
    made.forget()
    Log.__init__(the_log)


def test_little_things_wait_and_a_warning_is_written_at_once(lines: Lines) -> None:
    log(Event.ACTION_DONE)
    assert read(lines.path) == []
    log(Event.ACTION_FAILED)
    assert len(read(lines.path)) == 2
    for _ in range(AT_ONCE - 1):
        log(Event.ACTION_DONE)
    assert len(read(lines.path)) == 2
    log(Event.ACTION_DONE)
    assert len(read(lines.path)) == 2 + AT_ONCE


@pytest.mark.usefixtures("lines")
def test_without_a_folder_lines_wait_until_it_is_there(tmp_path: Path) -> None:
    place = tmp_path / "data" / "events.log"
    logs.keep_in(place)
    log(Event.ACTION_FAILED)
    assert not place.parent.exists()
    place.parent.mkdir()
    logs.flush()
    assert len(read(place)) == 1


@pytest.mark.usefixtures("lines")
def test_without_a_place_the_last_thousand_wait_and_the_rest_is_counted() -> None:
    Log.__init__(the_log)
    for number in range(MOST_WAITING + 5):
        log(Event.ACTION_DONE, count=number)
    vault = Vault()
    logs.to_vault(vault.add)
    logs.to_file()
    lost = [line["fields"]["lines"] for line in vault.lines if line["event"] == "log.lost"]
    assert sum(lost) == 6  # to tell of five, one more had to go
    assert vault.lines[0]["fields"] == {"count": 6}


def test_while_a_vault_is_open_lines_go_there_and_never_to_the_file(lines: Lines) -> None:
    vault = Vault()
    log(Event.PROGRAM_STARTED)
    logs.to_vault(vault.add)
    assert lines.events() == ["program.started"]
    log(Event.ACTION_FAILED)
    assert vault.got.wait(30)  # by the log's own thread
    log(Event.ACTION_DONE)
    assert vault.events() == ["action.failed"]
    logs.to_file()
    assert vault.events() == ["action.failed", "action.done"]
    log(Event.PROGRAM_ENDED)
    assert lines.events() == ["program.started", "program.ended"]
    assert len(vault.lines) == 2


def test_another_vault_gets_only_its_own(lines: Lines) -> None:
    first, second = Vault(), Vault()
    logs.to_vault(first.add)
    log(Event.ACTION_DONE, count=1)
    logs.to_vault(second.add)
    log(Event.ACTION_DONE, count=2)
    logs.to_file()
    logs.to_file()
    assert [line["fields"]["count"] for line in first.lines] == [1]
    assert [line["fields"]["count"] for line in second.lines] == [2]
    assert lines.all() == []


@pytest.mark.parametrize(
    "problem", [DiskFull(), VaultReadOnly(), OSError(5, NAME), ValueError(NAME)]
)
def test_a_vault_that_takes_nothing_harms_nobody_and_gets_it_later(
    lines: Lines, problem: Exception
) -> None:
    vault = Vault()
    vault.problem = problem
    logs.to_vault(vault.add)
    for number in range(MOST_WAITING):
        log(Event.ACTION_FAILED, count=number)
    the_log.flush(wait=5)
    vault.problem = None
    logs.to_file()
    numbers = [line["fields"]["count"] for line in vault.lines if line["event"] == "action.failed"]
    assert numbers == sorted(numbers)
    assert numbers[-1] == MOST_WAITING - 1
    lost = sum(line["fields"].get("lines", 0) for line in vault.lines)
    assert len(numbers) + lost >= MOST_WAITING
    assert lines.all() == []


def test_what_a_closing_vault_does_not_take_is_counted_and_not_written_elsewhere(
    lines: Lines,
) -> None:
    vault = Vault()
    vault.problem = VaultReadOnly()
    logs.to_vault(vault.add)
    log(Event.ACTION_DONE, what="ask")
    logs.to_file()
    told = lines.only()
    assert (told["event"], told["fields"]) == ("log.lost", {"lines": 1})


def test_what_is_logged_while_lines_are_written_waits_for_the_next_time(lines: Lines) -> None:
    class Chatty(Vault):
        def add(self, lines: list[str]) -> None:
            super().add(lines)
            log(Event.VAULT_READ_ONLY)  # urgent, and yet no endless round
            logs.flush()

    vault = Chatty()
    logs.to_vault(vault.add)
    log(Event.ACTION_DONE)
    the_log.flush(wait=5)
    assert vault.events()[0] == "action.done"
    logs.to_file()
    assert len(vault.events()) < 9
    assert lines.events() == ["log.lost"]


def test_a_vault_that_is_slow_to_take_lines_does_not_hold_up_its_closing(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("healthmate_desktop.logs.writing.PATIENCE", 0.01)
    begun, go_on_now = threading.Event(), threading.Event()

    def add(_lines: list[str]) -> None:
        begun.set()
        go_on_now.wait(30)
        raise VaultReadOnly

    logs.to_vault(add)
    writer = the_log._writer
    assert writer is not None
    log(Event.ACTION_FAILED)
    assert begun.wait(30)
    log(Event.ACTION_DONE)
    logs.to_file()
    go_on_now.set()
    writer.join(30)
    assert not writer.is_alive()
    assert [line["event"] for line in lines.all()] == ["log.lost"]
    assert lines.all()[0]["fields"] == {"lines": 2}


@pytest.mark.usefixtures("lines")
def test_any_number_of_threads_may_log() -> None:
    vault = Vault()
    logs.to_vault(vault.add)

    def work(number: int) -> None:
        for _ in range(50):
            log(Event.ACTION_FAILED, count=number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    logs.to_file()
    counts = [line["fields"]["count"] for line in vault.lines]
    assert sorted(counts) == sorted(list(range(8)) * 50)


# --- the small file ---


def test_the_file_is_private_and_never_larger_than_64_kb(tmp_path: Path) -> None:
    path, chance = tmp_path / "events.log", random.Random(4)
    path.touch(mode=0o644)
    number = 0
    for _ in range(300):
        some = [f'{{"number":{number + n}}}' for n in range(chance.randrange(1, 120))]
        number += len(some)
        append(path, some)
        assert path.stat().st_size <= LARGEST == 64 * 1024
    kept = [line["number"] for line in read(path)]
    assert kept == list(range(number - len(kept), number))  # the newest, without a gap
    assert len(kept) > 1000
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["events.log"]


def test_more_than_the_file_holds_leaves_its_last_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "events.log"
    append(path, [f'{{"number":{n}}}' for n in range(9000)])
    kept = [line["number"] for line in read(path)]
    assert kept[-1] == 8999
    assert 0 < path.stat().st_size <= LARGEST
    append(path, ["{}" + " " * LARGEST])
    assert path.stat().st_size <= LARGEST


def test_a_file_that_grew_too_large_elsewhere_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "events.log"
    path.write_bytes(b"{}\n" * 100_000)
    append(path, ['{"number":1}'])
    assert path.stat().st_size <= LARGEST
    assert read(path)[-1] == {"number": 1}


def test_the_file_is_not_written_through_a_link_or_into_a_pipe(
    lines: Lines, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("kept")
    lines.path.symlink_to(elsewhere)
    log(Event.ACTION_FAILED)
    assert elsewhere.read_text() == "kept"
    lines.path.unlink()
    os.mkfifo(lines.path)
    log(Event.ACTION_FAILED)
    assert stat.S_ISFIFO(lines.path.stat().st_mode)
    lines.path.unlink()
    assert lines.events() == ["action.failed", "action.failed"]  # both waited


@pytest.mark.parametrize("name", ["write", "fsync", "replace"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_takes_nothing_harms_nobody(
    lines: Lines, monkeypatch: pytest.MonkeyPatch, name: str, number: int
) -> None:
    fill(lines.path)
    before = lines.path.read_bytes()

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, NAME)

    with monkeypatch.context() as patch:
        patch.setattr(os, name, fail)
        log(Event.ACTION_FAILED, count=1)
        log(Event.ACTION_FAILED, count=2)
        assert lines.path.read_bytes() == before
    assert [line["fields"]["count"] for line in lines.all()[-2:]] == [1, 2]


def fill(path: Path) -> None:
    """So that the next line makes the file anew."""
    for _ in range(2):
        append(path, ["{}"] * (LARGEST // 6))
    assert path.stat().st_size > LARGEST - 200


def test_what_never_finds_a_place_is_counted(lines: Lines) -> None:
    lines.path.mkdir()
    for number in range(MOST_WAITING + 20):
        log(Event.ACTION_FAILED, count=number)
    lines.path.rmdir()
    told = lines.all()
    assert sum(line["event"] == "log.lost" for line in told) > 0
    assert told[-1]["event"] in {"log.lost", "action.failed"}
    assert MOST_WAITING + 19 in {line["fields"].get("count") for line in told}


@pytest.mark.parametrize("system", ["linux", "win32"])
def test_on_every_system_the_file_is_replaced_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    path = tmp_path / "events.log"
    path.write_bytes(b"{}\n" * 30_000)
    append(path, ["{}"])
    assert path.stat().st_size <= LARGEST
