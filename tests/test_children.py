"""Child processes: what they say is believed only when it is a message, and none is ever left behind."""

from __future__ import annotations

import io
import struct
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgpack
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthmate_desktop import children
from healthmate_desktop.children import BrokenPipe, Child, read_message, write_message
from healthmate_desktop.errors import ChildDied

if TYPE_CHECKING:
    from collections.abc import Callable

    Program = Callable[[str], Child]

pytestmark = pytest.mark.integration
ROOT = Path(__file__).resolve().parents[1]
PREAMBLE = f"import os, sys, time\nsys.path.insert(0, {str(ROOT)!r})\n"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def framed(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Program:
    """A child that runs this code instead of a room."""

    def start(code: str) -> Child:
        command = [sys.executable, "-c", PREAMBLE + code]
        monkeypatch.setattr(children, "child_command", lambda _room: command)
        return Child("reader", longest_reply=1000)

    return start


def says(raw: bytes) -> str:
    """Code that says these bytes and then waits for more requests."""
    return f"sys.stdout.buffer.write({raw!r}); sys.stdout.flush(); sys.stdin.buffer.read()"


def is_gone(pid: int) -> bool:
    """No process and no zombie: it was waited for."""
    return not psutil.pid_exists(pid)


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_message_arrives_as_it_was_sent(message: dict[str, object]) -> None:
    stream = io.BytesIO()
    write_message(stream, message)
    write_message(stream, {"next": 1})
    stream.seek(0)
    assert read_message(stream) == message
    assert read_message(stream) == {"next": 1}
    assert read_message(stream) is None


@given(st.binary(max_size=200))
def test_garbage_is_no_message_and_no_other_error(raw: bytes) -> None:
    try:
        message = read_message(io.BytesIO(raw), longest=1000)
    except BrokenPipe:
        return
    assert message is None if not raw else isinstance(message, dict)


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00",
        b"\x00\x00\x00",
        framed(b"\x81\xa1a\x01")[:-1],
        framed(b""),
        framed(b"\x01"),
        framed(msgpack.packb([1, 2])),
        framed(msgpack.packb({1: 2})),
        framed(b"\x81\xa1a\x01\x01"),
        framed(b"\x81\xa1a\xa1\xff"),
        framed(b"\xc1"),
        framed(b"\x91" * 100_000),
        framed(b"\x81\xa1a\xd4\x00\x00")[:7],
        b"\xff\xff\xff\xff",
    ],
    ids=lambda raw: repr(raw[:12]),
)
def test_what_is_not_one_whole_map_is_refused(raw: bytes) -> None:
    with pytest.raises(BrokenPipe):
        read_message(io.BytesIO(raw))


def test_message_over_the_limit_is_refused_before_it_is_read() -> None:
    stream = io.BytesIO(framed(msgpack.packb({"a": "x" * 5000})))
    with pytest.raises(BrokenPipe, match="too long"):
        read_message(stream, longest=1000)
    assert stream.tell() == 4


def test_writing_to_a_closed_stream_is_a_broken_pipe() -> None:
    stream = io.BytesIO()
    stream.close()
    with pytest.raises(BrokenPipe):
        write_message(stream, {"a": 1})


def test_child_answers_until_it_is_closed(program: Program) -> None:
    echo = (
        "from healthmate_desktop.children import serve\nserve(lambda r: iter([r, {'again': True}]))"
    )
    with closing(program(echo)) as child:
        for number in range(3):
            child.send({"number": number})
            assert child.receive(30) == {"number": number}
            assert child.receive(30) == {"again": True}
        assert child.alive
    assert not child.alive
    assert is_gone(child.pid)
    child.close()


def test_what_is_too_large_for_a_message_comes_in_pieces_when_the_child_asks(
    program: Program,
) -> None:
    adding = (
        "from healthmate_desktop.children import serve\n"
        "def long(request, ask):\n"
        "    total = 0\n"
        "    while piece := ask({'want': 1})['piece']:\n"
        "        total += len(piece)\n"
        "    yield {'total': total, 'said': sorted(request)}\n"
        "serve(lambda r: iter([r]), long)"
    )
    with closing(program(adding)) as child:
        child.send({"long": True, "size": 5})
        for piece in (b"abc", b"de", b""):
            assert child.receive(30) == {"want": 1}
            child.send({"piece": piece})
        assert child.receive(30) == {"total": 5, "said": ["size"]}
        child.send({"short": 1})
        assert child.receive(30) == {"short": 1}
        child.send({"long": True})
        assert child.receive(30) == {"want": 1}
        child._requests.close()  # the parent is gone in the middle
        assert child._process.wait(timeout=30) == 0


def test_what_a_library_prints_does_not_break_the_conversation(program: Program) -> None:
    noisy = (
        "from healthmate_desktop.children import serve\n"
        "def handle(request):\n"
        "    os.write(1, b'warning: something'); print('hello', flush=True)\n"
        "    yield {'fine': True}\n"
        "serve(handle)"
    )
    with closing(program(noisy)) as child:
        child.send({})
        assert child.receive(30) == {"fine": True}


def test_child_ends_when_its_parent_is_gone(program: Program) -> None:
    child = program("from healthmate_desktop.children import serve\nserve(lambda r: iter([r]))")
    child.send({"a": 1})
    child.receive(30)
    child._requests.close()
    assert child._process.wait(timeout=30) == 0
    child.close()


@pytest.mark.parametrize(
    "raw",
    [
        framed(b"\x81\xa1a\x01")[:-1],
        framed(b"\xc1\xc1"),
        framed(msgpack.packb("text")),
        framed(b"x" * 2000),
        b"Traceback (most recent call last):\n",
    ],
    ids=["cut short", "garbage", "no map", "too long", "plain text"],
)
def test_child_that_breaks_the_protocol_is_ended_and_told_of_in_clear_words(
    program: Program, raw: bytes
) -> None:
    code = f"sys.stdout.buffer.write({raw!r}); sys.stdout.flush(); os.close(1); sys.stdin.buffer.read()"
    child = program(code)
    with pytest.raises(ChildDied, match=r"Your records are safe\. Try again"):
        child.receive(30)
    assert is_gone(child.pid)


def test_child_that_ends_without_a_word_is_told_of(program: Program) -> None:
    child = program("sys.exit(3)")
    with pytest.raises(ChildDied):
        child.receive(30)
    assert is_gone(child.pid)


def test_sending_to_a_dead_child_is_told_of(program: Program) -> None:
    child = program("sys.exit(3)")
    child._process.wait(timeout=30)
    with pytest.raises(ChildDied):
        child.send({"content": b"x" * 1_000_000})
    assert is_gone(child.pid)


def test_child_killed_while_it_is_waited_for_is_told_of(program: Program) -> None:
    with closing(program(says(framed(msgpack.packb({"ready": True}))))) as child:
        assert child.receive(30) == {"ready": True}
        killer = threading.Timer(0.05, child.kill)
        killer.start()
        with pytest.raises(ChildDied):
            child.receive(30)
        killer.join()
        assert is_gone(child.pid)


def test_child_that_says_nothing_is_killed_after_its_time(program: Program) -> None:
    child = program("sys.stdin.buffer.read()")
    started = time.monotonic()
    with pytest.raises(ChildDied):
        child.receive(0.2)
    assert 0.1 < time.monotonic() - started < 20
    assert is_gone(child.pid)


def test_child_that_answers_in_time_lives_on(program: Program) -> None:
    with closing(program(says(framed(msgpack.packb({"ready": True}))))) as child:
        before = set(threading.enumerate())
        assert child.receive(60) == {"ready": True}
        for alarm in set(threading.enumerate()) - before:
            alarm.join(timeout=30)
            assert not alarm.is_alive()  # it was called off
        assert child.alive


def test_killing_twice_and_after_the_end_does_no_harm(program: Program) -> None:
    child = program("sys.stdin.buffer.read()")
    child.kill()
    child.kill()
    child.close()
    child.kill()
    assert is_gone(child.pid)


def test_sending_to_a_child_that_stopped_listening_does_not_wait_for_ever(program: Program) -> None:
    child = program("os.close(0); print(); sys.stdout.flush(); time.sleep(60)")
    child._replies.read(1)
    with pytest.raises(ChildDied):
        child.send({"content": b"x" * 1_000_000})
    assert is_gone(child.pid)


def test_child_is_started_by_the_room_alone() -> None:
    assert children.child_command("engine")[1:] == ["-m", "healthmate_desktop", "--child", "engine"]


def test_frozen_program_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert children.child_command("reader") == [sys.executable, "--child", "reader"]
    assert "PYTHONPATH" not in children.child_environment()


def test_child_knows_no_proxy_and_no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "https_proxy", "All_Proxy"):
        monkeypatch.setenv(name, "proxy.example.org")
    monkeypatch.setenv("KEPT", "yes")
    known = children.child_environment()
    assert not [name for name in known if name.lower().endswith("_proxy")]
    assert "proxy.example.org" not in known.values()
    assert (known["HF_HUB_OFFLINE"], known["PYTHONNOUSERSITE"], known["KEPT"]) == ("1", "1", "yes")
    assert known["ORT_DISABLE_TELEMETRY"] == "1"


@pytest.mark.parametrize("room", ["reader", "engine"])
def test_real_children_end_on_nonsense_and_leave_nothing(
    room: Literal["reader", "engine"],
) -> None:
    child = Child(room)
    child._requests.write(framed(b"\xc1"))
    child._requests.flush()
    with pytest.raises(ChildDied):
        child.receive(60)
    assert is_gone(child.pid)
