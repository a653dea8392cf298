"""The app's side of the engine: starts it when it is first needed, and again when it died."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from typing import TYPE_CHECKING

from healthmate_desktop.children import Child, Message
from healthmate_desktop.errors import (
    ChildDied,
    HealthMateError,
    InferenceError,
    NotEnoughMemory,
    WeightsMissing,
)
from healthmate_desktop.inference.turns import Turns
from healthmate_desktop.inference.weights import chat_weights, reranker_file

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    Vectors = npt.NDArray[np.float32]

MOST_TEXTS = 64  # in one request, so that a long import does not hold an answer up
PATIENCE = 300.0  # seconds for one reply: large weights on an old laptop
STOP_PATIENCE = 2.0  # seconds in which a cancelled reply has to end


class Engine:
    """Embeds and writes. Any thread may ask; requests are answered one at a time, in the order they came.

    Raises InferenceError (also WeightsMissing), NotEnoughMemory or ChildDied.
    """

    def __init__(self, models: Path, weights: str = "") -> None:
        """`weights` is the file name of the chat weights; "" = the first that are here."""
        self._models = models
        self._weights = weights
        self._turns = Turns()
        self._guard = threading.Lock()  # of the three below
        self._child: Child | None = None
        self._closed = False
        self._warming: threading.Thread | None = None
        self._ids = itertools.count(1)

    @property
    def name(self) -> str:
        """The chat weights' name, "" if there are none."""
        try:
            return chat_weights(self._models, self._weights).name
        except WeightsMissing:
            return ""

    def warm(self) -> None:
        """Load everything in the background. What goes wrong is told by the first request that needs it."""

        def load() -> None:
            for role in ("embedder", "chat"):
                with contextlib.suppress(HealthMateError):
                    self._ask({"do": "load", "role": role})

        with self._guard:
            if self._closed or self._warming is not None:
                return
            self._warming = threading.Thread(target=load, name="engine-warm", daemon=True)
            self._warming.start()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), 384), each row of length 1; a text's vector does not depend on the others."""
        import numpy as np

        parts = [np.zeros((0, 384), np.float32)]
        for start in range(0, len(texts), MOST_TEXTS):
            some = [_sendable(text) for text in texts[start : start + MOST_TEXTS]]
            reply = self._ask({"do": "embed", "texts": some})
            parts.append(np.frombuffer(reply["vectors"], np.float32).reshape(len(some), -1))
        return np.concatenate(parts)

    @property
    def reranks(self) -> bool:
        """Whether there is a cross-encoder among the weights. Looks at names of files and at a page of JSON."""
        return reranker_file(self._models) is not None

    def rerank(self, question: str, texts: Sequence[str]) -> list[float]:
        """For each text the chance that it answers the question, 0 to 1."""
        request = {
            "do": "rerank",
            "question": _sendable(question),
            "texts": [_sendable(text) for text in texts],
        }
        return [float(value) for value in self._ask(request)["scores"]]

    def likelihoods(self, texts: Sequence[str], question: str) -> list[float]:
        """Mean log-probability per token of `question` after each text, the higher the more likely."""
        request = {
            "do": "likelihoods",
            "texts": [_sendable(text) for text in texts],
            "question": _sendable(question),
        }
        return [float(value) for value in self._ask(request)["likelihoods"]]

    def stream(
        self, system: str, prompt: str, *, grammar: str = "", longest: int = 256
    ) -> Generator[str, None, None]:
        """Yield pieces of the reply as they come, "" while a long prompt is read; closing the iterator cancels.

        Until it is closed or used up, all other requests wait; one from the same thread raises RuntimeError.
        """
        request = {
            "do": "write",
            "system": _sendable(system),
            "prompt": _sendable(prompt),
            "grammar": grammar,
            "longest": longest,
        }
        with self._turns:
            for last_try in (False, True):
                begun = False
                pieces = self._pieces(request)
                try:
                    for piece in pieces:
                        begun = begun or piece != ""  # empty while a long prompt is read
                        yield piece
                except ChildDied:
                    if begun or last_try or self._closed:
                        raise
                else:
                    return
                finally:
                    pieces.close()

    def close(self) -> None:
        """End the engine, also in the middle of a request, which then raises ChildDied. It stays closed."""
        with self._guard:
            self._closed = True
            child, self._child = self._child, None
            warming, self._warming = self._warming, None
        if child is not None:
            child.close()
        if warming is not None and warming is not threading.current_thread():
            warming.join()

    def _ask(self, request: Message) -> Message:
        with self._turns:
            try:
                return self._one_reply(request)
            except ChildDied:
                if self._closed:
                    raise
                return self._one_reply(request)

    def _one_reply(self, request: Message) -> Message:
        child = self._running_child()
        child.send(request | {"id": next(self._ids)})
        try:
            reply = child.receive(PATIENCE)
        except KeyboardInterrupt:
            child.kill()  # else the next request would be given this one's reply
            raise
        return _checked(reply)

    def _pieces(self, request: Message) -> Generator[str, None, None]:
        child = self._running_child()
        number = next(self._ids)
        child.send(request | {"id": number})
        ended = False
        try:
            while "end" not in (reply := child.receive(PATIENCE)):
                ended = "error" in reply
                yield _checked(reply)["piece"]
            ended = True
        finally:
            if not ended and child.alive:
                self._cancel(child, number)

    def _cancel(self, child: Child, number: int) -> None:
        """Wait for the child to say that it stopped; one that does not in time is killed."""
        deadline = time.monotonic() + STOP_PATIENCE
        with contextlib.suppress(ChildDied):
            child.send({"do": "cancel", "id": number})
            reply: Message = {}
            while "end" not in reply and "error" not in reply:
                reply = child.receive(max(deadline - time.monotonic(), 0.001))

    def _running_child(self) -> Child:
        with self._guard:
            if self._closed:
                raise ChildDied("The assistant has been closed. Start HealthMate again.")
            if self._child is not None:
                if self._child.alive:
                    return self._child
                self._child.close()
            self._child = Child("engine")
            child = self._child
        child.send({"do": "open", "models": str(self._models), "weights": self._weights})
        return child


def _checked(reply: Message) -> Message:
    match reply.get("error"):
        case None:
            return reply
        case NotEnoughMemory.code:
            raise NotEnoughMemory
        case WeightsMissing.code:
            raise WeightsMissing(reply["message"])
    raise InferenceError(reply["message"])


def _sendable(text: str) -> str:
    """Some PDF files hold halves of surrogate pairs, which are no characters."""
    return text.encode("utf-8", "replace").decode("utf-8")
