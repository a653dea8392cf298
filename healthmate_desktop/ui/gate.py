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
    from healthmate_desktop.services.search import SearchService


@dataclass(frozen=True, slots=True)
class OpenVault:
    """The services of an open vault. Called off the GUI thread only."""

    patients: PatientService
    importing: ImportService
    documents: DocumentService
    search: SearchService
    assistant: AssistantService
    library: LibraryService
    from_previous_header: bool
    warm_up: Callable[[], None]  # loads the models, blocking
    close: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Gate:
    """`create` takes a passphrase and gives the recovery key; both it and `unlock` take about a second."""

    exists: Callable[[], bool]
    create: Callable[[str], str]
    unlock: Callable[[str], OpenVault]
    close: Callable[[], None]  # ends the children, when the window closes
