"""Where `healthmate-cli` of a frozen folder starts."""

import sys

from healthmate_desktop.__main__ import cli

if __name__ == "__main__":
    sys.exit(cli())
