"""Inter, which ships with the program (SIL Open Font License 1.1, see `resources/fonts/OFL.txt`)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtGui import QFontDatabase

if TYPE_CHECKING:
    from pathlib import Path

logger = logging.getLogger(__name__)

_FILES = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf", "Inter-Bold.otf")


def load_fonts(resources: Path) -> None:
    """Make the four weights known to Qt; call once, before the first window.

    A face that cannot be loaded is logged and the fallbacks of the theme take its place: an odd letter shape is no
    reason to keep someone from their records.
    """
    for name in _FILES:
        if QFontDatabase.addApplicationFont(str(resources / "fonts" / name)) < 0:
            logger.warning("font %s could not be loaded", name)
