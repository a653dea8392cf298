"""Revisions of the vault's tables, run by Alembic when a vault is opened."""
