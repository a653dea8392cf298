"""export.zip as it streams in: found by what is in it, read past what is damaged, refused where it is hostile."""

import io
import struct
import zipfile
from decimal import Decimal

import pytest
from apple_health_builders import Read, codes, export, record, streamed_zip, zipped

from healthmate_desktop.domain.proposals import NamedPerson
from healthmate_desktop.errors import UnreadableDocument, UnsupportedDocument
from healthmate_desktop.interop.apple_health import is_apple_health, unzip

pytestmark = [pytest.mark.unit, pytest.mark.security]

STEPS = export(
    *(record("StepCount", str(at), f"2024-05-01 08:{at:02}:00", unit="count") for at in range(40))
)
CLINICAL = b'{"resourceType": "Condition", "id": "1"}'
ECG = (
    'Name,Ada Example\nDate of Birth,"Jan 5, 1980"\nRecorded Date,2024-05-01 08:00:00 +0200\n'
    'Classification,Sinus Rhythm\nSymptoms,\nSoftware Version,1.90\nDevice,"Watch6,2"\n'
    "Sample Rate,512.164 hertz\n\nLead,Lead I\nUnit,µV\n\n"
    + "".join(f"{at}.125\n" for at in range(-50, 50))
)
FILES = {
    "apple_health_export/": b"",
    "apple_health_export/workout-routes/route.gpx": b'<?xml version="1.0"?><gpx creator="Apple Health Export"/>',
    "apple_health_export/electrocardiograms/ecg.csv": ECG.encode(),
    "apple_health_export/clinical-records/Condition-1.json": CLINICAL,
    "apple_health_export/export_cda.xml": b"<?xml version='1.0'?><ClinicalDocument/><component/>",
    "apple_health_export/\u5bfc\u51fa.xml": STEPS,
    "apple_health_export/notes.txt": b"hello",
}


def test_zip_tells_what_lies_beside_the_main_file() -> None:
    content = zipped(FILES)
    assert is_apple_health(content[:65_536])
    read = Read(content, len(content))
    assert len(read.values()) == 40
    assert [(file.kind, file.name, file.size, file.content) for file in read.files] == [
        ("route", "route.gpx", 57, b""),
        ("fhir", "Condition-1.json", len(CLINICAL), CLINICAL),
        ("cda", "export_cda.xml", 52, b""),
        ("other", "notes.txt", 5, b""),
    ]
    assert not read.problems
    assert read.progress[-1].done <= read.progress[-1].size == len(content)


@pytest.mark.parametrize(
    ("mark", "width"), [(b"PK\x07\x08", "I"), (b"", "I"), (b"PK\x07\x08", "Q"), (b"", "Q")]
)
@pytest.mark.parametrize("size", [1, 100, 1_000_000])
def test_zip_that_was_written_to_a_pipe_is_read(mark: bytes, width: str, size: int) -> None:
    content = streamed_zip(FILES, mark=mark, width=width)
    read = Read(content[at : at + size] for at in range(0, len(content), size))
    assert len(read.values()) == 40
    assert len(read.files) == 4
    assert not read.problems


def test_zip_without_packing_is_read() -> None:
    read = Read(zipped(FILES, zipfile.ZIP_STORED))
    assert len(read.values()) == 40
    assert not read.problems


def test_zip_of_another_folder_is_found_by_its_main_file() -> None:
    content = zipped({"a.txt": b"a", "my health/Exportieren.xml": STEPS})
    assert is_apple_health(content[:65_536])
    assert is_apple_health(zipped({"Exportieren.xml": STEPS * 30})[:300])
    assert not is_apple_health(zipped({"a.txt": b"a", "b.xml": b"<b/>"}))
    assert not is_apple_health(b"PK\x03\x04")
    assert not is_apple_health(locked())


def test_sizes_above_4_gigabytes_stand_in_the_extra_field() -> None:
    packed = zipped({"x/export.xml": STEPS}, zipfile.ZIP_STORED)
    name = b"x/export.xml"
    extra = struct.pack("<HH2xHHQQ", 9, 2, 1, 16, len(STEPS), len(STEPS))
    head = packed[:18] + b"\xff" * 8 + struct.pack("<HH", len(name), len(extra)) + name + extra
    after = packed.index(b"PK\x01\x02")
    read = Read(head + STEPS + packed[after:])
    assert len(read.values()) == 40
    assert not read.problems
    cut = (
        packed[:18]
        + b"\xff" * 8
        + struct.pack("<HH", len(name), 4)
        + name
        + struct.pack("<HH", 1, 0)
    )
    assert len(Read(cut + STEPS).values()) == 40


# electrocardiograms


def test_electrocardiogram_becomes_an_observation() -> None:
    read = Read(zipped(FILES))
    (heart,) = read.resources
    assert codes(heart["code"]) == ["11524-6", "HKElectrocardiogram"]
    assert heart["valueString"] == "Sinus Rhythm"
    assert heart["effectiveDateTime"] == "2024-05-01T08:00:00+02:00"
    wave = heart["component"][-1]["valueSampledData"]
    assert wave["origin"] == {
        "value": 0,
        "unit": "uV",
        "system": "http://unitsofmeasure.org",
        "code": "uV",
    }
    assert wave["period"] == Decimal("1.952500")
    assert wave["data"].startswith("-50.125 -49.125")
    assert len(wave["data"].split()) == 100
    said = {part["code"]["text"]: part["valueString"] for part in heart["component"][:-1]}
    assert said["Device"] == "Watch6,2"
    assert read.people == [NamedPerson("Ada Example")]


def test_electrocardiogram_of_another_language_is_read() -> None:
    text = (
        "Nombre\nFecha de nacimiento,5 ene 1980\nFecha de registro,2024-05-01 8:00:00 p. m. +0200\n"
        'Clasificaci\u00f3n,Ritmo sinusal\nFrecuencia de muestreo,"512,164 hercios"\nUnidad,mV\n\n'
        + "".join(f"\u2212{at},5\n" for at in range(20))
    )
    read = Read(zipped({"apple_health_export/e.csv": text.encode("utf-8-sig")}))
    (heart,) = read.resources
    assert heart["effectiveDateTime"] == "2024-05-01T20:00:00+02:00"
    assert heart["valueString"] == "Ritmo sinusal"
    assert heart["component"][-1]["valueSampledData"]["data"].startswith("-0.5 -1.5")
    assert "unit" not in heart["component"][-1]["valueSampledData"]["origin"]
    assert not read.people


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2024-05-01 08:00:00 +0200", "one day"),
        ("512.164 hertz", "fast"),
        (".125", " volt"),
        ("512.164", "9"),
    ],
)
def test_other_tables_are_only_named(before: str, after: str) -> None:
    read = Read(
        zipped({"apple_health_export/e.csv": ECG.replace(before, after).encode(), "x.xml": STEPS})
    )
    assert not read.proposals
    assert [file.kind for file in read.files] == ["other"]


def test_electrocardiogram_without_a_finding_is_kept() -> None:
    text = ECG.replace("Classification,Sinus Rhythm\n", "").replace("Symptoms,\n", "")
    for label in ("Software", "Device", "Lead", "Unit"):
        text = "".join(
            line for line in text.splitlines(keepends=True) if not line.startswith(label)
        )
    text = text.replace("Recorded", "Sample Rate,300 hertz\nRecorded").replace(
        "Sample Rate,512.164 hertz\n", ""
    )
    (heart,) = Read(zipped({"apple_health_export/e.csv": text.encode()})).resources
    assert "valueString" not in heart


# what is damaged


def damaged(
    name: str, *, by: bytes = b"\xff" * 8, at: int = 20, files: dict[str, bytes] = FILES
) -> bytes:
    content = zipped(files)
    place = content.index(name.encode()) + len(name) + at
    return content[:place] + by + content[place + len(by) :]


def test_damaged_file_does_not_stop_the_next() -> None:
    read = Read(damaged("ecg.csv"))
    assert len(read.values()) == 40
    assert [file.kind for file in read.files if file.kind == "fhir"]
    assert "ecg.csv" in {problem.where for problem in read.problems}


def test_wrong_checksum_is_named_and_what_was_read_is_kept() -> None:
    content = zipped({"apple_health_export/export.xml": STEPS}, zipfile.ZIP_STORED)
    read = Read(content.replace(b'value="7"', b'value="8"'))
    assert len(read.values()) == 40
    assert [(problem.where, "may be wrong" in problem.message) for problem in read.problems] == [
        ("export.xml", True)
    ]


def test_damaged_sizes_after_a_file_are_named() -> None:
    content = streamed_zip(FILES)
    place = content.index(b"PK\x07\x08", content.index(b"ecg.csv"))
    read = Read(content[: place + 8] + b"\x01\x02\x03\x04" + content[place + 12 :])
    assert len(read.values()) == 40
    assert "ecg.csv" in {problem.where for problem in read.problems}


@pytest.mark.parametrize("left", [0.1, 0.4, 0.7, 0.95])
def test_zip_that_is_cut_short_is_kept_up_to_there(left: float) -> None:
    content = zipped({"apple_health_export/export.xml": STEPS * 2}, zipfile.ZIP_STORED)
    read = Read(content[: int(len(content) * left)])
    assert read.values()
    assert "export.xml" in [problem.where for problem in read.problems]


def test_zip_that_ends_in_a_name_or_before_a_file_is_named() -> None:
    content = zipped(FILES)
    first = content.index(b"PK\x03\x04", 4)
    second = content.index(b"PK\x03\x04", first + 4)
    for cut in (second, second + 10, second + 35):
        read = Read(content[:cut])
        assert [problem.where for problem in read.problems] == ["the ZIP"]


def test_bytes_between_files_are_passed_over() -> None:
    content = zipped(FILES)
    place = content.index(b"PK\x03\x04", 4)
    read = Read(content[:place] + b"PK\x05junk" * 300_000 + content[place:])
    assert len(read.values()) == 40
    assert [problem.where for problem in read.problems] == ["the ZIP"]


def test_file_packed_in_an_unknown_way_is_named() -> None:
    content = zipped(FILES)
    place = content.index(b"PK\x03\x04", content.index(b"route.gpx"))
    read = Read(content[: place + 8] + struct.pack("<H", 9) + content[place + 10 :])
    assert ("ecg.csv", "This file is packed in a way that can't be read.") in [
        (problem.where, problem.message) for problem in read.problems
    ]
    assert len(read.values()) == 40


def test_record_of_a_clinic_that_is_too_large_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("healthmate_desktop.interop.apple_health.reader._LARGEST_FILE", 10)
    read = Read(zipped(FILES))
    assert [problem.where for problem in read.problems] == ["Condition-1.json"]
    assert [file.content for file in read.files] == [b""] * 4 + (
        [b""] if len(read.files) > 4 else []
    )


def test_second_export_is_named() -> None:
    read = Read(zipped({"a/export.xml": STEPS, "b/export.xml": STEPS}))
    assert len(read.values()) == 40
    assert read.tally.identical == 0
    assert [problem.where for problem in read.problems] == ["export.xml"]


def test_names_are_made_fit_to_show() -> None:
    names = ["apple_health_export/../../\u202eevil\x07.txt", "C:\\Windows\\x.txt", "/"]
    read = Read(zipped(dict.fromkeys(names, b"x") | {"x.xml": STEPS}))
    assert [file.name for file in read.files] == ["?evil?.txt", "x.txt"]


# what is hostile


def locked() -> bytes:
    content = bytearray(zipped(FILES))
    content[6] |= 1
    return bytes(content)


def test_locked_zip_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="password"):
        Read(locked())


def test_zip_of_something_else_is_refused() -> None:
    with pytest.raises(UnsupportedDocument, match="no export of Apple Health"):
        Read(zipped({"a.txt": b"a", "b.json": b'{"a": 1}'}))
    with pytest.raises(UnsupportedDocument):
        Read(zipped({}))


@pytest.mark.parametrize("inside", [b"<HealthData>" + b" " * 40_000_000, b"x" * 40_000_000])
def test_bomb_is_refused(inside: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="far more"):
        Read(zipped({"apple_health_export/export.xml": inside}))


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unzip, "MOST_ENTRIES", 5)
    with pytest.raises(UnreadableDocument, match="far more"):
        Read(zipped(FILES))


def test_stream_that_fails_is_not_the_fault_of_the_file() -> None:
    class Broken(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:  # noqa: ARG002
            raise TimeoutError

    with pytest.raises(TimeoutError):
        Read(Broken())


def test_large_zip_tells_its_progress() -> None:
    many = export(
        *(record("StepCount", "5", f"2024-05-01 08:{at % 60:02}:00") for at in range(30_000))
    )
    content = zipped({"apple_health_export/export.xml": many, "apple_health_export/big": many})
    read = Read(content, len(content))
    assert len(read.progress) >= 4
    assert read.progress[-1].done == read.progress[-1].size == len(content)
