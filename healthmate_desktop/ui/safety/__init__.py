"""How the vault is kept safe, and who did what: locking, backups, keys, users, the log, protections."""
