"""Bring your own: where good sources are, what each gives, and how it comes into the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QScrollArea

from healthmate_desktop.ui.library.downloads import DOWNLOADS
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.accessibility import announce
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.drop_zone import DropZone
from healthmate_desktop.ui.widgets.layout import Card, Header, Rule, column, page, row
from healthmate_desktop.ui.widgets.section import SectionHeader
from healthmate_desktop.ui.widgets.text import Icon, Text

if TYPE_CHECKING:
    from PySide6.QtWidgets import QHBoxLayout

    from healthmate_desktop.ui.library.downloads import Download

COPY, COPIED = "Copy address", "Copied"
_SAID_MS = 2000  # that a button says what it has done
_DETAIL = "What answers may quote about health in general is up to you"
_HOW = (
    "HealthMate never connects to the internet, so a download is made by you: copy an address, open it in your "
    "browser, save the file, then drop it here. It is read on this computer, and it is in the library for everyone "
    "who uses it. Never add papers about a person: the library is not encrypted."
)


def drop_zone() -> DropZone:
    """The same invitation wherever something can be added."""
    return DropZone(
        "Drop files or folders here to add them",
        "PDF, Word and EPUB files, pictures of pages, web pages, Markdown and text. Downloads of MedlinePlus, "
        "MedQuAD, PubMed Central, DailyMed and openFDA, also zipped, and folders in BEIR layout. "
        "What you add must not be about a person: the library is not encrypted.",
    )


class BringYourOwn(QFrame):
    """`left` asks for the list of sources, `files_pressed` and `folder_pressed` for something to add."""

    left = Signal()
    files_pressed = Signal()
    folder_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self.back = Button("All sources", "plain", "left", size="small", flush=True)
        self.zone = drop_zone()
        files = Button("Add files", "secondary", "add-file")
        folder = Button("Add a folder", "secondary", "add-file")
        self.back.clicked.connect(self.left)
        files.clicked.connect(self.files_pressed)
        folder.clicked.connect(self.folder_pressed)
        header = Header("Bring your own", _DETAIL, files, folder)
        self._area = self._build(header)
        self.setLayout(column(self._area, spacing=0))
        self.setFocusProxy(self.back)

    def show_top(self) -> None:
        self._area.verticalScrollBar().setValue(0)

    def _build(self, header: Header) -> QScrollArea:
        card = Card(spacing=Space.M)
        card.add(SectionHeader("Where the official downloads are"))
        for download in DOWNLOADS:
            card.add(Rule(), self._row(download))
        how = Text(_HOW, "body", "text_soft", wrap=True)
        return page(column(row(self.back, 0), header), how, self.zone, card, 0)

    def _row(self, download: Download) -> QHBoxLayout:
        sign = Icon("library")
        words = column(
            Text(download.name, "label", wrap=True),
            Text(download.gives, "small", "text", wrap=True),
            Text(f"{download.size} {download.licence}.", "small", "text_soft", wrap=True),
            Text(download.how, "small", "text_soft", wrap=True),
            spacing=Space.XXS,
        )
        line = row(sign, spacing=Space.M)
        line.addLayout(words, 1)
        line.setAlignment(sign, Qt.AlignmentFlag.AlignTop)
        if download.address:
            address = Text(download.address, "small", "accent_text", wrap=True)
            address.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.addWidget(address)
            copy = copy_button(download.address, download.name)
            line.addWidget(copy)
            line.setAlignment(copy, Qt.AlignmentFlag.AlignTop)
        return line


def copy_button(address: str, name: str) -> Button:
    """Puts an address on the clipboard, and says so on itself and to a screen reader."""
    button = Button(COPY, "quiet", "copy", size="small")
    button.setAccessibleName(f"{COPY} of {name}")

    def copy() -> None:
        QGuiApplication.clipboard().setText(address)
        announce(button, f"{COPIED}: {address}")
        button.setText(COPIED)
        QTimer.singleShot(_SAID_MS, button, lambda: button.setText(COPY))

    button.clicked.connect(copy)
    return button
