"""The one thing about the toolkit that has to be watched: see the pin in pyproject.toml."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QObject, Signal

pytestmark = pytest.mark.ui


class Bell(QObject):
    rang = Signal()


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="True is immortal from 3.12")
@pytest.mark.usefixtures("qapp")
def test_emitting_does_not_wear_out_true() -> None:
    bell = Bell()
    bell.rang.emit()
    before = sys.getrefcount(True)
    for _ in range(200):
        bell.rang.emit()
    assert abs(sys.getrefcount(True) - before) <= 2
