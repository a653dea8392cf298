"""Harmless choices, kept in one small file outside the vault. Nothing about a person is ever put here."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from pathlib import Path

ThemeChoice = Literal["system", "light", "dark"]
TEXT_SCALES = (1.0, 1.125, 1.25, 1.5)


@dataclass(frozen=True, slots=True)
class Settings:
    """`country` is ISO 3166-1 alpha-2 and chooses the emergency number; "" = 112."""

    version: int = 1
    theme: ThemeChoice = "system"
    text_scale: float = 1.0
    country: str = ""
    vault_label: str = ""  # what the locked window may show: "Home", "Clinic desk 2"
    weights: str = ""  # file name of the chat weights; "" = the default


def load_settings(path: Path) -> Settings:
    """Read `path`; a missing, damaged or foreign value falls back to its default."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return Settings()
    if not isinstance(stored, dict):
        return Settings()
    known = {f.name: stored[f.name] for f in fields(Settings) if f.name in stored}
    valid = {
        name: value
        for name, value in known.items()
        if type(value) is type(getattr(Settings(), name))
        or (name == "text_scale" and type(value) is int)
    }
    settings = Settings(**valid)
    theme: ThemeChoice = settings.theme if settings.theme in get_args(ThemeChoice) else "system"
    scale = float(settings.text_scale) if settings.text_scale in TEXT_SCALES else 1.0
    return Settings(1, theme, scale, settings.country, settings.vault_label, settings.weights)


def save_settings(path: Path, settings: Settings) -> None:
    """Write whole or not at all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(asdict(settings), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
