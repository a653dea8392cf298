"""The one place where a screen says that stored things changed, and where others hear of it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Changes(QObject):
    """Emitted after the work is done, on the GUI thread; whoever cares reads again."""

    documents_changed = Signal()
    records_changed = Signal()  # values were checked, corrected, moved or deleted
    library_changed = Signal()
    chats_changed = Signal()
    patients_changed = Signal()
    policy_changed = Signal()  # when this vault locks
