"""`vault create` and `vault check`."""

from __future__ import annotations

import sys

import typer

from healthmate_desktop.cli.output import Context
from healthmate_desktop.cli.session import read_passphrase, unlocked
from healthmate_desktop.errors import InvalidInput

app = typer.Typer(no_args_is_help=True)


@app.command()
def create(ctx: typer.Context) -> None:
    """Make an empty vault and show its recovery key, once."""
    from healthmate_desktop.composition import create_vault

    context: Context = ctx.obj
    recovery_key = create_vault(context.paths, read_passphrase(twice=True))
    context.say(
        {"recovery_key": recovery_key},
        (
            "The vault is made. This is its recovery key. It opens your records if the passphrase is lost.",
            "It is shown once and kept nowhere. Write it down now and keep it away from this computer.",
            "",
            recovery_key,
        ),
    )
    if not context.as_json and sys.stdin.isatty():
        _verify(context, recovery_key)


def _verify(context: Context, recovery_key: str) -> None:
    typed = typer.prompt("Type the last six letters of the key, to be sure that you have it")
    if typed.strip().upper() != recovery_key[-6:].upper():
        raise InvalidInput(
            "Those are not its last six letters. The vault is made; copy the key above once more, letter by letter."
        )
    context.progress("That matches.")


@app.command()
def check(ctx: typer.Context) -> None:
    """Open the vault and check the database and every original. Changes nothing."""
    context: Context = ctx.obj
    with unlocked(context) as services:
        report = services.documents.check()
        people = len(services.patients.all())
    problems = [{"where": problem.where, "message": problem.message} for problem in report.problems]
    context.say(
        {
            "ok": not problems,
            "people": people,
            "documents": report.documents,
            "problems": problems,
            "from_previous_header": services.from_previous_header,
        },
        (
            f"{people} people, {report.documents} documents.",
            *(f"{problem['where']}: {problem['message']}" for problem in problems),
            "Everything is in order."
            if not problems
            else "Restore a backup of what is named above.",
        ),
    )
