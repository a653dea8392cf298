"""The library: what is in it, how something is added or removed, and reading it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QMenu, QWidget

from healthmate_desktop.domain.documents import Box, Page, Problem, Word
from healthmate_desktop.domain.ids import PassageId, SourceId
from healthmate_desktop.domain.library import Article, Heading, Source, SourceKind
from healthmate_desktop.domain.passages import Hit, Passage
from healthmate_desktop.domain.retrieval import EVERYTHING, Filters
from healthmate_desktop.errors import DiskFull, NotFound
from healthmate_desktop.services.library import LibraryProgress, LibraryService, SourceOutcome
from healthmate_desktop.services.search import SearchService
from healthmate_desktop.services.shelf import PAGE, Described, Title, Titles
from healthmate_desktop.ui.changes import Changes
from healthmate_desktop.ui.library.adding import _time_left
from healthmate_desktop.ui.library.downloads import DOWNLOADS
from healthmate_desktop.ui.library.screen import LibraryScreen
from healthmate_desktop.ui.library.source_words import language_words, licence_words
from healthmate_desktop.ui.library.sources import SourcesCard
from healthmate_desktop.ui.tasks import TaskRunner
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.drop_zone import DropZone
from healthmate_desktop.ui.widgets.feedback import ProgressRow

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]

OUTLINE = [Heading(1, 10, 1, "Signs"), Heading(1, 40, 1, "Care")]
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
        self.replaced: SourceId | None = None

    def sources(self) -> list[Source]:
        self.reads += 1
        return list(self.kept)

    def described(self) -> list[Described]:
        kinds = {STARTER.id: ("topic",), BOOK.id: ("pdf",)}
        return [Described(kept, kinds.get(kept.id, ()), ("en",)) for kept in self.kept]

    def titles(
        self, source_id: SourceId, words: str = "", start: int = 0, count: int = PAGE
    ) -> Titles:
        found = [
            Title(article.id, article.title)
            for article in ARTICLES
            if article.source_id == source_id and words.casefold() in article.title.casefold()
        ]
        return Titles(len(found), start, tuple(found[start : start + count]))

    def position(self, article: Article) -> int:
        return [a for a in ARTICLES if a.source_id == article.source_id].index(article)

    def outline(self, article: Article) -> list[Heading]:
        return OUTLINE if article.id == "asthma" else []

    def page(self, article: Article, number: int) -> Page:
        text = article.pages[number - 1]
        if not article.file:
            return Page(number, text)
        return Page(number, text, 595, 842, (Word(0, 6, Box(40, 60, 200, 72)),))

    def article(self, article_id: str) -> Article:
        for article in ARTICLES:
            if article.id == article_id:
                return article
        raise NotFound("This article is not in the library any more.")

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
        replacing: SourceId | None = None,
    ) -> Generator[LibraryProgress, None, list[SourceOutcome]]:
        self.added += paths
        self.replaced = replacing
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


class Finder(SearchService):
    """Finds the same passage whatever is asked, where `nothing` is not."""

    def __init__(self) -> None:
        self.filters: list[Filters] = []
        self.nothing = False

    def search(self, *_args: Any, filters: Filters = EVERYTHING, **_more: Any) -> list[Hit]:
        self.filters.append(filters)
        start = TOPIC.index(QUOTE)
        passage = Passage(PassageId("x"), "library", "asthma", "Asthma", QUOTE, 1, start, "Signs")
        return [] if self.nothing else [Hit(passage, 1.0)]


@pytest.fixture
def finder() -> Finder:
    return Finder()


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def changes() -> Changes:
    return Changes()


Make = Callable[[TaskRunner], LibraryScreen]


@pytest.fixture
def make(
    books: Books,
    finder: Finder,
    changes: Changes,
    show: Callable[..., QWidget],
    settle: Callable[..., None],
) -> Make:
    def build(runner: TaskRunner) -> LibraryScreen:
        screen = LibraryScreen(books, finder, runner, changes)
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
    assert "Plain words about an illness, a test or a treatment. A start, to be added to." in said
    assert "Free to use and share (MIT), March 2026. 2 articles, 4 passages." in said
    assert "Came with HealthMate on 3 June 2026 and stays" in said
    assert "Your own files: guidelines, leaflets, books." in said
    assert "Your copy, for your own use, March 2019. 1 article, 4 passages." in said
    assert "Not reviewed by a clinician" in said


@pytest.mark.parametrize(
    ("today", "old"),
    [(date(2022, 2, 28), ""), (date(2022, 3, 1), "From 2019. Advice may have changed since.")],
)
def test_what_is_old_says_so(show: Callable[..., QWidget], today: date, old: str) -> None:
    card = SourcesCard()
    window = show(card)
    card.show_sources([Described(BOOK), Described(source("undated", "beir", None))], today)
    assert window.isVisible()
    said = [w.accessibleName() for w in card.findChildren(QLabel) if "Advice may" in w.text()]
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


def looked_for(screen: LibraryScreen, said: str, wait: Callable[[], None]) -> None:
    screen.shelf.search.edit.setText(said)
    QTest.keyClick(screen.shelf.search.edit, Qt.Key.Key_Return)
    wait()


def titles(screen: LibraryScreen) -> list[str]:
    return [row.title for row in screen.shelf.list.rows()]


def test_titles_are_found(screen: LibraryScreen, wait: Callable[[], None]) -> None:
    button(screen, "Read The topics").click()
    wait()
    looked_for(screen, "BUR", wait)
    assert titles(screen) == ["Burns"]
    QTest.keyClick(screen.shelf.list, Qt.Key.Key_Escape)  # takes back the search first
    wait()
    assert titles(screen) == ["Asthma", "Burns"]
    assert screen.shelf.isVisible()


def test_the_whole_text_of_a_source_is_searched_and_of_no_other(
    screen: LibraryScreen, finder: Finder, wait: Callable[[], None]
) -> None:
    button(screen, "Read The topics").click()
    wait()
    looked_for(screen, "whistling", wait)
    assert "No title in this source has \u201cwhistling\u201d." in words(screen)
    button(screen, "Look in the whole text").click()
    wait()
    assert finder.filters == [Filters(only=frozenset([STARTER.id]))]
    assert [row.detail for row in screen.shelf.list.rows()] == ["Signs"]
    where = screen.shelf.list.visualRect(screen.shelf.list.model().index(0, 0)).center()
    QTest.mouseClick(screen.shelf.list.viewport(), Qt.MouseButton.LeftButton, pos=where)
    wait()
    assert screen.shelf.reader.view.passage.accessibleDescription() == QUOTE
    finder.nothing = True
    looked_for(screen, "zebra", wait)
    assert "Nothing in this source is about \u201czebra\u201d." in words(screen)
    button(screen, "Show all titles").click()
    wait()
    assert titles(screen) == ["Asthma", "Burns"]


def test_articles_follow_each_other_as_in_a_book(
    screen: LibraryScreen, wait: Callable[[], None]
) -> None:
    button(screen, "Read The topics").click()
    wait()
    reader = screen.shelf.reader
    assert "1 of 2" in words(screen)
    assert not reader.earlier.isEnabled()
    reader.later.click()
    wait()
    assert reader.title.accessibleName() == "Burns"
    assert screen.shelf.list.current() == "burns"
    assert not reader.later.isEnabled()
    reader.earlier.click()
    wait()
    assert reader.title.accessibleName() == "Asthma"


def test_headings_are_offered_and_gone_to_without_light(
    screen: LibraryScreen, wait: Callable[[], None]
) -> None:
    button(screen, "Read The topics").click()
    wait()
    button(screen, "Contents").click()
    menu = screen.shelf.reader.findChild(QMenu)
    assert isinstance(menu, QMenu)
    assert [action.text() for action in menu.actions()] == ["Signs", "Care"]
    menu.actions()[1].trigger()
    menu.close()
    wait()
    assert screen.shelf.reader.view.passage.accessibleDescription() == ""
    screen.shelf.reader.later.click()
    wait()
    assert not has_button(screen, "Contents")  # it has no headings


def test_an_article_says_whose_it_is_and_how_old(
    screen: LibraryScreen, wait: Callable[[], None]
) -> None:
    button(screen, "Read The guideline").click()
    wait()
    assert "March 2019. Your copy, for your own use." in words(screen.shelf.reader)
    assert "From 2019. Advice may have changed since." in words(screen.shelf.reader)


def test_words_are_found_in_the_open_article(
    screen: LibraryScreen, wait: Callable[[], None]
) -> None:
    button(screen, "Read The topics").click()
    wait()
    reader = screen.shelf.reader
    reader.find_button.click()
    reader.finding.field.edit.setText("asthma")
    reader.finding.wanted.emit("asthma")
    assert reader.finding.count.accessibleName() == "1 of 2"
    reader.finding.wanted.emit("zebra")
    assert reader.finding.count.accessibleName() == "Not in this document"


def test_words_on_another_page_are_gone_to(screen: LibraryScreen, wait: Callable[[], None]) -> None:
    button(screen, "Read The guideline").click()
    wait()
    screen.shelf.reader.elsewhere_wanted.emit("second", 1, 1)
    wait()
    assert screen.shelf.reader.title.accessibleName() == "Guideline, page 2 of 2"
    screen.shelf.reader.elsewhere_wanted.emit("zebra", 2, 1)
    wait()
    assert screen.shelf.reader.finding.count.accessibleName() == "Not in this article"


def test_a_newer_copy_takes_the_place_of_a_source(
    screen: LibraryScreen, books: Books, wait: Callable[[], None], qtbot: QtBot
) -> None:
    button(screen, "Refresh The guideline").click()
    qtbot.waitUntil(lambda: "newer copy in the place of The guideline" in words(screen))
    button(screen, "Not now").click()
    assert not has_button(screen, "Choose a file")
    button(screen, "Refresh The guideline").click()
    qtbot.waitUntil(lambda: has_button(screen, "Choose a file"))
    button(screen, "Choose a file").click()
    dialog = screen.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.filesSelected.emit(["/a/newer.pdf"])
    dialog.close()
    wait()
    assert (books.added, books.replaced) == ([Path("/a/newer.pdf")], BOOK.id)
    assert not has_button(screen, "Refresh The topics")


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


@pytest.mark.parametrize(
    ("licence", "said"),
    [
        ("CC-BY-4.0", "Free to share with its author named (CC-BY-4.0)"),
        (
            "CC-BY-NC-SA-3.0",
            "Free to share with its author named, not for sale, pass on under the same terms (CC-BY-NC-SA-3.0)",
        ),
        ("CC-BY-4.0, CC0-1.0", "Several licences (CC-BY-4.0, CC0-1.0)"),
        ("Open Government", "Licence: Open Government"),
        ("", "Your copy, for your own use"),
    ],
)
def test_licences_are_said_in_plain_words(licence: str, said: str) -> None:
    assert licence_words(licence) == said


@pytest.mark.parametrize(
    ("languages", "said"),
    [
        (("en", ""), ""),
        ((), ""),
        (("en", "es"), "in English and Spanish"),
        (("ca",), "in ca"),
    ],
)
def test_languages_are_named_unless_all_is_english(languages: tuple[str, ...], said: str) -> None:
    assert language_words(languages) == said


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
