"""The log says what happened in codes and numbers, keeps it where it belongs, and harms nobody who logs."""

from __future__ import annotations

import errno
import json
import os
import random
import re
import stat
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from log_lines import Lines, read

from healthmate_desktop import logs
from healthmate_desktop.domain.ids import UserId, new_id
from healthmate_desktop.errors import DiskFull, InvalidInput, Stopped, VaultReadOnly
from healthmate_desktop.logs import Event, file, log, places
from healthmate_desktop.logs.actions import action, carried, failed, go_on
from healthmate_desktop.logs.events import BY_CODE, LEVELS, Code
from healthmate_desktop.logs.file import LARGEST, append
from healthmate_desktop.logs.tally import Tally
from healthmate_desktop.logs.values import STRICT, Refused
from healthmate_desktop.logs.writing import AT_ONCE, MOST_WAITING, Log, current_action, the_log

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.security, pytest.mark.unit]

odd: Any = log  # to call it as mypy would not let anyone
NAME = "Wilhelmina Vandenberg"


@pytest.fixture(autouse=True)
def lenient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(STRICT, raising=False)


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[Lines]:
    made = Lines(tmp_path)
    yield made
    logs.to_file()
    made.forget()
    Log.__init__(the_log)


class Vault:
    """Takes lines as `add_log_lines` does."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []
        self.problem: Exception | None = None
        self.got = threading.Event()

    def add(self, lines: list[str]) -> None:
        if self.problem is not None:
            raise self.problem
        self.lines += map(json.loads, lines)
        self.got.set()

    def events(self) -> list[str]:
        return [line["event"] for line in self.lines]


def test_a_line_is_json_with_time_level_code_action_process_and_fields(lines: Lines) -> None:
    log(Event.CHILD_ENDED, room="reader", how="left", status=3, signal=0)
    line = lines.only()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("at"))
    assert line == {
        "level": "info",
        "event": "child.ended",
        "action": "",
        "process": "app",
        "fields": {"room": "reader", "how": "left", "status": 3, "signal": 0},
    }


def test_there_are_five_levels_and_the_least_can_be_chosen(lines: Lines) -> None:
    assert LEVELS == ("debug", "info", "warning", "error", "critical")
    assert {code.level for code in BY_CODE.values()} == set(LEVELS)
    expected: list[str] = []
    for least in LEVELS:
        the_log.least = least
        for level in LEVELS:
            log(Event.ACTION_DONE, level)
        expected += LEVELS[LEVELS.index(least) :]
    assert [line["level"] for line in lines.all()] == expected


def test_every_event_has_a_code_of_its_own_and_a_meaning() -> None:
    named = [code for code in vars(Event).values() if isinstance(code, Code)]
    assert len(named) == len(BY_CODE)
    for code in named:
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", code.code)
        assert code.level in LEVELS
        assert code.meaning.endswith(".")


class Talkative:
    def __str__(self) -> str:
        return NAME

    __repr__ = __str__


class Touchy(int):
    """Fails when it is looked at."""

    def __abs__(self) -> int:
        raise ValueError(NAME)


@pytest.mark.parametrize(
    "fields",
    [
        {"ms": NAME},
        {"ms": "12"},
        {"ms": None},
        {"ms": b"12"},
        {"ms": [1]},
        {"ms": float("nan")},
        {"ms": float("inf")},
        {"ms": 2**53},
        {"ms": -(2**53)},
        {"ms": Talkative()},
        {"ms": Touchy(1)},
        {"what": NAME},
        {"what": "headache"},
        {"what": 7},
        {"patient": NAME},
        {"patient": "01a21537-4148-7347-8def-18d40eb1576"},
        {"patient": "01A21537-4148-7347-8DEF-18D40EB15769"},
        {"patient": "01a21537-4148-7347-8def-18d40eb15769 "},
        {"error": NAME},
        {"error": str},
        {"place": NAME},
        {"place": (NAME,)},
        {"place": ["storage.vault:open:1"]},
        {"name": NAME},
        {"message": "hello"},
        {NAME: 1},
        {"": 1},
    ],
    ids=str,
)
def test_text_and_unknown_fields_are_left_out_and_counted(
    lines: Lines, monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any]
) -> None:
    odd(Event.ACTION_DONE, **{"what": "ask"} | fields)
    said = lines.all()
    assert [line["event"] for line in said] == ["action.done", "log.refused"]
    assert said[0]["fields"].keys() <= {"what"}
    assert said[1]["fields"] == {"count": 1}
    assert NAME not in lines.path.read_text()
    monkeypatch.setenv(STRICT, "1")
    if not isinstance(fields.get("ms"), Touchy):  # a mistake in the value, not in who logs it
        with pytest.raises(Refused) as caught:
            odd(Event.ACTION_DONE, **fields)
        assert NAME not in str(caught.value)


@pytest.mark.parametrize("event", [NAME, None, Code("action.done", "info", NAME), 7, Code])
def test_what_is_no_event_of_ours_is_not_logged(lines: Lines, event: object) -> None:
    odd(event, ms=1)
    assert lines.events() == ["log.refused"]


def test_numbers_ids_and_listed_words_are_taken(lines: Lines) -> None:
    user = UserId(new_id())
    log(Event.ACTION_DONE, ms=-3, count=2.123456789, failed=True, what="import", system="darwin")
    assert lines.only()["fields"] == {
        "ms": -3,
        "count": 2.123457,
        "failed": True,
        "what": "import",
        "system": "darwin",
    }
    vault = Vault()
    logs.to_vault(vault.add)
    log(Event.VAULT_UNLOCKED, user=user)
    log(Event.VAULT_LOCKED, user=UserId("owner"))
    logs.to_file()
    assert [line["fields"]["user"] for line in vault.lines] == [user, "owner"]


def test_outside_the_vault_nobodys_id_is_told(lines: Lines) -> None:
    log(Event.VAULT_LOCKED, user=UserId(new_id()), ms=5)
    assert lines.only()["fields"] == {"ms": 5}


def test_of_an_error_only_its_class_is_told(lines: Lines) -> None:
    log(Event.ACTION_FAILED, error=InvalidInput(NAME))
    log(Event.ACTION_FAILED, error=ZeroDivisionError)
    made_up = type(NAME.replace(" ", ""), (KeyError,), {})
    log(Event.ACTION_FAILED, error=made_up(NAME))
    told = [line["fields"]["error"] for line in lines.all()]
    assert told == ["InvalidInput", "ZeroDivisionError", "KeyError"]


class PanicException(BaseException):
    """As the Rust libraries make it: in no module."""


def test_a_panic_of_native_code_is_told_as_such(lines: Lines) -> None:
    log(Event.PROGRAM_BUG, error=PanicException(NAME))
    assert lines.only()["fields"] == {"error": "PanicException"}


def test_places_are_lines_of_this_program_without_values(lines: Lines) -> None:
    with pytest.raises(ValueError, match="Expecting value") as caught:
        json.loads(NAME)
    assert places(caught.value.__traceback__) == ()
    found = places(raised_inside().__traceback__)
    assert len(found) == 1
    assert re.fullmatch(r"logs\.file:_open:\d+", found[0])
    assert places(None) == ()
    log(Event.PROGRAM_BUG, error=OSError, place=found)
    assert lines.all()[-1]["fields"]["place"] == list(found)


def raised_inside() -> Exception:
    try:
        file._open(Path("/nowhere/at/all"), os.O_RDONLY)
    except OSError as error:
        return error
    raise AssertionError


def test_the_deepest_six_places_are_enough() -> None:
    code = compile("def f(n):\n  return 1 / 0 if not n else f(n - 1)\nf(9)", NAME, "exec")
    for name, expected in (
        ("healthmate_desktop.storage.vault", 6),
        ("__main__", 0),
        ("other", 0),
        (f"healthmate_desktop.{NAME}", 0),
        ("healthmate_desktop", 0),
    ):
        with pytest.raises(ZeroDivisionError) as caught:
            exec(code, {"__name__": name})
        assert len(places(caught.value.__traceback__)) == expected, name


def test_a_command_run_as_main_is_named_by_its_module() -> None:
    class Spec:
        name = "healthmate_desktop.__main__"

    with pytest.raises(ZeroDivisionError) as caught:
        exec(compile("1 / 0", "x", "exec"), {"__name__": "__main__", "__spec__": Spec})
    assert places(caught.value.__traceback__) == ("__main__:<module>:1",)


# --- where lines are kept ---


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


# --- one id for what one wish causes ---


def test_everything_done_for_one_wish_has_one_id(lines: Lines) -> None:
    with action("import") as first:
        log(Event.CHILD_STARTED, "info", room="reader")
        with action("search") as inner:
            log(Event.CHILD_ENDED)
        assert inner == first
    with action("ask") as second:
        pass
    log(Event.PROGRAM_ENDED)
    assert first != second
    assert [(line["event"], line["action"]) for line in lines.all()] == [
        ("child.started", first),
        ("child.ended", first),
        ("action.done", first),
        ("action.done", first),
        ("action.done", second),
        ("program.ended", ""),
    ]
    assert current_action.get() == ""


@pytest.mark.parametrize(
    ("error", "event", "level"),
    [
        (Stopped(), "action.stopped", "info"),
        (KeyboardInterrupt(), "action.stopped", "info"),
        (GeneratorExit(), "action.stopped", "info"),
        (InvalidInput(NAME), "action.failed", "warning"),
        (ValueError(NAME), "program.bug", "error"),
    ],
)
def test_how_a_wish_ended_is_told(
    lines: Lines, error: BaseException, event: str, level: str
) -> None:
    with pytest.raises(type(error)), action("import"):
        raise error
    line = lines.only()
    assert (line["event"], line["level"], line["fields"]["what"]) == (event, level, "import")
    assert line["fields"].get("error") in {None, type(error).__name__}
    assert NAME not in lines.path.read_text()


def test_work_carried_into_another_thread_belongs_to_the_same_wish(lines: Lines) -> None:
    def work(count: int) -> str:
        log(Event.ACTION_DONE, count=count)
        return current_action.get()

    with action("ask") as wish:
        job = carried(work)
    seen: list[str] = []
    thread = threading.Thread(target=lambda: seen.append(job(3)))
    thread.start()
    thread.join()
    assert seen == [wish]
    assert lines.all()[-1]["action"] == wish
    assert current_action.get() == ""


def test_work_without_a_wish_gets_an_id_of_its_own() -> None:
    first, second = carried(current_action.get), carried(current_action.get)
    assert first() == first() != second()
    assert current_action.get() == ""


def test_a_child_goes_on_with_the_wish_it_was_told_of() -> None:
    wish = new_id()
    with go_on(wish):
        assert current_action.get() == wish
    for nonsense in ("", NAME, None, 7, b"", ["x"]):
        with go_on(nonsense):
            assert current_action.get() == ""


def test_a_wish_left_in_another_context_does_no_harm() -> None:
    import contextvars

    inside = action("ask")
    contextvars.copy_context().run(inside.__enter__)
    inside.__exit__(None, None, None)
    assert current_action.get() == ""


def test_a_failed_task_is_told_with_its_places(lines: Lines) -> None:
    failed("task", raised_inside())
    assert lines.only()["fields"]["place"][0].startswith("logs.file:_open:")


# --- floods ---


def test_a_flood_is_told_of_in_ever_longer_steps() -> None:
    told: list[tuple[str, int]] = []
    tally = Tally(lambda key, count: told.append((key, count)))
    for _ in range(12_345):
        tally.add("x")
    tally.add("y", 7)
    assert told == [("x", 1), ("x", 9), ("x", 90), ("x", 900), ("x", 9000), ("y", 7)]
    tally.close()
    tally.close()
    assert told[6:] == [("x", 2345)]
    tally.add("y", 93)
    assert told[7:] == [("y", 93)]
