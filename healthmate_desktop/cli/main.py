"""The command tree. Exit codes: 0 done, 1 a known error, 2 wrong usage."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, get_args

import typer

from healthmate_desktop import __version__, logs
from healthmate_desktop.cli import (
    ask,
    audit,
    backups,
    columns,
    demo,
    documents,
    library,
    machine,
    patients,
    records,
    users,
    vault,
)
from healthmate_desktop.cli.output import Context, print_json
from healthmate_desktop.errors import HealthMateError
from healthmate_desktop.logs.actions import action
from healthmate_desktop.logs.events import Deed
from healthmate_desktop.paths import Paths, default_data_dir

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

EPILOG = (
    "Every command takes --data-dir DIR (where the records are), --user NAME (who signs in, where several can) "
    "and --json (one object on standard output)."
)

app = typer.Typer(
    help=f"HealthMate {__version__}: health records and a medical library on this computer. {EPILOG}",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(vault.app, name="vault", help="Make, check, back up and restore the vault.")
vault.app.command("backup")(backups.backup)
vault.app.command("drill")(backups.drill)
vault.app.command("restore")(backups.restore)
app.add_typer(users.app, name="user", help="Who can sign in, and whose records they see.")
app.add_typer(audit.app, name="audit", help="The log of who saw or changed what.")
app.add_typer(patients.app, name="person", help="The people whose records are kept.")
app.add_typer(records.app, name="records", help="What was read and accepted.")
app.add_typer(columns.app, name="columns", help="What the columns of tables mean.")
app.add_typer(library.app, name="library", help="Public sources that answers quote from.")
app.add_typer(machine.weights_app, name="weights", help="The models on this computer.")
app.command("import")(documents.import_files)
app.command("search")(ask.search)
app.command("ask")(ask.ask)
app.command("triage")(ask.triage)
app.command("doctor")(machine.doctor)
app.command("demo")(demo.demo)


def run_command(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    from healthmate_desktop.security.process import harden

    harden("app")
    logs.start("cli")
    rest, context = _common_options(arguments)
    logs.keep_in(context.paths.events)
    try:
        with action(_deed(rest)):
            return _run(rest, context)
    except HealthMateError as error:
        _say_error(context, error.code, str(error), error.details)
    except Exception as error:  # noqa: BLE001 - a bug: its text may hold health data, its place does not
        for place in logs.places(error.__traceback__):
            context.progress(f"  {place}")
        words = (
            "Something happened that HealthMate did not expect. Your records are safe. Try again."
        )
        _say_error(context, "unexpected", f"{words} ({type(error).__name__})")
    return 1


def _run(words: Sequence[str], context: Context) -> int:
    try:
        app(words, prog_name="healthmate-cli", obj=context)
    except SystemExit as end:  # usage, --help, Ctrl+C
        return end.code if isinstance(end.code, int) else 0
    return 0


def _deed(words: Sequence[str]) -> Deed:
    """Which command it is; nothing else of what was typed may get into the log."""
    known: tuple[Deed, ...] = get_args(Deed)
    return next((deed for deed in known if [deed] == words[:1]), "task")


def _say_error(
    context: Context, code: str, message: str, details: Mapping[str, Any] = MappingProxyType({})
) -> None:
    if context.as_json:
        print_json({**details, "error": {"code": code, "message": message}})
    else:
        context.progress(message)


def _common_options(arguments: Sequence[str]) -> tuple[list[str], Context]:
    """Take `--data-dir DIR`, `--user NAME` and `--json` out, wherever they stand before a `--`."""
    rest: list[str] = []
    data_dir, as_json, user = default_data_dir(), False, ""
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word == "--json":
            as_json = True
        elif word == "--data-dir" and (named := next(words, None)) is not None:
            data_dir = Path(named)
        elif word == "--user" and (named := next(words, None)) is not None:
            user = named
        elif word.startswith("--user="):
            user = word.partition("=")[2]
        elif word.startswith("--data-dir="):
            data_dir = Path(word.partition("=")[2])
        else:
            rest.append(word)
    return rest, Context(Paths(data_dir.absolute()), as_json, user)
