"""The first tables.

Revision ID: 0001
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None

# secure-delete: what is deleted leaves the full-text index too
STATEMENTS = (
    """
    CREATE TABLE original (
        document_id TEXT NOT NULL,
        sealed_size INTEGER NOT NULL,
        sealed_sha256 TEXT NOT NULL,
        CONSTRAINT pk_original PRIMARY KEY (document_id)
    ) STRICT
    """,
    """
    CREATE TABLE patient (
        id TEXT NOT NULL,
        name TEXT NOT NULL,
        birth_date TEXT,
        sex TEXT NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        author TEXT NOT NULL,
        revision INTEGER NOT NULL,
        deleted_at TEXT,
        CONSTRAINT pk_patient PRIMARY KEY (id)
    ) STRICT
    """,
    """
    CREATE TABLE document (
        id TEXT NOT NULL,
        patient_id TEXT NOT NULL,
        name TEXT NOT NULL,
        kind TEXT,
        size INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        added_at TEXT NOT NULL,
        state TEXT NOT NULL,
        page_count INTEGER NOT NULL,
        problems TEXT NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        author TEXT NOT NULL,
        revision INTEGER NOT NULL,
        deleted_at TEXT,
        CONSTRAINT pk_document PRIMARY KEY (id),
        CONSTRAINT ck_document_state CHECK (state IN ('importing', 'ready', 'unreadable')),
        CONSTRAINT uq_document_patient_id_id UNIQUE (patient_id, id),
        CONSTRAINT fk_document_patient_id_patient FOREIGN KEY (patient_id) REFERENCES patient (id)
    ) STRICT
    """,
    """
    CREATE TABLE thread (
        id TEXT NOT NULL,
        patient_id TEXT NOT NULL,
        title TEXT NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        author TEXT NOT NULL,
        revision INTEGER NOT NULL,
        deleted_at TEXT,
        CONSTRAINT pk_thread PRIMARY KEY (id),
        CONSTRAINT fk_thread_patient_id_patient FOREIGN KEY (patient_id) REFERENCES patient (id)
    ) STRICT
    """,
    """
    CREATE INDEX ix_thread_patient_id ON thread (patient_id)
    """,
    """
    CREATE TABLE page (
        document_id TEXT NOT NULL,
        number INTEGER NOT NULL,
        text TEXT NOT NULL,
        width REAL NOT NULL,
        height REAL NOT NULL,
        by_ocr INTEGER NOT NULL,
        words BLOB NOT NULL,
        CONSTRAINT pk_page PRIMARY KEY (document_id, number),
        CONSTRAINT fk_page_document_id_document FOREIGN KEY (document_id) REFERENCES document (id)
    ) STRICT
    """,
    """
    CREATE TABLE passage (
        number INTEGER NOT NULL,
        id TEXT NOT NULL,
        patient_id TEXT NOT NULL,
        document_id TEXT NOT NULL,
        title TEXT NOT NULL,
        heading TEXT NOT NULL,
        text TEXT NOT NULL,
        page INTEGER NOT NULL,
        start INTEGER NOT NULL,
        CONSTRAINT pk_passage PRIMARY KEY (number),
        CONSTRAINT fk_passage_patient_id_document_id_document FOREIGN KEY (patient_id, document_id)
            REFERENCES document (patient_id, id),
        CONSTRAINT uq_passage_id UNIQUE (id)
    ) STRICT
    """,
    """
    CREATE INDEX ix_passage_document_id ON passage (document_id)
    """,
    """
    CREATE TABLE turn (
        id TEXT NOT NULL,
        thread_id TEXT NOT NULL,
        question TEXT NOT NULL,
        answer TEXT NOT NULL,
        asked_at TEXT NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        author TEXT NOT NULL,
        revision INTEGER NOT NULL,
        deleted_at TEXT,
        CONSTRAINT pk_turn PRIMARY KEY (id),
        CONSTRAINT fk_turn_thread_id_thread FOREIGN KEY (thread_id) REFERENCES thread (id)
    ) STRICT
    """,
    """
    CREATE INDEX ix_turn_thread_id ON turn (thread_id)
    """,
    """
    CREATE TABLE vector (
        passage_number INTEGER NOT NULL,
        patient_id TEXT NOT NULL,
        embedder TEXT NOT NULL,
        vector BLOB NOT NULL,
        CONSTRAINT pk_vector PRIMARY KEY (passage_number),
        CONSTRAINT fk_vector_passage_number_passage FOREIGN KEY (passage_number) REFERENCES passage (number)
    ) STRICT
    """,
    """
    CREATE INDEX ix_vector_patient_id ON vector (patient_id)
    """,
    """
    CREATE VIRTUAL TABLE passage_fts USING fts5 (
        title, heading, text,
        content='passage', content_rowid='number', tokenize='porter unicode61'
    )
    """,
    """
    INSERT INTO passage_fts (passage_fts, rank) VALUES ('secure-delete', 1)
    """,
    """
    CREATE TRIGGER passage_added AFTER INSERT ON passage BEGIN
        INSERT INTO passage_fts (rowid, title, heading, text)
        VALUES (new.number, new.title, new.heading, new.text);
    END
    """,
    """
    CREATE TRIGGER passage_removed AFTER DELETE ON passage BEGIN
        INSERT INTO passage_fts (passage_fts, rowid, title, heading, text)
        VALUES ('delete', old.number, old.title, old.heading, old.text);
    END
    """,
    """
    CREATE TRIGGER passage_fixed BEFORE UPDATE ON passage BEGIN
        SELECT raise(abort, 'passages are added and removed, never changed');
    END
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
