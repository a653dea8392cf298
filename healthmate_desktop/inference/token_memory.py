"""What llama.cpp has read so far: one context with one sequence of tokens."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from healthmate_desktop.errors import InferenceError, NotEnoughMemory
from healthmate_desktop.inference.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

AT_ONCE = 512  # tokens evaluated in one call


class Stopped(Exception):
    """The person wants no more of it."""


class TokenMemory:
    """A llama.cpp context with one sequence, and the tokens it has evaluated."""

    def __init__(self, model: Any, length: int, cores: int, stopped: Callable[[], bool]) -> None:
        """Raises NotEnoughMemory."""
        import llama_cpp

        self._llama = llama_cpp
        trained = llama_cpp.llama_model_n_ctx_train(model)
        settings = llama_cpp.llama_context_default_params()
        settings.n_ctx = self.length = min(length, trained) if trained > 0 else length
        settings.n_batch = settings.n_ubatch = AT_ONCE
        settings.n_threads = settings.n_threads_batch = cores
        settings.no_perf = True
        self.context = llama_cpp.llama_init_from_model(model, settings)
        if not self.context:
            raise NotEnoughMemory
        self._memory = llama_cpp.llama_get_memory(self.context)
        self._words = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(model))
        self._batch = llama_cpp.llama_batch_init(AT_ONCE, 0, 1)
        self._tokens: list[int] = []
        self._reading, self._writing = Pace(cores), Pace(cores)
        # asked by llama.cpp several hundred times an evaluation: too dear between single tokens
        self._stop = llama_cpp.ggml_abort_callback(lambda _data: stopped())
        self._go_on = llama_cpp.ggml_abort_callback(0)

    def keep(self, tokens: Sequence[int], wanted: int = 1) -> Sequence[int]:
        """Keep what was evaluated already and begins `tokens`; return the rest, at least `wanted` tokens."""
        kept = 0
        for have, want in zip(self._tokens, tokens[:-wanted], strict=False):
            if have != want:
                break
            kept += 1
        self.shorten(kept)
        return tokens[len(self._tokens) :]

    def shorten(self, length: int) -> None:
        """Forget all but the first `length` tokens, or all where the weights can't forget in part."""
        if not self._llama.llama_memory_seq_rm(self._memory, 0, length, -1):
            self.clear()
        del self._tokens[length:]

    def clear(self) -> None:
        self._llama.llama_memory_clear(self._memory, True)
        self._tokens.clear()

    def scores(self, wanted: int) -> npt.NDArray[np.float32]:
        """Of the last `wanted` tokens, shape (wanted, vocabulary); valid until the next evaluation."""
        rows = [
            np.ctypeslib.as_array(
                self._llama.llama_get_logits_ith(self.context, row), shape=(self._words,)
            )
            for row in range(-wanted, 0)
        ]
        return np.stack(rows) if wanted > 1 else rows[0][None]

    def add(self, tokens: Sequence[int], wanted: int = 1) -> None:
        """Evaluate at most AT_ONCE `tokens`; there are scores for the last `wanted` of them then.

        Raises Stopped, InferenceError or NotEnoughMemory; what was held before is still held.
        """
        llama, batch, past = self._llama, self._batch, len(self._tokens)
        batch.n_tokens = len(tokens)
        for at, token in enumerate(tokens):
            batch.token[at] = token
            batch.pos[at] = past + at
            batch.n_seq_id[at] = 1
            batch.seq_id[at][0] = 0
            batch.logits[at] = at >= len(tokens) - wanted
        reads = len(tokens) > 1
        pace = self._reading if reads else self._writing
        threads = pace.threads()
        llama.llama_set_n_threads(self.context, threads, threads)
        llama.llama_set_abort_callback(self.context, self._stop if reads else self._go_on, None)
        started = time.monotonic()
        answer = llama.llama_decode(self.context, batch)
        if answer == 0:
            self._tokens += tokens
            pace.took(threads, (time.monotonic() - started) / len(tokens))
            return
        self.shorten(past)
        if answer == 2:  # the abort callback said so
            raise Stopped
        if answer == -2:
            raise NotEnoughMemory
        raise InferenceError(
            "The assistant's weights could not read this. Your records are safe. Ask a shorter question."
        )
