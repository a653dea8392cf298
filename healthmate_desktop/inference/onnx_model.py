"""Weights in ONNX with their tokenizer. Runs in the engine child.

One text is one run, without padding, and each core works on texts of its own. Dynamic int8 takes the range of its
activations from the whole input, so in a batch a result would depend on its neighbours (cosine .988 to alone);
alone it is the same every time, and on long passages this is faster too (92 passages/s against 66 in batches of 32).
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from healthmate_desktop.errors import InferenceError, NotEnoughMemory

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy.typing as npt
    from tokenizers import Encoding

Result = TypeVar("Result")

_KNOWN = {"input_ids", "attention_mask", "token_type_ids"}
LONGEST_TEXT = 16_384  # characters given to a tokenizer, far above 512 tokens of any prose


class OnnxModel:
    """A session of one thread and a tokenizer that cuts off what is too long."""

    def __init__(self, file: Path, tokenizer: Path, damaged: str) -> None:
        """Raises InferenceError with the words of `damaged`, or NotEnoughMemory."""
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
                str(file), options, providers=["CPUExecutionProvider"]
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
            raise InferenceError(damaged) from error
        try:
            self.tokenizer = Tokenizer.from_file(str(tokenizer))
        except Exception as error:  # tokenizers knows no narrower one
            raise InferenceError(damaged) from error
        self.tokenizer.no_padding()
        self._damaged = damaged
        self._inputs = {given.name for given in self._session.get_inputs()}
        if not self._inputs <= _KNOWN:
            raise InferenceError(damaged)

    def run(self, encoding: Encoding) -> npt.NDArray[np.float32]:
        """The first output for one text or pair of texts. From any thread. Raises NotEnoughMemory or InferenceError."""
        from onnxruntime.capi import onnxruntime_pybind11_state as problems

        given: dict[str, Any] = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        rows = {name: np.array([given[name]], np.int64) for name in self._inputs}
        try:
            output: npt.NDArray[np.float32] = self._session.run(None, rows)[0]
        except (problems.Fail, problems.InvalidArgument, problems.RuntimeException) as error:
            if "alloc" in str(error).lower():
                raise NotEnoughMemory from error
            raise InferenceError(self._damaged) from error
        return output


def spread(
    encodings: Sequence[Encoding], work: Callable[[Encoding], Result], cores: int
) -> list[Result]:
    """`work` done on each, the longest first, on so many cores; the results in the order given."""
    left = sorted(range(len(encodings)), key=lambda row: len(encodings[row].ids))
    made: dict[int, Result] = {}
    failures: list[BaseException] = []

    def take() -> None:
        while left and not failures:
            try:
                row = left.pop()
            except IndexError:  # another thread took the last one
                return
            try:
                made[row] = work(encodings[row])
            except BaseException as error:  # noqa: BLE001 - raised again by who waits
                failures.append(error)

    helpers = [threading.Thread(target=take) for _ in range(min(cores, len(left)) - 1)]
    for helper in helpers:
        helper.start()
    take()
    for helper in helpers:
        helper.join()
    if failures:
        raise failures[0]
    return [made[row] for row in range(len(encodings))]
