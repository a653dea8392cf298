"""A page drawn once more with as many pixels as it is looked at with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from healthmate_desktop.ui.tasks import Lane, TaskRunner

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.ui.documents.paper import Paper

SHARPEST = 3200  # pixels across


def sharpen(
    paper: Paper,
    width: int,
    draw: Callable[[int], bytes],
    is_open: Callable[[], bool],
    tasks: TaskRunner,
) -> None:
    """`draw` gives the page as PNG of a width, off the GUI thread; it is shown where `is_open` still says so."""

    def show(image: QImage) -> None:
        if is_open():
            paper.sharpen(image)

    tasks.run(
        lambda: QImage.fromData(draw(min(width, SHARPEST))),
        owner=paper,
        lane=Lane.IO,
        on_success=show,
        on_error=lambda _: None,  # the picture that is there stays
    )
