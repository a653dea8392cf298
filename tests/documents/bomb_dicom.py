"""DICOM files made to harm."""

from __future__ import annotations

from functools import partial

from bomb_kinds import MEGABYTE, Bomb, keep
from honest_files import DEFLATED, dicom, element

DICOM: dict[str, Bomb] = {}
_bomb = partial(keep, DICOM)
_UNDEFINED = 0xFFFFFFFF


@_bomb("dicom: sequences in one another without end", "a.dcm", "dicom", "no honest program")
def _dicom_deep() -> bytes:
    inner = element(0x00081115, "SQ", b"", length=_UNDEFINED) + element(
        0xFFFEE000, "", b"", length=_UNDEFINED
    )
    return dicom(element(0x00080060, "CS", b"CT") + inner * 100_000)


@_bomb("dicom: 1,000 to 1", "a.dcm", "dicom", "no honest program|damaged")
def _dicom_deflated() -> bytes:
    return dicom(
        element(0x00080060, "CS", b"CT") + element(0x7FE00010, "OW", bytes(100 * MEGABYTE)),
        DEFLATED,
    )


@_bomb("dicom: lengths beyond the file", "a.dcm", "dicom", "missing")
def _dicom_beyond() -> bytes:
    return dicom(
        element(0x00080060, "CS", b"CT") + element(0x7FE00010, "OW", b"", length=0xFFFFFFFE)
    )


@_bomb("dicom: 65,535 by 65,535", "a.dcm", "dicom", "too large")
def _dicom_large() -> bytes:
    sides = element(0x00280010, "US", b"\xff\xff") + element(0x00280011, "US", b"\xff\xff")
    return dicom(element(0x00080060, "CS", b"CT") + sides + element(0x7FE00010, "OW", bytes(100)))


@_bomb("dicom: a million elements of nothing", "a.dcm", "dicom", "no honest program")
def _dicom_many() -> bytes:
    return dicom(element(0x00080060, "CS", b"CT") + element(0x00090001, "LO", b"") * 1_000_000)
