"""The vault as a whole: made, checked, its keys changed, its passphrase recovered."""

from __future__ import annotations

import secrets
import sys

import typer

from healthmate_desktop.cli.output import Context
from healthmate_desktop.cli.session import (
    finish,
    read_new_passphrase,
    read_passphrase,
    unlocked,
)
from healthmate_desktop.errors import InvalidInput

app = typer.Typer(no_args_is_help=True)

SHOWN_ONCE = (
    "It is shown once and kept nowhere. Write it down now and keep it away from this computer."
)


@app.command()
def create(ctx: typer.Context) -> None:
    """Make an empty vault and show its recovery key, once."""
    from healthmate_desktop.composition import create_vault

    context: Context = ctx.obj
    recovery_key = create_vault(context.paths, read_passphrase(twice=True))
    _show_key(context, recovery_key, "The vault is made.")
    if not context.as_json and sys.stdin.isatty():
        _verify(context, recovery_key)


@app.command()
def check(ctx: typer.Context) -> None:
    """Open the vault and check the database and every original. Changes nothing."""
    context: Context = ctx.obj
    with unlocked(context) as services:
        report = services.documents.check()
        people = services.patients.count()
        older = services.news.older
    problems = [{"where": problem.where, "message": problem.message} for problem in report.problems]
    if older:
        problems.append(
            {
                "where": "vault",
                "message": "This vault is older than the one last used on this computer.",
            }
        )
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


@app.command("change-passphrase")
def change_passphrase(ctx: typer.Context) -> None:
    """Change the passphrase of who signs in. Backups made before still open with the old one."""
    context: Context = ctx.obj
    with unlocked(context) as services:
        services.keys.change_passphrase(read_passphrase(), read_new_passphrase())
    context.say(
        {"changed": True},
        (
            "The passphrase is changed. Backups made before still open with the old one.",
            "If someone else knows the old one, also run: healthmate-cli vault rotate",
        ),
    )


@app.command()
def recover(ctx: typer.Context) -> None:
    """Set a new passphrase with the recovery key."""
    context: Context = ctx.obj
    with unlocked(context, by_recovery_key=True) as services:
        services.keys.set_passphrase(read_new_passphrase())
        name = services.session.user_name
    context.say(
        {"recovered": True, "user": name},
        (f"The new passphrase of {name} is set. All records are here.",),
    )


@app.command("new-recovery-key")
def new_recovery_key(ctx: typer.Context) -> None:
    """Make a new recovery key. The old one opens this vault no longer, but backups made before."""
    context: Context = ctx.obj
    with unlocked(context) as services:
        recovery_key = services.keys.new_recovery_key(read_passphrase())
    _show_key(context, recovery_key, "The old recovery key does not open this vault any more.")


@app.command()
def rotate(ctx: typer.Context) -> None:
    """Renew all keys: after a device was lost or someone left. Goes on by itself if it is interrupted."""
    context: Context = ctx.obj
    with unlocked(context) as services:
        report = finish(context, services.keys.renew(read_passphrase()))
    lines = [f"All keys are renewed, and {report.documents} originals with them."]
    if report.recovery_key:
        lines += ["There is a new recovery key.", SHOWN_ONCE, "", report.recovery_key]
    context.say(
        {"rotated": True, "documents": report.documents, "recovery_key": report.recovery_key}, lines
    )


@app.command("accept-older")
def accept_older(ctx: typer.Context) -> None:
    """Go on with a vault that is older than the one last used here, as after putting back a copy on purpose."""
    context: Context = ctx.obj
    with unlocked(context) as services:
        services.log.accept_older()
    context.say({"accepted": True}, ("This vault is now taken as the newest.",))


def _show_key(context: Context, recovery_key: str, first: str) -> None:
    context.say(
        {"recovery_key": recovery_key},
        (
            f"{first} This is its recovery key. It opens your records if the passphrase is lost.",
            SHOWN_ONCE,
            "",
            recovery_key,
        ),
    )


def _verify(context: Context, recovery_key: str) -> None:
    """Two places of the key, chosen anew each time, have to be typed back."""
    for start in sorted(secrets.SystemRandom().sample(range(20, len(recovery_key) - 4, 4), 2)):
        typed = typer.prompt(f"Type letters {start + 1} to {start + 4} of the key")
        if typed.strip().upper() != recovery_key[start : start + 4].upper():
            raise InvalidInput(
                "Those are not the letters there. The vault is made; copy the key above once more, letter by letter."
            )
    context.progress("That matches.")
