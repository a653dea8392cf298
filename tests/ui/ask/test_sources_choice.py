"""Choosing the sources that the next questions are looked for in, and being told what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget

from healthmate_desktop.domain.ids import SourceId
from healthmate_desktop.domain.retrieval import EVERYTHING
from healthmate_desktop.ui.ask.screen import AskScreen
from healthmate_desktop.ui.changes import Changes
from healthmate_desktop.ui.widgets.buttons import Button
from ui.ask.ask_fakes import PERSON, FakeAssistant, FakeDocuments, FakeLibrary

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.ui.tasks import TaskRunner

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]

TITLES = ("Starter topics", "Eye & ear leaflets", "Asthma guideline", "Drug labels")


class Desk:
    """A person who asks, with a library of these sources."""

    def __init__(
        self,
        titles: tuple[str, ...],
        tasks: TaskRunner,
        show: Callable[..., QWidget],
        settle: Callable[..., None],
    ) -> None:
        self.assistant, self.library = FakeAssistant(), FakeLibrary(*titles)
        self.changes = Changes()
        self._settle, self._tasks = settle, tasks
        self.screen = AskScreen(
            PERSON, self.assistant, FakeDocuments(), self.library, tasks, self.changes, "GB"
        )
        self.window = show(self.screen, size=(1134, 768))
        self.button = self.screen.sources
        self.wait()

    def wait(self) -> None:
        self._settle(self._tasks)

    def ask(self) -> None:
        self.screen.ask("Is my HbA1c better?")
        self.wait()

    def open(self) -> QMenu:
        self.button.setFocus()
        QTest.keyClick(self.button, Qt.Key.Key_Space)
        return self.menu()

    def menu(self) -> QMenu:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        return menu

    def uncheck(self, *titles: str) -> None:
        menu = self.open()
        for action in menu.actions():
            if action.toolTip() in titles:
                action.trigger()
        QTest.keyClick(menu, Qt.Key.Key_Escape)

    def without(self) -> set[str]:
        """What was left out where the assistant looked last."""
        return set(self.assistant.filters[-1].without)

    def library_becomes(self, *titles: str) -> None:
        self.library.titles_kept = titles
        self.changes.library_changed.emit()
        self.wait()

    def words(self) -> str:
        labels = (w for w in self.screen.findChildren(QLabel) if w.isVisible())
        return "\n".join(w.accessibleName() or w.text() for w in labels)


class Make(Protocol):
    def __call__(self, *titles: str) -> Desk: ...


@pytest.fixture
def make(tasks: TaskRunner, show: Callable[..., QWidget], settle: Callable[..., None]) -> Make:
    return lambda *titles: Desk(titles, tasks, show, settle)


@pytest.fixture
def desk(make: Make) -> Desk:
    return make(*TITLES)


def test_all_sources_are_looked_in_until_somebody_says_otherwise(desk: Desk) -> None:
    assert desk.button.text() == "Sources: all"
    menu = desk.open()
    assert [action.toolTip() for action in menu.actions()] == list(TITLES)
    assert all(action.isChecked() for action in menu.actions())
    QTest.keyClick(menu, Qt.Key.Key_Escape)
    desk.ask()
    assert desk.assistant.filters == [EVERYTHING]
    assert "Not looked in" not in desk.words()


def test_what_is_unchecked_is_left_out_of_the_questions_that_follow(desk: Desk) -> None:
    desk.uncheck("Drug labels")
    assert desk.button.text() == "Sources: 3 of 4"
    desk.ask()
    assert desk.without() == {SourceId("Drug labels")}
    desk.screen.new_chat()
    desk.ask()
    assert desk.without() == {SourceId("Drug labels")}


def test_a_source_that_is_checked_again_is_looked_in_again(desk: Desk) -> None:
    desk.uncheck("Drug labels")
    desk.uncheck("Drug labels")
    assert desk.button.text() == "Sources: all"
    desk.ask()
    assert desk.without() == set()


def test_the_answer_says_what_was_not_looked_in(desk: Desk) -> None:
    desk.uncheck("Drug labels", "Eye & ear leaflets")
    desk.ask()
    assert "Not looked in: Eye & ear leaflets, Drug labels." in desk.words()


def test_why_other_documents_are_not_in_an_answer_leaves_out_the_same_sources(desk: Desk) -> None:
    desk.uncheck("Drug labels")
    desk.ask()
    desk.uncheck("Drug labels")
    why = next(b for b in desk.screen.findChildren(Button) if b.text().startswith("Why not"))
    why.click()
    desk.wait()
    assert len(desk.assistant.filters) == 2
    assert desk.without() == {SourceId("Drug labels")}


def test_an_answer_goes_on_saying_what_was_left_out_of_it(desk: Desk) -> None:
    desk.uncheck("Drug labels")
    desk.ask()
    desk.uncheck("Drug labels")
    desk.ask()
    assert desk.words().count("Not looked in: Drug labels.") == 1


def test_the_menu_is_worked_with_the_keyboard_and_stays_open_for_the_next_box(desk: Desk) -> None:
    desk.screen.composer.field.edit.setFocus()
    QTest.keyClick(desk.screen.composer.field.edit, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is desk.button
    QTest.keyClick(desk.button, Qt.Key.Key_Return)
    menu = desk.menu()
    QTest.keyClick(menu, Qt.Key.Key_Space)
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert desk.button.text() == "Sources: 2 of 4"
    assert menu.isVisible()
    QTest.keyClick(menu, Qt.Key.Key_Escape)
    assert QApplication.activePopupWidget() is None
    desk.ask()
    assert desk.without() == set(TITLES[:2])


def test_the_menu_stays_open_under_the_mouse_too(desk: Desk) -> None:
    menu = desk.open()
    for action in menu.actions()[1:3]:
        place = menu.actionGeometry(action).center()
        QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=place)
    assert desk.button.text() == "Sources: 2 of 4"
    assert menu.isVisible()
    menu.close()


@pytest.mark.parametrize("titles", [("Starter topics",), ()])
def test_where_there_is_nothing_to_choose_from_there_is_no_button(
    make: Make, titles: tuple[str, ...]
) -> None:
    desk = make(*TITLES)
    assert desk.button.isVisible()
    desk.library_becomes(*titles)
    assert not desk.button.isVisible()


def test_a_source_that_is_added_is_offered_and_looked_in(make: Make) -> None:
    desk = make("Starter topics")
    assert not desk.button.isVisible()
    desk.library_becomes("Starter topics", "Drug labels")
    assert desk.button.isVisible()
    assert desk.button.text() == "Sources: all"


def test_a_source_that_was_removed_is_forgotten_and_comes_back_checked(desk: Desk) -> None:
    desk.uncheck("Drug labels", "Asthma guideline")
    desk.library_becomes(*TITLES[:3])
    assert desk.button.text() == "Sources: 2 of 3"
    desk.library_becomes(*TITLES)
    assert desk.button.text() == "Sources: 3 of 4"
    desk.ask()
    assert desk.without() == {SourceId("Asthma guideline")}


def test_a_newer_copy_of_a_source_that_was_left_out_is_left_out_too(desk: Desk) -> None:
    desk.uncheck("Drug labels")
    desk.library.replaced = {"Newer labels": "Drug labels"}
    desk.library_becomes(*TITLES[:3], "Newer labels")
    assert desk.button.text() == "Sources: 3 of 4"
    desk.ask()
    assert desk.without() == {SourceId("Newer labels")}


def test_the_only_source_that_is_left_is_looked_in(desk: Desk) -> None:
    desk.uncheck("Starter topics")
    desk.library_becomes("Starter topics")
    desk.ask()
    assert desk.without() == set()


def test_a_source_removed_while_the_menu_is_open_cannot_be_left_out(desk: Desk) -> None:
    menu = desk.open()
    desk.library_becomes(*TITLES[:3])
    menu.actions()[3].trigger()
    assert desk.button.text() == "Sources: all"
    menu.close()


def test_the_button_says_aloud_what_it_shows_and_what_it_is_for(desk: Desk) -> None:
    assert desk.button.accessibleName() == "Sources: all"
    desk.uncheck("Drug labels")
    assert desk.button.accessibleName() == "Sources: 3 of 4"
    assert "library" in desk.button.accessibleDescription()
    menu = desk.open()
    assert menu.accessibleName() == "Sources to look in"
    menu.close()


def test_a_title_of_any_length_or_letters_is_shown_in_the_menu(make: Make) -> None:
    desk = make("Starter topics", "A & B " + "long " * 40)
    menu = desk.open()
    shown = menu.actions()[1].text()
    assert shown.startswith("A && B long")
    assert shown.endswith("\u2026")
    assert len(shown) < 65
    menu.close()
