"""OCR with Tesseract over pipes: the picture goes in, words come out, and no file is written."""

from __future__ import annotations

import io
import math
import os
import shutil
import signal
import statistics
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from healthmate_desktop.documents.lines import Token
from healthmate_desktop.documents.text import clean
from healthmate_desktop.domain.documents import Box
from healthmate_desktop.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.Image import Image as Picture

    from healthmate_desktop.documents.scans import Prepared

MISSING = (
    "Reading scans and photos needs Tesseract with its English data, which is not installed here. The file is kept. "
    "Install Tesseract, check with healthmate-cli doctor, then read the file again."
)
_SECONDS = 45.0  # below the client's patience, so that one slow page costs only itself
_JUNK = 0.12  # below this confidence a word is noise; marks without a letter need more
_JUNK_MARK = 0.5
_DOUBTFUL = 0.75  # mean confidence of a page that may lie on its side
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Scanned:
    """Words and ruled lines in points of the picture."""

    tokens: list[Token]
    rules: list[Box]

    @property
    def confidence(self) -> float:
        return statistics.fmean(token.confidence for token in self.tokens) if self.tokens else 0.0


def find_tesseract() -> str | None:
    """Where Tesseract is, if it is installed."""
    import pytesseract

    command: str = pytesseract.pytesseract.tesseract_cmd
    return shutil.which(command)


def read_picture(picture: Picture, dpi: float) -> Scanned:
    """The words of a grey picture. A page that reads badly is tried again in the direction Tesseract takes it for.

    Raises UnreadableDocument: no Tesseract, or it could not do it in time.
    """
    command = find_tesseract()
    if command is None:
        raise UnreadableDocument(MISSING)
    scanned = _read_turned(command, picture, dpi, 0)
    if scanned.confidence >= _DOUBTFUL and len(scanned.tokens) >= 5:
        return scanned
    if quarter := _direction(command, picture, dpi):
        turned = _read_turned(command, picture, dpi, quarter)
        if turned.confidence > scanned.confidence:
            return turned
    return scanned


def _read_turned(command: str, picture: Picture, dpi: float, quarter: int) -> Scanned:
    """`quarter` times 90 degrees clockwise make the picture upright."""
    from PIL import Image

    from healthmate_desktop.documents.scans import prepare

    turns = (
        None,
        Image.Transpose.ROTATE_270,
        Image.Transpose.ROTATE_180,
        Image.Transpose.ROTATE_90,
    )
    turn = turns[quarter]
    prepared = prepare(picture.transpose(turn) if turn is not None else picture, dpi)
    table = _run(command, prepared.picture, prepared.dpi, "tsv")
    return _scanned(table, prepared, _back(prepared, quarter))


def _back(prepared: Prepared, quarter: int) -> Callable[[Point], Point]:
    """From pixels of the prepared picture to points of the page as it was."""
    width, height = prepared.picture.size
    cos, sin = math.cos(math.radians(prepared.skew)), math.sin(math.radians(prepared.skew))
    scale = 72 / prepared.dpi

    def back(point: Point) -> Point:
        dx, dy = point[0] - width / 2, point[1] - height / 2
        x, y = dx * cos - dy * sin + width / 2, dx * sin + dy * cos + height / 2
        x, y = ((x, y), (y, width - x), (width - x, height - y), (height - y, x))[quarter]
        return x * scale, y * scale

    return back


def _scanned(table: str, prepared: Prepared, back: Callable[[Point], Point]) -> Scanned:
    from pytesseract.pytesseract import file_to_dict

    columns: dict[str, list[Any]] = file_to_dict(table, "\t", -1)
    scale = 72 / prepared.dpi
    tokens = []
    names = ("text", "conf", "left", "top", "width", "height")
    for text, conf, left, top, width, height in zip(
        *(columns.get(name, []) for name in names), strict=False
    ):
        word, confidence = clean(str(text)).strip(), float(conf) / 100
        needed = _JUNK if any(letter.isalnum() for letter in word) else _JUNK_MARK
        if not word or confidence < needed or width <= 0 or height <= 0:
            continue
        corners = float(left), float(top), float(left + width), float(top + height)
        box = _box(corners, back)
        x0, y0, x1, y1 = (scale * value for value in corners)
        tokens.append(Token(word, x0, y0, x1, y1, box, min(1.0, confidence)))
    rules = [Box(*(scale * value for value in rule)) for rule in prepared.rules]
    return Scanned(tokens, rules)


def _box(corners: tuple[float, float, float, float], back: Callable[[Point], Point]) -> Box:
    """The centre is moved and the sides are kept: a word is too short for its slope to matter."""
    x0, y0, x1, y1 = corners
    middle = back(((x0 + x1) / 2, (y0 + y1) / 2))
    right, low = back((x1, (y0 + y1) / 2)), back(((x0 + x1) / 2, y1))
    wide = max(abs(right[0] - middle[0]), abs(low[0] - middle[0]), 0.05)
    high = max(abs(right[1] - middle[1]), abs(low[1] - middle[1]), 0.05)
    return Box(middle[0] - wide, middle[1] - high, middle[0] + wide, middle[1] + high)


def _direction(command: str, picture: Picture, dpi: float) -> int:
    """Quarter turns clockwise that Tesseract thinks make the picture upright; 0 if it can't tell."""
    try:
        report = _run(command, picture, dpi, "--psm", "0")
    except UnreadableDocument:  # too few letters to tell
        return 0
    degrees = [line.split(":")[1] for line in report.splitlines() if line.startswith("Rotate:")]
    return int(degrees[0]) // 90 % 4 if degrees and degrees[0].strip().isdigit() else 0


def _run(command: str, picture: Picture, dpi: float, *arguments: str) -> str:
    content = io.BytesIO()
    picture.save(content, "PNG", compress_level=1)
    language = [] if "--psm" in arguments else ["-l", "eng"]
    call = [command, "stdin", "stdout", "--dpi", str(max(70, round(dpi))), *language, *arguments]
    try:
        done = subprocess.run(
            call,
            input=content.getvalue(),
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
            preexec_fn=_die_with_parent
            if sys.platform == "linux"
            else None,  # the only thread forks
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableDocument(
            "Reading the letters in this picture took too long. The file is kept. "
            "Scan it again with more contrast, one page at a time."
        ) from error
    except OSError as error:
        raise UnreadableDocument(MISSING) from error
    if done.returncode:
        raise UnreadableDocument(
            MISSING
            if b"tessdata" in done.stderr
            else "The letters in this picture could not be read. The file is kept. Scan it again and add the new file."
        )
    return done.stdout.decode("utf-8", "replace")


def _die_with_parent() -> None:
    """Runs between fork and exec: when the reader is killed, its Tesseract goes with it."""
    import ctypes

    ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
