"""A DICOM file in the viewer: its picture is drawn, and what it says of itself is the text of its page."""

from __future__ import annotations

import io
import struct

import pytest
from honest_files import dicom, element
from PIL import Image

from healthmate_desktop.documents import child, wire
from healthmate_desktop.domain.documents import DocumentKind

pytestmark = pytest.mark.integration

SHORTS = {
    0x00280002: 1,
    0x00280010: 2,
    0x00280011: 3,
    0x00280100: 8,
    0x00280101: 8,
    0x00280103: 0,
}


def scan(pixels: bytes = bytes((0, 50, 100, 150, 200, 255))) -> bytes:
    """Two rows of three points, of a chest."""
    parts = {
        0x00080020: ("DA", b"20240305"),
        0x00080060: ("CS", b"CT"),
        0x00081030: ("LO", b"Chest"),
        0x00100010: ("PN", b"Harlow^Rosa"),
        0x00280004: ("CS", b"MONOCHROME2"),
        0x7FE00010: ("OW", pixels),
    } | {tag: ("US", struct.pack("<H", value)) for tag, value in SHORTS.items()}
    return dicom(b"".join(element(tag, *part) for tag, part in sorted(parts.items())))


def test_its_page_has_the_size_of_the_picture_and_says_what_it_is() -> None:
    messages = list(child.answer({"do": "read", "content": scan(), "name": "chest.dcm"}))
    (page,) = [wire.unpacked_page(message["page"]) for message in messages if "page" in message]
    assert (page.width, page.height) == (3, 2)
    assert "Study: Chest" in page.text
    assert "Modality: CT" in page.text
    assert DocumentKind.DICOM.has_pictures


def test_its_picture_is_drawn_as_wide_as_wanted() -> None:
    request = {"do": "draw", "content": scan(), "name": "chest.dcm", "page": 1, "width": 30}
    (drawn,) = [message["png"] for message in child.answer(request) if "png" in message]
    picture = Image.open(io.BytesIO(drawn))
    assert picture.size == (30, 20)
    assert picture.getpixel((0, 0)) == 0
    assert picture.getpixel((29, 19)) == 255


def test_its_one_page_can_be_read_again() -> None:
    request = {"do": "read_page", "content": scan(), "name": "chest.dcm", "page": 1}
    (page,) = [wire.unpacked_page(m["page"]) for m in child.answer(request) if "page" in m]
    assert "Chest" in page.text


def test_a_file_without_a_picture_says_so_when_it_is_to_be_drawn() -> None:
    request = {"do": "draw", "content": scan(b""), "name": "chest.dcm", "page": 1, "width": 30}
    messages = list(child.answer(request))
    assert all("png" not in message for message in messages)
    assert "The end of the file is missing." in str(messages[-1])
