from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from healthmate_desktop.errors import InferenceError, WeightsMissing
from healthmate_desktop.inference import weights as known

pytestmark = pytest.mark.unit


def cut(path: Path, size: int) -> None:
    """Replace a link by the first `size` bytes of its file."""
    content = path.read_bytes()[:size]
    path.unlink()
    path.write_bytes(content)


def test_installed_weights_are_known_and_verified(models: Path) -> None:
    chat, embedder = known.find_weights(models)[:2]
    assert (chat.role, embedder.role) == ("chat", "embedder")
    assert chat.installed
    assert chat.verified
    assert embedder.installed
    assert embedder.verified
    assert chat.licence == embedder.licence == "Apache-2.0"


def test_recorded_hashes_are_those_of_the_files(models: Path) -> None:
    record = known.read_record(models)
    assert len(record) == 4
    for name, noted in record.items():
        assert known.sha256_of(models / name) == noted["sha256"]


def test_an_empty_folder_has_nothing_installed(tmp_path: Path) -> None:
    (tmp_path / known.MANIFEST).write_bytes(
        (Path(known.__file__).parents[2] / "models" / known.MANIFEST).read_bytes()
    )
    found = known.find_weights(tmp_path)
    assert [weights.installed for weights in found] == [False, False]
    assert all(weights.size > 0 for weights in found)


@pytest.mark.parametrize("text", ["", "{", '{"files": 3}', '["files"]', "{}"])
def test_a_damaged_record_leaves_nothing_verified(copied_models: Path, text: str) -> None:
    (copied_models / known.RECORD).write_text(text, encoding="utf-8")
    assert not any(weights.verified for weights in known.find_weights(copied_models))


@pytest.mark.parametrize(
    "name", ["all-MiniLM-L6-v2/model_int8.onnx", "all-MiniLM-L6-v2/tokenizer.json"]
)
def test_a_half_written_embedder_is_not_used(copied_models: Path, name: str) -> None:
    cut(copied_models / name, 1000)
    with pytest.raises(InferenceError, match=r"damaged.*doctor"):
        known.embedder_folder(copied_models)


def test_a_missing_embedder_is_told_from_a_damaged_one(copied_models: Path) -> None:
    (copied_models / "all-MiniLM-L6-v2/model_int8.onnx").unlink()
    with pytest.raises(WeightsMissing, match="doctor"):
        known.embedder_folder(copied_models)


def test_an_interrupted_copy_of_known_weights_is_not_loaded(copied_models: Path) -> None:
    cut(copied_models / known.find_weights(copied_models)[0].file, 5_000_000)
    weights = known.chat_weights(copied_models)
    assert not weights.installed
    with pytest.raises(InferenceError, match="damaged"):
        known.check_chat_weights(copied_models, weights)


def test_weights_a_person_added_are_listed_as_not_verified(copied_models: Path) -> None:
    (copied_models / "other.gguf").write_bytes(b"GGUF" + bytes(20))
    added = known.find_weights(copied_models)[-1]
    assert (added.name, added.licence, added.installed, added.verified) == (
        "other",
        "",
        True,
        False,
    )
    assert known.chat_weights(copied_models, "other.gguf") == added


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"GGUF",
        b"ELF!" + bytes(20),
        b"GGUF\x09\0\0\0" + b"\1" + bytes(7) + b"\1" + bytes(7),
        b"GGUF\x03\0\0\0" + b"\xff" * 16,
        b"GGUF\x03\0\0\0" + bytes(16),
    ],
)
def test_a_file_that_is_no_gguf_is_refused_before_it_is_loaded(
    tmp_path: Path, header: bytes
) -> None:
    (tmp_path / "bad.gguf").write_bytes(header)
    with pytest.raises(InferenceError, match=r"damaged.*records are safe.*doctor"):
        known.check_chat_weights(tmp_path, known.chat_weights(tmp_path))


@pytest.mark.parametrize("wanted", ["", "nothing.gguf", "../secret.gguf", os.devnull])
def test_chat_weights_that_are_not_here_are_named_missing(tmp_path: Path, wanted: str) -> None:
    with pytest.raises(WeightsMissing, match="doctor"):
        known.chat_weights(tmp_path, wanted)


def test_manifest_says_where_each_file_comes_from(models: Path) -> None:
    for entry in known.read_manifest(models):
        assert len(entry["sha256"]) == 64
        assert entry["licence"]
        assert entry["package"]
        assert entry["version"]
    assert json.loads((models / known.RECORD).read_text(encoding="utf-8"))["files"]
