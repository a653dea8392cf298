"""A made-up page being drawn: as PDF text, and as a noisy scan."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lab_panel import COLLECTED, PERSON, printed_day
from lab_printed import Wanted

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

    from lab_panel import Result


@dataclass
class Drawn:
    """A made-up report."""

    pdf: bytes
    wanted: list[Wanted]


@dataclass
class Sheet:
    """A page being drawn."""

    language: str
    rng: random.Random
    size: float = 9.0
    y: float = 60.0
    wanted: list[Wanted] = field(default_factory=list)
    pieces: list[tuple[float, float, str, float]] = field(default_factory=list)
    rules: list[tuple[float, float, float, float]] = field(default_factory=list)

    def text(self, x: float, text: str, *, size: float = 0.0, right: bool = False) -> None:
        import pymupdf

        size = size or self.size
        if right:
            x -= pymupdf.get_text_length(text, "helv", size)
        self.pieces.append((x, self.y, text, size))

    def line(self, xs: Sequence[float], texts: Sequence[str], lead: float = 1.6) -> None:
        for x, text in zip(xs, texts, strict=True):
            if text:
                self.text(x, text)
        self.y += lead * self.size

    def want(self, result: Result, date: str) -> None:
        self.wanted.append(Wanted(result.name, result.value, result.unit, date))


def top(sheet: Sheet, day: tuple[int, int, int] | None) -> None:
    sheet.text(
        50,
        sheet.rng.choice(
            ("Northfield Clinical Laboratory", "Labor am Markt", "Laboratorio Central", "Biolab")
        ),
        size=15,
    )
    sheet.y += 24
    sheet.text(50, PERSON[sheet.language])
    sheet.y += 14
    if day is not None:
        sheet.text(50, f"{COLLECTED[sheet.language]} {printed_day(day, sheet.language)}")
    sheet.y += 26


def draw(layout: Callable[[Sheet], None], language: str, rng: random.Random) -> Drawn:
    import pymupdf

    sheet = Sheet(language, rng)
    layout(sheet)
    document = pymupdf.open()
    page = document.new_page(width=612, height=792)
    for x, y, text, size in sheet.pieces:
        page.insert_text((x, y), text, fontsize=size, fontname="helv")
    for rule in sheet.rules:
        page.draw_rect(pymupdf.Rect(*rule), width=0.7)
    return Drawn(document.tobytes(), sheet.wanted)


def scanned(pdf: bytes, rng: random.Random) -> bytes:
    """As a noisy, slightly turned scan with 170 dots an inch."""
    import numpy as np
    import pymupdf
    from PIL import Image, ImageFilter

    pixmap = pymupdf.open(stream=pdf, filetype="pdf")[0].get_pixmap(
        dpi=170, colorspace=pymupdf.csGRAY
    )
    picture = Image.frombytes("L", (pixmap.width, pixmap.height), pixmap.samples)
    picture = picture.rotate(
        rng.uniform(-1.5, 1.5), resample=Image.Resampling.BICUBIC, fillcolor=255
    )
    picture = picture.filter(ImageFilter.GaussianBlur(0.6))
    pixels = np.asarray(picture, dtype=np.float32) * 0.9
    pixels += np.random.default_rng(rng.randrange(1 << 30)).normal(0, 9, pixels.shape)
    content = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(
        content, "JPEG", quality=75, dpi=(170, 170)
    )
    return content.getvalue()
