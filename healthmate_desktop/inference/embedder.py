"""Text to unit vectors. Runs in the engine child."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from healthmate_desktop.inference.onnx_model import LONGEST_TEXT, OnnxModel, spread
from healthmate_desktop.inference.weights import NEXT_STEP, TOKENIZER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt
    from tokenizers import Encoding

    Vectors = npt.NDArray[np.float32]

MODEL_FILE = "model_int8.onnx"
DIMENSIONS = 384
LONGEST = 256  # tokens; the weights were trained on no longer text
_DAMAGED = f"The weights that search needs can't be loaded. Your records are safe. {NEXT_STEP}"


class OnnxEmbedder:
    """all-MiniLM-L6-v2 in memory: mean of the token vectors, then length 1."""

    def __init__(self, folder: Path, cores: int) -> None:
        """Raises InferenceError or NotEnoughMemory."""
        self._model = OnnxModel(folder / MODEL_FILE, folder / TOKENIZER, _DAMAGED)
        self._model.tokenizer.enable_truncation(LONGEST)
        self._cores = cores

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), 384). Raises NotEnoughMemory."""
        encodings = self._model.tokenizer.encode_batch([text[:LONGEST_TEXT] for text in texts])
        vectors = spread(encodings, self._vector, self._cores)
        return np.array(vectors, np.float32).reshape(len(texts), DIMENSIONS)

    def _vector(self, encoding: Encoding) -> Vectors:
        mean: Vectors = self._model.run(encoding)[0].mean(axis=0)
        return mean / np.linalg.norm(mean)
