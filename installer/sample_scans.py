"""The two documents of the made-up family that are pictures: a typed letter and a vaccination card, as scanned."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pymupdf
from PIL import Image, ImageFilter
from sample_sheet import MADE_UP, Sheet, Style, save_pdf

if TYPE_CHECKING:
    from pathlib import Path

DPI = 160
BLACK = (0.08, 0.08, 0.08)
TYPED = Style(11, "tiro", BLACK)
INKED = Style(10.5, "cobo", (0.10, 0.10, 0.10))

EYE_LETTER = (
    "22 June 2026",
    "",
    "Re: Mrs Rosa Harlow, born 14 February 1958",
    "",
    "Dear Dr Castellan,",
    "",
    (
        "Mrs Harlow came for her yearly diabetic eye check on 22 June 2026. She has noticed no change in her sight "
        "and sees no floaters."
    ),
    "",
    (
        "Visual acuity with glasses was 6/9 in the right eye and 6/6 in the left eye. Eye pressure was 16 mmHg in the"
        " right eye and 17 mmHg in the left eye."
    ),
    "",
    (
        "The right eye shows mild non-proliferative diabetic retinopathy, with a few small microaneurysms. The left "
        "eye shows no diabetic retinopathy. There is no macular oedema in either eye. Both lenses show an early "
        "cataract that does not need surgery."
    ),
    "",
    (
        "No treatment is needed now. Good control of blood sugar and blood pressure will protect her eyes. The next "
        "eye check is due in June 2027, or at once if her sight suddenly becomes blurred, dark or full of floaters."
    ),
    "",
    "Yours sincerely,",
    "",
    "",
    "",
    "Dr Lena Marchetti",
    "Ophthalmologist",
)

VACCINES = (
    ("Hepatitis B", "24 May 2016", "25 Jul 2016", "28 Nov 2016", ""),
    ("Rotavirus", "25 Jul 2016", "26 Sep 2016", "", ""),
    ("DTaP", "25 Jul 2016", "26 Sep 2016", "28 Nov 2016", "28 Aug 2017"),
    ("DTaP booster", "15 Jun 2020", "", "", ""),
    ("Polio (IPV)", "25 Jul 2016", "26 Sep 2016", "28 Nov 2016", "15 Jun 2020"),
    ("Hib", "25 Jul 2016", "26 Sep 2016", "28 Nov 2016", "28 Aug 2017"),
    ("Pneumococcal", "25 Jul 2016", "26 Sep 2016", "28 Nov 2016", "5 Jun 2017"),
    ("MMR", "5 Jun 2017", "15 Jun 2020", "", ""),
    ("Chickenpox", "5 Jun 2017", "15 Jun 2020", "", ""),
    ("Hepatitis A", "5 Jun 2017", "8 Jan 2018", "", ""),
    ("Influenza", "7 Oct 2024", "6 Oct 2025", "", ""),
)


def rosa_eye_letter(path: Path) -> None:
    sheet = Sheet("a4", 72, BLACK)
    middle = sheet.width / 2
    sheet.text(middle, 76, "HARBOUR EYE CLINIC", Style(19, "tibo", BLACK, "centre"))
    address = "Dr Lena Marchetti  -  31 Harbour Parade, Port Alder  -  Telephone 555-0128"
    sheet.text(middle, 93, address, Style(10, "tiro", BLACK, "centre"))
    sheet.y = 102
    sheet.rule(colour=BLACK, thick=1)
    sheet.y = 126
    for paragraph in EYE_LETTER:
        sheet.paragraph(paragraph, TYPED, after=0)
    sheet.text(sheet.left + 4, sheet.y - 38, "L. Marchetti", Style(24, "tiit", (0.15, 0.15, 0.15)))
    sheet.text(sheet.left, sheet.height - 50, MADE_UP, Style(9, "tiro", BLACK))
    picture = _scanned(sheet.document, angle=0.7, seed=22)
    picture.save(path, quality=42, optimize=True, dpi=(DPI, DPI))


def mia_vaccination_card(path: Path) -> None:
    """A PDF of one picture, without any text of its own."""
    sheet = Sheet("a4", 50, BLACK)
    _vaccination_form(sheet)
    data = io.BytesIO()
    _scanned(sheet.document, angle=-0.5, seed=16).save(data, "JPEG", quality=40, optimize=True)
    scan = pymupdf.open()
    page = scan.new_page(width=sheet.width, height=sheet.height)
    page.insert_image(page.rect, stream=data.getvalue())
    save_pdf(scan, path, "Scan")


def _vaccination_form(sheet: Sheet) -> None:
    left, right = sheet.left, sheet.right
    bold = Style(10, "Inter-SemiBold", BLACK)
    plain = Style(10, colour=BLACK)
    sheet.text(left, 78, "Vaccination record", Style(22, "Inter-SemiBold", BLACK))
    sheet.text(left, 96, "Lantern Street Children's Clinic, 8 Lantern Street, Port Alder", plain)
    for number, (label, value) in enumerate(
        (("Name", "Mia Harlow"), ("Date of birth", "23 May 2016"), ("Record no.", "LS-2016-0523"))
    ):
        foot = 128 + number * 19
        sheet.text(left, foot, label, bold)
        sheet.text(left + 90, foot, value, INKED)
    sheet.y = 186
    edges = (
        left,
        left + 110,
        *(left + 110 + step * (right - left - 110) / 4 for step in (1, 2, 3)),
    )
    heads = ("Vaccine", "1st dose", "2nd dose", "3rd dose", "4th dose")
    sheet.box((left, sheet.y, right, sheet.y + 26), fill=(0.86, 0.86, 0.86))
    for row in (heads, *VACCINES):
        for column, (x, cell) in enumerate(zip(edges, row, strict=True)):
            style = bold if row is heads or column == 0 else INKED
            sheet.text(x + 8, sheet.y + 17, cell, style)
        for x in (*edges, right):
            sheet.box((x, sheet.y, x, sheet.y + 26), edge=BLACK)
        sheet.box((left, sheet.y, right, sheet.y + 26), edge=BLACK)
        sheet.y += 26
    sheet.y += 14
    sheet.line("Next due: Tdap and HPV after the 11th birthday, from 23 May 2027.", plain, after=8)
    sheet.line("Given and recorded at this clinic.", plain, after=30)
    sheet.line("N. Ashdown", Style(22, "tiit", (0.2, 0.2, 0.2)), after=4)
    sheet.line("Dr Noor Ashdown", plain)
    sheet.text(left, sheet.height - 46, MADE_UP, Style(9, colour=BLACK))


def _scanned(document: Any, *, angle: float, seed: int) -> Image.Image:
    """The first page as an office scanner gives it: grey, a little askew, soft, with grain and a dark edge."""
    drawn = document[0].get_pixmap(dpi=DPI, colorspace=pymupdf.csGRAY)
    paper = Image.frombytes("L", (drawn.width, drawn.height), drawn.samples)
    paper = paper.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)
    paper = paper.filter(ImageFilter.GaussianBlur(0.5))
    grey = np.asarray(paper, dtype=np.float64)
    rows, columns = grey.shape
    grain = np.random.default_rng(seed).normal(0.0, 2.2, grey.shape)
    shade = (
        1.0 - 0.045 * (np.arange(columns) / columns) ** 2 - 0.02 * (np.arange(rows) / rows)[:, None]
    )
    grey = (24 + grey * (244 - 24) / 255) * shade + grain
    grey[:, -7:] *= np.linspace(0.92, 0.6, 7)
    return Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))
