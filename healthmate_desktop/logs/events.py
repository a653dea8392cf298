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
Deed = Literal[  # of a person
    "ask", "audit", "backup", "browse", "create", "demo", "doctor", "drill", "edit", "emergency", "export", "grant",
    "import", "library", "lock", "passphrase", "person", "recover", "recovery_key", "remove", "renewal", "restore",
    "save", "search", "settings", "sign_in", "task", "triage", "unlock", "update", "user", "vault", "verify", "view",
    "warm_up", "weights",
]
Thing = Literal[
    "anchor", "chat", "database", "disk", "document", "draft", "embedder", "header", "html", "idle", "image", "index",
    "job", "key_file", "log", "markdown", "original", "owner", "page", "passage", "patient", "pdf", "policy",
    "preference", "request", "row", "screen", "session", "suspend", "system", "text", "thread", "turn", "vector",
    "linux", "darwin", "win32",
]
Logger = Literal[  # first parts of the names of Python's loggers, and Qt's categories
    "PIL", "alembic", "asyncio", "concurrent", "filelock", "healthmate_desktop", "lancedb", "llama_cpp", "numpy",
    "onnxruntime", "psutil", "py", "pyarrow", "pydantic", "pymupdf", "pytesseract", "root", "sqlalchemy", "tokenizers",
    "default", "qt.accessibility", "qt.core", "qt.fonts", "qt.gui", "qt.qpa", "qt.svg", "qt.text", "qt.widgets",
]
# fmt: on
if TYPE_CHECKING:
    Word = Process | Source | End | Deed | Thing | Logger

WORDS: frozenset[str] = frozenset(
    word for words in (Process, Source, End, Deed, Thing, Logger) for word in get_args(words)
)

NUMBERS = frozenset(
    {
        *("attempt", "bytes", "chunks", "code", "count", "documents", "events", "failed", "free"),
        *("lines", "lost", "major", "minor", "ms", "page", "pages", "passages", "patch", "people"),
        *(
            "problems",
            "python",
            "quarantined",
            "records",
            "retries",
            "revision",
            "rows",
            "seconds",
            "severity",
        ),
        *("signal", "status", "texts", "tokens", "total", "users"),
    }
)
CHOICES = frozenset(
    {"category", "how", "library", "role", "room", "source", "system", "table", "what"}
)
IDS = frozenset({"document", "grant", "job", "patient", "session", "source_id", "thread", "user"})
ERRORS = frozenset({"error", "cause"})
PLACES = frozenset({"place", "called_at"})


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
    ACTION_FAILED = Code("action.failed", "warning", "It ended in an error; the person was told.")

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
    VAULT_LOCKED = Code("vault.locked", "info", "The vault was closed: why.")
    VAULT_REFUSED = Code("vault.refused", "warning", "The vault could not be opened.")
    VAULT_MIGRATED = Code("vault.migrated", "info", "The tables were brought to a newer revision.")
    VAULT_RECOVERED = Code(
        "vault.recovered", "warning", "Work or files were left over from a sudden end."
    )
    VAULT_READ_ONLY = Code(
        "vault.read_only", "error", "A disk error or a full disk: nothing is saved now."
    )
    VAULT_DAMAGED = Code("vault.damaged", "error", "A part of the vault can't be read.")
    VAULT_OLDER = Code("vault.older", "warning", "The vault is older than the one last used here.")
    DISK_LOW = Code("disk.low", "warning", "There is little room left on the disk.")
    DATABASE_FAILED = Code("database.failed", "warning", "The database reported an error.")
    ACCESS_REFUSED = Code(
        "access.refused", "warning", "The session does not include what was asked for."
    )
    KEYS_CHANGED = Code(
        "keys.changed", "info", "A passphrase, a recovery key or all keys were changed."
    )
    USERS_CHANGED = Code("users.changed", "info", "Who can sign in was changed.")
    BACKUP_MADE = Code("backup.made", "info", "A backup was written and read back.")
    BACKUP_FAILED = Code("backup.failed", "warning", "A backup could not be made.")
    BACKUP_CHECKED = Code("backup.checked", "info", "A backup was opened as a drill.")
    BACKUP_RESTORED = Code("backup.restored", "info", "A backup was put in the vault's place.")
    AUDIT_VERIFIED = Code("audit.verified", "info", "The chain of the log was checked.")
    JOB_STARTED = Code("job.started", "info", "Long work began.")
    JOB_ENDED = Code("job.ended", "info", "Long work ended.")
    JOB_FAILED = Code("job.failed", "warning", "Long work failed for good.")

    FILE_IMPORTED = Code("file.imported", "info", "A file was read and kept.")
    FILE_UNREAD = Code("file.unread", "warning", "A file could not be read; it is kept.")
    PAGE_LOST = Code("page.lost", "warning", "A page could not be read.")
    OCR_FAILED = Code("ocr.failed", "warning", "Tesseract is missing, failed or was too slow.")
    WEIGHTS_LOADED = Code("weights.loaded", "info", "Weights are in memory.")
    ENGINE_FAILED = Code(
        "engine.failed", "warning", "The engine could not do what it was asked for."
    )
    ENGINE_ASKED_AGAIN = Code(
        "engine.asked_again", "warning", "The engine died; it was asked once more."
    )
    SOURCE_ADDED = Code("source.added", "info", "A source was added to the library.")
    LIBRARY_FAILED = Code(
        "library.failed", "warning", "The library's files could not be read or written."
    )
    LIBRARY_REPAIRED = Code("library.repaired", "warning", "A damaged table was written anew.")


BY_CODE = {event.code: event for event in vars(Event).values() if isinstance(event, Code)}
