# ruff: noqa: E501 - as exports have it
"""Small exports of Apple Health of people who do not exist, and what the reader makes of them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.proposals import NamedPerson, Proposal
from healthmate_desktop.domain.samples import Sample, SampleChunk, merged, samples_of
from healthmate_desktop.interop.apple_health import (
    ExportFile,
    Progress,
    Tally,
    read_apple_health,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 12 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation|Workout)*)>
<!ATTLIST VisionPrescription
  type CDATA #REQUIRED
<!ELEMENT RightEye EMPTY>
  axis CDATA #IMPLIED
>
]>
"""
Q, C = "HKQuantityTypeIdentifier", "HKCategoryTypeIdentifier"
MORNING = "2024-05-01 08:00:00"
EXPORTED = '<ExportDate value="2024-06-01 12:00:00 +0200"/>'
WATCH = "&lt;&lt;HKDevice: 0x28{address}&gt;, name:Apple Watch, manufacturer:Apple Inc., model:Watch, hardware:Watch6,2, software:{version}&gt;"
PHONE = "&lt;&lt;HKDevice: 0x28{address}&gt;, name:iPhone, manufacturer:Apple Inc., model:iPhone, hardware:iPhone14,2, software:{version}&gt;"


def record(
    name: str, value: str | None, start: str, end: str = "", *, inside: str = "", **more: str
) -> str:
    """A Record of HKQuantityType..., or of the whole identifier; times without an offset are in +0200."""
    type_id = name if name.startswith("HK") else f"HKQuantityTypeIdentifier{name}"
    said = {"type": type_id, "sourceName": "Scale"} | more
    said |= {"startDate": zoned(start), "endDate": zoned(end or start)}
    if value is not None:
        said["value"] = value
    attributes = " ".join(f'{key}="{text}"' for key, text in said.items())
    return f"<Record {attributes}>{inside}</Record>" if inside else f"<Record {attributes}/>"


def zoned(time: str) -> str:
    return time if len(time) != 19 else f"{time} +0200"


def note(key: str, value: str) -> str:
    return f'<MetadataEntry key="{key}" value="{value}"/>'


def correlation(*parts: str, kind: str = "BloodPressure") -> str:
    inside = "".join(parts)
    return f'<Correlation type="HKCorrelationTypeIdentifier{kind}" sourceName="Cuff">{inside}</Correlation>'


def export(*parts: str, head: str = HEAD, end: str = "</HealthData>\n") -> bytes:
    body = "\n ".join((EXPORTED, *parts))
    return f'{head}<HealthData locale="de_AT">\n {body}\n{end}'.encode()


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def streamed_zip(
    files: dict[str, bytes], *, mark: bytes = b"PK\x07\x08", width: str = "I"
) -> bytes:
    """As written to a pipe: checksum and sizes stand after each file."""
    parts = []
    for name, content in files.items():
        packer = zlib.compressobj(wbits=-15)
        packed = packer.compress(content) + packer.flush()
        raw = name.encode()
        header = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 8, 8, 0, 0, 0, 0, 0, len(raw), 0)
        sizes = struct.pack(f"<I{width}{width}", zlib.crc32(content), len(packed), len(content))
        parts.append(header + raw + packed + mark + sizes)
    return b"".join(parts) + b"PK\x01\x02"


class Read:
    """All that a file gives, sorted by what it is."""

    def __init__(self, content: bytes | Iterable[bytes], size: int = 0) -> None:
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        found: dict[type, list[Any]] = defaultdict(list)
        for item in read_apple_health(stream, size=size):
            found[type(item)].append(item)
        self.proposals: list[Proposal] = found[Proposal]
        self.people: list[NamedPerson] = found[NamedPerson]
        self.problems: list[Problem] = found[Problem]
        self.chunks: list[SampleChunk] = found[SampleChunk]
        self.files: list[ExportFile] = found[ExportFile]
        self.progress: list[Progress] = found[Progress]
        (self.tally,) = found[Tally]
        assert isinstance(item, Tally), "the last thing"

    @property
    def resources(self) -> list[Any]:
        return [proposal.resource for proposal in self.proposals]

    def samples(self, name: str = "") -> list[Sample]:
        """Of the chunks whose type ends so, merged."""
        keys: dict[Any, tuple[SampleChunk, ...]] = {}
        for chunk in self.chunks:
            if chunk.kind.type.endswith(name):
                keys[chunk.key] = merged(keys.get(chunk.key, ()), (chunk,)).chunks
        return [
            sample for parts in keys.values() for chunk in parts for sample in samples_of(chunk)
        ]

    def values(self, name: str = "") -> list[str]:
        return [sample.value for sample in self.samples(name)]


def codes(concept: dict[str, Any]) -> list[str]:
    return [coding["code"] for coding in concept["coding"]]
