"""The cards of the home screen: what waits, and what was recent."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from healthmate_desktop.ui.dates import day
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import EmptyState
from healthmate_desktop.ui.widgets.layout import Card, Rule, row
from healthmate_desktop.ui.widgets.section import Line, SectionHeader

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from healthmate_desktop.domain.answers import Thread
    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.library import Source

RECENT = 4


def first_steps_card(add_files: Callable[[], None]) -> Card:
    add = Button("Add files", "primary", "add-file")
    add.clicked.connect(partial(_call, add_files))
    card = Card(padding=Space.L)
    card.add(
        EmptyState(
            "document",
            "Start with a document",
            "Drop a letter, a lab report or a photo of one anywhere on this window. It is encrypted, "
            "read on this computer, and you can ask about it.",
            [add],
        )
    )
    return card


def waiting_card(
    unreadable: Sequence[Document], open_document: Callable[[str], None], more: Callable[[], None]
) -> Card:
    """What needs a look; empty places are not shown at all."""
    lines = []
    for document in unreadable[:RECENT]:
        look = Button("See why", size="small")
        look.setAccessibleName(f"See why {document.name} could not be read")
        look.clicked.connect(partial(_call, open_document, document.id))
        lines.append(
            Line("alert", document.name, "Could not be read. It is kept.", look, tone="warn")
        )
    rest = len(unreadable) - RECENT
    return _card(
        "Waiting for you", f"and {rest} more" if rest > 0 else "", "All documents", more, lines
    )


def documents_card(
    documents: Sequence[Document], open_document: Callable[[str], None], more: Callable[[], None]
) -> Card:
    lines = []
    for document in documents[:RECENT]:
        opened = Button("Open", "plain", "open", size="small")
        opened.setAccessibleName(f"Open {document.name}")
        opened.clicked.connect(partial(_call, open_document, document.id))
        lines.append(Line("document", document.name, _detail(document), opened))
    count = "1, encrypted" if len(documents) == 1 else f"{len(documents)}, all encrypted"
    return _card("Recent documents", count, "All documents", more, lines)


def chats_card(
    threads: Sequence[Thread], open_thread: Callable[[Thread], None], more: Callable[[], None]
) -> Card:
    lines = []
    for thread in threads[:RECENT]:
        read = Button("Read again", "plain", "open", size="small")
        read.setAccessibleName(f"Read again: {thread.title}")
        read.clicked.connect(partial(_call, open_thread, thread))
        lines.append(Line("ask", thread.title, day(thread.updated_at), read))
    return _card("Recent questions", "", "Go on asking", more, lines)


def library_card(sources: Sequence[Source], more: Callable[[], None]) -> Card:
    articles = sum(source.articles for source in sources)
    count = "1 source" if len(sources) == 1 else f"{len(sources)} sources"
    title, detail = f"{articles} articles from {count}", "Answers quote them and your documents"
    if not sources:
        title, detail = "Nothing in it yet", "Without it, answers quote your documents only"
    return _card("Library", "", "Open the library", more, [Line("library", title, detail)])


def side_by_side(cards: Sequence[QWidget]) -> QWidget:
    holder, line = QWidget(), row(spacing=Space.L)
    for card in cards:
        line.addWidget(card, 1)
    holder.setLayout(line)
    return holder


def _card(
    title: str, aside: str, link: str, follow: Callable[[], None], lines: Sequence[Line]
) -> Card:
    more = Button(link, "quiet", size="small", flush=True)
    more.clicked.connect(partial(_call, follow))
    card = Card(padding=Space.L, spacing=0)
    card.add(SectionHeader(title, aside, more), Space.S)
    for number, line in enumerate(lines):
        card.add(*([Rule()] if number else []), line)
    card.add(0)
    return card


def _detail(document: Document) -> str:
    if document.state == "importing":
        return "Kept, not read to the end yet"
    pages = "1 page" if document.page_count == 1 else f"{document.page_count} pages"
    return f"{pages}, added on {day(document.added_at)}"


def _call(what: Callable[..., None], *values: object) -> None:
    """Leaves out what `clicked` adds."""
    what(*[value for value in values if not isinstance(value, bool)])
