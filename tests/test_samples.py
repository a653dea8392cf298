"""The made-up family: its files open, hold what its questions ask for, and no person in it could be real."""

from __future__ import annotations

import datetime as dt
import importlib
import re
import shutil
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pymupdf
import pytest
from PIL import Image

from healthmate_desktop.documents.client import Reader
from healthmate_desktop.domain.patients import Patient
from healthmate_desktop.domain.sentences import sentence_spans
from healthmate_desktop.domain.triage import Level, TriageRules

if TYPE_CHECKING:
    from healthmate_desktop.domain.documents import ReadDocument

pytestmark = pytest.mark.health

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "resources" / "sample"
FAMILY: dict[str, Any] = tomllib.loads((SAMPLE / "family.toml").read_text(encoding="utf-8"))
FILES: list[str] = [name for person in FAMILY["people"] for name in person["files"]]
SCANS = ["rosa/eye-clinic-letter-2026-06-22.jpg", "mia/vaccination-record-scan.pdf"]
MADE_UP = "Made up for HealthMate. Not a real person."
LARGEST, LARGEST_IN_ALL = 250_000, 1_200_000  # bytes


def one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@cache
def pages_of(name: str, folder: Path = SAMPLE) -> list[str]:
    path = folder / name
    if path.suffix in {".pdf", ".jpg"}:
        with pymupdf.open(path) as document:
            return [page.get_text(sort=True) for page in document]
    return [path.read_text(encoding="utf-8")]


def scan_of(path: Path) -> Image.Image:
    """The one picture that a scan consists of, in grey."""
    if path.suffix == ".jpg":
        return Image.open(path).convert("L")
    with pymupdf.open(path) as document:
        [image] = document[0].get_images()
        pixels = pymupdf.Pixmap(document, image[0])
        return Image.frombytes("L", (pixels.width, pixels.height), pixels.samples)


def test_three_people_can_be_added_as_they_are_described() -> None:
    people = [
        Patient(person["name"], person["name"], person["birth_date"], person["sex"])
        for person in FAMILY["people"]
    ]
    assert len({person.name for person in people}) == 3
    assert all(isinstance(person.birth_date, dt.date) for person in people)


def test_every_file_belongs_to_one_person_and_is_small() -> None:
    there = {path.relative_to(SAMPLE).as_posix() for path in SAMPLE.glob("*/*")}
    assert sorted(FILES) == sorted(there)
    sizes = [(SAMPLE / name).stat().st_size for name in FILES]
    assert max(sizes) < LARGEST
    assert sum(sizes) < LARGEST_IN_ALL


def test_questions_are_about_people_and_files_of_the_family() -> None:
    files = {person["name"]: person["files"] for person in FAMILY["people"]}
    assert [len(FAMILY[kind]) for kind in ("questions", "unanswerable", "emergencies")] == [
        10,
        4,
        2,
    ]
    for question in FAMILY["questions"]:
        assert question["file"] in files[question["person"]]
    assert {question["file"] for question in FAMILY["questions"]} == set(FILES)
    for other in (*FAMILY["unanswerable"], *FAMILY["emergencies"]):
        assert other["person"] in files


@pytest.mark.parametrize(
    "question",
    [question for question in FAMILY["questions"] if question["file"] not in SCANS],
    ids=lambda question: question["question"],
)
def test_page_holds_what_the_question_expects(question: dict[str, Any]) -> None:
    pages = [one_line(page) for page in pages_of(question["file"])]
    assert re.search(question["quote"], pages[question["page"] - 1])
    others = pages[: question["page"] - 1] + pages[question["page"] :]
    assert not any(re.search(question["quote"], page) for page in others)


@pytest.mark.parametrize("name", [name for name in FILES if name not in SCANS])
def test_file_says_that_it_is_made_up_and_has_no_real_telephone_number(name: str) -> None:
    pages = [one_line(page) for page in pages_of(name)]
    for page in pages:
        assert MADE_UP in page
        for number in re.findall(r"\b\d{3}-\d{4}\b", page):
            assert re.fullmatch(r"555-01\d\d", number)


@pytest.mark.parametrize(
    "unanswerable", FAMILY["unanswerable"], ids=lambda question: question["question"]
)
def test_nothing_answers_the_unanswerable(unanswerable: dict[str, str]) -> None:
    library = [
        path.read_text(encoding="utf-8") for path in (ROOT / "resources" / "library").rglob("*.md")
    ]
    sample = [page for name in FILES for page in pages_of(name)]
    assert re.search(unanswerable["absent"], unanswerable["question"], re.IGNORECASE)
    for text in (*library, *sample):
        assert not re.search(unanswerable["absent"], one_line(text), re.IGNORECASE)


@pytest.mark.parametrize("emergency", FAMILY["emergencies"], ids=lambda item: item["person"])
def test_emergency_text_is_met_as_one(emergency: dict[str, str]) -> None:
    folder = ROOT / "resources" / "rules"
    rules = TriageRules.parse(
        (folder / "emergency.toml").read_text(encoding="utf-8"),
        (folder / "numbers.toml").read_text(encoding="utf-8"),
    )
    assert rules.triage(emergency["text"]).level is Level.EMERGENCY


@pytest.mark.parametrize("name", SCANS)
def test_scan_is_a_grey_picture_without_text(name: str) -> None:
    assert not "".join(pages_of(name)).strip()
    picture = scan_of(SAMPLE / name)
    assert 150 <= picture.width / 8.27 <= 200  # dots per inch of A4
    assert np.asarray(picture).mean() > 200


@pytest.mark.parametrize(
    ("name", "page", "creatinine", "factor", "power"),
    [
        ("rosa/blood-tests-2026-11-03.pdf", 1, r"Creatinine (\d+) µmol/L", 0.7, 1.012),
        ("tomas/lab-results-2026-06-18.pdf", 1, r"Creatinine ([\d.]+) mg/dL", 0.9, 1.0),
    ],
)
def test_egfr_follows_from_creatinine_age_and_sex(
    name: str, page: int, creatinine: str, factor: float, power: float
) -> None:
    text = one_line(pages_of(name)[page - 1])
    found, printed = re.search(creatinine, text), re.search(r"eGFR(?: \(.*?\))? (\d+)", text)
    assert found
    assert printed
    mg_per_dl = float(found[1]) / (88.42 if "µmol" in found[0] else 1)
    age = 68 if name.startswith("rosa") else 69
    egfr = 142 * (mg_per_dl / factor) ** -1.2 * 0.9938**age * power  # CKD-EPI 2021
    assert abs(egfr - int(printed[1])) < 1


def test_drawing_again_gives_the_same_family(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "installer"))
    script = importlib.import_module("make_samples")
    script.make(tmp_path)
    for name in script.DRAWN:
        if name in SCANS:
            drawn, kept = (
                np.asarray(scan_of(folder / name), float) for folder in (tmp_path, SAMPLE)
            )
            assert drawn.shape == kept.shape
            assert np.abs(drawn - kept).mean() < 2  # grey levels; renderers differ at edges
        else:
            assert pages_of(name, tmp_path) == pages_of(name)
            before = (tmp_path / name).read_bytes()
            script.DRAWN[name](tmp_path / name)
            assert (tmp_path / name).read_bytes() == before


def read(name: str) -> ReadDocument:
    reading = Reader().read((SAMPLE / name).read_bytes(), Path(name).name)
    while True:
        try:
            next(reading)
        except StopIteration as end:
            document: ReadDocument = end.value
            return document


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("tesseract"), reason="needs Tesseract for the scans")
@pytest.mark.parametrize("question", FAMILY["questions"], ids=lambda question: question["question"])
def test_a_sentence_of_the_page_as_read_can_be_quoted(question: dict[str, Any]) -> None:
    page = read(question["file"]).pages[question["page"] - 1]
    sentences = [one_line(page.text[span.start : span.end]) for span in sentence_spans(page.text)]
    assert any(re.search(question["quote"], sentence) for sentence in sentences)
    assert MADE_UP in one_line(page.text)
