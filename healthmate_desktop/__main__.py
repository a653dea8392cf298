"""Where every process of the product starts: the window, the command line, and the two children."""

from __future__ import annotations

import gc
import sys

CHILD_ROOMS = ("reader", "engine")


def main() -> int:
    """Open the window (`healthmate`)."""
    _become_child_if_asked()
    if sys.argv[1:] == ["--self-check"]:
        from healthmate_desktop.self_check import self_check

        return self_check()
    gc.disable()  # until the window is there
    from healthmate_desktop.security.process import harden

    harden("app")
    from healthmate_desktop.app import run_window

    return run_window(sys.argv)


def cli() -> int:
    """Run one command without a window (`healthmate-cli`)."""
    _become_child_if_asked()
    from healthmate_desktop.cli import run_command

    return run_command(sys.argv[1:])


def _become_child_if_asked() -> None:
    """`--child ROOM` never returns."""
    if len(sys.argv) != 3 or sys.argv[1] != "--child" or sys.argv[2] not in CHILD_ROOMS:
        return
    from healthmate_desktop.security.process import harden

    if sys.argv[2] == "reader":
        from healthmate_desktop.documents import child as reader

        harden("reader")
        reader.main()
    from healthmate_desktop.inference import child as engine

    harden("engine")
    engine.main()


if __name__ == "__main__":
    sys.exit(main())
