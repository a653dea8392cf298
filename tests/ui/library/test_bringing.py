"""Where more can be had for the library, and bringing it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from healthmate_desktop.ui.library.downloads import DOWNLOADS
from ui.library.library_fakes import Books, button, has_button

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.ui.library.screen import LibraryScreen

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]


def test_where_the_downloads_are_is_told_and_can_be_copied(
    screen: LibraryScreen, books: Books, wait: Callable[[], None]
) -> None:
    button(screen, "Bring your own").click()
    assert screen.bringing.back.hasFocus()
    button(screen, "Copy address of MedlinePlus health topics").click()
    assert QGuiApplication.clipboard().text() == "https://medlineplus.gov/xml.html"
    assert all(d.address.startswith("https://") or "Your own" in d.name for d in DOWNLOADS)
    screen.bringing.zone.files_dropped.emit([Path("topics.zip")])
    wait()
    assert books.added == [Path("topics.zip")]
    assert has_button(screen, "Read The topics")  # where its progress is shown
    button(screen, "Bring your own").click()
    QTest.keyClick(screen.bringing.back, Qt.Key.Key_Escape)
    assert has_button(screen, "Read The topics")
    assert button(screen, "Bring your own").hasFocus()
