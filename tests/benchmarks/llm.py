"""The engine against llama-cpp-python called directly, and what reusing the prompt's beginning saves.

    python tests/benchmarks/llm.py

Both sides write the same prompt's reply with the same weights, greedily, and take turns. The direct side runs in
a process of its own too, so that its waiting threads do not slow the engine down.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from healthmate_desktop.inference.child import physical_cores
from healthmate_desktop.inference.client import Engine
from healthmate_desktop.inference.weights import chat_weights
from healthmate_desktop.paths import models_dir

ROUNDS = 5
TOKENS = 96
SYSTEM = "You answer questions about health from the evidence given, in plain words. " * 12
PROMPT = "Tell a long story about a small boat on a wide sea."
QUESTIONS = (
    "What is a fever?",
    "How much water should one drink?",
    "Why do bones break?",
    "Is coffee healthy?",
    "What is asthma?",
    "How does a vaccine work?",
)
DIRECT = "--direct"  # run as the other side: one line in, one line out


def main() -> None:
    if sys.argv[1:] == [DIRECT]:
        serve_directly()
        return
    engine = Engine(models_dir())
    direct = subprocess.Popen(
        [sys.executable, __file__, DIRECT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        compare_speed(engine, direct)
        compare_first_tokens(engine)
    finally:
        direct.kill()
        direct.wait()
        engine.close()


def compare_speed(engine: Engine, direct: subprocess.Popen[str]) -> None:
    write_with(engine)
    ask(direct)
    ratios, speeds = [], []
    for _ in range(ROUNDS):
        theirs = ask(direct)
        ours = write_with(engine)
        ratios.append(ours / theirs)
        speeds.append((ours, theirs))
    print(f"tokens/s, ratio to direct: {statistics.median(ratios):.2f} (target 0.97)")
    print("  rounds: " + "  ".join(f"{ours:.0f}/{theirs:.0f}" for ours, theirs in speeds))


def compare_first_tokens(engine: Engine) -> None:
    """A question after one with the same opening, and one after something else entirely."""
    ratios = []
    for turn, question in enumerate(QUESTIONS):
        first_token(engine, f"{turn} {SYSTEM}", "What is health?")
        reused = first_token(engine, f"{turn} {SYSTEM}", question)
        first_token(engine, "", f"{turn} Something else.")
        anew = first_token(engine, f"{turn} {SYSTEM}", question)
        ratios.append(anew / reused)
    print(f"first token, without reuse / with: {statistics.median(ratios):.1f} (target 3)")
    print(f"  rounds: {' '.join(f'{ratio:.1f}' for ratio in ratios)}")


def first_token(engine: Engine, system: str, question: str) -> float:
    """Seconds."""
    began = time.perf_counter()
    stream = engine.stream(system, question, longest=1)
    while not next(stream):
        pass
    seconds = time.perf_counter() - began
    stream.close()
    return seconds


def write_with(engine: Engine) -> float:
    """Tokens a second, the prompt's evaluation left out."""
    began, count = 0.0, 0
    for piece in engine.stream("", PROMPT, longest=TOKENS):
        if piece:
            began = began or time.perf_counter()
            count += 1
    return (count - 1) / (time.perf_counter() - began)


def ask(direct: subprocess.Popen[str]) -> float:
    if direct.stdin is None or direct.stdout is None:
        sys.exit("the direct side has no pipes")
    print(PROMPT, file=direct.stdin, flush=True)
    return float(json.loads(direct.stdout.readline()))


def serve_directly() -> None:
    from llama_cpp import Llama

    weights = chat_weights(models_dir())
    llama = Llama(
        str(models_dir() / weights.file),
        n_ctx=2048,
        n_threads=physical_cores(),
        n_threads_batch=physical_cores(),
        verbose=False,
    )
    for line in sys.stdin:
        began, count = 0.0, 0
        for _ in llama.create_chat_completion(
            [{"role": "user", "content": line.strip()}],
            temperature=0.0,
            repeat_penalty=1.1,
            max_tokens=TOKENS,
            stream=True,
        ):
            began = began or time.perf_counter()
            count += 1
        speed = (count - 1) / (time.perf_counter() - began)
        print(json.dumps(speed), flush=True)


if __name__ == "__main__":
    main()
