"""Files dropped on the window are taken; anything else is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from healthmate_desktop.ui.widgets.drop_zone import DropOverlay, DropZone
from healthmate_desktop.ui.widgets.section import SearchField

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]

Show = Callable[..., QWidget]
COPY, LEFT, NONE = (
    Qt.DropAction.CopyAction,
    Qt.MouseButton.LeftButton,
    Qt.KeyboardModifier.NoModifier,
)


def carrying(*urls: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl(url) for url in urls])
    return data


def drag_in(widget: QWidget, data: QMimeData) -> bool:
    event = QDragEnterEvent(QPoint(5, 5), COPY, data, LEFT, NONE)
    event.ignore()
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def drop(widget: QWidget, data: QMimeData) -> None:
    QApplication.sendEvent(widget, QDropEvent(QPointF(5, 5), COPY, data, LEFT, NONE))


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "Lab report ü.pdf"
    path.write_bytes(b"%PDF")
    return path


def test_dropped_files_are_handed_on(show: Show, report: Path) -> None:
    dropped: list[list[Path]] = []
    zone = DropZone("Drop files here", "PDF and photos")
    zone.files_dropped.connect(dropped.append)
    show(zone)
    data = carrying(QUrl.fromLocalFile(str(report)).toString())
    before = zone.grab().toImage()
    assert drag_in(zone, data)
    assert zone.grab().toImage() != before
    drop(zone, data)
    assert dropped == [[report]]
    assert zone.grab().toImage() == before


@pytest.mark.parametrize("url", ["https://example.org/report.pdf", "data:text/plain,hello"])
def test_a_link_to_somewhere_else_is_not_taken(show: Show, url: str) -> None:
    zone = DropZone("Drop files here", "PDF and photos")
    show(zone)
    assert not drag_in(zone, carrying(url))


def test_dragging_out_again_changes_nothing(show: Show, report: Path) -> None:
    zone = DropZone("Drop files here", "PDF and photos")
    show(zone)
    before = zone.grab().toImage()
    drag_in(zone, carrying(QUrl.fromLocalFile(str(report)).toString()))
    QApplication.sendEvent(zone, QDragLeaveEvent())
    assert zone.grab().toImage() == before


def test_the_whole_window_takes_files(show: Show, report: Path) -> None:
    dropped: list[list[Path]] = []
    window = show(QLabel("Anything"))
    overlay = DropOverlay("Drop to add to Rosa's records", "Read on this computer.", window)
    overlay.files_dropped.connect(dropped.append)
    data = carrying(QUrl.fromLocalFile(str(report)).toString())
    assert not overlay.isVisible()
    assert drag_in(window, data)
    assert overlay.isVisible()
    assert overlay.geometry() == window.rect()
    window.resize(640, 480)
    assert overlay.geometry() == window.rect()
    assert not overlay.grab().isNull()
    drop(window, data)  # before the pointer has moved on to what covers the window
    assert dropped == [[report]]
    assert not overlay.isVisible()


def test_leaving_the_window_uncovers_it(show: Show, report: Path) -> None:
    window = show(QLabel("Anything"))
    overlay = DropOverlay("Drop to add", "Read on this computer.", window)
    drag_in(window, carrying(QUrl.fromLocalFile(str(report)).toString()))
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not overlay.isVisible()


def test_moving_on_to_the_cover_keeps_it(show: Show, report: Path) -> None:
    dropped: list[list[Path]] = []
    window = show(QLabel("Anything"))
    overlay = DropOverlay("Drop to add", "Read on this computer.", window)
    overlay.files_dropped.connect(dropped.append)
    data = carrying(QUrl.fromLocalFile(str(report)).toString())
    drag_in(window, data)
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert drag_in(overlay, data)
    assert overlay.isVisible()
    drop(overlay, data)
    assert dropped == [[report]]


def test_a_field_does_not_swallow_a_dropped_file(show: Show, report: Path) -> None:
    field = SearchField("Ask", "Ask a question")
    window = show(field)
    overlay = DropOverlay("Drop to add", "Read on this computer.", window)
    assert drag_in(field.edit, carrying(QUrl.fromLocalFile(str(report)).toString()))
    assert overlay.isVisible()
    assert field.edit.text() == ""


def test_a_link_over_the_window_covers_nothing(show: Show) -> None:
    window = show(QLabel("Anything"))
    overlay = DropOverlay("Drop to add", "Read on this computer.", window)
    drag_in(window, carrying("https://example.org/"))
    assert not overlay.isVisible()
