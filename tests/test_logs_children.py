"""Children log through their parent, which believes only what this program could say itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from log_lines import Line, Lines

from healthmate_desktop import children
from healthmate_desktop.children import Child
from healthmate_desktop.domain.ids import new_id
from healthmate_desktop.errors import ChildDied
from healthmate_desktop.logs import Event, log, native
from healthmate_desktop.logs.actions import action
from healthmate_desktop.logs.native import MOST_TOLD, Listener
from healthmate_desktop.logs.values import STRICT, Refused, for_parent, from_child
from healthmate_desktop.logs.writing import MARK, Log, the_log

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.security, pytest.mark.integration]

ROOT = Path(__file__).resolve().parents[1]
NAME = "Wilhelmina Vandenberg"
PREAMBLE = f"import os, sys\nsys.path.insert(0, {str(ROOT)!r})\n"


@pytest.fixture
def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    monkeypatch.delenv(STRICT, raising=False)
    made = Lines(tmp_path)
    the_log.least = "debug"
    yield made
    Log.__init__(the_log)


def said(event: str = "action.done", **changes: Any) -> bytes:
    line = {"event": event, "level": "info", "action": "", "fields": {}} | changes
    return MARK + json.dumps(line).encode() + b"\n"


def heard(lines: Lines, content: bytes, process: Any = "reader", wish: str = "") -> list[Line]:
    reading, writing = os.pipe()
    listener = Listener(process, reading, lambda: wish)
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(content)
    listener.close(30)
    return lines.all()


def test_what_a_child_logs_is_taken_up_with_its_wish(lines: Lines) -> None:
    wish = new_id()
    fields = {"ms": 3, "error": "KeyError", "place": ["documents.child:12"]}
    content = b"noise" + said("program.bug", level="error", action=wish, fields=fields) + b"\n"
    (noise, line) = heard(lines, b"noise\n" + content.removeprefix(b"noise"), wish=wish)
    assert (noise["event"], noise["action"], noise["process"]) == ("native.output", wish, "reader")
    del line["at"]
    assert line == {
        "level": "error",
        "event": "program.bug",
        "action": wish,
        "process": "reader",
        "fields": fields,
    }


@pytest.mark.parametrize(
    "content",
    [
        MARK + b"\n",
        MARK + b"{}\n",
        MARK + b"[]\n",
        MARK + NAME.encode() + b"\n",
        MARK + b"[" * 5000 + b"\n",
        MARK + b"\xff\n",
        said(NAME),
        said("no.such_event"),
        said(event=["list"]),  # type: ignore[arg-type]
        said(level=NAME),
        said(level=["error"]),
        said(fields=NAME),
        said(fields=[NAME]),
    ],
    ids=lambda content: repr(content[:30]),
)
def test_what_a_child_says_is_believed_only_when_this_program_could_say_it(
    lines: Lines, content: bytes
) -> None:
    (line,) = heard(lines, content)
    assert (line["event"], line["fields"]["source"]) == ("native.output", "other")
    assert NAME not in lines.path.read_text()


@pytest.mark.parametrize(
    "fields",
    [
        {"ms": NAME},
        {"what": NAME},
        {"patient": NAME},
        {"error": NAME},
        {"error": "KeyError "},
        {"error": "str"},
        {"error": "Wilhelmina"},
        {"error": ["KeyError"]},
        {"place": NAME},
        {"place": [NAME]},
        {"place": ["documents.wilhelmina:1"]},
        {"place": ["documents:" + "1" * 9]},
        {"place": ["documents.child:1"] * 7},
        {"place": [1]},
        {"place": ["..:1"]},
        {"place": ["a.b.c:1"]},
        {NAME: 1},
    ],
    ids=str,
)
def test_a_field_that_a_child_may_not_fill_is_left_out(
    lines: Lines, fields: dict[str, Any]
) -> None:
    told = heard(lines, said(fields=fields))
    assert [line["event"] for line in told] == ["action.done", "log.refused"]
    assert told[0]["fields"] == {}
    assert NAME not in lines.path.read_text()


def test_a_child_taken_over_can_not_fill_the_log(lines: Lines) -> None:
    told = heard(lines, said() * (MOST_TOLD + 500))
    assert sum(line["event"] == "action.done" for line in told) <= MOST_TOLD
    assert sum(line["fields"]["lines"] for line in told if line["event"] == "native.output") == 500


def test_a_line_without_an_end_is_cut(lines: Lines) -> None:
    told = heard(lines, b"x" * 10_000_000 + b"\n" + said())
    assert [line["event"] for line in told] == ["native.output", "action.done"]


def test_this_programs_own_standard_error_is_not_believed(lines: Lines) -> None:
    (line,) = heard(lines, said(), process="app")
    assert line["event"] == "native.output"


def test_errors_and_places_cross_to_the_parent_and_nothing_else_does() -> None:
    assert from_child("error", "VaultDamaged") == "VaultDamaged"
    assert from_child("error", "PanicException") == "PanicException"
    assert for_parent("place", ["logs.file:_open:3"]) == ["logs.file:3"]
    assert from_child("place", ["logs.file:3", "__main__:1"]) == ["logs.file:3", "__main__:1"]
    assert for_parent("ms", 3) == 3
    with pytest.raises(Refused):
        from_child("error", "Event")


CHILD = """
from healthmate_desktop import logs
from healthmate_desktop.logs import Event, log
logs.start_child("reader")
from healthmate_desktop.children import serve
def handle(request):
    print("to standard error", file=sys.stderr)
    os.write(2, b"MuPDF error: NAME\\n")
    try:
        raise ValueError("NAME")
    except ValueError as error:
        log(Event.PROGRAM_BUG, error=error, place=logs.places(error.__traceback__))
    log(Event.ACTION_DONE, "debug", count=1)
    log(Event.ACTION_DONE, count="NAME")
    yield {"answered": sorted(request)}
serve(handle)
""".replace("NAME", NAME)


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-c", PREAMBLE + CHILD]
    monkeypatch.setattr(children, "child_command", lambda _room: command)


@pytest.mark.usefixtures("program")
def test_a_real_child_logs_through_its_parent_and_says_nothing_else(
    lines: Lines, capfd: pytest.CaptureFixture[str]
) -> None:
    with closing(Child("reader")) as child, action("import") as wish:
        child.send({"question": 1})
        assert child.receive(60) == {"answered": ["question"]}  # the wish is not the handler's
    told = lines.all()
    by_child = [line for line in told if line["process"] == "reader"]
    assert {line["action"] for line in by_child if line["event"] != "log.refused"} == {wish}
    events = [(line["event"], line["fields"]) for line in by_child]
    assert ("program.bug", {"error": "ValueError", "place": []}) in events
    assert ("action.done", {}) in events
    assert ("log.refused", {"count": 1}) in events
    assert ("native.output", {"source": "mupdf", "lines": 1}) in events
    assert "debug" not in {line["level"] for line in by_child if line["event"] == "action.done"}
    (ended,) = [line for line in told if line["event"] == "child.ended"]
    assert (ended["level"], ended["fields"]["how"]) == ("debug", "closed")
    assert NAME not in lines.path.read_text()
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")


@pytest.mark.parametrize(
    ("code", "how", "status", "signal"),
    [
        ("sys.exit(3)", "left", 3, 0),
        ("os.kill(os.getpid(), 11)", "left", 0, 11),
        ("os.write(1, b'garbage that is no message'); sys.stdin.read()", "broken", 0, 9),
        ("sys.stdin.buffer.read()", "late", 0, 9),
    ],
)
def test_how_a_child_died_is_told(
    lines: Lines, monkeypatch: pytest.MonkeyPatch, code: str, how: str, status: int, signal: int
) -> None:
    command = [sys.executable, "-c", PREAMBLE + code]
    monkeypatch.setattr(children, "child_command", lambda _room: command)
    child = Child("reader", longest_reply=1000)
    with pytest.raises(ChildDied):
        child.receive(1 if how == "late" else 60)
    child.close()
    (ended,) = [line for line in lines.all() if line["event"] == "child.ended"]
    assert ended["level"] == "warning"
    fields = {"room": "reader", "how": how, "status": status, "signal": signal}
    assert ended["fields"] == fields


def test_a_child_that_can_not_be_started_leaves_no_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "child_command", lambda _room: ["/no/such/program"])
    before = set(Path("/proc/self/fd").iterdir())
    with pytest.raises(FileNotFoundError):
        Child("reader")
    assert set(Path("/proc/self/fd").iterdir()) <= before


def test_a_child_whose_parent_is_deaf_goes_on(tmp_path: Path) -> None:
    """Nobody reads, or the pipe is gone: a child is not held up by its log."""
    code = f"""
{PREAMBLE}
from healthmate_desktop import logs
logs.start_child("engine")
for n in range(5000):
    logs.log(logs.Event.PROGRAM_BUG, count=n)
print("done")
"""
    (tmp_path / "program").write_text(code)
    reading, writing = native.quiet_pipe()
    for close_first in (False, True):
        if close_first:
            os.close(reading)
        done = subprocess.run(
            [sys.executable, str(tmp_path / "program")],
            stdout=subprocess.PIPE,
            stderr=writing,
            check=False,
            timeout=60,
        )
        assert done.stdout == b"done\n"
    os.close(writing)


def test_native_output_belongs_to_the_wish_the_child_is_at(lines: Lines) -> None:
    wish = new_id()
    (line,) = heard(lines, b"MuPDF error: x\n", wish=wish)
    assert line["action"] == wish


def test_logging_from_a_listener_while_the_window_logs_does_not_wait(lines: Lines) -> None:
    reading, writing = os.pipe()
    listener = Listener("reader", reading)

    def write() -> None:
        with os.fdopen(writing, "wb") as pipe:
            for _ in range(500):
                pipe.write(said("action.failed"))

    thread = threading.Thread(target=write)
    thread.start()
    for _ in range(200):
        log(Event.ACTION_FAILED)
    thread.join(30)
    listener.close(30)
    assert len(lines.all()) > 100
