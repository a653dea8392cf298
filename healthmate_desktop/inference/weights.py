"""Which weights there are, which of them are here, and whether a file may be loaded."""

from __future__ import annotations

import hashlib
import json
import struct
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from healthmate_desktop.errors import InferenceError, WeightsMissing

if TYPE_CHECKING:
    from pathlib import Path

Role = Literal["chat", "embedder", "reranker"]

MANIFEST = "manifest.toml"
RECORD = (
    "installed.json"  # what installer/weights.py put here: {"files": {file: {"size", "sha256", …}}}
)
TOKENIZER = "tokenizer.json"
NEXT_STEP = "healthmate-cli doctor says what is missing."

_GGUF_HEADER = struct.Struct("<4sIQQ")  # magic, version, tensors, metadata entries
_GGUF_VERSIONS = (2, 3)
_MOST_ENTRIES = 1_000_000  # far above any real file; a damaged header asks for more


@dataclass(frozen=True, slots=True)
class Weights:
    """One set of weights, here or not."""

    name: str
    role: Role
    file: str  # relative to the models folder
    licence: str  # SPDX, "" = unknown
    size: int  # bytes of the file, or of its source while it is not installed
    installed: bool
    verified: bool  # known to us, and its hash was right when it was installed
    template: str = ""  # chat template, see templates.py; "" = find out from the vocabulary
    context: int = 0  # tokens, 0 = unknown


def find_weights(models: Path) -> list[Weights]:
    """The weights of the manifest, then what else lies in the folder: GGUF files, and folders with a cross-encoder.

    Reads no file of weights.
    """
    record = read_record(models)
    known = [_known(models, entry, record) for entry in read_manifest(models)]
    files = {weights.file for weights in known}
    others = sorted(path for path in models.glob("*.gguf") if path.name not in files)
    added = [
        Weights(path.stem, "chat", path.name, "", path.stat().st_size, True, False)
        for path in others
    ]
    if reranker := reranker_file(models):
        name = reranker.relative_to(models)
        size = reranker.stat().st_size
        added.append(Weights(name.parts[0], "reranker", name.as_posix(), "", size, True, False))
    return known + added


def reranker_file(models: Path) -> Path | None:
    """The ONNX file of the first folder with a cross-encoder, beside `config.json` and a tokenizer, or in `onnx/`."""
    for config in sorted(models.glob("*/config.json")):
        folder = config.parent
        files = sorted([*folder.glob("*.onnx"), *folder.glob("onnx/*.onnx")], key=_plain_first)
        if files and (folder / TOKENIZER).is_file() and _is_cross_encoder(read_config(folder)):
            return files[0]
    return None


def read_config(folder: Path) -> dict[str, Any]:
    """What is published with weights about them; empty where it can't be read."""
    try:
        said = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _plain_first(path: Path) -> tuple[bool, str]:
    return path.name != "model.onnx", path.name


def _is_cross_encoder(said: dict[str, Any]) -> bool:
    """Whether the weights give a text, or a pair of texts, one label."""
    match said.get("architectures"), said.get("id2label", {"0": ""}):
        case [str(kind), *_], {**labels}:
            return kind.endswith("ForSequenceClassification") and len(labels) == 1
    return False


def read_manifest(models: Path) -> list[dict[str, Any]]:
    try:
        entries: list[dict[str, Any]] = tomllib.loads(
            (models / MANIFEST).read_text(encoding="utf-8")
        )["weights"]
    except (OSError, ValueError, KeyError):
        return []
    return entries


def read_record(models: Path) -> dict[str, dict[str, Any]]:
    """Per installed file its size, hash and origin. Empty when nothing was installed."""
    try:
        files = json.loads((models / RECORD).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return files if isinstance(files, dict) else {}


def sha256_of(path: Path) -> str:
    """Reads the whole file. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def chat_weights(models: Path, wanted: str = "") -> Weights:
    """The chat weights to load: those named, else the first that are here. Raises WeightsMissing."""
    chats = [weights for weights in find_weights(models) if weights.role == "chat"]
    if wanted:
        chats = [weights for weights in chats if weights.file == wanted]
    for weights in chats:
        if (models / weights.file).is_file():
            return weights
    raise WeightsMissing(f"The assistant's weights are not on this computer. {NEXT_STEP}")


def check_chat_weights(models: Path, weights: Weights) -> None:
    """Size and header only; the hash was compared when they were installed. Raises InferenceError."""
    damaged = InferenceError(
        "The assistant's weights are damaged. Searching still works, and your records are safe. "
        + NEXT_STEP
    )
    if not weights.installed:
        raise damaged
    try:
        with (models / weights.file).open("rb") as file:
            magic, version, *counts = _GGUF_HEADER.unpack(file.read(_GGUF_HEADER.size))
    except (OSError, struct.error) as error:
        raise damaged from error
    if (
        magic != b"GGUF"
        or version not in _GGUF_VERSIONS
        or not all(0 < count < _MOST_ENTRIES for count in counts)
    ):
        raise damaged


def embedder_folder(models: Path) -> Path:
    """Where the embedder's complete files are. Raises WeightsMissing or InferenceError."""
    for weights in find_weights(models):
        if weights.role == "embedder":
            if weights.installed:
                return (models / weights.file).parent
            if (models / weights.file).is_file():
                raise InferenceError(
                    "The weights that search needs are damaged. Your records are safe. " + NEXT_STEP
                )
    raise WeightsMissing(f"The weights that search needs are not on this computer. {NEXT_STEP}")


def _known(models: Path, entry: dict[str, Any], record: dict[str, dict[str, Any]]) -> Weights:
    file = str(entry["file"])
    noted = record.get(file, {})
    if entry["role"] == "chat":
        expected = entry["size"]
        installed = _size(models / file) == expected
    else:
        parts = [name for name in record if name.startswith(file.split("/", maxsplit=1)[0] + "/")]
        expected = noted.get("size", entry["size"])
        installed = file in parts and all(
            _size(models / name) == record[name].get("size") for name in parts
        )
    return Weights(
        name=entry["name"],
        role=entry["role"],
        file=file,
        licence=entry["licence"],
        size=expected,
        installed=installed,
        verified=installed and noted.get("source_sha256") == entry["sha256"],
        template=entry["template"],
        context=entry["context"],
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
