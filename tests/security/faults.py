"""Ends, or troubles, the work of this process at its n-th call to the disk. A kill is told apart by its kind."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLS = ("open", "write", "fsync", "replace", "unlink", "close")


class Killed(BaseException):
    """The process is gone: nothing that comes after may touch the disk."""


@dataclass
class Disk:
    """`kill_at` and `fail_at` count from 1; from `fail_at` to `works_from` each call fails with `number`."""

    kill_at: int = 0
    fail_at: int = 0
    works_from: int = 0
    number: int = 0
    torn: bool = False  # of a write that is cut off, half arrives
    done: int = 0
    dead: bool = False

    def before(self, name: str) -> bool:
        """Whether the call is a write that is cut off in its middle. Raises Killed or OSError."""
        if self.dead:
            raise Killed
        self.done += 1
        if self.done == self.kill_at:
            self.dead = True
            if self.torn and name == "write":
                return True
            raise Killed
        if self.fail_at and self.done >= self.fail_at and not 0 < self.works_from <= self.done:
            raise OSError(self.number, "from the disk")
        return False


@contextmanager
def faulty(disk: Disk) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in CALLS:
            patch.setattr(os, name, _watched(disk, name, getattr(os, name)))
        yield


def _watched(disk: Disk, name: str, real: Any) -> Any:
    def call(*arguments: Any, **named: Any) -> Any:
        if name == "close":  # the system closes what a killed process had open
            return real(*arguments)
        if disk.before(name):
            real(arguments[0], arguments[1][: len(arguments[1]) // 2])
            raise Killed
        return real(*arguments, **named)

    return call
