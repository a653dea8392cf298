"""What macOS offers a process that wants less."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_PT_DENY_ATTACH = 31


def load_library() -> Any:
    """The C library. Raises OSError."""
    return ctypes.CDLL(None, use_errno=True)


def deny_debuggers(load: Callable[[], Any] = load_library) -> bool:
    """Nobody attaches to this process from now on, and whoever has already is thrown out with it.

    False where the system does not offer it. It can't be asked for later.
    """
    try:
        return bool(load().ptrace(_PT_DENY_ATTACH, 0, None, 0) == 0)
    except (OSError, AttributeError):
        return False
