"""The page a sentence came from, with its place lit and in sight."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from healthmate_desktop.ui.stylesheet import apply_theme
from healthmate_desktop.ui.theme import LIT_LINE_ON_PAPER, LIT_ON_PAPER, make_theme
from healthmate_desktop.ui.widgets.page_view import PageView

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]

Show = Callable[..., QWidget]
A4 = QSizeF(595, 842)
LOW = QRectF(60, 500, 400, 20)
HIGH = QRectF(60, 100, 400, 20)


@pytest.fixture
def image() -> QImage:
    blank = QImage(1190, 1684, QImage.Format.Format_RGB32)
    blank.fill(QColor("#FFFFFF"))
    return blank


def settle(app: QApplication) -> None:
    app.processEvents()


def sheet(view: PageView) -> QWidget:
    paper = view.widget()
    assert paper is not None
    return paper


def colour_at(view: PageView, box: QRectF) -> str:
    scale = sheet(view).width() / A4.width()
    centre = box.center() * scale
    return sheet(view).grab().toImage().pixelColor(centre.toPoint()).name().upper()


def test_it_says_that_the_page_is_being_opened(show: Show) -> None:
    view = PageView()
    show(view)
    assert view.accessibleName() == "Opening page…"
    view.show_message("This page could not be drawn.")
    assert view.accessibleName() == "This page could not be drawn."


def test_every_place_is_lit(show: Show, image: QImage) -> None:
    view = PageView()
    show(view)
    view.show_page(image, A4, [HIGH, LOW], "Page 1 of Lakeside report")
    assert view.accessibleName() == "Page 1 of Lakeside report"
    assert colour_at(view, HIGH) == colour_at(view, LOW) == LIT_ON_PAPER
    assert colour_at(view, QRectF(60, 300, 400, 20)) == "#FFFFFF"


def test_print_under_the_marker_stays_dark(show: Show, image: QImage) -> None:
    image.fill(QColor("#000000"))
    view = PageView()
    show(view)
    view.show_page(image, A4, [LOW], "Page 1")
    assert colour_at(view, LOW) == "#000000"


def test_the_page_is_not_glaring_in_the_dark(qapp: QApplication, show: Show, image: QImage) -> None:
    view = PageView()
    show(view)
    view.show_page(image, A4, [LOW], "Page 1")
    apply_theme(qapp, make_theme("dark"))
    assert colour_at(view, HIGH) == make_theme("dark").colours.paper
    apply_theme(qapp, make_theme("light"))


@pytest.mark.parametrize("early", [True, False])
def test_the_lit_place_comes_to_a_third_from_the_top(
    qapp: QApplication, show: Show, image: QImage, early: bool
) -> None:
    view = PageView()
    if early:
        view.show_page(image, A4, [LOW], "Page 1")
    show(view, size=(700, 500))
    if not early:
        view.show_page(image, A4, [LOW], "Page 1")
    settle(qapp)
    top = LOW.y() * sheet(view).width() / A4.width() - view.verticalScrollBar().value()
    assert top == pytest.approx(view.viewport().height() / 3, abs=2)


def test_another_place_of_the_same_page_can_be_lit(
    qapp: QApplication, show: Show, image: QImage
) -> None:
    view = PageView()
    show(view, size=(700, 500))
    view.show_page(image, A4, [LOW], "Page 1")
    below = view.verticalScrollBar().value()
    view.light([HIGH])
    settle(qapp)
    assert view.verticalScrollBar().value() < below
    assert colour_at(view, HIGH) == LIT_ON_PAPER
    assert colour_at(view, LOW) == "#FFFFFF"


def test_a_page_without_a_place_starts_at_its_top(show: Show, image: QImage) -> None:
    view = PageView()
    show(view)
    view.show_page(image, A4, [], "Page 1")
    assert view.verticalScrollBar().value() == 0


def test_it_can_be_made_larger_and_smaller_up_to_a_limit(show: Show, image: QImage) -> None:
    view = PageView()
    show(view, view.smaller, view.larger)
    view.show_page(image, A4, [LOW], "Page 1")
    fitted = sheet(view).width()
    assert not view.smaller.isEnabled()
    while view.larger.isEnabled():
        QTest.mouseClick(view.larger, Qt.MouseButton.LeftButton)
    assert sheet(view).width() == 3 * fitted
    while view.smaller.isEnabled():
        QTest.mouseClick(view.smaller, Qt.MouseButton.LeftButton)
    assert sheet(view).width() == fitted


def test_zooming_keeps_what_is_in_the_middle(show: Show, image: QImage) -> None:
    view = PageView()
    show(view, size=(700, 500))
    view.show_page(image, A4, [LOW], "Page 1")

    def middle() -> float:
        bar, height = view.verticalScrollBar(), view.viewport().height()
        return (bar.value() + height / 2) / sheet(view).height()

    before = middle()
    view.zoom_in()
    assert middle() == pytest.approx(before, abs=0.01)


def test_it_fits_the_room_but_no_more_than_it_should(show: Show, image: QImage) -> None:
    view = PageView(widest=400)
    window = show(view, size=(1000, 500))
    view.show_page(image, A4, [], "Page 1")
    assert sheet(view).width() == 400
    window.resize(360, 500)
    assert sheet(view).width() < 360
    assert sheet(view).height() == round(sheet(view).width() * 842 / 595)


def test_the_edge_of_the_marker_is_drawn(show: Show, image: QImage) -> None:
    view = PageView()
    show(view)
    view.show_page(image, A4, [LOW], "Page 1")
    picture, scale = sheet(view).grab().toImage(), sheet(view).width() / A4.width()
    x, y = round(LOW.center().x() * scale), round(LOW.y() * scale)
    near = {picture.pixelColor(x, y + d).name().upper() for d in (-1, 0, 1)}
    assert LIT_LINE_ON_PAPER in near
