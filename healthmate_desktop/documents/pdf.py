"""PDF pages with PyMuPDF: words where they are seen, OCR for pages that are pictures. Nothing in a PDF is run."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from healthmate_desktop.documents import limits
from healthmate_desktop.documents.layout import LaidOut, lay_out, together
from healthmate_desktop.documents.lines import Token
from healthmate_desktop.documents.ocr import read_picture
from healthmate_desktop.documents.tables import THINNEST
from healthmate_desktop.documents.text import clean
from healthmate_desktop.domain.documents import Box, Page
from healthmate_desktop.errors import UnreadableDocument
from healthmate_desktop.interop.sources.dates import compact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PIL.Image import Image as Picture

MOST_OBJECTS = 500_000
PAGE_LOST = "This page could not be read. It is damaged, or too large."
_FEW_LETTERS = 150  # a page with fewer, most of it a picture, is a scan
_MOST_OF_PAGE = 0.5
_MANY_PATHS = 60  # drawn letters: a page without text that has this many shapes
_LARGEST_PAGE = 14_400.0  # points a side, the most that PDF allows
_OCR_PIXELS = 18_000_000
_NO_TITLE = re.compile(
    r"^(untitled.*|microsoft .*|.*\.(docx?|pdf|xlsx?|indd|html?))$", re.IGNORECASE
)

Raw = tuple[float, float, float, float, str, int, int, int]


def open_pdf(content: bytes) -> Any:
    """A pymupdf.Document. Raises UnreadableDocument."""
    import pymupdf

    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    try:
        document = pymupdf.open(stream=content, filetype="pdf")
        if document.needs_pass:
            raise UnreadableDocument(
                "This PDF is locked with a password, so it could not be read. It is kept. "
                "Open it in a PDF program with its password, print it to a new PDF and add that."
            )
        pages, objects = document.page_count, document.xref_length()
    except page_errors() as error:
        raise UnreadableDocument(
            "This PDF is damaged and could not be read. It is kept. Add it again from where it came from."
        ) from error
    if pages > limits.MOST_PAGES or objects > MOST_OBJECTS:
        raise UnreadableDocument(
            "This PDF is too large to be read: more than 2,000 pages or 500,000 parts. It is kept. "
            "Split it into smaller files and add those."
        )
    return document


def page_errors() -> tuple[type[BaseException], ...]:
    """What PyMuPDF raises for files that are broken or too greedy."""
    import pymupdf

    return (RuntimeError, ValueError, TypeError, IndexError, KeyError, MemoryError, OverflowError,
            pymupdf.mupdf.FzErrorBase)  # fmt: skip


def with_fields(document: Any) -> None:
    """Make what was filled into a form part of its pages, in memory."""
    if document.is_form_pdf:
        document.bake(annots=False)


def title_of(document: Any) -> str:
    """The title in the metadata, unless a program only put a file name there."""
    title = clean(str((document.metadata or {}).get("title") or "")).strip()
    return "" if _NO_TITLE.match(title) else title[:200]


def date_of(document: Any) -> str:
    """When it was made, as far as its metadata says: 2024-02-29, or an empty string."""
    facts = document.metadata or {}
    return compact(str(facts.get("creationDate") or facts.get("modDate") or "").removeprefix("D:"))


def looks_cut_off(document: Any, content: bytes) -> bool:
    return bool(document.is_repaired) and b"%%EOF" not in content[-2048:]


def read_page(document: Any, number: int) -> tuple[Page, str]:
    """Page `number` (from 1) and its heading. Raises `page_errors()` or UnreadableDocument."""
    import pymupdf

    pymupdf.TOOLS.mupdf_warnings(reset=True)
    page = document.load_page(number - 1)
    width, height = _size(page)
    groups = _words(page)
    shapes = page.get_bboxlog()
    by_ocr = _is_scan(groups, shapes, page)
    if by_ocr:
        picture, dpi = _drawn(page)
        scanned = read_picture(picture, dpi)
        laid = lay_out(scanned.tokens, scanned.rules)
    else:
        laid = _laid_out(groups, _rules(shapes, page))
    if not laid.text and pymupdf.TOOLS.mupdf_warnings(reset=True):
        raise UnreadableDocument("This page is damaged and nothing could be read on it.")
    return Page(number, laid.text, width, height, laid.words, by_ocr=by_ocr), laid.heading


def draw_page(document: Any, number: int, width: int) -> bytes:
    """PNG. Raises as `read_page`."""
    import pymupdf

    page = document.load_page(number - 1)
    wide, high = _size(page)
    zoom = width / wide
    if width * high * zoom > limits.MOST_PIXELS:
        raise UnreadableDocument("This page is too large to be drawn. The file is kept.")
    picture = page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), alpha=False)
    return bytes(picture.tobytes("png"))


def _size(page: Any) -> tuple[float, float]:
    width, height = float(page.rect.width), float(page.rect.height)
    if not (1 <= width <= _LARGEST_PAGE and 1 <= height <= _LARGEST_PAGE):
        raise UnreadableDocument("This page has no size that makes sense.")
    return width, height


def _words(page: Any) -> dict[int | None, list[Token]]:
    """Words by the quarter turn that makes them upright; None = slanted, such as a watermark."""
    import pymupdf

    flags = pymupdf.TEXTFLAGS_WORDS & ~pymupdf.TEXT_PRESERVE_LIGATURES
    text_page = page.get_textpage(flags=flags)
    raw: list[Raw] = text_page.extractWORDS()
    if len(raw) > limits.MOST_WORDS:
        raise UnreadableDocument("This page has more than 20,000 words, more than can be read.")
    turned = page.rotation // 90
    quarters: dict[tuple[int, int], int | None] = {}
    for block in text_page.extractDICT()["blocks"]:
        for place, line in enumerate(block.get("lines", ())):
            quarters[block["number"], place] = _quarter(line["dir"], turned)
    groups: dict[int | None, list[Token]] = defaultdict(list)
    for x0, y0, x1, y1, word, block_number, line_number, _ in raw:
        text = clean(word.replace("\xa0", " ")).strip()
        box = _shown((x0, y0, x1, y1), page)
        if text and box is not None:
            quarter = quarters.get((block_number, line_number), 0)
            groups[quarter].append(_token(text, box, quarter))
    return groups


def _quarter(direction: tuple[float, float], turned: int) -> int | None:
    degrees = math.degrees(math.atan2(direction[1], direction[0]))
    quarter = round(degrees / 90)
    return (quarter + turned) % 4 if abs(degrees - quarter * 90) <= 10 else None


def _shown(corners: Iterable[float], page: Any) -> Box | None:
    """The box on the page as shown; None for what lies outside of it."""
    import pymupdf

    rect = pymupdf.Rect(*corners) * page.rotation_matrix
    values = [float(value) for value in (rect.x0, rect.y0, rect.x1, rect.y1)]
    if not all(math.isfinite(value) for value in values):
        return None
    x0, x1 = max(0.0, values[0]), min(float(page.rect.width), values[2])
    y0, y1 = max(0.0, values[1]), min(float(page.rect.height), values[3])
    return Box(x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None


def _token(text: str, box: Box, quarter: int | None) -> Token:
    upright = _turned(box, quarter or 0)
    return Token(text, upright.x0, upright.y0, upright.x1, upright.y1, box)


def _turned(box: Box, quarter: int) -> Box:
    """Turned back so that what reads in direction `quarter` reads to the right. Only order matters, not the origin."""
    if quarter == 1:
        return Box(box.y0, -box.x1, box.y1, -box.x0)
    if quarter == 2:
        return Box(-box.x1, -box.y1, -box.x0, -box.y0)
    if quarter == 3:
        return Box(-box.y1, box.x0, -box.y0, box.x1)
    return box


def _laid_out(groups: dict[int | None, list[Token]], rules: list[Box]) -> LaidOut:
    """Each direction on its own, the one with the most words first and what is slanted last."""
    parts = []
    for quarter in sorted(groups, key=lambda key: (key is None, -len(groups[key]))):
        if quarter is None:
            parts.append(_in_given_order(groups[None]))
        else:
            parts.append(lay_out(groups[quarter], [_turned(rule, quarter) for rule in rules]))
    return together(parts)


def _in_given_order(tokens: list[Token]) -> LaidOut:
    """Slanted words can't be sorted into lines; they follow each other as in the file."""
    placed = []
    x = 0.0
    for token in tokens:
        width = 5.0 * len(token.text)
        placed.append(Token(token.text, x, 0.0, x + width, 10.0, token.box))
        x += width + 2.5
    return lay_out(placed)


def _is_scan(groups: dict[int | None, list[Token]], shapes: list[Any], page: Any) -> bool:
    letters = sum(
        letter != "\ufffd"
        for tokens in groups.values()
        for token in tokens
        for letter in token.text
    )
    if letters >= _FEW_LETTERS:
        return False
    area = abs(page.rect.width * page.rect.height)
    pictures = [box for kind, box in shapes if kind in ("fill-image", "fill-imgmask")]
    covered = sum(_area_on_page(box, page) for box in pictures)
    if covered >= _MOST_OF_PAGE * area:
        return True
    unknown = any("\ufffd" in token.text for tokens in groups.values() for token in tokens)
    paths = sum(kind in ("fill-path", "stroke-path") for kind, _ in shapes)
    return letters == 0 and (unknown or bool(pictures) or paths >= _MANY_PATHS)


def _area_on_page(corners: Iterable[float], page: Any) -> float:
    box = _shown(corners, page)
    return (box.x1 - box.x0) * (box.y1 - box.y0) if box else 0.0


def _rules(shapes: list[Any], page: Any) -> list[Box]:
    """Thin lines, and the four sides of stroked boxes."""
    rules: list[Box] = []
    for kind, corners in shapes:
        if kind not in ("fill-path", "stroke-path") or len(rules) > 4 * limits.MOST_WORDS:
            continue
        box = _shown(corners, page)
        if box is None:
            continue
        if min(box.x1 - box.x0, box.y1 - box.y0) <= THINNEST:
            rules.append(box)
        elif kind == "stroke-path":
            rules += _sides(box)
    return rules


def _sides(box: Box) -> tuple[Box, Box, Box, Box]:
    return (
        Box(box.x0, box.y0, box.x1, box.y0 + 1),
        Box(box.x0, box.y1 - 1, box.x1, box.y1),
        Box(box.x0, box.y0, box.x0 + 1, box.y1),
        Box(box.x1 - 1, box.y0, box.x1, box.y1),
    )


def _drawn(page: Any) -> tuple[Picture, float]:
    """The page as a grey picture for OCR, 300 dpi unless it is very large."""
    import pymupdf
    from PIL import Image

    width, height = _size(page)
    zoom = min(300 / 72, math.sqrt(_OCR_PIXELS / (width * height)))
    pixmap = page.get_pixmap(
        matrix=pymupdf.Matrix(zoom, zoom), colorspace=pymupdf.csGRAY, alpha=False
    )
    picture = Image.frombytes("L", (pixmap.width, pixmap.height), pixmap.samples)
    return picture, zoom * 72
