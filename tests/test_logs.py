"""The log says what happened in codes and numbers, keeps it where it belongs, and harms nobody who logs."""

from __future__ import annotations

import json
import os
import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from log_lines import Lines, Vault

from healthmate_desktop import logs
from healthmate_desktop.domain.ids import UserId, new_id
from healthmate_desktop.errors import InvalidInput, Stopped
from healthmate_desktop.logs import Event, file, log, places
from healthmate_desktop.logs.actions import action, carried, failed, go_on
from healthmate_desktop.logs.events import BY_CODE, LEVELS, Code
from healthmate_desktop.logs.tally import Tally
from healthmate_desktop.logs.values import STRICT, Refused
from healthmate_desktop.logs.writing import Log, current_action, the_log

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
