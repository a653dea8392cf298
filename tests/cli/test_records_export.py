"""`records export`: each format into a new file, and what a program that reads the answer is told."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from processes import Shell

pytestmark = pytest.mark.integration


def glucose(value: float, when: str) -> dict[str, object]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "Glucose"},
        "effectiveDateTime": when,
        "valueQuantity": {"value": value, "unit": "mmol/L"},
    }


@pytest.fixture(scope="module")
def shell(shell: Shell) -> Shell:
    """With a file of two values."""
    entries = [{"resource": glucose(5, "2023-01-01")}, {"resource": glucose(6, "2025-01-01")}]
    file = shell.folder / "labs.json"
    file.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}))
    assert shell.run("import", file, "--accept-all").code == 0
    return shell


@pytest.mark.parametrize(
    ("options", "records", "begins"),
    [
        (["--format", "pdf", "--paper", "letter"], 2, b"%PDF-"),
        (["--format", "fhir", "--since", "2024-01-01"], 1, b'{"resourceType":"Bundle"'),
        (["--format", "csv", "--sections", "results,vitals"], 2, b"\xef\xbb\xbfType,"),
        (["--format", "ips", "--until", "2024-01-01"], 1, b'{"resourceType":"Bundle"'),
    ],
)
def test_records_are_written_in_each_format(
    shell: Shell, tmp_path: Path, options: list[str], records: int, begins: bytes
) -> None:
    file = tmp_path / "out"
    said = shell.run("records", "export", file, *options).json
    assert said == {
        "file": str(file),
        "format": options[1],
        "records": records,
        "documents": 0,
        "left_out": 2 - records,
        "problems": [],
    }
    assert file.read_bytes().startswith(begins)


def test_originals_are_written_and_a_file_that_is_there_stays(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "originals.zip"
    said = shell.run("records", "export", "--format", "originals", file).json
    assert (said["records"], said["documents"], said["problems"]) == (0, 1, [])
    with zipfile.ZipFile(file) as archive:
        assert archive.namelist() == ["labs.json", "manifest.csv"]
        assert archive.read("labs.json") == (shell.folder / "labs.json").read_bytes()
    before = file.read_bytes()
    assert shell.run("records", "export", "--format", "originals", file).error == "invalid_input"
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "options",
    [
        ["--format", "docx"],
        ["--paper", "a5", "--format", "pdf"],
        ["--sections", "horoscope", "--format", "pdf"],
        ["--sections", "results"],
        ["--since", "2024-01-01", "--format", "originals"],
        ["--since", "2024-01-02", "--until", "2024-01-01"],
    ],
)
def test_what_is_not_known_is_refused_and_nothing_written(
    shell: Shell, tmp_path: Path, options: list[str]
) -> None:
    file = tmp_path / "out"
    assert shell.run("records", "export", file, *options).error == "invalid_input"
    assert not file.exists()
