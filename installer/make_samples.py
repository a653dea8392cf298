"""Draw the made-up family's PDFs and pictures into resources/sample; the text files there are written by hand.

Run it after a change to the content: `python installer/make_samples.py`. The same content gives the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sample_labs import rosa_blood_tests, tomas_lab_results
from sample_letters import mia_check_up, rosa_discharge_letter
from sample_scans import mia_vaccination_card, rosa_eye_letter

SAMPLE = Path(__file__).resolve().parents[1] / "resources" / "sample"

DRAWN = {
    "rosa/blood-tests-2026-11-03.pdf": rosa_blood_tests,
    "rosa/discharge-letter-2026-09-17.pdf": rosa_discharge_letter,
    "rosa/eye-clinic-letter-2026-06-22.jpg": rosa_eye_letter,
    "tomas/lab-results-2026-06-18.pdf": tomas_lab_results,
    "mia/check-up-2026-08-14.pdf": mia_check_up,
    "mia/vaccination-record-scan.pdf": mia_vaccination_card,
}


def make(folder: Path) -> None:
    for name, draw in DRAWN.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        draw(path)
        print(f"{path.stat().st_size / 1000:7.0f} kB  {name}")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE)
