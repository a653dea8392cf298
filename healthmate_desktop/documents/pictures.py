"""Pictures: PNG, JPEG, TIFF, BMP, WebP and the first frame of a GIF. Sizes are checked before decoding."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING

from healthmate_desktop.documents import limits
from healthmate_desktop.documents.layout import lay_out
from healthmate_desktop.documents.ocr import read_picture
from healthmate_desktop.domain.documents import Page
from healthmate_desktop.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image as Picture

_FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF")
_PAPER = (
    11.3  # inches: the long side of a sheet, between Letter and A4, where the file does not tell
)
_LEAST_DPI, _MOST_DPI = 100.0, 1200.0  # what a file says beyond these is a default and no measure

_DAMAGED = "This picture is damaged and could not be read. It is kept. Add it again from where it came from."
_TOO_LARGE = (
    "This picture is too large to be read safely. It is kept. "
    "Save it with fewer than 50 million pixels and add that."
)


@contextlib.contextmanager
def _damage_told() -> Iterator[None]:
    """What PIL raises for broken files, in our words."""
    import struct

    from PIL import Image

    try:
        yield
    except Image.DecompressionBombError as error:
        raise UnreadableDocument(_TOO_LARGE) from error
    except (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, TypeError) as error:
        raise UnreadableDocument(_DAMAGED) from error
    except (struct.error, ZeroDivisionError, OverflowError, AttributeError) as error:
        raise UnreadableDocument(_DAMAGED) from error
    except (MemoryError, RuntimeError) as error:
        raise UnreadableDocument(_TOO_LARGE) from error


def open_picture(content: bytes) -> Picture:
    """The header only. Raises UnreadableDocument."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # our own limit is lower and knows TIFF frames
    with _damage_told():
        picture = Image.open(io.BytesIO(content), formats=_FORMATS)
    _check_size(picture)
    return picture


def count_pages(picture: Picture) -> int:
    """Frames of a TIFF, no more than are read; other animations count as one picture."""
    if picture.format != "TIFF":
        return 1
    for number in range(1, limits.MOST_PICTURE_PAGES):
        try:
            picture.seek(number)
        except (EOFError, OSError, ValueError, KeyError, SyntaxError, TypeError):
            return number
    return limits.MOST_PICTURE_PAGES


def read_page(picture: Picture, number: int) -> tuple[Page, str]:
    """Page `number` (from 1) and its heading. Raises UnreadableDocument."""
    grey, dpi = _grey(picture, number)
    scanned = read_picture(grey, dpi)
    laid = lay_out(scanned.tokens, scanned.rules)
    size = grey.width * 72 / dpi, grey.height * 72 / dpi
    return Page(number, laid.text, *size, laid.words, by_ocr=True), laid.heading


def draw_page(picture: Picture, number: int, width: int) -> bytes:
    from PIL import Image

    shown = _upright(picture, number)
    with _damage_told():
        height = max(1, round(shown.height * width / shown.width))
        if width * height > limits.MOST_PIXELS:
            raise UnreadableDocument(_TOO_LARGE)
        content = io.BytesIO()
        shown.resize((width, height), Image.Resampling.BICUBIC).save(content, "PNG")
    return content.getvalue()


def _check_size(picture: Picture) -> None:
    width, height = picture.size
    if width * height > limits.MOST_PIXELS or max(width, height) > limits.LONGEST_SIDE:
        raise UnreadableDocument(_TOO_LARGE)
    if min(width, height) < 1:
        raise UnreadableDocument(_DAMAGED)


def _upright(picture: Picture, number: int) -> Picture:
    """One frame as it is meant to be seen: turned as the camera says, on white, RGB or grey."""
    from PIL import Image, ImageOps

    with _damage_told():
        picture.seek(number - 1)
        _check_size(picture)
        picture.load()
        turned = ImageOps.exif_transpose(picture)
        if turned.mode.startswith("I"):  # 16 bits of grey
            return turned.point(lambda value: value / 256).convert("L")
        if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info:
            seen = turned.convert("RGBA")
            paper = Image.new("RGBA", seen.size, "white")
            paper.alpha_composite(seen)
            return paper.convert("RGB")
        return turned if turned.mode in ("RGB", "L") else turned.convert("RGB")


def _grey(picture: Picture, number: int) -> tuple[Picture, float]:
    upright = _upright(picture, number)
    with _damage_told():
        told = picture.info.get("dpi", (0, 0))
        dpi = float(told[0])
        if not _LEAST_DPI <= dpi <= _MOST_DPI:
            dpi = min(600.0, max(72.0, max(upright.size) / _PAPER))
        return upright.convert("L"), dpi
