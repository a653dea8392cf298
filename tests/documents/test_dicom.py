"""DICOM files: the person, the study and the picture, and no more than that is needed for it."""

from __future__ import annotations

import contextlib
import io
import random
import struct

import pytest
from honest_files import BIG, DEFLATED, EXPLICIT, IMPLICIT, dicom, element
from PIL import Image

from healthmate_desktop.documents import limits
from healthmate_desktop.documents.dicom import describe_dicom, draw_dicom, is_dicom, read_dicom
from healthmate_desktop.documents.dicom import elements as stepping
from healthmate_desktop.documents.dicom import header as reading
from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.proposals import NamedPerson, Proposal
from healthmate_desktop.errors import DocumentError, UnreadableDocument, UnsupportedDocument

pytestmark = pytest.mark.security

UNDEFINED = 0xFFFFFFFF
JPEG = "1.2.840.10008.1.2.4.50"
PERSON = {
    0x00080005: ("CS", b"ISO_IR 192"), 0x00080016: ("UI", b"1.2.840.10008.5.1.4.1.1.2"),
    0x00080018: ("UI", b"1.2.3.4"), 0x00080020: ("DA", b"20240305"), 0x00080060: ("CS", b"CT"),
    0x00080080: ("LO", b"North Clinic"), 0x00081030: ("LO", b"Chest"), 0x0008103E: ("LO", b"Axial"),
    0x00100010: ("PN", "Röe^Jane^M^Dr".encode()), 0x00100020: ("LO", b"P-1"),
    0x00100030: ("DA", b"1970.02.03"), 0x00100040: ("CS", b"F"), 0x00180015: ("CS", b"CHEST"),
    0x0020000D: ("UI", b"1.2.3"), 0x0020000E: ("UI", b"1.2.3.5"),
}  # fmt: skip


def short(value: int, syntax: str = EXPLICIT) -> tuple[str, bytes]:
    return "US", struct.pack(">H" if syntax == BIG else "<H", value)


def made(values: dict[int, tuple[str, bytes]], syntax: str = EXPLICIT) -> bytes:
    return b"".join(
        element(tag, kind, value, syntax=syntax) for tag, (kind, value) in sorted(values.items())
    )


def picture(
    pixels: bytes, columns: int, rows: int, syntax: str = EXPLICIT, **others: int | str
) -> dict[int, tuple[str, bytes]]:
    """`others` by their names in the standard, in capitals and shortened."""
    values = {0x00280002: 1, 0x00280010: rows, 0x00280011: columns, 0x00280100: 8, 0x00280103: 0}
    places = {
        "samples": 0x00280002,
        "planar": 0x00280006,
        "bits": 0x00280100,
        "used": 0x00280101,
        "signed": 0x00280103,
    }
    words = {
        "colours": 0x00280004,
        "centre": 0x00281050,
        "width": 0x00281051,
        "offset": 0x00281052,
        "slope": 0x00281053,
    }
    values |= {places[name]: int(value) for name, value in others.items() if name in places}
    found = {tag: short(value, syntax) for tag, value in values.items()}
    found |= {
        words[name]: ("DS", str(value).encode()) for name, value in others.items() if name in words
    }
    return found | {0x7FE00010: ("OW", pixels)}


def drawn(content: bytes, width: int, frame: int = 1) -> tuple[str, list[int]]:
    """Whether it is grey or coloured, and its pixels in a row."""
    image = Image.open(io.BytesIO(draw_dicom(content, width, frame)))
    return image.mode, list(image.tobytes())


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, DEFLATED, BIG])
def test_person_and_study_are_read_however_the_file_is_written(syntax: str) -> None:
    content = dicom(made(PERSON, syntax), syntax)
    assert is_dicom(content)
    person, study = read_dicom(content)
    assert person == NamedPerson("Dr Jane M Röe", "1970-02-03", "female", ("P-1",))
    assert isinstance(study, Proposal)
    assert study.doubts == ()
    assert study.text == "2024-03-05 CT Chest North Clinic"
    modality = {"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "CT"}
    assert study.resource == {
        "resourceType": "ImagingStudy",
        "status": "available",
        "identifier": [{"system": "urn:dicom:uid", "value": "urn:oid:1.2.3"}],
        "subject": {"display": "Dr Jane M Röe"},
        "started": "2024-03-05",
        "modality": [modality],
        "description": "Chest",
        "location": {"display": "North Clinic"},
        "series": [
            {
                "uid": "1.2.3.5",
                "modality": modality,
                "description": "Axial",
                "bodySite": {"display": "CHEST"},
                "instance": [
                    {
                        "uid": "1.2.3.4",
                        "sopClass": {
                            "system": "urn:ietf:rfc:3986",
                            "code": "urn:oid:1.2.840.10008.5.1.4.1.1.2",
                        },
                    }
                ],
            }
        ],
    }


def test_its_page_tells_what_it_is() -> None:
    page = describe_dicom(dicom(made(PERSON | picture(bytes(12), 4, 3))))
    assert page.text == (
        "Patient: Dr Jane M Röe\nBorn: 1970-02-03\nStudy date: 2024-03-05\nModality: CT\nStudy: Chest\n"
        "Series: Axial\nBody part: CHEST\nInstitution: North Clinic"
    )
    assert (page.width, page.height) == (4.0, 3.0)


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT])
def test_files_without_their_first_part_are_known(syntax: str) -> None:
    bare = made(PERSON, syntax)
    assert is_dicom(bare)
    assert next(read_dicom(bare)) == NamedPerson("Dr Jane M Röe", "1970-02-03", "female", ("P-1",))


@pytest.mark.parametrize(
    "head",
    [b"", b"\x08\x00 no picture at all, but text of some kind", b"\x02\x00" * 40, b"%PDF-1.4" * 30],
)
def test_other_files_are_not_taken_for_pictures(head: bytes) -> None:
    assert not is_dicom(head)


@pytest.mark.parametrize(
    ("letters", "encoding"),
    [
        ("", "latin-1"), ("ISO_IR 100", "latin-1"), ("ISO_IR 144", "iso8859-5"), ("GB18030", "gb18030"),
        ("\\ISO 2022 IR 87", "iso2022_jp_2"), ("ISO 2022 IR 126", "iso8859-7"), ("none such", "latin-1"),
    ],
)  # fmt: skip
def test_names_in_the_letters_the_file_says(letters: str, encoding: str) -> None:
    name = {
        "iso8859-5": "Иванов",
        "gb18030": "王",
        "iso2022_jp_2": "山田",
        "iso8859-7": "Παππάς",
    }.get(encoding, "Röe")
    values = PERSON | {
        0x00080005: ("CS", letters.encode()),
        0x00100010: ("PN", f"{name}^J".encode(encoding)),
    }
    assert next(read_dicom(dicom(made(values)))) == NamedPerson(
        f"J {name}", "1970-02-03", "female", ("P-1",)
    )


def test_what_a_file_does_not_say_is_left_out_and_doubted() -> None:
    (study,) = read_dicom(
        dicom(made({0x00080060: ("CS", b"ct scan!"), 0x00080020: ("DA", b"20241399")}))
    )
    assert isinstance(study, Proposal)
    assert study.resource == {"resourceType": "ImagingStudy", "status": "available"}
    assert study.doubts == ("The file does not say when the picture was made.",)
    assert describe_dicom(dicom(made({0x00080060: ("CS", b"CT")}))).text == "Modality: CT"


def test_sequences_are_stepped_over() -> None:
    item = element(0xFFFEE000, "", made({0x00100010: ("PN", b"Other^Name")}), length=UNDEFINED)
    pieces = element(0xFFFEE000, "", b"JPEG") + element(0xFFFEE0DD, "", b"")
    icon = element(0x7FE00010, "OB", pieces, length=UNDEFINED)
    item += icon + element(0xFFFEE00D, "", b"")
    nested = element(0x00081111, "SQ", item + element(0xFFFEE0DD, "", b""), length=UNDEFINED)
    closed = element(
        0x00081115, "SQ", element(0xFFFEE000, "", made({0x00100010: ("PN", b"Third^Name")}))
    )
    open_item = element(
        0x00081120,
        "SQ",
        element(0xFFFEE000, "", made({0x00100010: ("PN", b"No^One")})),
        length=UNDEFINED,
    )
    ends = element(0xFFFEE0DD, "", b"")
    first = made({tag: value for tag, value in PERSON.items() if tag < 0x00100000})
    rest = made({tag: value for tag, value in PERSON.items() if tag >= 0x00100000})
    person, _ = read_dicom(dicom(first + nested + closed + open_item + ends + rest))
    assert isinstance(person, NamedPerson)
    assert person.name == "Dr Jane M Röe"


def _record(kind: bytes, **values: tuple[int, str, bytes]) -> bytes:
    inner = made(
        {0x00041430: ("CS", kind)} | {tag: (vr, value) for tag, vr, value in values.values()}
    )
    return element(0xFFFEE000, "", inner)


PATIENT = _record(b"PATIENT", name=(0x00100010, "PN", "Röe^Jane".encode()))
STUDY = _record(b"STUDY", day=(0x00080020, "DA", b"20240305"), about=(0x00081030, "LO", b"Chest"))


@pytest.mark.parametrize("length", [None, UNDEFINED])
def test_a_disc_s_list_names_its_people_and_studies(length: int | None) -> None:
    letters = element(0x00080005, "CS", b"ISO_IR 192")
    records = PATIENT + STUDY + STUDY + _record(b"SERIES") + PATIENT
    end = element(0xFFFEE0DD, "", b"") if length else b""
    listed = element(0x00041220, "SQ", records, length=length) + end
    content = dicom(listed + letters)
    person, one, two = read_dicom(content)
    assert person == NamedPerson("Jane Röe")
    assert isinstance(one, Proposal)
    assert isinstance(two, Proposal)
    assert (one.spot.where, two.spot.where) == ("entry 2", "entry 3")
    assert one.resource["subject"] == {"display": "Jane Röe"}
    assert describe_dicom(content).text == "Patient: Jane Röe\nStudy date: 2024-03-05\nStudy: Chest"


def test_a_list_out_of_order_gives_nobody_a_study_of_another() -> None:
    content = dicom(element(0x00041220, "SQ", STUDY + PATIENT + STUDY))
    studies = [each for each in read_dicom(content) if isinstance(each, Proposal)]
    assert len(studies) == 2
    assert not any("subject" in each.resource for each in studies)
    assert all("whose study" in each.doubts[0] for each in studies)


def test_limits_of_elements_and_records(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = dicom(element(0x00041220, "SQ", (PATIENT + STUDY) * 5))
    monkeypatch.setattr(reading, "MOST_RECORDS", 3)
    assert len(list(read_dicom(listed))) == 2
    monkeypatch.setattr(stepping, "MOST_ELEMENTS", 3)
    with pytest.raises(UnreadableDocument, match="no honest program"):
        list(read_dicom(dicom(made(PERSON))))
    monkeypatch.setattr(reading, "MOST_INFLATED", 10)
    with pytest.raises(UnreadableDocument, match="no honest program"):
        list(read_dicom(dicom(made(PERSON), DEFLATED)))


@pytest.mark.parametrize(
    "content", [b"", b"\x08\x00", dicom(b""), dicom(b"\xff" * 100), dicom(b"\x01", DEFLATED)]
)
def test_files_with_nothing_in_them_are_told(content: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="damaged"):
        list(read_dicom(content))


def test_a_file_cut_off_gives_what_is_left_and_says_so() -> None:
    whole = dicom(made(PERSON | picture(bytes(1000), 40, 25)))
    found = list(read_dicom(whole[:-500]))
    assert isinstance(found[-1], Problem)
    assert "missing" in found[-1].message
    with pytest.raises(UnreadableDocument, match="missing"):
        draw_dicom(whole[:-500], 40)
    names = [each.name for each in read_dicom(whole[:330]) if isinstance(each, NamedPerson)]
    assert names == [] or names == ["Dr Jane M Röe"]


# Pictures


def test_grey_is_drawn_from_black_to_white() -> None:
    pixels = bytes([10, 20, 30, 40])
    assert drawn(dicom(made(picture(pixels, 4, 1))), 4) == ("L", [0, 85, 170, 255])
    turned = picture(pixels, 4, 1, colours="MONOCHROME1")
    assert drawn(dicom(made(turned)), 4) == ("L", [255, 170, 85, 0])


@pytest.mark.parametrize("syntax", [EXPLICIT, BIG])
def test_sixteen_bits_signs_and_windows(syntax: str) -> None:
    pixels = struct.pack((">" if syntax == BIG else "<") + "4h", -1000, 0, 40, 240)
    window = picture(
        pixels,
        4,
        1,
        syntax,
        bits=16,
        used=16,
        signed=1,
        centre="40\\80",
        width=400,
        slope=1,
        offset=0,
    )
    assert drawn(dicom(made(window, syntax), syntax), 4) == ("L", [0, 102, 128, 255])
    unset = picture(pixels, 4, 1, syntax, bits=16, signed=1, centre="x", width="nan", slope="1e99")
    assert drawn(dicom(made(unset, syntax), syntax), 4)[1][0] == 0


def test_colours() -> None:
    red = picture(b"\xff\0\0" * 2, 2, 1, samples=3, colours="RGB")
    assert drawn(dicom(made(red)), 2) == ("RGB", [255, 0, 0] * 2)
    planes = picture(b"\xff\xff\0\0\0\0", 2, 1, samples=3, colours="RGB", planar=1)
    assert drawn(dicom(made(planes)), 2) == ("RGB", [255, 0, 0] * 2)
    mixed = picture(b"\xff\x80\x80" * 2, 2, 1, samples=3, colours="YBR_FULL")
    assert drawn(dicom(made(mixed)), 2) == ("RGB", [255] * 6)
    table = ("OW", struct.pack("<2H", 0, 0xFF00))
    palette = dict.fromkeys((0x00281201, 0x00281202, 0x00281203), table)
    shown = picture(b"\0\1\2\2", 4, 1, colours="PALETTE COLOR") | palette
    assert drawn(dicom(made(shown)), 4) == ("RGB", [0, 0, 0, *[255] * 9])


def test_the_frame_that_is_asked_for_is_drawn() -> None:
    content = dicom(made(picture(bytes([0, 0, 255, 255]), 2, 1)))
    assert drawn(content, 2, 2) == ("L", [255, 255])
    with pytest.raises(UnreadableDocument, match="no picture"):
        draw_dicom(content, 2, 3)


def test_what_can_not_be_drawn_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = made(PERSON) + element(0x7FE00010, "OB", b"", length=UNDEFINED)
    for content in (
        dicom(packed, JPEG), dicom(packed), dicom(made(picture(bytes(8), 2, 1, bits=32))),
        dicom(made(picture(bytes(6), 2, 1, samples=3, colours="YBR_FULL_422"))),
    ):  # fmt: skip
        with pytest.raises(UnsupportedDocument, match="JPEG or PDF"):
            draw_dicom(content, 10)
    with pytest.raises(UnreadableDocument, match="no picture"):
        draw_dicom(dicom(made(PERSON)), 10)
    with pytest.raises(UnreadableDocument, match="damaged"):
        draw_dicom(dicom(made(picture(bytes(2), 2, 1, colours="PALETTE COLOR"))), 10)
    monkeypatch.setattr(limits, "MOST_PIXELS", 10)
    with pytest.raises(UnreadableDocument, match="too large"):
        draw_dicom(dicom(made(picture(bytes(20), 20, 1))), 5)
    with pytest.raises(UnreadableDocument, match="too large"):
        draw_dicom(dicom(made(picture(bytes(4), 2, 2))), 20)


def _mutate(rounds: int, seed: int) -> None:
    chance = random.Random(seed)
    grey = picture(bytes(range(100)), 10, 10, centre=5, width=9)
    seeds = [
        *(dicom(made(PERSON | grey, syntax), syntax) for syntax in (EXPLICIT, IMPLICIT, DEFLATED)),
        dicom(element(0x00041220, "SQ", (PATIENT + STUDY) * 3)),
        dicom(made(PERSON | picture(bytes(200), 10, 10, bits=16, signed=1))),
    ]
    for number in range(rounds):
        content = bytearray(seeds[number % len(seeds)])
        for _ in range(chance.choice((1, 3, 10))):
            at = chance.randrange(120, len(content))
            content[at : at + chance.randrange(5)] = chance.choice(
                (b"", chance.randbytes(2), b"\xff\xff\xff\xff")
            )
        whole = bytes(content)
        is_dicom(whole)
        for act in (read_dicom, lambda each: [describe_dicom(each), draw_dicom(each, 20)]):
            with contextlib.suppress(DocumentError):
                assert list(act(whole))


def test_mutated_pictures_only_ever_give_document_errors() -> None:
    _mutate(300, seed=1)


@pytest.mark.slow
def test_many_mutated_pictures_only_ever_give_document_errors() -> None:
    _mutate(2000, seed=2)
