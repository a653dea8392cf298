"""C7: locked at any moment of typing, of reading files or of answering, no word that was typed is lost."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from healthmate_desktop.ui.ask.screen import AskScreen
from healthmate_desktop.ui.people import AddPersonScreen
from healthmate_desktop.ui.today.screen import TodayScreen

if TYPE_CHECKING:
    from ui.window_desk import Desk

pytestmark = [pytest.mark.ui, pytest.mark.security]

ALL, SOME = 200, 20
LETTERS = "abcdefg h?"


class Typist:
    """Knows what should be in the vault after the next lock."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk, self.chance = desk, random.Random(seed)
        self.fields: dict[str, QLineEdit] = {}
        self.typed = dict.fromkeys(("today", "ask", "person.name"), "")

    def sit_down(self) -> None:
        """After the unlock: the words of before are in their fields."""
        shell = self.desk.shell
        today, ask = shell.screens["today"], shell.screens["ask"]
        assert isinstance(today, TodayScreen)
        assert isinstance(ask, AskScreen)
        self.fields = {"today": today.question.edit, "ask": ask.composer.field.edit}
        if self.chance.random() < 0.3:
            shell.people.add_wanted.emit()
            adding = shell.stack.currentWidget()
            assert isinstance(adding, AddPersonScreen)
            self.fields["person.name"] = adding.name
        self.desk.settle()
        for place, field in self.fields.items():
            assert field.text() == self.typed[place]

    def work(self) -> None:
        """A few things a person does, the last of them cut short."""
        for _ in range(self.chance.randrange(1, 5)):
            self.chance.choice((self.type, self.type, self.add_files, self.ask))()
            for _ in range(self.chance.randrange(3)):
                QApplication.processEvents()

    def type(self) -> None:
        place = self.chance.choice(list(self.fields))
        letters = "".join(self.chance.choices(LETTERS, k=self.chance.randrange(1, 9)))
        QTest.keyClicks(self.fields[place], letters)
        self.typed[place] = self.fields[place].text()

    def add_files(self) -> None:
        paths = [self.desk.paths.data / f"{self.chance.random()}.pdf" for _ in range(3)]
        self.desk.shell.add_files(paths)

    def ask(self) -> None:
        """A question counts as typed until it is answered."""
        field = self.fields["ask"]
        if not field.text().strip():
            return
        ask = self.desk.shell.screens["ask"]
        assert isinstance(ask, AskScreen)
        QTest.keyClick(field, Qt.Key.Key_Return)
        asked = [question for question, *_ in self.desk.vault.assistant.asked]
        QApplication.processEvents()
        if ask.composer.send.isVisibleTo(ask) or ask.composer.calm.isVisibleTo(ask):
            self.typed["ask"] = field.text()
        else:
            assert asked

    def kept(self) -> dict[str, str]:
        kept = self.desk.vault.drafts.kept
        return {
            place: kept.get((place, None if place == "person.name" else "rosa"), "")
            for place in self.typed
        }


@pytest.mark.parametrize("locks", [SOME, pytest.param(ALL, marks=pytest.mark.slow)])
def test_c7_no_word_is_lost_in_a_lock(open_desk: Desk, locks: int) -> None:
    typist = Typist(open_desk, seed=locks)
    for number in range(locks):
        typist.sit_down()
        typist.work()
        open_desk.window.lock()
        open_desk.settle()
        assert typist.kept() == typist.typed, number
        open_desk.unlock()
