"""Identifiers. UUIDv7 (RFC 9562), so that ids sort by the time they were made on any machine."""

from __future__ import annotations

import os
import time
import uuid
from typing import NewType

PatientId = NewType("PatientId", str)
DocumentId = NewType("DocumentId", str)
SourceId = NewType("SourceId", str)
PassageId = NewType("PassageId", str)
ThreadId = NewType("ThreadId", str)
TurnId = NewType("TurnId", str)
UserId = NewType("UserId", str)
SessionId = NewType("SessionId", str)
JobId = NewType("JobId", str)
GrantId = NewType("GrantId", str)
RecordId = NewType("RecordId", str)


def new_id() -> str:
    """A fresh UUIDv7 as 36 characters."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    number = (milliseconds & (2**48 - 1)) << 80 | random
    number = number & ~(0xF << 76) | 0x7 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=number))
