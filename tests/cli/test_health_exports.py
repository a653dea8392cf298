"""An export of Apple Health from the command line: every reading counted, progress in bytes, days listed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from processes import Shell

pytestmark = [pytest.mark.integration, pytest.mark.health]
STEPS = (
    '<Record type="HKQuantityTypeIdentifierStepCount" sourceName="iPhone" unit="count" '
    'startDate="2024-03-{0:02} {1:02}:{2:02}:00 +0100" endDate="2024-03-{0:02} {1:02}:{2:02}:30 +0100" value="{2}"/>\n'
)
DAYS = 28
READINGS = DAYS * 24 * 60


@pytest.fixture(scope="module")
def export(shell: Shell) -> Path:
    places = ((d + 1, h, m) for d in range(DAYS) for h in range(24) for m in range(60))
    text = "".join(STEPS.format(*place) for place in places)
    path = shell.folder / "export.xml"
    path.write_text(f"<HealthData>{text}</HealthData>", encoding="utf-8")
    return path


def test_an_export_is_read_listed_and_written_again(shell: Shell, export: Path) -> None:
    done = shell.run("import", export, "--accept-all")
    (outcome,) = done.json["files"]
    assert (outcome["status"], outcome["kind"]) == ("imported", "apple_health")
    assert outcome["records"] == {"Observation": READINGS, "List": 1}
    assert outcome["problems"] == []
    total = f"{export.stat().st_size:,} bytes"
    told = [line for line in done.err.splitlines() if line.endswith(f" of {total}")]
    assert len(told) > 1

    records = shell.run("records", "list", "--type", "Observation").json["records"]
    assert len(records) == DAYS
    assert {(record["code"]["code"], record["value"]) for record in records} == {
        ("55423-8", sum(range(60)) * 24)
    }
    assert records[0]["effective"] == "2024-03-01"
    assert {record["source"]["document_id"] for record in records} == {outcome["document_id"]}

    out = shell.folder / "out.json"
    assert shell.run("records", "export", out).json["records"] == READINGS + 1
    entries = json.loads(out.read_text(encoding="utf-8"))["entry"]
    values = [entry["resource"]["valueQuantity"]["value"] for entry in entries[2:]]
    assert (len(values), sum(values)) == (READINGS, sum(range(60)) * 24 * DAYS)

    (again,) = shell.run("import", export, "--accept-all").json["files"]
    assert again["status"] == "duplicate"
    assert shell.run("vault", "check").code == 0
