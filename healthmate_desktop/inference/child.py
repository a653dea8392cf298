"""The engine process: answers one request at a time and hears "cancel" in the middle of one."""

from __future__ import annotations

import os
import queue
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, NoReturn

import psutil

from healthmate_desktop.children import BrokenPipe, Message, read_message, write_message
from healthmate_desktop.errors import HealthMateError, NotEnoughMemory, WeightsMissing
from healthmate_desktop.inference.token_memory import Stopped
from healthmate_desktop.inference.weights import (
    chat_weights,
    check_chat_weights,
    embedder_folder,
    reranker_file,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.inference.embedder import OnnxEmbedder
    from healthmate_desktop.inference.reranker import OnnxReranker
    from healthmate_desktop.inference.writer import GgufWriter

SPARE_MEMORY = 200 * 1024 * 1024  # bytes besides the file: context, work space


def main() -> NoReturn:
    """Serve the parent until it is gone. What native libraries print goes to nowhere."""
    replies = os.fdopen(os.dup(1), "wb")
    requests = os.fdopen(os.dup(0), "rb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    desk = Desk()
    inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests, inbox, desk), daemon=True).start()
    try:
        while True:
            for reply in desk.answer(inbox.get()):
                write_message(replies, reply)
    except BrokenPipe:
        os._exit(0)


def _listen(requests: IO[bytes], inbox: queue.SimpleQueue[Message], desk: Desk) -> None:
    """Ends the process with the parent, even in the middle of an evaluation."""
    try:
        while (message := read_message(requests)) is not None:
            if message["do"] == "cancel":
                desk.cancelled = message["id"]
            else:
                inbox.put(message)
    except BrokenPipe:
        pass
    os._exit(0)


class Desk:
    """What the engine holds. Weights are loaded at first use, each kind without the other."""

    def __init__(self) -> None:
        self.cancelled = 0  # id of the newest request to stop; set by the listening thread
        self._at_work = 0
        self._models = Path()
        self._weights = ""
        self._cores = physical_cores()
        self._embedder: OnnxEmbedder | None = None
        self._reranker: OnnxReranker | None = None
        self._writer: GgufWriter | None = None

    def answer(self, request: Message) -> Iterator[Message]:
        """The replies to one request; the last has "end", "error" or the one thing asked for."""
        self._at_work = request.get("id", 0)
        try:
            yield from self._do(request)
        except Stopped:
            yield {"end": True}
        except HealthMateError as error:
            yield {"error": error.code, "message": str(error)}
        except MemoryError:
            yield {"error": NotEnoughMemory.code}

    def _do(self, request: Message) -> Iterator[Message]:
        match request["do"]:
            case "open":
                self._models, self._weights = Path(request["models"]), request["weights"]
            case "load":
                self._load(request["role"])
                yield {"end": True}
            case "embed":
                yield {"vectors": self._embedding().embed(request["texts"]).tobytes()}
            case "rerank":
                yield {"scores": self._reranking().scores(request["question"], request["texts"])}
            case "likelihoods":
                yield {
                    "likelihoods": self._writing().likelihoods(
                        request["texts"], request["question"]
                    )
                }
            case "write":
                writer = self._writing()
                for piece in writer.write(
                    request["system"],
                    request["prompt"],
                    grammar=request["grammar"],
                    longest=request["longest"],
                ):
                    yield {"piece": piece}
                yield {"end": True}

    def _load(self, role: str) -> None:
        if role == "chat":
            self._writing().warm()
        else:
            self._embedding().embed(["Good morning."])

    def _embedding(self) -> OnnxEmbedder:
        if self._embedder is None:
            from healthmate_desktop.inference.embedder import OnnxEmbedder

            self._embedder = OnnxEmbedder(embedder_folder(self._models), self._cores)
        return self._embedder

    def _reranking(self) -> OnnxReranker:
        if self._reranker is None:
            file = reranker_file(self._models)
            if file is None:
                raise WeightsMissing("There is no reranker on this computer any more.")
            from healthmate_desktop.inference.reranker import OnnxReranker

            self._reranker = OnnxReranker(file, self._cores)
        return self._reranker

    def _writing(self) -> GgufWriter:
        if self._writer is None:
            weights = chat_weights(self._models, self._weights)
            check_chat_weights(self._models, weights)
            if psutil.virtual_memory().available < weights.size + SPARE_MEMORY:
                raise NotEnoughMemory
            from healthmate_desktop.inference.writer import GgufWriter

            self._writer = GgufWriter(
                self._models / weights.file, weights.template, self._cores, self._stopped
            )
        return self._writer

    def _stopped(self) -> bool:
        return self.cancelled == self._at_work


def physical_cores() -> int:
    """Those this process may use; hyper-threads only get in each other's way."""
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    if sys.platform == "linux":
        cores = min(cores, len(os.sched_getaffinity(0)))
    return cores
