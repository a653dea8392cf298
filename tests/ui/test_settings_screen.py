"""Choices: each holds at once, and what is wrong is said."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from healthmate_desktop import __version__
from healthmate_desktop.settings import Settings
from healthmate_desktop.ui.settings.screen import SettingsScreen
from ui.window_desk import words_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

pytestmark = pytest.mark.ui

DATA = Path("somewhere") / "HealthMate"


@pytest.fixture
def changed() -> list[Settings]:
    return []


@pytest.fixture
def screen(show: Callable[..., QWidget], changed: list[Settings]) -> SettingsScreen:
    screen = SettingsScreen(Settings(country="GB", vault_label="Home"), DATA, "SmolLM2")
    screen.changed.connect(changed.append)
    show(screen)
    return screen


def press(screen: SettingsScreen, words: str) -> None:
    next(b for b in screen.findChildren(QPushButton) if b.text() == words).click()


def write(field: QWidget, words: str) -> None:
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, words)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_choices_add_up(screen: SettingsScreen, changed: list[Settings]) -> None:
    press(screen, "Dark")
    press(screen, "Larger")
    write(screen.country, "us")
    write(screen.label, " Clinic desk 2 ")
    assert changed[-1] == Settings(1, "dark", 1.25, "US", "Clinic desk 2")
    assert len(changed) == 4
    assert screen.country.text() == "US"


@pytest.mark.parametrize("wrong", ["G", "7", "G7"])
def test_what_is_no_country_is_said_and_not_kept(
    screen: SettingsScreen, changed: list[Settings], wrong: str
) -> None:
    write(screen.country, wrong)
    assert "A country is two letters" in words_in(screen)
    assert changed == []
    write(screen.country, "FR")
    assert "A country is two letters" not in words_in(screen)
    assert [settings.country for settings in changed] == ["FR"]


def test_a_country_can_be_taken_away(screen: SettingsScreen, changed: list[Settings]) -> None:
    write(screen.country, "")
    assert [settings.country for settings in changed] == [""]


def test_leaving_a_field_as_it_was_changes_nothing(
    screen: SettingsScreen, changed: list[Settings]
) -> None:
    write(screen.country, "GB")
    write(screen.label, "Home")
    assert changed == []


def test_what_was_chosen_elsewhere_is_shown_and_kept(
    screen: SettingsScreen, changed: list[Settings]
) -> None:
    screen.show_settings(Settings(text_scale=1.5, country="ES", vault_label="Home"))
    assert screen.look.sizes.current() == "1.5"
    assert screen.country.text() == "ES"
    press(screen, "Light")
    assert changed == [Settings(1, "light", 1.5, "ES", "Home")]


def test_it_says_where_records_are_and_what_the_program_is_made_of(screen: SettingsScreen) -> None:
    words = words_in(screen)
    assert str(DATA) in words
    assert f"HealthMate {__version__}" in words
    assert "GNU AGPL 3" in words
    assert "SmolLM2" in words


def test_missing_weights_are_said(show: Callable[..., QWidget]) -> None:
    screen = SettingsScreen(Settings(), DATA, "")
    show(screen)
    assert "Not on this computer, so it is not used" in words_in(screen)
