from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from storage_builders import CANARY, a_patient, add_letter, all_bytes, some_keys

from healthmate_desktop.errors import VaultError
from healthmate_desktop.storage import schema
from healthmate_desktop.storage.engine import connect
from healthmate_desktop.storage.tables import METADATA
from healthmate_desktop.storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.database
KEYS = some_keys()
MIGRATIONS = Path(schema.__file__).parent / "migrations"


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    vault = Vault.create(tmp_path / "vault", KEYS)
    patient = a_patient(CANARY)
    with vault.write() as tx:
        tx.patients.add(patient)
        add_letter(tx, patient, "some words", "other words")
    yield vault
    vault.close()


def shape(connection: sa.Connection, table: str) -> object:
    def rows(pragma: str) -> list[tuple[object, ...]]:
        return sorted(
            (tuple(row) for row in connection.exec_driver_sql(f"PRAGMA {pragma}('{table}')")),
            key=repr,
        )

    indexes = sorted(index[1:] for index in rows("index_list"))  # in whatever order they were made
    return (
        rows("table_xinfo"),
        rows("foreign_key_list"),
        indexes,
        [rows_of for index in indexes for rows_of in _columns(connection, str(index[0]))],
        [row[2:] for row in connection.exec_driver_sql("PRAGMA table_list") if row[1] == table],
    )


def _columns(connection: sa.Connection, index: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.exec_driver_sql(f"PRAGMA index_info('{index}')")]


def test_the_revisions_make_the_tables_that_the_code_knows(vault: Vault) -> None:
    plain = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
    METADATA.create_all(plain)
    with vault.connection(writing=False) as made, plain.connect() as wanted:
        for table in METADATA.tables:
            assert shape(made, table) == shape(wanted, table), table
        found = set(sa.inspect(made).get_table_names())
    plain.dispose()
    assert {name for name in found if "_fts" not in name} == {
        *METADATA.tables,
        "alembic_version",
    }


def test_alembic_sees_nothing_to_do(vault: Vault) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with vault.connection(writing=False) as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_name": lambda name, kind, _: kind != "table" or "fts" not in name},
        )
        assert compare_metadata(context, METADATA) == []


def test_every_table_is_strict(vault: Vault) -> None:
    with vault.connection(writing=False) as connection:
        strict = {row.name: row.strict for row in connection.exec_driver_sql("PRAGMA table_list")}
    assert all(strict[name] for name in METADATA.tables)


@pytest.fixture
def next_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The release after this one: one revision more."""
    scripts = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    revision = scripts / "versions" / "r0005_next.py"
    revision.write_text(
        'from alembic import op\nrevision = "0005"\ndown_revision = "0004"\n'
        "def upgrade():\n    op.execute('ALTER TABLE patient ADD COLUMN note TEXT')\n"
    )
    monkeypatch.setattr(schema, "SCRIPTS", str(scripts))
    return revision


def patient_columns(folder: Path) -> list[str]:
    raw = connect(folder / "vault.db", KEYS.database_key)
    names = [row[1] for row in raw.execute("PRAGMA table_info(patient)")]
    raw.close()
    return names


def test_an_older_vault_is_copied_then_brought_up_to_date(
    vault: Vault,
    next_revision: Path,  # noqa: ARG001
) -> None:
    vault.close()
    updated = Vault.open(vault.folder, KEYS)
    with updated.read() as tx:
        assert [p.name for p in tx.patients.all()] == [CANARY]
    updated.close()
    assert "note" in patient_columns(vault.folder)

    copy = vault.folder / "vault.db.before-0005"
    assert copy.stat().st_mode & 0o777 == 0o600
    assert CANARY.encode() not in all_bytes(vault.folder)
    raw = connect(copy, KEYS.database_key)
    assert raw.execute("SELECT name FROM patient").fetchall() == [(CANARY,)]
    assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == ("0004",)
    raw.close()

    Vault.open(vault.folder, KEYS).close()
    assert not list(vault.folder.glob("vault.db.before-*"))  # it opens as new, so the copy may go


def test_a_failing_update_leaves_the_old_vault_whole(vault: Vault, next_revision: Path) -> None:
    vault.close()
    text = next_revision.read_text()
    next_revision.write_text(text + "    op.execute('INSERT INTO patient (id) VALUES (1)')\n")
    for _ in range(2):
        with pytest.raises(sa.exc.IntegrityError):
            Vault.open(vault.folder, KEYS)
    assert "note" not in patient_columns(vault.folder)
    next_revision.write_text(text)
    Vault.open(vault.folder, KEYS).close()
    assert "note" in patient_columns(vault.folder)


def test_no_update_begins_without_its_copy(
    vault: Vault,
    next_revision: Path,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vault.close()

    def fail(*_: object) -> None:
        raise OSError(5, "from the disk")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", fail)
        with pytest.raises(VaultError):
            Vault.open(vault.folder, KEYS)
    assert "note" not in patient_columns(vault.folder)
