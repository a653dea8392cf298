"""Meets errors whose texts are full of planted words, by every way that leads to the log or to standard error.

    python log_leaks.py FOLDER COUNT WORD…

Half of them while a vault is open. The file and what the vault got are then in FOLDER.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import logging
import os
import subprocess
import sys
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from healthmate_desktop import children, logs
from healthmate_desktop.children import Child
from healthmate_desktop.errors import HealthMateError
from healthmate_desktop.logs.actions import action, carried, failed
from healthmate_desktop.logs.native import Listener, quiet_pipe
from healthmate_desktop.logs.writing import MARK

if TYPE_CHECKING:
    from collections.abc import Callable

odd: Any = logs
FIELDS = ("ms", "what", "patient", "error", "place", "library", "category", "source", "room", "how")


class Named:
    """As Qt's kinds and contexts are."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


class Unfinished:
    """Fails when it is taken down."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __del__(self) -> None:
        raise ValueError(self.words)


class Revealing(Exception):
    """Its text, its notes and its class's name tell all."""


def raising(words: str) -> None:
    kind = type("".join(filter(str.isalnum, words)), (Revealing,), {"__module__": words})
    try:
        dict[str, str]()[words]
    except KeyError as error:
        wrong = kind(words, {words: [words]})
        wrong.add_note(words)
        raise wrong from error


def known(words: str) -> None:
    raise type("Known", (HealthMateError,), {"code": words})(words)


def code_of(words: str) -> None:
    """Code that has the words in its names, and says it was ours."""
    name = "".join(filter(str.isalnum, words))
    exec(
        compile(f"def f_{name}():\n  1 / 0\nf_{name}()", words, "exec"),
        {"__name__": f"healthmate_desktop.{name}"},
    )


def in_action(what: str, work: Callable[[str], None]) -> Callable[[str], None]:
    def run(words: str) -> None:
        with action(what):  # type: ignore[arg-type]
            work(words)

    return run


def in_thread(words: str) -> None:
    thread = threading.Thread(target=carried(raising), args=(words,), name=words)
    thread.start()
    thread.join()


def by_hook(words: str) -> None:
    try:
        raising(words)
    except Revealing as error:
        sys.excepthook(type(error), error, error.__traceback__)


def in_fields(words: str) -> None:
    for name in FIELDS:
        odd.log(logs.Event.ACTION_DONE, **{name: words})
        odd.log(logs.Event.ACTION_DONE, words, **{name: [words], words: words})
    odd.log(words)
    odd.log(logs.Event.PROGRAM_BUG, error=type(words, (Exception,), {}), place=(words,))


def by_library(words: str) -> None:
    logging.getLogger(words).error("%s", words, exc_info=ValueError(words))
    logging.getLogger("sqlalchemy").critical("%d", words, stack_info=True)
    warnings.warn(words, type(words, (UserWarning,), {}), stacklevel=1)


def by_qt(words: str) -> None:
    for kind in range(5):
        logs.on_qt_message(Named(value=kind), Named(category=words, file=words), words)


def by_native_code(words: str) -> None:
    library = ctypes.CDLL(None)
    for line in (
        f"ERROR CORE {words}",
        f"llama_{words}",
        f"Traceback {words}",
        words,
        f"\x1e{words}",
    ):
        text = f"{line}\n".encode()
        library.write(2, text, len(text))
    with contextlib.suppress(OSError):
        os.write(2, words.encode("utf-16-le") + b"\n" + words.encode() * 200)


def by_print(words: str) -> None:
    print(words, file=sys.stderr)
    sys.stderr.write(words)
    import traceback

    traceback.print_exception(ValueError(words))


def by_child_lines(words: str) -> None:
    """A reader that was taken over."""
    reading, writing = quiet_pipe()
    listener = Listener("reader", reading)
    lines: list[Any] = [
        words,
        {"event": words, "level": "info", "action": words, "fields": {}},
        {"event": "program.bug", "level": words, "action": "", "fields": {}},
        {"event": "program.bug", "level": "info", "action": words, "fields": {words: words}},
        *(
            {"event": "program.bug", "level": "info", "action": "", "fields": {name: value}}
            for name in FIELDS
            for value in (words, [words], [f"{words}:1"], {words: words})
        ),
    ]
    for line in lines:
        with contextlib.suppress(OSError):
            os.write(writing, MARK + json.dumps(line).encode() + b"\n")
    os.close(writing)
    listener.close(30)


def by_real_child(words: str) -> None:
    code = "import os,sys; t=sys.argv[1]; os.write(2, t.encode()); print(t, file=sys.stderr); raise ValueError(t)"
    children.child_command = lambda _room: [sys.executable, "-c", code, words]  # type: ignore[assignment]
    with contextlib.closing(Child("engine")) as child:
        child.receive(30)


def by_exit(words: str) -> None:
    """A program of its own that ends by it."""
    code = f"import sys\nfrom healthmate_desktop import logs\nlogs.start('cli')\nraise ValueError({words!r})"
    subprocess.run([sys.executable, "-c", code], check=False)


OFTEN: list[Callable[[str], object]] = [
    in_action("import", raising),
    in_action("ask", known),
    in_action("search", code_of),
    lambda words: in_action(words, known)(words),
    lambda words: failed("task", Revealing(words)),
    in_thread,
    by_hook,
    in_fields,
    lambda words: Unfinished(words) and None,
    by_library,
    by_qt,
    by_native_code,
    by_print,
    by_child_lines,
]
SELDOM: list[Callable[[str], object]] = [by_real_child, by_exit]  # a process each


def main() -> None:
    folder, count, words = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    got: list[str] = []
    logs.start("app")
    logs.keep_in(folder / "events.log")
    for number in range(count):
        if number == count // 2:
            logs.to_vault(got.extend)
        way = SELDOM[number // 100 % 2] if number % 100 == 99 else OFTEN[number % len(OFTEN)]
        with contextlib.suppress(Exception):
            way(words[number % len(words)])
    logs.to_file()
    logs.flush()
    (folder / "vault lines").write_text("\n".join(got), encoding="utf-8")


if __name__ == "__main__":
    main()
