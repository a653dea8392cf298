"""A program that meets errors whose texts are full of a person's words, by every way that could write them down.

    python -m drills.erring FOLDER COUNT WORD…

What it logs goes to FOLDER/events.log; nothing is said on purpose.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from healthmate_desktop import logs
from healthmate_desktop.errors import HealthMateError
from healthmate_desktop.logs.actions import action
from healthmate_desktop.storage.engine import make_engine
from healthmate_desktop.storage.errors import translated

if TYPE_CHECKING:
    from collections.abc import Callable


class Unfinished:
    """Fails when it is taken down."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __del__(self) -> None:
        raise ValueError(self.words)


def ways(folder: Path) -> list[Callable[[str], object]]:
    path = folder / "vault.db"
    path.touch()
    engine = make_engine(path, os.urandom(32))
    odd: Any = logs

    def in_action(words: str) -> None:
        with action("import"):
            raise ValueError(words)

    def known(words: str) -> None:
        with action("ask"):
            raise HealthMateError(words)

    def chained(words: str) -> None:
        with action("search"):
            try:
                dict[str, str]()[words]
            except KeyError as error:
                raise RuntimeError(f"{words} again") from error

    def logged(words: str) -> None:
        odd.log(logs.Event.PROGRAM_BUG, error=words, what=words, count=words, **{words[:9]: 1})

    def in_statement(words: str) -> None:
        with translated(), engine.begin() as connection:
            connection.execute(sa.text("INSERT INTO nowhere VALUES (:name)"), {"name": words})

    def in_thread(words: str) -> None:
        def fail() -> None:
            raise ValueError(words)

        thread = threading.Thread(target=fail, name=words)
        thread.start()
        thread.join()

    def taken_down(words: str) -> None:
        Unfinished(words)

    return [
        in_action,
        known,
        chained,
        logged,
        in_statement,
        in_thread,
        taken_down,
        lambda words: warnings.warn(words, stacklevel=2),
        lambda words: logging.getLogger("sqlalchemy").error("%s", words),
        lambda words: os.write(2, f"ERROR CORE {words}\n".encode()),
    ]


def main() -> None:
    folder, count, words = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    logs.start("app")
    logs.keep_in(folder / "events.log")
    every = ways(folder)
    for number in range(count):
        with contextlib.suppress(Exception):
            every[number % len(every)](words[number // len(every) % len(words)])
    logs.flush()


if __name__ == "__main__":
    main()
