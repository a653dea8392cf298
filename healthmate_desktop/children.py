"""Start a child process and talk to it over two anonymous pipes.

Messages are MessagePack maps behind a 4-byte length; never pickle. A child holds no keys, writes no files and
opens no sockets; killing it is always safe. Only the adapters in front of a child use this module.
"""

from __future__ import annotations

import contextlib
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Any, Literal, NoReturn

import msgpack

from healthmate_desktop.environment import fixed
from healthmate_desktop.errors import ChildDied
from healthmate_desktop.logs import Event, current_action, log
from healthmate_desktop.logs.actions import go_on
from healthmate_desktop.logs.native import Listener, quiet_pipe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.logs.events import End

LONGEST_MESSAGE = 512 * 1024 * 1024  # bytes; a 200 MB file and room for its frame
ACTION = "action"  # in a request: the id of the person's action that it belongs to
LONG = "long"  # in a request: what it is about is too large for one message, and sent when the child asks
_HEADER = struct.Struct(">I")

Message = dict[str, Any]
Ask = Callable[[Message], Message]  # sends a message, and waits for what the parent sends then
Room = Literal["reader", "engine"]


class BrokenPipe(Exception):
    """The other side is gone, or what it sent is no message."""


def write_message(stream: IO[bytes], message: Message) -> None:
    """Raises BrokenPipe when the other side is gone."""
    body = msgpack.packb(message)
    try:
        stream.write(_HEADER.pack(len(body)))
        stream.write(body)
        stream.flush()
    except (OSError, ValueError) as error:
        raise BrokenPipe from error


def read_message(stream: IO[bytes], longest: int = LONGEST_MESSAGE) -> Message | None:
    """The next message, or None at the end of the stream. Raises BrokenPipe for anything that is not one."""
    try:
        header = stream.read(_HEADER.size)
        if not header:
            return None
        (length,) = _HEADER.unpack(header)
        if length > longest:
            raise BrokenPipe("message too long")
        body = stream.read(length)
        if len(body) < length:
            raise BrokenPipe("cut short")
        message = msgpack.unpackb(body, strict_map_key=True)
    except (OSError, struct.error, ValueError, msgpack.UnpackException) as error:
        raise BrokenPipe("not a message") from error
    if not isinstance(message, dict):
        raise BrokenPipe("not a message")
    return message


class Child:
    """One child process. Requests are made one at a time by one thread; `kill` may come from any thread."""

    def __init__(self, room: Room, *, longest_reply: int = LONGEST_MESSAGE) -> None:
        """Start `python -m healthmate_desktop --child ROOM` (or the frozen program itself)."""
        self._longest_reply = longest_reply
        self._room = room
        self._action = current_action.get()
        self._end: End | None = None
        self._told = threading.Lock()  # taken when its end was logged
        reading, writing = quiet_pipe()
        try:
            self._process = subprocess.Popen(
                child_command(room),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=writing,
                env=child_environment(),
            )
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        self._stderr = Listener(room, reading, lambda: self._action)
        log(Event.CHILD_STARTED, room=room)
        if self._process.stdin is None or self._process.stdout is None:
            raise BrokenPipe  # cannot be: both were asked for
        self._requests, self._replies = self._process.stdin, self._process.stdout

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def send(self, message: Message) -> None:
        """Raises ChildDied."""
        if action := current_action.get():
            self._action = action
            message = message | {ACTION: action}
        try:
            write_message(self._requests, message)
        except BrokenPipe as error:
            raise self._died("left") from error

    def receive(self, seconds: float | None = None) -> Message:
        """The next reply. Raises ChildDied; after `seconds` without a reply the child is killed."""
        alarm = threading.Timer(seconds, self._kill, ["late"]) if seconds else None
        if alarm:
            alarm.daemon = True
            alarm.start()
        try:
            message = read_message(self._replies, self._longest_reply)
        except BrokenPipe as error:
            raise self._died("broken") from error
        finally:
            if alarm:
                alarm.cancel()
        if message is None:
            raise self._died("left")
        return message

    def kill(self) -> None:
        """End the child at once. Safe to call twice and from any thread."""
        self._kill("killed")

    def close(self) -> None:
        """Kill the child and collect it, so that no process and no pipe is left behind."""
        self._note("left" if self._process.poll() is not None else "closed")
        self._process.kill()
        for pipe in (self._requests, self._replies):
            with contextlib.suppress(OSError):  # unsent bytes for a reader that is gone
                pipe.close()
        self._process.wait()
        self._stderr.close()
        if self._told.acquire(blocking=False):
            self._log_end()

    def _kill(self, end: End) -> None:
        if self._process.poll() is None:
            self._note(end)
        self._process.kill()

    def _note(self, end: End) -> None:
        """The first reason is the true one."""
        self._end = self._end or end

    def _log_end(self) -> None:
        """The signal of one that died by itself says whether it crashed or was out of memory."""
        code = self._process.returncode
        log(
            Event.CHILD_ENDED,
            "debug" if self._end == "closed" else "warning",
            room=self._room,
            how=self._end or "closed",
            status=max(code, 0),
            signal=max(-code, 0),
        )

    def _died(self, end: End) -> ChildDied:
        self._note(end)
        self.close()
        return ChildDied("A helper process stopped unexpectedly. Your records are safe. Try again.")


def program_command() -> list[str]:
    """How this program is started, with `child_environment`."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, "-m", "healthmate_desktop"]


def child_command(room: str) -> list[str]:
    return [*program_command(), "--child", room]


def child_environment() -> dict[str, str]:
    """What a child may know: no proxies, no hub, no user site, one thread pool per library."""
    known = fixed(os.environ)
    if not getattr(sys, "frozen", False):
        package_parent = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH120, PTH100
        known["PYTHONPATH"] = package_parent
    return known


def serve(
    handle: Callable[[Message], Iterator[Message]],
    handle_long: Callable[[Message, Ask], Iterator[Message]] | None = None,
) -> NoReturn:
    """Run in the child: answer each request with the messages `handle` yields, until the parent is gone.

    `handle_long` gets the requests that say LONG.

    What native libraries print to standard output must not break the pipe, so it goes to nowhere instead.
    """
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    requests = os.fdopen(os.dup(0), "rb")

    def ask(message: Message) -> Message:
        write_message(replies, message)
        answer = read_message(requests)
        if answer is None:
            raise BrokenPipe
        return answer

    try:
        while (request := read_message(requests)) is not None:
            with go_on(request.pop(ACTION, "")):
                long = handle_long if request.pop(LONG, False) else None
                for reply in long(request, ask) if long else handle(request):
                    write_message(replies, reply)
    except BrokenPipe:
        pass
    os._exit(0)  # native thread pools must not delay the end
