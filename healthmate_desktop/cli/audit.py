"""`audit`: who saw or changed what, checked and exported."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from healthmate_desktop.cli.output import Context
from healthmate_desktop.cli.session import finish, unlocked
from healthmate_desktop.domain.audit import AuditFilter, kind_of
from healthmate_desktop.errors import InvalidInput, LogBroken

app = typer.Typer(no_args_is_help=True)


@app.command()
def verify(
    ctx: typer.Context,
    deep: Annotated[bool, typer.Option("--deep", help="Also compare every record")] = False,
) -> None:
    """Check that the log is whole: nothing changed, cut off or put back. Exits 1 if it is not."""
    context: Context = ctx.obj
    with unlocked(context) as services:
        report = finish(context, services.log.verify(deep=deep))
    if not report.ok:
        raise LogBroken(report.problems, events=report.events, deep=report.deep)
    context.say(
        {"ok": True, "events": report.events, "deep": report.deep, "problems": []},
        (f"{report.events} events, all whole.",),
    )


@app.command("list")
def list_events(
    ctx: typer.Context,
    person: Annotated[str, typer.Option(help="Only of this person, by id")] = "",
    by: Annotated[str, typer.Option(help="Only by this user, by id")] = "",
    since: Annotated[str, typer.Option(help="YYYY-MM-DD")] = "",
    k: Annotated[int, typer.Option("-k", help="How many, newest first")] = 100,
) -> None:
    """List who saw or changed what, newest first."""
    context: Context = ctx.obj
    wanted = AuditFilter(user_id=by, patient_id=person, since=_time(since), limit=k)
    with unlocked(context) as services:
        events = services.log.events(wanted)
    context.say(
        {
            "events": [
                {
                    "seq": event.seq,
                    "at": event.at.isoformat(),
                    "user_id": event.user_id,
                    "session_id": event.session_id,
                    "action": event.action,
                    "kind": kind_of(event.action),
                    "subject": event.subject,
                    "person_id": event.patient_id,
                    "details": dict(event.details),
                }
                for event in events
            ]
        },
        (
            f"{event.at.astimezone():%Y-%m-%d %H:%M:%S}  {event.user_id}  {event.action}  {event.subject}"
            for event in events
        ),
    )


@app.command()
def export(ctx: typer.Context, file: Path) -> None:
    """Write the log with its signatures to a new file, for an auditor. It names users and holds no health data."""
    context: Context = ctx.obj
    with unlocked(context) as services:
        events = services.log.export(file.absolute())
    context.say({"file": str(file), "events": events}, (f"{events} events written.",))


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
    except ValueError as error:
        raise InvalidInput("A day is written YYYY-MM-DD, like 2026-02-14.") from error
