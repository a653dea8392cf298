"""Text to unit vectors with ONNX Runtime. Runs in the engine child.

One text is one run, without padding, and each core works on texts of its own. Dynamic int8 takes the range of its
activations from the whole input, so in a batch a vector would depend on its neighbours (cosine .988 to alone);
alone it is the same every time, and on long passages this is faster too (92 passages/s against 66 in batches of 32).
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from healthmate_desktop.errors import InferenceError, NotEnoughMemory
from healthmate_desktop.inference.weights import NEXT_STEP, TOKENIZER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

    Vectors = npt.NDArray[np.float32]

MODEL_FILE = "model_int8.onnx"
DIMENSIONS = 384
LONGEST = 256  # tokens; the weights were trained on no longer text
LONGEST_TEXT = 16_384  # characters given to the tokenizer, far above 256 tokens of any prose


class OnnxEmbedder:
    """all-MiniLM-L6-v2 in memory: mean of the token vectors, then length 1."""

    def __init__(self, folder: Path, cores: int) -> None:
        """Raises InferenceError or NotEnoughMemory."""
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # since 1.29 it would report on its own
        import onnxruntime

        onnxruntime.disable_telemetry_events()  # and on Windows
        from onnxruntime.capi import onnxruntime_pybind11_state as problems
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_mem_pattern = False  # every length is another pattern
        options.enable_cpu_mem_arena = False  # threads that share it wait: 67 passages/s, not 91
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(
                str(folder / MODEL_FILE), options, providers=["CPUExecutionProvider"]
            )
        except (
            problems.Fail,
            problems.InvalidProtobuf,
            problems.InvalidGraph,
            problems.NoSuchFile,
            problems.RuntimeException,
        ) as error:
            if "bad_alloc" in str(error):
                raise NotEnoughMemory from error
            raise InferenceError(
                f"The weights that search needs can't be loaded. Your records are safe. {NEXT_STEP}"
            ) from error
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)
        self._inputs = {given.name for given in self._session.get_inputs()}
        self._cores = cores

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), 384). Raises NotEnoughMemory."""
        vectors = np.zeros((len(texts), DIMENSIONS), np.float32)
        tokens = [
            encoding.ids
            for encoding in self._tokenizer.encode_batch([text[:LONGEST_TEXT] for text in texts])
        ]
        left = sorted(
            range(len(tokens)), key=lambda row: len(tokens[row])
        )  # the longest is taken first
        made: list[int] = []
        failures: list[NotEnoughMemory] = []

        def work() -> None:
            while left and not failures:
                try:
                    row = left.pop()
                except IndexError:  # another thread took the last one
                    return
                try:
                    vectors[row] = self._vector(tokens[row])
                except NotEnoughMemory as error:
                    failures.append(error)
                made.append(row)

        helpers = [threading.Thread(target=work) for _ in range(min(self._cores, len(left)) - 1)]
        for helper in helpers:
            helper.start()
        work()
        for helper in helpers:
            helper.join()
        if failures:
            raise failures[0]
        if len(made) < len(tokens):
            raise RuntimeError("a helper thread failed")
        return vectors

    def _vector(self, tokens: list[int]) -> npt.NDArray[np.float32]:
        from onnxruntime.capi import onnxruntime_pybind11_state as problems

        row = np.array([tokens], np.int64)
        given: dict[str, Any] = {
            "input_ids": row,
            "attention_mask": np.ones_like(row),
            "token_type_ids": np.zeros_like(row),
        }
        try:
            hidden = self._session.run(None, {name: given[name] for name in self._inputs})[0]
        except (problems.Fail, problems.RuntimeException) as error:
            if "alloc" in str(error).lower():
                raise NotEnoughMemory from error
            raise
        mean: npt.NDArray[np.float32] = hidden[0].mean(axis=0)
        return mean / np.linalg.norm(mean)
