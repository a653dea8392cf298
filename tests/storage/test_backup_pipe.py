"""Work on a thread of its own and the work that waits for it: what one meets, the other is told, and both end."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from healthmate_desktop.storage.backup_pipe import Left, Pipe, PipeReader, made_by, read_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

pytestmark = pytest.mark.unit
MANY = 100  # pieces, more than may be under way


class DriveGone(Exception):
    pass


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) == before


def all_of(reader: PipeReader, size: int = 3) -> bytes:
    found = b""
    while piece := reader.read(size):
        found += piece
    return found


def write_to(read: Callable[[PipeReader], None], pieces: Iterable[bytes]) -> None:
    with read_by(read) as writer:
        for piece in pieces:
            writer.write(piece)


def cut_off(pieces: list[bytes]) -> Iterator[bytes]:
    yield from pieces
    raise DriveGone


def test_all_that_is_written_is_read_in_its_order() -> None:
    found: list[bytes] = []
    with read_by(lambda reader: found.append(all_of(reader))) as writer:
        for number in range(MANY):
            writer.write(str(number).encode())
            writer.write(b"")  # is not the end
    assert found == ["".join(map(str, range(MANY))).encode()]


@pytest.mark.parametrize("pieces", [0, 1, MANY])
def test_who_writes_is_told_why_nothing_is_read_any_more(pieces: int) -> None:
    def read(reader: PipeReader) -> None:
        reader.read(1)
        raise DriveGone

    with pytest.raises(DriveGone):
        write_to(read, [b"piece"] * pieces)


def test_a_reader_that_ends_too_soon_is_found_out() -> None:
    with pytest.raises(Left):
        write_to(lambda _: None, [b"piece"] * MANY)


def test_who_reads_is_told_that_it_is_not_the_end_when_writing_fails() -> None:
    met: list[BaseException] = []

    def read(reader: PipeReader) -> None:
        try:
            all_of(reader)
        except BaseException as error:
            met.append(error)
            raise

    with pytest.raises(DriveGone):
        write_to(read, cut_off([b"half of it"]))
    assert [type(error) for error in met] == [Left]


def test_what_was_made_comes_before_why_no_more_is() -> None:
    def make(pipe: Pipe[int]) -> None:
        for number in range(MANY):
            pipe.put(number)
        raise DriveGone

    found: list[int | None] = []
    pipe: Pipe[int]
    with made_by(make) as pipe:
        found.extend(pipe.take() for _ in range(MANY))
        for _ in range(2):  # however often it is asked
            with pytest.raises(DriveGone):
                pipe.take()
    assert found == list(range(MANY))


def test_who_makes_stops_when_nobody_takes() -> None:
    made: list[int] = []

    def make(pipe: Pipe[int]) -> None:
        while True:
            pipe.put(len(made))
            made.append(1)

    with pytest.raises(DriveGone):
        take_one(make)
    assert len(made) < MANY


def take_one(make: Callable[[Pipe[int]], None]) -> None:
    pipe: Pipe[int]
    with made_by(make) as pipe:
        assert pipe.take() == 0
        raise DriveGone
