"""Key files that open at once, for the tests that open thousands of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from healthmate_desktop.security import kdf
from security.made import QUICK, Made

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def cheap_unlocks() -> Iterator[None]:
    """The real floor of costs is held to in test_kdf and test_known_answers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "FLOOR", QUICK)
        yield


@pytest.fixture
def made(cheap_unlocks: None, tmp_path: Path) -> Made:  # noqa: ARG001
    return Made(tmp_path / "vault")
