"""What goes through a stream comes back whole or is refused, and trouble at either end is told as what it was."""

from __future__ import annotations

import errno
import hashlib
import io
import random
from dataclasses import dataclass, field

import pyrage
import pytest

from healthmate_desktop.errors import VaultDamaged
from healthmate_desktop.security.age import new_identity, open_with, recipient_of
from healthmate_desktop.security.streams import seal_stream, unseal_stream

pytestmark = [pytest.mark.security, pytest.mark.unit]

PIECE = 64 * 1024  # what the age format seals at a time
KEY, OTHER, STRANGER = new_identity(), new_identity(), new_identity()
CONTENT = random.Random(1).randbytes(3 * PIECE + 100)


def sealed(content: bytes, *recipients: str) -> bytes:
    target = io.BytesIO()
    seal_stream(io.BytesIO(content), target, KEY, recipients)
    return target.getvalue()


def unsealed(content: bytes, identity: str = KEY) -> bytes:
    target = io.BytesIO()
    unseal_stream(io.BytesIO(content), target, identity)
    return target.getvalue()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 100])
def test_any_length_comes_back_and_age_alone_opens_it_too(size: int) -> None:
    content = CONTENT[:size]
    closed = sealed(content)
    assert unsealed(closed) == content
    assert open_with(KEY, closed) == content
    assert unsealed(pyrage.encrypt(content, [recipient(KEY)])) == content


def recipient(identity: str) -> pyrage.x25519.Recipient:
    return pyrage.x25519.Identity.from_str(identity).to_public()


def test_each_recipient_opens_it_and_nobody_else(capsys: pytest.CaptureFixture[str]) -> None:
    closed = sealed(CONTENT, recipient_of(OTHER), recipient_of(OTHER))  # named twice by mistake
    assert unsealed(closed, KEY) == unsealed(closed, OTHER) == CONTENT
    with pytest.raises(VaultDamaged, match="sealed with other keys"):
        unsealed(closed, STRANGER)
    assert capsys.readouterr() == ("", "")


def test_nothing_of_the_content_is_left_readable_and_no_two_are_alike() -> None:
    first, second = sealed(CONTENT), sealed(CONTENT)
    assert first[-PIECE:] != second[-PIECE:]
    assert not any(CONTENT[start : start + 16] in first for start in range(0, len(CONTENT), 64))


@dataclass
class Dribble:
    """A source that gives what it likes, as a pipe does; it notes how far ahead of the target it was asked."""

    pieces: int
    size: int
    given: int = 0
    taken: int = 0
    farthest: int = 0
    seen: list[hashlib._Hash] = field(default_factory=lambda: [hashlib.sha256(), hashlib.sha256()])

    def read(self, size: int, /) -> bytes:
        if self.given == self.pieces * self.size:
            return b""
        piece = bytes([self.given % 251]) * min(self.size, size)
        self.given += len(piece)
        self.farthest = max(self.farthest, self.given - self.taken)
        self.seen[0].update(piece)
        return piece

    def write(self, piece: bytes, /) -> None:
        self.taken += len(piece)
        self.seen[1].update(piece)


def test_a_long_stream_is_never_in_memory_as_a_whole() -> None:
    """32 MiB in pieces of an odd length, and no more than a few pieces ahead."""
    ends = Dribble(pieces=8192, size=4096 - 7)
    seal_stream(ends, ends, KEY)
    assert ends.taken > ends.given > 32_000_000
    assert ends.farthest < 4 * PIECE


class Pipe:
    """Gives few bytes at a time, never as many as asked for."""

    def __init__(self, content: bytes, most: int) -> None:
        self._content, self._most = io.BytesIO(content), most

    def read(self, size: int, /) -> bytes:
        return self._content.read(min(size, self._most))


@pytest.mark.parametrize("most", [1, 13, 4095])
def test_short_reads_do_no_harm(most: int) -> None:
    content, closed, opened = CONTENT[: PIECE + 50], io.BytesIO(), io.BytesIO()
    seal_stream(Pipe(content, most), closed, KEY)
    unseal_stream(Pipe(closed.getvalue(), most), opened, KEY)
    assert opened.getvalue() == content


def test_what_was_cut_short_is_refused_wherever_it_ends() -> None:
    closed = sealed(CONTENT)
    head = len(closed) - len(CONTENT) - 4 * 16  # four pieces, each with a tag of 16 bytes
    ends = {head + number * (PIECE + 16) + more for number in range(4) for more in (-1, 0, 1)}
    for end in [*range(0, head, 7), *ends, len(closed) - 1]:
        refused(closed[:end])


def test_what_was_changed_is_refused_wherever_the_change_is() -> None:
    """Also where pieces change places, are left out, or another stream goes on after the end."""
    closed = sealed(CONTENT)
    head, piece = len(closed) - len(CONTENT) - 4 * 16, PIECE + 16
    pieces = [closed[start : start + piece] for start in range(head, len(closed), piece)]
    for start in (*range(head), *(head + number * piece + 5 for number in range(4))):
        changed = bytearray(closed)
        changed[start] ^= 1
        refused(bytes(changed))
    for order in ([1, 0, 2, 3], [0, 2, 3], [1, 2, 3], [0, 0, 1, 2, 3], [0, 1, 3], [3], []):
        refused(closed[:head] + b"".join(pieces[number] for number in order))
    for more in (b"\0", closed, pieces[3]):
        refused(closed + more)
    refused(closed[:head] + sealed(CONTENT)[head:])


def refused(closed: bytes) -> None:
    """With at most a true beginning in the target."""
    target = io.BytesIO()
    with pytest.raises(VaultDamaged, match="Try another backup"):
        unseal_stream(io.BytesIO(closed), target, KEY)
    assert CONTENT.startswith(target.getvalue())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"age",
        b"age-encryption.org/v1\n",
        b"age-encryption.org/v1\n-> X25519 \n",
        b"age-encryption.org/v1\n--- " + b"A" * 43 + b"\n" + bytes(200),
        b"age-encryption.org/v2\n-> X25519 abc\n",
        b"-----BEGIN AGE ENCRYPTED FILE-----\nAAAA\n-----END AGE ENCRYPTED FILE-----\n",
        b"SQLite format 3\0" + bytes(4096),
        b"\xff\xfe" * 5000,
        b"-> " * 50_000,
    ],
    ids=lambda content: repr(content[:36]),
)
def test_what_is_no_such_stream_is_refused(content: bytes) -> None:
    with pytest.raises(VaultDamaged):
        unsealed(content)


class Trouble(Exception):
    """Something this module never heard of."""


class Ends:
    """A source and target that raises at its n-th read or write, and notes when it is asked after that."""

    def __init__(
        self, content: bytes, problem: BaseException, *, read: int = 0, write: int = 0
    ) -> None:
        self._content, self._problem = io.BytesIO(content), problem
        self.left = {"read": read, "write": write}
        self.calls = {"read": 0, "write": 0}
        self.raised = self.asked_again = 0

    def read(self, size: int, /) -> bytes:
        self._count("read")
        return self._content.read(size)

    def write(self, piece: bytes, /) -> int:
        self._count("write")
        return len(piece)

    def _count(self, what: str) -> None:
        self.asked_again += self.raised
        self.calls[what] += 1
        if self.calls[what] == self.left[what]:
            self.raised = 1
            raise self._problem


PROBLEMS = [
    OSError(errno.ENOSPC, "full"),
    OSError(errno.EIO, "broken"),
    InterruptedError(errno.EINTR, "interrupted"),
    VaultDamaged("the source's own sentence"),
    Trouble("anything"),
    ValueError("seek of closed file"),
    KeyboardInterrupt(),
    GeneratorExit(),
]


@pytest.mark.parametrize("problem", PROBLEMS, ids=repr)
@pytest.mark.parametrize("where", ["read", "write"])
@pytest.mark.parametrize("opening", [False, True], ids=["seal", "unseal"])
def test_whatever_an_end_raises_at_any_call_travels_up_as_it_was(
    problem: BaseException, where: str, opening: bool
) -> None:
    """A full disk must not be called a damaged backup, nor a stop asked for be lost."""
    content = sealed(CONTENT[: PIECE + 1]) if opening else CONTENT[: PIECE + 1]
    calls = passed(Ends(content, problem), opening).calls[where]
    assert calls >= 2
    for point in range(1, calls + 1):
        at = {where: point}
        ends = Ends(content, problem, **at)
        with pytest.raises(type(problem)) as caught:
            passed(ends, opening)
        assert caught.value is problem
        assert not ends.asked_again


def passed(ends: Ends, opening: bool) -> Ends:
    (unseal_stream if opening else seal_stream)(ends, ends, KEY)
    return ends
