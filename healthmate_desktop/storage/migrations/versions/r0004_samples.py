"""Readings of Apple Health that come by the thousand.

Revision ID: 0004
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = (
    """
    CREATE TABLE sample (
        number INTEGER NOT NULL,
        document_id TEXT NOT NULL,
        record_id TEXT NOT NULL,
        type TEXT NOT NULL,
        unit TEXT NOT NULL,
        month TEXT NOT NULL,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        about TEXT NOT NULL,
        content BLOB NOT NULL,
        CONSTRAINT pk_sample PRIMARY KEY (number),
        CONSTRAINT fk_sample_document_id_document FOREIGN KEY (document_id) REFERENCES document (id)
    ) STRICT
    """,
    """
    CREATE INDEX ix_sample_document_id ON sample (document_id)
    """,
    """
    CREATE INDEX ix_sample_record_id_sample_month ON sample (record_id, month)
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
