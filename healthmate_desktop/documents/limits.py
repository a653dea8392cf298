"""What a file may cost, and the limits the operating system holds the reader child to."""

from __future__ import annotations

import contextlib
import os
import sys

LARGEST_FILE = 200 * 1024 * 1024  # bytes
MOST_PAGES = 2000
MOST_PICTURE_PAGES = 200  # frames of a TIFF
MOST_WORDS = 20_000  # of one page; a dense page of print has 1,500
MOST_PROPOSALS = 200_000  # of one document
LONGEST_TEXT = 20 * 1024 * 1024  # characters of one document
MOST_PIXELS = 50_000_000  # of one picture
LONGEST_SIDE = 30_000  # pixels

ADDRESS_SPACE = 1536 * 1024 * 1024  # bytes
PAGE_SECONDS = 30  # of processor time
WALL_SECONDS = 60.0  # without a message from the child


def limit_process() -> None:
    """Bound memory, processor time, files written and priority. Windows has none of these and macOS no memory limit."""
    os.umask(0o077)
    if sys.platform == "win32":
        return
    import resource

    os.nice(10)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    with contextlib.suppress(ValueError, OSError):  # macOS refuses
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (PAGE_SECONDS, hard))


def allow_another_page() -> None:
    """Where processor time is limited, the process may have `PAGE_SECONDS` more before it is killed."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if soft != resource.RLIM_INFINITY:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        used = int(usage.ru_utime + usage.ru_stime)
        resource.setrlimit(resource.RLIMIT_CPU, (used + PAGE_SECONDS, hard))
