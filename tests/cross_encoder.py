"""A cross-encoder of a few words, in the form that real ones are published in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers, processors

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SPECIAL = ["[UNK]", "[CLS]", "[SEP]"]


def write_cross_encoder(folder: Path, weights: Mapping[str, float], *, labels: int = 1) -> Path:
    """Its logit is the sum of the weights of a passage's words, whatever the question. Returns the ONNX file."""
    folder.mkdir(parents=True)
    vocabulary = {word: i for i, word in enumerate([*SPECIAL, *weights])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token=SPECIAL[0]))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(word, vocabulary[word]) for word in SPECIAL[1:]],
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "architectures": ["BertForSequenceClassification"],
        "id2label": {str(i): f"LABEL_{i}" for i in range(labels)},
    }
    (folder / "config.json").write_text(json.dumps(config))
    file = folder / "onnx" / "model.onnx"
    file.parent.mkdir()
    table = np.array([[0.0] * labels] * len(SPECIAL) + [[w] * labels for w in weights.values()])
    onnx.save(_model(table.astype(np.float32)), str(file))
    return file


def _model(table: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> onnx.ModelProto:
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
        for name in ("input_ids", "attention_mask", "token_type_ids")
    ]
    logits = helper.make_tensor_value_info(
        "logits", TensorProto.FLOAT, ["batch", int(table.shape[1])]
    )
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["each"]),
        helper.make_node("Mul", ["attention_mask", "token_type_ids"], ["passage"]),
        helper.make_node("Cast", ["passage"], ["as_float"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["as_float", "last"], ["column"]),
        helper.make_node("Mul", ["each", "column"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "first"], ["logits"], keepdims=0),
    ]
    fixed = [
        numpy_helper.from_array(table, "table"),
        numpy_helper.from_array(np.array([2], np.int64), "last"),
        numpy_helper.from_array(np.array([1], np.int64), "first"),
    ]
    graph = helper.make_graph(nodes, "tiny", inputs, [logits], fixed)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
