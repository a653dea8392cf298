"""The contract of Embedder and Writer, on the real weights in the real child process."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import pytest

from healthmate_desktop.errors import ChildDied, InferenceError, WeightsMissing
from healthmate_desktop.inference.client import MOST_TEXTS, Engine
from healthmate_desktop.inference.weights import chat_weights

if TYPE_CHECKING:
    from pathlib import Path

    from healthmate_desktop.children import Child
    from healthmate_desktop.services.ports import Embedder, Writer

pytestmark = pytest.mark.integration

STORY = "Tell a very long story about the sea."


def child_of(engine: Engine) -> Child:
    assert engine._child is not None
    return engine._child


def test_engine_is_an_embedder_and_a_writer(engine: Engine) -> None:
    embedder: Embedder = engine
    writer: Writer = engine
    assert embedder.embed(["fever"]).shape == (1, 384)
    assert writer.name == "SmolLM2 135M Instruct"


def test_nothing_is_started_before_it_is_needed(models: Path) -> None:
    with closing(Engine(models)) as engine:
        assert engine.name
        assert engine._child is None


def test_embedding_many_texts_keeps_their_order(engine: Engine) -> None:
    texts = [f"Reading number {number} of the blood pressure." for number in range(MOST_TEXTS + 5)]
    vectors = engine.embed(texts)
    assert vectors.shape == (len(texts), 384)
    np.testing.assert_array_equal(vectors[-1:], engine.embed(texts[-1:]))
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_embedding_nothing_gives_nothing(engine: Engine) -> None:
    assert engine.embed([]).shape == (0, 384)


def test_broken_characters_of_a_pdf_do_no_harm(engine: Engine) -> None:
    assert engine.embed(["fever \ud83d of unknown origin\x00"]).shape == (1, 384)


def test_streaming_yields_several_pieces(engine: Engine) -> None:
    assert len(list(engine.stream("", "What is a fever?", longest=12))) > 3


def test_grammar_is_obeyed(engine: Engine) -> None:
    reply = engine.stream("", "Is fire hot?", grammar='root ::= "yes" | "no"')
    assert "".join(reply) in {"yes", "no"}


def test_bad_grammar_is_an_error_and_the_child_lives(engine: Engine) -> None:
    engine.embed(["start"])
    pid = child_of(engine).pid
    with pytest.raises(InferenceError, match="records are safe"):
        list(engine.stream("", "Hello", grammar="root ::= ("))
    assert list(engine.stream("", "Hello", longest=2))
    assert child_of(engine).pid == pid


def test_likelihoods_rank_evidence(engine: Engine) -> None:
    scores = engine.likelihoods(
        ["The tower is 330 metres tall.", "Take at most 1200 mg of ibuprofen a day."],
        "How much ibuprofen may I take?",
    )
    assert scores[1] > scores[0]


def test_closing_a_stream_cancels_and_the_next_request_works(engine: Engine) -> None:
    pid = None
    for _ in range(5):
        stream = engine.stream("", STORY, longest=1500)
        next(stream)
        pid = pid or child_of(engine).pid
        stream.close()
        assert list(engine.stream("", "Hello", longest=2))
    assert child_of(engine).pid == pid  # it stopped by itself; nothing was killed


def test_closing_while_the_prompt_is_read_cancels(engine: Engine) -> None:
    engine.embed(["start"])
    pid = child_of(engine).pid
    stream = engine.stream("", "Fever and cough. " * 120, longest=10)
    assert next(stream) == ""
    stream.close()
    assert engine.embed(["fever"]).shape == (1, 384)
    assert child_of(engine).pid == pid


def test_a_second_request_of_a_thread_with_an_open_stream_fails_at_once(engine: Engine) -> None:
    with closing(engine.stream("", STORY)) as stream:
        next(stream)
        with pytest.raises(RuntimeError, match="close it"):
            engine.embed(["fever"])


def test_requests_of_other_threads_wait_for_an_open_stream(engine: Engine) -> None:
    done: list[tuple[int, ...]] = []
    other = threading.Thread(target=lambda: done.append(engine.embed(["fever"]).shape))
    with closing(engine.stream("", STORY, longest=40)) as stream:
        next(stream)
        other.start()
        assert list(stream)
        assert not done
    other.join()
    assert done == [(1, 384)]


def test_a_killed_child_is_replaced_unseen(engine: Engine) -> None:
    engine.embed(["start"])
    pid = child_of(engine).pid
    os.kill(pid, signal.SIGTERM)
    assert engine.embed(["fever"]).shape == (1, 384)
    assert list(engine.stream("", "Hello", longest=2))
    assert child_of(engine).pid != pid


def test_a_child_killed_before_the_first_word_is_replaced_unseen(engine: Engine) -> None:
    stream = engine.stream("", "Fever and cough. " * 120, longest=3)
    assert next(stream) == ""
    child_of(engine).kill()
    assert "".join(stream)


def test_a_child_killed_in_the_middle_of_a_reply_is_told_and_replaced(engine: Engine) -> None:
    stream = engine.stream("", STORY, longest=1500)
    while not next(stream):
        pass
    child_of(engine).kill()
    with pytest.raises(ChildDied, match="records are safe"):
        list(stream)
    assert list(engine.stream("", "Hello", longest=2))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows can't pause a process")
def test_a_hung_child_is_killed_and_replaced(engine: Engine) -> None:
    stream = engine.stream("", STORY, longest=1500)
    while not next(stream):
        pass
    pid = child_of(engine).pid
    os.kill(pid, signal.SIGSTOP)
    stream.close()
    assert engine.embed(["fever"]).shape == (1, 384)
    assert child_of(engine).pid != pid


def test_a_child_that_dies_each_time_is_told(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []

    def command(room: str) -> list[str]:
        started.append([room])
        return [sys.executable, "-c", "raise SystemExit"]

    monkeypatch.setattr("healthmate_desktop.children.child_command", command)
    with closing(Engine(models)) as engine:
        with pytest.raises(ChildDied, match="records are safe"):
            engine.embed(["fever"])
        assert len(started) == 2
        with pytest.raises(ChildDied):
            list(engine.stream("", "Hello"))
        assert len(started) == 4


def test_missing_weights_say_what_to_do(tmp_path: Path) -> None:
    with closing(Engine(tmp_path)) as engine:
        assert engine.name == ""
        with pytest.raises(WeightsMissing, match="healthmate-cli doctor"):
            engine.embed(["fever"])
        with pytest.raises(WeightsMissing, match="healthmate-cli doctor"):
            list(engine.stream("", "Hello"))
        with pytest.raises(WeightsMissing):
            engine.likelihoods(["fever"], "What?")


def test_search_works_with_damaged_chat_weights(copied_models: Path) -> None:
    file = copied_models / chat_weights(copied_models).file
    half = file.read_bytes()[: file.stat().st_size // 2]
    file.unlink()
    (copied_models / "half.gguf").write_bytes(half)
    with closing(Engine(copied_models, "half.gguf")) as engine:
        engine.embed(["start"])
        pid = child_of(engine).pid
        with pytest.raises(InferenceError, match=r"damaged.*Searching still works.*doctor"):
            list(engine.stream("", "Hello"))
        assert engine.embed(["fever"]).shape == (1, 384)
        assert child_of(engine).pid == pid


def test_writing_works_without_the_embedder(copied_models: Path) -> None:
    (copied_models / "all-MiniLM-L6-v2" / "model_int8.onnx").unlink()
    with closing(Engine(copied_models)) as engine:
        with pytest.raises(WeightsMissing):
            engine.embed(["fever"])
        assert list(engine.stream("", "Hello", longest=2))


def test_warming_loads_in_the_background_and_leaves_no_thread(models: Path) -> None:
    before = set(threading.enumerate())
    with closing(Engine(models)) as engine:
        engine.warm()
        engine.warm()
        assert engine.embed(["fever"]).shape == (1, 384)
    assert {thread for thread in threading.enumerate() if "engine" in thread.name} <= before


def test_closing_ends_the_process_and_the_request_in_it(models: Path) -> None:
    engine = Engine(models)
    failures: list[ChildDied] = []
    begun = threading.Event()

    def read() -> None:
        try:
            for _ in engine.stream("", STORY, longest=1500):
                begun.set()
        except ChildDied as error:
            failures.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    begun.wait()
    child = child_of(engine)
    engine.close()
    reader.join()
    assert failures
    assert not child.alive
    with pytest.raises(ChildDied, match="closed"):
        engine.embed(["fever"])
    engine.close()


@pytest.mark.security
def test_no_words_of_a_person_are_in_an_error(engine: Engine) -> None:
    with pytest.raises(InferenceError) as caught:
        list(engine.stream("CANARY-7f3a", "CANARY-7f3a " * 2000))
    assert "CANARY" not in repr(caught.value)
