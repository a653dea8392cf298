"""The weights that the installer puts into models/, and an engine on them."""

from __future__ import annotations

import shutil
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from healthmate_desktop.inference.client import Engine
from healthmate_desktop.inference.weights import (
    MANIFEST,
    RECORD,
    embedder_folder,
    find_weights,
)
from healthmate_desktop.paths import models_dir

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from healthmate_desktop.inference.embedder import OnnxEmbedder


@pytest.fixture(scope="session")
def models() -> Path:
    found = find_weights(models_dir())
    assert all(weights.verified for weights in found[:2]), "run: python installer/weights.py"
    return models_dir()


@pytest.fixture(scope="session")
def embedder(models: Path) -> OnnxEmbedder:
    from healthmate_desktop.inference.embedder import OnnxEmbedder

    return OnnxEmbedder(embedder_folder(models), cores=2)


@pytest.fixture(scope="module")
def engine(models: Path) -> Iterator[Engine]:
    with closing(Engine(models)) as engine:
        yield engine


@pytest.fixture
def copied_models(models: Path, tmp_path: Path) -> Path:
    """A models folder of one's own to damage; the big files are links."""
    for path in sorted(models.rglob("*")):
        target = tmp_path / path.relative_to(models)
        if path.is_dir():
            target.mkdir()
        elif path.name in {MANIFEST, RECORD}:
            shutil.copyfile(path, target)
        else:
            target.symlink_to(path)
    return tmp_path
