"""`vault backup`, `vault drill` and `vault restore`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from healthmate_desktop.cli.output import Context, Json
from healthmate_desktop.cli.session import (
    finish,
    has_recovery_key,
    read_passphrase,
    read_recovery_key,
    unlocked,
    wait_for_turn,
)

if TYPE_CHECKING:
    from healthmate_desktop.domain.backups import BackupReport

File = Annotated[Path, typer.Argument(help="A file that ends in .hmb")]


def backup(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A new file, or a folder for it")],
) -> None:
    """Make one encrypted file of everything, and check it by decrypting all of it."""
    context: Context = ctx.obj
    with unlocked(context) as services:
        report = finish(context, services.backup.make(file.absolute()))
    context.say(
        {"backup": _json(report), "verified": True},
        (f"Backed up and checked: {report.file}", _words(report)),
    )


def drill(ctx: typer.Context, file: File) -> None:
    """Decrypt all of a backup to nowhere, to be sure that it would open."""
    context: Context = ctx.obj
    with unlocked(context) as services:
        report = finish(context, services.backup.drill(file.absolute()))
    context.say({"backup": _json(report), "verified": True}, ("This backup opens.", _words(report)))


def restore(ctx: typer.Context, file: File) -> None:
    """Put a backup in the place of the vault, which is kept beside it. Takes the passphrase or the recovery key."""
    from healthmate_desktop.composition import restore_vault

    context: Context = ctx.obj
    secret = read_recovery_key() if has_recovery_key() else read_passphrase()
    wait_for_turn(context)
    report = finish(context, restore_vault(context.paths, file.absolute(), secret))
    context.say({"restored": _json(report)}, ("The backup is restored.", _words(report)))


def _json(report: BackupReport) -> Json:
    return {
        "file": report.file,
        "made_at": report.made_at.isoformat(),
        "size": report.size,
        "people": report.people,
        "documents": report.documents,
        "events": report.events,
    }


def _words(report: BackupReport) -> str:
    made = f"{report.made_at.astimezone():%d %B %Y, %H:%M}"
    return f"From {made}: {report.people} people, {report.documents} documents."
