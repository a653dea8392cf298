"""Pictures of pages, read with the real Tesseract."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from document_samples import LETTER, ROWS, picture, read, scan, scanned_pdf, words_picture
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

from healthmate_desktop.documents import ocr
from healthmate_desktop.documents.scans import prepare
from healthmate_desktop.domain.documents import DocumentKind, Page
from healthmate_desktop.errors import UnreadableDocument

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(ocr.find_tesseract() is None, reason="Tesseract is not installed"),
]


def _recall(page: Page) -> float:
    wanted = set(LETTER.split())
    return len(wanted & set(page.text.split())) / len(wanted)


def test_scanned_pdf_page_is_read_by_ocr_with_boxes_on_the_words() -> None:
    page = read(scanned_pdf()).pages[0]
    assert page.by_ocr
    assert _recall(page) > 0.95
    word = next(w for w in page.words if page.text[w.start : w.end] == "inhaler")
    assert 0.5 < word.confidence <= 1
    line = page.height * (110 + 14 * 1.5) / 842
    assert abs((word.box.y0 + word.box.y1) / 2 - line) < 14
    assert (page.width, page.height) == (595.0, 842.0)


def test_png_named_pdf_is_read_as_the_picture_it_is() -> None:
    document = read(picture(scan(), dpi=(150, 150)), "letter.pdf")
    assert document.kind is DocumentKind.IMAGE
    assert _recall(document.pages[0]) > 0.95
    assert document.title == "Clinic letter 1"


def test_dark_skewed_noisy_scan_is_read_and_its_boxes_follow_the_slope() -> None:
    page = scan().rotate(-2, Image.Resampling.BICUBIC, fillcolor=255)
    shadow = ImageOps.invert(Image.linear_gradient("L").resize(page.size)).point(
        lambda value: 110 + value // 2
    )
    from PIL import ImageChops

    page = ImageChops.multiply(page, shadow)
    noise = Image.effect_noise(page.size, 30)
    page = Image.blend(page, noise, 0.1).filter(ImageFilter.GaussianBlur(0.4))
    read_page = read(picture(page, "JPEG", quality=80, dpi=(150, 150))).pages[0]
    assert _recall(read_page) > 0.9
    words = {read_page.text[w.start : w.end]: w.box for w in read_page.words}
    assert words["asthma."].y0 - words["patient"].y0 > 5  # same line, which slopes down


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_page_on_its_side_is_read_and_boxes_stay_on_the_picture(turn: int) -> None:
    page = read(picture(scan().rotate(turn, expand=True), dpi=(150, 150))).pages[0]
    assert _recall(page) > 0.9
    assert all(w.box.x0 >= 0 and w.box.x1 <= page.width + 1 for w in page.words)
    heading = next(w.box for w in page.words if page.text[w.start : w.end] == "Clinic")
    upright = heading.x1 - heading.x0 > heading.y1 - heading.y0
    assert upright is (turn == 180)


def test_ruled_table_is_read_row_by_row() -> None:
    image = Image.new("L", (1240, 500), 255)
    draw = ImageDraw.Draw(image)
    for number, row in enumerate(ROWS):
        for column, cell in enumerate(row):
            left, top = 60 + 280 * column, 60 + 60 * number
            draw.rectangle((left, top, left + 270, top + 52), outline=0, width=2)
            draw.text((left + 8, top + 12), cell, fill=0, font=ImageFont.load_default(26))
    lines = read(picture(image, dpi=(150, 150))).pages[0].text.split("\n\n")
    assert lines[1:4] == [" ".join(row) for row in ROWS[1:4]]


def test_each_tiff_frame_is_a_page_and_a_gif_is_one() -> None:
    frames = [words_picture(f"Report number {number}") for number in (1, 2, 3)]
    for kind, pages in (("TIFF", 3), ("GIF", 1)):
        content = picture(frames[0], kind, save_all=True, append_images=frames[1:])
        assert len(read(content).pages) == pages


def test_camera_orientation_and_transparency_are_respected() -> None:
    turned = words_picture("Blood pressure 128").rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6
    page = read(picture(turned, "JPEG", exif=exif)).pages[0]
    assert "Blood pressure 128" in page.text
    assert page.width > page.height
    see_through = Image.new("RGBA", (900, 200), (0, 0, 0, 0))
    see_through.paste("black", mask=ImageOps.invert(words_picture("Blood pressure 128")))
    assert "Blood pressure 128" in read(picture(see_through)).pages[0].text


def test_sixteen_bit_grey_is_read() -> None:
    grey = words_picture("Blood pressure 128").convert("I").point(lambda value: value * 257)
    content = io.BytesIO()
    grey.convert("I;16").save(content, "PNG")
    assert "Blood pressure 128" in read(content.getvalue()).pages[0].text


def test_blank_page_is_read_as_empty() -> None:
    assert read(picture(Image.new("L", (800, 1000), 255))).pages[0].text == ""


def test_missing_tesseract_is_said_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    for content in (scanned_pdf(2), picture(scan())):
        with pytest.raises(UnreadableDocument, match=r"Tesseract.*kept.*healthmate-cli doctor"):
            read(content)


def test_slow_or_failing_tesseract_costs_its_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(ocr, "_SECONDS", 0.2)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    program = tmp_path / "tesseract"
    for script, words in (
        ("exec sleep 30", "too long"),
        ("echo no >&2; exit 1", "could not be read"),
    ):
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o700)
        with pytest.raises(UnreadableDocument, match=words):
            read(picture(words_picture("x")))


def test_prepared_picture_has_no_rules_and_tells_where_they_were() -> None:
    image = Image.new("L", (1000, 400), 255)
    ImageDraw.Draw(image).rectangle((100, 100, 900, 300), outline=0, width=2)
    prepared = prepare(image, 300)
    assert prepared.picture.getextrema() == (255, 255)
    assert len(prepared.rules) >= 4
    assert prepared.skew == 0
