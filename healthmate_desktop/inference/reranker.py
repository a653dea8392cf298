"""How well a passage answers a question, by a cross-encoder that reads both at once. Runs in the engine child."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from healthmate_desktop.errors import InferenceError
from healthmate_desktop.inference.onnx_model import LONGEST_TEXT, OnnxModel, spread
from healthmate_desktop.inference.weights import TOKENIZER, read_config

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tokenizers import Encoding

MOST = 50.0  # of a logit; beyond it the chance is 0 or 1 all the same
LONGEST = 512  # tokens of question and passage, where `config.json` allows no fewer
_SHORTEST = 8  # room for the marks around two texts
_DAMAGED = (
    "The reranker's weights can't be loaded. Searching goes on without them. "
    "Take their folder out of the models folder, or fetch it anew."
)


class OnnxReranker:
    """A cross-encoder with one label in memory."""

    def __init__(self, file: Path, cores: int) -> None:
        """The tokenizer lies beside the file or in the folder above. Raises InferenceError or NotEnoughMemory."""
        folder = file.parent if file.with_name(TOKENIZER).is_file() else file.parent.parent
        positions = read_config(folder).get("max_position_embeddings")
        longest = min(LONGEST, positions) if isinstance(positions, int) else LONGEST
        self._model = OnnxModel(file, folder / TOKENIZER, _DAMAGED)
        self._model.tokenizer.enable_truncation(max(longest, _SHORTEST), strategy="longest_first")
        self._cores = cores

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """For each text the chance that it answers, 0 to 1. Raises NotEnoughMemory."""
        pairs = [(question[:LONGEST_TEXT], text[:LONGEST_TEXT]) for text in texts]
        encodings = self._model.tokenizer.encode_batch(pairs)
        return spread(encodings, self._score, self._cores)

    def _score(self, encoding: Encoding) -> float:
        output = self._model.run(encoding)
        if output.size != 1 or not math.isfinite(output.item()):  # it has several labels, or none
            raise InferenceError(_DAMAGED)
        return 1 / (1 + math.exp(-min(max(output.item(), -MOST), MOST)))
