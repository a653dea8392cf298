"""Places: what ships with the program is there, and a data folder holds everything in it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import platformdirs
import pytest

from healthmate_desktop import paths
from healthmate_desktop.paths import Paths

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.unit


def test_everything_of_a_data_folder_lies_in_it(tmp_path: Path) -> None:
    places = Paths(tmp_path)
    assert {places.vault.parent, places.library.parent, places.settings.parent} == {tmp_path}
    assert len({places.vault, places.library, places.settings}) == 3


def test_naming_the_places_makes_nothing(tmp_path: Path) -> None:
    places = Paths(tmp_path / "new")
    assert not any(p.exists() for p in (places.data, places.vault, places.library, places.settings))


def test_what_ships_with_the_program_is_there() -> None:
    assert (paths.resources_dir() / "rules" / "emergency.toml").is_file()
    assert (paths.resources_dir() / "sample" / "family.toml").is_file()
    assert (paths.models_dir() / "manifest.toml").is_file()


def test_frozen_build_finds_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert paths.resources_dir() == tmp_path / "resources"
    assert paths.models_dir() == tmp_path / "models"


@pytest.mark.skipif(os.name == "nt", reason="Windows asks its own settings")
def test_default_data_folder_is_in_the_persons_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    folder = paths.default_data_dir()
    assert folder.is_relative_to(tmp_path)
    assert folder.name == "HealthMate"


@pytest.mark.parametrize("named", ["", " ", "/srv/data", "~/data"])
def test_default_data_folder_is_where_platformdirs_puts_it(
    named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", named)
    expected = platformdirs.user_data_dir("HealthMate", appauthor=False)
    assert str(paths.default_data_dir()) == expected
