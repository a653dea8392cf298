"""What the environment may say to this program and its libraries. Fixed at the start of every process."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FIXED = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "ORT_DISABLE_TELEMETRY": "1",  # ONNX Runtime reports to its maker by default since 1.29
    "PYTHONNOUSERSITE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "QT_LOGGING_RULES": "*.debug=false;*.info=false",
    "LANCE_LOG": "error",
    "RUST_BACKTRACE": "0",
}
# Switches that make libraries say more than codes, or trust what this program does not bring along.
DROPPED = {
    *("QT_LOGGING_CONF", "QT_LOGGING_TO_CONSOLE", "QT_FORCE_STDERR_LOGGING", "QT_MESSAGE_PATTERN"),
    *("QT_DEBUG_PLUGINS", "RUST_LOG", "PYTHONFAULTHANDLER", "PYTHONDEVMODE", "PYTHONVERBOSE"),
    *("LD_DEBUG", "LD_DEBUG_OUTPUT", "SSLKEYLOGFILE"),
}


def fixed(environment: Mapping[str, str]) -> dict[str, str]:
    """The same without proxies and loud switches, and with what must hold."""
    return {name: value for name, value in environment.items() if not _dropped(name)} | FIXED


def fix_environment() -> None:
    """Call first in a process, before a library is imported that reads it."""
    for name in [name for name in os.environ if _dropped(name)]:
        del os.environ[name]
    os.environ.update(FIXED)
    _keep_temporary_files_in_memory()
    _leave_user_site()
    import faulthandler

    faulthandler.disable()  # it would write the stacks of a crash to the terminal


def _dropped(name: str) -> bool:
    return name in DROPPED or name.lower().endswith("_proxy")


def _keep_temporary_files_in_memory() -> None:
    """Where the system has such a folder for this user alone. Ours are of made-up people; this is for libraries."""
    if sys.platform != "linux" or "TMPDIR" in os.environ:
        return
    folder = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isabs(folder) and os.access(folder, os.W_OK):  # noqa: PTH117
        os.environ["TMPDIR"] = folder


def _leave_user_site() -> None:
    """Packages that somebody put into their home are not ours, unless this program lies there too."""
    import site

    folder = site.USER_SITE
    if site.ENABLE_USER_SITE and folder in sys.path and not __file__.startswith(str(folder)):
        sys.path.remove(folder)
