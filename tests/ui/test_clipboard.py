"""What is copied here does not stay on the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QClipboard, QGuiApplication

from healthmate_desktop.ui import clipboard as clipboard_module
from healthmate_desktop.ui.clipboard import CopyWatch, clear_copied, copy_secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

pytestmark = [pytest.mark.ui, pytest.mark.security]


@pytest.fixture(autouse=True)
def board(qapp: object) -> Iterator[QClipboard]:  # noqa: ARG001
    board = QGuiApplication.clipboard()
    board.clear()
    yield board
    clear_copied()
    board.clear()


def test_a_secret_is_kept_out_of_histories(board: QClipboard) -> None:
    copy_secret("AGE-SECRET-KEY-1XYZ")
    assert board.text() == "AGE-SECRET-KEY-1XYZ"
    assert board.mimeData().data("x-kde-passwordManagerHint").data() == b"secret"


def test_a_secret_is_gone_after_a_while(
    board: QClipboard, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clipboard_module, "SECRET_MS", 1)
    copy_secret("AGE-SECRET-KEY-1XYZ")
    qtbot.waitUntil(lambda: board.text() == "")


def test_what_was_copied_after_it_stays(
    board: QClipboard, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed: list[bool] = []
    monkeypatch.setattr(clipboard_module, "SECRET_MS", 1)
    copy_secret("AGE-SECRET-KEY-1XYZ")
    board.setText("a shopping list")
    from PySide6.QtCore import QTimer

    QTimer.singleShot(2, lambda: passed.append(True))
    qtbot.waitUntil(lambda: bool(passed))
    assert board.text() == "a shopping list"


def test_what_is_copied_in_our_window_is_ours_to_clear(
    board: QClipboard, show: Callable[..., QWidget]
) -> None:
    parent = QObject()
    watch = CopyWatch(parent)
    show()
    board.setText("potassium 4.4")
    clear_copied()
    assert board.text() == ""
    watch.deleteLater()


def test_marked_text_is_cleared_too_where_there_is_such_a_thing(board: QClipboard) -> None:
    if board.supportsSelection():
        board.setText("potassium", QClipboard.Mode.Selection)
    clear_copied()
    assert board.text(QClipboard.Mode.Selection) == ""


def test_clearing_an_empty_clipboard_is_no_harm(board: QClipboard) -> None:
    clear_copied()
    clear_copied()
    assert board.text() == ""
