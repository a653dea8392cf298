"""What Python, Qt, native code and children would print: counted and sorted, never kept, and never in anyone's way."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from log_lines import Line, Lines, read

from healthmate_desktop import logs
from healthmate_desktop.logs import hooks, native
from healthmate_desktop.logs.native import sort
from healthmate_desktop.logs.tally import Tally
from healthmate_desktop.logs.values import STRICT
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
    monkeypatch.setattr(hooks, "_qt_messages", Tally(hooks._tell_qt_messages))
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
qWarning({NAME!r})
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


@pytest.mark.parametrize("redirected", ["2>&-", "2>/dev/full", "2>/dev/null", "2>&- >&- <&-"])
def test_a_program_without_a_terminal_runs_all_the_same(tmp_path: Path, redirected: str) -> None:
    code = f"""
logs.start('cli')
logs.keep_in(Path({str(tmp_path / "events.log")!r}))
logs.say('nobody hears it')
os.write(2, b'MuPDF error: x\\n')
"""
    command = f'exec "$0" -c "$1" {redirected}'
    subprocess.run(["sh", "-c", command, sys.executable, START + code], check=True)
    events = [line["event"] for line in read(tmp_path / "events.log")]
    assert events == ["program.started", "native.output", "program.ended"]


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


def test_a_warning_shown_by_hand_is_counted_too(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "_warnings", Tally(hooks._tell_warnings))
    hooks._on_warning(NAME, UserWarning, NAME, 1)
    assert lines.only()["fields"] == {"error": "UserWarning", "count": 1}
    assert warnings.showwarning is not hooks._on_warning
