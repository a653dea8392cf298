"""P5: 10,000 errors whose texts hold planted words leave none of them in the log or on the terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from processes import ROOT

from drills import canaries

if TYPE_CHECKING:
    from pathlib import Path

    from drills.conftest import Report

pytestmark = [pytest.mark.security, pytest.mark.integration, pytest.mark.timeout(600)]


@pytest.mark.parametrize(
    "errors", [pytest.param(300, id="few"), pytest.param(10_000, id="all", marks=pytest.mark.slow)]
)
def test_p5_logs(tmp_path: Path, report: Report, errors: int) -> None:
    words = canaries.words(50, seed=5)
    forms = canaries.forms_of(words)
    done = subprocess.run(
        [sys.executable, "-m", "drills.erring", str(tmp_path), str(errors), *words],
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
        capture_output=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:].decode(errors="replace")
    lines = (tmp_path / "events.log").read_text(encoding="utf-8").splitlines()
    assert len(lines) > 10
    report.count(errors=errors, lines=len(lines))
    report.add("files", [f"hits: {f}: {w}" for f, w in canaries.seen_below(tmp_path, forms, words)])
    for name, said in (("standard output", done.stdout), ("standard error", done.stderr)):
        report.add(name, [f"hits: {word}" for word in canaries.seen_in(said, forms)])
    report.check("hits")
