"""What was copied here does not outlive its use. Best effort: a clipboard manager may have kept a copy."""

from __future__ import annotations

from hashlib import sha256

from PySide6.QtCore import QMimeData, QObject, QTimer
from PySide6.QtGui import QClipboard, QGuiApplication

SECRET_MS = 30_000
_OURS = "healthmate-copied"  # holds a digest of the text, not the text
_KEEP_OUT = {  # of histories and of the clipboard that follows to other computers
    "x-kde-passwordManagerHint": b"secret",
    'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"': b"1",
    'application/x-qt-windows-mime;value="CanIncludeInClipboardHistory"': b"\0\0\0\0",
    'application/x-qt-windows-mime;value="CanUploadToCloudClipboard"': b"\0\0\0\0",
    "application/x-nspasteboard-concealed-type": b"1",
}


def copy_secret(text: str) -> None:
    """Put a secret there for 30 seconds."""
    mime = QMimeData()
    mime.setText(text)
    for kind, value in _KEEP_OUT.items():
        mime.setData(kind, value)
    clipboard = QGuiApplication.clipboard()
    clipboard.setMimeData(mime)
    digest = _digest(text)
    clipboard.setProperty(_OURS, digest)
    QTimer.singleShot(SECRET_MS, clipboard, lambda: _clear_if(digest))


class CopyWatch(QObject):
    """Notes what is copied while a window of ours is in front, also by Ctrl+C from an answer."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        QGuiApplication.clipboard().dataChanged.connect(self._on_changed)

    def _on_changed(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if QGuiApplication.focusWindow() is not None:
            clipboard.setProperty(_OURS, _digest(clipboard.text()))


def clear_copied() -> None:
    """Empty the clipboard if what it holds was copied here."""
    clipboard = QGuiApplication.clipboard()
    if clipboard.ownsClipboard():
        clipboard.clear()
    else:
        _clear_if(clipboard.property(_OURS))
    if clipboard.ownsSelection():  # X11 copies what is only marked
        clipboard.clear(QClipboard.Mode.Selection)
    clipboard.setProperty(_OURS, None)


def _clear_if(digest: object) -> None:
    clipboard = QGuiApplication.clipboard()
    if digest is not None and _digest(clipboard.text()) == digest:
        clipboard.clear()


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
