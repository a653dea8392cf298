"""Screens hear that something stored has changed."""

from __future__ import annotations

import pytest

from healthmate_desktop.ui.changes import Changes

pytestmark = pytest.mark.ui

SIGNALS = (
    "documents_changed",
    "records_changed",
    "library_changed",
    "chats_changed",
    "patients_changed",
)


@pytest.mark.parametrize("changed", SIGNALS)
def test_only_the_screens_that_care_hear_of_it(changed: str) -> None:
    changes, heard = Changes(), list[str]()
    for name in SIGNALS:
        getattr(changes, name).connect(lambda name=name: heard.append(name))
    getattr(changes, changed).emit()
    assert heard == [changed]
