"""A GGUF in memory: writes replies and says how likely a question is. Runs in the engine child, on one thread.

Only llama.cpp's own functions are used, not the `Llama` class: that one runs the chat template inside the file,
can't stop while it reads a prompt, and gives likelihoods only by keeping the scores of every token.
"""

from __future__ import annotations

import codecs
import ctypes
from typing import TYPE_CHECKING, Any

import numpy as np

from healthmate_desktop.errors import InferenceError
from healthmate_desktop.inference.templates import PLAIN, TEMPLATES, Template
from healthmate_desktop.inference.token_memory import AT_ONCE, Stopped, TokenMemory
from healthmate_desktop.inference.weights import NEXT_STEP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt

CONTEXT = 2048  # tokens of prompt and reply together
STEP = 128  # tokens of a prompt between two chances to stop
LEAST_REPLY = 16  # tokens; with less room the prompt is refused
LONGEST_TEXT = 320  # tokens of a passage whose question is scored; with the question within token_memory.AT_ONCE
LONGEST_QUESTION = 128
REPEAT_PENALTY, PENALISED = 1.1, 64  # of llama.cpp's defaults: the last 64 tokens, a mild penalty
SCORING = ("", "Passage: ", "\nWrite a question that this passage answers.")


class GgufWriter:
    """One set of chat weights. `stopped` is asked between tokens and inside prompt evaluations."""

    def __init__(
        self, path: Path, template: str, cores: int, stopped: Callable[[], bool] = lambda: False
    ) -> None:
        """Raises InferenceError or NotEnoughMemory."""
        import llama_cpp

        self._llama = llama_cpp
        self._keep_quiet()
        llama_cpp.llama_backend_init()
        self._model = llama_cpp.llama_model_load_from_file(
            str(path).encode(), llama_cpp.llama_model_default_params()
        )
        if not self._model:
            raise InferenceError(
                "The assistant's weights can't be loaded: the file is damaged or of a kind this version does "
                f"not know. Searching still works, and your records are safe. {NEXT_STEP}"
            )
        self._vocabulary = llama_cpp.llama_model_get_vocab(self._model)
        self._template = self._choose_template(template)
        self._cores, self._stopped = cores, stopped
        self._memory = TokenMemory(self._model, CONTEXT, cores, stopped)
        self._scoring: TokenMemory | None = None  # made when first needed
        self.evaluated = 0  # prompt tokens the last reply had to evaluate

    def write(
        self, system: str, prompt: str, *, grammar: str = "", longest: int = 256
    ) -> Iterator[str]:
        """Yield pieces of the reply, always the likeliest token; "" while a long prompt is read.

        Ends early when stopped.

        Raises InferenceError for a grammar that is none and for a prompt without room for a reply.
        """
        tokens = self._prompt(system, prompt)
        room = self._memory.length - len(tokens)
        if room < LEAST_REPLY:
            raise InferenceError(
                "The question and its evidence are too long for the weights in use. "
                "Ask a shorter question, or choose larger weights."
            )
        choose = self._guided(grammar) if grammar else self._greedy()
        text = codecs.getincrementaldecoder("utf-8")("replace")
        try:
            new = self._memory.keep(tokens)
            self.evaluated = len(new)
            for start in range(0, len(new), STEP):
                if start:
                    yield ""
                self._memory.add(new[start : start + STEP])
            for _ in range(min(longest, room)):
                token = choose(self._memory)
                if self._llama.llama_vocab_is_eog(self._vocabulary, token):
                    break
                if piece := text.decode(self._bytes(token)):
                    yield piece
                if self._stopped():
                    return
                self._memory.add([token])
        except Stopped:
            return
        if rest := text.decode(b"", final=True):
            yield rest

    def likelihoods(self, texts: Sequence[str], question: str) -> list[float]:
        """Mean natural log-probability per token of `question`, asked after each text.

        What stands before the texts is evaluated once and kept. Texts are cut at 320 tokens.
        """
        if self._scoring is None:
            self._scoring = TokenMemory(self._model, 2 * AT_ONCE, self._cores, self._stopped)
        opening, before, after = SCORING
        shared = self._prompt_start(opening) + self._tokens(before)
        ending = self._tokens(after) + self._tokens(self._template.before_reply, markup=True)
        asked = self._tokens(question)[:LONGEST_QUESTION]
        if not asked:
            return [0.0] * len(texts)
        scores = []
        for text in texts:
            tokens = shared + self._tokens(text)[:LONGEST_TEXT] + ending + asked[:-1]
            self._scoring.add(self._scoring.keep(tokens, len(asked)), len(asked))
            scores.append(_mean_log_probability(self._scoring.scores(len(asked)), asked))
        return scores

    def warm(self) -> None:
        """Read the weights from disk and measure the machine once, so that the first question is quick."""
        self._memory.add(self._prompt("", "Good morning."))
        self._memory.clear()

    def _greedy(self) -> Callable[[TokenMemory], int]:
        written: list[int] = []

        def choose(memory: TokenMemory) -> int:
            scores = memory.scores(1)[0].copy()
            recent = list(set(written[-PENALISED:]))
            repeated = scores[recent]
            scores[recent] = np.where(
                repeated > 0, repeated / REPEAT_PENALTY, repeated * REPEAT_PENALTY
            )
            written.append(int(scores.argmax()))
            return written[-1]

        return choose

    def _guided(self, grammar: str) -> Callable[[TokenMemory], int]:
        """The likeliest token that the grammar allows, without a penalty: lists repeat their commas."""
        llama = self._llama
        rules = llama.llama_sampler_init_grammar(self._vocabulary, grammar.encode(), b"root")
        if not rules:
            raise InferenceError(
                "The assistant was given a form that it can't follow. Your records are safe. "
                "Ask in other words."
            )
        chain = Chain(llama, (rules, llama.llama_sampler_init_greedy()))
        return chain.choose

    def _prompt(self, system: str, prompt: str) -> list[int]:
        """Markup becomes special tokens; what people and documents wrote never does."""
        return [
            *self._prompt_start(system),
            *self._tokens(prompt),
            *self._tokens(self._template.before_reply, markup=True),
        ]

    def _prompt_start(self, system: str) -> list[int]:
        layout = self._template
        start = (
            [self._llama.llama_vocab_bos(self._vocabulary)]
            if self._llama.llama_vocab_get_add_bos(self._vocabulary)
            else []
        )
        if not system:
            return start + self._tokens(layout.before_prompt, markup=True)
        return [
            *start,
            *self._tokens(layout.before_system, markup=True),
            *self._tokens(system),
            *self._tokens(layout.between, markup=True),
        ]

    def _choose_template(self, name: str) -> Template:
        for template in TEMPLATES:
            if name == template.name or (
                not name and len(self._tokens(template.marker, markup=True)) == 1
            ):
                return template
        return PLAIN

    def _tokens(self, text: str, *, markup: bool = False) -> list[int]:
        content = text.encode()
        room = len(content) + 8
        found = (self._llama.llama_token * room)()
        count = self._llama.llama_tokenize(
            self._vocabulary, content, len(content), found, room, False, markup
        )
        return list(found[:count])

    def _bytes(self, token: int) -> bytes:
        room = ctypes.create_string_buffer(512)
        length = self._llama.llama_token_to_piece(
            self._vocabulary, token, room, len(room), 0, False
        )
        return room.raw[: max(length, 0)]

    def _keep_quiet(self) -> None:
        self._silence = self._llama.llama_log_callback(lambda _level, _text, _data: None)
        self._llama.llama_log_set(self._silence, None)


class Chain:
    """llama.cpp samplers in a row, freed with this object."""

    def __init__(self, llama: Any, samplers: Sequence[Any]) -> None:
        self._llama = llama
        self._chain = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
        for sampler in samplers:
            llama.llama_sampler_chain_add(self._chain, sampler)

    def choose(self, memory: TokenMemory) -> int:
        return int(self._llama.llama_sampler_sample(self._chain, memory.context, -1))

    def __del__(self) -> None:
        self._llama.llama_sampler_free(self._chain)


def _mean_log_probability(scores: npt.NDArray[np.float32], tokens: Sequence[int]) -> float:
    """Row i of `scores` is what was expected in place of token i."""
    highest = scores.max(axis=1, keepdims=True)
    total = np.log(np.exp(scores - highest).sum(axis=1)) + highest[:, 0]
    return float((scores[np.arange(len(tokens)), list(tokens)] - total).mean())
