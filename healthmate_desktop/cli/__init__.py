"""`healthmate-cli`: the services of the window without a window."""

from healthmate_desktop.cli.main import run_command

__all__ = ["run_command"]
