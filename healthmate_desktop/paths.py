"""Where things are: what ships with the program, and what belongs to one data folder."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path


def program_dir() -> Path:
    """Holds `resources/` and `models/`: the checkout, or the folder of a frozen build."""
    frozen = getattr(sys, "_MEIPASS", None)
    return Path(frozen) if frozen else Path(__file__).resolve().parent.parent


def resources_dir() -> Path:
    return program_dir() / "resources"


def models_dir() -> Path:
    return program_dir() / "models"


def default_data_dir() -> Path:
    if sys.platform == "linux":  # as platformdirs says; loading it would hold up the first window
        named = Path(os.environ.get("XDG_DATA_HOME", ""))
        return (named if named.is_absolute() else Path.home() / ".local/share") / "HealthMate"
    import platformdirs

    return Path(platformdirs.user_data_dir("HealthMate", appauthor=False))


def state_dir() -> Path:
    """Outside every data folder: what must not be carried along when that is copied or put back."""
    if sys.platform == "linux":
        named = Path(os.environ.get("XDG_STATE_HOME", ""))
        return (named if named.is_absolute() else Path.home() / ".local/state") / "HealthMate"
    if sys.platform == "darwin":  # its own folders for data and state are the same
        return Path.home() / "Library/Preferences/HealthMate"
    import platformdirs

    return Path(platformdirs.user_data_dir("HealthMate", appauthor=False, roaming=True))


@dataclass(frozen=True, slots=True)
class Paths:
    """The places inside one data folder."""

    data: Path

    @property
    def vault(self) -> Path:
        """Everything about people, encrypted."""
        return self.data / "vault"

    @property
    def library(self) -> Path:
        """Public sources, not encrypted."""
        return self.data / "library"

    @property
    def settings(self) -> Path:
        return self.data / "settings.json"

    @property
    def restoring(self) -> Path:
        """A note that a backup is taking the place of the vault."""
        return self.data / "restore.json"

    @property
    def attempts(self) -> Path:
        """How often a wrong passphrase was typed; readable, names nobody."""
        return self.data / "state.json"

    @property
    def events(self) -> Path:
        """Event codes from before the vault is open."""
        return self.data / "events.log"
