"""A cross-encoder that lies in the models folder is found, asked through the engine, and refused when it is broken."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from cross_encoder import write_cross_encoder

from healthmate_desktop.errors import InferenceError, WeightsMissing
from healthmate_desktop.inference.client import Engine
from healthmate_desktop.inference.weights import find_weights, reranker_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.integration

WEIGHTS = {"iron": 2.0, "sodium": -2.0}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with closing(Engine(tmp_path)) as made:
        yield made


def test_passages_get_the_chance_that_the_weights_give_them(engine: Engine, tmp_path: Path) -> None:
    assert not engine.reranks
    write_cross_encoder(tmp_path / "tiny", WEIGHTS)
    assert engine.reranks
    scores = engine.rerank("sodium iron iron", ["iron", "water", "sodium", "iron iron " * 900])
    assert scores == pytest.approx([0.880797, 0.5, 0.119203, 1])
    assert engine.rerank("iron", []) == []


def test_question_that_fills_the_model_leaves_room_for_the_passage(
    engine: Engine, tmp_path: Path
) -> None:
    write_cross_encoder(tmp_path / "tiny", WEIGHTS)
    assert engine.rerank("word " * 3000, ["iron"]) == pytest.approx([0.880797])


def test_weights_list_names_it(tmp_path: Path) -> None:
    write_cross_encoder(tmp_path / "ms-marco", WEIGHTS)
    (found,) = find_weights(tmp_path)
    assert (found.name, found.role, found.file) == (
        "ms-marco",
        "reranker",
        "ms-marco/onnx/model.onnx",
    )
    assert found.installed


def test_plain_file_is_taken_of_several(tmp_path: Path) -> None:
    file = write_cross_encoder(tmp_path / "tiny", WEIGHTS)
    (file.parent / "a.onnx").write_bytes(b"")
    assert reranker_file(tmp_path) == file
    file.unlink()
    assert reranker_file(tmp_path) == file.with_name("a.onnx")


@pytest.mark.parametrize(
    "config",
    [
        "",
        "[]",
        "{",
        "null",
        json.dumps({"architectures": []}),
        json.dumps({"architectures": ["BertModel"]}),
        json.dumps(
            {"architectures": ["BertForSequenceClassification"], "id2label": {"0": "", "1": ""}}
        ),
        json.dumps({"architectures": ["BertForSequenceClassification"], "id2label": 7}),
    ],
)
def test_other_weights_are_no_reranker(tmp_path: Path, config: str) -> None:
    file = write_cross_encoder(tmp_path / "tiny", WEIGHTS)
    assert reranker_file(tmp_path) == file
    (tmp_path / "tiny" / "config.json").write_text(config)
    assert reranker_file(tmp_path) is None
    assert find_weights(tmp_path) == []


@pytest.mark.parametrize("part", ["tokenizer.json", "onnx/model.onnx"])
def test_damaged_weights_are_an_error_with_a_next_step(
    engine: Engine, tmp_path: Path, part: str
) -> None:
    write_cross_encoder(tmp_path / "tiny", WEIGHTS)
    path = tmp_path / "tiny" / part
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(InferenceError, match=r"goes on without them.*out of the models folder"):
        engine.rerank("iron", ["iron"])


def test_weights_that_give_two_labels_after_all_are_refused(engine: Engine, tmp_path: Path) -> None:
    write_cross_encoder(tmp_path / "tiny", WEIGHTS, labels=2)
    config = {"architectures": ["BertForSequenceClassification"]}
    (tmp_path / "tiny" / "config.json").write_text(json.dumps(config))
    with pytest.raises(InferenceError, match="can't be loaded"):
        engine.rerank("iron", ["iron"])


def test_weights_that_want_pictures_are_refused(engine: Engine, tmp_path: Path) -> None:
    import onnx

    file = write_cross_encoder(tmp_path / "tiny", WEIGHTS)
    model = onnx.load(str(file))
    odd = onnx.helper.make_tensor_value_info("pixels", onnx.TensorProto.FLOAT, [1])
    model.graph.input.append(odd)
    onnx.save(model, str(file))
    with pytest.raises(InferenceError, match="can't be loaded"):
        engine.rerank("iron", ["iron"])


def test_weights_that_know_fewer_words_than_their_tokenizer_do_not_end_the_engine(
    engine: Engine, tmp_path: Path
) -> None:
    write_cross_encoder(tmp_path / "tiny", WEIGHTS)
    small = write_cross_encoder(tmp_path / "other", {})
    small.replace(tmp_path / "tiny" / "onnx" / "model.onnx")
    (tmp_path / "other" / "config.json").unlink()
    for _ in range(2):
        with pytest.raises(InferenceError, match="can't be loaded"):
            engine.rerank("iron", ["iron"])
    assert engine.rerank("iron", []) == []


def test_no_more_is_read_than_the_weights_have_places_for(engine: Engine, tmp_path: Path) -> None:
    write_cross_encoder(tmp_path / "tiny", WEIGHTS)
    path = tmp_path / "tiny" / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"max_position_embeddings": 8}))
    (score,) = engine.rerank("word", ["water water water water water water iron iron"])
    assert score == pytest.approx(0.5)


def test_reranker_that_was_taken_away_meanwhile_is_missed(engine: Engine) -> None:
    with pytest.raises(WeightsMissing):
        engine.rerank("iron", ["iron"])
