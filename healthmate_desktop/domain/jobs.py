"""Long work that must finish, or fail visibly at the next start."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from healthmate_desktop.domain.ids import JobId

JobKind = Literal["import", "backup", "renewal"]
JobState = Literal["running", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Job:
    """`payload` is what the work needs to go on, in the vault and therefore encrypted."""

    id: JobId
    kind: JobKind
    state: JobState = "running"
    payload: Mapping[str, Any] = field(default_factory=dict)
    attempt: int = 1
    error: str = ""  # a sentence, when it failed
