"""A small disk in a file, written through at once, so that its raw bytes show all that ever reached it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOOLS = ("mkfs.ext4", "mount", "umount", "losetup")


def disks_can_be_mounted() -> bool:
    return (
        sys.platform == "linux"
        and os.geteuid() == 0
        and all(shutil.which(tool) for tool in TOOLS)
        and os.path.exists("/dev/loop-control")  # noqa: PTH110
    )


@contextlib.contextmanager
def mounted(image: Path, place: Path, megabytes: int = 1024) -> Iterator[Path]:
    """ext4 that is written through (`sync,dirsync`); without that a deleted file may never reach the image."""
    with image.open("wb") as file:
        file.truncate(megabytes << 20)
    place.mkdir(exist_ok=True)
    _run("mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", str(image))
    _run("mount", "-o", "loop,sync,dirsync", str(image), str(place))
    try:
        yield place
    finally:
        _run("umount", str(place))


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, (command[0], done.stderr.decode(errors="replace"))
