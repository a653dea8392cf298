from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from healthmate_desktop.inference.child import Desk, physical_cores

if TYPE_CHECKING:
    from pathlib import Path

    from healthmate_desktop.children import Message

pytestmark = pytest.mark.integration

WRITE = {"do": "write", "system": "", "prompt": "Hello", "grammar": "", "longest": 3}


def ask(desk: Desk, **request: object) -> list[Message]:
    return list(desk.answer(dict(request)))


@pytest.fixture(scope="module")
def desk(models: Path) -> Desk:
    desk = Desk()
    assert ask(desk, do="open", models=str(models), weights="") == []
    return desk


def test_loading_ahead_loads_both(desk: Desk) -> None:
    assert ask(desk, do="load", role="embedder") == [{"end": True}]
    assert ask(desk, do="load", role="chat") == [{"end": True}]


def test_vectors_are_raw_floats(desk: Desk) -> None:
    (reply,) = ask(desk, do="embed", texts=["a", "b"])
    assert np.frombuffer(reply["vectors"], np.float32).shape == (2 * 384,)


def test_a_reply_ends_with_its_end(desk: Desk) -> None:
    *pieces, end = ask(desk, id=7, **WRITE)
    assert end == {"end": True}
    assert all(isinstance(piece["piece"], str) for piece in pieces)


def test_a_cancelled_request_ends_early(desk: Desk) -> None:
    desk.cancelled = 8
    *pieces, end = ask(desk, id=8, **(WRITE | {"longest": 200}))
    assert end == {"end": True}
    assert len(pieces) <= 1
    assert len(ask(desk, id=9, **WRITE)) > 1


def test_likelihoods_stop_too(desk: Desk) -> None:
    desk.cancelled = 10
    request = {"do": "likelihoods", "texts": ["Fever " * 200], "question": "What is a fever?"}
    assert ask(desk, id=10, **request) == [{"end": True}]
    assert ask(desk, id=11, **request)[0]["likelihoods"]


def test_missing_weights_are_told_apart_by_code(tmp_path: Path) -> None:
    desk = Desk()
    ask(desk, do="open", models=str(tmp_path), weights="")
    assert ask(desk, do="embed", texts=["a"])[0]["error"] == "weights_missing"
    assert ask(desk, **WRITE)[0]["error"] == "weights_missing"


def test_too_little_memory_is_named(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    ask(desk, do="open", models=str(models), weights="")
    monkeypatch.setattr("healthmate_desktop.inference.child.SPARE_MEMORY", 1 << 60)
    assert ask(desk, **WRITE)[0]["error"] == "not_enough_memory"
    assert "vectors" in ask(desk, do="embed", texts=["a"])[0]


def test_at_least_one_core_is_used() -> None:
    assert physical_cores() >= 1
