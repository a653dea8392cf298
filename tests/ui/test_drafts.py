"""Words being typed are kept in the vault, and come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from healthmate_desktop.errors import DiskFull
from healthmate_desktop.ui import drafts as drafts_module
from healthmate_desktop.ui.drafts import Drafts, Spot
from ui.session_fakes import FakeDrafts
from ui.window_fakes import ROSA

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.tasks import TaskRunner

pytestmark = pytest.mark.ui

SPOT, OTHER = Spot("ask", ROSA.id), Spot("other")


@pytest.fixture
def service() -> FakeDrafts:
    return FakeDrafts()


@pytest.fixture
def drafts(service: FakeDrafts, tasks: TaskRunner, monkeypatch: pytest.MonkeyPatch) -> Drafts:
    monkeypatch.setattr(drafts_module, "SAVE_MS", 1)
    return Drafts(service, tasks)


@pytest.fixture
def field(
    drafts: Drafts, qtbot: QtBot, tasks: TaskRunner, settle: Callable[..., None]
) -> QLineEdit:
    field = QLineEdit()
    qtbot.addWidget(field)
    drafts.keep(SPOT, field)
    settle(tasks)
    return field


def test_words_are_saved_shortly_after_they_were_typed(
    field: QLineEdit, service: FakeDrafts, qtbot: QtBot
) -> None:
    QTest.keyClicks(field, "Is my sodium")
    qtbot.waitUntil(lambda: service.get("ask", ROSA.id) == "Is my sodium")


def test_they_come_back_into_a_new_field(
    drafts: Drafts,
    service: FakeDrafts,
    tasks: TaskRunner,
    settle: Callable[..., None],
    qtbot: QtBot,
) -> None:
    service.save("ask", ROSA.id, "Is my sodium")
    service.save("emergency.reason", None, "brought in")
    line, text = QLineEdit(), QPlainTextEdit()
    for field in (line, text):
        qtbot.addWidget(field)
    drafts.keep(SPOT, line)
    drafts.keep(Spot("emergency.reason"), text)
    settle(tasks)
    assert (line.text(), text.toPlainText()) == ("Is my sodium", "brought in")
    drafts.take()()
    assert len(service.saved) == 2  # what the vault has is not saved again


def test_what_was_typed_meanwhile_is_not_overwritten(
    drafts: Drafts,
    service: FakeDrafts,
    tasks: TaskRunner,
    settle: Callable[..., None],
    qtbot: QtBot,
) -> None:
    service.save("ask", ROSA.id, "old words")
    field = QLineEdit()
    qtbot.addWidget(field)
    drafts.keep(SPOT, field)
    QTest.keyClicks(field, "n")
    settle(tasks)
    assert field.text() == "n"


def test_an_old_draft_that_cannot_be_read_stops_nobody(
    drafts: Drafts,
    service: FakeDrafts,
    tasks: TaskRunner,
    settle: Callable[..., None],
    qtbot: QtBot,
    errors: list[Exception],
) -> None:
    service.failure = DiskFull()
    field = QLineEdit()
    qtbot.addWidget(field)
    drafts.keep(SPOT, field)
    settle(tasks)
    assert field.text() == ""
    assert errors == []


def test_what_was_sent_is_forgotten(
    drafts: Drafts, field: QLineEdit, service: FakeDrafts, qtbot: QtBot
) -> None:
    QTest.keyClicks(field, "Is my sodium")
    qtbot.waitUntil(lambda: bool(service.kept))
    drafts.forget(SPOT)
    qtbot.waitUntil(lambda: not service.kept)


def test_words_that_are_in_no_field_are_kept_too(
    drafts: Drafts, service: FakeDrafts, qtbot: QtBot
) -> None:
    drafts.put(SPOT, "a question under way")
    qtbot.waitUntil(lambda: service.get("ask", ROSA.id) == "a question under way")


def test_an_error_is_told_once_and_saving_is_tried_again(
    drafts: Drafts,
    field: QLineEdit,
    service: FakeDrafts,
    tasks: TaskRunner,
    settle: Callable[..., None],
    qtbot: QtBot,
) -> None:
    failed = QSignalSpy(drafts.failed)
    service.failure = DiskFull()
    for letters in ("Is", " my"):
        QTest.keyClicks(field, letters)
        drafts.forget(OTHER)  # saves at once
        settle(tasks)
    assert failed.count() == 1
    service.failure = None
    QTest.keyClicks(field, "!")
    qtbot.waitUntil(lambda: service.get("ask", ROSA.id) == "Is my!")


def test_whoever_closes_the_vault_gets_everything_unsaved(
    drafts: Drafts, field: QLineEdit, service: FakeDrafts
) -> None:
    QTest.keyClicks(field, "half a w")
    save = drafts.take()
    assert service.kept == {}
    save()
    assert service.get("ask", ROSA.id) == "half a w"
    drafts.take()()
    assert len(service.saved) == 1


def test_words_that_are_just_being_saved_are_taken_too(
    drafts: Drafts, field: QLineEdit, service: FakeDrafts, tasks: TaskRunner
) -> None:
    """That saving may never come to its end."""
    service.failure = DiskFull()
    QTest.keyClicks(field, "half")
    drafts.forget(OTHER)
    assert tasks.busy
    save = drafts.take()
    service.failure = None
    save()
    assert service.get("ask", ROSA.id) == "half"


def test_two_savings_never_overtake_each_other(
    drafts: Drafts,
    field: QLineEdit,
    service: FakeDrafts,
    tasks: TaskRunner,
    qtbot: QtBot,
) -> None:
    QTest.keyClicks(field, "a")
    drafts.forget(OTHER)
    assert tasks.busy
    QTest.keyClicks(field, "b")
    drafts.forget(OTHER)  # asks for a saving while one is under way
    qtbot.waitUntil(lambda: service.get("ask", ROSA.id) == "ab")
    assert [text for place, _, text in service.saved if place == "ask"] == ["a", "ab"]


def test_a_field_that_is_gone_leaves_its_words(
    drafts: Drafts,
    service: FakeDrafts,
    qtbot: QtBot,
    tasks: TaskRunner,
    settle: Callable[..., None],
) -> None:
    field = QLineEdit()
    drafts.keep(SPOT, field)
    settle(tasks)
    QTest.keyClicks(field, "kept")
    field.deleteLater()
    qtbot.waitUntil(lambda: service.get("ask", ROSA.id) == "kept")
