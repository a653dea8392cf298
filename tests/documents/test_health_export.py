"""Exports of Apple Health between the reader child and its client: in pieces, within limits, and nothing believed."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from healthmate_desktop.documents import client, health_export, limits
from healthmate_desktop.documents.client import Reader
from healthmate_desktop.documents.wire import BrokenPromise
from healthmate_desktop.domain.documents import BytesRead, DocumentKind, ReadDocument
from healthmate_desktop.domain.samples import Sample, SampleChunk, SampleKind, chunks_of, fields_of
from healthmate_desktop.errors import UnreadableDocument, UnsupportedDocument, VaultDamaged

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.children import Message

pytestmark = [pytest.mark.security, pytest.mark.health]
RECORD = (
    '<Record type="HKQuantityTypeIdentifierStepCount" sourceName="iPhone" unit="count" '
    'startDate="2024-03-{0:02} {1:02}:{2:02}:00 +0100" endDate="2024-03-{0:02} {1:02}:{2:02}:30 +0100" value="{2}"/>\n'
)


def export(*parts: str) -> bytes:
    return f"<HealthData>{''.join(parts)}</HealthData>".encode()


def read(stream: Any, size: int) -> tuple[list[SampleChunk], list[BytesRead], ReadDocument]:
    chunks: list[SampleChunk] = []
    progress: list[BytesRead] = []
    steps = Reader().read_export(stream, size)
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            return chunks, progress, end.value
        if isinstance(step, SampleChunk):
            chunks.append(step)
        else:
            progress.append(step)


def test_a_file_comes_in_pieces_and_goes_back_as_samples() -> None:
    asked: list[int] = []

    class Watched(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            asked.append(size or 0)
            return super().read(size)

    places = [(d, h, m) for d in range(1, 12) for h in range(24) for m in range(60)]
    content = export(*(RECORD.format(*place) for place in places))
    chunks, progress, document = read(Watched(content), len(content))
    assert sum(chunk.count for chunk in chunks) == len(places)
    assert sum(chunk.total for chunk in chunks) == sum(range(60)) * 24 * 11
    assert progress[-1] == (len(content), len(content))
    assert len(progress) > 1
    assert max(asked) <= health_export.PIECE
    assert len(asked) > len(content) / health_export.PIECE
    assert document == ReadDocument(DocumentKind.APPLE_HEALTH, "", ())


def test_many_problems_are_told_up_to_a_number() -> None:
    bad = '<ActivitySummary dateComponents="never" activeEnergyBurned="{}"/>'
    content = export(*map(bad.format, range(1, 700)))
    _, _, document = read(io.BytesIO(content), len(content))
    assert len(document.problems) == 501
    assert "199" in document.problems[-1].message


def test_what_is_something_else_is_refused() -> None:
    with pytest.raises(UnsupportedDocument):
        read(io.BytesIO(b"<Other/>"), 8)
    with pytest.raises(UnreadableDocument, match="empty"):
        read(io.BytesIO(b""), 0)


def test_what_the_file_raises_while_it_is_read_travels_up() -> None:
    class Damaged:
        def read(self, _: int, /) -> bytes:
            raise VaultDamaged("It is damaged.")

    with pytest.raises(VaultDamaged):
        read(Damaged(), 10)


A_CHUNK = chunks_of(SampleKind("Steps"), "", "", [Sample(0, 1, 0, 0, "5")])[0][0]


class Lying:
    """A child that says what it wants to."""

    says: tuple[Message, ...] = ()

    def __init__(self, _room: str, **_: object) -> None:
        self._left = [{"ready": True}, *self.says]

    def send(self, message: Message) -> None:
        pass

    def receive(self, _seconds: float) -> Message:
        return self._left.pop(0)

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    "message",
    [
        {"samples": {}},
        {"samples": fields_of(A_CHUNK) | {"count": 2}},
        {"samples": fields_of(A_CHUNK) | {"content": b"x"}},
        {"progress": 5},
        {"progress": [1]},
        {"progress": [2, 1]},
        {"progress": [-1, 1]},
        {"progress": [True, 1]},
        {"progress": [1, 1 << 60]},
        {"proposals": "x"},
        {"anything": 1},
        {"done": {}},
        {"done": 1, "progress": [1, 1]},
    ],
    ids=lambda message: str(message)[:40],
)
def test_nothing_the_child_says_is_believed(
    message: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "Child", type("Lying", (Lying,), {"says": (message,)}))
    with pytest.raises(UnreadableDocument, match="It is kept"):
        read(io.BytesIO(b"x"), 1)


@pytest.mark.parametrize(
    ("module", "name", "message"),
    [
        (health_export, "_FREE", {"samples": fields_of(A_CHUNK)}),
        (limits, "MOST_PROPOSALS", {"proposals": [["{}", "", 0, [], "", []]]}),
    ],
)
def test_more_than_a_file_can_hold_is_refused(
    module: Any, name: str, message: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "Child", type("Lying", (Lying,), {"says": (message,)}))
    monkeypatch.setattr(module, name, 0)
    with pytest.raises(UnreadableDocument, match="It is kept"):
        read(io.BytesIO(b""), 0)


@pytest.mark.parametrize(
    "unpacked", [health_export.unpacked_chunk, health_export.unpacked_progress]
)
def test_a_message_of_no_shape_is_a_broken_promise(unpacked: Callable[[Any], object]) -> None:
    values: tuple[Any, ...] = (None, 0, "", [], {}, b"", [None, None])
    for value in values:
        with pytest.raises(BrokenPromise):
            unpacked(value)
