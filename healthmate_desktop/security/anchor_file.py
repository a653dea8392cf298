"""Anchors outside the data folder: without one, an older copy of the whole folder put back could not be told.

One small file a vault: its id as the name, a place in the log as its content. It tells nothing of anyone, and
deleting it only takes the warning away.
"""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING

from healthmate_desktop.domain.keys import Anchor
from healthmate_desktop.security.durable import replace_file

if TYPE_CHECKING:
    from pathlib import Path

LONGEST = 1024  # bytes


class AnchorFile:
    """The anchor of one vault in `folder`. Trouble with the disk here never keeps anyone from their records."""

    def __init__(self, folder: Path, vault_id: str) -> None:
        safe = re.fullmatch(r"[0-9A-Za-z-]{1,64}", vault_id) is not None
        self._path = folder / "anchors" / f"{vault_id if safe else 'unnamed'}.json"

    def load(self) -> Anchor | None:
        """None where there is none that can be read."""
        try:
            with self._path.open("rb") as file:
                stored = json.loads(file.read(LONGEST))
            seq, mac = stored["seq"], stored["mac"]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        if type(seq) is not int or type(mac) is not str or not re.fullmatch("[0-9a-f]{64}", mac):
            return None
        return Anchor(seq, mac)

    def save(self, anchor: Anchor) -> None:
        content = json.dumps({"seq": anchor.seq, "mac": anchor.mac}).encode("ascii")
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_file(self._path, content)
