"""Where every process of the product starts: the window, the command line, and the two children."""

from __future__ import annotations

import gc
import sys

from healthmate_desktop import logs
from healthmate_desktop.environment import fix_environment


def main() -> int:
    """Open the window (`healthmate`)."""
    fix_environment()
    _become_child_if_asked()
    if sys.argv[1:] == ["--self-check"]:
        from healthmate_desktop.self_check import self_check

        return self_check()
    gc.disable()  # until the window is there
    from healthmate_desktop.security.process import harden

    harden("app")
    logs.start("app")
    from healthmate_desktop.app import run_window

    return run_window(sys.argv)


def cli() -> int:
    """Run one command without a window (`healthmate-cli`)."""
    fix_environment()
    _become_child_if_asked()
    from healthmate_desktop.cli import run_command

    return run_command(sys.argv[1:])


def _become_child_if_asked() -> None:
    """`--child ROOM` never returns."""
    if len(sys.argv) != 3 or sys.argv[1] != "--child":
        return
    if sys.argv[2] == "reader":
        _become_reader()
    elif sys.argv[2] == "engine":
        _become_engine()


def _become_reader() -> None:
    logs.start_child("reader")
    from healthmate_desktop.documents import child
    from healthmate_desktop.security.process import harden

    harden("reader")
    child.main()


def _become_engine() -> None:
    logs.start_child("engine")
    from healthmate_desktop.inference import child
    from healthmate_desktop.security.process import harden

    harden("engine")
    child.main()


if __name__ == "__main__":
    sys.exit(main())
