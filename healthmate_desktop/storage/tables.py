"""The tables of the vault. Change them together with a new revision under migrations/."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Sequence

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def time_to_text(time: datetime) -> str:
    """ISO 8601 in UTC, so that text order is time order."""
    if time.tzinfo is None:
        raise ValueError("a time without a zone")
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class UtcTime(sa.types.TypeDecorator[datetime]):
    """Aware times as text, see `time_to_text`."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else time_to_text(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else datetime.fromisoformat(value)


def _record(
    name: str, *items: sa.schema.SchemaItem, later: Sequence[sa.Column[Any]] = ()
) -> sa.Table:
    """A table whose rows can later be exchanged between computers: who, when, which version, deleted or not.

    `later` are the columns that a later revision added.
    """
    return sa.Table(
        name,
        METADATA,
        sa.Column("id", sa.Text, primary_key=True, nullable=False),
        *items,
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("updated_at", UtcTime, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("deleted_at", UtcTime),
        *later,
        sqlite_strict=True,
    )


PATIENT = _record(
    "patient",
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("birth_date", sa.Text),  # ISO 8601
    sa.Column("sex", sa.Text, nullable=False),
)

DOCUMENT = _record(
    "document",
    sa.Column("patient_id", sa.ForeignKey("patient.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("added_at", UtcTime, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("page_count", sa.Integer, nullable=False),
    sa.Column("problems", sa.Text, nullable=False),  # JSON [[where, message], ...]
    sa.CheckConstraint("state IN ('importing', 'ready', 'unreadable')", name="state"),
    sa.UniqueConstraint(
        "patient_id", "id"
    ),  # what a passage refers to, so that it can't change person
    later=(
        sa.Column(
            "people", sa.Text
        ),  # JSON [[name, birth date, sex, taken for], ...]: whom it says it is about
        sa.Column("import_id", sa.Text),  # of the import that brought it, so that it can be undone
    ),
)

# What the file on disk must be. Kept apart from the document, because the file is there before it.
ORIGINAL = sa.Table(
    "original",
    METADATA,
    sa.Column("document_id", sa.Text, primary_key=True, nullable=False),
    sa.Column("sealed_size", sa.Integer, nullable=False),
    sa.Column("sealed_sha256", sa.Text, nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False, server_default=sa.text("1")),  # of the keys
    sqlite_strict=True,
)

# Pages, passages and vectors are read from originals and can be made again: they are not records of their own.
PAGE = sa.Table(
    "page",
    METADATA,
    sa.Column("document_id", sa.ForeignKey("document.id"), primary_key=True, nullable=False),
    sa.Column("number", sa.Integer, primary_key=True, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("width", sa.REAL, nullable=False),
    sa.Column("height", sa.REAL, nullable=False),
    sa.Column("by_ocr", sa.Integer, nullable=False),
    sa.Column("words", sa.LargeBinary, nullable=False),  # see word_codec.py
    sqlite_strict=True,
)

PASSAGE = sa.Table(
    "passage",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True),  # row of the full-text index
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("patient_id", sa.Text, nullable=False),
    sa.Column("document_id", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("heading", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("page", sa.Integer, nullable=False),
    sa.Column("start", sa.Integer, nullable=False),
    sa.ForeignKeyConstraint(["patient_id", "document_id"], ["document.patient_id", "document.id"]),
    sa.Index(None, "document_id"),
    sqlite_strict=True,
)

VECTOR = sa.Table(
    "vector",
    METADATA,
    sa.Column("passage_number", sa.ForeignKey("passage.number"), primary_key=True),
    sa.Column("patient_id", sa.Text, nullable=False, index=True),
    sa.Column("embedder", sa.Text, nullable=False),
    sa.Column("vector", sa.LargeBinary, nullable=False),  # float32, little endian
    sqlite_strict=True,
)

# A FHIR resource each. What stands in columns is taken from `resource`, for queries.
RECORD = _record(
    "record",
    sa.Column("patient_id", sa.ForeignKey("patient.id"), nullable=False),
    sa.Column("document_id", sa.ForeignKey("document.id")),
    sa.Column("position", sa.Integer, nullable=False),  # in its document, from 0
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),  # the first; "" = none
    sa.Column("codes", sa.Text, nullable=False),  # all, as "|4548-4|17856-6|"
    sa.Column("display", sa.Text, nullable=False),
    sa.Column("number", sa.REAL),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("effective_from", sa.Text, nullable=False),  # ISO 8601 in UTC; "" = no date
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),  # in the document, fit to show
    sa.Column("page", sa.Integer, nullable=False),
    sa.Column("boxes", sa.Text, nullable=False),  # JSON [[x0, y0, x1, y1], ...]
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("doubts", sa.Text, nullable=False),  # JSON [sentence, ...]
    sa.Column(
        "resource", sa.Text, nullable=False
    ),  # JSON, digits as they came; "" of a deleted one
    sa.CheckConstraint("state IN ('proposed', 'accepted', 'rejected')", name="state"),
    sa.Index(None, "patient_id", "type", "effective_from"),
    sa.Index(None, "patient_id", "code", "effective_from"),
    sa.Index(None, "patient_id", "fingerprint"),
    sa.Index(None, "document_id"),
)

# Readings that come by the thousand, see domain/samples.py. They count, and belong to a person, as their record does:
# one that tells of a kind of readings in a document. Read from originals, so that they are no records of their own.
SAMPLE = sa.Table(
    "sample",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("document_id", sa.ForeignKey("document.id"), nullable=False, index=True),
    sa.Column("record_id", sa.Text, nullable=False),  # there when the document is read to its end
    sa.Column("type", sa.Text, nullable=False),  # "HKQuantityTypeIdentifierStepCount"
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("month", sa.Text, nullable=False),
    sa.Column("first", sa.Integer, nullable=False),  # microseconds since 1970
    sa.Column("last", sa.Integer, nullable=False),
    sa.Column("about", sa.Text, nullable=False),  # JSON: the fields of a chunk without its content
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Index(None, "record_id", "month"),
    sqlite_strict=True,
)

THREAD = _record(
    "thread",
    sa.Column("patient_id", sa.ForeignKey("patient.id"), nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
)

TURN = _record(
    "turn",
    sa.Column("thread_id", sa.ForeignKey("thread.id"), nullable=False, index=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),  # see answer_codec.py
    sa.Column("asked_at", UtcTime, nullable=False),
)

USER = _record(
    "user",
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("sees", sa.Text, nullable=False),
    sa.Column("active", sa.Integer, nullable=False),
    sa.CheckConstraint("role IN ('owner', 'clinician', 'assistant', 'auditor')", name="role"),
    sa.CheckConstraint("sees IN ('all', 'assigned')", name="sees"),
)

# Named so because GRANT is a word of SQL. An ended one stays, for the log.
GRANT = _record(
    "access_grant",
    sa.Column("user_id", sa.ForeignKey("user.id"), nullable=False),
    sa.Column("patient_id", sa.ForeignKey("patient.id"), nullable=False),
    sa.Column("since", UtcTime, nullable=False),
    sa.Column("until", UtcTime),
    sa.Column("reason", sa.Text, nullable=False),  # of an emergency
    sa.Column("ended_at", UtcTime),  # apart from `until`, so that no clock brings it back
    sa.Column("seen_at", UtcTime),  # by an owner, when it was an emergency
    sa.Index(None, "user_id", "patient_id"),
)

# The log. Triggers refuse any change of what is in it; see chain.py for `link` and `mac`.
AUDIT = sa.Table(
    "audit",
    METADATA,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("user_id", sa.Text, nullable=False),
    sa.Column("session_id", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("patient_id", sa.Text, nullable=False),
    sa.Column("details", sa.Text, nullable=False),  # JSON object
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("link", sa.LargeBinary, nullable=False),
    sa.Column("mac", sa.LargeBinary, nullable=False),
    sa.Index(None, "subject"),
    sa.Index(None, "patient_id"),
    sqlite_strict=True,
)

SIGNATURE = sa.Table(
    "audit_signature",
    METADATA,
    sa.Column("seq", sa.ForeignKey("audit.seq"), primary_key=True),
    sa.Column("user_id", sa.Text, nullable=False),
    sa.Column("public_key", sa.LargeBinary, nullable=False),  # Ed25519
    sa.Column("signature", sa.LargeBinary, nullable=False),  # of the event's link
    sqlite_strict=True,
)

# Jobs, drafts and log lines come and go: they are not in the log.
JOB = sa.Table(
    "job",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),  # JSON object
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("updated_at", UtcTime, nullable=False),
    sa.CheckConstraint("state IN ('running', 'done', 'failed')", name="state"),
    sqlite_strict=True,
)

DRAFT = sa.Table(
    "draft",
    METADATA,
    sa.Column("user_id", sa.Text, primary_key=True, nullable=False),
    sa.Column("place", sa.Text, primary_key=True, nullable=False),
    sa.Column("patient_id", sa.Text, primary_key=True, nullable=False),  # "" = of nobody
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("updated_at", UtcTime, nullable=False),
    sqlite_strict=True,
)

LOG_LINE = sa.Table(
    "log_line",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("line", sa.Text, nullable=False),
    sqlite_strict=True,
)

PREFERENCE = sa.Table(
    "preference",
    METADATA,
    sa.Column("key", sa.Text, primary_key=True, nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("updated_at", UtcTime, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sqlite_strict=True,
)

# Kept up to date by triggers of the first revisions.
FULL_TEXT = sa.table("passage_fts", sa.column("rowid"), sa.column("passage_fts"))
PEOPLE_TEXT = sa.table(
    "patient_fts",
    sa.column("rowid"),
    sa.column("patient_id"),
    sa.column("name"),
    sa.column("birth_date"),
    sa.column("patient_fts"),
)
