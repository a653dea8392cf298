"""Records that were read out of documents, and what a document says of whom it is about.

Revision ID: 0003
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = (
    """
    ALTER TABLE document ADD COLUMN people TEXT
    """,
    """
    ALTER TABLE document ADD COLUMN import_id TEXT
    """,
    """
    CREATE TABLE record (
        id TEXT NOT NULL,
        patient_id TEXT NOT NULL,
        document_id TEXT,
        position INTEGER NOT NULL,
        state TEXT NOT NULL,
        type TEXT NOT NULL,
        code TEXT NOT NULL,
        codes TEXT NOT NULL,
        display TEXT NOT NULL,
        number REAL,
        unit TEXT NOT NULL,
        effective_from TEXT NOT NULL,
        status TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        place TEXT NOT NULL,
        page INTEGER NOT NULL,
        boxes TEXT NOT NULL,
        text TEXT NOT NULL,
        doubts TEXT NOT NULL,
        resource TEXT NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        author TEXT NOT NULL,
        revision INTEGER NOT NULL,
        deleted_at TEXT,
        CONSTRAINT pk_record PRIMARY KEY (id),
        CONSTRAINT fk_record_patient_id_patient FOREIGN KEY (patient_id) REFERENCES patient (id),
        CONSTRAINT fk_record_document_id_document FOREIGN KEY (document_id) REFERENCES document (id),
        CONSTRAINT ck_record_state CHECK (state IN ('proposed', 'accepted', 'rejected'))
    ) STRICT
    """,
    """
    CREATE INDEX ix_record_patient_id_record_type_record_effective_from
        ON record (patient_id, type, effective_from)
    """,
    """
    CREATE INDEX ix_record_patient_id_record_code_record_effective_from
        ON record (patient_id, code, effective_from)
    """,
    """
    CREATE INDEX ix_record_patient_id_record_fingerprint ON record (patient_id, fingerprint)
    """,
    """
    CREATE INDEX ix_record_document_id ON record (document_id)
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
