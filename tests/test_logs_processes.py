"""What Python, Qt, native code and children would print: counted and sorted, never kept, and never in anyone's way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import warnings
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from log_lines import Line, Lines, read

from healthmate_desktop import children, logs
from healthmate_desktop.children import Child
from healthmate_desktop.domain.ids import new_id
from healthmate_desktop.errors import ChildDied
from healthmate_desktop.logs import Event, hooks, log, native
from healthmate_desktop.logs.actions import action
from healthmate_desktop.logs.native import MARK, MOST_TOLD, Listener, sort
from healthmate_desktop.logs.values import STRICT, Refused, for_parent, from_child
from healthmate_desktop.logs.writing import Log, the_log

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.security, pytest.mark.integration]

ROOT = Path(__file__).resolve().parents[1]
NAME = "Wilhelmina Vandenberg"
PREAMBLE = f"import os, sys\nsys.path.insert(0, {str(ROOT)!r})\n"
START = PREAMBLE + "from pathlib import Path\nfrom healthmate_desktop import logs\n"


@pytest.fixture
def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    monkeypatch.delenv(STRICT, raising=False)
    made = Lines(tmp_path)
    the_log.least = "debug"
    yield made
    Log.__init__(the_log)


class Ran:
    """A program that has ended, and what it logged."""

    def __init__(self, code: str, folder: Path, *, process: str = "app", **changes: str) -> None:
        path = folder / "events.log"
        start = f"logs.start({process!r})\nlogs.keep_in(Path({str(path)!r}))\n"
        done = subprocess.run(
            [sys.executable, "-X", "dev", "-c", START + start + code],
            env=os.environ | changes,
            capture_output=True,
            text=True,
            check=False,
        )
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr
        self.lines = read(path)
        self.text = path.read_text() if path.exists() else ""

    def of(self, event: str) -> list[Line]:
        return [line for line in self.lines if line["event"] == event]

    def fields(self, event: str) -> list[dict[str, Any]]:
        return [line["fields"] for line in self.of(event)]


def test_a_program_logs_its_start_and_its_end(tmp_path: Path) -> None:
    ran = Ran("", tmp_path)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert [line["event"] for line in ran.lines] == ["program.started", "program.ended"]
    assert ran.lines[0]["fields"].keys() == {"major", "minor", "patch", "python", "system"}


@pytest.mark.parametrize("level", ["debug", "warning", "critical", "nonsense"])
def test_the_least_level_can_be_set_from_outside(tmp_path: Path, level: str) -> None:
    code = "for level in ('debug', 'info', 'warning', 'error', 'critical'):\n"
    code += "    logs.log(logs.Event.ACTION_DONE, level)\n"
    ran = Ran(code, tmp_path, HEALTHMATE_LOG_LEVEL=level)
    expected = {"debug": 5, "warning": 3, "critical": 1, "nonsense": 4}
    assert len(ran.of("action.done")) == expected[level]


# --- Python ---


@pytest.mark.parametrize("process", ["app", "cli"])
def test_a_mistake_of_the_program_is_told_by_class_only(tmp_path: Path, process: str) -> None:
    ran = Ran(f"raise ValueError({NAME!r})", tmp_path, process=process)
    assert ran.code == 1
    assert ran.fields("program.bug") == [{"error": "ValueError", "place": []}]
    assert (
        ran.err
        == "HealthMate stopped by a mistake of its own: ValueError. Your records are safe.\n"
    )
    assert NAME not in ran.text


def test_a_mistake_in_our_own_code_is_told_with_its_lines(tmp_path: Path) -> None:
    ran = Ran(
        "from healthmate_desktop.logs import file\nfile._open(Path('/no/where'), os.O_RDONLY)",
        tmp_path,
    )
    ((place,),) = [fields["place"] for fields in ran.fields("program.bug")]
    assert place.startswith("logs.file:_open:")
    assert f"FileNotFoundError at {place}." in ran.err


def test_ctrl_c_is_no_mistake(tmp_path: Path) -> None:
    ran = Ran("raise KeyboardInterrupt", tmp_path)
    assert ran.of("program.bug") == []
    assert ran.err == ""


def test_threads_and_objects_that_fail_are_told_of(tmp_path: Path) -> None:
    code = f"""
import threading
def fail():
    raise ValueError({NAME!r})
def leave():
    raise SystemExit({NAME!r})
for work in (fail, leave):
    thread = threading.Thread(target=work, name={NAME!r})
    thread.start()
    thread.join()
class Unfinished:
    def __del__(self):
        raise KeyError({NAME!r})
Unfinished()
"""
    ran = Ran(code, tmp_path)
    assert ran.fields("thread.bug") == [{"error": "ValueError", "place": []}]
    assert ran.fields("object.bug") == [{"error": "KeyError", "place": []}]
    assert (ran.code, ran.err) == (0, "")
    assert NAME not in ran.text


def test_what_libraries_log_and_warn_of_is_counted(tmp_path: Path) -> None:
    code = f"""
import logging, warnings
for n in range(25):
    logging.getLogger("sqlalchemy.engine").error("%s %d", {NAME!r}, n)
    warnings.warn({NAME!r} + str(n), UserWarning)
logging.getLogger({NAME!r}).critical({NAME!r})
logging.warning("%d", {NAME!r})
logging.getLogger("PIL").info("below the level that libraries log at")
"""
    ran = Ran(code, tmp_path, HEALTHMATE_LOG_LEVEL="debug")
    counts = [(f["library"], f["severity"], f["records"]) for f in ran.fields("library.record")]
    assert counts == [
        ("sqlalchemy", 40, 1),
        ("sqlalchemy", 40, 9),
        ("other", 50, 1),
        ("root", 30, 1),
        ("sqlalchemy", 40, 15),
    ]
    assert [line["level"] for line in ran.of("library.record")][1:4] == ["warning", "error", "info"]
    assert sum(fields["count"] for fields in ran.fields("library.warning")) == 25
    assert ran.err == ""
    assert NAME not in ran.text


@pytest.mark.parametrize(
    ("kind", "event", "level"),
    [
        (0, "qt.message", "debug"),
        (1, "qt.message", "warning"),
        (2, "qt.message", "error"),
        (3, "qt.stopped", "critical"),
        (4, "qt.message", "info"),
        (99, "qt.message", "warning"),
    ],
)
def test_of_qts_messages_kind_and_category_are_told(
    lines: Lines, monkeypatch: pytest.MonkeyPatch, kind: int, event: str, level: str
) -> None:
    monkeypatch.setattr(hooks, "_qt_messages", hooks.Tally(hooks._tell_qt_messages))
    said: list[str] = []
    monkeypatch.setattr(native, "say", said.append)

    class Kind:
        value = kind

    class Context:
        category = "qt.qpa.xcb"

    class Strange:
        category = NAME

    logs.on_qt_message(Kind(), Context(), NAME)
    logs.on_qt_message(Kind(), Strange(), NAME)
    logs.on_qt_message(Kind(), None, NAME)
    told = lines.all()
    assert {(line["event"], line["level"]) for line in told} == {(event, level)}
    assert [line["fields"]["category"] for line in told] == ["qt.qpa", "other", "other"]
    assert said == (["Qt stopped the program."] * 3 if kind == 3 else [])
    assert NAME not in lines.path.read_text()


def test_qt_itself_speaks_through_it(tmp_path: Path) -> None:
    code = f"""
from PySide6.QtCore import qInstallMessageHandler, qWarning
qInstallMessageHandler(logs.on_qt_message)
qWarning({NAME!r}.encode())
"""
    ran = Ran(code, tmp_path)
    assert ran.fields("qt.message") == [{"category": "default", "count": 1}]
    assert ran.err == ""


def test_a_hook_that_shows_mistakes_also_logs_them(lines: Lines) -> None:
    shown: list[BaseException] = []
    hook = logs.reporting(lambda _kind, error, _trace: shown.append(error))
    errors = [ValueError(NAME), KeyboardInterrupt()]
    for error in errors:
        hook(type(error), error, None)
    assert shown == errors
    assert [line["fields"] for line in lines.all()] == [{"error": "ValueError", "place": []}]


# --- standard error ---


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("ERROR CORE sqlcipher_page_cipher: hmac check failed for pgno=1", "sqlcipher_page"),
        ("2026-11-20 08:00:00.123: ERROR CORE something about a page", "sqlcipher"),
        ("sqlcipher: nothing to do", "sqlcipher"),
        ("thread 'main' panicked at src/lib.rs:1:2:", "panic"),
        ("Fatal Python error: Segmentation fault", "panic"),
        ("llama_model_loader: loaded meta data", "llama"),
        ("ggml_backend_load: failed", "llama"),
        ("print_info: arch = qwen2", "llama"),
        ("sched_reserve: n_tokens = 512", "llama"),
        ("[2026-11-20T08:00:00Z WARN lance::dataset] slow", "lance"),
        ("qt.qpa.plugin: Could not find", "qt"),
        ("QObject::connect: no such slot", "qt"),
        ("This application failed to start because no Qt platform plugin could be", "qt_start"),
        ("2026-11-20 [W:onnxruntime:Default, x.cc:1 y] unknown", "onnx"),
        ("Estimating resolution as 300", "tesseract"),
        ("MuPDF error: syntax error", "mupdf"),
        ("Traceback (most recent call last):", "python"),
        ("KeyError: 'x'", "python"),
        (NAME, "other"),
        ("", "other"),
    ],
)
def test_lines_are_sorted_by_who_wrote_them(line: str, source: str) -> None:
    assert sort(line.encode()) == source


@pytest.mark.parametrize("process", ["app", "cli"])
def test_what_native_code_writes_is_counted_and_goes_nowhere(tmp_path: Path, process: str) -> None:
    code = f"""
import ctypes
library = ctypes.CDLL(None)
text = b"ERROR CORE sqlcipher_page_cipher: hmac check failed: " + {NAME!r}.encode() + b"\\n"
library.write(2, text, len(text))
library.dprintf(2, {NAME!r}.encode() + b"\\n" * 3)
os.write(2, b"no end of line " + {NAME!r}.encode())
"""
    ran = Ran(code, tmp_path, process=process)
    assert (ran.code, ran.err) == (0, "")
    found = {fields["source"]: fields["lines"] for fields in ran.fields("native.output")}
    assert found == {"sqlcipher_page": 1, "other": 1} or found == {"sqlcipher_page": 1, "other": 2}
    assert {line["level"] for line in ran.of("native.output")} == {"error", "info"}
    assert NAME not in ran.text


def test_a_command_goes_on_talking_to_its_terminal(tmp_path: Path) -> None:
    code = """
print("progress", file=sys.stderr)
print("\\ud800 caf\\u00e9", file=sys.stderr, flush=True)
print("result")
logs.say("a line of ours")
"""
    ran = Ran(code, tmp_path, process="cli", PYTHONIOENCODING="utf-8")
    assert ran.out == "result\n"
    assert ran.err == "progress\n\\ud800 café\na line of ours\n"


def test_in_the_window_only_our_own_lines_reach_the_terminal(tmp_path: Path) -> None:
    code = f"print({NAME!r}, file=sys.stderr)\nsys.stderr.write('')\nlogs.say('a line of ours')\n"
    ran = Ran(code, tmp_path)
    assert ran.err == "a line of ours\n"
    assert ran.fields("native.output") == [{"source": "python", "lines": 1}]


def test_a_flood_on_standard_error_holds_nobody_up(tmp_path: Path) -> None:
    """The pipe never blocks: who writes faster than it is read loses lines, or gets an error."""
    code = f"""
lost = 0
for _ in range(20_000):
    try:
        os.write(2, {NAME!r}.encode() * 50 + b"\\n")
    except BlockingIOError:
        lost += 1
print("done")
"""
    ran = Ran(code, tmp_path)
    assert ran.out == "done\n"
    assert ran.err == ""
    assert 0 < len(ran.of("native.output")) < 10
    assert NAME not in ran.text


def test_a_program_becomes_another_with_its_own_standard_error(tmp_path: Path) -> None:
    """As the lock does."""
    code = """
print("before", file=sys.stderr)
logs.give_back()
os.execv(sys.executable, [sys.executable, "-c", "import os; os.write(2, b'after')"])
"""
    assert Ran(code, tmp_path).err == "after"


@pytest.mark.parametrize("redirected", ["2>&-", "2>/dev/full", "2>/dev/null"])
def test_a_program_without_a_terminal_runs_all_the_same(tmp_path: Path, redirected: str) -> None:
    code = f"logs.start('cli')\nlogs.keep_in(Path({str(tmp_path / 'events.log')!r}))\nlogs.say('x')\nprint('done')\n"
    program = START + "if sys.stderr is None: sys.stderr = open(os.devnull, 'w')\n" + code
    command = f'exec "$0" -c "$1" {redirected}'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable, program], capture_output=True, text=True, check=False
    )
    assert done.stdout == "done\n", done
    assert [line["event"] for line in read(tmp_path / "events.log")][0] == "program.started"


def test_without_a_capture_our_lines_go_to_standard_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    native.say("hello")
    assert capsys.readouterr().err == "hello\n"
    monkeypatch.setattr(sys, "stderr", None)
    native.say("nobody hears it")


def test_on_windows_the_pipe_is_a_plain_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    for end in native.quiet_pipe():
        os.close(end)


# --- children ---


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
    assert {line["action"] for line in by_child} == {wish}
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
def test_how_a_child_died_is_told(  # noqa: PLR0913, PLR0917
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
    before = set(os.listdir("/proc/self/fd"))
    with pytest.raises(FileNotFoundError):
        Child("reader")
    assert set(os.listdir("/proc/self/fd")) <= before


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


def test_a_warning_shown_by_hand_is_counted_too(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "_warnings", hooks.Tally(hooks._tell_warnings))
    hooks._on_warning(NAME, UserWarning, NAME, 1)
    assert lines.only()["fields"] == {"error": "UserWarning", "count": 1}
    assert warnings.showwarning is not hooks._on_warning
