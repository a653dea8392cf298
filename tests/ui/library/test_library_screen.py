"""The library: what is in it, how something is added or removed, and reading it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget

from healthmate_desktop.domain.answers import Citation, Place
from healthmate_desktop.domain.documents import Box, Problem
from healthmate_desktop.domain.ids import SourceId
from healthmate_desktop.domain.library import Article, Source, SourceKind
from healthmate_desktop.errors import DiskFull, NotFound
from healthmate_desktop.services.library import LibraryProgress, LibraryService, SourceOutcome
from healthmate_desktop.ui.changes import Changes
from healthmate_desktop.ui.library.adding import _time_left
from healthmate_desktop.ui.library.screen import LibraryScreen
from healthmate_desktop.ui.library.sources import SourcesCard
from healthmate_desktop.ui.tasks import TaskRunner
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.drop_zone import DropZone
from healthmate_desktop.ui.widgets.feedback import ProgressRow

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]

TOPIC = "# Asthma\n\n## Signs\n\nWheezing is a sign of asthma."
QUOTE = "Wheezing is a sign of asthma."


def source(key: str, kind: SourceKind, published: date | None, note: str = "") -> Source:
    added = datetime(2026, 6, 3, 12, tzinfo=UTC)
    licence = "MIT" if kind == "starter" else "Your copy"
    count = 2 if kind == "starter" else 1
    title = f"The {key}"
    return Source(SourceId(key), kind, title, licence, published, added, 4, count, key, note)


STARTER = source("topics", "starter", date(2026, 3, 1), "Not reviewed by a clinician")
BOOK = source("guideline", "file", date(2019, 3, 1))
ARTICLES = [
    Article("asthma", STARTER.id, "Asthma", (TOPIC,)),
    Article("burns", STARTER.id, "Burns", ("Cool a burn with water.",)),
    Article("book", BOOK.id, "Guideline", ("First page.", "Second page."), file="book"),
]


class Books(LibraryService):
    def __init__(self) -> None:
        self.kept = [STARTER, BOOK]
        self.added: list[Path] = []
        self.steps: list[LibraryProgress] = []
        self.outcomes: list[SourceOutcome] = []
        self.gate: threading.Event | None = None
        self.error: Exception | None = None
        self.reads = 0

    def sources(self) -> list[Source]:
        self.reads += 1
        return list(self.kept)

    def articles(self, source_id: SourceId) -> list[Article]:
        return [article for article in ARTICLES if article.source_id == source_id]

    def article(self, article_id: str) -> Article:
        for article in ARTICLES:
            if article.id == article_id:
                return article
        raise NotFound("This article is not in the library any more.")

    def place(self, citation: Citation) -> Place:
        article = self.article(citation.document_id)
        text = article.pages[citation.page - 1]
        if not article.file:
            return Place(citation, text, ())
        boxes = (Box(40, 60, 200, 72),) if citation.quote else ()
        return Place(citation, text, boxes, 595, 842, len(article.pages))

    def picture(self, article_id: str, page: int, width: int) -> bytes:  # noqa: ARG002
        image = QImage(60, 84, QImage.Format.Format_RGB32)
        image.fill(0xFFFFFF)
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "PNG")  # type: ignore[call-overload]
        return bytes(buffer.data().data())

    def remove(self, source_id: SourceId) -> None:
        if self.error is not None:
            raise self.error
        self.kept = [kept for kept in self.kept if kept.id != source_id]

    def add(
        self,
        paths: Sequence[Path],
        *,
        replacing: SourceId | None = None,  # noqa: ARG002 - as the real one
    ) -> Generator[LibraryProgress, None, list[SourceOutcome]]:
        self.added += paths
        yield LibraryProgress("PMC", 1204, 3800)
        yield LibraryProgress("Unknown", 7, 0)
        yield from self.steps
        if self.gate is not None:
            self.gate.wait(5)
        if self.error is not None:
            raise self.error
        for outcome in self.outcomes:
            yield LibraryProgress("PMC", 1, 1, outcome)
        return self.outcomes


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def changes() -> Changes:
    return Changes()


Make = Callable[[TaskRunner], LibraryScreen]


@pytest.fixture
def make(
    books: Books, changes: Changes, show: Callable[..., QWidget], settle: Callable[..., None]
) -> Make:
    def build(runner: TaskRunner) -> LibraryScreen:
        screen = LibraryScreen(books, runner, changes)
        assert books.reads == 0  # nothing is read before it is shown
        screen.window_kept = show(screen, size=(1134, 768))  # type: ignore[attr-defined]
        settle(runner)
        return screen

    return build


@pytest.fixture
def screen(make: Make, tasks: TaskRunner) -> LibraryScreen:
    return make(tasks)


@pytest.fixture
def wait(tasks: TaskRunner, settle: Callable[..., None]) -> Callable[[], None]:
    return lambda: settle(tasks)


def words(screen: QWidget) -> str:
    labels = (w for w in screen.findChildren(QLabel) if w.isVisible())
    return "\n".join(w.accessibleName() or w.text() for w in labels)


def button(screen: QWidget, said: str) -> Button:
    """By its words, or what a screen reader says of it."""
    buttons = (b for b in screen.findChildren(Button) if b.isVisible())
    return next(b for b in buttons if said in (b.text(), b.accessibleName()))


def has_button(screen: QWidget, said: str) -> bool:
    buttons = (b for b in screen.findChildren(Button) if b.isVisible())
    return any(said in (b.text(), b.accessibleName()) for b in buttons)


def test_each_source_says_its_size_date_licence_and_origin(screen: LibraryScreen) -> None:
    said = words(screen)
    assert "2 articles, March 2026, licence MIT. Came with HealthMate on 3 June 2026." in said
    assert "1 article, March 2019, your copy. Added by you on 3 June 2026." in said
    assert "Not reviewed by a clinician" in said


@pytest.mark.parametrize(
    ("today", "old"), [(date(2024, 2, 29), ""), (date(2024, 3, 1), "5 years old")]
)
def test_what_is_old_says_so(show: Callable[..., QWidget], today: date, old: str) -> None:
    card = SourcesCard()
    window = show(card)
    card.show_sources([BOOK, source("undated", "beir", None)], today)
    assert window.isVisible()
    said = [label.text() for label in card.findChildren(QLabel) if "years old" in label.text()]
    assert said == ([old] if old else [])
    assert "date not known" in "".join(w.accessibleName() for w in card.findChildren(QLabel))


def test_an_empty_library_says_what_belongs_here(
    screen: LibraryScreen, books: Books, changes: Changes, qtbot: QtBot
) -> None:
    books.kept = []
    changes.library_changed.emit()
    qtbot.waitUntil(lambda: "The library is empty" in words(screen))


def test_a_source_is_read_article_by_article(
    screen: LibraryScreen, wait: Callable[[], None]
) -> None:
    button(screen, "Read The topics").click()
    wait()
    shelf = screen.shelf
    assert [row.title for row in shelf.list.rows()] == ["Asthma", "Burns"]
    assert shelf.reader.view.passage.toPlainText().startswith("Asthma\n\nSigns")
    where = shelf.list.visualRect(shelf.list.model().index(1, 0)).center()
    QTest.mouseClick(shelf.list.viewport(), Qt.MouseButton.LeftButton, pos=where)
    wait()
    assert shelf.reader.title.accessibleName() == "Burns"
    assert "Not reviewed by a clinician" in words(shelf)
    button(screen, "All sources").click()
    assert has_button(screen, "Read The topics")


def test_titles_are_found(screen: LibraryScreen, wait: Callable[[], None]) -> None:
    button(screen, "Read The topics").click()
    wait()
    screen.shelf.search.edit.setText("BUR")
    assert [row.title for row in screen.shelf.list.rows()] == ["Burns"]


def test_escape_goes_back_to_the_sources(screen: LibraryScreen, wait: Callable[[], None]) -> None:
    button(screen, "Read The topics").click()
    wait()
    QTest.keyClick(screen.shelf.list, Qt.Key.Key_Escape)
    assert has_button(screen, "Read The topics")


def test_a_cited_article_opens_with_its_words_lit(
    screen: LibraryScreen, wait: Callable[[], None]
) -> None:
    screen.open_article("asthma", 1, TOPIC.index(QUOTE), len(QUOTE))
    wait()
    assert screen.shelf.reader.view.passage.accessibleDescription() == QUOTE
    assert screen.shelf.list.current() == "asthma"
    screen.shelf.search.edit.setText("burns")
    screen.open_article("asthma", 1, 0, 0)
    wait()
    assert screen.shelf.reader.view.passage.accessibleDescription() == ""
    assert len(screen.shelf.list.rows()) == 2


def test_a_cited_page_of_a_file_is_shown_as_it_looks(
    screen: LibraryScreen, wait: Callable[[], None]
) -> None:
    screen.open_article("book", 2, 0, 6)
    wait()
    assert screen.shelf.reader.view.has_picture
    assert len(screen.shelf.reader.view.page._sheet.lit) == 1
    screen.shelf.reader.back.click()
    wait()
    assert screen.shelf.reader.title.accessibleName() == "Guideline, page 1 of 2"
    assert not screen.shelf.reader.view.page._sheet.lit


def test_a_cited_article_that_is_gone_is_said_to_be(
    screen: LibraryScreen, wait: Callable[[], None], errors: list[Exception]
) -> None:
    screen.open_article("gone", 1, 0, 0)
    wait()
    assert "This article is not in the library any more." in words(screen)
    assert errors == []


def test_removing_asks_first(
    screen: LibraryScreen, books: Books, changes: Changes, wait: Callable[[], None], qtbot: QtBot
) -> None:
    told = QSignalSpy(changes.library_changed)
    button(screen, "Remove The guideline").click()
    qtbot.waitUntil(lambda: "Remove The guideline from the library?" in words(screen))
    assert button(screen, "Keep it").hasFocus()
    button(screen, "Keep it").click()
    assert not has_button(screen, "Remove 1 article")
    assert len(books.kept) == 2
    button(screen, "Remove The guideline").click()
    qtbot.waitUntil(lambda: has_button(screen, "Remove 1 article"))
    button(screen, "Remove 1 article").click()
    wait()
    assert books.kept == [STARTER]
    assert told.count() == 1
    qtbot.waitUntil(lambda: not has_button(screen, "Remove The guideline"))


def test_a_source_that_cannot_be_removed_says_why(
    screen: LibraryScreen, books: Books, qtbot: QtBot
) -> None:
    books.error = DiskFull()
    button(screen, "Remove The guideline").click()
    qtbot.waitUntil(lambda: has_button(screen, "Remove 1 article"))
    button(screen, "Remove 1 article").click()
    qtbot.waitUntil(lambda: "The guideline was not removed" in words(screen))
    assert str(books.error) in words(screen)


def test_the_starter_topics_stay(screen: LibraryScreen, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: has_button(screen, "Remove The guideline"))
    assert not has_button(screen, "Remove The topics")


def test_an_open_source_that_is_removed_is_left(
    screen: LibraryScreen, books: Books, changes: Changes, wait: Callable[[], None], qtbot: QtBot
) -> None:
    button(screen, "Read The guideline").click()
    wait()
    books.kept = [STARTER]
    changes.library_changed.emit()
    qtbot.waitUntil(lambda: has_button(screen, "Read The topics"))


def test_adding_says_how_far_it_is_and_can_be_stopped(
    make: Make, books: Books, threaded_tasks: TaskRunner, qtbot: QtBot
) -> None:
    screen = make(threaded_tasks)
    books.gate = threading.Event()
    books.outcomes = [SourceOutcome("a/PMC", "added", BOOK, (Problem("x.txt", "Is empty."),))]
    screen.add([Path("a/PMC")])
    qtbot.waitUntil(lambda: "7 articles so far" in words(screen))
    row = screen.findChild(ProgressRow)
    assert isinstance(row, ProgressRow)
    assert row.title.accessibleName() == "Adding PMC"
    assert has_button(screen, "Remove The guideline")  # the rest of the screen goes on
    row.stop.click()
    books.gate.set()
    qtbot.waitUntil(lambda: screen.findChild(ProgressRow) is None and books.reads == 2)
    assert "Not all of PMC" not in words(screen)


def test_time_that_is_left_is_said_in_words(
    make: Make, books: Books, threaded_tasks: TaskRunner, qtbot: QtBot
) -> None:
    screen = make(threaded_tasks)
    books.gate = threading.Event()
    books.steps = [
        LibraryProgress("MedQuAD", 9000, 0, share=0.5, seconds_left=seconds)
        for seconds in (9000, 240, 60, 20)
    ]
    screen.add([Path("a/corpora")])
    qtbot.waitUntil(lambda: "less than a minute left" in words(screen))
    assert "MedQuAD: 9,000 articles so far, less than a minute left" in words(screen)
    row = screen.findChild(ProgressRow)
    assert isinstance(row, ProgressRow)
    assert (row.bar.value(), row.bar.maximum()) == (50, 100)
    books.gate.set()
    qtbot.waitUntil(lambda: screen.findChild(ProgressRow) is None)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (59, "less than a minute left"),
        (61, "about 1 minute left"),
        (600, "about 10 minutes left"),
        (9000, "about 2 hours left"),
    ],
)
def test_time_left_does_not_pretend_to_be_exact(seconds: int, said: str) -> None:
    assert _time_left(seconds) == said


def test_how_many_of_a_known_number(
    make: Make, books: Books, threaded_tasks: TaskRunner, qtbot: QtBot
) -> None:
    screen = make(threaded_tasks)
    books.gate = threading.Event()
    screen.add([Path(f"{n}.pdf") for n in range(5)])
    qtbot.waitUntil(lambda: screen.findChild(ProgressRow) is not None)
    row = screen.findChild(ProgressRow)
    assert isinstance(row, ProgressRow)
    assert row.title.accessibleName() == "Adding 0.pdf, 1.pdf, 2.pdf and 2 more"
    books.gate.set()
    qtbot.waitUntil(lambda: screen.findChild(ProgressRow) is None and books.reads == 2)


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (SourceOutcome("a/x.pdf", "duplicate", BOOK), "x.pdf is in the library already"),
        (
            SourceOutcome("a/x.pdf", "unreadable", None, (Problem("file", "It is damaged."),)),
            "x.pdf was not added\nIt is damaged.",
        ),
        (
            SourceOutcome(
                "a/x", "added", BOOK, tuple(Problem(f"{n}.txt", "Is empty.") for n in range(5))
            ),
            "Not all of The guideline could be read\n0.txt: Is empty.\n1.txt: Is empty.\n2.txt: Is empty.\nAnd 2 more.",
        ),
    ],
)
def test_what_became_of_a_source_is_said_until_closed(
    screen: LibraryScreen, books: Books, qtbot: QtBot, outcome: SourceOutcome, said: str
) -> None:
    books.outcomes = [outcome]
    screen.add([Path("a/x.pdf")])
    qtbot.waitUntil(lambda: said in words(screen))
    button(screen, "Close").click()
    assert said not in words(screen)
    assert not screen.adding.isVisible()


def test_a_full_disk_stops_adding_and_is_said(
    screen: LibraryScreen, books: Books, qtbot: QtBot, errors: list[Exception]
) -> None:
    books.error = DiskFull()
    screen.add([Path("x.pdf")])
    qtbot.waitUntil(lambda: str(books.error) in words(screen))
    assert screen.findChild(ProgressRow) is None or not screen.adding.findChild(ProgressRow)
    assert errors == []


def test_dropped_files_are_added_and_nothing_is_not(
    screen: LibraryScreen, books: Books, wait: Callable[[], None]
) -> None:
    zone = screen.findChild(DropZone)
    assert isinstance(zone, DropZone)
    zone.files_dropped.emit([])
    zone.files_dropped.emit([Path("a.pdf")])
    wait()
    assert books.added == [Path("a.pdf")]


@pytest.mark.parametrize(
    ("press", "mode"),
    [
        ("Add files", QFileDialog.FileMode.ExistingFiles),
        ("Add a folder", QFileDialog.FileMode.Directory),
    ],
)
def test_files_and_folders_are_chosen(
    screen: LibraryScreen,
    books: Books,
    wait: Callable[[], None],
    press: str,
    mode: QFileDialog.FileMode,
) -> None:
    button(screen, press).click()
    dialog = screen.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert dialog.fileMode() == mode
    dialog.filesSelected.emit(["/a/b.pdf"])
    dialog.close()
    wait()
    assert books.added == [Path("/a/b.pdf")]
