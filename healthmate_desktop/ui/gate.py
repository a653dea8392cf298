"""What the window gets from outside: the ways to a vault, and what is behind the door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.services.assistant import AssistantService
    from healthmate_desktop.services.documents import DocumentService
    from healthmate_desktop.services.importing import ImportService
    from healthmate_desktop.services.library import LibraryService
    from healthmate_desktop.services.patients import PatientService


@dataclass(frozen=True, slots=True)
class OpenVault:
    """The services of an open vault. Called off the GUI thread only."""

    patients: PatientService
    importing: ImportService
    documents: DocumentService
    assistant: AssistantService
    library: LibraryService
    from_previous_header: bool
    weights: str  # name of the chat weights, "" where there are none
    warm_up: Callable[[], None]  # loads the models


@dataclass(frozen=True, slots=True)
class Gate:
    """`create` takes a passphrase and gives the recovery key; it, `unlock` and `recover` take about a second."""

    exists: Callable[[], bool]
    create: Callable[[str], str]
    unlock: Callable[[str], OpenVault]
    recover: Callable[[str], OpenVault]  # with the recovery key
    close: Callable[[], None]  # closes the vault and ends the children; safe to call twice
