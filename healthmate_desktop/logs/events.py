"""What the log can say: events, the fields they may have, and the words that may stand in a field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

Level = Literal["debug", "info", "warning", "error", "critical"]
LEVELS: tuple[Level, ...] = get_args(Level)

# fmt: off
Process = Literal["app", "cli", "reader", "engine"]
Source = Literal[  # of lines that native code wrote to standard error
    "sqlcipher", "sqlcipher_page", "llama", "lance", "panic", "qt", "qt_start", "onnx", "mupdf", "tesseract",
    "python", "other",
]
End = Literal[  # of a child: by itself, breaking the protocol, too slow, by `kill`, closed when its work was done
    "left", "broken", "late", "killed", "closed",
]
Deed = Literal[  # of a person: the commands, and work that the window asked for
    "ask", "audit", "demo", "doctor", "import", "library", "person", "records", "search", "task", "triage", "user",
    "vault", "weights",
]
Role = Literal["owner", "clinician", "assistant", "auditor"]  # as in domain.sessions
System = Literal["linux", "darwin", "win32"]
Logger = Literal[  # first parts of the names of Python's loggers, and Qt's categories
    "PIL", "alembic", "asyncio", "concurrent", "filelock", "healthmate_desktop", "lancedb", "llama_cpp", "numpy",
    "onnxruntime", "psutil", "py", "pyarrow", "pydantic", "pymupdf", "pytesseract", "root", "sqlalchemy", "tokenizers",
    "default", "qt.accessibility", "qt.core", "qt.fonts", "qt.gui", "qt.qpa", "qt.svg", "qt.text", "qt.widgets",
]
# fmt: on
if TYPE_CHECKING:
    Word = Process | Source | End | Deed | Role | System | Logger

WORDS: frozenset[str] = frozenset(
    word for words in (Process, Source, End, Deed, Role, System, Logger) for word in get_args(words)
)

# fmt: off
NUMBERS = frozenset({
    "count", "documents", "failed", "lines", "lost", "major", "minor", "ms", "patch", "python", "quarantined",
    "records", "severity", "signal", "status",
})
# fmt: on
CHOICES = frozenset({"category", "how", "library", "role", "room", "source", "system", "what"})
IDS = frozenset({"document", "job", "patient", "session", "user"})
ERRORS = frozenset({"error"})
PLACES = frozenset({"place"})


class Code:
    """What can be logged: its code, how much it matters, and what it means."""

    __slots__ = (
        "code",
        "level",
        "meaning",
    )  # a dataclass would take longer to make than all else here

    def __init__(self, code: str, level: Level, meaning: str) -> None:
        self.code = code
        self.level = level
        self.meaning = meaning


class Event:
    """Everything that can be logged."""

    PROGRAM_STARTED = Code("program.started", "info", "The window or a command started.")
    PROGRAM_ENDED = Code("program.ended", "info", "It ended in good order.")
    PROGRAM_BUG = Code("program.bug", "error", "A mistake in the program reached its surface.")
    THREAD_BUG = Code("thread.bug", "error", "A mistake in the program ended a thread.")
    OBJECT_BUG = Code(
        "object.bug", "error", "A mistake in the program while an object was taken down."
    )

    ACTION_DONE = Code("action.done", "info", "What a person asked for was done.")
    ACTION_STOPPED = Code("action.stopped", "info", "The person stopped it.")
    ACTION_FAILED = Code(
        "action.failed", "warning", "It ended in an error that people are told of."
    )

    CHILD_STARTED = Code("child.started", "debug", "A reader or the engine was started.")
    CHILD_ENDED = Code("child.ended", "info", "It ended: how, and with which status or signal.")
    NATIVE_OUTPUT = Code("native.output", "info", "Native code wrote lines to standard error.")
    LIBRARY_RECORD = Code("library.record", "info", "A library logged something through Python.")
    LIBRARY_WARNING = Code("library.warning", "debug", "A library warned through Python.")
    QT_MESSAGE = Code("qt.message", "info", "Qt remarked on something.")
    QT_STOPPED = Code("qt.stopped", "critical", "Qt stops the program.")

    LOG_REFUSED = Code("log.refused", "error", "Text, unknown fields or events were kept out.")
    LOG_LOST = Code("log.lost", "warning", "Lines were lost: too many, or nowhere to keep them.")

    VAULT_CREATED = Code("vault.created", "info", "A new vault was made.")
    VAULT_UNLOCKED = Code("vault.unlocked", "info", "The vault was opened.")
    VAULT_LOCKED = Code("vault.locked", "info", "The vault was closed.")
    VAULT_REFUSED = Code("vault.refused", "warning", "The vault could not be opened.")
    VAULT_RECOVERED = Code(
        "vault.recovered", "warning", "Work or files were left over from a sudden end."
    )
    VAULT_READ_ONLY = Code(
        "vault.read_only", "error", "A disk error or a full disk: nothing is saved now."
    )
    BACKUP_RESTORED = Code("backup.restored", "info", "A backup was put in the vault's place.")
    VAULT_OLDER = Code("vault.older", "warning", "The vault is older than the one last used here.")


BY_CODE = {event.code: event for event in vars(Event).values() if isinstance(event, Code)}
