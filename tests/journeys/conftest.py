"""An open vault with the real children, and documents as people have them."""

from __future__ import annotations

import io
import shutil
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil
import pymupdf
import pytest
from PIL import Image, ImageDraw, ImageFont
from processes import PASSPHRASE, Shell

from healthmate_desktop.composition import Commons, create_vault, open_vault
from healthmate_desktop.paths import Paths
from healthmate_desktop.security.kdf import FLOOR
from healthmate_desktop.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from healthmate_desktop.composition import Services


@dataclass(frozen=True)
class Home:
    """The program at work: everything real, with a passphrase that is quick to try."""

    commons: Commons
    services: Services


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """No process may be left when the program has ended."""
    before = set(child_pids())
    paths = Paths(tmp_path_factory.mktemp("home"))
    create_vault(paths, PASSPHRASE, cost=FLOOR)
    with (
        closing(Commons(paths, Settings())) as commons,
        closing(open_vault(paths, PASSPHRASE, commons)) as services,
    ):
        yield Home(commons, services)
    assert set(child_pids()) <= before


@pytest.fixture
def shell(tmp_path: Path, starter_library: Path) -> Shell:
    """A computer with a vault that is quick to unlock and the starter topics."""
    shell = Shell(tmp_path).make()
    create_vault(Paths(shell.data), PASSPHRASE, cost=FLOOR)
    shutil.copytree(starter_library, shell.data / "library")
    return shell


def child_pids(room: str = "") -> list[int]:
    """Of this process: all its children, or those in a room."""
    found = []
    for child in psutil.Process().children(recursive=True):
        try:
            if not room or child.cmdline()[-2:] == ["--child", room]:
                found.append(child.pid)
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return found


def a_pdf(*pages: str) -> bytes:
    document = pymupdf.open()
    for text in pages:
        document.new_page(width=595, height=842).insert_textbox((72, 72, 520, 770), text)
    content = bytes(document.tobytes())
    document.close()
    return content


def a_picture(text: str) -> bytes:
    """Black letters on white, large enough for OCR."""
    image = Image.new("L", (1400, 300), 255)
    ImageDraw.Draw(image).text((60, 90), text, fill=0, font=ImageFont.load_default(56))
    content = io.BytesIO()
    image.save(content, "PNG")
    return content.getvalue()
