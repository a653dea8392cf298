"""The vault's records: one SQLCipher database and the sealed originals beside it."""
