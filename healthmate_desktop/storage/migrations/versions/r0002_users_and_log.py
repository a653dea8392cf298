"""Who signs in, what each may see, the log of what was done, work under way, and finding people by name.

Revision ID: 0002
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

# patient_fts keeps its own text: the rows of `patient` have no number that stays the same in every copy.
STATEMENTS = (
    """
    ALTER TABLE original ADD COLUMN epoch INTEGER DEFAULT 1 NOT NULL
    """,
    """
    CREATE TABLE user (
        id TEXT NOT NULL,
        name TEXT NOT NULL,
        role TEXT NOT NULL,
        sees TEXT NOT NULL,
        active INTEGER NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        author TEXT NOT NULL,
        revision INTEGER NOT NULL,
        deleted_at TEXT,
        CONSTRAINT pk_user PRIMARY KEY (id),
        CONSTRAINT ck_user_role CHECK (role IN ('owner', 'clinician', 'assistant', 'auditor')),
        CONSTRAINT ck_user_sees CHECK (sees IN ('all', 'assigned'))
    ) STRICT
    """,
    """
    CREATE TABLE access_grant (
        id TEXT NOT NULL,
        user_id TEXT NOT NULL,
        patient_id TEXT NOT NULL,
        since TEXT NOT NULL,
        until TEXT,
        reason TEXT NOT NULL,
        ended_at TEXT,
        seen_at TEXT,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        author TEXT NOT NULL,
        revision INTEGER NOT NULL,
        deleted_at TEXT,
        CONSTRAINT pk_access_grant PRIMARY KEY (id),
        CONSTRAINT fk_access_grant_user_id_user FOREIGN KEY (user_id) REFERENCES user (id),
        CONSTRAINT fk_access_grant_patient_id_patient FOREIGN KEY (patient_id) REFERENCES patient (id)
    ) STRICT
    """,
    """
    CREATE INDEX ix_access_grant_user_id_access_grant_patient_id ON access_grant (user_id, patient_id)
    """,
    """
    CREATE TABLE audit (
        seq INTEGER NOT NULL,
        at TEXT NOT NULL,
        user_id TEXT NOT NULL,
        session_id TEXT NOT NULL,
        action TEXT NOT NULL,
        subject TEXT NOT NULL,
        patient_id TEXT NOT NULL,
        details TEXT NOT NULL,
        digest TEXT NOT NULL,
        link BLOB NOT NULL,
        mac BLOB NOT NULL,
        CONSTRAINT pk_audit PRIMARY KEY (seq)
    ) STRICT
    """,
    """
    CREATE INDEX ix_audit_patient_id ON audit (patient_id)
    """,
    """
    CREATE INDEX ix_audit_subject ON audit (subject)
    """,
    """
    CREATE TRIGGER audit_fixed BEFORE UPDATE ON audit BEGIN
        SELECT raise(abort, 'the log is added to, never changed');
    END
    """,
    """
    CREATE TRIGGER audit_kept BEFORE DELETE ON audit BEGIN
        SELECT raise(abort, 'the log is added to, never changed');
    END
    """,
    """
    CREATE TABLE audit_signature (
        seq INTEGER NOT NULL,
        user_id TEXT NOT NULL,
        public_key BLOB NOT NULL,
        signature BLOB NOT NULL,
        CONSTRAINT pk_audit_signature PRIMARY KEY (seq),
        CONSTRAINT fk_audit_signature_seq_audit FOREIGN KEY (seq) REFERENCES audit (seq)
    ) STRICT
    """,
    """
    CREATE TRIGGER audit_signature_fixed BEFORE UPDATE ON audit_signature BEGIN
        SELECT raise(abort, 'the log is added to, never changed');
    END
    """,
    """
    CREATE TRIGGER audit_signature_kept BEFORE DELETE ON audit_signature BEGIN
        SELECT raise(abort, 'the log is added to, never changed');
    END
    """,
    """
    CREATE TABLE job (
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        state TEXT NOT NULL,
        payload TEXT NOT NULL,
        attempt INTEGER NOT NULL,
        error TEXT NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        CONSTRAINT pk_job PRIMARY KEY (id),
        CONSTRAINT ck_job_state CHECK (state IN ('running', 'done', 'failed'))
    ) STRICT
    """,
    """
    CREATE TABLE draft (
        user_id TEXT NOT NULL,
        place TEXT NOT NULL,
        patient_id TEXT NOT NULL,
        text TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        CONSTRAINT pk_draft PRIMARY KEY (user_id, place, patient_id)
    ) STRICT
    """,
    """
    CREATE TABLE log_line (
        number INTEGER NOT NULL,
        line TEXT NOT NULL,
        CONSTRAINT pk_log_line PRIMARY KEY (number)
    ) STRICT
    """,
    """
    CREATE TABLE preference (
        key TEXT NOT NULL,
        value TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        author TEXT NOT NULL,
        CONSTRAINT pk_preference PRIMARY KEY (key)
    ) STRICT
    """,
    """
    CREATE VIRTUAL TABLE patient_fts USING fts5 (
        patient_id UNINDEXED, name, birth_date,
        tokenize='unicode61 remove_diacritics 2', prefix='1 2 3'
    )
    """,
    """
    INSERT INTO patient_fts (patient_fts, rank) VALUES ('secure-delete', 1)
    """,
    """
    INSERT INTO patient_fts (patient_id, name, birth_date)
        SELECT id, name, coalesce(birth_date, '') FROM patient WHERE deleted_at IS NULL
    """,
    """
    CREATE TRIGGER patient_added AFTER INSERT ON patient WHEN new.deleted_at IS NULL BEGIN
        INSERT INTO patient_fts (patient_id, name, birth_date)
        VALUES (new.id, new.name, coalesce(new.birth_date, ''));
    END
    """,
    """
    CREATE TRIGGER patient_changed AFTER UPDATE ON patient BEGIN
        DELETE FROM patient_fts WHERE patient_id = old.id;
        INSERT INTO patient_fts (patient_id, name, birth_date)
        SELECT new.id, new.name, coalesce(new.birth_date, '') WHERE new.deleted_at IS NULL;
    END
    """,
    """
    CREATE TRIGGER patient_removed AFTER DELETE ON patient BEGIN
        DELETE FROM patient_fts WHERE patient_id = old.id;
    END
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
