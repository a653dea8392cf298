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
from typing import IO, TYPE_CHECKING, Any, NoReturn

import msgpack

from healthmate_desktop.errors import ChildDied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LONGEST_MESSAGE = 512 * 1024 * 1024  # bytes; a 200 MB file and room for its frame
_HEADER = struct.Struct(">I")

Message = dict[str, Any]


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

    def __init__(self, room: str, *, longest_reply: int = LONGEST_MESSAGE) -> None:
        """Start `python -m healthmate_desktop --child ROOM` (or the frozen program itself)."""
        self._longest_reply = longest_reply
        self._process = subprocess.Popen(
            child_command(room),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=child_environment(),
        )
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
        try:
            write_message(self._requests, message)
        except BrokenPipe as error:
            raise self._died() from error

    def receive(self, seconds: float | None = None) -> Message:
        """The next reply. Raises ChildDied; after `seconds` without a reply the child is killed."""
        alarm = threading.Timer(seconds, self.kill) if seconds else None
        if alarm:
            alarm.daemon = True
            alarm.start()
        try:
            message = read_message(self._replies, self._longest_reply)
        except BrokenPipe as error:
            raise self._died() from error
        finally:
            if alarm:
                alarm.cancel()
        if message is None:
            raise self._died()
        return message

    def kill(self) -> None:
        """End the child at once. Safe to call twice and from any thread."""
        self._process.kill()

    def close(self) -> None:
        """Kill the child and collect it, so that no process and no pipe is left behind."""
        self._process.kill()
        for pipe in (self._requests, self._replies):
            with contextlib.suppress(OSError):  # unsent bytes for a reader that is gone
                pipe.close()
        self._process.wait()

    def _died(self) -> ChildDied:
        self.close()
        return ChildDied("A helper process stopped unexpectedly. Your records are safe. Try again.")


def child_command(room: str) -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, "--child", room]
    return [sys.executable, "-m", "healthmate_desktop", "--child", room]


def child_environment() -> dict[str, str]:
    """What a child may know: no proxies, no hub, no user site, one thread pool per library."""
    kept = {
        name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")
    }
    fixed = {
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
        "ORT_DISABLE_TELEMETRY": "1",  # ONNX Runtime reports to its maker by default since 1.29
        "PYTHONNOUSERSITE": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }
    if not getattr(sys, "frozen", False):
        package_parent = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH120, PTH100
        fixed["PYTHONPATH"] = package_parent
    return kept | fixed


def serve(handle: Callable[[Message], Iterator[Message]]) -> NoReturn:
    """Run in the child: answer each request with the messages `handle` yields, until the parent is gone.

    What native libraries print to standard output must not break the pipe, so it goes to nowhere instead.
    """
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    requests = os.fdopen(os.dup(0), "rb")
    try:
        while (request := read_message(requests)) is not None:
            for reply in handle(request):
                write_message(replies, reply)
    except BrokenPipe:
        pass
    os._exit(0)  # native thread pools must not delay the end
