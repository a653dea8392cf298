"""The words of a page's picture can be selected, copied and found, and its values pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSizeF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QHelpEvent, QImage, QWheelEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolTip

from healthmate_desktop.domain.documents import Box, Word
from healthmate_desktop.ui.documents.paper import Paper, ValueBox

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]

A4 = QSizeF(595, 842)
TEXT = "Glucose 7.2 high\nSodium 139"
WORDS = (
    Word(0, 7, Box(60, 100, 110, 112)),
    Word(8, 11, Box(120, 100, 140, 112)),
    Word(12, 16, Box(150, 100, 175, 112)),
    Word(17, 23, Box(60, 130, 105, 142)),
    Word(24, 27, Box(120, 130, 140, 142)),
)
GLUCOSE = ValueBox("g", "Glucose 7.2 mmol/L", (Box(58, 98, 180, 114),))
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def paper(show: Callable[..., QWidget]) -> Paper:
    made = Paper()
    made.window_kept = show(made, size=(700, 600))  # type: ignore[attr-defined]
    image = QImage(1190, 1684, QImage.Format.Format_RGB32)
    image.fill(QColor("#FFFFFF"))
    made.show_page(image, A4, [], "Page 1")
    made.show_words(TEXT, WORDS)
    return made


def at(paper: Paper, x: float, y: float) -> QPoint:
    """A place in page points, as a pixel of the paper."""
    return (QPointF(x, y) * paper._sheet.scale).toPoint()


def drag(paper: Paper, start: tuple[float, float], end: tuple[float, float]) -> None:
    left, sheet = Qt.MouseButton.LeftButton, paper._sheet
    QTest.mousePress(sheet, left, pos=at(paper, *start))
    QTest.mouseMove(sheet, at(paper, *end))
    QApplication.processEvents()
    QTest.mouseRelease(sheet, left, pos=at(paper, *end))


def colour_at(paper: Paper, x: float, y: float) -> str:
    return paper._sheet.grab().toImage().pixelColor(at(paper, x, y)).name()


def test_a_drag_selects_whole_words_in_reading_order(paper: Paper) -> None:
    drag(paper, (122, 105), (100, 135))
    assert paper.selected_text() == "7.2 high\nSodium"
    assert colour_at(paper, 130, 101) != "#ffffff"
    drag(paper, (160, 105), (70, 105))  # backwards
    assert paper.selected_text() == "Glucose 7.2 high"


def test_a_drag_between_the_lines_takes_the_nearest_words(paper: Paper) -> None:
    drag(paper, (400, 105), (400, 138))
    assert paper.selected_text() == "high\nSodium 139"


def test_what_is_selected_is_copied(paper: Paper) -> None:
    QGuiApplication.clipboard().setText("before")
    paper.setFocus()
    QTest.keyClick(paper, Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "before"  # nothing is selected
    QTest.keyClick(paper, Qt.Key.Key_A, CONTROL)
    QTest.keyClick(paper, Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == TEXT


def test_a_double_click_selects_a_word_and_a_click_none(paper: Paper) -> None:
    QTest.mouseDClick(paper._sheet, Qt.MouseButton.LeftButton, pos=at(paper, 80, 135))
    assert paper.selected_text() == "Sodium"
    QTest.mouseClick(paper._sheet, Qt.MouseButton.LeftButton, pos=at(paper, 300, 500))
    assert paper.selected_text() == ""


def test_the_menu_copies_too(paper: Paper, qtbot: QtBot) -> None:
    paper.select_all()
    QTest.mouseClick(paper._sheet, Qt.MouseButton.RightButton, pos=at(paper, 80, 135))
    assert paper.selected_text() == TEXT  # only the left button lets go of it
    paper.contextMenuEvent(_context(paper))
    menu = paper.findChildren(QMenu)[-1]
    qtbot.waitUntil(menu.isVisible)
    menu.actions()[0].trigger()
    assert QGuiApplication.clipboard().text() == TEXT
    menu.close()


def test_a_page_without_words_has_no_menu_and_selects_nothing(paper: Paper) -> None:
    paper.show_words("", ())
    drag(paper, (60, 105), (150, 105))
    assert paper.selected_text() == ""
    paper.select_all()
    paper.contextMenuEvent(_context(paper))
    assert paper.findChildren(QMenu) == []


def test_a_value_is_edged_named_and_pressed(paper: Paper) -> None:
    pressed = QSignalSpy(paper.value_pressed)
    paper.show_values([GLUCOSE])
    assert colour_at(paper, 118, 96.5) != "#ffffff"
    QTest.mouseMove(paper._sheet, at(paper, 130, 105))
    QApplication.processEvents()
    assert paper._sheet.cursor().shape() == Qt.CursorShape.PointingHandCursor
    where = at(paper, 130, 105)
    tip = QHelpEvent(QEvent.Type.ToolTip, where, paper._sheet.mapToGlobal(where))
    QApplication.sendEvent(paper._sheet, tip)
    assert QToolTip.text() == "Glucose 7.2 mmol/L"
    QTest.mouseClick(paper._sheet, Qt.MouseButton.LeftButton, pos=where)
    assert pressed.at(0) == ["g"]
    QTest.mouseClick(paper._sheet, Qt.MouseButton.LeftButton, pos=at(paper, 130, 300))
    drag(paper, (60, 105), (150, 105))  # that selects
    assert pressed.count() == 1


def test_the_hand_shows_what_it_is_over(paper: Paper) -> None:
    QTest.mouseMove(paper._sheet, at(paper, 80, 135))
    QApplication.processEvents()
    assert paper._sheet.cursor().shape() == Qt.CursorShape.IBeamCursor
    QTest.mouseMove(paper._sheet, at(paper, 400, 300))
    QApplication.processEvents()
    assert paper._sheet.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_found_words_are_marked_and_the_current_one_comes_into_sight(paper: Paper) -> None:
    paper.zoom_to(400)
    paper.verticalScrollBar().setValue(paper.verticalScrollBar().maximum())
    paper.show_hits([(0, 7), (17, 23)], 1)
    top = at(paper, 60, 130).y() - paper.verticalScrollBar().value()
    assert 0 < top < paper.viewport().height()
    assert colour_at(paper, 70, 102) != "#ffffff"
    paper.show_hits([], -1)
    assert colour_at(paper, 70, 102) == "#ffffff"


def test_sizes_go_from_half_to_four_times_and_to_the_width(paper: Paper) -> None:
    wide = paper._sheet.width()
    paper.setFocus()
    while paper.larger.isEnabled():
        QTest.keyClick(paper, Qt.Key.Key_Plus)
    assert paper.percent == 400
    assert paper._sheet.width() == round(595 * 96 / 72 * 4)
    while paper.smaller.isEnabled():
        QTest.keyClick(paper, Qt.Key.Key_Minus)
    assert paper.percent == 50
    QTest.keyClick(paper, Qt.Key.Key_0)
    assert paper.percent is None
    assert paper._sheet.width() == wide


def test_control_and_the_wheel_change_the_size(paper: Paper) -> None:
    changed = QSignalSpy(paper.zoomed)
    for turn, modifier in ((120, CONTROL), (-120, CONTROL), (-120, Qt.KeyboardModifier(0))):
        middle = QPointF(paper.viewport().rect().center())
        event = QWheelEvent(
            middle,
            paper.mapToGlobal(middle),
            QPoint(),
            QPoint(0, turn),
            Qt.MouseButton.NoButton,
            modifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(paper.viewport(), event)
    assert changed.count() == 2
    assert paper.verticalScrollBar().value() > 0


def test_a_large_page_asks_for_a_sharper_picture(paper: Paper, qtbot: QtBot) -> None:
    with qtbot.waitSignal(paper.sharper_wanted) as wanted:
        paper.zoom_to(400)
    assert wanted.args == [paper._sheet.width()]
    sharp = QImage(3173, 4490, QImage.Format.Format_RGB32)
    sharp.fill(QColor("#CCCCCC"))
    paper.sharpen(sharp)
    assert paper._sheet.missing_width() == 0
    assert colour_at(paper, 300, 300) == "#cccccc"
    paper.zoom_to(None)
    assert colour_at(paper, 300, 300) == "#ffffff"  # small, the first one is as good


def _context(paper: Paper):  # type: ignore[no-untyped-def]
    from PySide6.QtGui import QContextMenuEvent

    middle = paper.rect().center()
    return QContextMenuEvent(QContextMenuEvent.Reason.Mouse, middle, paper.mapToGlobal(middle))
