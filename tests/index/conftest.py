"""An empty library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from healthmate_desktop.index.library import LibraryIndex

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def index(tmp_path: Path) -> LibraryIndex:
    return LibraryIndex(tmp_path / "library")
