"""`weights list`, `weights bench` and `doctor`: what is on this computer and whether it works."""

from __future__ import annotations

import platform
import shutil
import sys
import time
from importlib import metadata
from typing import TYPE_CHECKING

import typer

from healthmate_desktop import __version__
from healthmate_desktop.paths import models_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.cli.output import Context, Json
    from healthmate_desktop.domain.sessions import Protection

weights_app = typer.Typer(no_args_is_help=True)

SHOWN_PACKAGES = (
    "PySide6-Essentials", "llama-cpp-python", "onnxruntime", "lancedb", "sqlcipher3", "sqlalchemy",
    "pymupdf", "pytesseract", "pyrage", "cryptography",
)  # fmt: skip
BENCH_TEXTS = 64
BENCH_TOKENS = 64


@weights_app.command("list")
def list_weights(ctx: typer.Context) -> None:
    """List the models that are here and what each is for."""
    context: Context = ctx.obj
    found = _weights()
    context.say(
        {"weights": found},
        (
            f"{item['role']:9} {item['name']:34} {item['licence']:12} "
            + ("ready" if item["installed"] else "missing")
            for item in found
        ),
    )


@weights_app.command()
def bench(ctx: typer.Context) -> None:
    """Measure how fast this computer embeds and writes."""
    from healthmate_desktop.inference.client import Engine

    context: Context = ctx.obj
    engine = Engine(models_dir(), context.settings.weights)
    try:
        engine.embed(["warm up"])
        started = time.monotonic()
        engine.embed(
            [
                f"A sentence of a common length about blood pressure, number {i}."
                for i in range(BENCH_TEXTS)
            ]
        )
        per_second = BENCH_TEXTS / (time.monotonic() - started)
        list(engine.stream("", "Say one word.", longest=1))
        started = time.monotonic()
        pieces = sum(1 for _ in engine.stream("", "Count from one to fifty.", longest=BENCH_TOKENS))
        tokens = pieces / (time.monotonic() - started)
    finally:
        engine.close()
    context.say(
        {
            "passages_per_second": round(per_second, 1),
            "tokens_per_second": round(tokens, 1),
            "weights": engine.name,
        },
        (f"{per_second:.0f} sentences embedded a second", f"{tokens:.0f} tokens written a second"),
    )


def doctor(ctx: typer.Context) -> None:
    """Say what is installed, what is missing, and the command that mends it."""
    from healthmate_desktop.security.disk import disk_protections
    from healthmate_desktop.security.process import protections

    context: Context = ctx.obj
    missing = list(_missing())
    versions = {name: _version(name) for name in SHOWN_PACKAGES}
    shields = [*protections(), *disk_protections(context.paths.data)]
    context.say(
        {
            "version": __version__,
            "python": platform.python_version(),
            "system": platform.platform(),
            "packages": versions,
            "weights": _weights(),
            "protections": {shield.key: shield.active for shield in shields},
            "data_dir": str(context.paths.data),
            "missing": missing,
        },
        (
            f"HealthMate {__version__}, Python {platform.python_version()}, {platform.system()}",
            *(f"  {name} {version or 'missing'}" for name, version in versions.items()),
            *(f"  {shield.words}: {_state(shield)}" for shield in shields),
            *(f"Missing: {item['what']}. {item['mend']}" for item in missing),
            "" if missing else "Nothing is missing.",
        ),
    )


def _state(shield: Protection) -> str:
    return "yes" if shield.active else f"no. {shield.detail}".rstrip()


def _weights() -> list[Json]:
    from healthmate_desktop.inference.weights import find_weights

    return [
        {
            "name": item.name,
            "role": item.role,
            "file": item.file,
            "licence": item.licence,
            "size": item.size,
            "installed": item.installed,
        }
        for item in find_weights(models_dir())
    ]


def _missing() -> Iterator[Json]:
    set_up = "Run again: python3 installer/bootstrap.py run"
    for item in _weights():
        if not item["installed"]:
            yield {"what": f"the model {item['name']}", "mend": set_up}
    for name in SHOWN_PACKAGES:
        if _version(name) is None:
            yield {"what": f"the package {name}", "mend": set_up}
    if shutil.which("tesseract") is None:
        yield {"what": "Tesseract, which reads scans", "mend": _tesseract_line()}
    if sys.version_info[:2] not in {(3, 11), (3, 12)}:
        yield {"what": "Python 3.11 or 3.12", "mend": set_up}


def _tesseract_line() -> str:
    if sys.platform == "darwin":
        return "Run: brew install tesseract"
    if sys.platform == "win32":
        return "Install Tesseract from the UB Mannheim installer and start again."
    return "Run: sudo apt-get install tesseract-ocr tesseract-ocr-eng"


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
