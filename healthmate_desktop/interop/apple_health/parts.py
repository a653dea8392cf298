"""What the reader yields besides proposals, people, problems and chunks of samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Progress:
    """Bytes of the file that were taken in; `size` is 0 where it was not told."""

    done: int
    size: int


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file that lies in export.zip beside the main one. `content` is empty for kinds that are only named."""

    kind: Literal["fhir", "cda", "route", "other"]
    name: str  # fit to show
    size: int
    content: bytes = b""  # of FHIR, one resource as JSON


@dataclass(frozen=True, slots=True)
class Tally:
    """The last thing yielded: what was counted, so that nothing goes unsaid.

    `records` is the sum of the samples in chunks and in proposals (a blood pressure is two), `identical`, `repeated`
    and `unreadable`.
    """

    records: int  # Record elements, those inside a Correlation too
    types: tuple[tuple[str, int], ...]  # of them, by Apple's type
    identical: int  # stood again within one chunk or proposal; between chunks of one key `merged` finds them
    repeated: int  # stood inside a Correlation and again by themselves, and were counted once
    unreadable: int  # without a type, a time or a value that can be read
    without_offset: int  # times that do not say which time zone
    elements: int  # workouts, activity summaries and others
    identical_elements: int
    lost: int  # places where the XML is broken; what stood there is missing
    exported: str  # when the export was made, as it says; "" if it does not

    def sentences(self) -> tuple[str, ...]:
        """What a person should know, one sentence each; none where all is plain."""
        said = (
            (self.identical, "Readings that stand in the file again and were counted once: {}."),
            (
                self.identical_elements,
                "Workouts and summaries that stand in the file again and were kept once: {}.",
            ),
            (
                self.unreadable,
                "Readings without a type, time or value that can be read, left out: {}.",
            ),
            (self.without_offset, "Times without a time zone, read in that of the export: {}."),
            (self.lost, "Places where the file is broken and something is missing: {}."),
        )
        return tuple(sentence.format(f"{count:,}") for count, sentence in said if count)
