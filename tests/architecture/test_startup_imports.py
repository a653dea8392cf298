"""The locked window is there before anything slow is loaded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
LATER = {
    *("sqlalchemy", "alembic", "sqlcipher3", "numpy", "lancedb", "pyarrow", "pymupdf", "PIL"),
    *("cryptography", "argon2", "pyrage", "pydantic", "msgpack", "psutil", "yaml", "filelock"),
    *("llama_cpp", "onnxruntime", "tokenizers", "markdown_it", "typer", "subprocess"),
    *("platformdirs", "html", "concurrent.futures"),
    *("PySide6.QtTest", "PySide6.QtNetwork"),
    *("healthmate_desktop.composition", "healthmate_desktop.ui.shell"),
    *("healthmate_desktop.ui.unlock.create", "healthmate_desktop.security.header"),
}
PROGRAM = """
import sys
from pathlib import Path
import healthmate_desktop.app as program
from PySide6.QtWidgets import QApplication
app = QApplication(["healthmate"])
window = program.make_window(app, program.Paths(Path(sys.argv[1])))
window.show()
app.processEvents()
print(*sys.modules)
"""


def test_the_locked_window_needs_no_slow_library(tmp_path: Path) -> None:
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "vault.db").touch()
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        # measured, it would load what coverage needs
        env={name: value for name, value in os.environ.items() if not name.startswith("COV")},
    )
    assert answer.returncode == 0, answer.stderr
    loaded = set(answer.stdout.split())
    assert "healthmate_desktop.ui.unlock.unlock" in loaded
    assert not loaded & LATER
