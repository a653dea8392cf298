"""`healthmate --self-check`: start every part once, on made-up data, and say what works. For frozen builds."""

from __future__ import annotations

import secrets
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from healthmate_desktop.services.steps import finished

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.inference.client import Engine

PRINTED = "Reading glasses help from 45 on."


def self_check() -> int:
    """Print a line a part; 0 if all work. Needs no display and leaves nothing behind."""
    from healthmate_desktop.inference.client import Engine
    from healthmate_desktop.paths import models_dir
    from healthmate_desktop.security.process import harden

    harden("app")
    engine = Engine(models_dir())
    checks: dict[str, Callable[[], None]] = {
        "window": _window,
        "vault": _vault,
        "reader and OCR": _reader,
        "embedder": lambda: _embedder(engine),
        "chat model": lambda: _chat(engine),
        "library index": _index,
    }
    results = [_tried(name, check) for name, check in checks.items()]
    engine.close()
    return 0 if all(results) else 1


def _tried(name: str, check: Callable[[], None]) -> bool:
    started = time.monotonic()
    try:
        check()
    except Exception as error:  # noqa: BLE001 - a check reports whatever is wrong, and the next one runs
        _say(f"{name}: {type(error).__name__}: {error}")
        traceback.print_tb(error.__traceback__)
        return False
    _say(f"{name}: works, {time.monotonic() - started:.1f} s")
    return True


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _window() -> None:
    import os

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from healthmate_desktop.app import make_window
    from healthmate_desktop.paths import Paths

    app = QApplication.instance() or QApplication(["healthmate"])
    with tempfile.TemporaryDirectory() as folder:
        window = make_window(app, Paths(Path(folder)))  # type: ignore[arg-type]  # a QApplication
        window.show()
        window.close()


def _vault() -> None:
    from healthmate_desktop.composition import Commons, create_vault, open_vault
    from healthmate_desktop.paths import Paths
    from healthmate_desktop.settings import Settings

    passphrase = secrets.token_urlsafe(24)
    with tempfile.TemporaryDirectory() as folder:
        paths = Paths(Path(folder))
        create_vault(paths, passphrase)
        commons = Commons(paths, Settings())
        services = open_vault(paths, passphrase, commons)
        services.patients.add("Made Up")
        _expect(len(services.patients.all()) == 1)
        _expect(not services.documents.check().problems)
        services.close()
        commons.close()


def _reader() -> None:
    import io

    from PIL import Image, ImageDraw, ImageFont

    from healthmate_desktop.documents.client import Reader

    picture = Image.new("L", (1000, 160), "white")
    ImageDraw.Draw(picture).text((40, 50), PRINTED, fill="black", font=ImageFont.load_default(44))
    content = io.BytesIO()
    picture.save(content, "PNG")
    read = finished(Reader().read(content.getvalue(), "page.png"))
    _expect("glasses" in read.pages[0].text)


def _embedder(engine: Engine) -> None:
    near, far, asked = engine.embed(
        ["The heart pumps blood.", "A bicycle has two wheels.", "What does the heart do?"]
    )
    _expect(float(near @ asked) > float(far @ asked))


def _chat(engine: Engine) -> None:
    reply = "".join(engine.stream("", "Say yes or no.", grammar='root ::= "yes" | "no"', longest=4))
    _expect(reply in {"yes", "no"})


def _index() -> None:
    from healthmate_desktop.composition import Commons
    from healthmate_desktop.paths import Paths, resources_dir
    from healthmate_desktop.settings import Settings

    with tempfile.TemporaryDirectory() as folder:
        commons = Commons(Paths(Path(folder)), Settings())
        finished(commons.library.install_starter(resources_dir() / "library"))
        search = commons.search()
        _expect(bool(search.search("blood pressure", None, scope="library")))
        commons.close()


def _expect(truth: bool) -> None:
    if not truth:
        raise RuntimeError("the result is not what it should be")
